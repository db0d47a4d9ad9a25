# SPDX-License-Identifier: MIT
"""A kernel's forwarding table: the longest prefix that covers an address decides."""

from ipaddress import IPv4Network, IPv6Network

from attrs import define, field, frozen

from ..routing.events import (
    Effect,
    InstallRoute,
    InstallUnreachable,
    RemoveRoute,
)
from ..routing.messages import Address, Prefix


@frozen
class Line:
    """Where packets for a prefix go."""

    interface: str
    next_hop: Address


REFUSED = None
"""In place of a line: packets are refused, and do not follow a shorter prefix."""


@define
class ForwardingTable:
    """The lines of one node, changed by its router's effects alone."""

    _lines: dict[Prefix, Line | None] = field(factory=dict)
    _lengths: dict[int, tuple[int, ...]] = field(factory=dict)
    """IP version to the prefix lengths in use, the longest first."""

    def __len__(self) -> int:
        return len(self._lines)

    def lines(self) -> dict[Prefix, Line | None]:
        """All lines; ``None`` refuses."""
        return dict(self._lines)

    def get(self, prefix: Prefix) -> Line | None:
        """The line of exactly that prefix; ``None`` when it is refused or not there."""
        return self._lines.get(prefix)

    def carry_out(self, effect: Effect) -> Prefix | None:
        """Do what the router says; gives the prefix whose line has changed, ``None`` for any other effect.

        Requirement: NET-FWD-01
        """
        match effect:
            case InstallRoute(prefix, interface, next_hop):
                self._put(prefix, Line(interface, next_hop))
            case InstallUnreachable(prefix):
                self._put(prefix, REFUSED)
            case RemoveRoute(prefix):
                self._lines.pop(prefix, None)
            case _:
                return None
        return prefix

    def clear(self) -> None:
        """Forget everything, as a kernel does that starts anew."""
        self._lines.clear()

    def look_up(self, destination: Address) -> Line | None:
        """The line for an address; ``None`` when it is refused or nothing covers it.

        Requirement: NET-FWD-02
        """
        prefix = self.match(destination)
        return None if prefix is None else self._lines[prefix]

    def match(self, destination: Address) -> Prefix | None:
        """The longest prefix with a line that covers an address.

        Requirement: NET-FWD-02
        """
        network = IPv4Network if destination.version == 4 else IPv6Network
        for length in self._lengths.get(destination.version, ()):
            prefix = network((int(destination), length), strict=False)
            if prefix in self._lines:
                return prefix
        return None

    def _put(self, prefix: Prefix, line: Line | None) -> None:
        self._lines[prefix] = line
        known = self._lengths.get(prefix.version, ())
        if prefix.prefixlen not in known:
            self._lengths[prefix.version] = tuple(sorted({*known, prefix.prefixlen}, reverse=True))
