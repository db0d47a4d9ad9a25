# SPDX-License-Identifier: GPL-2.0-only
"""The defaults of verification keep the honest and find the others: counted, with confidence intervals.

The short run looks at the same with few seeds; the long one has enough for the rates that the law names.
"""

import pytest
from attrs import evolve

from .verification_statistics import Case, cycles_until_removed, lower_bound, upper_bound

HONEST = Case()
LIAR = Case(understatement=2.0, most_cycles=20)
DROPPER = Case(dropped=0.3, most_cycles=20)
SHORT_SEEDS = range(1, 41)
LONG_SEEDS = range(1, 8001)
LONG_SEEDS_OF_LIARS = range(1, 1001)


def removed(case: Case, seeds: range) -> list[int]:
    """The cycles at which it was removed, of those seeds in which it was."""
    outcomes = (cycles_until_removed(case, seed) for seed in seeds)
    return sorted(one for one in outcomes if one is not None)


def report(name: str, case: Case, seeds: range) -> tuple[float, float]:
    """The interval of the rate of removal, printed."""
    cycles = removed(case, seeds)
    low, high = lower_bound(len(cycles), len(seeds)), upper_bound(len(cycles), len(seeds))
    median = cycles[len(cycles) // 2] if cycles else None
    last = cycles[-1] if cycles else None
    print(  # noqa: T201
        f"{name}: removed in {len(cycles)} of {len(seeds)} seeds ({seeds.start} to {seeds.stop - 1}) within "
        f"{case.most_cycles} measurements: at least {low:.4%}, at most {high:.4%} (95 % each); "
        f"median {median}, last {last}"
    )
    return low, high


def test_the_honest_stay_and_the_others_go() -> None:
    assert removed(HONEST, SHORT_SEEDS) == []
    for case in (LIAR, DROPPER):
        assert len(removed(case, SHORT_SEEDS)) == len(SHORT_SEEDS)


def test_who_measures_with_few_probes_removes_the_honest() -> None:
    """A sabotage: 64 probes are too few for such a path, and the same look finds that."""
    assert removed(evolve(HONEST, probes=64), SHORT_SEEDS) != []


@pytest.mark.parametrize(
    "small", [Case(understatement=1.1, most_cycles=20), Case(dropped=0.02, most_cycles=20)]
)
def test_a_small_lie_is_tolerated(small: Case) -> None:
    """What tolerates noise tolerates lies of its size."""
    assert len(removed(small, range(1, 21))) < 5


@pytest.mark.long
def test_the_honest_are_removed_in_at_most_one_of_a_thousand() -> None:
    _, high = report("honest", HONEST, LONG_SEEDS)
    assert high <= 0.001


@pytest.mark.long
@pytest.mark.parametrize(("name", "case"), [("claims half", LIAR), ("drops 30 %", DROPPER)])
def test_the_others_are_removed_in_99_of_a_hundred(name: str, case: Case) -> None:
    low, _ = report(name, case, LONG_SEEDS_OF_LIARS)
    assert low >= 0.99
