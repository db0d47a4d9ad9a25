# SPDX-License-Identifier: MIT
"""Fees: shared out to the last unit, by voting power, and then between a validator and its delegators."""

from althea_spec.reference.chain import fees
from althea_spec.reference.chain.parameters import MILLION

from ..engine.given import Given
from ..engine.logic import all_of, implies
from ..engine.obligations import theorem

_MOST = 2**128
_VOTERS = ("althea1a", "althea1b")


def _powers(given: Given) -> dict[str, int]:
    return {one: given.integer(f"power_of_{one[-1]}", 0, _MOST) for one in _VOTERS}


@theorem("fees/sum-exactly", "DIST-FEE-01", "DIST-FEE-02")
def sum_exactly(given: Given) -> bool:
    """What the voters get and what is left for the community pool is the fee, to the unit, and no part is
    negative.
    """
    amount = given.integer("amount", 0, _MOST)
    parts, left = fees.split(amount, _powers(given))
    return all_of(sum(parts.values()) + left == amount, left >= 0, *(one >= 0 for one in parts.values()))


@theorem("fees/remainder-is-small", "DIST-FEE-02")
def remainder_is_small(given: Given) -> bool:
    """When somebody votes, less than one unit for each voter is left over."""
    amount, powers = given.integer("amount", 0, _MOST), _powers(given)
    given.assume(sum(powers.values()) > 0, "somebody has voted")
    parts, left = fees.split(amount, powers)
    return left < len(parts)


@theorem("fees/nobody-votes", "DIST-FEE-02")
def nobody_votes(given: Given) -> bool:
    """When nobody with any power votes, all of it is left for the community pool."""
    amount, voted = given.integer("amount", 0, _MOST), given.boolean("somebody_voted")
    parts, left = fees.split(amount, {"althea1a": 0} if voted else {})
    return left == amount and not parts


@theorem("fees/by-power", "DIST-FEE-01")
def by_power(given: Given) -> bool:
    """Each part is the exact proportion, rounded down: so nobody gets more than its power is of all."""
    amount, power = given.integer("amount", 0, _MOST), given.integer("power", 0, _MOST)
    total = power + given.integer("power_of_others", 0, _MOST)
    given.assume(total > 0, "somebody has voted")
    got = fees.part(amount, power, total)
    return all_of(got * total <= amount * power, amount * power < (got + 1) * total)


@theorem("fees/commission", "DIST-COMMISSION-01")
def commission(given: Given) -> bool:
    """A commission is never below nothing nor above the part; it is nothing at rate 0 and all at rate 1."""
    amount, rate = given.integer("amount", 0, _MOST), given.integer("rate", 0, MILLION)
    own = fees.commission(amount, rate)
    return all_of(
        own >= 0, own <= amount, implies(rate == 0, own == 0), implies(rate == MILLION, own == amount)
    )
