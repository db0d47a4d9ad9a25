# SPDX-License-Identifier: MIT
"""What an octet costs: the seller's price for the buyer who sent it, and for the prefix it was sent to.

A neighbour that sends us data owes the price that we advertised to it for that destination; we owe the
neighbour that we send it on to the price that it advertised.  So our own price is what stays with us, and a
destination earns nothing unless it asks for something.
"""

from collections.abc import Iterable
from enum import Enum, unique

from ..routing.messages import Address, Microseconds, Prefix, Price
from ..routing.price import is_affordable
from ..routing.profile import Profile
from . import money, overhead, price_history
from .money import Charge, Octets
from .price_history import PriceHistory


@unique
class Traffic(Enum):
    """What a neighbour has sent us, as far as billing goes."""

    LINK = "what neighbours say to each other on the link; nobody is charged"
    OFFERED = "data to a prefix that we offer the neighbour now; at the price that counts"
    WITHDRAWN = "data to a prefix that we have just ceased to offer; at its last price, for the grace"
    NOT_OFFERED = "data to a prefix that we do not offer the neighbour; nobody is charged"


def offer(price: Price | None, profile: Profile) -> Price | None:
    """What an Update of ours offers at, with that price; ``None``: it offers nothing.

    An Update that names no price offers for nothing; a retraction is no offer, and is not asked about here.

    Requirement: BILL-OFFER-01, BILL-OFFER-02
    """
    if price is None:
        return 0
    return price if is_affordable(price, None, profile) else None


def covering(prefixes: Iterable[Prefix], destination: Address) -> Prefix | None:
    """The longest prefix with that destination, among those whose price the seller has told the buyer.

    Both ends ask the same Updates, and not their forwarding tables, which differ.

    Requirement: BILL-PREFIX-01
    """
    matching = [one for one in prefixes if destination.version == one.version and destination in one]
    return max(matching, key=lambda one: one.prefixlen, default=None)


def traffic(destination: Address, history: PriceHistory | None, now: Microseconds) -> Traffic:
    """What a packet is that a neighbour has sent us at ``now``.

    Requirement: BILL-UNKNOWN-01, BILL-CHANGED-02, METER-WHAT-02
    """
    if not overhead.is_metered(destination):
        return Traffic.LINK
    if history is None or not price_history.counting(history, now):
        return Traffic.NOT_OFFERED
    return Traffic.WITHDRAWN if history.current is None else Traffic.OFFERED


def charge(price: Price | None, octets: Octets, packets: int) -> Charge:
    """What packets of so many octets cost; nothing where nothing was on offer.

    Requirement: BILL-UNKNOWN-02, METER-OVERHEAD-01
    """
    return money.charge_of(price or 0, overhead.billed(octets, packets))


def sold(history: PriceHistory, since: Microseconds, octets: Octets, packets: int) -> Charge:
    """What a neighbour owes us for what it sent since the last reading.

    Requirement: BILL-SELL-01
    """
    return charge(price_history.least(history, since), octets, packets)


def bought(history: PriceHistory, since: Microseconds, octets: Octets, packets: int) -> Charge:
    """What we owe a neighbour for what we sent it since the last reading.

    Requirement: BILL-BUY-01, BILL-CAP-01
    """
    return charge(price_history.greatest(history, since), octets, packets)
