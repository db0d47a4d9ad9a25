# SPDX-License-Identifier: GPL-2.0-only
"""The reference router in memory, in virtual time: a target like any other, and the one that is sabotaged.

Around the sans-I/O machine stands what a kernel does for a daemon: Ethernet and UDP, an address filter, and a
forwarding table that forwards.
"""

import gc
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from hashlib import sha256
from importlib.metadata import version
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any, Literal

from attrs import evolve, field, frozen

from althea_spec.conformance.frames import (
    ETHERNET_HEADER_OCTETS,
    MULTICAST,
    Datagram,
    build_frame,
    multicast_mac,
    read_frame,
    tunnel_frame,
)
from althea_spec.conformance.lab import (
    Address,
    Description,
    DeviceConfig,
    Feature,
    FibEntry,
    LabError,
    LinkConfig,
    LinkName,
    Microseconds,
    Network,
    Pace,
    Profile,
    SeenFrame,
    Verification,
)
from althea_spec.reference.routing import events, messages
from althea_spec.reference.routing import profile as profiles
from althea_spec.reference.routing.config import InterfaceConfig, RouterConfig
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.menu import Table
from althea_spec.reference.routing.randomness import SplitMix
from althea_spec.reference.routing.router import Router
from althea_spec.reference.routing.verification_config import VerificationConfig

ROUTER_ID = bytes.fromhex("0200000000000d01")
NOT_DATA = (type, ModuleType, FunctionType)
LACKS = frozenset({Feature.RECONFIGURE, Feature.IPV4_TRANSPORT})


