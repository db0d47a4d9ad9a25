# SPDX-License-Identifier: MIT
"""The four roles of the paper; one node may hold several at once."""

from enum import StrEnum


class Role(StrEnum):
    """What a node is in the network for; the values are the names in a scenario file."""

    USER = "user"
    """Wants to reach an exit, and pays for it."""
    RELAY = "relay"
    """Forwards for money."""
    GATEWAY = "gateway"
    """A relay that has a tunnel over the internet to an exit."""
    EXIT = "exit"
    """The far end of the users' tunnels, and the internet's door."""

    @property
    def forwards(self) -> bool:
        """Whether the node passes on data that is neither from nor for itself."""
        return self in (Role.RELAY, Role.GATEWAY)
