# SPDX-License-Identifier: GPL-2.0-only
"""Markets in miniature: relays that set prices, and users who answer."""

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import TypeAlias

from althea_spec.reference.routing import price_strategy_demand as demand
from althea_spec.reference.routing.price_strategy_demand import Demand

State: TypeAlias = tuple[int, ...]


def orbit(step: Callable[[State], State], start: State, most: int = 100_000) -> tuple[int, tuple[State, ...]]:
    """After how many steps a state comes back for the first time, and the states from there on.

    Exact: states are whole numbers, and the period is over when one repeats.

    Raises:
        RuntimeError: no state repeats within so many steps.
    """
    seen = {start: 0}
    states = [start]
    while len(states) < most:
        state = step(states[-1])
        if state in seen:
            return seen[state], tuple(states[seen[state] :])
        seen[state] = len(states)
        states.append(state)
    raise RuntimeError(f"no period within {most} steps")


def single_user(strategy: Demand, load: int, hysteresis_percent: int) -> Callable[[State], State]:
    """Two relays and one user who sends everything by one of them: (price, price, relay in use).

    The user changes sides when the other asks less than what it pays, by that many percent or more.
    """

    def step(state: State) -> State:
        prices, used = state[:2], state[2]
        loads = [load if relay == used else 0 for relay in (0, 1)]
        first, second = (
            demand.next_price(price, carried, strategy) for price, carried in zip(prices, loads, strict=True)
        )
        pays, other = (first, second) if used == 0 else (second, first)
        is_worth_it = other < pays and other * 100 <= pays * (100 - hysteresis_percent)
        return first, second, 1 - used if is_worth_it else used

    return step


def splitting_users(strategy: Demand, load: int) -> Callable[[State], State]:
    """Two relays and many users, who divide their load in inverse proportion to the prices."""

    def step(state: State) -> State:
        first, second = state
        on_first = load * second // (first + second)
        return (
            demand.next_price(first, on_first, strategy),
            demand.next_price(second, load - on_first, strategy),
        )

    return step


def delayed(strategy: Demand, loads: Sequence[int], delay: int) -> Callable[[State], State]:
    """One relay whose users answer late: the last ``delay + 1`` prices, the newest first.

    ``loads`` is the load at each price above the floor.
    """

    def step(state: State) -> State:
        carried = loads[state[delay] - strategy.bounds.floor]
        return demand.next_price(state[0], carried, strategy), *state[:-1]

    return step


def is_schur(coefficients: Sequence[Fraction]) -> bool:
    """Whether all roots of a polynomial lie inside the unit circle (Schur and Cohn), exactly.

    The coefficient of the highest power comes first.
    """
    rest = list(coefficients)
    while len(rest) > 1:
        if abs(rest[-1]) >= abs(rest[0]):
            return False
        factor = rest[-1] / rest[0]
        rest = [one - factor * other for one, other in zip(rest, reversed(rest), strict=True)][:-1]
    return True


def loop(gain: Fraction, delay: int) -> tuple[Fraction, ...]:
    """The characteristic polynomial of x' = x - gain·x(delay steps ago)."""
    one, zero = Fraction(1), Fraction(0)
    if delay == 0:
        return one, gain - 1
    return one, -one, *[zero] * (delay - 1), gain
