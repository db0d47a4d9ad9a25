# SPDX-License-Identifier: MIT
"""Vectors for what is known about a link: Hellos, IHUs, costs, round trips, and the times of all that."""

from ipaddress import IPv4Address, IPv6Address
from typing import Final

from althea_spec.reference.routing import cost, hello_history, hold, ihu, metric, rtt, split_horizon, timing
from althea_spec.reference.routing.constants import INFINITY, TIMESTAMP_MAXIMUM_AGE_MICROSECONDS
from althea_spec.reference.routing.constants import TIMESTAMP_MODULUS as CLOCK
from althea_spec.reference.routing.hello_history import NO_HELLOS, HelloHistory

from ..draw import Draw
from ..family import Arguments, Family

_ALL: Final = HelloHistory(0xFFFF, 100, 400)
_HISTORIES: Final = (
    NO_HELLOS,
    HelloHistory(0b1, 1, 400),
    HelloHistory(0b10, 65535, 400),
    HelloHistory(0b110, 0, 400),
    HelloHistory(0b101, 7, 400),
    HelloHistory(0b1000, 7, 400),
    HelloHistory(0b111000, 7, 400),
    HelloHistory(0b1011111, 9, 400),
    HelloHistory(0x8000, 65530, 400),
    _ALL,
)
_COSTS: Final = (0, 1, 2, 95, 96, 255, 256, 257, 512, INFINITY - 1, INFINITY)
_INTERVALS: Final = (0, 1, 2, 3, 4, 7, 100, 400, 1201, 65535)
_OLDEST: Final = TIMESTAMP_MAXIMUM_AGE_MICROSECONDS


def _history(draw: Draw) -> HelloHistory:
    return HelloHistory(draw.integer(0, 0xFFFF), draw.integer(0, 65535), draw.integer(0, 65535))


def _heard(draw: Draw) -> Arguments:
    history = _history(draw)
    seqno = ((history.expected or 0) + draw.integer(0, 32) - 16) % 65536
    return {"history": history, "seqno": seqno, "interval": draw.choice((0, 400, draw.integer(1, 65535)))}


def _far(draw: Draw) -> Arguments:
    history = _history(draw)
    return {"history": history, "seqno": ((history.expected or 0) + draw.integer(0, 36) - 18) % 65536}


def _timestamps(draw: Draw) -> Arguments:
    """A true round trip, on two clocks that share nothing; sometimes a clock that has gone wrong."""
    here, there = draw.integer(0, CLOCK - 1), draw.integer(0, CLOCK - 1)
    waited = draw.integer(0, _OLDEST + 1)
    away = max(waited + draw.integer(0, 300_000) - 1_000, 0)
    if draw.chance(1, 8):
        away = draw.integer(0, CLOCK - 1)
    return {
        "origin": here,
        "received_by_neighbour": there,
        "sent_by_neighbour": (there + waited) % CLOCK,
        "received": (here + away) % CLOCK,
    }


def _line(draw: Draw) -> Arguments:
    low = draw.integer(0, 200_000)
    high = low + 1 + draw.integer(0, 200_000)
    return {
        "rtt": draw.choice((draw.near(low), draw.near(high), draw.integer(0, 2 * high))),
        "minimum": low,
        "maximum": high,
        "maximum_penalty": draw.integer(0, 65535),
    }


