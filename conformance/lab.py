# SPDX-License-Identifier: GPL-2.0-only
"""What the suite needs from a device under test: links, a clock, a forwarding table, signs of life.

Three things differ between a router in memory, a daemon in a namespace and a box on a cable: how frames get
to it, what its clock is, and how much of its inside can be read.  Everything else in the suite is written
against the protocols of this module.

Units: every time is an integer number of microseconds of *protocol time* since the laboratory was opened.
A daemon that runs ten times faster than the wall clock has ten of them in each microsecond of the wall's.
"""

from collections.abc import Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from attrs import field, frozen

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Microseconds: TypeAlias = int
LinkName: TypeAlias = str

SECOND: Microseconds = 1_000_000
CENTISECOND: Microseconds = 10_000


class LabError(Exception):
    """The laboratory, not the device, is at fault: one line that says what, where, and what to do."""


class Feature(StrEnum):
    """What a target may lack without being wrong: RFC 8966 leaves it optional, or the lab cannot see it.

    A target answers for each of these whether it has it; it must answer no for any other word.
    """

    FIB = "fib"  # its kernel forwarding table can be read
    DATA_PLANE = "data-plane"  # it forwards data packets that the suite sends
    ORIGINATE = "originate"  # it can be told to originate prefixes
    FORWARDING = "forwarding"  # it re-announces learned routes: not a stub (RFC 8966 Appendix E)
    WIRED = "wired"  # links can be declared wired: 2-out-of-3, split horizon
    WIRELESS = "wireless"  # links can be declared wireless: ETX
    IPV4_ROUTES = "ipv4-routes"
    RTT = "rtt"  # RFC 9616
    IPV4_TRANSPORT = "ipv4-transport"  # Babel packets carried over IPv4
    SHORT_TIMERS = "short-timers"  # intervals well below the defaults can be configured
    GRACEFUL_STOP = "graceful-stop"  # it can be asked to stop while it is watched
    RECONFIGURE = "reconfigure"  # intervals can be changed while it runs
    ALTHEA = "althea"  # speaks the wire profile of that name, and can be told its price and its price unit
    ALTHEA_2018 = "althea-2018"  # speaks the layout in the field, and can be told its price
    SET_PRICE = "set-price"  # its own price can be changed while it runs
    WEIGHT = "weight"  # how much quality counts against price can be chosen
    MENU = "menu"  # … and differently for the destinations of one network
    MAXIMUM_PRICE = "maximum-price"  # dearer routes can be refused
    PATH_RTT = "path-rtt"  # it can be told to select by path RTT and path delivery
    TUNNEL = "tunnel"  # what it says through its tunnels can be read and answered


class Profile(StrEnum):
    """The wire profiles, by their names on the command line."""

    RFC8966 = "rfc8966"
    ALTHEA = "althea"
    ALTHEA_2018 = "althea-2018"


EXTENSIONS = frozenset(
    {
        Feature.ALTHEA,
        Feature.ALTHEA_2018,
        Feature.SET_PRICE,
        Feature.WEIGHT,
        Feature.MENU,
        Feature.MAXIMUM_PRICE,
        Feature.PATH_RTT,
        Feature.TUNNEL,
    }
)
"""What no router has that speaks plain Babel only."""
PLAIN_FEATURES = frozenset(Feature) - EXTENSIONS
SPEAKS = {Profile.ALTHEA: Feature.ALTHEA, Profile.ALTHEA_2018: Feature.ALTHEA_2018}
"""The feature that a target needs for a profile; every target speaks the plain one."""


class Pace(StrEnum):
    """How fast protocol time may run against the wall clock; the target chooses the figures."""

    REAL = "real"  # urgent deadlines are judged: as near to the wall clock as the target needs
    FAST = "fast"  # windows of seconds
    FASTER = "faster"  # minutes of waiting, no tight window


@frozen
class LinkConfig:
    """One link of the device, as the trace wants it."""

    name: LinkName
    medium: Literal["wired", "wireless", "tunnel"] = "wired"
    hello_interval: int | None = None
    """Multicast Hello interval in centiseconds; ``None`` leaves the device's default."""
    update_interval: int | None = None
    """Update interval in centiseconds; ``None`` leaves the device's default."""
    mtu: int = 1500
    """Octets."""
    rtt: bool = False
    """Send and use RFC 9616 timestamps."""


@frozen
class PriceUnit:
    """What a price means: so much of a currency for so much data."""

    octets: int
    """The amount of data, 1 to 2**64 - 1."""
    currency: int
    """0 to 65535."""


@frozen
class Verification:
    """How the device checks what its neighbours announce; ``None`` leaves a value to the device.

    Times are in milliseconds.
    """

    cycle: int | None = None
    """Between the beginnings of two measurements."""
    memory: int | None = None
    """How long a destination counts as used."""
    probes: int | None = None
    """Remote Hellos of one measurement."""
    probe_interval: int | None = None
    """Between two of them, on average."""
    answer_patience: int | None = None
    """How long the last answers of a measurement are waited for."""
    carrier_patience: int | None = None
    """After so long a Remote Hello leaves without data."""
    lost_after: int | None = None
    """Remote Hellos without an answer after which a route counts as broken."""
    lowest_accuracy: tuple[int, int] | None = None
    """Below it a neighbour is removed; numerator and denominator."""
    readmission_accuracy: tuple[int, int] | None = None
    banishment: int | None = None
    """After so much time without a measurement a removed neighbour gets another chance."""
    tolerance: tuple[int, int] | None = None
    """What differs from a claim by no more than this share of it is not corrected."""
    correction: int | None = None
    """How long every correction lasts."""