class MemoryLab:
    """One reference router, its links and its kernel.  See :class:`althea_spec.conformance.lab.Lab`."""

    def __init__(self, device: DeviceConfig, seed: int) -> None:
        self._time: Microseconds = 0
        self._alive = True
        self._log: list[str] = []
        self._names = tuple(link.name for link in device.links)
        self._hosts: dict[tuple[LinkName, Address], str] = {}
        self._table: dict[Network, FibEntry] = {}
        self._outbox: list[SeenFrame] = []
        self.config = router_config(device)
        self._router = Router(self.config, SplitMix(seed), 0)
        for link in self._names:
            ipv4 = self.device_address(link, 4)
            self._step(events.InterfaceUp(link, self.device_address(link), ipv4))

    # --- what the suite asks ------------------------------------------------------------------------------

    @property
    def links(self) -> tuple[LinkName, ...]:
        return self._names

    def device_address(self, link: LinkName, version: Literal[4, 6] = 6) -> Address:
        index = self._names.index(link)
        if version == 4:
            return IPv4Address(f"198.18.{index}.1")
        return IPv6Address(f"fe80::d:{index + 1:x}")

    def device_mac(self, link: LinkName) -> str:
        return f"02:00:00:00:0d:{self._names.index(link) + 1:02x}"

    def attach(self, link: LinkName, mac: str, addresses: Sequence[Address]) -> None:
        for address in addresses:
            self._hosts[link, address] = mac

    def now(self) -> Microseconds:
        return self._time

    def send(self, link: LinkName, frame: bytes) -> Microseconds:
        mtu = self.config.interfaces[link].mtu
        if len(frame) > ETHERNET_HEADER_OCTETS + mtu:
            raise LabError(f"{link}: a frame of {len(frame)} octets is too long for a link with MTU {mtu}")
        datagram = read_frame(frame)
        if datagram is not None and self._alive:
            self._deliver(link, datagram)
        return self._time

    def receive(self, deadline: Microseconds) -> Sequence[SeenFrame]:
        while not self._outbox:
            due = self._router.next_deadline() if self._alive else None
            if due is None or due > deadline:
                self._time = max(self._time, deadline)
                return ()
            self._time = max(self._time, due)
            self._step(events.TimersDue())
        seen, self._outbox = self._outbox, []
        return seen

    def noise(self, since: Microseconds) -> Microseconds:
        """Virtual time is never late."""
        del since
        return 0

    def fib(self) -> Sequence[FibEntry]:
        return tuple(sorted(self._table.values(), key=lambda entry: str(entry.prefix)))

    def alive(self) -> bool:
        return self._alive

    def stop_device(self) -> None:
        self._step(events.Shutdown())

    def set_price(self, price: int) -> None:
        self._step(events.SetPrice(price))

    def use_destination(self, prefix: Network) -> Microseconds:
        self._step(events.DestinationUsed(prefix))
        return self._time

    def send_tunnel(self, prefix: Network, payload: bytes, due: Microseconds | None = None) -> Microseconds:
        del due  # virtual time is never late
        self._step(events.TunnelReceived(prefix, payload))
        return self._time

    def memory_octets(self) -> int | None:
        return deep_size(self._router)

    def evidence(self) -> dict[str, str]:
        table = "\n".join(
            f"{entry.prefix} {entry.kind} {entry.next_hop} {entry.link}" for entry in self.fib()
        )
        return {"configuration.txt": f"{self.config!r}\n", "fib.txt": table, "log.txt": "\n".join(self._log)}

    def close(self) -> None:
        """Nothing is left to close."""

    def __enter__(self) -> "MemoryLab":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- what a kernel does -------------------------------------------------------------------------------

    def _deliver(self, link: LinkName, datagram: Datagram) -> None:
        own = (self.device_address(link), self.device_address(link, 4))
        group = MULTICAST[datagram.destination.version]
        if datagram.destination in own or datagram.destination == group:
            if datagram.destination_port == 6696:
                self._step(
                    events.DatagramReceived(
                        link,
                        datagram.source,
                        datagram.source_port,
                        datagram.destination,
                        datagram.payload,
                    )
                )
        elif datagram.destination_mac == self.device_mac(link):
            self._forward(datagram)

    def _forward(self, datagram: Datagram) -> None:
        lines = [entry for entry in self._table.values() if datagram.destination in entry.prefix]
        line = max(lines, key=lambda entry: entry.prefix.prefixlen, default=None)
        if line is None or line.kind != "via" or line.link is None or line.next_hop is None:
            return
        mac = self._hosts.get((line.link, line.next_hop))
        if mac is None or datagram.hop_limit <= 1:
            return
        self._transmit(
            line.link,
            evolve(
                datagram,
                source_mac=self.device_mac(line.link),
                destination_mac=mac,
                hop_limit=datagram.hop_limit - 1,
            ),
        )

    def _step(self, event: events.Event) -> None:
        if not self._alive:
            return
        try:
            effects = self._router.step(event, self._time)
        except Exception:  # a router that raises is a router that has crashed, and that is a verdict
            self._alive = False
            self._log.append(traceback.format_exc())
            return
        for effect in effects:
            self._carry_out(effect)

    def _carry_out(self, effect: events.Effect) -> None:
        match effect:
            case events.SendDatagram(interface, destination, payload):
                self._emit(interface, destination, payload)
            case events.SendThroughTunnel(prefix, interface, next_hop, payload):
                self._encrypt(prefix, interface, next_hop, payload)
            case events.InstallRoute(prefix, interface, next_hop):
                self._table[prefix] = FibEntry(prefix, "via", next_hop, interface)
            case events.InstallUnreachable(prefix):
                self._table[prefix] = FibEntry(prefix, "unreachable")
            case events.RemoveRoute(prefix):
                self._table.pop(prefix, None)

    def _encrypt(self, prefix: Network, link: LinkName, next_hop: Address, sequence: bytes) -> None:
        """What leaves through a tunnel, as its far end sees it."""
        mac = self._hosts.get((link, next_hop), "02:00:00:00:ff:ff")
        source, destination = self.device_address(link), prefix.network_address
        frame = tunnel_frame(self.device_mac(link), mac, source, destination, sequence)
        self._outbox.append(SeenFrame(self._time, link, frame, tunnel=prefix))

    def _emit(self, link: LinkName, destination: Address, payload: bytes) -> None:
        if destination.is_multicast:
            mac = multicast_mac(destination)
        else:
            mac = self._hosts.get((link, destination), "02:00:00:00:ff:ff")
        self._transmit(
            link,
            Datagram(
                source_mac=self.device_mac(link),
                destination_mac=mac,
                source=self.device_address(link, 6 if destination.version == 6 else 4),
                destination=destination,
                source_port=6696,
                destination_port=6696,
                hop_limit=1,
                payload=payload,
            ),
        )

    def _transmit(self, link: LinkName, datagram: Datagram) -> None:
        """The last place before the wire: what a sabotaged device overrides."""
        self._outbox.append(SeenFrame(self._time, link, build_frame(datagram)))


