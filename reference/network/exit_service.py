# SPDX-License-Identifier: MIT
"""Users at their exits: each pays a little ahead, and the exit passes as much as that is good for."""

from attrs import define, evolve

from ..payments import billing, exit_account, exit_billing, money, price_history
from ..payments.exit_account import ExitAccount
from ..payments.exit_billing import ExitTariff, ExitTraffic
from ..payments.identity import ChainAddress
from ..payments.money import Amount, Charge, Octets
from ..payments.price_history import NEVER_OFFERED, PriceHistory
from ..routing.messages import Microseconds, Price
from .identity import NodeName, money_identity


@define
class ExitUse:
    """One user's account at one exit, as the exit has it; and what the user has ordered to be paid."""

    exit: NodeName
    exit_number: int
    user: NodeName
    user_number: int
    tariff: ExitTariff
    account: ExitAccount
    ordered: Charge = 0
    """All that the user has ever decided to pay, failures taken back."""
    service: Charge = 0
    """What the exit has charged for itself."""
    returned: Charge = 0
    """What it has charged for its next hops."""
    seen: Charge = 0
    """What it had charged in all when the audit last looked."""
    peak: Charge = 0
    """The most that it has charged in one tick."""

    @property
    def payee(self) -> ChainAddress:
        """Exits take their users' money at an account of its own, so that no payment is for two things."""
        return exit_payee(self.exit_number)


def exit_payee(number: int) -> ChainAddress:
    """Where an exit takes the money of its users."""
    return f"{money_identity(number).account}exit"


def packets_served(use: ExitUse, packets: int, cost: Charge, resume: Charge) -> int:
    """How many of some packets that cost so much each the exit passes, as if each had asked on its own
    (``exit_account.served``); they are not charged yet, and the account stops at the first that is too much.

    Requirement: ECO-EXIT-01
    """
    account = use.account
    opened = evolve(account, is_stopped=exit_account.served(account, cost, resume).is_stopped)
    room = packets if cost == 0 else max(exit_account.left(account), 0) // cost
    passed = 0 if opened.is_stopped else min(packets, room)
    after = opened.with_charge(passed * cost) if passed else account
    if passed < packets:
        after = exit_account.served(after, cost, resume)
    use.account = evolve(account, is_stopped=after.is_stopped)
    return passed


def charge_upstream(use: ExitUse, octets: Octets, packets: int) -> None:
    """The exit has passed packets of its user to the internet."""
    _charge(use, ExitTraffic(octets, packets, 0, 0, 0))


def charge_downstream(use: ExitUse, octets: Octets, packets: int, returned: Charge) -> None:
    """The exit has sent packets to its user; ``returned`` is what its next hop asks for them."""
    _charge(use, ExitTraffic(0, 0, octets, packets, returned))


def _charge(use: ExitUse, traffic: ExitTraffic) -> None:
    made = exit_billing.charge(use.tariff, traffic)
    use.service += made.service
    use.returned += made.passed_on
    use.account = use.account.with_charge(made.service + made.passed_on)


def return_price(history: PriceHistory | None, since: Microseconds) -> Price:
    """What the exit books to its next hop for data to the user."""
    return price_history.greatest(history or NEVER_OFFERED, since) or 0


def returned_charge(price: Price, octets: Octets, packets: int) -> Charge:
    """What the exit books to its next hops for so many packets to the user."""
    return billing.charge(price, exit_billing.carried(octets // max(packets, 1)) * packets, packets)


def top_up(use: ExitUse, low: Charge, high: Charge, unit_octets: Octets) -> Amount:
    """What the user orders to be paid now; put down as ordered.

    Requirement: ECO-EXIT-02
    """
    amount = exit_account.top_up(use.ordered, use.account.charged, low, high, unit_octets)
    use.ordered += money.worth(amount, unit_octets)
    return amount
