# SPDX-License-Identifier: GPL-2.0-only
"""A box on a cable: a router of which nothing is known but where its Babel interfaces can be reached.

The interfaces are the user's own and stay as they are; the neighbours that the suite plays exist only as
addresses on packet sockets.  The box is not fresh for every trace unless a command is given that makes it so.
"""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from attrs import field, frozen

from althea_spec.conformance.lab import (
    Address,
    Description,
    DeviceConfig,
    Feature,
    FibEntry,
    LabError,
    LinkName,
    Microseconds,
    Pace,
    SeenFrame,
)

from .clock import Clock
from .daemon import describe_environment
from .hello_watch import carries_hello
from .link import LinkEnd, Links
from .management_socket import connect, fib_entries
from .noise import Noise
from .resolution import advertised_mac, mac_octets, solicitation

_ASKER: Final = IPv6Address("fe80::c0de:1")
_ASKER_MAC: Final = mac_octets("02:00:00:00:0c:01")
_ASK_SECONDS: Final = 0.5
_ANSWER_SECONDS: Final = 5.0
_HELLO_SECONDS: Final = 12.0
"""Three default Hello intervals."""
_RESET_SECONDS: Final = 120.0
EXPECTED_FEATURES: Final = frozenset({Feature.FORWARDING, Feature.DATA_PLANE, Feature.WIRED})
"""What a router on Ethernet may be expected to do with nobody touching its configuration."""
_EXPECTED: Final = "expected INTERFACE=LINK-LOCAL-ADDRESS, with commas between several (eth1=fe80::1)"


@frozen
class CableTarget:
    """The interfaces, in the order in which a trace's links get them, and the box's address on each."""

    cables: Mapping[str, IPv6Address]
    name: str = "cable"
    features: frozenset[Feature] = EXPECTED_FEATURES
    reset_command: tuple[str, ...] = ()
    """Makes the box fresh, and returns when that is done; run before every trace."""
    seconds_to_hello: float = _HELLO_SECONDS
    seconds_to_answer: float = _ANSWER_SECONDS
    """Until the box must have answered for its address."""
    management: str | tuple[str, ...] | None = None
    """Where the box tells its routes: as for :func:`.management_socket.connect`."""
    own_interfaces: Mapping[str, str] = MappingProxyType({})
    """Our interfaces to what the box calls its own; needed to read its routes."""
    concurrency: int = field(default=1, init=False)
    attempts: int = field(default=3, init=False)

    def describe(self) -> Description:
        where = ", ".join(f"{address} on {interface}" for interface, address in self.cables.items())
        fresh = "" if self.reset_command else "; not restarted between traces"
        return Description(self.name, f"unknown: a box at {where}{fresh}", describe_environment())

    def supports(self, feature: str) -> bool:
        return feature in set(self.features)

    def check(self) -> None:
        for interface in self.cables:
            LinkEnd(interface, interface).close()
        if self.management is not None:
            connect(self.management).close()

    def open(self, device: DeviceConfig, pace: Pace, workdir: Path) -> "CableLab":  # noqa: ARG002
        return CableLab(self, device)


