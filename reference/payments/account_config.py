# SPDX-License-Identifier: MIT
"""What an operator settles for the accounts of a node; most of it is the same in the whole community."""

from attrs import frozen

from ..routing.messages import Microseconds
from . import identity as identities
from . import thresholds as thresholds_of
from .identity import Identity
from .money import Denomination, Octets
from .receipt import Terms
from .thresholds import Conditions, Thresholds


@frozen
class AccountConfig:
    """Times are in microseconds."""

    us: Identity
    denomination: Denomination
    unit_octets: Octets
    """Of the price unit: so far does one coin move a charge."""
    thresholds: Thresholds
    confirmations: int = 1
    """Blocks that must stand on the one with a payment."""
    stale_after: Microseconds = 60_000_000
    """Without a new block for so long, the chain cannot say who has paid."""
    recovery: Microseconds = 60_000_000
    """For so long after that nobody is limited who could not pay."""
    patience: Microseconds = 30_000_000
    """After so long without an answer the same transaction is handed in again."""
    pause: Microseconds = 10_000_000
    """So long nothing is paid to a neighbour after a payment to it has failed."""

    @property
    def terms(self) -> Terms:
        """What a payment to us has to be like."""
        return Terms(self.us.account, self.denomination, self.confirmations)


def least_recovery(conditions: Conditions) -> Microseconds:
    """How long after an outage an honest payer may still owe more than usual: one payment may have been on
    its way and left something over, and the next is decided on and counted.

    Requirement: ENF-STALE-03
    """
    return 2 * conditions.delay + conditions.interval


def check(config: AccountConfig, conditions: Conditions) -> None:
    """Refuse terms under which the promises to honest neighbours do not hold.

    Raises:
        ValueError: one line with the field, what was expected, and what there is.

    Requirement: ACCT-CONF-01, ENF-CHECK-01, ENF-STALE-03, ENF-STALE-04
    """
    identities.check("us", config.us)
    if not config.denomination:
        raise ValueError("denomination: expected the name of a coin, got an empty text")
    for name, value, lowest in (
        ("unit_octets", config.unit_octets, 1),
        ("confirmations", config.confirmations, 0),
        ("stale_after", config.stale_after, 1),
        ("recovery", config.recovery, least_recovery(conditions)),
        ("patience", config.patience, 1),
        ("pause", config.pause, 0),
        ("rate", conditions.rate, 0),
        ("interval", conditions.interval, 1),
        ("delay", conditions.delay, 0),
        ("tolerance", conditions.tolerance, 0),
        ("outage", conditions.outage, 0),
        ("thresholds: outage", config.thresholds.outage, 0),
    ):
        if value < lowest:
            raise ValueError(f"{name}: expected {lowest} or more, got {value}")
    if config.stale_after > conditions.delay:  # a silence that is not yet noticed delays payments
        raise ValueError(f"stale_after: expected {conditions.delay} at most, got {config.stale_after}")
    thresholds_of.check(config.thresholds, conditions, config.unit_octets)
