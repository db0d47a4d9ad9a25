# SPDX-License-Identifier: GPL-2.0-only
"""What a mesh is made of: which router stands where, and who is joined to whom."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final, Literal, TypeAlias

from attrs import field, frozen

from althea_spec.conformance.lab import Address, Network, PriceConfig, Profile

Version: TypeAlias = Literal[4, 6]
VERSIONS: Final[tuple[Version, ...]] = (6, 4)
Make: TypeAlias = Literal["live", "babeld", "bird", "frr"]
Pair: TypeAlias = tuple[int, int]

RING_WITH_CHORDS: Final[tuple[Pair, ...]] = (
    (0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 0),
    (0, 3), (1, 6), (2, 5), (4, 7),
)  # fmt: skip
"""Eight routers; every one has three neighbours, and any link may be cut without parting the mesh."""
HELLO_CENTISECONDS: Final = 100
UPDATE_CENTISECONDS: Final = 400


@frozen
class Node:
    """One router."""

    number: int
    make: Make
    profile: Profile = Profile.RFC8966
    prices: PriceConfig = field(factory=PriceConfig)

    @property
    def name(self) -> str:
        """``3-bird``."""
        return f"{self.number}-{self.make}"

    @property
    def prefix6(self) -> IPv6Network:
        """Announced by this router."""
        return IPv6Network(f"fd00:7:{self.number + 1:x}::/64")

    @property
    def prefix4(self) -> IPv4Network:
        """Announced by this router."""
        return IPv4Network(f"10.7.{self.number + 1}.0/24")

    @property
    def originates(self) -> tuple[Network, ...]:
        return (self.prefix6, self.prefix4)

    def address(self, version: Version) -> Address:
        """The host that answers pings in its prefix."""
        network = self.prefix6 if version == 6 else self.prefix4
        return network[1]


@frozen
class Edge:
    """One link, with the interface's name at either end."""

    number: int
    ends: Pair
    """Node numbers."""
    interfaces: tuple[str, str]
    is_tunnel: bool = False
    """WireGuard over a cable instead of the cable itself."""

    @property
    def name(self) -> str:
        return f"{self.ends[0]}-{self.ends[1]}"

    def link_local(self, end: int) -> IPv6Address:
        """Of the interface at one end (0 or 1)."""
        return IPv6Address(f"fe80::ff:fe00:{self._host(end):x}")

    def ipv4(self, end: int) -> IPv4Address:
        """Alone in a /24 with the other end."""
        return IPv4Address(f"198.18.{self.number}.{end + 1}")

    def mac(self, end: int) -> str:
        """Such that the kernel makes the link-local address of it."""
        host = self._host(end)
        return f"02:00:00:00:{host >> 8:02x}:{host & 0xFF:02x}"

    def _host(self, end: int) -> int:
        return (self.number + 1) << 8 | (end + 1)


@frozen
class MeshPlan:
    """Routers and links."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def edges_of(self, node: int) -> list[tuple[Edge, int]]:
        """Its links, in the order of its interfaces, and at which end of them it is."""
        return [(edge, edge.ends.index(node)) for edge in self.edges if node in edge.ends]


def make_plan(
    nodes: Sequence[Node], pairs: Sequence[Pair], tunnels: frozenset[Pair] = frozenset()
) -> MeshPlan:
    """A mesh of these routers.

    Args:
        nodes: numbered from 0.
        pairs: which of them are joined.
        tunnels: which of these links are WireGuard.
    """
    used = [0] * len(nodes)
    edges = []
    for number, pair in enumerate(pairs):
        kind = "wg" if pair in tunnels else "eth"
        names = tuple(f"{kind}{used[end]}" for end in pair)
        for end in pair:
            used[end] += 1
        edges.append(Edge(number, pair, (names[0], names[1]), pair in tunnels))
    return MeshPlan(tuple(nodes), tuple(edges))
