# SPDX-License-Identifier: MIT
"""What happens to the accounts of a node, and what the node has to do about it.

``step(ledger, event, now)`` of ``account_machine`` takes one event.  Whoever runs it writes the changed rows
down, in one transaction, before it does what the effects say: then nothing that was done is ever forgotten.
"""

from typing import TypeAlias

from attrs import field, frozen

from .enforcement import Standing
from .identity import Identity
from .ledger import Change
from .metering_events import MeteringEffect, MeteringEvent
from .money import Amount, Charge
from .payment import PaymentNumber
from .receipt import Height, TransactionHash, Transfer


@frozen
class Admitted:
    """A neighbour may be dealt with from now on: its tunnel key is proved and its membership known."""

    identity: Identity


@frozen
class Metered:
    """What has been used since the last reading, in both directions, at the prices that held, by a meter that
    keeps its books itself; the ledger's own books are read with ``CountersRead``.
    """

    identity: Identity
    by_us: Charge
    """Below 0: the neighbour says that it counted so much less than we did."""
    by_them: Charge
    """Never below 0."""


@frozen
class PaymentClaimed:
    """The neighbour says that it has paid, and names the transaction: a hint where to look."""

    identity: Identity
    transaction: TransactionHash


@frozen
class PaymentReceived:
    """The chain says that somebody has paid us."""

    transfer: Transfer
    committed: Height
    """The newest block of the chain."""


@frozen
class PaymentConfirmed:
    """The chain says that a payment of ours is done, for good."""

    number: PaymentNumber


@frozen
class PaymentFailed:
    """A payment of ours will not be done: the chain has refused it, or it was never handed in.

    No answer is no failure.
    """

    number: PaymentNumber


@frozen
class ChainScanned:
    """All has been told of the final blocks up to this one: what came to us, and what became of ours."""

    height: Height


@frozen
class WalletChanged:
    """What there is to spend, fees and payments on their way already taken off; ``None``: not known."""

    spendable: Amount | None


@frozen
class Tick:
    """Time has passed; the longest between two of them is an interval of ``thresholds.Conditions``."""


@frozen
class Resumed:
    """The process has started with a ledger from before: the firewall is as it was at boot, and nobody knows
    which effects were still carried out.
    """


Event: TypeAlias = (
    Admitted
    | Metered
    | PaymentClaimed
    | PaymentReceived
    | PaymentConfirmed
    | PaymentFailed
    | ChainScanned
    | WalletChanged
    | Tick
    | Resumed
    | MeteringEvent
)


@frozen
class Pay:
    """Hand in the transaction of that number: the same octets each time it is asked for."""

    number: PaymentNumber
    identity: Identity
    amount: Amount


@frozen
class Enforce:
    """Serve a neighbour so from now on (open, limited, blocked), in both directions."""

    identity: Identity
    standing: Standing


@frozen
class Restrain:
    """Use a neighbour so from now on: what we owe it is more than it will let pass."""

    identity: Identity
    standing: Standing


@frozen
class LookUp:
    """Ask the chain about a transaction that somebody has told us of."""

    transaction: TransactionHash


Effect: TypeAlias = Pay | Enforce | Restrain | LookUp | MeteringEffect


@frozen
class Outcome:
    """What one event has caused."""

    effects: tuple[Effect, ...] = ()
    """To be carried out, in this order, once the changes are written."""
    changes: tuple[Change, ...] = field(default=(), repr=False)
    """The rows that are another now, each once."""
