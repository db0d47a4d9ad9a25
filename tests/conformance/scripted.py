# SPDX-License-Identifier: GPL-2.0-only
"""A laboratory whose device is a few lines of a test, and short ways to write traces and packets."""

from collections.abc import Callable, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Literal

from althea_spec.conformance.frames import Datagram, build_frame, multicast_mac, read_frame, tunnel_frame
from althea_spec.conformance.lab import Address, FibEntry, LinkName, Microseconds, Network, SeenFrame
from althea_spec.conformance.layers import babel
from althea_spec.conformance.observe import SeenTlv, read_payload
from althea_spec.conformance.trace import Trace

DEVICE = IPv6Address("fe80::d")
GROUP = IPv6Address("ff02::1:6")
DEVICE_MAC = "02:00:00:00:0d:01"

Reaction = Callable[["ScriptedLab", LinkName, SeenTlv, Datagram], None]


class ScriptedLab:
    """Calls ``reaction`` for every TLV that the suite sends; the reaction says or installs what it likes."""

    links = ("a", "b", "c")

    def __init__(self, reaction: Reaction = lambda *_: None, slow: Microseconds = 0) -> None:
        self.time: Microseconds = 0
        self.reaction = reaction
        self.pending: list[SeenFrame] = []
        self.table: list[FibEntry] = []
        self.slow = slow
        self.living = True
        self.memory: int | None = 1000
        self.prices: list[int] = []
        self.used: list[tuple[Microseconds, Network]] = []
        self.tunnelled: list[tuple[Microseconds, Network, bytes]] = []

    def say(
        self,
        link: LinkName,
        *tlvs: Any,
        to: Address = GROUP,
        after: Microseconds = 0,
        source: Address = DEVICE,
        hop_limit: int = 1,
        ports: tuple[int, int] = (6696, 6696),
        payload: bytes | None = None,
    ) -> None:
        """The device sends a packet, now or later."""
        octets = bytes(babel.Babel(tlvs=list(tlvs))) if payload is None else payload
        mac = multicast_mac(to) if to.is_multicast else "02:00:00:00:0a:01"
        datagram = Datagram(DEVICE_MAC, mac, source, to, *ports, hop_limit, octets)
        self.pending.append(SeenFrame(self.time + after, link, build_frame(datagram)))
        self.pending.sort(key=lambda seen: seen.time)

    def device_address(self, link: LinkName, version: Literal[4, 6] = 6) -> Address:
        del link
        return DEVICE if version == 6 else IPv4Address("198.18.0.1")

    def device_mac(self, link: LinkName) -> str:
        del link
        return DEVICE_MAC

    def attach(self, link: LinkName, mac: str, addresses: Sequence[Address]) -> None:
        """Every address is known here."""

    def now(self) -> Microseconds:
        return self.time

    def send(self, link: LinkName, frame: bytes) -> Microseconds:
        datagram = read_frame(frame)
        assert datagram is not None
        if datagram.is_babel:
            for tlv in read_payload(datagram.payload, datagram.source)[0]:
                self.reaction(self, link, tlv, datagram)
        return self.time

    def receive(self, deadline: Microseconds) -> Sequence[SeenFrame]:
        due = [seen for seen in self.pending if seen.time <= deadline]
        if not due:
            self.time = max(self.time, deadline)
            return ()
        first = due[0].time
        self.time = max(self.time, first)
        self.pending = [seen for seen in self.pending if seen.time > first]
        return [seen for seen in due if seen.time <= first]

    def noise(self, since: Microseconds) -> Microseconds:
        del since
        return self.slow

    def fib(self) -> Sequence[FibEntry]:
        return tuple(self.table)

    def alive(self) -> bool:
        return self.living

    def stop_device(self) -> None:
        self.living = False

    def memory_octets(self) -> int | None:
        return self.memory

    def set_price(self, price: int) -> None:
        self.prices.append(price)

    def use_destination(self, prefix: Network) -> Microseconds:
        self.used.append((self.time, prefix))
        return self.time

    def send_tunnel(self, prefix: Network, payload: bytes, due: Microseconds | None = None) -> Microseconds:
        del due
        self.tunnelled.append((self.time, prefix, payload))
        return self.time

    def say_through_tunnel(self, prefix: Network, sequence: bytes, *, after: Microseconds = 0) -> None:
        """The device sends this through a tunnel, with neighbour A as first hop, now or later."""
        frame = tunnel_frame(DEVICE_MAC, "02:00:00:00:0a:01", DEVICE, prefix.network_address, sequence)
        self.pending.append(SeenFrame(self.time + after, "a", frame, tunnel=prefix))
        self.pending.sort(key=lambda seen: seen.time)

    def evidence(self) -> dict[str, str]:
        return {}

    def close(self) -> None:
        """Nothing to close."""


def polite(lab: ScriptedLab, link: LinkName, tlv: SeenTlv, datagram: Datagram) -> None:
    """A device that answers Hellos with IHUs and Acknowledgment Requests with Acknowledgments."""
    if tlv.kind == "hello":
        lab.say(link, ihu(datagram.source), to=datagram.source)
    elif tlv.kind == "ack_request":
        lab.say(link, babel.BabelAck(opaque=tlv["opaque"]), to=datagram.source)


def ihu(address: Address, rxcost: int = 96) -> Any:
    return babel.BabelIHU(ae=3, rxcost=rxcost, interval=1200, address=address.packed[8:])


def a_trace(*steps: dict[str, Any], **more: Any) -> Trace:
    """A trace with neighbours A on link a and B on link b."""
    return Trace.model_validate(
        {
            "id": "test/trace",
            "title": "a trace of a test",
            "neighbours": {"A": {"link": "a"}, "B": {"link": "b"}},
            "steps": list(steps),
            **more,
        }
    )
