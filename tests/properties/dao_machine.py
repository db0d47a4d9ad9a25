# SPDX-License-Identifier: GPL-2.0-only
"""Random communities with random rules, beside a bookkeeping of who said what that is made another way."""

from collections.abc import Sequence
from copy import deepcopy
from fractions import Fraction as Exact
from ipaddress import IPv6Network
from typing import Any

from attrs import define, field
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from althea_spec.reference.chain import bank
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import action as actions
from althea_spec.reference.dao import community as communities
from althea_spec.reference.dao import governance, rules, treasury
from althea_spec.reference.dao.action import Action, ChangeRules, Disburse
from althea_spec.reference.dao.community import Community, ProposalCarriedOut, ProposalMade
from althea_spec.reference.dao.governance import Conclude, Leave, Message, Outcome, Propose, Resign, Vote
from althea_spec.reference.dao.membership import Organizer
from althea_spec.reference.dao.proposal import Status
from althea_spec.reference.dao.rules import Rule, Rules
from althea_spec.reference.dao.threshold import Count, Fraction, Quorum, Share, Threshold
from althea_spec.reference.dao.treasury import Reason

PREFIX = IPv6Network("fd00:a17e:1::/64")
COIN = "uusd"
PAYER = "althea1payer"
PEOPLE = tuple(f"althea1p{number}" for number in range(6))
ROUTERS = tuple(f"althea1r{number}" for number in range(4))
SUPPLY = 10_000

_shares = st.tuples(st.integers(0, 4), st.integers(1, 4), st.booleans()).map(
    lambda one: Share(min(one[0], one[1]), one[1], one[2])
)
_thresholds: st.SearchStrategy[Threshold] = st.one_of(
    st.builds(Count, st.integers(1, 4), st.booleans()),
    st.builds(Fraction, _shares),
    st.builds(Quorum, _shares, _shares),
)
_rule = st.builds(Rule, _thresholds, st.integers(1, 6))
_rules = st.builds(Rules, *[_rule] * 10, st.integers(1, 4))
_people, _routers = st.sampled_from(PEOPLE), st.sampled_from(ROUTERS)
_coins = st.builds(Coin, st.just(COIN), st.integers(-1, 120))
_places = st.one_of(st.none(), st.integers(0, 5).map(lambda at: PREFIX[at]))


def actions_of() -> st.SearchStrategy[Action]:
    """Anything that may be proposed, sense and nonsense."""
    there = st.integers(1, 5).map(lambda at: PREFIX[at])
    return st.one_of(
        st.builds(actions.AddMember, st.sampled_from(("", "one")), _routers, _places),
        st.builds(actions.EditMember, there, st.sampled_from(("", "other")), st.just("")),
        st.builds(actions.RemoveMember, there, _routers),
        st.builds(actions.AddOrganizer, st.just("new"), _people, st.integers(0, 3)),
        st.builds(actions.SetWeight, _people, st.integers(0, 3)),
        st.builds(actions.RemoveOrganizer, _people),
        st.builds(actions.ChangeFee, st.integers(-1, 9)),
        st.builds(ChangeRules, _rules),
        st.builds(Disburse, _people, _coins),
        st.builds(actions.StakeListing, _coins),
    )


@define
class Remembered:
    """A proposal as somebody remembers it who reads every message and no state."""

    action: Action
    rule: Rule
    rules: Rules
    height: int
    votes: dict[tuple[str, int], bool] = field(factory=dict)
    """By account and by which of its terms as an organizer."""
    is_done: bool = False


