# SPDX-License-Identifier: MIT
"""What happens to the meter of a tunnel whose books are in the ledger, and what it has to do about it.

Whoever reads the counters of a kernel says what they show, and nothing else: what was there before, what it
costs, and to whose account it goes is the ledger's.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

from attrs import Attribute, field, frozen
from attrs.validators import optional

from ..routing.messages import Address, Microseconds, Prefix, Price
from .book import Counting, Side
from .identity import Identity
from .metering_rejection import MeteringRejection
from .money import Charge, Octets


def _not_below_zero(_: object, attribute: "Attribute[Any]", value: int) -> None:
    if value < 0:
        raise ValueError(f"{attribute.name}: expected 0 or more, got {value}")


@frozen
class TunnelOpened:
    """The counters of a neighbour's tunnel have begun; its books are opened."""

    identity: Identity
    counting: Counting
    run: int = field(default=0, validator=_not_below_zero)
    """Which run of the counters this is; when they begin anew, they have a larger number."""


@frozen
class PriceChanged:
    """We have told the neighbour another price for a prefix (seller), or it has told us one (buyer).

    Read the counters first, and nothing straddles.
    """

    identity: Identity
    side: Side
    prefix: Prefix
    price: Price | None = field(validator=optional(_not_below_zero))
    """``None``: it is not offered any more."""
    grace: Microseconds = field(default=0, validator=_not_below_zero)
    """How long the price before still counts; 0 at the buyer."""


@frozen
class LineCount:
    """What the counters of one destination show."""

    destination: Address
    octets: Octets
    packets: int


def _check_lines(_: object, attribute: "Attribute[Any]", lines: Iterable[LineCount]) -> None:
    seen: set[Address] = set()
    for one in lines:
        if one.destination in seen:
            raise ValueError(f"{attribute.name}: expected each destination once, got {one.destination} again")
        seen.add(one.destination)


@frozen
class CountersRead:
    """What all counters of a tunnel show now; they are not set to zero."""

    identity: Identity
    run: int = field(validator=_not_below_zero)
    received: tuple[LineCount, ...] = field(default=(), validator=_check_lines)
    """What the neighbour has sent us: it owes for that.  A line that is missing has not moved."""
    sent: tuple[LineCount, ...] = field(default=(), validator=_check_lines)
    """What we have sent the neighbour."""


@frozen
class MarkWanted:
    """The counters were just read: a mark is to be sent, so that the seller says what it has charged."""

    identity: Identity


@frozen
class MarkReported:
    """The neighbour says what it had charged us in all when a mark came."""

    identity: Identity
    number: int
    charged: Charge


MeteringEvent: TypeAlias = TunnelOpened | PriceChanged | CountersRead | MarkWanted | MarkReported


@frozen
class SendMark:
    """Send a mark with that number through the tunnel."""

    identity: Identity
    number: int


@frozen
class Uncharged:
    """A line showed what it can not show; what came through it is charged to nobody."""

    identity: Identity
    side: Side
    destination: Address
    reason: MeteringRejection


MeteringEffect: TypeAlias = SendMark | Uncharged
