# SPDX-License-Identifier: MIT
"""A user's account at its exit: paid in advance, in small steps, so that the exit never spends its own money.

For the return traffic the exit pays others, so pay-after would let any user spend the exit's money.  The user
pays a little ahead instead, and risks that little.  Every identity has one small *advance* to begin with, for
the first payment has to come through, too.
"""

from typing import Self

from attrs import evolve, field, frozen
from attrs.validators import ge

from . import money
from .money import Amount, Charge, Octets


@frozen
class ExitAccount:
    """What the exit knows of one user.

    Raises:
        ValueError: a number is below 0.
    """

    paid: Charge = field(default=0, validator=ge(0))
    """All that the chain says the user has paid."""
    charged: Charge = field(default=0, validator=ge(0))
    """All that was ever charged."""
    advance: Charge = field(default=0, validator=ge(0))
    """How much more may be charged than was paid; given once to an identity."""
    is_stopped: bool = False

    def with_charge(self, charge: Charge) -> Self:
        """After more was charged."""
        return evolve(self, charged=self.charged + charge)

    def with_payment(self, amount: Amount, unit_octets: Octets) -> Self:
        """After the chain has confirmed a payment."""
        return evolve(self, paid=self.paid + money.worth(amount, unit_octets))


def left(account: ExitAccount) -> Charge:
    """What may still be charged.

    Requirement: EXIT-ZERO-01
    """
    return account.paid + account.advance - account.charged


def is_served(account: ExitAccount, cost: Charge) -> bool:
    """Whether a packet of that cost is passed, upstream or downstream.

    Requirement: EXIT-ZERO-01, EXIT-ZERO-02
    """
    return not account.is_stopped and cost <= left(account)


def is_stopped(was_stopped: bool, left: Charge, cost: Charge, resume: Charge) -> bool:
    """Whether the account is stopped after a packet of that cost has asked to pass.

    It stops when a packet is more than what is left, and opens again only with ``resume`` left, too.

    Requirement: EXIT-ZERO-02, EXIT-RESUME-01
    """
    return left < (max(resume, cost) if was_stopped else cost)


def served(account: ExitAccount, cost: Charge, resume: Charge) -> ExitAccount:
    """The account after a packet of that cost has asked to pass: charged, or stopped.

    Requirement: EXIT-ZERO-01, EXIT-ZERO-02, EXIT-RESUME-01
    """
    stopped = is_stopped(account.is_stopped, left(account), cost, resume)
    after = evolve(account, is_stopped=stopped)
    return after.with_charge(cost) if is_served(after, cost) else after


def prepaid(paid: Charge, charged: Charge) -> Charge:
    """What the exit holds of the user's money, and could run away with.

    Requirement: EXIT-TOPUP-02
    """
    return max(paid - charged, 0)


def top_up(paid: Charge, charged: Charge, low: Charge, high: Charge, unit_octets: Octets) -> Amount:
    """What the user pays its exit now: nothing above ``low``, else as much as brings it up to ``high``.

    Args:
        paid: all that the user has paid, payments under way among it.
        charged: what the user believes that it was charged (``reconciliation.believed``).
        low: with no more than this left, it is time to pay.
        high: never is more than this ahead.

    Requirement: EXIT-TOPUP-01, EXIT-TOPUP-02
    """
    ahead = paid - charged
    return 0 if ahead > low else money.payable(high - ahead, unit_octets)
