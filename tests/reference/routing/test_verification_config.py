# SPDX-License-Identifier: GPL-2.0-only
"""Bad choices are refused in one line that names the field."""

from fractions import Fraction
from typing import Any

import pytest

from althea_spec.reference.routing.verification_config import VerificationConfig


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lowest_accuracy", Fraction(0)),
        ("lowest_accuracy", Fraction(11, 10)),
        ("lowest_accuracy", Fraction(-1, 2)),
        ("readmission_accuracy", Fraction(0)),
        ("tolerance", Fraction(-1, 10)),
        ("cycle", 0),
        ("probes", 0),
        ("probes", 40_000),
        ("correction_repetition", 9),
        ("correction_weight_of_size", -1),
        ("carrier_patience", -1),
    ],
)
def test_what_is_out_of_range_is_refused(field: str, value: Any) -> None:
    with pytest.raises(ValueError, match=field) as caught:
        VerificationConfig(**{field: value})
    assert "\n" not in str(caught.value.args[0])


def test_a_number_that_is_not_exact_is_refused() -> None:
    with pytest.raises(TypeError, match="lowest_accuracy"):
        VerificationConfig(lowest_accuracy=0.6)  # type: ignore[arg-type]


def test_the_way_back_is_not_below_the_way_out() -> None:
    with pytest.raises(ValueError, match=r"readmission_accuracy: expected at least lowest_accuracy \(9/10\)"):
        VerificationConfig(lowest_accuracy=Fraction(9, 10))


def test_the_longest_correction_is_not_shorter_than_the_shortest() -> None:
    with pytest.raises(ValueError, match=r"longest_correction: expected at least"):
        VerificationConfig(shortest_correction=10, longest_correction=9)


def test_s_may_be_one() -> None:
    assert (
        VerificationConfig(lowest_accuracy=Fraction(1), readmission_accuracy=Fraction(1)).thresholds.lowest
        == 1
    )