class CableLab:
    """Packet sockets on the user's own interfaces; time is the wall's."""

    def __init__(self, target: CableTarget, device: DeviceConfig) -> None:
        """Find the box on every link that the trace wants, and wait for its Hello there.

        Raises:
            LabError: fewer cables than links, the box does not answer, or it is not a Babel router.
        """
        if len(device.links) > len(target.cables):
            raise LabError(
                f"{target.name}: the trace needs {len(device.links)} links, the box has "
                f"{len(target.cables)}; give more INTERFACE=ADDRESS pairs"
            )
        self._target = target
        self._interfaces = dict(zip((link.name for link in device.links), target.cables, strict=False))
        self._reset()
        self._clock = Clock()
        self._wire = Links(self._interfaces, self._clock)
        self._noise = Noise()
        self._probe = self._noise.start()
        try:
            self._macs = {link: self._find_box(link) for link in self._interfaces}
            self._wait_for_hello()
        except BaseException:
            self.close()
            raise

    def _reset(self) -> None:
        if not self._target.reset_command:
            return
        program = self._target.reset_command[0]
        try:
            subprocess.run(
                self._target.reset_command, check=True, capture_output=True, timeout=_RESET_SECONDS, text=True
            )
        except subprocess.CalledProcessError as error:
            words = " ".join((error.stderr or error.stdout).split()[-40:])
            raise LabError(f"{program}: the reset command ended with {error.returncode}: {words}") from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LabError(f"{program}: the reset command: {error}") from error

    def _find_box(self, link: LinkName) -> bytes:
        address = self._address(link)
        give_up = time.monotonic() + self._target.seconds_to_answer
        while time.monotonic() < give_up:
            self._wire.send(link, solicitation(_ASKER, _ASKER_MAC, address))
            pause = self._clock.now() + int(_ASK_SECONDS * 1e6)
            while frames := self._wire.receive(pause):
                for seen in frames:
                    mac = advertised_mac(seen.frame, address) if seen.link == link else None
                    if mac is not None:
                        return mac
        raise LabError(
            f"{self._interfaces[link]}: nobody answers for {address} within "
            f"{self._target.seconds_to_answer:g} s; is the box on, the cable in, and the address its own?"
        )

    def _wait_for_hello(self) -> None:
        silent = set(self._interfaces)
        end = self._clock.now() + int(self._target.seconds_to_hello * 1e6)
        early: list[SeenFrame] = []
        while silent:
            frames = self._wire.receive(end)
            if not frames:
                where = ", ".join(self._interfaces[link] for link in sorted(silent))
                seconds = self._target.seconds_to_hello
                raise LabError(f"{where}: no Babel Hello within {seconds:g} s; is Babel on there?")
            silent -= {seen.link for seen in frames if carries_hello(seen.frame)}
            early += frames
        self._wire.put_back(early)

    def __enter__(self) -> "CableLab":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def links(self) -> tuple[LinkName, ...]:
        return tuple(self._interfaces)

    def _address(self, link: LinkName) -> IPv6Address:
        self._wire.end(link)
        return self._target.cables[self._interfaces[link]]

    def device_address(self, link: LinkName, version: Literal[4, 6] = 6) -> Address:
        if version == 4:
            raise LabError(f"{self._interfaces.get(link, link)}: the box's IPv4 address is not known")
        return self._address(link)

    def device_mac(self, link: LinkName) -> str:
        self._wire.end(link)
        return self._macs[link].hex(":")

    def attach(self, link: LinkName, mac: str, addresses: Sequence[Address]) -> None:
        self._wire.attach(link, mac, addresses)

    def now(self) -> Microseconds:
        return self._clock.now()

    def send(self, link: LinkName, frame: bytes) -> Microseconds:
        return self._wire.send(link, frame)

    def receive(self, deadline: Microseconds) -> Sequence[SeenFrame]:
        return self._wire.receive(deadline)

    def noise(self, since: Microseconds) -> Microseconds:
        worst = self._clock.span(self._noise.worst(self._clock.monotonic(since)))
        if self._wire.lost_since(since):
            return max(worst, self._clock.now() - since)
        return worst

    def fib(self) -> Sequence[FibEntry]:
        place = self._target.management
        if place is None:
            raise LabError(f"{self._target.name}: the forwarding table of a box on a cable cannot be read")
        with connect(place) as management:
            return fib_entries(management.dump(), self._links_by_own_interface())

    def _links_by_own_interface(self) -> dict[str, str]:
        known = self._target.own_interfaces
        return {known[ours]: link for link, ours in self._interfaces.items() if ours in known}

    def alive(self) -> bool:
        return True

    def stop_device(self) -> None:
        raise LabError(f"{self._target.name}: a box on a cable cannot be asked to stop")

    def memory_octets(self) -> int | None:
        return None

    def evidence(self) -> dict[str, str]:
        lines = [
            f"{link}: {interface} {self._macs[link].hex(':')} {self._target.cables[interface]}\n"
            for link, interface in self._interfaces.items()
        ]
        files = {"links.txt": "".join(lines)}
        if self._target.management is not None:
            with connect(self._target.management) as management:
                management.dump()
                files["management.txt"] = management.transcript()
        return files

    def close(self) -> None:
        if self._probe < 0:
            return
        self._wire.close()
        os.kill(self._probe, signal.SIGKILL)
        os.waitpid(self._probe, 0)
        self._probe = -1
        self._noise.close()


def parse_cable(argument: str) -> CableTarget:
    """``eth1=fe80::1,eth2=fe80::2`` as a target; the interfaces must exist.

    Raises:
        LabError: it is not written like that, or there is no such interface.
    """
    cables: dict[str, IPv6Address] = {}
    for part in argument.split(","):
        interface, sign, text = part.strip().partition("=")
        if not interface or not sign:
            raise LabError(f"'{part.strip()}': {_EXPECTED}")
        if interface in cables:
            raise LabError(f"'{argument}': {interface} is given twice")
        cables[interface] = box_address(interface, text)
    return CableTarget(MappingProxyType(cables))


def box_address(interface: str, text: str) -> IPv6Address:
    """A link-local address, with or without ``%INTERFACE`` after it.

    Raises:
        LabError: it is not one.
    """
    bare, sign, zone = text.strip().partition("%")
    if sign and zone != interface:
        raise LabError(f"{interface}={text}: the zone after '%' must be {interface}")
    try:
        address = ip_address(bare)
    except ValueError as error:
        raise LabError(f"{interface}={text}: {_EXPECTED}") from error
    if not isinstance(address, IPv6Address) or not address.is_link_local:
        raise LabError(f"{interface}={text}: not a link-local IPv6 address; {_EXPECTED}")
    return address
