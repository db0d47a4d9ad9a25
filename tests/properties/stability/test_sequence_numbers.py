# SPDX-License-Identifier: GPL-2.0-only
"""Sequence numbers have an order in a window only; how long a source stays in it."""

import z3
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import seqno
from althea_spec.reference.routing.config import InterfaceConfig, RouterConfig
from althea_spec.reference.routing.constants import (
    INITIAL_HOP_COUNT,
    MICROSECONDS_PER_SECOND,
    SEQNO_MODULUS,
)
from althea_spec.reference.routing.timing import hold_time

WINDOW = SEQNO_MODULUS // 2
NUMBERS = st.integers(0, SEQNO_MODULUS - 1)


def test_all_the_way_round_older_than_is_no_order() -> None:
    circle = (0, 20_000, 40_000)
    for index, number in enumerate(circle):
        assert seqno.less(number, circle[(index + 1) % 3])


def less(first: z3.ArithRef, second: z3.ArithRef) -> z3.BoolRef:
    """What ``seqno.less`` says of whole numbers from 0 to 65535, with the remainder written out."""
    ahead = second - first
    return z3.Or(z3.And(ahead > 0, ahead < WINDOW), ahead + SEQNO_MODULUS < WINDOW)


@given(first=NUMBERS, second=NUMBERS)
def test_the_rule_that_is_proved_is_the_rule_that_runs(first: int, second: int) -> None:
    written = z3.simplify(less(z3.IntVal(first), z3.IntVal(second)))
    assert z3.is_true(written) == seqno.less(first, second)


def test_in_a_window_older_than_is_a_strict_total_order() -> None:
    start, *offsets = z3.Ints("start a b c")
    base = [start >= 0, start < SEQNO_MODULUS]
    for window, is_order in ((WINDOW, True), (WINDOW + 1, False)):
        numbers = []
        within = list(base)
        for offset in offsets:
            within += [offset >= 0, offset < window]
            numbers.append(
                z3.If(start + offset >= SEQNO_MODULUS, start + offset - SEQNO_MODULUS, start + offset)
            )
        a, b, c = numbers
        order = z3.And(
            z3.Not(less(a, a)),
            z3.Not(z3.And(less(a, b), less(b, a))),
            z3.Or(a == b, less(a, b), less(b, a)),
            z3.Implies(z3.And(less(a, b), less(b, c)), less(a, c)),
        )
        solver = z3.Solver()
        solver.add(*within, z3.Not(order))
        assert solver.check() == (z3.unsat if is_order else z3.sat)


def test_eight_numbers_per_second_keep_a_source_in_its_window() -> None:
    config = RouterConfig(router_id=bytes(7) + b"\1", interfaces={})
    hold = hold_time(InterfaceConfig().announced_update_interval)
    remembered = INITIAL_HOP_COUNT * hold + config.source_lifetime
    assert remembered // MICROSECONDS_PER_SECOND == 3764
    most = (WINDOW - 1) * MICROSECONDS_PER_SECOND // remembered
    assert most == 8
