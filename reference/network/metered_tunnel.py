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
    run: int = 0
    """Which run of the counters this is."""
    first_run: int = 0
    """In which the tunnel was opened."""
    reported_runs: tuple[int, int] | None = None
    """Of both ends, the buyer's first, when the last report came."""
    peak: Octets = 0
    """The most billed octets that were really sent in one tick."""
    _tick: tuple[Microseconds, Octets] = (0, 0)

    def note_sent(self, octets: Octets, now: Microseconds) -> None:
        """So many billed octets really go now."""
        at, before = self._tick
        self._tick = (now, octets + (before if at == now else 0))
        self.peak = max(self.peak, self._tick[1])


def opened(key: NeighbourKey, rate: int, now: Microseconds, run: int = 0) -> MeteredTunnel:
    """A tunnel that carries ``rate`` octets per second at most, from now on."""
    counting = Counting(rate)
    books = Book(Side.SELLER, counting, now, run), Book(Side.BUYER, counting, now, run)
    return MeteredTunnel(key, *books, reported_at=now, run=run, first_run=run)


def follow_counters(tunnel: MeteredTunnel, run: int) -> None:
    """If the kernel's counters have begun anew since, what they had counted is not there any more.

    Requirement: ECO-COUNT-01
    """
    if tunnel.run != run:
        tunnel.run = run
        tunnel.received.clear()
        tunnel.sent.clear()


def restarts_since_report(buyer: MeteredTunnel, seller: MeteredTunnel) -> tuple[int, int]:
    """How often the counters of either end, the buyer's first, have begun anew since the last report.

    Requirement: ECO-COUNT-01
    """
    before = buyer.reported_runs or (buyer.first_run, seller.first_run)
    return buyer.run - before[0], seller.run - before[1]


def read(tunnel: MeteredTunnel, tariff: Tariff, now: Microseconds) -> Use:
    """Read both books; gives what has been used since they were last read.

    Requirement: ECO-BOOK-01
    """
    tunnel.selling.prices = dict(tariff.said)
    tunnel.buying.prices = {
        prefix: histories[tunnel.key] for prefix, histories in tariff.heard.items() if tunnel.key in histories
    }
    sold = metering.read(tunnel.selling, _reading(tunnel.received, tunnel.run, now))
    bought = metering.read(tunnel.buying, _reading(tunnel.sent, tunnel.run, now))
    return Use(bought.charge, sold.charge)


def compare(buyer: MeteredTunnel, seller: MeteredTunnel) -> Charge:
    """The buyer sends a mark, and the seller, who has just read its book, answers it; gives by how much the
    buyer has used more than it had thought.

    Requirement: ECO-BOOK-02, ECO-COUNT-01
    """
    marked = reconciliation.mark(buyer.reconciliation, buyer.buying.charged)
    answered = reconciliation.report(marked, marked.sent - 1, seller.selling.charged, buyer.buying.missed)
    if isinstance(answered, MeteringRejection):
        raise AssertionError(f"a mark that was just sent is refused: {answered.value}")
    change = answered.correction - buyer.reconciliation.correction
    buyer.reconciliation = answered
    buyer.reported_runs = buyer.run, seller.run
    return change


def key_of(node: Node, neighbour: Node, link: str) -> NeighbourKey:
    """Where a node's router knows a neighbour on a link."""
    return NeighbourKey(link, node.links[link].ends[neighbour.name])


def _reading(lines: dict[Address, Line], run: int, now: Microseconds) -> Reading:
    return Reading(
        now, run, {destination: Count(one.octets, one.packets) for destination, one in lines.items()}
    )
