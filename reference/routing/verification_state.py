# SPDX-License-Identifier: MIT
"""What a router remembers of the routes that it has verified, and of the Remote Hellos that it answers."""

from typing import TypeAlias

from attrs import define, field, frozen

from .accuracy import Accuracy
from .carriage import Share
from .correction import Correction
from .messages import Microseconds, Prefix, RemoteHello
from .neighbours import NeighbourKey
from .path_quality import Quality
from .remote_answer import Heard
from .remote_probe import Counts

RouteKey: TypeAlias = tuple[Prefix, NeighbourKey]


@define
class Measurement:
    """A measurement of one route that is under way."""

    route: int
    """The number that its Remote Hellos carry."""
    started: Microseconds
    share: Share
    """Of the packets to this destination that carry a Remote Hello."""
    counts: Counts = field(factory=Counts)
    next_seqno: int = 0
    unanswered: dict[int, None] = field(factory=dict)
    """The seqnos of the Remote Hellos that may still be answered."""
    is_waiting: bool = False
    """Whether a Remote Hello is due and waits for a packet, because the operator has set a patience."""


@frozen
class Result:
    """The newest measurement of one route."""

    observed: Quality
    """Out by this route, and back by whatever the far end chose."""
    claimed: Quality
    at: Microseconds


@define
class Standing:
    """How accurate a neighbour has been about one destination."""

    accuracy: Accuracy
    at: Microseconds
    """When it was last measured."""
    is_removed: bool = False
    """Whether this one route is removed."""


@frozen
class WaitingAnswer:
    """A Remote Hello that is to be answered with the next packet to its sender."""

    hello: RemoteHello
    heard: Heard
    arrived: Microseconds


@define
class FarEnd:
    """The other end of one tunnel."""

    last_used: Microseconds | None = None
    """When we last sent data to it."""
    packets: int = 0
    """Sent to it since the last verification cycle began."""
    last_answer: Microseconds | None = None
    """When it last answered one of our Remote Hellos."""
    heard: dict[tuple[int, int], Heard] = field(factory=dict)
    """Its Remote Hellos: by neighbour address and route number."""
    answers: list[WaitingAnswer] = field(factory=list)


@define
class VerificationState:
    """Everything about verification."""

    far_ends: dict[Prefix, FarEnd] = field(factory=dict)
    measurements: dict[RouteKey, Measurement] = field(factory=dict)
    results: dict[RouteKey, Result] = field(factory=dict)
    standings: dict[NeighbourKey, dict[Prefix, Standing]] = field(factory=dict)
    """The paper's A, by neighbour and destination."""
    removed: dict[NeighbourKey, None] = field(factory=dict)
    """The neighbours whose score is too low."""
    corrections: dict[RouteKey, Correction] = field(factory=dict)
    next_route: int = 0
    cycle_began: Microseconds = 0
    """When packets were last counted from 0."""

    def far_end(self, prefix: Prefix) -> FarEnd:
        """The far end of a tunnel; made when it is not known yet."""
        return self.far_ends.setdefault(prefix, FarEnd())
