# SPDX-License-Identifier: MIT
"""Shares: what a delegator owns of the stake behind a validator.

The first shares are worth one token each.  Slashing takes tokens and leaves the shares, so that everybody
loses the same part without being looked at.  Quotients are rounded in favour of those who stay: whoever comes
gets shares rounded down, whoever goes gives shares rounded up.  So a share is never worth more than a token,
what rounding takes is always less than one token, and nobody who stays loses by it.
"""

from typing import TypeAlias

from ..payments.money import Amount

Shares: TypeAlias = int
"""Of one validator, never below its tokens."""


def issued(amount: Amount, tokens: Amount, shares: Shares) -> Shares:
    """The shares for a delegation of ``amount`` to a validator with these tokens and shares, rounded down.

    Requirement: STAKE-SHARE-01, STAKE-SHARE-02
    """
    return amount if shares == 0 else amount * shares // tokens


def worth(owned: Shares, tokens: Amount, shares: Shares) -> Amount:
    """The tokens that so many of the shares stand for, rounded down.

    Requirement: STAKE-SHARE-03
    """
    return owned * tokens // shares if shares else 0


def redeemed(amount: Amount, owned: Shares, tokens: Amount, shares: Shares) -> Shares:
    """The shares that a delegator with ``owned`` of them gives for ``amount``, at most their worth: rounded
    up, and all of them when it is all that they are worth.

    Requirement: STAKE-SHARE-03, STAKE-SHARE-04
    """
    if amount == worth(owned, tokens, shares):
        return owned
    return -(-amount * shares // tokens)
