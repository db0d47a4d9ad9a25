# SPDX-License-Identifier: MIT
"""Figures of what is known about a link."""

from collections.abc import Iterator
from typing import Final

from althea_spec.reference.routing import cost, hello_history, path_quality, rtt, timing
from althea_spec.reference.routing.constants import (
    INFINITY,
    MAXIMUM_RTT_PENALTY,
    MICROSECONDS_PER_SECOND,
    RTT_MAXIMUM_MICROSECONDS,
    RTT_MINIMUM_MICROSECONDS,
    WIRED_NOMINAL_RXCOST,
)
from althea_spec.reference.routing.hello_history import NO_HELLOS, HelloHistory
from althea_spec.reference.routing.path_quality import ORIGIN, Quality

from .drawing import Figure, states, table

_BITS: Final = cost.OBSERVED_HELLOS


def finite(value: int) -> str:
    """A cost or metric."""
    return "infinite" if value >= INFINITY else str(value)


def hello_gaps() -> str:
    """What a Hello does to the history, by how far its seqno is from the expected one."""
    whole = HelloHistory(0xFFFF, 100, 400)
    rows = []
    for gap in (-17, -16, -2, -1, 0, 1, 2, 16, 17):
        if hello_history.is_reboot(whole, (100 + gap) % 65536):
            rows.append((f"{gap:+}", "the neighbour has restarted", "forgotten"))
            continue
        after = hello_history.on_received(whole, 100 + gap, 400)
        meaning = "as expected" if gap == 0 else f"missed: {gap}" if gap > 0 else f"misses undone: {-gap}"
        rows.append((f"{gap:+}", meaning, f"`{after.received:016b}`"))
    return table(("seqno less expected", "meaning", "history after `1111111111111111`"), rows)


def two_out_of_three() -> str:
    """How the last three Hellos, newest last, move from one to the next; thick: the link is up."""
    histories = [HelloHistory(received, 7, 400) for received in range(1 << _BITS)]
    edges = []
    for one in histories:
        heard = hello_history.on_received(one, 7, 400)
        missed = hello_history.on_missed(one)
        edges.append((_last(one), _last(heard), "heard"))
        edges.append((_last(one), _last(missed), "missed"))
    up = [_last(one) for one in histories if cost.is_up_two_out_of_three(one)]
    return states(edges, up)


def _last(history: HelloHistory) -> str:
    return "h" + f"{history.received & ((1 << _BITS) - 1):0{_BITS}b}"


def costs_two_out_of_three() -> str:
    """The cost of a wired link by what was heard and what the neighbour tells."""
    rows = []
    for received in range(1 << _BITS):
        history = HelloHistory(received, 7, 400)
        rxcost = cost.rxcost_two_out_of_three(history, NO_HELLOS, WIRED_NOMINAL_RXCOST)
        told = (cost.cost_two_out_of_three(txcost, rxcost) for txcost in (0, WIRED_NOMINAL_RXCOST, INFINITY))
        rows.append((f"`{received:0{_BITS}b}`", finite(rxcost), *map(finite, told)))
    head = ("last three Hellos", "rxcost", "cost when told 0", "told 96", "told infinity")
    return table(head, rows)


def costs_etx() -> str:
    """ETX by the Hellos that were heard among the last six."""
    rows = []
    for heard in range(cost.ETX_OBSERVED_HELLOS + 1):
        rxcost = cost.rxcost_etx(HelloHistory((1 << heard) - 1, 7, 400))
        rows.append((heard, finite(rxcost), *(finite(cost.cost_etx(told, rxcost)) for told in (0, 256, 512))))
    return table(("heard of six", "rxcost", "cost when told 0", "told 256", "told 512"), rows)


def penalties() -> str:
    """What a round-trip time adds to the cost, with the recommended parameters."""
    bounds = RTT_MINIMUM_MICROSECONDS, RTT_MAXIMUM_MICROSECONDS, MAXIMUM_RTT_PENALTY
    rows = []
    for milliseconds in (0, 10, 11, 40, 65, 100, 120, 500):
        penalty = rtt.penalty(milliseconds * 1000, *bounds)
        rows.append((f"{milliseconds} ms", penalty, cost.with_penalty(256, penalty)))
    return table(("smoothed round-trip time", "penalty", "a cost of 256 becomes"), rows)


def smoothing() -> str:
    """How the smoothed round-trip time follows a sudden change."""
    return table(("sample", "smoothed"), _smoothed((20_000, 20_000, 100_000, 100_000, 100_000, 100_000)))


def _smoothed(samples: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    known: int | None = None
    for sample in samples:
        known = rtt.smoothed(known, sample)
        yield f"{sample / 1000:g} ms", f"{known / 1000:.3f} ms"


def path_of_links() -> str:
    """The quality of a path, link by link, from the originator on."""
    links = (Quality(2_000, 65_535), Quality(15_000, 62_258), Quality(4_000, 58_982))
    first = (None, None, ORIGIN.rtt, ORIGIN.delivery, path_quality.verifiable(ORIGIN))
    rows: list[tuple[object, ...]] = [("the prefix itself", *first)]
    path = ORIGIN
    for number, one in enumerate(links, start=1):
        path = path_quality.onward(path, one)
        measured = path_quality.verifiable(path)
        rows.append((f"with link {number}", one.rtt, one.delivery, path.rtt, path.delivery, measured))
    head = ("path", "RTT of the link", "its delivery", "RTT of the path", "its delivery", "verifiable metric")
    return table(head, rows)


def times() -> str:
    """What follows from an announced interval."""
    rows = []
    for seconds in (4, 12, 16, 655):
        interval = seconds * 100
        low, high = timing.periodic_delay(interval)
        ask, again = timing.refresh_times(timing.hold_time(interval))
        shown = (timing.hold_time(interval), hello_history.timer_after_hello(interval), ask, again)
        rows.append((f"{seconds} s", f"{_seconds(low)} to {_seconds(high)}", *map(_seconds, shown)))
    return table(
        (
            "announced interval",
            "sent again after",
            "believed for",
            "a Hello is missed after",
            "a selected route is asked for after",
            "and again after",
        ),
        rows,
    )


def _seconds(microseconds: int) -> str:
    return f"{microseconds / MICROSECONDS_PER_SECOND:.6g} s"


FIGURES: Final[dict[str, Figure]] = {
    "hello/gaps": hello_gaps,
    "cost/two-out-of-three": two_out_of_three,
    "cost/two-out-of-three-costs": costs_two_out_of_three,
    "cost/etx": costs_etx,
    "rtt/penalty": penalties,
    "rtt/smoothing": smoothing,
    "path-rtt/path": path_of_links,
    "parameters/times": times,
}
