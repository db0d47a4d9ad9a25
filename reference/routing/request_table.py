# SPDX-License-Identifier: MIT
"""The table of pending seqno requests (RFC 8966 section 3.2.7)."""

from attrs import define, field

from .messages import Microseconds, Prefix, RouterId
from .neighbours import NeighbourKey


@define
class PendingRequest:
    """What is being asked about one (prefix, router-id): for ourselves, for others, or both."""

    prefix: Prefix
    router_id: RouterId
    targets: dict[NeighbourKey, None] = field(factory=dict)
    """Whom we ask for ourselves."""
    seqno: int = 0
    """The seqno that we ask for."""
    repeats: bool = False
    """Whether we ask again while there is no feasible route."""
    resends: int = 0
    """How often we have asked again."""
    requesters: dict[NeighbourKey, None] = field(factory=dict)
    """On whose behalf a request was forwarded: who gets the answer."""
    forwarded_at: Microseconds | None = None
    """When that was; ``None``: never."""
    forwarded_seqno: int = 0


@define
class RequestTable:
    """Pending requests, by prefix and router-id."""

    capacity: int
    _by_prefix: dict[Prefix, dict[RouterId, PendingRequest]] = field(factory=dict)
    _count: int = 0

    def __len__(self) -> int:
        return self._count

    def get(self, prefix: Prefix, router_id: RouterId) -> PendingRequest | None:
        return self._by_prefix.get(prefix, {}).get(router_id)

    def about(self, prefix: Prefix) -> tuple[PendingRequest, ...]:
        """All that is being asked about a prefix."""
        return tuple(self._by_prefix.get(prefix, {}).values())

    def open(self, prefix: Prefix, router_id: RouterId) -> PendingRequest | None:
        """The line for this source, made if it is not there; ``None`` when the table is full."""
        known = self.get(prefix, router_id)
        if known is not None:
            return known
        if self._count >= self.capacity:
            return None
        self._count += 1
        made = PendingRequest(prefix, router_id)
        self._by_prefix.setdefault(prefix, {})[router_id] = made
        return made

    def remove(self, prefix: Prefix, router_id: RouterId) -> None:
        """Delete a line; one that is not there may be deleted."""
        lines = self._by_prefix.get(prefix, {})
        if lines.pop(router_id, None) is None:
            return
        self._count -= 1
        if not lines:
            del self._by_prefix[prefix]
