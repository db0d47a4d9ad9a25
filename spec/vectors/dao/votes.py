# SPDX-License-Identifier: MIT
"""Vectors for votes: what passes, whose votes count, and what becomes of a community step by step."""

from ipaddress import IPv6Address, IPv6Network
from typing import Final

from attrs import define, frozen

from althea_spec.reference.chain import bank
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import (
    ballot,
    community,
    execution,
    governance,
    membership,
    proposal,
    rules,
    threshold,
    treasury,
)
from althea_spec.reference.dao.action import (
    Action,
    AddMember,
    AddOrganizer,
    ChangeFee,
    ChangeRules,
    Disburse,
    EditMember,
    RemoveMember,
    RemoveOrganizer,
    SetWeight,
    StakeListing,
)
from althea_spec.reference.dao.community import Community, Effect
from althea_spec.reference.dao.governance import Conclude, Leave, Message, Propose, Resign, Vote
from althea_spec.reference.dao.membership import Member, Organizer
from althea_spec.reference.dao.proposal import Status
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.dao.rules import Rule, Rules
from althea_spec.reference.dao.threshold import MAJORITY, Count, Fraction, Quorum, Share, Tally, Threshold
from althea_spec.reference.dao.treasury import Entry, Reason

from ..draw import Draw
from ..family import Arguments, Family
from ..machine import Machine, Scenario
from .members import PREFIX

_SHARES: Final = (
    Share(1, 2, exceed=True),
    Share(1, 2),
    Share(2, 3),
    Share(1, 1),
    Share(1, 1, exceed=True),
    Share(0, 1),
)
_QUORUM: Final = Quorum(Share(1, 4), Share(1, 2, exceed=True))
_THRESHOLDS: Final[tuple[Threshold, ...]] = (
    Count(1),
    Count(2),
    Count(2, or_all=True),
    Count(5),
    *map(Fraction, _SHARES),
    _QUORUM,
    Quorum(Share(0, 1), Share(0, 1)),
    Quorum(Share(1, 1), Share(2, 3)),
)
_BAD: Final[tuple[Threshold, ...]] = (
    Count(0),
    Fraction(Share(3, 2)),
    Fraction(Share(1, 0)),
    Fraction(Share(0, 0)),
    Fraction(Share(-1, 2)),
    Fraction(Share(1, 1_000_001)),
    Quorum(Share(2, 1), Share(1, 2)),
    Quorum(Share(1, 2), Share(3, 2)),
)


def _tally(draw: Draw) -> Tally:
    heads = [draw.integer(0, 6), draw.integer(0, 4), draw.integer(1, 4)]
    weights = [sum(draw.integer(1, 3) for _ in range(one)) for one in heads]
    return Tally(heads[0], weights[0], weights[1], sum(heads), sum(weights))


def _vote(draw: Draw) -> Arguments:
    return {"threshold": draw.choice(_THRESHOLDS), "tally": _tally(draw)}


_TALLIES: Final = (
    Tally(0, 0, 0, 1, 1),
    Tally(1, 1, 0, 1, 1),
    Tally(1, 1, 1, 2, 2),
    Tally(2, 2, 0, 2, 2),
    Tally(1, 1, 0, 3, 3),
    Tally(2, 2, 1, 3, 3),
    Tally(1, 3, 2, 3, 5),
    Tally(2, 2, 2, 5, 5),
    Tally(2, 66, 0, 100, 100),
    Tally(2, 67, 33, 100, 100),
)


def counted(ballots: tuple[tuple[int, bool], ...], organizers: tuple[Organizer, ...]) -> Tally:
    """What votes come to, each of a seat, by the seats and the weights of now."""
    return ballot.tally(dict(ballots), organizers)


