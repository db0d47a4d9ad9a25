# SPDX-License-Identifier: MIT
"""The history of Hellos, for all 16-bit histories, against its plain definition.

The definition: place k, counted from 0, says whether the Hello k before the newest expected one has come.
"""

from althea_spec.reference.routing import hello_history, seqno
from althea_spec.reference.routing.hello_history import HelloHistory

from ..engine.given import Given
from ..engine.obligations import theorem
from .values import any_seqno

_BITS = 16
_ALL = (1 << _BITS) - 1
_INTERVALS = 65535


def _history(given: Given) -> HelloHistory:
    return HelloHistory(
        given.bits("received", _BITS),
        any_seqno(given, "expected"),
        given.integer("old_interval", 0, _INTERVALS),
    )


def _place(received: int, place: int) -> int:
    """Whether the Hello at that place was received: 1 or 0, and 0 outside of the history."""
    return (received >> place) & 1 if 0 <= place < _BITS else 0


@theorem("history/received", "RTG-HIST-01")
def received(given: Given) -> bool:
    """After a Hello the newest place is filled, those that its seqno passed over are empty, and those before
    it hold what they held, moved by as many places as the seqno says, forwards or back.
    """
    before, ahead = _history(given), given.integer("ahead", -16, 16)
    after = hello_history.on_received(before, seqno.plus(before.expected or 0, ahead), 0)
    gap = range(-16, 17)[ahead + 16]
    expected = [
        1,
        *(0 if place <= gap else _place(before.received, place - 1 - gap) for place in range(1, _BITS)),
    ]
    return all(_place(after.received, place) == expected[place] for place in range(_BITS))


@theorem("history/next-expected", "RTG-HIST-01")
def next_expected(given: Given) -> bool:
    """After a Hello the next one in order is expected, and the history has 16 places as before."""
    before, heard = _history(given), any_seqno(given, "heard")
    given.assume(not hello_history.is_reboot(before, heard), "the Hello does not tell of a reboot")
    after = hello_history.on_received(before, heard, 0)
    return after.expected == seqno.plus(heard, 1) and 0 <= after.received <= _ALL


@theorem("history/first", "RTG-HIST-01")
def first(given: Given) -> bool:
    """The first Hello, whatever its seqno, is no reboot and makes a history with one Hello."""
    heard = any_seqno(given, "heard")
    if hello_history.is_reboot(hello_history.NO_HELLOS, heard):
        return False
    after = hello_history.on_received(hello_history.NO_HELLOS, heard, 0)
    return after.received == 1 and after.expected == seqno.plus(heard, 1)


@theorem("history/missed", "RTG-HIST-01")
def missed(given: Given) -> bool:
    """A Hello that does not come in time leaves the newest place empty, moves all others by one, and the
    Hello after it is expected.
    """
    before = _history(given)
    after = hello_history.on_missed(before)
    shifted = before.received << 1 & _ALL
    return after.received == shifted and after.expected == seqno.plus(before.expected or 0, 1)


@theorem("history/undo", "RTG-HIST-01")
def undo(given: Given) -> bool:
    """Misses that were counted too early are undone when the Hello comes after all: what is left of the
    history is as if it had come in time.
    """
    before = _history(given)
    late, misses = before, given.choice("misses", range(1, 9))
    for _ in range(misses):
        late = hello_history.on_missed(late)
    after = hello_history.on_received(late, before.expected or 0, 0)
    in_time = hello_history.on_received(before, before.expected or 0, 0)
    kept = (1 << (_BITS - misses + 1)) - 1
    return after.received & kept == in_time.received & kept and after.expected == in_time.expected


@theorem("history/fast-forward", "RTG-HIST-01")
def fast_forward(given: Given) -> bool:
    """A Hello that is ahead by some counts like as many misses and then a Hello in order."""
    before, ahead = _history(given), given.choice("ahead", range(9))
    heard = seqno.plus(before.expected or 0, ahead)
    step_by_step = before
    for _ in range(ahead):
        step_by_step = hello_history.on_missed(step_by_step)
    return hello_history.on_received(before, heard, 0) == hello_history.on_received(step_by_step, heard, 0)


@theorem("history/reboot", "RTG-HIST-02", "RTG-HIST-03")
def reboot(given: Given) -> bool:
    """A Hello tells of a reboot exactly when its seqno is more than 16 from the expected one, either way
    round the circle.
    """
    before, heard = _history(given), any_seqno(given, "heard")
    ahead = (heard - (before.expected or 0)) % (1 << 16)
    return hello_history.is_reboot(before, heard) == bool(16 < ahead < (1 << 16) - 16)


@theorem("history/interval", "RTG-HELLO-05")
def interval(given: Given) -> bool:
    """A scheduled Hello sets the interval, and an unscheduled one leaves it."""
    before, announced = _history(given), given.integer("interval", 0, _INTERVALS)
    after = hello_history.on_received(before, before.expected or 0, announced)
    return after.interval == (before.interval if announced == 0 else announced)


@theorem("history/dead", "RTG-HIST-04", "RTG-NEIGH-03")
def dead(given: Given) -> bool:
    """Sixteen misses in a row make any history as empty as that of a neighbour that was never heard."""
    history = _history(given)
    for _ in range(_BITS):
        history = hello_history.on_missed(history)
    return hello_history.is_dead(history, hello_history.NO_HELLOS)


@theorem("history/alive", "RTG-HIST-04", "RTG-NEIGH-03")
def alive(given: Given) -> bool:
    """A neighbour is not forgotten while a place of either history is filled."""
    multicast, unicast = given.bits("multicast", _BITS), given.bits("unicast", _BITS)
    forgotten = hello_history.is_dead(HelloHistory(multicast), HelloHistory(unicast))
    return forgotten == bool(multicast == 0 and unicast == 0)


@theorem("history/count", "RTG-COST-08")
def count(given: Given) -> bool:
    """The Hellos among the last few are counted one by one."""
    history, last = _history(given), given.choice("last", range(1, _BITS + 1))
    counted = sum(_place(history.received, place) for place in range(last))
    return hello_history.received_among(history, last) == counted


@theorem("history/timers", "RTG-HIST-01")
def timers(given: Given) -> bool:
    """The next Hello is waited for one and a half announced intervals, and one after a miss."""
    announced = given.integer("interval", 0, _INTERVALS)
    after_hello = hello_history.timer_after_hello(announced)
    return (
        after_hello == announced * 15_000 and hello_history.timer_after_miss(announced) == announced * 10_000
    )
