# SPDX-License-Identifier: MIT
"""What can go wrong with a community's rules: each finding has an example, each absence of one is proved."""

from enum import StrEnum
from typing import Final

from attrs import frozen

from althea_spec.reference.dao import rules as rulebook
from althea_spec.reference.dao.charter import Charter
from althea_spec.reference.dao.membership import Organizer

from ..proofs.engine.solvers import z3
from .electorate import CONTROL, Electorate, electorate_of, smallest
from .replay import rehearse
from .takeover import Takeover, takeover


class Severity(StrEnum):
    """How bad it is."""

    ERROR = "error"
    """No community should begin like this."""
    WARNING = "warning"
    """Somebody may want it so; they should know."""


class Kind(StrEnum):
    """What is found."""

    NEVER = "never-passes"
    NOBODY_CAN_GO = "nobody-can-go"
    TAKEOVER = "minority-takes-over"
    MONEY = "minority-takes-the-money"
    MEMBERS = "minority-decides-on-members"
    ASLEEP = "minority-while-others-sleep"
    FROZEN = "frozen-for-ever"


@frozen
class Finding:
    """Something that can go wrong, with an example of it."""

    kind: Kind
    severity: Severity
    text: str
    """One sentence with the example."""
    actions: tuple[str, ...]
    """The rules that it is about."""
    group: tuple[str, ...] = ()
    """Accounts of the organizers of the example."""


@frozen
class Needs:
    """One line of the table of actions."""

    action: str
    in_favour: int | None
    """The fewest organizers who pass it against all others; ``None``: nobody does."""
    absent: int | None
    """The fewest whose silence keeps it from passing."""


@frozen
class Report:
    """What was found, worst first."""

    findings: tuple[Finding, ...]
    needs: tuple[Needs, ...]

    @property
    def is_sound(self) -> bool:
        """Whether there is no error."""
        return all(one.severity is not Severity.ERROR for one in self.findings)


_NAMED: Final = 4
"""So many organizers of an example are named."""
_ACTIONS: Final = tuple(name for name, _ in rulebook.each(rulebook.DEFAULT))
_GOALS: Final = {
    Kind.TAKEOVER: {
        "change_rules": "can rewrite the rules",
        "remove_organizer": "can remove all others",
        "add_organizer": "can add organizers as it likes",
        "set_weight": "can set the weight of every vote",
    },
    Kind.MONEY: {
        "disburse": "can empty the treasury",
        "stake_listing": "can put all money behind the entry in the registry",
        "change_fee": "can set the fee",
    },
    Kind.MEMBERS: {"remove_member": "can remove every member"},
}
"""What nobody should be able to do against most of the others, the worst first; one example of each kind is
enough.
"""


def check(charter: Charter) -> Report:
    """All that can go wrong.

    Raises:
        ProofError: the prover does not know, or what it says does not come true.
    """
    electorate = electorate_of(charter)
    findings = _never(electorate) or [
        *_nobody_can_go(charter),
        *_minorities(electorate),
        *_frozen(electorate),
    ]
    order = list(Severity)
    needs = tuple(_needs(electorate, action) for action in _ACTIONS)
    return Report(tuple(sorted(findings, key=lambda one: order.index(one.severity))), needs)


def _never(electorate: Electorate) -> list[Finding]:
    found = []
    for action in _ACTIONS:
        if smallest(electorate, electorate.alone(action, opposed=False)) is None:
            text = f"{action} can never pass, even if all {electorate.organizers} organizers are in favour"
            found.append(Finding(Kind.NEVER, Severity.ERROR, text, (action,)))
    return found


def _nobody_can_go(charter: Charter) -> list[Finding]:
    """Rules that need as many organizers as there are keep each of them in office, also who wants to go."""
    count, weight = len(charter.organizers), sum(one.weight for one in charter.organizers)
    if count == 1 or rulebook.refusal(charter.rules, count, weight) is not None:
        return []
    for one in charter.organizers:
        if rulebook.refusal(charter.rules, count - 1, weight - one.weight) is None:
            return []
    blocking = tuple(
        name
        for name, rule in rulebook.each(charter.rules)
        if rulebook.refusal_of_rule(rule, count - 1, weight - 1) is not None
    )
    text = (
        f"no organizer can resign or be removed: {', '.join(blocking)} would ask for more signatures than "
        f"the {count - 1} who stay; say or_all = true there"
    )
    return [Finding(Kind.NOBODY_CAN_GO, Severity.ERROR, text, blocking)]


def _minorities(electorate: Electorate) -> list[Finding]:
    findings: list[Finding] = []
    for kind, goals in _GOALS.items():
        severity = Severity.WARNING if kind is Kind.MEMBERS else Severity.ERROR
        opposed = _first(electorate, goals, kind, severity, opposed=True)
        asleep = None if opposed else _first(electorate, goals, Kind.ASLEEP, Severity.WARNING, opposed=False)
        findings += [one for one in (opposed, asleep) if one is not None]
    return findings


def _first(
    electorate: Electorate, goals: dict[str, str], kind: Kind, severity: Severity, *, opposed: bool
) -> Finding | None:
    """The first of some goals that a minority reaches, rehearsed."""
    for goal, consequence in goals.items():
        found = takeover(electorate, goal, opposed=opposed)
        if found is not None:
            rehearse(electorate.charter, found, opposed=opposed)
            others = "against all others" if opposed else "while nobody else votes"
            return _minority(kind, severity, found, f"{consequence} {others}", goal)
    return None


def _minority(kind: Kind, severity: Severity, found: Takeover, consequence: str, goal: str) -> Finding:
    way = [_step(move.action, move.added, move.removed) for move in found.moves]
    first = f" first {' and then '.join(way)}, and" if way else ""
    text = f"{_names(found.group)}, at most half of the weight,{first} {consequence}"
    used = tuple(dict.fromkeys([*(one.action for one in found.moves), goal]))
    return Finding(kind, severity, text, used, tuple(one.account for one in found.group))


def _step(action: str, added: int, removed: tuple[Organizer, ...]) -> str:
    if action == "add_organizer":
        return f"adds {added} of its own as organizers"
    return "sets the weights" if action == "set_weight" else f"removes {_names(removed)}"


def _frozen(electorate: Electorate) -> list[Finding]:
    """Whether the silence of some leaves the rest without any way to change who decides, or how."""
    stuck = [z3.Not(electorate.without(action)) for action in CONTROL]
    found = smallest(electorate, *stuck)
    if found is None or not found[0]:
        return []
    group, weight = found[0], sum(one.weight for one in found[0])
    if 2 * weight > electorate.weight and len(electorate.charter.organizers) > 1:
        return []
    severity = Severity.ERROR if 2 * weight < electorate.weight else Severity.WARNING
    text = (
        f"if {_names(group)} never vote{'s' if len(group) == 1 else ''} again (a lost key is enough), "
        "organizers, weights and rules stay as they are for ever"
    )
    return [Finding(Kind.FROZEN, severity, text, CONTROL, tuple(one.account for one in group))]


def _needs(electorate: Electorate, action: str) -> Needs:
    passing = smallest(electorate, electorate.alone(action, opposed=True))
    silent = smallest(electorate, z3.Not(electorate.without(action)))
    return Needs(
        action,
        None if passing is None else len(passing[0]),
        None if silent is None else len(silent[0]),
    )


def _names(group: tuple[Organizer, ...]) -> str:
    names = [one.name for one in group[:_NAMED]]
    more = len(group) - len(names)
    if more:
        return f"{', '.join(names)} and {more} more"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