_SEATED: Final = (Organizer("Ann", "althea1ann", 3, 4), Organizer("Bob", "althea1bob", 1, 2))
_KERNELS: Final = (
    Family(
        id="votes/is-met",
        function=threshold.is_met,
        grid={"threshold": _THRESHOLDS, "tally": _TALLIES},
        draw=_vote,
        covers=(threshold.reaches, threshold.signatures_needed),
    ),
    Family(
        id="votes/reaches",
        function=threshold.reaches,
        grid={"part": (0, 1, 2, 3), "whole": (2, 3, 4), "share": _SHARES},
    ),
    Family(
        id="votes/can-pass",
        function=threshold.can_pass,
        grid={"threshold": _THRESHOLDS, "organizers": (1, 2, 5), "weight": (5, 7)},
    ),
    Family(
        id="votes/rule",
        function=rules.refusal_of_rule,
        grid={
            "rule": tuple(Rule(one) for one in (*_THRESHOLDS, *_BAD))
            + tuple(Rule(MAJORITY, period) for period in (0, 1, rules.MOST_PERIOD, rules.MOST_PERIOD + 1)),
            "organizers": (1, 3),
            "weight": (3,),
        },
        covers=(threshold.refusal, threshold.refusal_of_share),
    ),
    Family(
        id="votes/rules",
        function=rules.refusal,
        grid={
            "rules": (
                rules.DEFAULT,
                Rules(remove_member=Rule(Count(2))),
                Rules(disburse=Rule(Count(0))),
                Rules(most_open=0),
                Rules(most_open=1),
                Rules(most_open=1000),
                Rules(most_open=1001),
            ),
            "organizers": (1, 2, 20),
            "weight": (20,),
        },
    ),
    Family(
        id="votes/tally",
        function=counted,
        requirements=("VOTE-SEAT-01", "VOTE-SEAT-02", "VOTE-WEIGHT-01"),
        grid={
            "ballots": (
                (),
                ((4, True),),
                ((1, True), (2, False)),
                ((4, False), (2, True)),
                ((1, True), (3, True)),
            ),
            "organizers": (_SEATED, _SEATED[:1], _SEATED[1:]),
        },
    ),
    Family(
        id="votes/changed",
        function=ballot.refusal,
        grid={"earlier": (None, False, True), "in_favour": (False, True)},
    ),
    Family(
        id="votes/ended",
        function=proposal.refusal,
        grid={
            "status": tuple(Status),
            "closes": (10,),
            "now": (10, 11),
            "same_rules": (False, True),
            "voting": (False, True),
        },
    ),
    Family(
        id="votes/decision",
        function=proposal.decision,
        grid={
            "threshold": (MAJORITY, _QUORUM),
            "met": (False, True),
            "closes": (110,),
            "period": (10,),
            "now": (100, 110, 111, 120, 121),
        },
    ),
)

# --- whole communities --------------------------------------------------------------------------------------


@define
class State:
    """A community and its bank."""

    community: Community
    bank: Bank


@frozen
class View:
    """What is looked at."""

    members: tuple[Member, ...]
    organizers: tuple[Organizer, ...]
    fee: int
    treasury: int
    books: int
    """What the books say that it holds."""
    is_balanced: bool
    journal: tuple[Entry, ...]
    proposals: tuple[Status, ...]


_COIN: Final = "uusd"
_PAYER: Final = "althea1payer"
_ROOFER: Final = "althea1roofer"


def founded(organizers: tuple[Organizer, ...], chosen: Rules, earned: int) -> State | Rejection:
    """A community with this much in its treasury."""
    made = community.founded("Town", PREFIX, organizers, chosen, 5, _COIN)
    if isinstance(made, Rejection):
        return made
    money = Bank()
    if earned:
        bank.mint(money, _PAYER, Coin(_COIN, earned), SupplyReason.GENESIS)
        treasury.receive(money, made.treasury, _PAYER, Coin(_COIN, earned), Reason.FEE, 1)
    return State(made, money)


def governed(
    state: State, sender: str, message: Message, now: int
) -> Rejection | tuple[State, tuple[Effect, ...]]:
    """What becomes of a message to a community."""
    outcome = governance.step(state.community, state.bank, sender, message, now)
    return outcome.rejection or (state, outcome.effects)


