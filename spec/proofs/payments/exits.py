# SPDX-License-Identifier: MIT
"""Exits: who pays for the way back, and what happens when the money is used up."""

from althea_spec.reference.payments import billing, exit_account, exit_billing, money
from althea_spec.reference.payments.exit_account import ExitAccount
from althea_spec.reference.payments.exit_billing import ExitTariff, ExitTraffic, Origin

from ..engine.given import Given
from ..engine.logic import all_of, any_of, implies
from ..engine.obligations import theorem, witness

_LARGEST_PRICE = 65534
_MONEY = 2**80
_UNITS = (1, 1_000_000, 1_000_000_000)


def _price(given: Given, name: str) -> int:
    return given.integer(name, 0, _LARGEST_PRICE)


def _charge(given: Given, name: str) -> int:
    return given.integer(name, 0, _MONEY)


def _account(given: Given) -> ExitAccount:
    return ExitAccount(
        _charge(given, "paid"),
        _charge(given, "charged"),
        _charge(given, "advance"),
        given.boolean("is_stopped"),
    )


@theorem("exit/passes-on", "EXIT-RETURN-01", "EXIT-RETURN-02", "EXIT-PRICE-01")
def passes_on(given: Given) -> bool:
    """Of what a user owes, the exit keeps its own price, and passes on to the coin what its next hops ask."""
    tariff = ExitTariff(given.choice("upstream_price", (0, 3)), given.choice("downstream_price", (0, 5)))
    names = ("up", "up_packets", "down", "down_packets")
    up, up_packets, down, down_packets = (given.integer(name, 0, 2**50) for name in names)
    returned = _charge(given, "returned")
    owed = exit_billing.charge(tariff, ExitTraffic(up, up_packets, down, down_packets, returned))
    own = tariff.upstream * (up + 80 * up_packets) + tariff.downstream * (down + 80 * down_packets)
    return all_of(owed.passed_on == returned, owed.service == own)


@theorem("exit/outer-packet", "EXIT-COUNT-02")
def outer_packet(given: Given) -> bool:
    """A packet in the exit tunnel is carried through the mesh in one that is 80 to 95 octets longer."""
    octets = given.integer("octets", 0, 65535)
    carried = exit_billing.carried(octets)
    return all_of(carried >= octets + 80, carried <= octets + 95, carried % 16 == 0)


@theorem("exit/cost-covers-return", "EXIT-ZERO-01", "EXIT-RETURN-01", "EXIT-COUNT-02")
def cost_covers_return(given: Given) -> bool:
    """What a packet to a user is said to cost before it is sent is what the exit then asks and books for
    it.
    """
    octets = given.integer("octets", 0, 65535)
    tariff = ExitTariff(0, given.choice("downstream_price", (0, 1, _LARGEST_PRICE)))
    route = given.choice("route_price", (0, 7, _LARGEST_PRICE))
    booked = billing.charge(route, exit_billing.carried(octets), 1)
    owed = exit_billing.charge(tariff, ExitTraffic(0, 0, octets, 1, booked))
    return owed.service + owed.passed_on == exit_billing.downstream_cost(tariff, route, octets)


@theorem("exit/own-money-is-safe", "EXIT-ZERO-01", "EXIT-ZERO-02", "EXIT-ADVANCE-01")
def own_money_is_safe(given: Given) -> bool:
    """From any account with something or nothing left, no packet and no payment leads to one with less than
    nothing: the exit never spends more of its own money than the one advance.
    """
    account, unit = _account(given), given.choice("unit", _UNITS)
    given.assume(exit_account.left(account) >= 0, "so far it has not")
    served = exit_account.served(account, _charge(given, "cost"), _charge(given, "resume"))
    paid = served.with_payment(given.integer("amount", 0, 2**60), unit)
    return all_of(
        exit_account.left(served) >= 0,
        exit_account.left(paid) >= 0,
        paid.charged - paid.paid <= account.advance,
    )


@witness("exit/advance-is-lost", "EXIT-ADVANCE-01")
def advance_is_lost(given: Given) -> bool:
    """A user that never pays can use up the advance to the last bit."""
    advance = _charge(given, "advance")
    account = exit_account.served(ExitAccount(advance=advance), _charge(given, "cost"), 0)
    return all_of(account.charged - account.paid == advance, advance > 0)


