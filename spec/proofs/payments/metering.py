# SPDX-License-Identifier: MIT
"""Metering: counters, readings at any moment, and how far two honest books can be apart."""

from althea_spec.reference.payments import (
    counters,
    disagreement,
    metering,
    money,
    overhead,
    price_history,
    reconciliation,
)
from althea_spec.reference.payments.book import Counting, Side
from althea_spec.reference.payments.counters import Count
from althea_spec.reference.payments.disagreement import LinkTerms
from althea_spec.reference.payments.price_history import PriceHistory
from althea_spec.reference.payments.reconciliation import Reconciliation

from ..engine.given import Given
from ..engine.logic import all_of, any_of
from ..engine.obligations import theorem, witness

_LARGEST_PRICE = 65534
_LONG = 2**50
"""Microseconds, or octets: more than will ever come."""
_UNITS = (1, 1_000_000, 1_000_000_000, 2**64 - 1)


def _octets(given: Given, name: str) -> int:
    return given.integer(name, 0, _LONG)


def _price(given: Given, name: str) -> int:
    return given.integer(name, 0, _LARGEST_PRICE)


@theorem("money/nothing-lost", "MONEY-UNIT-02", "MONEY-UNIT-03")
def nothing_lost(given: Given) -> bool:
    """What is paid of a charge and what stays owed make the charge, and less than one coin stays."""
    unit = given.choice("unit", _UNITS)
    charge = given.integer("charge", 0, 2**80)
    amount, rest = money.payable(charge, unit), money.rest(charge, unit)
    return all_of(money.worth(amount, unit) + rest == charge, rest >= 0, rest < unit)


@theorem("money/parts", "MONEY-UNIT-03")
def parts(given: Given) -> bool:
    """Paid in two parts, a charge costs as many coins as paid at once, whenever the first part is paid."""
    unit = given.choice("unit", _UNITS)
    first, second = given.integer("first", 0, 2**80), given.integer("second", 0, 2**80)
    in_parts = money.payable(first, unit) + money.payable(money.rest(first, unit) + second, unit)
    return in_parts == money.payable(first + second, unit)


@theorem("counters/difference", "METER-COUNT-01")
def difference(given: Given) -> bool:
    """A counter that wraps at most once is read right, at 32 bits and at 64."""
    width = given.choice("width", (32, 64))
    size = 1 << width
    before, growth = (
        given.integer(f"before_{width}", 0, size - 1),
        given.integer(f"growth_{width}", 0, size - 1),
    )
    now = before + growth
    return counters.difference(before, now if now < size else now - size, width) == growth


@witness("counters/round-twice", "METER-COUNT-03")
def round_twice(given: Given) -> bool:
    """A counter that stays unread for longer than it takes to go round is read as next to nothing."""
    before, growth = given.integer("before", 0, 2**32 - 1), given.integer("growth", 2**32, 2**33)
    return counters.difference(before, (before + growth) % 2**32, 32) == 0


@theorem("counters/read-in-time", "METER-COUNT-03", "METER-COUNT-04")
def read_in_time(given: Given) -> bool:
    """Read within its longest interval, a counter can not have gone all the way round."""
    width = given.choice("width", (32, 64))
    rate = given.choice("rate", (1, 125_000, 12_500_000, 125_000_000, 1_250_000_000))
    elapsed = given.integer("elapsed", 0, 2**64)
    given.assume(elapsed <= counters.longest_interval(width, rate), "read in time")
    given.assume(counters.longest_interval(width, rate) > 0, "the counter is wide enough for the rate")
    return counters.capacity(rate, elapsed) < 1 << width


_BOOKS = ((Side.SELLER, 32, 7), (Side.BUYER, 32, _LARGEST_PRICE), (Side.SELLER, 64, 1), (Side.BUYER, 64, 0))
_CARRIED = 2**31
"""Octets that can have come through, when that is not what it is about."""


@theorem("metering/splitting", "METER-READ-01", "METER-SPLIT-01", "METER-COUNT-01")
def splitting(given: Given) -> bool:
    """One more reading in between changes no charge, at either end, also when the counter wraps."""
    side, width, price = given.choice("book", _BOOKS)
    history, counting, size = PriceHistory(price), Counting(1_250_000_000, width), 1 << width
    octets, packets = given.integer(f"octets_{width}", 0, size - 1), 0
    counts = [Count(octets, packets)]
    for name in ("first", "second"):
        growth = given.integer(name, 0, 2**30)
        some = given.integer(f"{name}_packets", 0, 2**24)
        given.assume(some * counters.SMALLEST_PACKET <= growth, "packets are as long as packets are")
        octets, packets = (octets + growth) % size, packets + some
        counts.append(Count(octets, packets))

    def charge(before: Count, now: Count) -> int:
        return metering.read_line(side, counting, history, before, now, 0, _CARRIED).charge

    start, middle, end = counts
    return charge(start, middle) + charge(middle, end) == charge(start, end)


