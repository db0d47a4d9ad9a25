# SPDX-License-Identifier: MIT
"""A community's charter as plain data, as a TOML or JSON file holds it; the file itself somebody else reads.

name = "Clatskanie"
prefix = "fd00:a17e:1::/64"
fee = 10
fee_denomination = "uusd"

[[organizers]]
name = "Ann"
account = "althea1ann"

[rules.remove_member]
signatures = 2
or_all = true

[rules.disburse]
turnout = "1/2"
more_than = "2/3"
period = 100800
"""

from ipaddress import IPv6Network
from typing import Any, Final

from attrs import frozen

from ..payments.money import Amount, Denomination
from . import community as communities
from . import membership
from . import rules as rulebook
from . import threshold as thresholds
from .community import Community
from .membership import Organizer
from .plain_data import CharterError, Data, check_keys, rows, table, text, truth, whole
from .rejection import Rejection
from .rules import Rule, Rules
from .subnet import SubnetPrefix
from .threshold import Count, Fraction, Quorum, Share, Threshold

_TOP: Final = ("fee", "fee_denomination", "name", "organizers", "prefix", "rules")
_RULE: Final = ("at_least", "more_than", "or_all", "period", "signatures", "turnout")


@frozen
class Charter:
    """How a community begins."""

    name: str
    prefix: SubnetPrefix
    fee: Amount
    fee_denomination: Denomination
    organizers: tuple[Organizer, ...]
    rules: Rules


def read_charter(data: Data) -> Charter:
    """A charter from plain data: dictionaries, lists, strings, numbers, truths.

    Raises:
        CharterError: a field is missing, unknown, of the wrong kind or out of its range, or a rule asks for
            more organizers than there are.

    Requirement: VOTE-FILE-01, VOTE-FILE-02
    """
    check_keys("", data, _TOP)
    charter = Charter(
        text("name", data.get("name")),
        _prefix(text("prefix", data.get("prefix"))),
        whole("fee", data.get("fee", 0), 0, communities.MOST_FEE),
        text("fee_denomination", data.get("fee_denomination")),
        tuple(_organizer(f"organizers[{at}]", one) for at, one in enumerate(rows("organizers", data))),
        read_rules("rules", data.get("rules", {})),
    )
    _check_organizers(charter.organizers)
    _check_rules(charter)
    return charter


def found(charter: Charter) -> Community:
    """The community that a charter begins.

    Raises:
        CharterError: there can be none like this.
    """
    made = communities.founded(
        charter.name,
        charter.prefix,
        charter.organizers,
        charter.rules,
        charter.fee,
        charter.fee_denomination,
    )
    if isinstance(made, Rejection):
        raise CharterError(f"charter: {made.value}")
    return made


def charter_data(charter: Charter) -> dict[str, Any]:
    """The plain data that ``read_charter`` makes the same charter of."""
    return {
        "name": charter.name,
        "prefix": str(charter.prefix),
        "fee": charter.fee,
        "fee_denomination": charter.fee_denomination,
        "organizers": [
            {"name": one.name, "account": one.account, "weight": one.weight} for one in charter.organizers
        ],
        "rules": {
            "most_open": charter.rules.most_open,
            **{name: rule_data(rule) for name, rule in rulebook.each(charter.rules)},
        },
    }


def rule_data(rule: Rule) -> dict[str, Any]:
    """The plain data of one rule."""
    threshold = rule.threshold
    if isinstance(threshold, Count):
        asked: dict[str, Any] = {"signatures": threshold.signatures}
        if threshold.or_all:
            asked["or_all"] = True
    elif isinstance(threshold, Fraction):
        asked = _share_data(threshold.of_all)
    else:
        turnout = threshold.turnout
        asked = {"turnout": f"{turnout.numerator}/{turnout.denominator}", **_share_data(threshold.approval)}
    return {**asked, "period": rule.period}


def _share_data(share: Share) -> dict[str, str]:
    return {"more_than" if share.exceed else "at_least": f"{share.numerator}/{share.denominator}"}


# --- the parts ----------------------------------------------------------------------------------------------


