# SPDX-License-Identifier: MIT
"""What an octet costs: the price that was said, to whom it was said, and what a relay can lose."""

from ipaddress import IPv6Address

from althea_spec.reference.payments import billing, counters, price_history, relay_margin
from althea_spec.reference.payments.billing import Traffic
from althea_spec.reference.payments.price_history import Former, PriceHistory
from althea_spec.reference.routing import price
from althea_spec.reference.routing.profile import NOT_FOR_SALE, Profile

from ..engine.given import Given
from ..engine.logic import all_of, any_of
from ..engine.obligations import theorem, witness

_LARGEST = NOT_FOR_SALE[Profile.ALTHEA]
_LONG = 2**50
DESTINATION = IPv6Address("fd00:a17e::1")
_RATE = 12_500_000
"""Octets per second."""
_GRACE = 58_000_000
"""Microseconds: the grace of Updates that come every 16 s."""


def _price(given: Given, name: str) -> int:
    return given.integer(name, 0, _LARGEST - 1)


def _time(given: Given, name: str) -> int:
    return given.integer(name, 0, _LONG)


def _onward(asked: int, own: int) -> int:
    total = price.onward(asked, own, Profile.ALTHEA)
    assert total is not None
    return total


@theorem("billing/margin", "BILL-MARGIN-01", "BILL-BUY-01", "BILL-SELL-01")
def margin(given: Given) -> bool:
    """A relay whose prices rest keeps exactly its own price of what it sells, as long as that is for sale."""
    asked, own = _price(given, "asked"), _price(given, "own")
    sold = price_history.least(PriceHistory(_onward(asked, own)), 0)
    bought = price_history.greatest(PriceHistory(asked), 0)
    given.assume(asked + own < _LARGEST, "the sum is for sale")
    return relay_margin.margin(sold, bought) == own


@theorem("billing/path-adds-up", "BILL-PATH-01", "BILL-MARGIN-01")
def path_adds_up(given: Given) -> bool:
    """What the source pays for an octet is what the relays keep and the destination asks, together."""
    destination = _price(given, "destination")
    owns = [_price(given, f"own_{number}") for number in range(3)]
    given.assume(destination + sum(owns) < _LARGEST, "the path is for sale")
    asked, kept = destination, 0
    for own in owns:
        sold = _onward(asked, own)
        kept += relay_margin.margin(sold, asked)
        asked = sold
    return asked == kept + destination


@theorem("billing/nothing-offered", "BILL-UNKNOWN-01", "BILL-UNKNOWN-02")
def nothing_offered(given: Given) -> bool:
    """Nobody is charged for data to a prefix that was not on offer to it."""
    octets, packets = given.integer("octets", 0, _LONG), given.integer("packets", 0, 2**40)
    since = _time(given, "since")
    history = price_history.NEVER_OFFERED
    return (
        billing.sold(history, since, octets, packets) == 0 == billing.bought(history, since, octets, packets)
    )


@theorem("billing/withdrawn", "BILL-CHANGED-02", "BILL-UNKNOWN-02")
def withdrawn(given: Given) -> bool:
    """What was withdrawn is charged at its last price for the grace, and not at all after it."""
    asked, said, grace, since = (
        _price(given, "asked"),
        _time(given, "said"),
        _time(given, "grace"),
        _time(given, "since"),
    )
    history = price_history.changed(PriceHistory(asked), None, said, grace)
    charged = price_history.least(history, since)
    return (charged is None) if since >= said + grace else charged == asked


@theorem("billing/acknowledged", "BILL-GRACE-03")
def acknowledged(given: Given) -> bool:
    """Once the neighbour has acknowledged a price, no older one counts for what comes after it, and for what
    came before they still do.
    """
    first, second = _price(given, "first"), _price(given, "second")
    given.assume(first != second, "the price changes")
    said, grace, heard = _time(given, "said"), _time(given, "grace"), _time(given, "heard")
    since = _time(given, "since")
    before = price_history.changed(PriceHistory(first), second, said, grace)
    after = price_history.acknowledged(before, before.number, heard)
    charged = price_history.least(after, since)
    if since >= heard or since >= said + grace:
        return charged == second
    return charged == price_history.least(before, since)