@theorem("metering/bounded", "METER-COUNT-04", "METER-COUNT-05")
def bounded(given: Given) -> bool:
    """Whatever the counters show, no reading charges for more than the tunnel carries in that time; with the
    overhead of empty packets that is three times its octets.
    """
    counting = Counting(1_250_000_000, given.choice("width", (32, 64)))
    price = given.choice("price", (0, 1, 7, _LARGEST_PRICE))
    most = given.integer("most", 0, 2**40)
    before, now = (
        Count(given.integer(f"{name}_octets", -1, 2**64), given.integer(f"{name}_packets", -1, 2**64))
        for name in ("before", "now")
    )
    line = metering.read_line(Side.SELLER, counting, PriceHistory(price), before, now, 0, most)
    return all_of(line.charge >= 0, line.charge <= price * 3 * most)


@theorem("metering/new-run", "METER-COUNT-02")
def new_run(given: Given) -> bool:
    """After the counters began anew, what they show is charged, and nothing of what they showed before."""
    last = Count(given.integer("last", 0, 2**64 - 1), given.integer("last_packets", 0, 2**64 - 1))
    shown = Count(given.integer("shown", 0, 2**64 - 1), given.integer("shown_packets", 0, 2**64 - 1))
    moved = counters.advance(counters.base(last, False), shown, 64)
    kept = counters.base(last, True)
    return all_of(moved.octets == shown.octets, moved.packets == shown.packets, kept.octets == last.octets)


@theorem("overhead/additive", "METER-OVERHEAD-01", "METER-OVERHEAD-02")
def additive(given: Given) -> bool:
    """Billed octets depend on how many octets and packets there were, not on how they are taken together."""
    first, second = _octets(given, "first"), _octets(given, "second")
    one, other = given.integer("first_packets", 0, 2**40), given.integer("second_packets", 0, 2**40)
    together = overhead.billed(first + second, one + other)
    apart = overhead.billed(first, one) + overhead.billed(second, other)
    return all_of(together == apart, together >= first + second)


def _underway(given: Given, prices: int, *, in_time: bool) -> bool:
    """Whether the seller charges no more for one packet than the buyer books, over changes of price.

    Each price is said at one time and heard at another, or never; the packet is sent and received; both ends
    have read before, and read again after.
    """
    grace, transit = given.integer("grace", 0, _LONG), given.integer("transit", 0, _LONG)
    sent, received = given.integer("sent", 0, _LONG), given.integer("received", 0, _LONG)
    given.assume(sent <= received, "a packet is sent before it arrives")
    given.assume(received <= sent + transit, "it is under way for so long at most")
    times = {
        name: given.integer(name, 0, _LONG)
        for name in ("seller_since", "seller_read", "buyer_since", "buyer_read")
    }
    given.assume(times["seller_since"] <= received, "the seller reads before")
    given.assume(received <= times["seller_read"], "and after the packet")
    given.assume(times["buyer_since"] <= sent, "the buyer reads before")
    given.assume(sent <= times["buyer_read"], "and after the packet")
    first = _price(given, "price_0")
    seller, buyer = PriceHistory(first), PriceHistory(first)
    said = heard = 0
    for number in range(1, prices):
        price = _price(given, f"price_{number}")
        said_now, heard_now = (
            given.integer(f"said_{number}", 0, _LONG),
            given.integer(f"heard_{number}", 0, _LONG),
        )
        given.assume(said <= said_now, "prices are said one after another")
        given.assume(heard <= heard_now, "and heard in that order")
        given.assume(said_now <= heard_now, "heard after they are said")
        if in_time:
            given.assume(
                heard_now + transit <= said_now + grace, "the grace covers the Update and the packet"
            )
        said, heard = said_now, heard_now
        if said <= times["seller_read"]:
            seller = price_history.changed(seller, price, said, grace)
        if heard <= times["buyer_read"]:
            buyer = price_history.changed(buyer, price, heard)
    charged = price_history.least(seller, times["seller_since"])
    booked = price_history.greatest(buyer, times["buyer_since"])
    return charged is not None and booked is not None and charged <= booked


@theorem(
    "disagreement/one-change",
    "BILL-GRACE-01",
    "BILL-GRACE-02",
    "BILL-SELL-01",
    "BILL-BUY-01",
    "METER-SPLIT-02",
)
def one_change(given: Given) -> bool:
    """For a packet that is under way while the price changes, the seller charges no more than the buyer
    books, whenever either reads its counters, if the grace covers the Update's way and the packet's.
    """
    return _underway(given, 2, in_time=True)


