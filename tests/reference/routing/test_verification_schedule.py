# SPDX-License-Identifier: GPL-2.0-only
"""The four steps of the schedule, and that chance is fair in two of them."""

from collections import Counter
from collections.abc import Callable, Sequence
from ipaddress import IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import verification_schedule
from althea_spec.reference.routing.messages import Prefix
from althea_spec.reference.routing.randomness import RandomSource, SplitMix

DRAWS = 6_000
CRITICAL = {2: 13.82, 3: 16.27, 4: 18.47, 5: 20.52, 6: 22.46, 7: 24.32, 11: 31.26}
"""Chi-square at one in a thousand, by degrees of freedom."""
Pick = Callable[[Sequence[int], RandomSource], int | None]


def chi_square(pick: Pick, choices: int, seed: int) -> float:
    """How far the frequencies of ``DRAWS`` picks are from equal ones."""
    random = SplitMix(seed)
    counts = Counter(pick(range(choices), random) for _ in range(DRAWS))
    expected = DRAWS / choices
    return sum((counts[one] - expected) ** 2 / expected for one in range(choices))


def modulo_biased(choices: Sequence[int], random: RandomSource) -> int | None:
    """A common mistake: the remainder of a number whose range is no multiple of the divisor."""
    return choices[random.below(16) % len(choices)]


def never_the_last(choices: Sequence[int], random: RandomSource) -> int | None:
    return choices[random.below(len(choices) - 1)]


def always_the_first(choices: Sequence[int], _random: RandomSource) -> int | None:
    return choices[0]


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("choices", [3, 5, 7, 12])
def test_each_choice_is_as_likely_as_any_other(choices: int, seed: int) -> None:
    assert chi_square(verification_schedule.pick, choices, seed) < CRITICAL[choices - 1]


@pytest.mark.parametrize("biased", [modulo_biased, never_the_last, always_the_first])
@pytest.mark.parametrize("choices", [3, 5, 7])
def test_a_bias_is_found(biased: Pick, choices: int) -> None:
    assert chi_square(biased, choices, seed=1) > CRITICAL[choices - 1]


def test_destination_and_route_are_picked_apart() -> None:
    """Two destinations with one and with three routes: each destination gets half of the cycles, so the one
    route is verified three times as often as each of the others.
    """
    random = SplitMix(1)
    routes = {"near": ["a"], "far": ["b", "c", "d"]}
    counts: Counter[str] = Counter()
    for _ in range(DRAWS):
        destination = verification_schedule.pick(sorted(routes), random)
        assert destination is not None
        route = verification_schedule.pick(routes[destination], random)
        assert route is not None
        counts[route] += 1
    expected = {"a": DRAWS / 2, "b": DRAWS / 6, "c": DRAWS / 6, "d": DRAWS / 6}
    assert sum((counts[one] - each) ** 2 / each for one, each in expected.items()) < CRITICAL[3]


def test_nothing_can_be_picked_from_nothing() -> None:
    assert verification_schedule.pick((), SplitMix(1)) is None


@given(st.dictionaries(st.integers(0, 20), st.integers(0, 1000)), st.integers(0, 1000), st.integers(0, 1000))
def test_used_recently_means_within_the_memory(used: dict[int, int], later: int, memory: int) -> None:
    now = max(used.values(), default=0) + later
    prefixes: dict[Prefix, int] = {IPv6Network((one << 64, 64)): time for one, time in used.items()}
    found = verification_schedule.recently_used(prefixes, now, memory)
    assert set(found) == {one for one, time in prefixes.items() if time >= now - memory}
    assert list(found) == [one for one in prefixes if one in set(found)]
