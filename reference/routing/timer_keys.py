# SPDX-License-Identifier: MIT
"""Everything that a timer can be for."""

from typing import TypeAlias

from attrs import frozen

from .messages import Prefix, RouterId
from .neighbours import NeighbourKey


@frozen
class HelloDue:
    """A scheduled Multicast Hello is to be sent (RFC 8966 section 3.4.1)."""

    interface: str


@frozen
class UnicastHelloDue:
    """A scheduled Unicast Hello is to be sent."""

    neighbour: NeighbourKey


@frozen
class UpdateDue:
    """A periodic full update is to be sent (section 3.7.1)."""

    interface: str


@frozen
class DumpDue:
    """A full update that was asked for is to be sent (section 3.8.1.1)."""

    interface: str


@frozen
class PacketDue:
    """Something that waits is to be sent (section 3.1)."""

    interface: str


@frozen
class HelloMissed:
    """A Hello did not come in time (appendix A.1)."""

    neighbour: NeighbourKey
    unicast: bool


@frozen
class IHUExpired:
    """No IHU came in time (section 3.4.2)."""

    neighbour: NeighbourKey


@frozen
class NeighbourIdle:
    """Nothing came from a neighbour that promised nothing (section 3.4)."""

    neighbour: NeighbourKey


@frozen(cache_hash=True)
class RouteExpired:
    """A route was not repeated in time (section 3.5.3)."""

    prefix: Prefix
    neighbour: NeighbourKey


@frozen(cache_hash=True)
class RouteRefresh:
    """A route is about to expire (section 3.8.2.3)."""

    prefix: Prefix
    neighbour: NeighbourKey


@frozen(cache_hash=True)
class SourceExpired:
    """Nothing finite was announced for so long that the feasibility distance may go (section 3.7.3)."""

    prefix: Prefix
    router_id: RouterId


@frozen
class RequestDue:
    """A pending seqno request is to be sent again, or given up (section 3.2.7)."""

    prefix: Prefix
    router_id: RouterId


@frozen
class AcknowledgmentMissing:
    """The time to acknowledge one of our requests is over (section 3.3)."""

    opaque: int


@frozen
class HoldCheck:
    """A prefix that is held unreachable may be let go (section 3.5.4)."""

    prefix: Prefix


@frozen
class SelectAgain:
    """A better route waits for its smoothed metric (appendix A.3)."""

    prefix: Prefix


@frozen
class VerifyDue:
    """A verification cycle begins."""


@frozen(cache_hash=True)
class ProbeDue:
    """The next Remote Hello of a measurement may leave."""

    prefix: Prefix
    neighbour: NeighbourKey


@frozen(cache_hash=True)
class CarrierMissing:
    """No packet came along to carry a Remote Hello."""

    prefix: Prefix
    neighbour: NeighbourKey


@frozen(cache_hash=True)
class MeasurementOver:
    """The last answer of a measurement has come, or will not come."""

    prefix: Prefix
    neighbour: NeighbourKey


@frozen
class AnswerDue:
    """No packet came along to carry a Remote IHU."""

    prefix: Prefix


@frozen(cache_hash=True)
class CorrectionOver:
    """What a neighbour claims of a route counts again."""

    prefix: Prefix
    neighbour: NeighbourKey


@frozen
class ReadmissionDue:
    """A removed neighbour that is no longer measured gets another chance."""

    neighbour: NeighbourKey


TimerKey: TypeAlias = (
    HelloDue
    | UnicastHelloDue
    | UpdateDue
    | DumpDue
    | PacketDue
    | HelloMissed
    | IHUExpired
    | NeighbourIdle
    | RouteExpired
    | RouteRefresh
    | SourceExpired
    | RequestDue
    | AcknowledgmentMissing
    | HoldCheck
    | SelectAgain
    | VerifyDue
    | ProbeDue
    | CarrierMissing
    | MeasurementOver
    | AnswerDue
    | CorrectionOver
    | ReadmissionDue
)