@theorem("disagreement/two-changes", "BILL-GRACE-01", "BILL-GRACE-02", "METER-SPLIT-02")
def two_changes(given: Given) -> bool:
    """The same holds when the price changes twice."""
    return _underway(given, 3, in_time=True)


@witness("disagreement/grace-too-short", "BILL-GRACE-02")
def grace_too_short(given: Given) -> bool:
    """With a grace that ends before the Update has come, an honest buyer is charged more than it books."""
    return not _underway(given, 2, in_time=False)


@theorem("metering/missed", "METER-MISSED-01")
def missed(given: Given) -> bool:
    """Whatever a tunnel carried that a buyer's counters lost, at the highest price that counted: it costs no
    more than what the buyer takes for missed.
    """
    most, octets = _octets(given, "most"), _octets(given, "octets")
    packets = given.integer("packets", 0, _LONG)
    given.assume(octets <= most, "no more came through than can have")
    given.assume(packets * counters.SMALLEST_PACKET <= octets, "no packet is smaller than the smallest")
    highest = given.choice("highest", (0, 1, 50, _LARGEST_PRICE))
    return money.charge_of(highest, overhead.billed(octets, packets)) <= metering.missed(highest, most)


_TURNS = ((0, 0), (1, 0), (3, 1), (2, 2))
"""Changes of the price, and restarts of either end."""


def _terms(given: Given) -> LinkTerms:
    """Any link."""
    return LinkTerms(
        rate=given.integer("rate", 1, 2**40),
        loss=given.integer("loss", 0, disagreement.MILLION),
        burst=given.integer("burst", 0, 2**40),
        **{
            name: given.integer(name, 0, 2**40)
            for name in ("interval", "transit", "grace", "report_interval")
        },
    )


def _two_books(given: Given, price: int) -> tuple[int, int, disagreement.Disagreement]:
    """What the seller charged and the buyer booked, of packets in all the states that they can be in; and how
    far apart that may be.
    """
    terms = _terms(given)
    changes, restarts = given.choice("changes_and_restarts", _TURNS)
    spread = given.integer("spread", 0, _LARGEST_PRICE)
    given.assume(spread <= price, "the lowest price is not below zero")
    read_by_both, disputed = _octets(given, "read_by_both"), _octets(given, "disputed")
    buyer_unread, seller_unread = _octets(given, "buyer_unread"), _octets(given, "seller_unread")
    under_way, lost = _octets(given, "under_way"), _octets(given, "lost")
    given.assume(buyer_unread <= disagreement.unread(terms) * (1 + restarts), "the buyer reads often enough")
    given.assume(seller_unread <= disagreement.unread(terms) * (1 + restarts), "and so does the seller")
    given.assume(lost <= disagreement.lost(terms), "no more is lost than is assumed")
    given.assume(under_way <= disagreement.within(terms, terms.transit), "nothing is under way for longer")
    given.assume(disputed <= changes * disagreement.disputed(terms), "prices change so often")
    charged = money.charge_of(price, read_by_both + buyer_unread) + money.charge_of(price - spread, disputed)
    booked = money.charge_of(price, read_by_both + disputed + seller_unread + under_way + lost)
    return charged, booked, disagreement.largest(terms, price, spread, changes, restarts)


@theorem("disagreement/seller-ahead", "METER-BOUND-01", "METER-BOUND-02")
def seller_ahead(given: Given) -> bool:
    """An honest seller's book is ahead of an honest buyer's by no more than the bound."""
    charged, booked, most = _two_books(given, _price(given, "price"))
    return charged - booked <= most.seller_ahead


@theorem("disagreement/buyer-ahead", "METER-BOUND-03", "METER-BOUND-04")
def buyer_ahead(given: Given) -> bool:
    """An honest buyer's book is ahead of an honest seller's by no more than the bound."""
    charged, booked, most = _two_books(given, _price(given, "price"))
    return booked - charged <= most.buyer_ahead


def _one_more(given: Given, terms: LinkTerms, price: int, spread: int) -> tuple[int, int, int, int]:
    """What happens once more to two books: the octets of it are all that can be but for some, so that no
    product of two unknown numbers has to be compared with another.

    Gives how much more is charged, how much more is booked, changes, and restarts of one end.
    """
    unused = given.integer("unused", 0, 2**110)
    if given.boolean("the_price_changes"):
        octets = disagreement.disputed(terms) - unused
        given.assume(octets >= 0, "no fewer than none are disputed")
        return money.charge_of(price - spread, octets), money.charge_of(price, octets), 1, 0
    octets = disagreement.unread(terms) - unused
    given.assume(octets >= 0, "no fewer than none are lost")
    return 0, money.charge_of(price, octets), 0, 1