@frozen
class PriceConfig:
    """What a device of a profile with prices is told."""

    price: int = 0
    """What it asks for passing data on."""
    originated_price: int | None = 0
    """What it asks for data to its own prefixes; ``None``: it names no price for them."""
    unit: PriceUnit = PriceUnit(1_000_000, 1)
    weight: tuple[int, int] | None = None
    """How much quality counts against price: n as numerator and denominator; ``None``: the default."""
    tables: tuple[tuple[Network, tuple[int, int]], ...] = ()
    """Another weight for the destinations inside a network."""
    maximum_price: int | None = None
    """Dearer routes are not selected; ``None``: none is too dear."""
    unpriced: Literal["last", "refuse"] = "last"
    """What becomes of routes that name no price."""
    permitted: tuple[Network, ...] = ()
    """Prefixes outside of these are refused; empty: everything is permitted."""
    select_by_path_rtt: bool = False
    """Select by path RTT and path delivery where they are known, instead of the metric."""
    verification: Verification = Verification()


@frozen
class DeviceConfig:
    """The device a trace asks for: always a fresh one, with nothing left over from the trace before."""

    links: tuple[LinkConfig, ...]
    originates: tuple[Network, ...] = ()
    profile: Profile = Profile.RFC8966
    prices: PriceConfig = PriceConfig()
    """Means nothing in the plain profile."""


@frozen
class FibEntry:
    """One line of the kernel's forwarding table that a routing protocol put there."""

    prefix: Network
    kind: Literal["via", "unreachable"]
    next_hop: Address | None = None
    link: LinkName | None = None


@frozen
class SeenFrame:
    """A frame that the device put on a link."""

    time: Microseconds
    link: LinkName
    frame: bytes
    """The whole Ethernet frame."""
    tunnel: Network | None = None
    """The destination whose tunnel it went through: then the frame is what a reader sees who holds the keys,
    addressed to the neighbour that is the first hop, and its UDP payload is a sequence of TLVs."""


@frozen
class Description:
    """What was judged, so that a verdict can be repeated."""

    target: str
    version: str
    """As the device says itself, or as its package is called."""
    environment: dict[str, str] = field(factory=dict)
    """Kernel, libraries, tools: name to version."""


class Lab(Protocol):
    """One fresh device on its links.  A context manager: leaving it leaves no process and no namespace."""

    @property
    def links(self) -> tuple[LinkName, ...]: ...

    def device_address(self, link: LinkName, version: Literal[4, 6] = 6) -> Address:
        """The device's link-local (6) or on-link IPv4 (4) address on that link."""

    def device_mac(self, link: LinkName) -> str: ...

    def attach(self, link: LinkName, mac: str, addresses: Sequence[Address]) -> None:
        """Announce a host that the suite plays, so that the device can resolve its addresses (ND and ARP)."""

    def now(self) -> Microseconds: ...

    def send(self, link: LinkName, frame: bytes) -> Microseconds:
        """Put one whole Ethernet frame on a link; returns the time at which it left."""

    def receive(self, deadline: Microseconds) -> Sequence[SeenFrame]:
        """Wait until the device has sent something or the deadline has come; frames in order of time.

        Returns an empty sequence only when the deadline has come.
        """

    def noise(self, since: Microseconds) -> Microseconds:
        """The worst delay that the host itself caused since then: 0 in virtual time."""

    def fib(self) -> Sequence[FibEntry]: ...

    def alive(self) -> bool:
        """Whether the device's process runs (true where that cannot be seen)."""

    def stop_device(self) -> None:
        """Ask the device to stop, as its init system would; the links stay and can still be read."""

    def memory_octets(self) -> int | None:
        """Resident memory of the device, or ``None`` where that cannot be seen."""

    def evidence(self) -> dict[str, str]:
        """File name to text: configuration, log, the device's own tables, core or sanitizer report."""

    def close(self) -> None: ...


@runtime_checkable
class PriceLab(Protocol):
    """What a laboratory has beside :class:`Lab` when its target has :attr:`Feature.SET_PRICE`."""

    def set_price(self, price: int) -> None:
        """Tell the device what it asks from now on."""


@runtime_checkable
class TunnelLab(Protocol):
    """What a laboratory has beside :class:`Lab` when its target has :attr:`Feature.TUNNEL`.

    What the device sends through a tunnel comes out of :meth:`Lab.receive`, with ``SeenFrame.tunnel``.
    """

    def use_destination(self, prefix: Network) -> Microseconds:
        """Send data through the device's tunnel to that destination now; returns the time it left."""

    def send_tunnel(self, prefix: Network, payload: bytes, due: Microseconds | None = None) -> Microseconds:
        """Let the far end of that tunnel say this; returns the time at which it arrived.

        Args:
            prefix: the destination of the tunnel.
            payload: a sequence of TLVs.
            due: when its way was to end.  A laboratory that is late with it gives it this time, so that the
                delay of the host is not measured as one of the way; ``None``: now.
        """


class Target(Protocol):
    """A kind of device that the suite can judge."""

    @property
    def name(self) -> str: ...

    @property
    def concurrency(self) -> int:
        """How many of its laboratories may be open at once; more than one means one process for each."""

    @property
    def attempts(self) -> int:
        """How often a trace is played when all it says is that the host was too slow; 1 in virtual time."""

    def describe(self) -> Description: ...

    def supports(self, feature: str) -> bool: ...

    def check(self) -> None:
        """Raise :class:`LabError` when this target cannot be judged on this machine."""

    def open(self, device: DeviceConfig, pace: Pace, workdir: Path) -> Lab: ...