def seen(state: State) -> View:
    """The state as it can be read from outside."""
    found = state.community
    return View(
        tuple(found.members.by_address.values()),
        tuple(found.organizers.values()),
        found.fee,
        bank.balance(state.bank, found.treasury.account, _COIN),
        treasury.expected(found.treasury.received.get(_COIN, 0), found.treasury.spent.get(_COIN, 0)),
        treasury.is_balanced(state.bank, found.treasury),
        tuple(found.treasury.journal),
        tuple(one.status for one in found.proposals.values()),
    )


def _account(name: str) -> str:
    return f"althea1{name.lower()}"


def _town(
    names: str, *steps: tuple[str, Message, int], chosen: Rules = rules.DEFAULT, earned: int = 0
) -> Scenario:
    organizers = tuple(Organizer(name, _account(name)) for name in names.split())
    start = {"organizers": organizers, "chosen": chosen, "earned": earned}
    return Scenario(
        start, tuple({"sender": _account(who), "message": what, "now": at} for who, what, at in steps)
    )


def _pay(amount: int, to: str = _ROOFER) -> Propose:
    return Propose(Disburse(to, Coin(_COIN, amount)))


_FIRST, _SECOND, _THIRD = (PREFIX[at] for at in (1, 2, 3))
_HILL: Final = AddMember("Hill", _account("Hill"))
_NO_HILL: Final = Propose(RemoveMember(_FIRST, _account("Hill")))
_NO_ANN: Final = Propose(RemoveOrganizer(_account("Ann")))
_BLOCKS: Final = Rules(change_fee=Rule(MAJORITY, 10), disburse=Rule(_QUORUM, 10), most_open=2)
_FEE: Final = Propose(ChangeFee(9))