def _any_books(given: Given) -> tuple[LinkTerms, int, int, int, int]:
    """Any link, highest price, spread, and however many changes and restarts there were."""
    terms, price, spread = _terms(given), _price(given, "price"), given.integer("spread", 0, _LARGEST_PRICE)
    given.assume(spread <= price, "the lowest price is not below zero")
    changes, restarts = given.integer("changes", 0, 2**40), given.integer("restarts", 0, 2**40)
    return terms, price, spread, changes, restarts


@theorem("disagreement/buyer-ahead-grows", "METER-BOUND-03", "METER-BOUND-04")
def buyer_ahead_grows(given: Given) -> bool:
    """However often prices have changed and the seller's counters have begun anew: if the buyer's book was
    ahead by no more than the bound, it still is when either has happened once more.

    With ``disagreement/buyer-ahead`` for none of either, the bound holds for any number of both.
    """
    terms, price, spread, changes, restarts = _any_books(given)
    ahead = given.integer("ahead", -(2**200), 2**200)
    before = disagreement.buyer_ahead(terms, price, spread, changes, restarts)
    given.assume(ahead <= before, "the bound has held so far")
    charged, booked, change, restart = _one_more(given, terms, price, spread)
    after = disagreement.buyer_ahead(terms, price, spread, changes + change, restarts + restart)
    return ahead + booked - charged <= after


@theorem("disagreement/seller-ahead-grows", "METER-BOUND-02")
def seller_ahead_grows(given: Given) -> bool:
    """However often the buyer's counters have begun anew: if the seller's book was ahead by no more than the
    bound, it still is when they have once more, or when the price changes.
    """
    terms, price, spread, _, restarts = _any_books(given)
    ahead = given.integer("ahead", -(2**200), 2**200)
    given.assume(ahead <= disagreement.seller_ahead(terms, price, restarts), "the bound has held so far")
    charged, booked, _, restart = _one_more(given, terms, price, spread)
    lost = booked if restart else charged - booked  # what the buyer's counters lose, the seller has charged
    return ahead + lost <= disagreement.seller_ahead(terms, price, restarts + restart)


@witness("disagreement/seller-tight", "METER-BOUND-02")
def seller_tight(given: Given) -> bool:
    """Two honest books in which the seller is ahead by all of the bound, and it is not zero."""
    charged, booked, most = _two_books(given, 100)
    return all_of(charged - booked == most.seller_ahead, charged > booked)


@witness("disagreement/buyer-tight", "METER-BOUND-03", "METER-BOUND-04")
def buyer_tight(given: Given) -> bool:
    """Two honest books in which the buyer is ahead by all of the bound, after a change of price."""
    charged, booked, most = _two_books(given, 100)
    return all_of(
        booked - charged == most.buyer_ahead,
        booked > charged,
        given.integer("spread", 0, _LARGEST_PRICE) == 7,
    )


def _answered(given: Given) -> tuple[int, int, int, Reconciliation]:
    booked, reported = given.integer("booked", 0, 2**80), given.integer("reported", 0, 2**80)
    missed = given.integer("missed", 0, 2**60)
    earlier = Reconciliation(correction=given.integer("earlier", -(2**80), 2**60))
    state = reconciliation.report(reconciliation.mark(earlier, booked), earlier.sent, reported, missed)
    assert isinstance(state, Reconciliation)
    return booked, reported, missed, state


@theorem("reconciliation/over-claim", "METER-MARK-03", "METER-MARK-04")
def over_claim(given: Given) -> bool:
    """Whatever a seller claims, and however often, the buyer books at most its own count and what it knows
    that it missed.
    """
    booked, _, missed, state = _answered(given)
    return booked + state.correction <= booked + missed


@theorem("reconciliation/exact", "METER-MARK-01", "METER-MARK-02")
def exact(given: Given) -> bool:
    """Up to a mark that was answered with no more than the buyer's count, both books say the same."""
    booked, reported, missed, state = _answered(given)
    return any_of(reported > booked + missed, booked + state.correction == reported)


@theorem("reconciliation/repeated", "METER-MARK-04")
def repeated(given: Given) -> bool:
    """A report that comes twice counts once."""
    booked, reported = given.integer("booked", 0, 2**80), given.integer("reported", 0, 2**80)
    state = reconciliation.mark(Reconciliation(), booked)
    answered = reconciliation.report(state, 0, reported, 0)
    assert isinstance(answered, Reconciliation)
    again = reconciliation.report(answered, 0, reported, 0)
    return not isinstance(again, Reconciliation)
