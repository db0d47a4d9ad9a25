# SPDX-License-Identifier: GPL-2.0-only
"""babeld, the implementation of the RFC's own author."""

import socket
import time
from collections.abc import Sequence
from typing import Final

from althea_spec.conformance.lab import PLAIN_FEATURES, DeviceConfig, Feature, LinkConfig
from althea_spec.hw_conformance.daemon import Daemon, DaemonTarget, Program, Rates, Room, printed_version
from althea_spec.hw_conformance.fib import Interface
from althea_spec.hw_conformance.namespace import INSIDE

_BABELD: Final = Program("babeld", "babeld")
_SOCKET: Final = "babeld.socket"
_ANSWER_SECONDS: Final = 3.0


class Babeld(Daemon):
    """babeld 1.12."""

    name = "babeld"
    programs = (_BABELD,)
    features = PLAIN_FEATURES - {Feature.IPV4_TRANSPORT, Feature.RECONFIGURE}
    rates = Rates(fast=10, faster=40)
    laboratories_per_core = 8

    def version(self) -> str:
        return printed_version([_BABELD.path(), "-V"])

    def files(self, device: DeviceConfig, interfaces: Sequence[Interface]) -> dict[str, str]:
        lines = [f"router-id 02:00:00:ff:fe:00:00:{self.number:02x}"]
        lines += [
            _interface_line(interface.name, link)
            for interface, link in zip(interfaces, device.links, strict=True)
        ]
        lines += [
            f"redistribute ip {prefix} eq {prefix.prefixlen} proto 4 allow" for prefix in device.originates
        ]
        # Without this it would announce the addresses of its links.
        lines += ["redistribute local deny", "redistribute deny", ""]
        return {"babeld.conf": "\n".join(lines)}

    def start(self, room: Room) -> None:
        command = [_BABELD.path(), "-d", "0", "-c", "babeld.conf", "-S", "state"]
        command += ["-I", f"{INSIDE}/babeld.pid", "-G", f"{INSIDE}/{_SOCKET}"]
        room.start("babeld", [*command, *(interface.name for interface in room.interfaces)])

    def tables(self, room: Room) -> dict[str, str]:
        return {"babeld-dump.txt": _dump(room)}


def _interface_line(name: str, link: LinkConfig) -> str:
    words = [f"interface {name} type {link.medium}"]
    if link.hello_interval is not None:
        words.append(f"hello-interval {link.hello_interval / 100:.2f}")
    if link.update_interval is not None:
        words.append(f"update-interval {link.update_interval / 100:.2f}")
    if link.rtt:
        words.append("enable-timestamps true")
    return " ".join(words)


def _dump(room: Room) -> str:
    """Everything that babeld tells on its local socket (banner, then the answer to "dump")."""
    try:
        with room.connect(_SOCKET) as connection:
            _read_until_ok(connection)
            connection.sendall(b"dump\n")
            return _read_until_ok(connection)
    except OSError as error:
        return f"babeld: its local socket does not answer: {error.strerror or error}\n"


def _read_until_ok(connection: socket.socket) -> str:
    give_up = time.monotonic() + _ANSWER_SECONDS
    text = b""
    while not text.endswith(b"ok\n"):
        octets = connection.recv(1 << 16)
        text += octets
        if not octets or time.monotonic() > give_up:
            raise ConnectionError("it stopped in the middle of an answer")
    return text.decode(errors="replace")


target = DaemonTarget(Babeld())
