# SPDX-License-Identifier: GPL-2.0-only
"""Random communities with random rules, beside a bookkeeping of who said what that is made another way."""

from copy import deepcopy
from fractions import Fraction as Exact
from ipaddress import IPv6Network
from typing import Any

from attrs import define, evolve, field
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from althea_spec.reference.chain import bank
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import action as actions
from althea_spec.reference.dao import community as communities
from althea_spec.reference.dao import governance, rules, treasury
from althea_spec.reference.dao.action import Action, ChangeRules, Disburse
from althea_spec.reference.dao.action_kind import ActionKind
from althea_spec.reference.dao.community import Community, ProposalCarriedOut, ProposalMade
from althea_spec.reference.dao.governance import Conclude, Leave, Message, Outcome, Propose, Resign, Vote
from althea_spec.reference.dao.membership import Organizer
from althea_spec.reference.dao.proposal import Status
from althea_spec.reference.dao.rules import Rule, Rules
from althea_spec.reference.dao.threshold import Count, Fraction, Quorum, Share
from althea_spec.reference.dao.treasury import Reason
from althea_spec.spec.vectors.draw import Draw

PREFIX = IPv6Network("fd00:a17e:1::/64")
COIN = "uusd"
PAYER = "althea1payer"
PEOPLE = tuple(f"althea1p{number}" for number in range(6))
ROUTERS = tuple(f"althea1r{number}" for number in range(4))
SUPPLY = 10_000

KINDS = (
    *("propose",) * 6,
    *("many_vote",) * 5,
    *("one_votes", "one_votes", "ripen", "wait", "resign") * 2,
    *("conclude", "earn", "leave"),
)
"""What happens next, as often as it stands there."""


AT_ONCE = 2
"""So many things happen between two looks at the whole."""
OFTEN = (
    ActionKind.ADD_MEMBER,
    ActionKind.ADD_MEMBER,
    ActionKind.REMOVE_MEMBER,
    ActionKind.DISBURSE,
    ActionKind.ADD_ORGANIZER,
)


def some_share(draw: Draw) -> Share:
    bottom = draw.choice((1, 2, 2, 3, 4, 5))
    return Share(draw.below(bottom + 1), bottom, draw.truth())


def some_rule(draw: Draw) -> Rule:
    kind, period = draw.below(4), 1 + draw.below(12)
    if kind <= 1:
        return Rule(Count(draw.integer(1, 4), draw.truth()), period)
    if kind == 2:
        return Rule(Fraction(some_share(draw)), period)
    return Rule(Quorum(some_share(draw), some_share(draw)), period)


def some_rules(draw: Draw) -> Rules:
    return Rules(*(some_rule(draw) for _ in ActionKind), draw.integer(2, 6))


