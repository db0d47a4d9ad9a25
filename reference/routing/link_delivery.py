# SPDX-License-Identifier: MIT
"""How many round trips over a link survive, estimated from what Babel sends anyway.

Towards us every Multicast Hello counts: the seqno says which ones were lost.  Away from us an IHU with
timestamps (RFC 9616) says which of our Hellos the neighbour heard last: if that is not the newest one that
must have been there when the IHU left, the newest one was lost.  Both directions are shares of independent
trials, and the delivery of the link is their product.

The 16 bits of a Hello history are too coarse for this: they move in steps of a sixteenth.  Here the mean of
the first ``WINDOW`` trials is taken, and then every trial moves the share by ``1/WINDOW`` of its distance.
For a true share p the estimate has mean p, and variance p(1-p)/n after n trials, which falls to
p(1-p)/(2 WINDOW - 1) and stays there.
"""

from collections.abc import Iterable
from typing import Final

from attrs import evolve, frozen

from . import seqno as seqnos
from .constants import TIMESTAMP_MODULUS
from .messages import Delivery, Microseconds
from .path_quality import WHOLE_DELIVERY

SHARE_ONE: Final = 1 << 32
"""A share of one; so fine that rounding down takes less than a 65535th for good."""
WINDOW: Final = 128
"""Trials."""
ENOUGH: Final = 16
"""Trials in each direction before anything is said."""
MOST_LOST: Final = 4 * WINDOW
"""A gap in the seqnos counts for no more lost Hellos than this: further back nothing is remembered."""


@frozen
class Share:
    """The estimated share of successes."""

    value: int = 0
    """0 to ``SHARE_ONE``."""
    trials: int = 0
    """How many have been counted, ``WINDOW`` at most."""


@frozen
class LinkDelivery:
    """What is known of one link."""

    towards_us: Share = Share()
    away: Share = Share()
    newest_seqno: int | None = None
    """Of the neighbour's Multicast Hellos."""
    newest_judged: Microseconds | None = None
    """When the newest of our Hellos whose fate is known was sent."""


NOTHING_KNOWN: Final = LinkDelivery()


def counted(share: Share, *, success: bool) -> Share:
    """The share after one more trial, rounded down.

    Requirement: VERIFY-LINK-01
    """
    trials = min(share.trials + 1, WINDOW)
    target = SHARE_ONE if success else 0
    return Share(share.value + (target - share.value) // trials, trials)


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
    for _ in range(min(gap - 1, MOST_LOST)):
        share = counted(share, success=False)
    return evolve(link, towards_us=counted(share, success=True), newest_seqno=seqno)


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
    return evolve(link, away=counted(link.away, success=newest <= origin), newest_judged=newest)


def sent_at(origin_timestamp: int, now: Microseconds) -> Microseconds:
    """The time that a timestamp of ours, modulo 2**32, stands for."""
    return now - (now - origin_timestamp) % TIMESTAMP_MODULUS


def round_trip(link: LinkDelivery) -> Delivery | None:
    """The delivery of the link in 65535ths, rounded down, at least 1; ``None`` until there are enough trials.

    Requirement: VERIFY-LINK-03
    """
    if min(link.towards_us.trials, link.away.trials) < ENOUGH:
        return None
    product = link.towards_us.value * link.away.value * WHOLE_DELIVERY // (SHARE_ONE * SHARE_ONE)
    return max(product, 1)