@theorem("billing/forgotten", "METER-SPLIT-03")
def forgotten(given: Given) -> bool:
    """What is forgotten of a history after a reading changes no price from then on, at either end."""
    history = PriceHistory(_price(given, "price_0"))
    for number in (1, 2):
        history = price_history.changed(
            history, _price(given, f"price_{number}"), _time(given, f"said_{number}"), _time(given, "grace")
        )
    read, since = _time(given, "read"), _time(given, "since")
    given.assume(read <= since, "it is about later intervals")
    kept = price_history.forgotten(history, read)
    same_least = price_history.least(kept, since) == price_history.least(history, since)
    return same_least and price_history.greatest(kept, since) == price_history.greatest(history, since)


@theorem("billing/next-change", "METER-SPLIT-01")
def next_change(given: Given) -> bool:
    """Up to the time that the history names, no price ceases to count."""
    history = PriceHistory(_price(given, "price_0"))
    for number in (1, 2):
        history = price_history.changed(
            history, _price(given, f"price_{number}"), _time(given, f"said_{number}"), _time(given, "grace")
        )
    now, later = _time(given, "now"), _time(given, "later")
    given.assume(now <= later, "later is later")
    change = price_history.next_change(history, now)
    if change is not None:
        given.assume(later < change, "before that time")
    return price_history.least(history, later) == price_history.least(history, now)


def _former(given: Given, name: str, since: int, least: int, most: int) -> Former:
    """A former price of any age: while it counts it is within these."""
    former = Former(given.integer(f"{name}_price", 0, _LARGEST), 0, _time(given, f"{name}_until"))
    within = all_of(least <= former.price, former.price <= most)
    given.assume(
        any_of(former.until <= since, within), "no price that counts is beyond the least or the most"
    )
    return former


def _one_more_price(given: Given, own: int, grace: int) -> tuple[PriceHistory, int, int, int]:
    """A history in which anything was asked before, and then one price more; since when it is looked at; and
    the least and the most that counted from then on or is asked now, ``own`` on top.

    ``changed`` puts a price behind the former ones and looks at none of them, so that one former price stands
    for all there are: what holds of it before and after one change holds through any number of them.
    """
    since, heard = _time(given, "since"), _time(given, "heard")
    asked, new, least, most = (_price(given, name) for name in ("asked", "new", "least", "most"))
    given.assume(all_of(least <= asked, least <= new), "nothing less is asked")
    given.assume(all_of(asked <= most, new <= most), "nothing more is asked")
    given.assume(most + own < _LARGEST, "the sum stays for sale")
    former = _former(given, "former", since, least + own, most + own)
    before = PriceHistory(_onward(asked, own), 1, (former,))
    after = price_history.changed(before, _onward(new, own), heard, grace)
    assert after.formers[0] is former
    return after, since, least, most


@theorem("relay/buys-at-most", "BILL-LOSS-01")
def buys_at_most(given: Given) -> bool:
    """Through any number of changes, and whenever it reads, a relay buys at no more than the most that its
    next hop asked for and that counted since the last reading.
    """
    bought, since, _, most = _one_more_price(given, 0, 0)
    buys = price_history.greatest(bought, since)
    return buys is not None and buys <= most


@theorem("relay/sells-at-least", "BILL-LOSS-01")
def sells_at_least(given: Given) -> bool:
    """Through any number of changes, and whenever it reads, a relay sells at no less than its own price on
    top of the least that its next hop asked for and that counted since the last reading.
    """
    own = _price(given, "own")
    sold, since, least, _ = _one_more_price(given, own, _time(given, "grace"))
    sells = price_history.least(sold, since)
    return sells is not None and sells >= least + own


@theorem("relay/loss-bounded", "BILL-LOSS-01")
def loss_bounded(given: Given) -> bool:
    """On no octet does a relay lose more than its next hop's price has risen less its own.

    That it buys and sells within these, however often prices change, is ``relay/buys-at-most`` and
    ``relay/sells-at-least``.
    """
    own, least, most = _price(given, "own"), _price(given, "least"), _price(given, "most")
    buys, sells = _price(given, "buys"), given.integer("sells", 0, _LARGEST)
    given.assume(buys <= most, "it buys at no more than the most")
    given.assume(sells >= least + own, "it sells at no less than the least, and its own price")
    given.assume(least <= most, "the least is no more than the most")
    octets = counters.octets_within(_RATE, _GRACE)
    lost = -relay_margin.margin(sells, buys)
    return lost * octets <= relay_margin.largest_loss(most - least, own, _RATE, _GRACE)