@theorem("exit/charged-once", "EXIT-ZERO-01", "EXIT-ZERO-02")
def charged_once(given: Given) -> bool:
    """A packet that is passed is charged once, and one that is not costs nothing."""
    account, cost, resume = _account(given), _charge(given, "cost"), _charge(given, "resume")
    given.assume(cost > 0, "the packet costs something")
    after = exit_account.served(account, cost, resume)
    passed = after.charged == account.charged + cost
    return any_of(all_of(passed, cost <= exit_account.left(account)), after.charged == account.charged)


@theorem("exit/stops-at-zero", "EXIT-ZERO-02", "EXIT-RESUME-01")
def stops_at_zero(given: Given) -> bool:
    """An account without enough for a packet stops, and stays so for whatever comes, until there is enough to
    resume.
    """
    account, cost, resume = _account(given), _charge(given, "cost"), _charge(given, "resume")
    later = _charge(given, "later")
    left = exit_account.left(account)
    after = exit_account.served(account, cost, resume)
    again = exit_account.served(after, later, resume)
    if left >= cost and (left >= resume or not account.is_stopped):
        return not after.is_stopped
    unchanged = after.charged == account.charged
    return unchanged and after.is_stopped and (left >= resume or again.is_stopped)


@theorem("exit/resumes", "EXIT-RESUME-01", "EXIT-RESUME-02")
def resumes(given: Given) -> bool:
    """A stopped account that was paid up to the resuming level is served again; one coin less is not
    enough.
    """
    unit = given.choice("unit", _UNITS)
    resume = money.worth(given.integer("resume", 2, 2**40), unit)
    amount = given.integer("amount", 0, 2**41)
    account = ExitAccount(is_stopped=True).with_payment(amount, unit)
    after = exit_account.served(account, unit, resume)
    return after.is_stopped == (money.worth(amount, unit) < resume)


@theorem("exit/prepaid-bounded", "EXIT-TOPUP-01", "EXIT-TOPUP-02")
def prepaid_bounded(given: Given) -> bool:
    """Who tops up never has more than the high mark at its exit, and more than the low one as soon as it has
    paid (if the marks are a coin apart).
    """
    unit = given.choice("unit", _UNITS)
    paid, charged = _charge(given, "paid"), _charge(given, "charged")
    low, high = _charge(given, "low"), _charge(given, "high")
    given.assume(low + unit <= high, "the marks are a coin apart")
    given.assume(paid - charged <= high, "so far there is no more than that")
    amount = exit_account.top_up(paid, charged, low, high, unit)
    ahead = paid + money.worth(amount, unit) - charged
    return all_of(amount >= 0, exit_account.prepaid(paid, charged) <= high, ahead <= high, ahead > low)


@theorem("exit/who-bears-it", "EXIT-ROLES-01", "EXIT-ROLES-02")
def who_bears_it(given: Given) -> bool:
    """What a next hop asks is borne by the user of an exit tunnel for the exit's packets to it, and by no
    user for what the exit passes on for a neighbour or sends for itself: nothing is charged twice.
    """
    asked = _charge(given, "asked")
    borne = {one: asked if exit_billing.is_passed_on(one) else 0 for one in Origin}
    return all_of(sum(borne.values()) == asked, borne[Origin.EXIT_TUNNEL] == asked)


@theorem("exit/direct-neighbour", "EXIT-ROLES-03")
def direct_neighbour(given: Given) -> bool:
    """For a user beside its exit the way back costs nothing, and what is left is the exit's own price."""
    octets = given.integer("octets", 0, 65535)
    tariff = ExitTariff(0, given.choice("downstream_price", (0, 1, _LARGEST_PRICE)))
    cost = exit_billing.downstream_cost(tariff, 0, octets)
    return cost == billing.charge(tariff.downstream, octets, 1)


@theorem("exit/ceiling", "EXIT-CEILING-01")
def ceiling(given: Given) -> bool:
    """Return traffic goes at no price above the one that the user has named, and at every other one."""
    price = _price(given, "price")
    most = given.optional("ceiling", lambda: _price(given, "ceiling"))
    allowed = exit_billing.is_returnable(price, most)
    return allowed if most is None else implies(allowed, price <= most) and implies(price <= most, allowed)
