# SPDX-License-Identifier: MIT
"""Slashing: stake that stood behind a fault is burned, wherever it is by then.

A fault costs one fraction of everything that was behind the validator when it was committed: of its tokens,
and of what has begun to unbond since.  What had begun to unbond before was not behind it any more and pays
nothing.
"""

from ..payments.money import Amount
from .block import Height
from .parameters import MILLION, PerMillion
from .rejection import Rejection
from .stake import Unbonding


def burned(tokens: Amount, fraction: PerMillion) -> Amount:
    """What a slash takes of the tokens behind a validator, rounded down.

    Requirement: SLASH-AMOUNT-01, SLASH-AMOUNT-03
    """
    return tokens * fraction // MILLION


def burned_of_unbonding(entry: Unbonding, fault: Height, fraction: PerMillion) -> Amount:
    """What a slash for a fault at that height takes of stake on its way back: the fraction of what it was at
    first, as far as there is so much left; nothing when it had left before the fault.

    Requirement: SLASH-REACH-01, SLASH-AMOUNT-02
    """
    return min(burned(entry.initial, fraction), entry.balance) if entry.created >= fault else 0


def refusal_of_evidence(
    fault: Height, now: Height, evidence_age: int, voted: bool, tombstoned: bool
) -> Rejection | None:
    """Why evidence of a double signature has no effect; ``None`` if it has.

    Requirement: SLASH-EVIDENCE-01, SLASH-EVIDENCE-02
    """
    if fault > now:
        return Rejection.EVIDENCE_OF_FUTURE
    if now - fault > evidence_age:
        return Rejection.EVIDENCE_TOO_OLD
    if not voted:
        return Rejection.WAS_NOT_VOTING
    return Rejection.VALIDATOR_TOMBSTONED if tombstoned else None


def refusal_of_release(jailed_until: Height | None, tombstoned: bool, now: Height) -> Rejection | None:
    """Why a validator is not let out of jail in block ``now``; ``None`` if it is.

    Requirement: SLASH-UNJAIL-01, SLASH-TOMB-01
    """
    if jailed_until is None:
        return Rejection.NOT_JAILED
    if tombstoned:
        return Rejection.VALIDATOR_TOMBSTONED
    return None if now >= jailed_until else Rejection.STILL_JAILED
