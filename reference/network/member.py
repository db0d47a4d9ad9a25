# SPDX-License-Identifier: MIT
"""What one identity has to do with money: its accounts, its tunnels, and where it is with the chain."""

from attrs import define, field

from ..payments.account_config import AccountConfig
from ..payments.allowance import Bucket
from ..payments.enforcement import Standing
from ..payments.identity import ChainAddress, Identity
from ..payments.ledger import Ledger
from ..payments.money import Charge
from ..payments.payment import PaymentNumber
from ..routing.messages import Microseconds
from .identity import LinkName, NodeName, money_identity
from .metered_tunnel import MeteredTunnel


@define
class Member:
    """A node as who it is now; another identity in the same place is another member."""

    name: NodeName
    number: int
    ledger: Ledger
    born_at: Microseconds
    next_reading: Microseconds
    next_report: Microseconds
    tunnels: dict[tuple[LinkName, int], MeteredTunnel] = field(factory=dict)
    """By link and the neighbour's number."""
    serving: dict[ChainAddress, Standing] = field(factory=dict)
    """How its firewall serves each neighbour."""
    using: dict[ChainAddress, Standing] = field(factory=dict)
    """How it uses each neighbour: as it thinks that it stands there."""
    budgets: dict[ChainAddress, int] = field(factory=dict)
    """Octets that each limited neighbour has had in this tick."""
    buckets: dict[ChainAddress, Bucket] = field(factory=dict)
    """What each blocked neighbour may still send in order to pay."""
    ordered: set[PaymentNumber] = field(factory=set)
    """Payments that were handed to the settlement, so that none is ordered twice."""
    scanned: int = 0
    """Blocks of the chain that it has looked through."""
    reached_at: Microseconds = 0
    """When it last reached the chain."""
    largest_use: dict[ChainAddress, Charge] = field(factory=dict)
    """The most that one reading has charged each neighbour."""
    gone_at: Microseconds | None = None
    """When it was found to be there no more."""
    has_cheated: bool = False
    """Its books may be wrong for good."""
    has_lacked: bool = False
    """It has once owed more than it could pay, or not reached the chain for longer than is assumed."""

    @property
    def identity(self) -> Identity:
        return money_identity(self.number)

    @property
    def account(self) -> ChainAddress:
        return self.identity.account


def new_member(
    name: NodeName, number: int, config: AccountConfig, now: Microseconds, phase: Microseconds
) -> Member:
    """Somebody new: nobody owes it anything, and it reads its counters for the first time after ``phase``."""
    return Member(name, number, Ledger(config), now, now + phase, now + phase, reached_at=now)
