# SPDX-License-Identifier: GPL-2.0-only
"""What the kernel says about an interface, and a socket that is readable when some of it may have changed.

The netlink messages themselves are thrown away: after any of them, or after some were lost, the interfaces
are looked at again.  Nothing can be missed that way, however fast a cable is pulled and put back.
"""

import errno
import fcntl
import socket
import struct
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Address
from pathlib import Path
from typing import Final

from attrs import frozen

_GET_FLAGS: Final = 0x8913
_GET_ADDRESS: Final = 0x8915
_GET_NETMASK: Final = 0x891B
_GET_MTU: Final = 0x8921
_GET_HARDWARE_ADDRESS: Final = 0x8927
_UP_AND_RUNNING: Final = 0x1 | 0x40
_ETHERNET: Final = 1
_TENTATIVE_OR_DUPLICATE: Final = 0x40 | 0x08
_LINK_SCOPE: Final = 0x20
_GROUPS: Final = 0x1 | 0x10 | 0x100  # links, IPv4 addresses, IPv6 addresses
_NAME_OCTETS: Final = 16
_REQUEST_OCTETS: Final = 40
_ADDRESSES: Final = Path("/proc/self/net/if_inet6")


@frozen
class InterfaceFacts:
    """An interface that packets can be sent on."""

    name: str
    index: int
    mtu: int
    """Octets, of an IP packet."""
    link_local: IPv6Address
    ipv4: IPv4Interface | None
    """Address and network."""

    @property
    def ipv4_address(self) -> IPv4Address | None:
        return None if self.ipv4 is None else self.ipv4.ip

    @property
    def ipv4_network(self) -> IPv4Network | None:
        return None if self.ipv4 is None else self.ipv4.network


class InterfaceReader:
    """Asks the kernel, in the network namespace it was made in."""

    def __init__(self) -> None:
        self._control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def read(self, name: str, preferred: IPv6Address | None = None) -> InterfaceFacts | None:
        """The interface, if it is up, has its cable in, and has a link-local address that may be used.

        Args:
            name: of the interface.
            preferred: taken if it is among several link-local addresses.
        """
        flags = self._ask(_GET_FLAGS, name, "H")
        if flags is None or flags & _UP_AND_RUNNING != _UP_AND_RUNNING:
            return None
        addresses = _link_local_addresses(name)
        mtu = self._ask(_GET_MTU, name, "i")
        try:
            index = socket.if_nametoindex(name)
        except OSError:
            return None
        if not addresses or mtu is None:
            return None
        link_local = preferred if preferred in addresses else addresses[0]
        return InterfaceFacts(name, index, mtu, link_local, self._ipv4(name))

    def hardware_address(self, name: str) -> bytes | None:
        """The six octets of an Ethernet address."""
        octets = self._request(_GET_HARDWARE_ADDRESS, name)
        if octets is None or struct.unpack_from("=H", octets)[0] != _ETHERNET:
            return None
        return octets[2:8]

    def _ipv4(self, name: str) -> IPv4Interface | None:
        address, mask = self._request(_GET_ADDRESS, name), self._request(_GET_NETMASK, name)
        if address is None or mask is None:
            return None
        return IPv4Interface(f"{IPv4Address(address[4:8])}/{IPv4Address(mask[4:8])}")

    def _ask(self, request: int, name: str, form: str) -> int | None:
        octets = self._request(request, name)
        return None if octets is None else int(struct.unpack_from(f"={form}", octets)[0])

    def _request(self, request: int, name: str) -> bytes | None:
        """What follows the name in the kernel's answer; ``None``: it has no answer."""
        argument = name.encode().ljust(_NAME_OCTETS, b"\0").ljust(_REQUEST_OCTETS, b"\0")
        try:
            return fcntl.ioctl(self._control, request, argument)[_NAME_OCTETS:]
        except OSError:
            return None

    def close(self) -> None:
        self._control.close()


def _link_local_addresses(name: str) -> list[IPv6Address]:
    """Those that duplicate address detection is done with, in the kernel's order."""
    try:
        lines = _ADDRESSES.read_text(encoding="ascii").splitlines()
    except OSError:  # a kernel without IPv6
        return []
    addresses = []
    for line in lines:
        octets, _, _, scope, flags, owner = line.split()
        if owner == name and int(scope, 16) == _LINK_SCOPE and not int(flags, 16) & _TENTATIVE_OR_DUPLICATE:
            addresses.append(IPv6Address(bytes.fromhex(octets)))
    return addresses


class ChangeWatch:
    """Readable when a link or an address has changed."""

    def __init__(self) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
        self._socket.setblocking(False)
        self._socket.bind((0, _GROUPS))

    def fileno(self) -> int:
        return self._socket.fileno()

    def drain(self) -> None:
        """Forget what has been said."""
        while True:
            try:
                self._socket.recv(1 << 16)
            except BlockingIOError:
                return
            except OSError as error:
                if error.errno != errno.ENOBUFS:  # more than it could hold: looking again covers that
                    raise

    def close(self) -> None:
        self._socket.close()
