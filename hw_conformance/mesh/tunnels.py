# SPDX-License-Identifier: GPL-2.0-only
"""WireGuard as a link: in the kernel where it has it, else by wireguard-go."""

import subprocess
import time
from ipaddress import IPv4Address
from typing import Final

from attrs import frozen

from althea_spec.conformance.lab import LabError
from althea_spec.hw_conformance.daemon import Program, Room

WIREGUARD_GO: Final = Program("wireguard-go", "wireguard-go")
WG: Final = Program("wg", "wireguard-tools")
MTU: Final = 1420
_FIRST_PORT: Final = 51820
_KEEPALIVE_SECONDS: Final = "5"
_READY_SECONDS: Final = 5.0
_POLL_SECONDS: Final = 0.02
_EVERYTHING: Final = "0.0.0.0/0,::/0"


@frozen
class Keys:
    """Of one end of a tunnel."""

    private: str
    public: str


def make_keys() -> Keys:
    """A fresh pair.

    Raises:
        LabError: wireguard-tools are not installed.
    """
    program = WG.path()
    private = subprocess.run([program, "genkey"], capture_output=True, check=True, timeout=5).stdout
    public = subprocess.run(
        [program, "pubkey"], input=private, capture_output=True, check=True, timeout=5
    ).stdout
    return Keys(private.decode().strip(), public.decode().strip())


def check() -> None:
    """Whether tunnels can be made here.

    Raises:
        LabError: something is not installed.
    """
    WG.path()
    WIREGUARD_GO.path()


def make_tunnel(
    room: Room, interface: str, own: Keys, peer: Keys, endpoint: IPv4Address | None, number: int
) -> None:
    """Make one end of a tunnel in a node's house; its addresses are the caller's business.

    Args:
        room: the node's.
        interface: what the tunnel is called there.
        own: keys of this end.
        peer: keys of the other.
        endpoint: where the other end is found on the cable below; ``None``: it will call.  Two ends that call
            at the same moment refuse each other's handshake, and do so again five seconds later.
        number: of the tunnel; its UDP port follows from it.

    Raises:
        LabError: it cannot be made.
    """
    house, port = room.house, str(_FIRST_PORT + number)
    answer = house.ask(["ip", "link", "add", interface, "type", "wireguard"])
    if answer.strip():
        room.start(f"tunnel-{interface}", [WIREGUARD_GO.path(), "-f", interface], {"LOG_LEVEL": "error"})
    (house.workdir / f"{interface}.key").write_text(own.private, encoding="ascii")
    command = [WG.path(), "set", interface, "private-key", f"{interface}.key", "listen-port", port]
    command += ["peer", peer.public, "allowed-ips", _EVERYTHING]
    if endpoint is not None:
        command += ["endpoint", f"{endpoint}:{port}", "persistent-keepalive", _KEEPALIVE_SECONDS]
    give_up = time.monotonic() + _READY_SECONDS
    while answer := house.ask(command).strip():
        room.fail_if_ended()
        if time.monotonic() > give_up:
            raise LabError(f"{interface}: no tunnel within {_READY_SECONDS:g} s: {answer}")
        time.sleep(_POLL_SECONDS)
