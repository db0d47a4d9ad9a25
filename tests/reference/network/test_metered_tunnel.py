# SPDX-License-Identifier: GPL-2.0-only
"""Two ends of one tunnel: what is read, what is reported, and what a liar counts."""

from ipaddress import IPv6Address, IPv6Network

from althea_spec.reference.network import metered_tunnel
from althea_spec.reference.network.metered_tunnel import Line, MeteredTunnel, Use
from althea_spec.reference.network.quality import MILLION
from althea_spec.reference.network.tariffs import Tariff
from althea_spec.reference.payments.overhead import PACKET_OVERHEAD
from althea_spec.reference.payments.price_history import PriceHistory
from althea_spec.reference.routing.neighbours import NeighbourKey

SECOND = 1_000_000
THERE = IPv6Address("fd00:a17e::1")
PREFIX = IPv6Network("fd00:a17e::/64")
SELLER, BUYER = (NeighbourKey("l", IPv6Address(f"fe80::{number}")) for number in (1, 2))
BILLED = 10 * (1_000 + PACKET_OVERHEAD)


def ends() -> tuple[MeteredTunnel, Tariff, MeteredTunnel, Tariff]:
    """A buyer that has sent ten packets at price 3, of which the seller has got nine."""
    buyer, seller = metered_tunnel.opened(SELLER, 10**6, 0), metered_tunnel.opened(BUYER, 10**6, 0)
    buyer.sent[THERE], seller.received[THERE] = Line(), Line()
    buyer.sent[THERE].add(10, 1_000, MILLION)
    seller.received[THERE].add(9, 1_000, MILLION)
    price = PriceHistory(3)
    return buyer, Tariff(1, heard={PREFIX: {SELLER: price}}), seller, Tariff(2, said={PREFIX: price})


def test_each_end_books_what_it_counted() -> None:
    """Requirement: ECO-BOOK-01"""
    buyer, heard, seller, said = ends()
    assert metered_tunnel.read(buyer, heard, SECOND) == Use(3 * BILLED, 0)
    assert metered_tunnel.read(seller, said, SECOND) == Use(0, 3 * BILLED * 9 // 10)
    assert metered_tunnel.read(buyer, heard, 2 * SECOND) == Use(0, 0)


def test_a_report_takes_back_what_was_lost_and_adds_nothing() -> None:
    """Requirement: ECO-BOOK-02"""
    buyer, heard, seller, said = ends()
    metered_tunnel.read(buyer, heard, SECOND)
    metered_tunnel.read(seller, said, SECOND)
    assert metered_tunnel.compare(buyer, seller) == -3 * BILLED // 10
    assert metered_tunnel.compare(buyer, seller) == 0
    seller.selling.charged *= 10
    assert metered_tunnel.compare(buyer, seller) == 3 * BILLED // 10


def test_who_lies_counts_another_number_of_packets() -> None:
    line = Line()
    line.add(10, 100, 1_500_000)
    line.add(10, 100, 300_000)
    assert (line.packets, line.octets) == (18, 1_800)


def test_the_peak_is_the_most_of_one_moment() -> None:
    tunnel = metered_tunnel.opened(SELLER, 10**6, 0)
    for octets, now in ((5, 1), (6, 1), (10, 2), (1, 3)):
        tunnel.note_sent(octets, now)
    assert tunnel.peak == 11