_SCENARIOS: Final = {
    "one-organizer": _town(
        "Ann", ("Ann", Propose(_HILL), 1), ("Ann", _NO_HILL, 2), ("Ann", _NO_ANN, 3), ("Ann", Resign(), 4)
    ),
    "two-signatures-remove": _town(
        "Ann Bob Cy",
        ("Ann", Propose(_HILL), 1),
        ("Bob", _NO_HILL, 2),
        ("Cy", Vote(2), 3),
        ("Ann", Vote(2), 4),
    ),
    "a-majority-adds-an-organizer": _town(
        "Ann Bob Cy Di",
        ("Ann", Propose(AddOrganizer("Ed", _account("Ed"))), 1),
        ("Bob", Vote(1), 2),
        ("Cy", Vote(1), 3),
        ("Ed", _FEE, 4),
    ),
    "signatures-of-who-left": _town(
        "Ann Bob Cy",
        ("Ann", Propose(_HILL), 100),
        ("Ann", _NO_HILL, 110),
        ("Bob", _NO_ANN, 120),
        ("Cy", Vote(3), 120),
        ("Ann", Vote(2, in_favour=False), 125),
        ("Bob", Vote(2), 130),
        ("Bob", Propose(AddOrganizer("Ann", _account("Ann"))), 135),
        ("Cy", Vote(4), 135),
        ("Cy", Vote(2), 140),
    ),
    "enough-without-a-vote": _town(
        "Ann Bob Cy Di",
        ("Ann", _FEE, 1),
        ("Bob", Vote(1), 2),
        ("Stranger", Conclude(1), 3),
        ("Di", Resign(), 4),
        ("Stranger", Conclude(1), 5),
    ),
    "in-time": _town("Ann Bob", ("Ann", _FEE, 100), ("Bob", Vote(1), 110), chosen=_BLOCKS),
    "too-late": _town(
        "Ann Bob", ("Ann", _FEE, 100), ("Bob", Vote(1), 111), ("Bob", Conclude(1), 111), chosen=_BLOCKS
    ),
    "quorum": _town(
        "Ann Bob Cy",
        ("Ann", _pay(60), 100),
        ("Bob", Vote(1), 101),
        ("Bob", Conclude(1), 110),
        ("Cy", Vote(1), 111),
        ("Stranger", Conclude(1), 111),
        ("Stranger", Conclude(1), 112),
        chosen=_BLOCKS,
        earned=100,
    ),
    "quorum-against": _town(
        "Ann Bob Cy",
        ("Ann", _pay(60), 100),
        ("Bob", Vote(1, in_favour=False), 101),
        ("Stranger", Conclude(1), 111),
        chosen=_BLOCKS,
        earned=100,
    ),
    "quorum-lapsed": _town(
        "Ann", ("Ann", _pay(60), 100), ("Ann", Conclude(1), 121), chosen=_BLOCKS, earned=100
    ),
    "two-payments": _town(
        "Ann Bob",
        ("Ann", _pay(60), 1),
        ("Ann", _pay(60), 2),
        ("Bob", Vote(1), 3),
        ("Bob", Vote(2), 4),
        ("Bob", Conclude(2), 5),
        earned=100,
    ),
    "payments-refused": _town(
        "Ann",
        ("Ann", _pay(101), 1),
        ("Ann", _pay(0), 2),
        ("Ann", _pay(1, "module:dao/x"), 3),
        ("Ann", Propose(StakeListing(Coin(_COIN, 40))), 4),
        ("Ann", _pay(60), 5),
        ("Ann", _pay(1), 6),
        earned=100,
    ),
    "changed-mind": _town(
        "Ann Bob Cy",
        ("Ann", _FEE, 1),
        ("Ann", Vote(1), 2),
        ("Ann", Vote(1, in_favour=False), 3),
        ("Bob", Vote(1), 4),
        ("Cy", Vote(1), 5),
    ),
    "new-rules": _town(
        "Ann Bob",
        ("Ann", _FEE, 1),
        ("Ann", Propose(ChangeRules(Rules(change_fee=Rule(Count(1))))), 2),
        ("Bob", Vote(2), 3),
        ("Bob", Vote(1), 4),
        ("Bob", _FEE, 5),
    ),
    "impossible-rules": _town(
        "Ann Bob Cy",
        ("Ann", Propose(ChangeRules(Rules(disburse=Rule(Count(4))))), 1),
        ("Ann", Propose(ChangeRules(Rules(disburse=Rule(Fraction(_SHARES[4]))))), 2),
        ("Ann", Propose(ChangeRules(Rules(disburse=Rule(Count(0))))), 3),
    ),
    "nobody-can-go": _town(
        "Ann Bob Cy", ("Cy", Resign(), 1), ("Bob", _NO_ANN, 2), chosen=Rules(disburse=Rule(Count(3)))
    ),
    "open-proposals": _town(
        "Ann Bob",
        ("Ann", _FEE, 1),
        ("Ann", _FEE, 2),
        ("Ann", _FEE, 3),
        ("Bob", Vote(1), 4),
        ("Ann", _FEE, 5),
        chosen=_BLOCKS,
    ),
    "nobody-in-favour": _town(
        "Ann Bob", ("Ann", _FEE, 1), ("Ann", Vote(1, in_favour=False), 2), ("Bob", Conclude(1), 3)
    ),
    "strangers": _town(
        "Ann Bob",
        ("Ann", _FEE, 1),
        ("Stranger", Vote(1), 2),
        ("Stranger", _FEE, 3),
        ("Stranger", Resign(), 4),
        ("Stranger", Leave(), 5),
        ("Ann", Vote(7), 6),
        ("Ann", Conclude(7), 7),
    ),
    "addresses": _town(
        "Ann",
        ("Ann", Propose(_HILL), 1),
        ("Ann", Propose(AddMember("Barn", _account("Barn"))), 2),
        ("Ann", Propose(AddMember("Mill", _account("Mill"))), 3),
        ("Ann", Propose(RemoveMember(_SECOND, _account("Barn"))), 4),
        ("Ann", Propose(AddMember("Farm", _account("Farm"))), 5),
        ("Ann", Propose(AddMember("Barn", _account("Barn"), _SECOND)), 6),
        ("Ann", Propose(AddMember("Twin", _account("Twin"), _THIRD)), 7),
        ("Ann", Propose(AddMember("Twin", _account("Mill"))), 8),
        ("Ann", Propose(EditMember(_FIRST, "Hilltop", "behind the church")), 9),
        ("Hill", Leave(), 10),
        ("Ann", Propose(EditMember(_FIRST, "Hill", "")), 11),
        ("Ann", _NO_HILL, 12),
    ),
    "two-votes-about-one-member": _town(
        "Ann Bob",
        ("Ann", Propose(_HILL), 1),
        ("Ann", _NO_HILL, 2),
        ("Bob", _NO_HILL, 3),
        ("Bob", Vote(2), 4),
        ("Ann", Vote(3), 5),
    ),
    "weights": _town(
        "Ann Bob",
        ("Ann", Propose(SetWeight(_account("Ann"), 3)), 1),
        ("Bob", Vote(1), 2),
        ("Ann", _FEE, 3),
        ("Bob", _FEE, 4),
    ),
    "no-organizers": _town(""),
    "seats-are-counted-up": _town(
        "Ann",
        ("Ann", Propose(AddOrganizer("Bob", _account("Bob"))), 1),
        ("Ann", Propose(AddOrganizer("Cy", _account("Cy"))), 2),
        ("Bob", Vote(2), 3),
        ("Ann", Propose(SetWeight(_account("Di"), 2)), 4),
    ),
    "two-may-not-become-one": _town(
        "Ann Bob Cy", ("Cy", Resign(), 1), ("Bob", Resign(), 2), chosen=Rules(disburse=Rule(Count(2)))
    ),
    "named-and-then-allocated": _town(
        "Ann",
        ("Ann", Propose(AddMember("Far", _account("Far"), PREFIX[9])), 1),
        ("Ann", Propose(_HILL), 2),
        ("Ann", Propose(AddMember("Barn", _account("Barn"), _SECOND)), 3),
        ("Ann", Propose(AddMember("Mill", _account("Mill"))), 4),
    ),
}