class DaoMachine(RuleBasedStateMachine):
    """What must hold of every community at every moment, whatever anybody does."""

    def __init__(self) -> None:
        super().__init__()
        self.community: Community
        self.bank = Bank()
        self.height = 1
        self.remembered: dict[int, Remembered] = {}
        self.term: dict[str, int] = {}
        self.weight: dict[str, int] = {}
        self.rules: Rules

    @initialize(
        count=st.integers(1, 5), chosen=_rules, weights=st.lists(st.integers(1, 3), min_size=5, max_size=5)
    )
    def found(self, count: int, chosen: Rules, weights: Sequence[int]) -> None:
        organizers = tuple(
            Organizer(name, name, weight) for name, weight in zip(PEOPLE[:count], weights, strict=False)
        )
        made = communities.founded("Town", PREFIX, organizers, chosen, 1, COIN)
        if not isinstance(made, Community):
            made = communities.founded("Town", PREFIX, organizers, rules.DEFAULT, 1, COIN)
        assert isinstance(made, Community)
        self.community, self.rules = made, made.rules
        for one in organizers:
            self.term[one.account], self.weight[one.account] = 1, one.weight
        bank.mint(self.bank, PAYER, Coin(COIN, SUPPLY), SupplyReason.GENESIS)

    # --- what happens ---------------------------------------------------------------------------------------

    def send(self, sender: str, message: Message) -> Outcome:
        """A message; one that is refused must leave everything as it was."""
        before = deepcopy((self.community, self.bank.balances))
        outcome = governance.step(self.community, self.bank, sender, message, self.height)
        if outcome.rejection is not None:
            assert (self.community, self.bank.balances) == before
            assert not outcome.effects
        self.follow(outcome)
        return outcome

    def follow(self, outcome: Outcome) -> None:
        """Read what was told, and hold what was carried out against what is remembered of it."""
        for effect in outcome.effects:
            if isinstance(effect, ProposalCarriedOut):
                self.judge(effect.number)
        for effect in outcome.effects:
            match effect:
                case communities.OrganizerAdded(organizer=one):
                    self.term[one.account] = self.term.get(one.account, 0) + 1
                    self.weight[one.account] = one.weight
                case communities.OrganizerRemoved(organizer=one):
                    del self.weight[one.account]
                case communities.WeightSet(organizer=one):
                    self.weight[one.account] = one.weight
                case communities.RulesChanged():
                    self.rules = self.community.rules
                case _:
                    pass

    def judge(self, number: int) -> None:
        """What was carried out had the right to be: once, in time, by its rule, by votes that count."""
        one = self.remembered[number]
        assert not one.is_done
        one.is_done = True
        assert one.rules == self.rules
        age = self.height - one.height
        threshold = one.rule.threshold
        votes = {
            who: vote
            for (who, term), vote in one.votes.items()
            if who in self.weight and self.term[who] == term
        }
        yes = sum(self.weight[who] for who, vote in votes.items() if vote)
        cast, everything = sum(self.weight[who] for who in votes), sum(self.weight.values())
        signatures = sum(votes.values())
        assert signatures >= 1
        if isinstance(threshold, Quorum):
            assert one.rule.period < age <= 2 * one.rule.period
            assert _has(cast, everything, threshold.turnout)
            assert _has(yes, cast, threshold.approval)
            return
        assert age <= one.rule.period
        if isinstance(threshold, Fraction):
            assert _has(yes, everything, threshold.of_all)
        else:
            all_signed = threshold.or_all and signatures == len(self.weight)
            assert signatures >= threshold.signatures or all_signed

    def remember(self, sender: str, action: Action) -> None:
        name = actions.kind_of(action).value
        number = len(self.remembered) + 1
        self.remembered[number] = Remembered(action, getattr(self.rules, name), self.rules, self.height)
        self.remembered[number].votes[sender, self.term.get(sender, 0)] = True

    @rule(who=_people, action=actions_of())
    def propose(self, who: str, action: Action) -> None:
        self.remember(who, action)
        outcome = self.send(who, Propose(action))
        if outcome.rejection is not None:
            del self.remembered[len(self.remembered)]
        else:
            assert ProposalMade(len(self.remembered)) in outcome.effects
            assert who in self.term

    @precondition(lambda self: self.remembered)
    @rule(who=_people, recent=st.integers(0, 5), in_favour=st.booleans())
    def vote(self, who: str, recent: int, in_favour: bool) -> None:
        number = max(1, len(self.remembered) - recent)
        one = self.remembered[number]
        key = (who, self.term.get(who, 0))
        before = dict(one.votes)
        one.votes[key] = in_favour
        outcome = self.send(who, Vote(number, in_favour))
        if outcome.rejection is not None:
            one.votes = before
        else:
            assert who in self.term

    @precondition(lambda self: self.remembered)
    @rule(recent=st.integers(0, 5))
    def everybody_votes(self, recent: int) -> None:
        number = max(1, len(self.remembered) - recent)
        for who in list(self.weight):
            if self.community.proposals[number].status is Status.OPEN and who in self.weight:
                self.vote(who, len(self.remembered) - number, True)

    @precondition(lambda self: self.remembered)
    @rule(recent=st.integers(0, 5))
    def conclude(self, recent: int) -> None:
        self.send("althea1anybody", Conclude(max(1, len(self.remembered) - recent)))

    @rule(who=_people)
    def resign(self, who: str) -> None:
        self.send(who, Resign())

    @rule(who=_routers)
    def leave(self, who: str) -> None:
        self.send(who, Leave())

    @rule(amount=st.integers(1, 100))
    def earn(self, amount: int) -> None:
        treasury.receive(
            self.bank, self.community.treasury, PAYER, Coin(COIN, amount), Reason.FEE, self.height
        )

    @rule(blocks=st.integers(1, 7))
    def wait(self, blocks: int) -> None:
        self.height += blocks

    # --- what holds at every moment -------------------------------------------------------------------------

    @invariant()
    def each_key_is_on_the_list_once(self) -> None:
        members = self.community.members
        assert all(one in PREFIX for one in members.by_address)
        listed = sorted(members.by_address.values(), key=lambda one: one.address)
        assert listed == sorted(members.by_account.values(), key=lambda one: one.address)
        assert all(key == one.address for key, one in members.by_address.items())
        assert all(key == one.account for key, one in members.by_account.items())

    @invariant()
    def somebody_decides_and_can(self) -> None:
        organizers = self.community.organizers
        assert organizers
        assert {one: organizer.weight for one, organizer in organizers.items()} == self.weight
        seats = [one.seat for one in organizers.values()]
        assert len(set(seats)) == len(seats)
        assert rules.refusal(self.community.rules, len(organizers), sum(self.weight.values())) is None

    @invariant()
    def every_coin_is_traced(self) -> None:
        books = self.community.treasury
        held = bank.balance(self.bank, books.account, COIN)
        signs = [1 if one.reason in treasury.INCOMING else -1 for one in books.journal]
        assert (
            held == sum(sign * one.coin.amount for sign, one in zip(signs, books.journal, strict=True)) >= 0
        )
        assert sum(self.bank.balances.values()) == SUPPLY
        paid = [one.proposal for one in books.journal if one.reason not in treasury.INCOMING]
        assert len(set(paid)) == len(paid)
        for number in paid:
            assert number is not None
            assert self.remembered[number].is_done

    @invariant()
    def each_spent_coin_was_decided(self) -> None:
        done = [one.action for one in self.remembered.values() if one.is_done]
        decided: list[Any] = [
            one.coin.amount for one in done if isinstance(one, Disburse | actions.StakeListing)
        ]
        assert sum(decided) == self.community.treasury.spent.get(COIN, 0)


def _has(part: int, whole: int, share: Share) -> bool:
    """By exact rationals, where the reference multiplies crosswise."""
    asked = Exact(share.numerator, share.denominator) * whole
    return part > asked if share.exceed else part >= asked