def possible(chosen: Rules, organizers: int, weight: int) -> Rules:
    """The same rules, with the usual one in the place of each that nobody could meet."""
    usual = {
        name: getattr(rules.DEFAULT, name)
        for name, one in rules.each(chosen)
        if rules.refusal_of_rule(one, organizers, weight) is not None
    }
    return evolve(chosen, **usual)


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
        self.height, self.seed, self.steps = 1, 0, 0
        self.remembered: dict[int, Remembered] = {}
        self.term: dict[str, int] = {}
        self.weight: dict[str, int] = {}
        self.rules: Rules

    @initialize(seed=st.integers(0, 2**32 - 1))
    def found(self, seed: int) -> None:
        self.seed = seed
        draw = Draw(f"{seed}")
        count = 1 + draw.below(5)
        chosen = some_rules(draw)
        organizers = tuple(Organizer(name, name, draw.integer(1, 3)) for name in PEOPLE[:count])
        chosen = possible(chosen, count, sum(one.weight for one in organizers))
        made = communities.founded("Town", PREFIX, organizers, chosen, 1, COIN)
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

    @rule(seed=st.integers(0, 2**32 - 1))
    def happen(self, seed: int) -> None:
        for _ in range(AT_ONCE):
            self.steps += 1
            draw = Draw(f"{self.seed}/{self.steps}/{seed}")
            kind = draw.choice(KINDS)
            if self.remembered or kind not in ("many_vote", "one_votes", "conclude", "ripen"):
                getattr(self, kind)(draw)

    def propose(self, draw: Draw) -> None:
        who, action = self.somebody(draw), self.action(draw)
        self.remember(who, action)
        outcome = self.send(who, Propose(action))
        if outcome.rejection is not None:
            del self.remembered[len(self.remembered)]
        else:
            assert ProposalMade(len(self.remembered)) in outcome.effects
            assert who in self.term

    def vote(self, who: str, number: int, in_favour: bool) -> None:
        """One vote, remembered if it was taken."""
        one = self.remembered[number]
        before = dict(one.votes)
        one.votes[who, self.term.get(who, 0)] = in_favour
        outcome = self.send(who, Vote(number, in_favour))
        if outcome.rejection is not None:
            one.votes = before
        else:
            assert who in self.term

    def number(self, draw: Draw) -> int:
        """Mostly of a proposal that is open."""
        waiting = [
            number
            for number, one in self.community.proposals.items()
            if one.status is Status.OPEN and self.height <= one.closes + self.remembered[number].rule.period
        ]
        return draw.choice(waiting if waiting and draw.chance(5, 6) else list(self.remembered))

    def somebody(self, draw: Draw) -> str:
        """Mostly an organizer."""
        return draw.choice(sorted(self.weight) if draw.chance(5, 6) else PEOPLE)

    def action(self, draw: Draw) -> Action:
        """Anything that may be proposed, sense and nonsense."""
        kind = draw.choice((*ActionKind, *OFTEN))
        listed = [(one.address, one.account) for one in self.community.members.by_address.values()]
        address, account = draw.choice([*listed, *listed, (PREFIX[5], ROUTERS[0])])
        text = draw.choice(("one", "two", "three", ""))
        coin = Coin(COIN, draw.below(100) - 1)
        chosen = some_rules(draw)
        if draw.chance(3, 4):
            chosen = possible(chosen, len(self.weight), sum(self.weight.values()))
        place = draw.choice((None, None, PREFIX[draw.below(6)]))
        choices: dict[ActionKind, Action] = {
            ActionKind.ADD_MEMBER: actions.AddMember(text, draw.choice(ROUTERS), place),
            ActionKind.EDIT_MEMBER: actions.EditMember(address, text, ""),
            ActionKind.REMOVE_MEMBER: actions.RemoveMember(address, account),
            ActionKind.ADD_ORGANIZER: actions.AddOrganizer("new", draw.choice(PEOPLE), draw.integer(0, 3)),
            ActionKind.SET_WEIGHT: actions.SetWeight(self.somebody(draw), draw.integer(0, 3)),
            ActionKind.REMOVE_ORGANIZER: actions.RemoveOrganizer(self.somebody(draw)),
            ActionKind.CHANGE_FEE: actions.ChangeFee(draw.integer(-1, 9)),
            ActionKind.CHANGE_RULES: ChangeRules(chosen),
            ActionKind.DISBURSE: Disburse(draw.choice(PEOPLE), coin),
            ActionKind.STAKE_LISTING: actions.StakeListing(coin),
        }
        return choices[kind]

    def one_votes(self, draw: Draw) -> None:
        self.vote(self.somebody(draw), self.number(draw), draw.truth())

    def many_vote(self, draw: Draw) -> None:
        """Each organizer is for, against, or silent."""
        number = self.number(draw)
        for who in sorted(self.weight):
            if draw.chance(3, 4):
                self.vote(who, number, draw.chance(3, 4))

    def conclude(self, draw: Draw) -> None:
        self.send("althea1anybody", Conclude(self.number(draw)))

    def ripen(self, draw: Draw) -> None:
        """Somebody waits for the end of a vote, or for longer, and asks for the outcome."""
        number = self.number(draw)
        end = self.community.proposals[number].closes
        self.height = max(self.height, end + draw.below(3) * self.remembered[number].rule.period // 2 + 1)
        self.send("althea1anybody", Conclude(number))

    def resign(self, draw: Draw) -> None:
        self.send(self.somebody(draw), Resign())

    def leave(self, draw: Draw) -> None:
        self.send(draw.choice(ROUTERS), Leave())

    def earn(self, draw: Draw) -> None:
        coin = Coin(COIN, 1 + draw.below(300))
        treasury.receive(self.bank, self.community.treasury, PAYER, coin, Reason.FEE, self.height)

    def wait(self, draw: Draw) -> None:
        self.height += 1 + draw.below(4)

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
        for _, one in rules.each(self.community.rules):
            assert _can_be_met(one, len(organizers), sum(self.weight.values()))

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


def _can_be_met(one: Rule, organizers: int, weight: int) -> bool:
    """With all in favour."""
    threshold = one.threshold
    if isinstance(threshold, Count):
        return threshold.signatures >= 1 and (threshold.or_all or threshold.signatures <= organizers)
    if isinstance(threshold, Fraction):
        return _has(weight, weight, threshold.of_all)
    return _has(weight, weight, threshold.turnout) and _has(weight, weight, threshold.approval)


def _has(part: int, whole: int, share: Share) -> bool:
    """By exact rationals, where the reference multiplies crosswise."""
    asked = Exact(share.numerator, share.denominator) * whole
    return part > asked if share.exceed else part >= asked
