# SPDX-License-Identifier: MIT
"""Vectors for what an Update does, what a link delivers, what a far end answers, and which exit is chosen."""

from ipaddress import IPv4Network, IPv6Address, IPv6Network
from typing import Final

from althea_spec.reference.network import exit_choice
from althea_spec.reference.network.exit_choice import Offer
from althea_spec.reference.routing import (
    acquisition,
    carriage,
    link_delivery,
    price_bounds,
    remote_answer,
    route_request,
    verification_schedule,
)
from althea_spec.reference.routing.constants import INFINITY
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.link_delivery import LinkDelivery
from althea_spec.reference.routing.messages import RemoteHello
from althea_spec.reference.routing.path_quality import UNKNOWN, Quality
from althea_spec.reference.routing.remote_answer import Heard
from althea_spec.reference.routing.share import ONE, Share

from ..draw import Draw
from ..family import Arguments, Family

_OURS, _THEIRS, _OTHER = (bytes.fromhex(f"020000000000000{number}") for number in (1, 2, 3))
_PRECISE: Final = Share(ONE * 9 // 10, 384, ONE * 9 // 10, True)
_VAGUE: Final = Share(ONE, 3, ONE, False)
_LINK: Final = LinkDelivery(_PRECISE, _VAGUE, 65_534, 5_000)


def _echo(draw: Draw) -> Arguments:
    origin = draw.integer(4_000, 9_000)
    sent = tuple(sorted(draw.near(origin, 3_000) for _ in range(draw.below(5))))
    return {
        "link": LinkDelivery(_PRECISE, _PRECISE, 7, draw.choice((None, 5_000, draw.near(origin, 50)))),
        "sent": (*sent, origin),
        "origin": origin,
        "waited": draw.integer(0, 3_000),
        "rtt": draw.integer(0, 1_500),
    }


def _offers(draw: Draw) -> Arguments:
    metric, asked = draw.integer(1, 500), draw.integer(1, 500)
    names = ("exit-a", "exit-b", "exit-c")
    found = [
        Offer(name, draw.near(metric, 1), draw.near(asked * draw.choice((9, 10)) // 10, 1)) for name in names
    ]
    offers = draw.shuffled(draw.some(found))
    return {
        "offers": offers,
        "current": draw.choice((None, *names)),
        "weight": draw.choice((Weight(1), Weight(2), Weight(1, 2))),
    }


FAMILIES: Final = (
    Family(
        id="acquisition/action",
        function=acquisition.action,
        grid={
            "known_router_id": (None, _THEIRS, _OURS),
            "selected": (False, True),
            "router_id": (_THEIRS, _OTHER, _OURS),
            "own_router_id": (_OURS,),
            "metric": (96, INFINITY),
            "feasible": (False, True),
        },
    ),
    Family(
        id="acquisition/has-room",
        function=acquisition.has_room,
        grid={
            "routes": (0, 9, 10, 11),
            "of_neighbour": (0, 3, 4, 5),
            "most": (10,),
            "most_of_neighbour": (4,),
        },
    ),
    Family(
        id="carriage/hello-share",
        function=carriage.hello_share,
        grid={
            "packets": (0, 1, 2, 1000),
            "elapsed": (0, 1, 1_000_000, 1_999_999_999),
            "interval": (1, 2_000_000, 3_000_000),
        },
    ),
    Family(
        id="carriage/answer-share",
        function=carriage.answer_share,
        grid={"waiting": (0, 1, 2, 127, 128, 129, 1000)},
    ),
    Family(
        id="link-delivery/on-hello",
        function=link_delivery.on_hello,
        grid={
            "link": (LinkDelivery(), _LINK),
            "seqno": (0, 1, 5, 65_533, 65_534, 65_535, 30_000 + 5_000),
        },
    ),
    Family(
        id="link-delivery/on-echo",
        function=link_delivery.on_echo,
        cases={
            "nothing-sent": {"link": _LINK, "sent": (), "origin": 6_000, "waited": 0, "rtt": 100},
            "arrived": {"link": _LINK, "sent": (6_000,), "origin": 6_000, "waited": 0, "rtt": 100},
            "still-under-way": {
                "link": _LINK,
                "sent": (6_000, 6_901),
                "origin": 6_000,
                "waited": 1_000,
                "rtt": 100,
            },
            "lost": {"link": _LINK, "sent": (6_000, 6_900), "origin": 6_000, "waited": 1_000, "rtt": 100},
            "judged-before": {"link": _LINK, "sent": (5_000,), "origin": 5_000, "waited": 0, "rtt": 100},
        },
        draw=_echo,
        drawn=40,
        hints={"sent": tuple[int, ...]},
    ),
    Family(
        id="link-delivery/round-trip",
        function=link_delivery.round_trip,
        grid={
            "link": (
                LinkDelivery(),
                _LINK,
                LinkDelivery(_VAGUE, _PRECISE),
                LinkDelivery(_PRECISE, _PRECISE),
                LinkDelivery(_PRECISE, Share(0, 384, 0, True)),
                LinkDelivery(Share(ONE, 384, ONE, True), Share(ONE, 384, ONE, True)),
                LinkDelivery(Share(ONE // 3, 384, ONE, True), Share(ONE - 1, 384, ONE, True)),
            )
        },
    ),
    Family(
        id="probe/on-hello",
        function=remote_answer.on_hello,
        grid={
            "heard": (None, Heard(65_535), Heard(10, 3, 8), Heard(10, 65_535, 65_535), Heard(10, 9, 9)),
            "seqno": (0, 2, 3, 9, 10, 11, 14, 65_535),
        },
    ),
    Family(
        id="probe/answer",
        function=remote_answer.answer,
        grid={
            "hello": (RemoteHello(IPv6Address("fe80::2"), 1, 2, 100, 4_096),),
            "heard": (Heard(2, 3, 4),),
            "arrived": (8_192, 2**32 + 5),
            "now": (2**32 + 6, 2**33 - 1),
            "back": (UNKNOWN, Quality(20_000, 65_000)),
        },
    ),
    Family(
        id="requests/next-full-dump",
        function=route_request.next_full_dump,
        grid={
            "now": (10_000,),
            "last_dump": (None, 0, 7_999, 8_000, 8_001, 10_000),
            "ordinary_limit": (2_000,),
        },
    ),
    Family(
        id="schedule/recently-used",
        function=verification_schedule.recently_used,
        grid={
            "last_used": (
                {},
                {
                    IPv6Network("2001:db8:1::/48"): 999,
                    IPv6Network("2001:db8:2::/48"): 1_000,
                    IPv4Network("198.51.100.0/24"): 1_001,
                },
            ),
            "now": (2_000,),
            "memory": (1_000,),
        },
    ),
    Family(
        id="price-setting/settles",
        function=price_bounds.check_settles,
        grid={"name": ("gain",), "loop_gain": (199, 200, 201, 333, 334, 1000, 1001), "delay": (0, 1, 2)},
    ),
    Family(
        id="exit/choose",
        function=exit_choice.choose,
        cases={
            "none": {"offers": (), "current": "exit-a", "weight": Weight(1)},
            "just-a-tenth": {
                "offers": (Offer("exit-a", 10, 100), Offer("exit-b", 10, 90)),
                "current": "exit-a",
                "weight": Weight(1),
            },
            "more-than-a-tenth": {
                "offers": (Offer("exit-a", 10, 100), Offer("exit-b", 10, 89)),
                "current": "exit-a",
                "weight": Weight(1),
            },
            "margin-under-another-weight": {
                "offers": (Offer("exit-a", 10, 100), Offer("exit-b", 10, 80)),
                "current": "exit-a",
                "weight": Weight(1, 2),
            },
            "tie": {
                "offers": (Offer("exit-b", 10, 100), Offer("exit-a", 10, 100)),
                "current": None,
                "weight": Weight(1),
            },
        },
        draw=_offers,
        drawn=50,
        hints={"offers": tuple[Offer, ...]},
    ),
)
