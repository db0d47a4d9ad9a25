# SPDX-License-Identifier: GPL-2.0-only
"""The device's side of the kernel: its interfaces, its addresses, and the forwarding table it has filled."""

import socket
import time
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address
from typing import Any, Final

from attrs import frozen
from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from althea_spec.conformance.lab import Address, DeviceConfig, FibEntry, LabError, LinkName, Network

from . import system_calls
from .namespace import House
from .route_dump import KernelRoute, dump_routes, open_route_socket

STUB: Final = "stub0"
"""Where the prefixes that the device originates live; no Babel is spoken there."""
_STUB_FAR_END: Final = "stub1"
_IPV4_LINKS: Final = IPv4Network("198.18.0.0/15")  # RFC 2544: for tests of network devices
_UNICAST: Final = 1
_REFUSALS: Final = {6, 7, 8}  # blackhole, unreachable, prohibit
_NOT_A_ROUTING_PROTOCOL: Final = frozenset({0, 1, 2, 3, 4, 9, 16})
"""rtnetlink's numbers: unspecified, redirect, kernel, boot, static (ours), router advertisement, DHCP."""
_PERMANENT: Final = 0x80
_USABLE_SECONDS: Final = 10


@frozen
class Interface:
    """One link as the device has it."""

    link: LinkName
    name: str
    """``eth0`` and so on, in the order of the links."""
    mac: str
    address: IPv6Address
    ipv4: IPv4Address
    """Alone in a /24 with the neighbours of that link."""


def plan_interfaces(device: DeviceConfig) -> tuple[Interface, ...]:
    """What the device's interfaces are called; the same for every target, so that evidence reads alike."""
    return tuple(
        Interface(
            link=link.name,
            name=f"eth{index}",
            mac=f"02:00:00:00:00:{index + 1:02x}",
            address=IPv6Address(f"fe80::ff:fe00:{index + 1:x}"),
            ipv4=IPv4Address(int(_IPV4_LINKS.network_address) + (index << 8) + 1),
        )
        for index, link in enumerate(device.links)
    )


def far_end(interface: Interface) -> str:
    """The other end of the cable."""
    return f"to-{interface.name}"


class Kernel:
    """The device's part of the kernel, through netlink."""

    def __init__(self, house: House, device: DeviceConfig) -> None:
        """Lay the cables and give the device its addresses.

        Raises:
            LabError: the kernel lacks veth or refuses.
        """
        self.interfaces = plan_interfaces(device)
        self._house = house
        self._by_link = {interface.link: interface for interface in self.interfaces}
        try:
            with IPRoute() as tester:
                for interface, link in zip(self.interfaces, device.links, strict=True):
                    _lay_cable(tester, house.first_process, interface, link.mtu)
            with house.device_network():
                self._route = IPRoute()
                self._routes = open_route_socket()
                self._furnish()
                self._originate(device.originates)
            for interface in self.interfaces:
                system_calls.notice_carrier(far_end(interface))
        except (NetlinkError, OSError) as error:
            raise LabError(f"veth: {error}; the kernel needs CONFIG_VETH and CONFIG_IPV6") from error

    def _furnish(self) -> None:
        self._set_up("lo")
        for interface in self.interfaces:
            index = self._set_up(interface.name)
            system_calls.notice_carrier(interface.name)
            system_calls.compute_checksums_on_send(interface.name)
            self._route.addr("add", index=index, address=str(interface.ipv4), prefixlen=24)
        self._wait_until_usable()

    def _originate(self, prefixes: Sequence[Network]) -> None:
        if prefixes:
            self._route.link("add", ifname=STUB, kind="veth", peer={"ifname": _STUB_FAR_END})
            self._set_up(_STUB_FAR_END)
            index = self._set_up(STUB)
            for prefix in prefixes:
                self._route.route("add", dst=str(prefix), oif=index, proto=4, **_family(prefix))
        self._index_by_name = {name: index for index, name in socket.if_nameindex()}
        self._link_by_index = {self._index_by_name[one.name]: one.link for one in self.interfaces}

    def _wait_until_usable(self) -> None:
        """The kernel notices a carrier, and then makes the link-local addresses, in its own time."""
        give_up = time.monotonic() + _USABLE_SECONDS
        missing = {str(interface.address) for interface in self.interfaces}
        while True:
            addresses = self._route.get_addr(family=socket.AF_INET6)
            missing -= {dict(one["attrs"])["IFA_ADDRESS"] for one in addresses}
            if not missing:
                return
            if time.monotonic() > give_up:
                absent = " ".join(sorted(missing))
                raise LabError(f"veth: the kernel has not made {absent}; is IPv6 switched off?")
            time.sleep(0.002)

    def _set_up(self, name: str) -> int:
        index = int(self._route.link_lookup(ifname=name)[0])
        self._route.link("set", index=index, state="up")
        return index

    def interface(self, link: LinkName) -> Interface:
        """The device's end of a link.

        Raises:
            LabError: no such link.
        """
        try:
            return self._by_link[link]
        except KeyError:
            raise LabError(f"link '{link}': no such link; there are: {' '.join(self._by_link)}") from None

    def introduce(self, link: LinkName, mac: str, addresses: Sequence[Address]) -> None:
        """Tell the device for good which Ethernet address these hosts have.

        Neighbour Discovery would do, but its timers are the wall's, however fast the device's own clock runs,
        and a worker that is busy for three seconds would make the host unreachable.

        Raises:
            LabError: no such link, or the kernel refuses.
        """
        index = self._index_by_name[self.interface(link).name]
        try:
            for address in addresses:
                self._route.neigh(
                    "replace",
                    dst=str(address),
                    lladdr=mac,
                    ifindex=index,
                    state=_PERMANENT,
                    family=_family(address)["family"],
                )
        except NetlinkError as error:
            raise LabError(f"link '{link}': the kernel refuses {mac}: {error}") from error

    def fib(self) -> Sequence[FibEntry]:
        """What the routing protocol has put into the forwarding tables, as the kernel lists it.

        Raises:
            LabError: they cannot be read.
        """
        entries: list[FibEntry] = []
        try:
            for family in (socket.AF_INET6, socket.AF_INET):
                for route in dump_routes(self._routes, family, _NOT_A_ROUTING_PROTOCOL):
                    entries += self._entries(route)
        except OSError as error:
            raise LabError(f"forwarding table: {error.strerror}") from error
        return entries

    def _entries(self, route: KernelRoute) -> list[FibEntry]:
        if route.kind in _REFUSALS:
            return [FibEntry(route.prefix, "unreachable")]
        if route.kind != _UNICAST:
            return []
        links = self._link_by_index
        return [FibEntry(route.prefix, "via", hop.gateway, links.get(hop.interface)) for hop in route.hops]

    def close(self) -> None:
        self._route.close()
        self._routes.close()


def _lay_cable(tester: Any, device: int, interface: Interface, mtu: int) -> None:
    name = far_end(interface)
    peer = {"ifname": interface.name, "net_ns_pid": device, "address": interface.mac, "mtu": mtu}
    tester.link("add", ifname=name, kind="veth", mtu=mtu, peer=peer)
    tester.link("set", index=tester.link_lookup(ifname=name)[0], state="up")


def _family(address: Address | Network) -> dict[str, int]:
    return {"family": socket.AF_INET6 if address.version == 6 else socket.AF_INET}
