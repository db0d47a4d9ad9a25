# SPDX-License-Identifier: MIT
"""Rewards of delegators, in constant work: every part of every unit stays accounted for."""

from althea_spec.reference.chain import rewards
from althea_spec.reference.chain.rewards import SCALE

from ..engine.given import Given
from ..engine.logic import all_of
from ..engine.obligations import theorem

_MOST = 2**128
_PARTS = _MOST * SCALE


def _ratio(given: Given, name: str) -> int:
    return given.integer(name, 0, _PARTS)


@theorem("rewards/accrue-exactly", "DIST-RATIO-01", "DIST-RATIO-02")
def accrue_exactly(given: Given) -> bool:
    """When a fee comes in, what the shares are owed more and what is carried more is the fee, to the part of
    a unit; and less than one part for each share is carried.
    """
    amount, shares = given.integer("amount", 0, _MOST), given.integer("shares", 1, _MOST)
    carry = given.integer("carry", 0, _PARTS)
    growth, carried = rewards.accrued(amount, shares, carry)
    return all_of(
        growth * shares + carried - carry == amount * SCALE, growth >= 0, carried >= 0, carried < shares
    )


@theorem("rewards/withdraw-exactly", "DIST-WITHDRAW-01", "DIST-RATIO-03")
def withdraw_exactly(given: Given) -> bool:
    """A withdrawal pays all whole units that are owed; what goes to the carry is less than one."""
    shares, start = given.integer("shares", 0, _MOST), _ratio(given, "start")
    ratio = start + _ratio(given, "growth")
    amount, parts = rewards.owed(shares, ratio, start)
    return all_of(amount * SCALE + parts == shares * (ratio - start), parts >= 0, parts < SCALE)


@theorem("rewards/withdraw-twice", "DIST-WITHDRAW-01")
def withdraw_twice(given: Given) -> bool:
    """Who has just withdrawn, or has just come, is owed nothing."""
    ratio = _ratio(given, "ratio")
    return rewards.owed(given.integer("shares", 0, _MOST), ratio, ratio) == (0, 0)


@theorem("rewards/withdraw-often", "DIST-WITHDRAW-01", "DIST-RATIO-03")
def withdraw_often(given: Given) -> bool:
    """Withdrawing in between gives the same as withdrawing once at the end, or one unit less."""
    shares, start = given.integer("shares", 0, _MOST), _ratio(given, "start")
    between = start + _ratio(given, "growth_before")
    end = between + _ratio(given, "growth_after")
    once = rewards.owed(shares, end, start)[0]
    twice = rewards.owed(shares, between, start)[0] + rewards.owed(shares, end, between)[0]
    return all_of(once - 1 <= twice, twice <= once)


@theorem("rewards/by-shares", "DIST-RATIO-03")
def by_shares(given: Given) -> bool:
    """Two delegations earn what one with the shares of both would earn, or one unit less."""
    first, second = given.integer("first_shares", 0, _MOST), given.integer("second_shares", 0, _MOST)
    ratio = _ratio(given, "ratio")
    apart = rewards.owed(first, ratio, 0)[0] + rewards.owed(second, ratio, 0)[0]
    together = rewards.owed(first + second, ratio, 0)[0]
    return all_of(together - 1 <= apart, apart <= together)
