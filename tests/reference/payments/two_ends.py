# SPDX-License-Identifier: GPL-2.0-only
"""A tunnel with a buyer and a seller: packets and prices under way, and readings at any moment.

What each packet should cost is computed beside it, packet by packet, from what was said and heard and when.
"""

from collections.abc import Iterator
from heapq import merge
from ipaddress import IPv6Address, IPv6Network

from attrs import frozen

from althea_spec.reference.payments import book, metering
from althea_spec.reference.payments.book import Book, Counting, Side
from althea_spec.reference.payments.counters import Count, Reading

PREFIX = IPv6Network("fd00:a17e:0:7::/64")
DESTINATION = IPv6Address("fd00:a17e:0:7::1")
RATE = 1_000_000
OVERHEAD = 80


@frozen
class Packet:
    sent: int
    transit: int
    octets: int
    is_lost: bool = False

    @property
    def billed(self) -> int:
        return self.octets + OVERHEAD

    @property
    def received(self) -> int:
        return self.sent + self.transit


@frozen
class Change:
    """The seller says a price, and the buyer hears of it."""

    said: int
    heard: int
    price: int


@frozen
class World:
    packets: tuple[Packet, ...]
    changes: tuple[Change, ...]
    """The first is said and heard at 0."""
    grace: int
    seller_reads: tuple[int, ...]
    buyer_reads: tuple[int, ...]
    width: int = 64
    start: int = 0
    """What the counters show at first."""

    @property
    def arrived(self) -> list[Packet]:
        return sorted((one for one in self.packets if not one.is_lost), key=lambda one: one.received)


def seller_price(world: World, moment: int) -> int:
    """The least price that the buyer may go by."""
    said = [one for one in world.changes if one.said <= moment]
    until = [after.said + world.grace for after in said[1:]] + [moment + 1]
    return min(one.price for one, end in zip(said, until, strict=True) if end > moment)


def buyer_price(world: World, moment: int) -> int:
    """The newest price that it has heard."""
    return [one.price for one in world.changes if one.heard <= moment][-1]


def charged(world: World, until: int) -> int:
    """What the seller's book says when it was last read before or at a moment."""
    one = Book(Side.SELLER, Counting(RATE, world.width), 0, bases={DESTINATION: Count(world.start, 0)})
    packets = [(each.received, each.octets) for each in world.arrived]
    changes = [(each.said, each.price) for each in world.changes]
    return _run(one, packets, changes, world.grace, world.seller_reads, until)


def booked(world: World, until: int) -> int:
    """The same of the buyer's book."""
    one = Book(Side.BUYER, Counting(RATE, world.width), 0, bases={DESTINATION: Count(world.start, 0)})
    packets = [(each.sent, each.octets) for each in sorted(world.packets, key=lambda one: one.sent)]
    changes = [(each.heard, each.price) for each in world.changes]
    return _run(one, packets, changes, 0, world.buyer_reads, until)


def ends_of_grace(world: World) -> Iterator[int]:
    """When a price ceases to count at the seller."""
    return (one.said + world.grace for one in world.changes[1:])


def _run(
    one: Book,
    packets: list[tuple[int, int]],
    changes: list[tuple[int, int]],
    grace: int,
    reads: tuple[int, ...],
    until: int,
) -> int:
    """At the same instant counters are read first, then a price changes, then a packet comes."""
    start = one.bases[DESTINATION].octets
    octets = count = 0
    events = merge(
        [(moment, 0, 0) for moment in sorted(reads)],
        [(moment, 1, price) for moment, price in changes],
        [(moment, 2, size) for moment, size in packets],
    )
    for moment, kind, value in events:
        if moment > until:
            break
        if kind == 0:
            shown = Count((start + octets) % (1 << one.counting.width), count)
            read = metering.read(one, Reading(moment, 0, {DESTINATION: shown}))
            assert read.rejections == ()
        elif kind == 1:
            book.say_price(one, PREFIX, value, moment, grace)
        else:
            octets, count = octets + value, count + 1
    return one.charged
