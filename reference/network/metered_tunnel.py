# SPDX-License-Identifier: MIT
"""The counters and books of one node's tunnel to one neighbour, and how the two ends compare them.

The counters are what a kernel would count; a node that lies about them has them count wrongly.
"""

from attrs import define, field, frozen

from ..payments import metering, reconciliation
from ..payments.book import Book, Counting, Side
from ..payments.counters import Count, Reading
from ..payments.metering_rejection import MeteringRejection
from ..payments.money import Charge, Octets
from ..payments.reconciliation import Reconciliation
from ..routing.messages import Address, Microseconds
from ..routing.neighbours import NeighbourKey
from .node import Node
from .quality import MILLION
from .tariffs import Tariff


@define
class Line:
    """What went one way to one destination, since the tunnel is there."""

    octets: int = 0
    packets: int = 0

    def add(self, packets: int, octets: int, share: int) -> None:
        """Count packets of so many octets each; ``share`` millionths of them."""
        counted = packets * share // MILLION
        self.packets += counted
        self.octets += counted * octets


@frozen
class Use:
    """What has been used between two readings, at the prices that held."""

    by_us: Charge
    by_them: Charge


@define
class MeteredTunnel:
    """One node's end of it."""

    key: NeighbourKey
    """Where its router knows the neighbour."""
    selling: Book
    """What the neighbour sent us."""
    buying: Book
    """What we sent the neighbour."""
    received: dict[Address, Line] = field(factory=dict)
    sent: dict[Address, Line] = field(factory=dict)
    reconciliation: Reconciliation = field(factory=Reconciliation)
    sent_since_report: int = 0
    """Packets that were really sent since the last report."""
    lost_since_report: int = 0
    """Packets of these that the neighbour did not take."""
    reported_at: Microseconds = 0
    """When the last report came, or the tunnel was opened."""
    peak: Octets = 0
    """The most billed octets that were really sent in one tick."""
    _tick: tuple[Microseconds, Octets] = (0, 0)

    def note_sent(self, octets: Octets, now: Microseconds) -> None:
        """So many billed octets really go now."""
        at, before = self._tick
        self._tick = (now, octets + (before if at == now else 0))
        self.peak = max(self.peak, self._tick[1])


def opened(key: NeighbourKey, rate: int, now: Microseconds) -> MeteredTunnel:
    """A tunnel that carries ``rate`` octets per second at most, from now on."""
    counting = Counting(rate)
    books = Book(Side.SELLER, counting, now), Book(Side.BUYER, counting, now)
    return MeteredTunnel(key, *books, reported_at=now)


def read(tunnel: MeteredTunnel, tariff: Tariff, now: Microseconds) -> Use:
    """Read both books; gives what has been used since they were last read.

    Requirement: ECO-BOOK-01
    """
    tunnel.selling.prices = dict(tariff.said)
    tunnel.buying.prices = {
        prefix: histories[tunnel.key] for prefix, histories in tariff.heard.items() if tunnel.key in histories
    }
    sold = metering.read(tunnel.selling, _reading(tunnel.received, now))
    bought = metering.read(tunnel.buying, _reading(tunnel.sent, now))
    return Use(bought.charge, sold.charge)


def compare(buyer: MeteredTunnel, seller: MeteredTunnel) -> Charge:
    """The buyer sends a mark, and the seller, who has just read its book, answers it; gives by how much the
    buyer has used more than it had thought.

    Requirement: ECO-BOOK-02
    """
    marked = reconciliation.mark(buyer.reconciliation, buyer.buying.charged)
    answered = reconciliation.report(marked, marked.sent - 1, seller.selling.charged, 0)
    if isinstance(answered, MeteringRejection):
        raise AssertionError(f"a mark that was just sent is refused: {answered.value}")
    change = answered.correction - buyer.reconciliation.correction
    buyer.reconciliation = answered
    return change


def key_of(node: Node, neighbour: Node, link: str) -> NeighbourKey:
    """Where a node's router knows a neighbour on a link."""
    return NeighbourKey(link, node.links[link].ends[neighbour.name])


def _reading(lines: dict[Address, Line], now: Microseconds) -> Reading:
    return Reading(
        now, 0, {destination: Count(one.octets, one.packets) for destination, one in lines.items()}
    )