def _prefix(value: str) -> IPv6Network:
    try:
        prefix = IPv6Network(value)
    except ValueError as error:
        raise CharterError(
            f"prefix: expected an IPv6 prefix such as fd00:a17e:1::/64, got {value!r}"
        ) from error
    if prefix.prefixlen != 64:
        raise CharterError(f"prefix: expected a /64, got {value!r}")
    return prefix


def _organizer(place: str, data: Data) -> Organizer:
    check_keys(place, data, ("account", "name", "weight"))
    weight = whole(f"{place}.weight", data.get("weight", 1), 1, membership.MOST_WEIGHT)
    return Organizer(
        text(f"{place}.name", data.get("name")), text(f"{place}.account", data.get("account")), weight
    )


def read_rules(place: str, value: object) -> Rules:
    """Rules from plain data; what is not said is as ``rules.DEFAULT`` has it.

    Raises:
        CharterError: a field is unknown, of the wrong kind or out of its range.

    Requirement: VOTE-FILE-01
    """
    data = table(place, value)
    known = [name for name, _ in rulebook.each(rulebook.DEFAULT)]
    check_keys(place, data, [*known, "most_open"])
    chosen: dict[str, Any] = {
        name: _rule(f"{place}.{name}", table(f"{place}.{name}", data[name])) for name in known if name in data
    }
    if "most_open" in data:
        chosen["most_open"] = whole(f"{place}.most_open", data["most_open"], 1, rulebook.MOST_OPEN)
    return Rules(**chosen)


def _rule(place: str, data: Data) -> Rule:
    check_keys(place, data, _RULE)
    period = whole(f"{place}.period", data.get("period", rulebook.WEEK), 1, rulebook.MOST_PERIOD)
    return Rule(_threshold(place, data), period)


def _threshold(place: str, data: Data) -> Threshold:
    forms = [name for name in ("signatures", "more_than", "at_least") if name in data]
    if len(forms) != 1:
        got = " and ".join(forms) or "none of them"
        raise CharterError(f"{place}: expected one of signatures, more_than, at_least; got {got}")
    form = forms[0]
    if form == "signatures":
        if "turnout" in data:
            raise CharterError(f"{place}.turnout: expected it beside more_than or at_least, got signatures")
        signatures = whole(f"{place}.signatures", data["signatures"], 1, membership.MOST_ORGANIZERS)
        return Count(signatures, truth(f"{place}.or_all", data.get("or_all", False)))
    if "or_all" in data:
        raise CharterError(f"{place}.or_all: expected it beside signatures, got {form}")
    asked = share(f"{place}.{form}", data[form], exceed=form == "more_than")
    if "turnout" not in data:
        return Fraction(asked)
    return Quorum(share(f"{place}.turnout", data["turnout"], exceed=False), asked)


def share(place: str, value: object, *, exceed: bool) -> Share:
    """A share from a text such as ``2/3``.

    Raises:
        CharterError: it is none.
    """
    parts = value.split("/") if isinstance(value, str) else []
    if len(parts) == 2 and all(one.isascii() and one.isdigit() and len(one) < 9 for one in parts):
        made = Share(int(parts[0]), int(parts[1]), exceed)
        if thresholds.refusal_of_share(made) is None:
            return made
    raise CharterError(f"{place}: expected a share such as '1/2', from 0 to 1, got {value!r}")


def _check_organizers(organizers: tuple[Organizer, ...]) -> None:
    if not 1 <= len(organizers) <= membership.MOST_ORGANIZERS:
        most = membership.MOST_ORGANIZERS
        raise CharterError(f"organizers: expected 1 to {most} of them, got {len(organizers)}")
    for at, one in enumerate(organizers):
        if one.account in [other.account for other in organizers[:at]]:
            raise CharterError(
                f"organizers[{at}].account: expected each account once, got {one.account!r} again"
            )


def _check_rules(charter: Charter) -> None:
    count = len(charter.organizers)
    for name, rule in rulebook.each(charter.rules):
        threshold = rule.threshold
        if isinstance(threshold, Count) and thresholds.signatures_needed(threshold, count) > count:
            raise CharterError(
                f"rules.{name}.signatures: expected at most {count}, as many as there are organizers, "
                f"or or_all = true; got {threshold.signatures}"
            )
