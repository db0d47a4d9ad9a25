# SPDX-License-Identifier: MIT
"""How many round trips over a link survive, estimated from what Babel sends anyway.

Towards us every Multicast Hello counts: the seqno says which ones were lost.  Away from us an IHU with
timestamps (RFC 9616) says which of our Hellos the neighbour heard last: if that is not the newest one that
must have been there when the IHU left, the newest one was lost.  Both directions are shares of independent
trials, and the delivery of the link is their product.  How one share is estimated is in ``share``.
"""

from collections.abc import Iterable
from typing import Final

from attrs import evolve, frozen

from . import seqno as seqnos
from . import share as shares
from .constants import TIMESTAMP_MODULUS
from .messages import Delivery, Microseconds
from .path_quality import WHOLE_DELIVERY
from .share import NO_TRIALS, Share


@frozen
class LinkDelivery:
    """What is known of one link."""

    towards_us: Share = NO_TRIALS
    away: Share = NO_TRIALS
    newest_seqno: int | None = None
    """Of the neighbour's Multicast Hellos."""
    newest_judged: Microseconds | None = None
    """When the newest of our Hellos whose fate is known was sent."""


NOTHING_KNOWN: Final = LinkDelivery()


def on_hello(link: LinkDelivery, seqno: int) -> LinkDelivery:
    """A Multicast Hello came; those that its seqno passes over were lost.  One that is late changes nothing.

    Requirement: VERIFY-LINK-01
    """
    if link.newest_seqno is None:
        return evolve(link, newest_seqno=seqno)
    gap = seqnos.difference(seqno, link.newest_seqno)
    if gap <= 0:
        return link
    share = link.towards_us
    for _ in range(gap - 1):
        share = shares.counted(share, success=False)
    return evolve(link, towards_us=shares.counted(share, success=True), newest_seqno=seqno)


def on_echo(
    link: LinkDelivery, sent: Iterable[Microseconds], origin: Microseconds, waited: Microseconds, rtt: int
) -> LinkDelivery:
    """An IHU says that the Hello we sent at ``origin`` was the last that arrived.

    ``sent`` are the times at which our recent Hellos left, ``waited`` is how long the neighbour had that
    Hello when it answered, ``rtt`` the round-trip time of this exchange.  A Hello that left up to ``waited``
    after ``origin`` should have been there; one round trip is left for those that were still under way.

    Requirement: VERIFY-LINK-02
    """
    newest = max((one for one in sent if one <= max(origin + waited - rtt, origin)), default=None)
    if newest is None or (link.newest_judged is not None and newest <= link.newest_judged):
        return link
    return evolve(link, away=shares.counted(link.away, success=newest <= origin), newest_judged=newest)


def sent_at(origin_timestamp: int, now: Microseconds) -> Microseconds:
    """The time that a timestamp of ours, modulo 2**32, stands for."""
    return now - (now - origin_timestamp) % TIMESTAMP_MODULUS


def round_trip(link: LinkDelivery) -> Delivery | None:
    """The delivery of the link in 65535ths, rounded down, at least 1; ``None`` until both shares are precise.

    Requirement: VERIFY-LINK-03
    """
    if not link.towards_us.is_precise or not link.away.is_precise:
        return None
    product = link.towards_us.value * link.away.value * WHOLE_DELIVERY // (shares.ONE * shares.ONE)
    return max(product, 1)