@theorem("relay/loss-ends", "BILL-LOSS-01", "BILL-LOSS-02")
def loss_ends(given: Given) -> bool:
    """Once a window has passed since the last change, a relay loses nothing and keeps its own price."""
    own, grace, reads = _price(given, "own"), _time(given, "grace"), _time(given, "reads")
    asked, new = _price(given, "asked"), _price(given, "new")
    given.assume(new + own < _LARGEST, "the sum stays for sale")
    given.assume(asked + own < _LARGEST, "the sum stays for sale")
    heard, since, now = _time(given, "heard"), _time(given, "since"), _time(given, "now")
    given.assume(now <= since + reads, "the relay reads often enough")
    given.assume(heard + relay_margin.window(grace, reads) <= now, "a window has passed")
    bought = price_history.changed(PriceHistory(asked), new, heard)
    sold = price_history.changed(PriceHistory(_onward(asked, own)), _onward(new, own), heard, grace)
    kept = relay_margin.margin(price_history.least(sold, since), price_history.greatest(bought, since))
    return kept == own


@theorem("relay/no-loss-by-falling", "BILL-LOSS-01")
def no_loss_by_falling(given: Given) -> bool:
    """While its next hop's price falls, a relay that reads at the change earns no less than its own price."""
    own, grace = _price(given, "own"), _time(given, "grace")
    asked, new = _price(given, "asked"), _price(given, "new")
    given.assume(new <= asked, "the price falls")
    given.assume(asked + own < _LARGEST, "the sum is for sale")
    heard, since = _time(given, "heard"), _time(given, "since")
    given.assume(heard <= since, "the relay has read when it changed")
    bought = price_history.changed(PriceHistory(asked), new, heard)
    sold = price_history.changed(PriceHistory(_onward(asked, own)), _onward(new, own), heard, grace)
    return relay_margin.margin(price_history.least(sold, since), price_history.greatest(bought, since)) >= own


@witness("relay/loss-tight", "BILL-LOSS-01")
def loss_tight(given: Given) -> bool:
    """A relay that loses all that the bound allows: one rise, the grace used to its end at full rate."""
    own, asked, new = _price(given, "own"), _price(given, "asked"), _price(given, "new")
    given.assume(all_of(new + own < _LARGEST, asked < new), "the price rises and is for sale")
    bought = price_history.changed(PriceHistory(asked), new, 0)
    sold = price_history.changed(PriceHistory(_onward(asked, own)), _onward(new, own), 0, _GRACE)
    octets = counters.octets_within(_RATE, _GRACE)
    last = _GRACE - 1
    kept = relay_margin.margin(price_history.least(sold, last), price_history.greatest(bought, last))
    most = relay_margin.largest_loss(new - asked, own, _RATE, relay_margin.window(_GRACE, 0))
    return all_of(-kept * octets == most, kept < 0, own > 0)


@theorem("billing/offer", "BILL-OFFER-01", "BILL-OFFER-02")
def offer(given: Given) -> bool:
    """A price that is not for sale is no offer, every other is one, and to name none is to ask nothing."""
    named = given.boolean("is_named")
    asked = given.integer("price", 0, _LARGEST)
    offered = billing.offer(asked if named else None, Profile.ALTHEA)
    if not named:
        return offered == 0
    return offered is None if asked == _LARGEST else offered == asked


@theorem("billing/traffic", "BILL-CHANGED-02", "BILL-UNKNOWN-01", "BILL-OWN-01")
def traffic(given: Given) -> bool:
    """Data has a price exactly when it is not called unoffered, whoever is its destination."""
    history = PriceHistory(given.optional("current", lambda: _price(given, "current")))
    changed = price_history.changed(
        history,
        given.optional("new", lambda: _price(given, "new")),
        _time(given, "said"),
        _time(given, "grace"),
    )
    now = _time(given, "now")
    kind = billing.traffic(DESTINATION, changed, now)
    return (kind is Traffic.NOT_OFFERED) == (price_history.least(changed, now) is None)
