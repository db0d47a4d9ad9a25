# SPDX-License-Identifier: GPL-2.0-only
"""Terms under which the promises of the chain do not hold are refused in one line."""

import re

import pytest
from attrs import evolve

from althea_spec.reference.chain import parameters
from althea_spec.reference.chain.chain import Chain
from althea_spec.reference.chain.parameters import Parameters


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"confirmations": -1}, "confirmations: expected 0 or more, got -1"),
        ({"most_validators": 0}, "most_validators: expected 1 or more, got 0"),
        ({"unbonding_period": 20, "evidence_age": 21}, "evidence_age: expected 0 to 20, got 21"),
        ({"unbonding_period": 0, "evidence_age": 0}, "unbonding_period: expected 1 or more, got 0"),
        ({"most_unbondings": 0}, "most_unbondings: expected 1 or more, got 0"),
        ({"signing_window": 4, "most_missed": 4}, "most_missed: expected 0 to 3, got 4"),
        ({"signing_window": 0, "most_missed": 0}, "signing_window: expected 1 or more, got 0"),
        ({"double_sign_fraction": 1_000_000}, "double_sign_fraction: expected 0 to 999999, got 1000000"),
        ({"downtime_fraction": -1}, "downtime_fraction: expected 0 to 999999, got -1"),
        ({"downtime_fraction": 0.5}, "downtime_fraction: expected 0 to 999999, got 0.5"),
        ({"downtime_jail": -1}, "downtime_jail: expected 0 or more, got -1"),
        ({"least_fees": {"udai": -3}}, "least_fees of udai: expected 0 or more, got -3"),
    ],
)
def test_terms_that_are_refused(changes: dict[str, object], message: str) -> None:
    wrong = evolve(Parameters(), **changes)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parameters.check(wrong)
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Chain(wrong, {})


def test_the_defaults_are_fine() -> None:
    parameters.check(Parameters())