FAMILIES: Final = (
    Family(
        id="hello/is-reboot",
        function=hello_history.is_reboot,
        cases={
            f"gap-{gap}": {"history": _ALL, "seqno": (100 + gap) % 65536}
            for gap in (-18, -17, -16, -15, -1, 0, 1, 15, 16, 17, 18, 32768)
        },
        grid={"history": (NO_HELLOS,), "seqno": (0, 17, 32768, 65535)},
        draw=_far,
    ),
    Family(
        id="hello/on-received",
        function=hello_history.on_received,
        cases={
            f"gap-{gap}": {"history": _ALL, "seqno": (100 + gap) % 65536, "interval": 300}
            for gap in (-16, -2, -1, 0, 1, 2, 16)
        },
        grid={"history": _HISTORIES, "seqno": (0, 7), "interval": (0, 400)},
        draw=_heard,
    ),
    Family(
        id="hello/on-missed",
        function=hello_history.on_missed,
        grid={"history": _HISTORIES},
        draw=lambda draw: {"history": _history(draw)},
    ),
    Family(
        id="hello/is-dead",
        function=hello_history.is_dead,
        grid={"multicast": _HISTORIES[:3], "unicast": _HISTORIES[:3]},
    ),
    Family(
        id="hello/timer-after-hello",
        function=hello_history.timer_after_hello,
        grid={"interval": _INTERVALS},
    ),
    Family(
        id="hello/timer-after-miss", function=hello_history.timer_after_miss, grid={"interval": _INTERVALS}
    ),
    Family(
        id="cost/rxcost-two-out-of-three",
        function=cost.rxcost_two_out_of_three,
        grid={"multicast": _HISTORIES, "unicast": (NO_HELLOS, HelloHistory(0b11, 2, 400)), "nominal": (96,)},
        draw=lambda draw: {
            "multicast": _history(draw),
            "unicast": NO_HELLOS,
            "nominal": draw.integer(1, 65534),
        },
    ),
    Family(
        id="cost/cost-two-out-of-three",
        function=cost.cost_two_out_of_three,
        grid={"txcost": _COSTS, "rxcost": (0, 96, INFINITY - 1, INFINITY)},
    ),
    Family(
        id="cost/rxcost-etx",
        function=cost.rxcost_etx,
        grid={"multicast": tuple(HelloHistory((1 << heard) - 1, 7, 400) for heard in range(8))},
        draw=lambda draw: {"multicast": _history(draw)},
    ),
    Family(
        id="cost/cost-etx",
        function=cost.cost_etx,
        grid={"txcost": _COSTS, "rxcost": (0, 256, 257, 384, 512, 1536, INFINITY - 1, INFINITY)},
        draw=lambda draw: {"txcost": draw.integer(0, 4096), "rxcost": draw.integer(256, 4096)},
    ),
    Family(
        id="cost/with-penalty",
        function=cost.with_penalty,
        grid={"cost": _COSTS, "penalty": (0, 1, 150, 65535)},
    ),
    Family(
        id="metric/through",
        function=metric.through,
        grid={"cost": _COSTS, "advertised": (0, 1, 255, 65279, 65280, 65439, 65440, INFINITY - 1, INFINITY)},
        draw=lambda draw: {"cost": draw.integer(0, INFINITY), "advertised": draw.integer(0, INFINITY)},
    ),
    Family(
        id="rtt/is-recent",
        function=rtt.is_recent,
        grid={
            "earlier": (0, 5, CLOCK - 1),
            "later": (0, 4, 5, 6, _OLDEST - 1, _OLDEST, _OLDEST + 1, _OLDEST + 5, _OLDEST + 6),
        },
    ),
    Family(
        id="rtt/sample",
        function=rtt.sample,
        cases={
            "plain": {
                "origin": 1_000,
                "received_by_neighbour": 77,
                "sent_by_neighbour": 20_077,
                "received": 25_000,
            },
            "both-clocks-wrap": {
                "origin": CLOCK - 1_000,
                "received_by_neighbour": CLOCK - 10,
                "sent_by_neighbour": 9_990,
                "received": 14_000,
            },
            "less-than-it-waited": {
                "origin": 0,
                "received_by_neighbour": 0,
                "sent_by_neighbour": 1_001,
                "received": 1_000,
            },
            "sent-before-received": {
                "origin": 0,
                "received_by_neighbour": 1,
                "sent_by_neighbour": 0,
                "received": 1_000,
            },
            "too-old-here": {
                "origin": 0,
                "received_by_neighbour": 0,
                "sent_by_neighbour": 0,
                "received": _OLDEST + 1,
            },
            "just-in-time": {
                "origin": 0,
                "received_by_neighbour": 0,
                "sent_by_neighbour": _OLDEST,
                "received": _OLDEST,
            },
        },
        draw=_timestamps,
        drawn=40,
    ),
    Family(
        id="rtt/smoothed",
        function=rtt.smoothed,
        grid={"old": (None, 0, 1, 1_000, 2**32 - 1), "new": (0, 1, 999, 1_001, 2**32 - 1)},
        draw=lambda draw: {"old": draw.integer(0, 200_000), "new": draw.integer(0, 200_000)},
    ),
    Family(
        id="rtt/penalty",
        function=rtt.penalty,
        grid={
            "rtt": (0, 9_999, 10_000, 10_001, 10_734, 65_000, 119_999, 120_000, 120_001),
            "minimum": (10_000,),
            "maximum": (120_000,),
            "maximum_penalty": (150,),
        },
        cases={
            f"no-line-{rtt}": {"rtt": rtt, "minimum": 10, "maximum": 10, "maximum_penalty": 150}
            for rtt in (9, 10, 11)
        },
        draw=_line,
    ),
    Family(
        id="ihu/is-for-us",
        function=ihu.is_for_us,
        grid={
            "address": (None, IPv6Address("fe80::1"), IPv6Address("fe80::2"), IPv4Address("192.0.2.1")),
            "own_addresses": (
                (),
                (IPv6Address("fe80::1"),),
                (IPv4Address("192.0.2.1"), IPv6Address("fe80::1")),
            ),
        },
    ),
    Family(
        id="ihu/goes-with-hello",
        function=ihu.goes_with_hello,
        grid={
            "lossy": (False, True),
            "hellos_without": (0, 1, 2, 3),
            "hello_interval": (400,),
            "ihu_interval": (399, 400, 799, 800, 1199, 1200, 1600),
        },
    ),
    Family(
        id="hold/must-be-told",
        function=hold.must_be_told,
        grid={"reachable": (False, True), "retracted_it_too": (False, True)},
    ),
    Family(
        id="hold/may-use-us",
        function=hold.may_use_us,
        grid={"has_acknowledged": (False, True), "retracted_it_too": (False, True)},
    ),
    Family(
        id="hold/is-over",
        function=hold.is_over,
        grid={
            "expired": (False, True),
            "waiting_for": (0, 1, 2),
            "age": (0, 999, 1_000, 1_001),
            "minimum": (1_000,),
        },
    ),
    Family(
        id="split-horizon/suppresses",
        function=split_horizon.suppresses,
        grid={"enabled": (False, True), "learned_over": (None, "eth0", "eth1"), "interface": ("eth0",)},
    ),
    Family(
        id="timing/urgent-delay",
        function=timing.urgent_delay,
        grid={"urgent_timeout": (0, 1, 2, 3, 200_000)},
    ),
    Family(id="timing/ordinary-delay", function=timing.ordinary_delay, grid={"hello_interval": _INTERVALS}),
    Family(id="timing/ordinary-limit", function=timing.ordinary_limit, grid={"hello_interval": _INTERVALS}),
    Family(
        id="timing/acknowledgment-delay",
        function=timing.acknowledgment_delay,
        grid={"interval": _INTERVALS, "urgent_timeout": (200_000, 200_001)},
    ),
    Family(id="timing/periodic-delay", function=timing.periodic_delay, grid={"interval": _INTERVALS}),
    Family(id="timing/hold-time", function=timing.hold_time, grid={"interval": _INTERVALS}),
    Family(
        id="timing/refresh-times",
        function=timing.refresh_times,
        grid={"hold": (0, 1, 13, 14, 35_000, 56_000_000, 2_293_725_000)},
    ),
    Family(
        id="timing/resend-timeout",
        function=timing.resend_timeout,
        grid={"request_timeout": (1, 2_000_000), "resends": (0, 1, 2, 3)},
    ),
)
