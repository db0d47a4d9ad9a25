# SPDX-License-Identifier: GPL-2.0-only
"""The device's side of the kernel: its interfaces, its addresses, and the forwarding table it has filled."""

import errno
import socket
import time
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address, ip_network
from typing import Any, Final

from attrs import frozen
from pyroute2 import IPRoute
from pyroute2.netlink.exceptions import NetlinkError

from althea_spec.conformance.lab import Address, DeviceConfig, FibEntry, LabError, LinkName, Network

from . import system_calls
from .namespace import House

STUB: Final = "stub0"
"""Where the prefixes that the device originates live; no Babel is spoken there."""
_STUB_FAR_END: Final = "stub1"
_IPV4_LINKS: Final = IPv4Network("198.18.0.0/15")  # RFC 2544: for tests of network devices
_UNICAST: Final = 1
_REFUSALS: Final = {6, 7, 8}  # blackhole, unreachable, prohibit
_NOT_A_ROUTING_PROTOCOL: Final = {0, 1, 2, 3, 4, 9, 16}
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
        self._names = {index: name for index, name in socket.if_nameindex()}  # noqa: C416

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
        name = self.interface(link).name
        index = next(index for index, known in self._names.items() if known == name)
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
        """What the routing protocol has put into the forwarding tables, as the kernel lists it."""
        entries: list[FibEntry] = []
        for family in (socket.AF_INET6, socket.AF_INET):
            for message in self._dump(family):
                entries += self._entries(message)
        return entries

    def _dump(self, family: int) -> list[Any]:
        try:
            return list(self._route.get_routes(family=family))
        except NetlinkError as error:
            if error.code == errno.EINTR:  # the table changed meanwhile; the next look will do
                return self._dump(family)
            raise LabError(f"forwarding table: cannot be read: {error}") from error

    def _entries(self, message: Any) -> list[FibEntry]:
        if message["proto"] in _NOT_A_ROUTING_PROTOCOL:
            return []
        attributes: Mapping[str, Any] = dict(message["attrs"])
        default = "::/0" if message["family"] == socket.AF_INET6 else "0.0.0.0/0"
        destination = attributes.get("RTA_DST")
        prefix = ip_network(f"{destination}/{message['dst_len']}" if destination else default, strict=False)
        if message["type"] in _REFUSALS:
            return [FibEntry(prefix, "unreachable")]
        if message["type"] != _UNICAST:
            return []
        hops = attributes.get("RTA_MULTIPATH")
        if hops:
            return [self._hop(prefix, dict(hop["attrs"]), hop["oif"]) for hop in hops]
        return [self._hop(prefix, attributes, attributes.get("RTA_OIF", 0))]

    def _hop(self, prefix: Network, attributes: Mapping[str, Any], index: int) -> FibEntry:
        name = self._names.get(index, "")
        link = next((interface.link for interface in self.interfaces if interface.name == name), None)
        return FibEntry(prefix, "via", _gateway(attributes), link)

    def close(self) -> None:
        self._route.close()


def _lay_cable(tester: Any, device: int, interface: Interface, mtu: int) -> None:
    name = far_end(interface)
    peer = {"ifname": interface.name, "net_ns_pid": device, "address": interface.mac, "mtu": mtu}
    tester.link("add", ifname=name, kind="veth", mtu=mtu, peer=peer)
    tester.link("set", index=tester.link_lookup(ifname=name)[0], state="up")


def _family(address: Address | Network) -> dict[str, int]:
    return {"family": socket.AF_INET6 if address.version == 6 else socket.AF_INET}


def _gateway(attributes: Mapping[str, Any]) -> Address | None:
    plain = attributes.get("RTA_GATEWAY")
    if plain is not None:
        return ip_address(plain)
    other_family = attributes.get("RTA_VIA")  # IPv4 through an IPv6 next hop
    if other_family is not None:
        return ip_address(other_family["addr"] if isinstance(other_family, Mapping) else other_family)
    return None


