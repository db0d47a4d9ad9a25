# SPDX-License-Identifier: GPL-2.0-only
"""Building a mesh: a house for each router, cables between them, a host in each that answers pings."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Final

from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from althea_spec.conformance.lab import Address, DeviceConfig, LabError, LinkConfig, Pace
from althea_spec.hw_conformance import system_calls
from althea_spec.hw_conformance.daemon import Daemon, Room
from althea_spec.hw_conformance.daemons.babeld import Babeld
from althea_spec.hw_conformance.daemons.bird import Bird
from althea_spec.hw_conformance.daemons.frr import Frr
from althea_spec.hw_conformance.daemons.live import Live
from althea_spec.hw_conformance.fib import STUB, Interface
from althea_spec.hw_conformance.keeper import write_setting
from althea_spec.hw_conformance.namespace import House

from . import tunnels
from .history import RouteWatch
from .ping import Host
from .plan import HELLO_CENTISECONDS, UPDATE_CENTISECONDS, VERSIONS, Edge, Make, MeshPlan, Node

_STUB_FAR_END: Final = "stub1"
_MTU: Final = 1500
_STATIC: Final = 4
_NO_DETECTION: Final = 0x02
"""Of duplicate addresses: until it is done, an address cannot be used."""
_KERNEL_ADDRESS_OFF: Final = "1"
_ICMP_SETTINGS: Final = {
    "net/ipv6/icmp/ratelimit": "0",
    "net/ipv4/icmp_ratelimit": "0",
    "net/ipv4/icmp_msgs_per_sec": "1000000",
    "net/ipv4/icmp_msgs_burst": "1000000",
}
"""Every ping that runs out of hops is told of: they are counted."""


def daemon_for(node: Node) -> Daemon:
    """The router's program, with an identity of its own."""
    makers: dict[Make, Callable[[], Daemon]] = {"live": Live, "babeld": Babeld, "bird": Bird, "frr": Frr}
    daemon = makers[node.make]()
    daemon.number = node.number + 1
    return daemon


class MeshNode:
    """One router in its house."""

    def __init__(self, node: Node, plan: MeshPlan, workdir: Path) -> None:
        """Build the house and what is in it but the cables.

        Raises:
            LabError: no right to namespaces, or something is not installed.
        """
        self.node = node
        self.daemon = daemon_for(node)
        for program in self.daemon.programs:
            program.path()
        self.device = DeviceConfig(
            links=tuple(
                LinkConfig(
                    edge.name,
                    "tunnel" if edge.is_tunnel else "wired",
                    HELLO_CENTISECONDS,
                    UPDATE_CENTISECONDS,
                )
                for edge, _ in plan.edges_of(node.number)
            ),
            originates=node.originates,
            profile=node.profile,
            prices=node.prices,
        )
        self.interfaces = tuple(
            Interface(edge.name, edge.interfaces[end], edge.mac(end), edge.link_local(end), edge.ipv4(end))
            for edge, end in plan.edges_of(node.number)
        )
        folder = workdir / node.name
        folder.mkdir(parents=True)
        for name, text in self.daemon.files(self.device, self.interfaces).items():
            (folder / name).write_text(text, encoding="utf-8")
        self.house = House(folder, self.daemon.prepare_mounts())
        rate = self.daemon.rates.at(Pace.REAL)
        self.room = Room(self.house, self.device, self.interfaces, rate, self.daemon.keeps_own_clock)
        try:
            self._move_in()
        except BaseException:
            self.house.close()
            raise

    def _move_in(self) -> None:
        with self.house.device_network():
            self.route: Any = IPRoute()
            for name, value in _ICMP_SETTINGS.items():
                write_setting(name, value)
            self.watch = RouteWatch(self.node.number)
            self._furnish()
            self.hosts = [Host(self.node.number, one, self.node.address(one)) for one in VERSIONS]

    def _furnish(self) -> None:
        loopback = self.set_up("lo")
        self.route.link("add", ifname=STUB, kind="veth", peer={"ifname": _STUB_FAR_END})
        self.set_up(_STUB_FAR_END)
        index = self.set_up(STUB)
        for prefix in self.node.originates:
            family = socket.AF_INET6 if prefix.version == 6 else socket.AF_INET
            self.add_address(loopback, prefix[1], prefix.max_prefixlen)
            self.route.route("add", dst=str(prefix), oif=index, proto=_STATIC, family=family)

    def add_address(self, index: int, address: Address, length: int) -> None:
        """Usable at once."""
        flags = {"flags": _NO_DETECTION} if address.version == 6 else {}
        self.route.addr("add", index=index, address=str(address), prefixlen=length, **flags)

    def index(self, name: str) -> int:
        """Of an interface."""
        return int(self.route.link_lookup(ifname=name)[0])

    def set_up(self, name: str) -> int:
        """Switch an interface on; its index."""
        index = self.index(name)
        self.route.link("set", index=index, state="up")
        return index

    def set_down(self, name: str) -> None:
        """Switch an interface off."""
        self.route.link("set", index=self.index(name), state="down")

    def close(self) -> None:
        for host in self.hosts:
            host.close()
        self.watch.close()
        self.route.close()
        self.house.close()


