# SPDX-License-Identifier: MIT
"""The far end of a measurement: counting Remote Hellos, and answering each of them once."""

from attrs import frozen

from . import rtt
from . import seqno as seqnos
from .messages import Microseconds, RemoteHello, RemoteIHU
from .path_quality import Quality

_LARGEST: int = 0xFFFF


@frozen
class Heard:
    """The Remote Hellos of one route, as far as they have arrived."""

    newest: int
    """The highest seqno, modulo 65536."""
    received: int = 1
    """0 to 65535: it stops there."""
    window: int = 1
    """How many have been sent since the first that arrived, up to the newest; it stops at 65535."""


def on_hello(heard: Heard | None, seqno: int) -> Heard:
    """One more Remote Hello, in whatever order; ``None``: the first.

    Nothing in an authenticated tunnel arrives twice, so everything that comes is counted.

    Requirement: VERIFY-ANSWER-02
    """
    if heard is None:
        return Heard(seqno)
    ahead = seqnos.difference(seqno, heard.newest)
    newest = seqno if ahead > 0 else heard.newest
    window = min(heard.window + ahead if ahead > 0 else max(heard.window, 1 - ahead), _LARGEST)
    return Heard(newest, min(heard.received + 1, window), window)


def answer(
    hello: RemoteHello, heard: Heard, arrived: Microseconds, now: Microseconds, back: Quality
) -> RemoteIHU:
    """What is said to a Remote Hello that arrived at ``arrived``; ``back`` is our own route to who sent it.

    Requirement: VERIFY-ANSWER-01, VERIFY-ANSWER-02, VERIFY-ANSWER-03
    """
    return RemoteIHU(
        through=hello.through,
        route=hello.route,
        seqno=hello.seqno,
        received=heard.received,
        window=heard.window,
        origin_timestamp=hello.transmit_timestamp,
        receive_timestamp=rtt.timestamp(arrived),
        transmit_timestamp=rtt.timestamp(now),
        return_rtt=back.rtt,
        return_delivery=back.delivery,
    )
