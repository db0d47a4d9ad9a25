# SPDX-License-Identifier: MIT
"""The source table: the feasibility distance of each source (RFC 8966 sections 3.2.5 and 3.7.3)."""

from attrs import define, field

from . import feasibility
from .feasibility import Distance
from .messages import Prefix, RouterId


@define
class SourceTable:
    """Feasibility distances; when a line is old enough to go is for the owner's timers to say."""

    capacity: int
    _distances: dict[tuple[Prefix, RouterId], Distance] = field(factory=dict)

    def __len__(self) -> int:
        return len(self._distances)

    def distance(self, prefix: Prefix, router_id: RouterId) -> Distance | None:
        """The feasibility distance, ``None`` when nothing has been announced for so long that any Update will
        do.
        """
        return self._distances.get((prefix, router_id))

    def has_room_for(self, prefix: Prefix, router_id: RouterId) -> bool:
        """Whether an Update of this source may be sent: its distance is kept, or there is room to keep it."""
        return (prefix, router_id) in self._distances or len(self._distances) < self.capacity

    def on_sent(self, prefix: Prefix, router_id: RouterId, sent: Distance) -> None:
        """A finite Update for this source is about to be sent."""
        source = (prefix, router_id)
        self._distances[source] = feasibility.after_sending(sent, self._distances.get(source))

    def remove(self, prefix: Prefix, router_id: RouterId) -> None:
        """Nothing finite was announced for the garbage-collection time."""
        self._distances.pop((prefix, router_id), None)
