# SPDX-License-Identifier: MIT
"""What one chain fixes for itself: denominations, least fees, and the terms of staking and slashing."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from attrs import field, frozen

from ..payments.money import Amount, Denomination
from . import coin

PerMillion: TypeAlias = int
"""A fraction, in millionths: 0 to ``MILLION``."""
MILLION: Final = 1_000_000


@frozen
class Parameters:
    """The defaults are those of Cosmos SDK, for a block every 6 s; counts of blocks unless said otherwise."""

    chain_id: str = "althea-1"
    stake_denomination: Denomination = "ualtg"
    least_fees: Mapping[Denomination, Amount] = field(factory=lambda: {"udai": 0})
    """Per transaction; no other denomination pays fees."""
    confirmations: int = 1
    """A payment is final once so many blocks stand on its own: 1 is the block with the votes for it."""
    most_validators: int = 100
    unbonding_period: int = 302_400
    """21 days."""
    most_unbondings: int = 7
    """At a time, of one delegator from one validator."""
    evidence_age: int = 302_400
    """So old may a block be that evidence is about."""
    signing_window: int = 10_000
    most_missed: int = 5_000
    """Within the window; one more is downtime."""
    downtime_jail: int = 100
    """Ten minutes."""
    double_sign_fraction: PerMillion = 50_000
    downtime_fraction: PerMillion = 100


def check(parameters: Parameters) -> None:
    """Refuse terms under which the promises of the chain do not hold.

    Raises:
        ValueError: one line with the field, what was expected, and what there is.

    Requirement: CHAIN-CONF-01, SLASH-REACH-02
    """
    for name, least, most in (
        ("confirmations", 0, None),
        ("most_validators", 1, None),
        ("unbonding_period", 1, None),
        ("most_unbondings", 1, None),
        ("evidence_age", 0, parameters.unbonding_period),
        ("signing_window", 1, None),
        ("most_missed", 0, parameters.signing_window - 1),
        ("downtime_jail", 0, None),
        ("double_sign_fraction", 0, MILLION - 1),
        ("downtime_fraction", 0, MILLION - 1),
    ):
        _check_range(name, getattr(parameters, name), least, most)
    for denomination, fee in parameters.least_fees.items():
        _check_range(f"least_fees of {denomination}", fee, 0, None)


def _check_range(name: str, value: int, least: int, most: int | None) -> None:
    expected = f"{least} or more" if most is None else f"{least} to {most}"
    if not coin.is_whole(value) or value < least or (most is not None and value > most):
        raise ValueError(f"{name}: expected {expected}, got {value}")