class Mesh:
    """All routers of a plan, joined and started.  A context manager: leaving it leaves nothing behind."""

    def __init__(self, plan: MeshPlan, workdir: Path) -> None:
        """Build everything and start every router.

        Raises:
            LabError: any of it does not work; nothing is left behind.
        """
        self.plan = plan
        self.nodes: list[MeshNode] = []
        try:
            if any(edge.is_tunnel for edge in plan.edges):
                tunnels.check()
            for node in plan.nodes:
                self.nodes.append(MeshNode(node, plan, workdir))
            for edge in plan.edges:
                self._join(edge)
            for one in self.nodes:
                one.daemon.start(one.room)
        except BaseException as error:
            self.close()
            if isinstance(error, NetlinkError | OSError):
                raise LabError(f"mesh: {error}") from error
            raise

    def _join(self, edge: Edge) -> None:
        """Lay the cable, and the tunnel over it where it is one."""
        left, right = (self.nodes[end] for end in edge.ends)
        cables = cable_names(edge)
        with left.house.device_network():
            left.route.link(
                "add",
                ifname=cables[0],
                kind="veth",
                address=edge.mac(0),
                mtu=_MTU,
                peer={
                    "ifname": cables[1],
                    "net_ns_pid": right.house.first_process,
                    "address": edge.mac(1),
                    "mtu": _MTU,
                },
            )
        for node, cable in zip((left, right), cables, strict=True):
            node.set_up(cable)
            with node.house.device_network():
                system_calls.notice_carrier(cable)
        if edge.is_tunnel:
            self._tunnel(edge)
        for end, node in enumerate((left, right)):
            index = node.index(edge.interfaces[end])
            node.add_address(index, edge.ipv4(end), 24)

    def _tunnel(self, edge: Edge) -> None:
        keys = (tunnels.make_keys(), tunnels.make_keys())
        for end, number in enumerate(edge.ends):
            node, name = self.nodes[number], edge.interfaces[end]
            cable = node.index(cable_names(edge)[end])
            node.add_address(cable, _below(edge, end), 24)
            other = _below(edge, 1) if end == 0 else None
            tunnels.make_tunnel(node.room, name, keys[end], keys[1 - end], other, edge.number)
            with node.house.device_network():
                write_setting(f"net/ipv6/conf/{name}/addr_gen_mode", _KERNEL_ADDRESS_OFF)
            index = node.index(name)
            # BIRD asks for the flag, which the kernel does not give a tunnel by itself.
            node.house.ask(["ip", "link", "set", name, "multicast", "on", "mtu", str(tunnels.MTU), "up"])
            node.add_address(index, edge.link_local(end), 64)

    def cut(self, edge: Edge) -> None:
        """Pull the cable: both ends see it, but a tunnel over it does not."""
        self.nodes[edge.ends[0]].set_down(cable_names(edge)[0])

    def heal(self, edge: Edge) -> None:
        """Put the cable back."""
        names = cable_names(edge)
        self.nodes[edge.ends[0]].set_up(names[0])
        for end, number in enumerate(edge.ends):
            with self.nodes[number].house.device_network():
                system_calls.notice_carrier(names[end])

    def interface_map(self) -> dict[tuple[int, int], int]:
        """Node and interface index to the node at the other end."""
        return {
            (number, self.nodes[number].index(edge.interfaces[end])): edge.ends[1 - end]
            for edge in self.plan.edges
            for end, number in enumerate(edge.ends)
        }

    def alive(self) -> Iterator[MeshNode]:
        """The nodes whose every process still runs."""
        for one in self.nodes:
            if all(process.status() is None for process in one.room.processes.values()):
                yield one

    def __enter__(self) -> "Mesh":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Kill every router and clear every namespace away."""
        with contextlib.ExitStack() as stack:
            for one in self.nodes:
                stack.callback(one.close)
            self.nodes = []


def cable_names(edge: Edge) -> tuple[str, str]:
    """The interfaces at the ends of a cable; where it is no tunnel they are the link's own."""
    if not edge.is_tunnel:
        return edge.interfaces
    return (edge.interfaces[0].replace("wg", "cable"), edge.interfaces[1].replace("wg", "cable"))


def _below(edge: Edge, end: int) -> IPv4Address:
    """Address on the cable under a tunnel."""
    return IPv4Address(f"198.19.{edge.number}.{end + 1}")
