# SPDX-License-Identifier: GPL-2.0-only
"""Broken reference routers: the round-trip time and the delivery of a path, said and selected by."""

from collections.abc import Callable
from functools import partial
from typing import Any

from attrs import evolve

from althea_spec.conformance.lab import Profile
from althea_spec.reference.routing import path_quality, terms
from althea_spec.reference.routing.path_quality import Quality

from .misreading import UPDATE, SubTlvs, bodies, first_only, hides_when, is_retraction, misreads
from .sabotage import Sabotage as AnySabotage
from .sabotage import classes, wraps
from .sabotages_layouts import DELIVERY, PATH_RTT

Sabotage = partial(AnySabotage, profile=Profile.ALTHEA)
SHORT = 20_000  # microseconds


# --- what is said -------------------------------------------------------------------------------------------


def _one_microsecond(original: Callable[..., Any], state: Any) -> Any:
    said = original(state)
    return evolve(said, path=evolve(said.path, rtt=1)) if said.path.rtt == 0 else said


def _quarter_of_the_link(original: Callable[..., Quality], path: Quality, link: Quality) -> Quality:
    return original(path, link if link.rtt is None else evolve(link, rtt=link.rtt // 4))


def _unknown_is_nothing(original: Callable[..., Quality], path: Quality, link: Quality) -> Quality:
    return original(evolve(path, rtt=path.rtt or 0), link)


def _wraps_around(original: Callable[..., Quality], path: Quality, link: Quality) -> Quality:
    said = original(path, link)
    if path.rtt is None or link.rtt is None:
        return said
    return evolve(said, rtt=(path.rtt + link.rtt) % (1 << 32))


def _link_loses_nothing(original: Callable[..., Quality], path: Quality, link: Quality) -> Quality:
    return original(
        path, link if link.delivery is None else evolve(link, delivery=path_quality.WHOLE_DELIVERY)
    )


def _zero_is_said(original: Callable[..., Any], state: Any, route: Any) -> Any:
    said = original(state, route)
    return evolve(said, path=terms.through(state, route)) if terms.has_prices(state) else said


SAID = (
    Sabotage("own prefixes are a microsecond away", "PRTT-OWN-01", wraps("terms.own", _one_microsecond)),
    Sabotage(
        "own prefixes are a microsecond away here too",
        "PRTT-OWN-01",
        wraps("terms.own", _one_microsecond),
        profile=Profile.ALTHEA_2018,
    ),
    Sabotage(
        "a quarter of the link is added", "PRTT-SUM-01", wraps("path_quality.onward", _quarter_of_the_link)
    ),
    Sabotage(
        "what is not known of the path is taken for nothing",
        "PRTT-SUM-02",
        wraps("path_quality.onward", _unknown_is_nothing),
        drags=classes("PRTT-WIRE-04 PRTT-WIRE-05 PRTT-TRIG-01 PRTT-SELECT-02 F2018-SUB-04"),
    ),
    Sabotage(
        "a path RTT that does not fit wraps",
        "PRTT-SUM-03",
        wraps("path_quality.onward", _wraps_around),
        drags=classes("PRTT-WIRE-08"),
    ),
    Sabotage(
        "links lose nothing",
        "PRTT-SUM-04",
        wraps("path_quality.onward", _link_loses_nothing),
        drags=classes("VERIFY-LINK-01 VERIFY-LINK-02"),
    ),
    Sabotage(
        "a sum of 0 is said in the layout of 2018",
        "PRTT-SUM-05",
        wraps("terms.onward", _zero_is_said),
        profile=Profile.ALTHEA_2018,
    ),
)

# --- what is selected by ------------------------------------------------------------------------------------


def _round_trips_alone(original: Callable[..., Any], state: Any, route: Any) -> Any:
    measured = original(state, route)
    return measured if measured is None else terms.through(state, route).rtt


def _one_class(original: Callable[..., Any], candidate: Any, metric: int, weight: Any) -> Any:
    unpriced, _unmeasured, *value = original(candidate, metric, weight)
    return (unpriced, False, *value)


def _unnoticed(original: Callable[..., bool], old: Any, new: Any) -> bool:
    del original, old, new
    return False


def _short_is_feasible(original: Callable[..., bool], state: Any, route: Any) -> bool:
    near = route.path_rtt is not None and 0 < route.path_rtt < SHORT
    return original(state, route) or (near and state.config.select_by_path_rtt)


def _metric_counts(original: Callable[..., Any], candidate: Any, metric: int, weight: Any) -> Any:
    """A hundred microseconds for each unit of the metric."""
    if candidate.measured is None:
        return original(candidate, metric, weight)
    return original(candidate, metric + 100 * candidate.metric, weight)


SELECTED_BY = (
    Sabotage(
        "losses do not count in selection",
        "PRTT-SELECT-01",
        wraps("candidacy.verifiable", _round_trips_alone),
        drags=classes("PRTT-SELECT-02 VERIFY-LOSS-01 ACC-LOST-01 CORR-SELECT-01"),
    ),
    Sabotage("measured or not is one class", "PRTT-SELECT-02", wraps("priced_selection._rank", _one_class)),
    Sabotage(
        "a link that becomes slower is not noticed",
        "PRTT-SELECT-03",
        wraps("path_quality.is_noticeable", _unnoticed),
    ),
    Sabotage(
        "what is near is feasible", "PRTT-SELECT-04", wraps("candidacy.is_feasible", _short_is_feasible)
    ),
    Sabotage(
        "the metric counts beside the round trip",
        "PRTT-SELECT-04",
        wraps("priced_selection._rank", _metric_counts),
        drags=classes("PRTT-SELECT-01"),
    ),
    Sabotage(
        "a longer path waits for the next full update",
        "PRTT-TRIG-01",
        wraps("path_quality.is_significant", _unnoticed),
    ),
)

# --- how it travels -----------------------------------------------------------------------------------------


def _only(kind: int, octets: int) -> Callable[[SubTlvs, bytes], SubTlvs]:
    return lambda subs, _fields: [one for one in subs if one[0] != kind or len(one[1]) <= octets]


def _no_surplus(subs: SubTlvs, fields: bytes) -> SubTlvs:
    return _only(DELIVERY, 2)(_only(PATH_RTT, 4)(subs, fields), fields)


def _measured_retraction(subs: SubTlvs, fields: bytes) -> bool:
    return (
        is_retraction(fields) and fields[2] != 0 and any(one in (PATH_RTT, DELIVERY) for one, _body in subs)
    )


def _largest_is_unknown(subs: SubTlvs, _fields: bytes) -> SubTlvs:
    return [one for one in subs if one != (PATH_RTT, b"\xff\xff\xff\xff")]


TRAVELS = (
    Sabotage(
        "the highest octet of a path RTT is lost",
        "PRTT-WIRE-01",
        misreads(UPDATE, bodies(PATH_RTT, lambda body: b"\0" + body[1:])),
        drags=classes("PRTT-SUM-01 PRTT-SUM-03 PRTT-WIRE-08"),
    ),
    Sabotage(
        "a delivery is read from its end",
        "PRTT-WIRE-02",
        misreads(UPDATE, bodies(DELIVERY, lambda body: body[::-1] if len(body) == 2 else body)),
        drags=classes("PRTT-SUM-04 PRTT-WIRE-04 PRTT-WIRE-05 PRICE-WIRE-16 PRTT-SELECT-01"),
    ),
    Sabotage("what is longer is not known", "PRTT-WIRE-03", misreads(UPDATE, _no_surplus)),
    Sabotage(
        "a short path RTT is completed",
        "PRTT-WIRE-04",
        misreads(UPDATE, bodies(PATH_RTT, lambda body: body.rjust(4, b"\0"))),
        drags=classes("PRTT-SUM-02"),
    ),
    Sabotage(
        "a short delivery is completed",
        "PRTT-WIRE-04",
        misreads(UPDATE, bodies(DELIVERY, lambda body: body.ljust(2, b"\0") if body else body)),
        drags=classes("PRTT-SUM-02"),
    ),
    Sabotage("of two path RTTs the first counts", "PRTT-WIRE-05", misreads(UPDATE, first_only(PATH_RTT))),
    Sabotage("of two deliveries the first counts", "PRTT-WIRE-05", misreads(UPDATE, first_only(DELIVERY))),
    Sabotage(
        "a retraction that says a path is left alone",
        "PRTT-WIRE-06",
        misreads(UPDATE, hides_when(_measured_retraction)),
    ),
    Sabotage(
        "a delivery of nothing is the smallest one",
        "PRTT-WIRE-07",
        misreads(UPDATE, bodies(DELIVERY, lambda body: body if any(body) else b"\0\1")),
        drags=classes("PRTT-SUM-04"),
    ),
    Sabotage("the largest path RTT is not known", "PRTT-WIRE-08", misreads(UPDATE, _largest_is_unknown)),
)

SABOTAGES = (*SAID, *SELECTED_BY, *TRAVELS)