def _random(draw: Draw) -> Scenario:
    """Anything that three organizers may do, in an order that makes no sense."""
    names = ("Ann", "Bob", "Cy")
    choices: tuple[Action, ...] = (
        _HILL,
        AddMember("Barn", _account("Barn")),
        RemoveMember(_FIRST, _account("Hill")),
        AddOrganizer("Di", _account("Di"), 2),
        RemoveOrganizer(_account("Cy")),
        SetWeight(_account("Bob"), 3),
        ChangeFee(7),
        Disburse(_ROOFER, Coin(_COIN, 60)),
    )
    steps: list[tuple[str, Message, int]] = []
    made, now = 0, 1
    for _ in range(10):
        now += draw.below(6)
        kind = draw.below(3)
        message: Message = Propose(draw.choice(choices))
        if kind and made:
            number = 1 + draw.below(made)
            message = Vote(number, draw.chance(4, 5)) if kind == 1 else Conclude(number)
        made += isinstance(message, Propose)
        steps.append((draw.choice(names), message, now))
    return _town("Ann Bob Cy", *steps, chosen=_BLOCKS, earned=100)


_COMMUNITY: Final = Machine(
    id="communities/life",
    start=founded,
    step=governed,
    requirements=(
        "VOTE-WHO-01",
        "VOTE-PROPOSE-01",
        "VOTE-PROPOSE-02",
        "VOTE-IMMEDIATE-01",
        "VOTE-DEFAULT-01",
        "VOTE-DEFAULT-02",
        "VOTE-DEFAULT-03",
        "TREASURY-FEE-01",
        "TREASURY-SPEND-02",
        "TREASURY-TRACE-01",
        "SUBNET-ORG-04",
        "SUBNET-ORG-05",
        "SUBNET-LEAVE-01",
        "SUBNET-LIST-04",
        "VOTE-CONCLUDE-01",
        "VOTE-CONFLICT-01",
        "VOTE-CONFLICT-02",
        "VOTE-ONCE-01",
        "VOTE-RULES-04",
    ),
    scenarios=_SCENARIOS,
    draw=_random,
    observe=seen,
    covers=(
        governance.propose,
        governance.vote,
        governance.conclude,
        governance.settle,
        governance.resign,
        governance.leave,
        execution.refusal,
        execution.cannot_depart,
        membership.remove,
        membership.edited,
        treasury.opened,
        treasury.receive,
        treasury.spend,
        community.founded,
    ),
)


