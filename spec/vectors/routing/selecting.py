# SPDX-License-Identifier: MIT
"""Vectors for the choice of a route, for what is told about it, and for asking after a newer one."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network
from typing import Final

from attrs import evolve

from althea_spec.reference.routing import (
    filtering,
    hysteresis,
    preference_request,
    priced_selection,
    selection,
    seqno_request,
    update_policy,
)
from althea_spec.reference.routing.constants import INFINITY
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.hysteresis import SmoothedMetric
from althea_spec.reference.routing.messages import Prefix
from althea_spec.reference.routing.neighbours import NeighbourKey
from althea_spec.reference.routing.path_quality import UNKNOWN, Quality
from althea_spec.reference.routing.preference_request import Asked
from althea_spec.reference.routing.priced_selection import Preference
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.selection import Candidate
from althea_spec.reference.routing.seqno_request import Known, NextHop
from althea_spec.reference.routing.update_policy import Selected

from ..draw import Draw
from ..family import Arguments, Family

_KEYS: Final = (
    NeighbourKey("eth0", IPv6Address("fe80::1")),
    NeighbourKey("eth0", IPv6Address("fe80::2")),
    NeighbourKey("eth1", IPv6Address("fe80::1")),
    NeighbourKey("wlan0", IPv6Address("fe80::a")),
)
_A, _B, _C = (Candidate(key, 300, 300, True) for key in _KEYS[:3])
_RETRACTED: Final = evolve(_B, metric=INFINITY, smoothed=100)
_UNFEASIBLE: Final = evolve(_B, metric=1, smoothed=1, feasible=False)
_BETTER: Final = evolve(_B, metric=200, smoothed=200)
_NOT_YET_SMOOTH: Final = evolve(_B, metric=200, smoothed=300)
_ROUTER: Final = bytes.fromhex("0200000000000001")
_OTHER_ROUTER: Final = bytes.fromhex("0200000000000002")


def _candidates(draw: Draw, priced: bool) -> tuple[Candidate, ...]:
    about = draw.integer(1, 2000)
    found = []
    for key in _KEYS[: 1 + draw.below(len(_KEYS))]:
        metric = draw.choice((draw.near(about), draw.near(about), draw.integer(0, INFINITY)))
        smoothed = draw.choice((metric, draw.near(about)))
        feasible = draw.chance(3, 4)
        if not priced:
            found.append(Candidate(key, metric, smoothed, feasible))
            continue
        measured = draw.choice((None, draw.near(about * 10, 20)))
        price = draw.choice((None, draw.integer(0, 100), 7, 8, 65535))
        found.append(Candidate(key, metric, smoothed, feasible, price, measured, draw.chance(1, 8)))
    return tuple(found)


def _chosen(draw: Draw) -> Arguments:
    candidates = draw.shuffled(_candidates(draw, False))
    current = draw.choice((None, *candidates))
    return {"candidates": candidates, "current": current, "hysteresis": draw.truth()}


def _preference(draw: Draw) -> Preference:
    weight = draw.choice((Weight(1), Weight(2), Weight(1, 2), Weight(19, 10)))
    return Preference(Profile.ALTHEA, weight, draw.choice((None, 7, 90)), draw.chance(1, 4))


def _chosen_priced(draw: Draw) -> Arguments:
    candidates = draw.shuffled(_candidates(draw, True))
    current = draw.choice((None, *candidates))
    return {
        "candidates": candidates,
        "current": current,
        "hysteresis": draw.truth(),
        "preference": _preference(draw),
    }


def _replacing(draw: Draw) -> Arguments:
    candidates = _candidates(draw, True)
    return {
        "better": draw.choice(candidates),
        "current": draw.choice(candidates),
        "hysteresis": draw.truth(),
        "weight": _preference(draw).weight,
    }


def _smoothed(draw: Draw) -> SmoothedMetric:
    return SmoothedMetric(draw.integer(0, 65534), draw.integer(0, 8000) - 4000, draw.integer(0, 10**9))


def _value(draw: Draw) -> Arguments:
    smoothed, half_life = _smoothed(draw), draw.integer(1, 20_000_000)
    age = draw.choice((draw.integer(0, half_life), draw.integer(0, 18 * half_life)))
    return {"smoothed": smoothed, "now": smoothed.since + age, "half_life_microseconds": half_life}


def _retarget(draw: Draw) -> Arguments:
    return {**_value(draw), "metric": draw.integer(0, 65534)}


def _told(draw: Draw) -> Selected:
    return Selected(
        draw.choice((_ROUTER, _ROUTER, _OTHER_ROUTER)),
        draw.choice((1000, 1500, draw.integer(0, 65534))),
        draw.choice((None, 10, 14, 15, draw.integer(0, 100))),
        draw.chance(7, 8),
        draw.choice((UNKNOWN, Quality(40_000, 65535), Quality(draw.integer(0, 100_000), 65535))),
    )


_PLAIN: Final = Selected(_ROUTER, 1000)
_PRICED: Final = Selected(_ROUTER, 1000, 10, True, Quality(40_000, 65535))
_CHANGES: Final = (
    None,
    _PLAIN,
    evolve(_PLAIN, router_id=_OTHER_ROUTER),
    evolve(_PLAIN, metric=1499),
    evolve(_PLAIN, metric=1500),
    evolve(_PLAIN, metric=500),
    evolve(_PLAIN, metric=501),
    evolve(_PLAIN, price=0),
    _PRICED,
    evolve(_PRICED, price=14),
    evolve(_PRICED, price=15),
    evolve(_PRICED, price=5),
    evolve(_PRICED, price=0),
    evolve(_PRICED, for_sale=False),
    evolve(_PRICED, path=Quality(59_999, 65535)),
    evolve(_PRICED, path=Quality(60_000, 65535)),
    evolve(_PRICED, path=UNKNOWN),
)
_MARTIANS: Final[tuple[Prefix, ...]] = tuple(
    IPv6Network(text)
    for text in (
        "::/0",
        "fe80::/64",
        "fe80::1/128",
        "fe80::/10",
        "fe80:0:0:1::/64",
        "ff02::/16",
        "fe00::/8",
        "::1/128",
        "::/8",
        "::/7",
        "64:ff9b::/96",
        "64:ff9b::1.2.3.4/128",
        "64:ff9b:1::/48",
        "64:ff9b:2::/48",
        "2001:db8::/32",
    )
) + tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/0",
        "127.0.0.1/32",
        "127.0.0.0/8",
        "0.0.0.0/32",
        "0.1.0.0/16",
        "224.0.0.5/32",
        "224.0.0.0/4",
        "225.0.0.0/8",
        "198.51.100.0/24",
    )
)
_ASKED: Final = Asked(1_000, 500, _KEYS[0])
_KEPT: Final = Asked(1_000, 500, _KEYS[0], 1_200)

FAMILIES: Final = (
    Family(
        id="selection/select",
        function=selection.select,
        cases={
            "none": {"candidates": (), "current": None, "hysteresis": True},
            "only-retracted": {"candidates": (_RETRACTED,), "current": None, "hysteresis": True},
            "only-unfeasible": {"candidates": (_UNFEASIBLE,), "current": None, "hysteresis": True},
            "current-has-become-unfeasible": {
                "candidates": (_A, _UNFEASIBLE),
                "current": _UNFEASIBLE,
                "hysteresis": True,
            },
            "tie-stays": {"candidates": (_A, _B), "current": _B, "hysteresis": False},
            "tie-by-address": {"candidates": (_B, _C, _A), "current": None, "hysteresis": False},
            "tie-by-interface": {"candidates": (_C, _B), "current": None, "hysteresis": False},
            "better": {"candidates": (_A, _BETTER), "current": _A, "hysteresis": True},
            "better-but-not-for-long": {
                "candidates": (_A, _NOT_YET_SMOOTH),
                "current": _A,
                "hysteresis": True,
            },
            "better-and-no-hysteresis": {
                "candidates": (_A, _NOT_YET_SMOOTH),
                "current": _A,
                "hysteresis": False,
            },
        },
        draw=_chosen,
        drawn=40,
    ),
    Family(
        id="selection/is-selectable",
        function=selection.is_selectable,
        grid={"candidate": (_A, _RETRACTED, _UNFEASIBLE, evolve(_A, metric=INFINITY - 1))},
    ),
    Family(
        id="priced-selection/is-welcome",
        function=priced_selection.is_welcome,
        grid={
            "candidate": (
                *(evolve(_A, price=price) for price in (None, 0, 7, 8, 65534, 65535)),
                evolve(_A, price=1, removed=True),
            ),
            "preference": (
                Preference(Profile.ALTHEA, Weight(1)),
                Preference(Profile.ALTHEA, Weight(1), 7),
                Preference(Profile.ALTHEA, Weight(1), None, True),
                Preference(Profile.ALTHEA_2018, Weight(1)),
            ),
        },
    ),
    Family(
        id="priced-selection/may-replace",
        function=priced_selection.may_replace,
        draw=_replacing,
        drawn=60,
    ),
    Family(
        id="priced-selection/select",
        function=priced_selection.select,
        cases={
            "none": {
                "candidates": (),
                "current": None,
                "hysteresis": True,
                "preference": Preference(Profile.ALTHEA, Weight(1)),
            }
        },
        draw=_chosen_priced,
        drawn=80,
        covers=(priced_selection.is_selectable, priced_selection.smoothed_rank),
    ),
    Family(
        id="hysteresis/half-life",
        function=hysteresis.half_life,
        requirements=("RTG-SEL-08",),
        grid={"time_constant": (0, 1, 2, 1000, 12_000_000, 14_430_015)},
    ),
    Family(
        id="hysteresis/value",
        function=hysteresis.value,
        cases={
            "before-it-began": {
                "smoothed": SmoothedMetric(100, 8, 50),
                "now": 40,
                "half_life_microseconds": 10,
            },
            **{
                f"after-{halves}": {
                    "smoothed": SmoothedMetric(100, 65434, 0),
                    "now": halves * 10 + 3,
                    "half_life_microseconds": 10,
                }
                for halves in (0, 1, 2, 15, 16, 17)
            },
            **{
                f"distance-{offset}": {
                    "smoothed": SmoothedMetric(100, offset, 50),
                    "now": 50,
                    "half_life_microseconds": 10,
                }
                for offset in (-1, 0, 1)
            },
            **{
                f"long-path-after-{halves}": {
                    "smoothed": SmoothedMetric(100, -(2**31), 0),
                    "now": halves * 10,
                    "half_life_microseconds": 10,
                }
                for halves in (15, 16, 17, 18)
            },
        },
        draw=_value,
    ),
    Family(
        id="hysteresis/retarget",
        function=hysteresis.retarget,
        cases={
            "same": {
                "smoothed": SmoothedMetric(100, 8, 50),
                "metric": 100,
                "now": 55,
                "half_life_microseconds": 10,
            }
        },
        draw=_retarget,
    ),
    Family(
        id="update-policy/is-significant",
        function=update_policy.is_significant,
        grid={"old": (0, 96, 255, 256, 257, 1000), "new": (0, 127, 128, 129, 385, 499, 500, 501, 1499, 1500)},
    ),
    Family(
        id="update-policy/urgency",
        function=update_policy.urgency,
        grid={"old": (None, _PLAIN, _PRICED, evolve(_PRICED, price=0)), "new": _CHANGES},
        draw=lambda draw: {"old": _told(draw), "new": _told(draw)},
    ),
    Family(
        id="update-policy/may-copy-again",
        function=update_policy.may_copy_again,
        grid={"copies_sent": (0, 4, 5, 6), "most": (5,)},
    ),
    Family(
        id="seqno-request/answer",
        function=seqno_request.answer,
        grid={
            "known": (None, Known(_ROUTER, 7), Known(_OTHER_ROUTER, 7)),
            "own_router_id": (_ROUTER, bytes.fromhex("0200000000000003")),
            "router_id": (_ROUTER,),
            "seqno": (6, 7, 8, 7 + 32768, 65535),
            "hop_count": (1, 2, 64),
        },
    ),
    Family(
        id="seqno-request/forward-to",
        function=seqno_request.forward_to,
        draw=lambda draw: {
            "next_hops": tuple(
                NextHop(key, draw.chance(1, 4), draw.truth(), draw.choice((96, 97, draw.integer(0, 65534))))
                for key in draw.some(_KEYS)
            )
        },
        drawn=30,
    ),
    Family(
        id="seqno-request/is-redundant",
        function=seqno_request.is_redundant,
        grid={
            "seqno": (6, 7, 8, 32775),
            "forwarded_seqno": (7,),
            "age": (0, 999, 1000, 1001),
            "memory": (1000,),
        },
    ),
    Family(
        id="seqno-request/wanted-seqno",
        function=seqno_request.wanted_seqno,
        grid={"feasibility_seqno": (0, 7, 32767, 65535)},
    ),
    Family(
        id="seqno-request/incremented",
        function=seqno_request.incremented,
        grid={"own_seqno": (0, 7, 32767, 65535)},
    ),
    Family(
        id="seqno-request/is-starved",
        function=seqno_request.is_starved,
        grid={"selected": (False, True), "unfeasible_left": (0, 1, 2)},
    ),
    Family(
        id="seqno-request/is-worth-asking",
        function=seqno_request.is_worth_asking,
        grid={
            "feasible": (False, True),
            "is_selected": (False, True),
            "metric": (99, 100, 65535),
            "selected_metric": (100, 65535),
        },
    ),
    Family(
        id="preference-request/may-ask",
        function=preference_request.may_ask,
        grid={"asked": (None, _ASKED), "now": (0, 1_499, 1_500, 1_501)},
    ),
    Family(
        id="preference-request/after-asking",
        function=preference_request.after_asking,
        grid={
            "asked": (None, _ASKED, _KEPT),
            "neighbour": (_KEYS[1],),
            "now": (2_000,),
            "first_pause": (100,),
            "longest_pause": (999, 1000, 1001),
        },
    ),
    Family(
        id="preference-request/after-selecting",
        function=preference_request.after_selecting,
        grid={
            "asked": (_ASKED, _KEPT),
            "selected": (None, _KEYS[0], _KEYS[1]),
            "now": (1_200, 1_699, 1_700, 1_701),
        },
    ),
    Family(id="filtering/is-martian", function=filtering.is_martian, grid={"prefix": _MARTIANS}),
    Family(
        id="filtering/is-permitted",
        function=filtering.is_permitted,
        grid={
            "prefix": (IPv6Network("2001:db8:1::/48"), IPv4Network("198.51.100.0/24"), IPv6Network("::/0")),
            "permitted": (None, (), (IPv6Network("2001:db8::/32"), IPv4Network("198.51.100.0/24"))),
        },
    ),
)