def router_config(device: DeviceConfig) -> RouterConfig:
    """The reference router's own words for what a trace asks of its device."""
    config = RouterConfig(
        router_id=ROUTER_ID,
        interfaces={link.name: _interface(link, index) for index, link in enumerate(device.links)},
        originates=device.originates,
    )
    return config if device.profile is Profile.RFC8966 else _with_prices(config, device)


def _with_prices(config: RouterConfig, device: DeviceConfig) -> RouterConfig:
    prices = device.prices
    return evolve(
        config,
        profile=profiles.Profile(device.profile.value),
        price=prices.price,
        originated_price=prices.originated_price,
        price_unit=messages.PriceUnit(prices.unit.octets, prices.unit.currency),
        weight=config.weight if prices.weight is None else Weight(*prices.weight),
        tables=tuple(Table(network, Weight(*weight)) for network, weight in prices.tables),
        maximum_price=prices.maximum_price,
        unpriced=prices.unpriced,
        permitted_prefixes=prices.permitted or None,
        select_by_path_rtt=prices.select_by_path_rtt,
        verification=_verification(prices.verification),
    )


def _verification(wanted: Verification) -> VerificationConfig:
    """The reference's own settings, with those that the trace gives; in microseconds, as it counts."""
    given: dict[str, Any] = {}
    for name in ("cycle", "memory", "probe_interval", "banishment", "answer_patience", "carrier_patience"):
        given[name] = _microseconds(getattr(wanted, name))
    for name in ("lowest_accuracy", "readmission_accuracy", "tolerance"):
        share = getattr(wanted, name)
        given[name] = None if share is None else Fraction(*share)
    given |= {"probes": wanted.probes, "lost_after": wanted.lost_after}
    given["shortest_correction"] = given["longest_correction"] = _microseconds(wanted.correction)
    return VerificationConfig(**{name: one for name, one in given.items() if one is not None})


def _microseconds(milliseconds: int | None) -> Microseconds | None:
    return None if milliseconds is None else milliseconds * 1000


def _interface(link: LinkConfig, index: int) -> InterfaceConfig:
    config = InterfaceConfig(
        kind=link.medium,
        mtu=link.mtu,
        rtt=link.rtt,
        update_interval=link.update_interval,
        ipv4_network=IPv4Network(f"198.18.{index}.0/24"),
    )
    return config if link.hello_interval is None else evolve(config, hello_interval=link.hello_interval)


def deep_size(root: object) -> int:
    """Octets of an object and of all the data that it alone holds on to."""
    seen: set[int] = set()
    waiting, total = [root], 0
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, NOT_DATA):
            continue
        seen.add(id(one))
        total += sys.getsizeof(one)
        waiting += _held(one)
    return total


def _held(one: object) -> Iterator[object]:
    return (other for other in gc.get_referents(one) if not isinstance(other, NOT_DATA))


@frozen
class EmbeddedTarget:
    """The reference router, in memory.  See :class:`althea_spec.conformance.lab.Target`."""

    name: str = "reference"
    seed: int = 8966
    concurrency: int = 1
    attempts: int = 1
    laboratory: Callable[[DeviceConfig, int], MemoryLab] = field(default=MemoryLab, eq=False)

    def describe(self) -> Description:
        return Description(
            target=self.name,
            version=version("althea-spec"),
            environment={"python": sys.version.split()[0], "scapy": version("scapy")},
        )

    def supports(self, feature: str) -> bool:
        return feature in set(Feature) - LACKS

    def check(self) -> None:
        """There is nothing that could be missing."""

    def open(self, device: DeviceConfig, pace: Pace, workdir: Path) -> MemoryLab:
        """Virtual time has one pace, and nothing is written."""
        del pace, workdir
        links = "".join(f"{link.name}{link.medium}" for link in device.links)
        salt = int.from_bytes(sha256(links.encode()).digest()[:4], "big")
        return self.laboratory(device, self.seed ^ salt)


target = EmbeddedTarget()