# --- parts of it --------------------------------------------------------------------------------------------


def charter_refused(
    prefix: IPv6Network, organizers: tuple[Organizer, ...], chosen: Rules, fee: int
) -> Rejection | None:
    """Why no community begins like this."""
    made = community.founded("Town", prefix, organizers, chosen, fee, _COIN)
    return made if isinstance(made, Rejection) else None


def entry_added(
    next_interface: int, taken: tuple[IPv6Address, ...], asked: AddMember
) -> Rejection | Member | None:
    """The entry that a proposal of one organizer adds to a list on which other addresses are taken."""
    town = community.founded("Town", PREFIX, (Organizer("Ann", "a"),), rules.DEFAULT, 5, _COIN)
    if isinstance(town, Rejection):
        return town
    for at, one in enumerate(taken):
        membership.add(town.members, Member("taken", one, f"althea1taken{at}"))
    town.members.next_interface = next_interface
    outcome = governance.step(town, Bank(), "a", Propose(asked), 1)
    return outcome.rejection or town.members.by_account.get(asked.account)


def fee_taken(held: int, amount: int, reason: Reason) -> Rejection | int:
    """What the treasury holds once a coin has come in from somebody who held so much."""
    money, books = Bank(), treasury.opened(PREFIX)
    bank.mint(money, _PAYER, Coin(_COIN, held), SupplyReason.GENESIS)
    refused = treasury.receive(money, books, _PAYER, Coin(_COIN, amount), reason, 1)
    return refused or bank.balance(money, books.account, _COIN)


def books_agree(received: int, spent: int, held: int) -> bool:
    """Whether the books say what the bank says."""
    money, books = Bank(), treasury.opened(PREFIX)
    bank.mint(money, books.account, Coin(_COIN, held), SupplyReason.GENESIS)
    books.received, books.spent = {_COIN: received}, {_COIN: spent}
    return treasury.is_balanced(money, books)


_TWICE: Final = (Organizer("Ann", "a"), Organizer("Bob", "a"))
_PARTS: Final = (
    Family(
        id="communities/charter",
        function=charter_refused,
        requirements=("SUBNET-ORG-01", "SUBNET-ORG-02", "SUBNET-ORG-04", "VOTE-RULES-02", "TREASURY-FEE-02"),
        grid={
            "prefix": (PREFIX, IPv6Network("fd00::/63")),
            "organizers": ((), _SEATED, _TWICE, (Organizer("Ann", "a", 0),), (Organizer("", "a"),)),
            "chosen": (rules.DEFAULT, Rules(disburse=Rule(Count(3)))),
            "fee": (-1, 0, community.MOST_FEE, community.MOST_FEE + 1),
        },
        covers=(community.founded, community.refusal_of_fee, community.weight_of_all),
    ),
    Family(
        id="communities/entry",
        function=entry_added,
        requirements=("SUBNET-ALLOC-01", "SUBNET-LIST-01", "SUBNET-LIST-02", "SUBNET-LIST-03"),
        grid={
            "next_interface": (1, 3, 2**64 - 1, 2**64),
            "taken": ((), (_FIRST, _THIRD), (PREFIX[2**64 - 1],)),
            "asked": (_HILL, AddMember("Hill", _account("Hill"), _THIRD), AddMember("Hill", "althea1taken0")),
        },
        covers=(execution.entry_of, membership.refusal_of_member, membership.add),
    ),
    Family(
        id="treasury/receive",
        function=fee_taken,
        requirements=("TREASURY-FEE-01",),
        grid={"held": (10,), "amount": (-1, 0, 1, 10, 11), "reason": tuple(Reason)},
        covers=(treasury.receive,),
    ),
    Family(
        id="treasury/balanced",
        function=books_agree,
        requirements=("TREASURY-TRACE-02",),
        grid={"received": (0, 10), "spent": (0, 4), "held": (6, 10)},
        covers=(treasury.is_balanced,),
    ),
)

FAMILIES: Final = (*_KERNELS, _COMMUNITY, *_PARTS)
