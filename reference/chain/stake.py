# SPDX-License-Identifier: MIT
"""What the chain remembers of validators, delegations and unbondings."""

from attrs import define, field, frozen

from ..payments.identity import ChainAddress
from ..payments.money import Amount, Denomination
from .block import Height
from .parameters import PerMillion
from .shares import Shares


@define
class Pot:
    """What one validator and its delegators are owed in one denomination."""

    commission: Amount = 0
    """The validator's own."""
    outstanding: Amount = 0
    """The delegators', all together."""
    ratio: int = 0
    """Owed so far for each share since the beginning, in parts of a unit (``rewards.SCALE``); only grows."""
    carry: int = 0
    """Parts of a unit that no share has yet."""


@define
class Validator:
    """One that may be voted into the active set."""

    operator: ChainAddress
    commission: PerMillion
    """Of the fees; fixed for ever, so that no delegator is surprised."""
    tokens: Amount = 0
    shares: Shares = 0
    jailed_until: Height | None = None
    """``None``: not jailed.  A jailed validator stays so until it asks to be let out, from this block on."""
    is_tombstoned: bool = False
    missed: int = 0
    """The last blocks of the window, a bit each, the newest lowest; 1 is a block without its vote."""
    pots: dict[Denomination, Pot] = field(factory=dict)


@define
class Delegation:
    """What one account has with one validator."""

    shares: Shares = 0
    starts: dict[Denomination, int] = field(factory=dict)
    """The ratio up to which rewards were paid; one that is not listed is 0."""


@frozen
class Unbonding:
    """Stake on its way back: it earns nothing and can still be slashed."""

    created: Height
    initial: Amount
    """What a slash is a fraction of, so that two slashes in either order take the same."""
    balance: Amount
    """What is left of it."""


@define
class Stake:
    """All of it."""

    validators: dict[ChainAddress, Validator] = field(factory=dict)
    delegations: dict[tuple[ChainAddress, ChainAddress], Delegation] = field(factory=dict)
    """By delegator and validator."""
    unbondings: dict[tuple[ChainAddress, ChainAddress], tuple[Unbonding, ...]] = field(factory=dict)
    """By delegator and validator, oldest first."""
    queue: dict[Height, dict[tuple[ChainAddress, ChainAddress], None]] = field(factory=dict)
    """Whose unbonding is over at which block, in the order in which they began, once for each."""
    active: dict[ChainAddress, Amount] = field(factory=dict)
    """Who votes on the block that is being made, with which power."""
    sets: list[tuple[Height, frozenset[ChainAddress]]] = field(factory=list)
    """The active sets, each with the block from which on it voted; the newest last."""
