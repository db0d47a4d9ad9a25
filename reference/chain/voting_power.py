# SPDX-License-Identifier: MIT
"""Who votes on blocks: those with the most stake behind them, up to a number, and no jailed ones."""

from collections.abc import Iterable

from ..payments.identity import ChainAddress
from ..payments.money import Amount
from .block import Height
from .stake import Stake, Validator


def may_vote(validator: Validator) -> bool:
    """Whether a validator can be in the active set at all.

    Requirement: STAKE-POWER-01, STAKE-JAIL-01
    """
    return validator.jailed_until is None and not validator.is_tombstoned and validator.tokens > 0


def active_set(validators: Iterable[Validator], most: int) -> dict[ChainAddress, Amount]:
    """The voting powers of the next block: at most ``most`` validators with the most tokens; of two with the
    same the one whose address comes first.

    Requirement: STAKE-POWER-01, STAKE-POWER-02, STAKE-JAIL-01
    """
    able = sorted(filter(may_vote, validators), key=lambda one: (-one.tokens, one.operator))
    return {one.operator: one.tokens for one in able[:most]}


def choose(stake: Stake, following: Height, most: int) -> None:
    """Fix who votes on the block ``following``."""
    stake.active = active_set(stake.validators.values(), most)
    members = frozenset(stake.active)
    if not stake.sets or stake.sets[-1][1] != members:
        stake.sets.append((following, members))


def voted_at(stake: Stake, operator: ChainAddress, height: Height) -> bool:
    """Whether a validator was in the active set of a block; sets that evidence cannot reach are forgotten."""
    for since, members in reversed(stake.sets):
        if since <= height:
            return operator in members
    return False


def forget(stake: Stake, oldest: Height) -> None:
    """Forget the active sets that ended before a block."""
    while len(stake.sets) > 1 and stake.sets[1][0] <= oldest:
        stake.sets.pop(0)
