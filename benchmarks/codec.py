# SPDX-License-Identifier: GPL-2.0-only
"""How fast the reference codec is, as ratios measured in one run: against tshark and against the scapy layer.

Run it as ``python benchmarks/codec.py [--frames N] [--rounds N]``.  Absolute rates mean little on a shared
machine: what is measured is processor time, the two sides of a ratio run one right after the other, and the
median of the pairs is what counts.

Against tshark the unit is the frame: a capture file is read and every frame in it taken apart, by
``tshark -T fields`` and by the reference.  What tshark needs to start, and to read an empty capture, is taken
off its time.  Against the scapy layer the unit is the TLV: payloads that are in memory, taken apart by one
and the other.

The codec takes packets apart; what they mean (decompression, parser state, checks) is a step of its own, and
shown in a row of its own, without a goal.
"""

import argparse
import json
import resource
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from ipaddress import IPv6Address
from pathlib import Path
from random import Random
from statistics import median

from attrs import frozen
from rich.console import Console
from rich.table import Table

from althea_spec.conformance import tshark
from althea_spec.conformance.frames import Datagram, build_frame
from althea_spec.conformance.layers.babel import Babel
from althea_spec.reference.routing.decode import decode_packet
from althea_spec.reference.routing.interpret import interpret
from althea_spec.reference.routing.tlv import Packet, RejectedPacket

SENDER = IPv6Address("fe80::1")
TSHARK_GOAL = 2
SCAPY_GOAL = 25
FIELDS = (
    "babel.message.type",
    "babel.message.seqno",
    "babel.message.interval",
    "babel.message.metric",
    "babel.message.plen",
    "babel.message.omitted",
    "babel.message.prefix",
    "babel.message.rxcost",
    "babel.message.routerid",
    "babel.subtlv.type",
)
SITE = bytes.fromhex("20010db80001")
NEIGHBOURS, ROUTERS, PREFIXES = 10, 30, 1000
ETHERNET_IPV6_UDP_OCTETS = 14 + 40 + 8
PCAP_FILE_HEADER_OCTETS = 24
PCAP_RECORD_HEADER_OCTETS = 16


class TooFewFramesError(Exception):
    """The capture is so small that nothing can be measured."""


@frozen
class Comparison:
    """One ratio, from pairs of runs."""

    what: str
    other: str
    unit: str
    amount: int
    """Units in one run."""
    reference_seconds: tuple[float, ...]
    other_seconds: tuple[float, ...]
    goal: float | None = None

    @property
    def ratios(self) -> list[float]:
        return [other / own for own, other in zip(self.reference_seconds, self.other_seconds, strict=True)]

    @property
    def ratio(self) -> float:
        return median(self.ratios)

    @property
    def reached(self) -> bool:
        return self.goal is None or self.ratio >= self.goal

    @property
    def summary(self) -> dict[str, object]:
        return {
            "reference": self.what,
            "against": self.other,
            "unit": self.unit,
            "ratio": round(self.ratio, 2),
            "goal": self.goal,
        }

    def rate(self, seconds: tuple[float, ...]) -> float:
        return self.amount / median(seconds)


def traffic(count: int, seed: int = 1) -> list[bytes]:
    """UDP payloads as the routers of a link send them: Hellos, IHUs, compressed full dumps, requests."""
    random = Random(seed)
    link = _Link(
        addresses=[random.randbytes(8) for _ in range(NEIGHBOURS)],
        router_ids=[b"\x02" + random.randbytes(7) for _ in range(ROUTERS)],
        subnets=[random.randbytes(2) for _ in range(PREFIXES)],
    )
    return [_packet(random, link, number) for number in range(count)]


@frozen
class _Link:
    addresses: list[bytes]
    router_ids: list[bytes]
    subnets: list[bytes]


def _packet(random: Random, link: _Link, number: int) -> bytes:
    seqno = number & 0xFFFF
    hello = bytes([4, 6]) + _u16(0, seqno, 400)
    ihus = b"".join(
        bytes([5, 14, 3, 0]) + _u16(96, 1200) + address
        for address in random.sample(link.addresses, random.randrange(3))
    )
    kind = random.randrange(4)
    if kind == 0:
        body = hello + ihus
    elif kind == 1:
        body = bytes([9, 2, 0, 0]) + bytes([2, 6]) + _u16(0, seqno, 100)
    else:
        body = hello + ihus + _dump(random, link, seqno, random.randrange(3, 30))
    return b"\x2a\x02" + _u16(len(body)) + body


def _dump(random: Random, link: _Link, seqno: int, routes: int) -> bytes:
    """One router-id, one Update with the whole prefix, and Updates that omit what they share with it."""
    octets = bytes([6, 10, 0, 0]) + random.choice(link.router_ids)
    octets += bytes([8, 18, 2, 0x80, 64, 0]) + _u16(1600, seqno, 96) + SITE + random.choice(link.subnets)
    for subnet in random.sample(link.subnets, routes):
        octets += bytes([8, 12, 2, 0, 64, 6]) + _u16(1600, seqno, random.randrange(96, 2000)) + subnet
    return octets


def _u16(*values: int) -> bytes:
    return b"".join(value.to_bytes(2, "big") for value in values)


def frame_of(payload: bytes) -> bytes:
    return build_frame(
        Datagram(
            source_mac="02:00:00:00:00:01",
            destination_mac="33:33:00:01:00:06",
            source=SENDER,
            destination=IPv6Address("ff02::1:6"),
            source_port=6696,
            destination_port=6696,
            hop_limit=1,
            payload=payload,
        )
    )


def payloads_of(capture: Path) -> Iterator[bytes]:
    """The UDP payloads of a pcap of frames that all have the same headers."""
    octets = capture.read_bytes()
    place = PCAP_FILE_HEADER_OCTETS
    while place < len(octets):
        size = int.from_bytes(octets[place + 8 : place + 12], "little")
        place += PCAP_RECORD_HEADER_OCTETS
        yield octets[place + ETHERNET_IPV6_UDP_OCTETS : place + size]
        place += size


def reference_decodes(capture: Path) -> int:
    """Frames taken apart."""
    return sum(1 for payload in payloads_of(capture) if decoded(payload).body)


def reference_interprets(capture: Path) -> int:
    """Frames taken apart and understood."""
    return sum(1 for payload in payloads_of(capture) if interpret(decoded(payload), SENDER).messages)


def decoded(payload: bytes) -> Packet:
    packet = decode_packet(payload)
    if isinstance(packet, RejectedPacket):
        raise AssertionError(f"the traffic of the benchmark is wrong: {packet.reason.value}")
    return packet


def tshark_reads(capture: Path) -> int:
    """Frames taken apart by ``tshark -T fields``."""
    fields = [word for field in FIELDS for word in ("-e", field)]
    command = [tshark.executable(), "-n", "-r", str(capture), "-T", "fields", *fields]
    done = subprocess.run(command, capture_output=True, check=True)
    return done.stdout.count(b"\n")


def reference_tlvs(payloads: list[bytes]) -> int:
    return sum(len(decoded(payload).body) for payload in payloads)


def scapy_tlvs(payloads: list[bytes]) -> int:
    return sum(len(Babel(payload).tlvs) for payload in payloads)


def processor_seconds(run: Callable[[], int], expected: int) -> float:
    """The processor time of one run, its child processes included; it has to have read everything."""
    start = _processor_time()
    amount = run()
    taken = _processor_time() - start
    if amount != expected:
        raise AssertionError(f"{expected} expected, {amount} read")
    return taken


def _processor_time() -> float:
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def against_tshark(payloads: list[bytes], rounds: int) -> list[Comparison]:
    """The codec alone, and the codec with the reading of what packets mean."""
    name, amount = f"tshark {tshark.version()} -T fields", len(payloads)
    decoding, interpreting, dissecting = [], [], []
    with tempfile.TemporaryDirectory() as folder:
        capture, nothing = Path(folder, "traffic.pcap"), Path(folder, "nothing.pcap")
        tshark.write_capture(capture, map(frame_of, payloads))
        tshark.write_capture(nothing, [])
        for _ in range(rounds):
            decoding.append(processor_seconds(lambda: reference_decodes(capture), amount))
            start_up = processor_seconds(lambda: tshark_reads(nothing), 0)
            dissecting.append(processor_seconds(lambda: tshark_reads(capture), amount) - start_up)
            interpreting.append(processor_seconds(lambda: reference_interprets(capture), amount))
    if min(dissecting) <= 0:
        raise SystemExit(
            f"--frames: expected more than {amount}: tshark's work is lost in what it needs to start"
        )
    return [
        Comparison("decode", name, "frames", amount, tuple(decoding), tuple(dissecting), TSHARK_GOAL),
        Comparison("decode, interpret", name, "frames", amount, tuple(interpreting), tuple(dissecting)),
    ]


def against_scapy(payloads: list[bytes], rounds: int) -> Comparison:
    amount = reference_tlvs(payloads)
    decoding, dissecting = [], []
    for _ in range(rounds):
        decoding.append(processor_seconds(lambda: reference_tlvs(payloads), amount))
        dissecting.append(processor_seconds(lambda: scapy_tlvs(payloads), amount))
    return Comparison(
        "decode", "the scapy layer", "TLVs", amount, tuple(decoding), tuple(dissecting), SCAPY_GOAL
    )


def table(comparisons: list[Comparison]) -> Table:
    shown = Table(
        title="Reference codec, by processor time", caption="ratio: the median of the pairs (range)"
    )
    for heading in ("reference", "against"):
        shown.add_column(heading)
    for heading in ("reference's", "the other's", "ratio", "goal"):
        shown.add_column(heading, justify="right", no_wrap=True)
    for one in comparisons:
        verdict = "" if one.goal is None else f"{one.goal:g} {'reached' if one.reached else 'MISSED'}"
        shown.add_row(
            one.what,
            one.other,
            f"{one.rate(one.reference_seconds):,.0f} {one.unit}/s",
            f"{one.rate(one.other_seconds):,.0f} {one.unit}/s",
            f"{one.ratio:.1f} ({min(one.ratios):.1f}–{max(one.ratios):.1f})",
            verdict,
        )
    return shown


def main() -> int:
    """Exit status 0 when both goals are reached, else 1."""
    parser = argparse.ArgumentParser(
        description="Speed of the reference codec, as ratios measured in one run."
    )
    parser.add_argument("--frames", type=int, default=20_000, help="frames in the capture (default 20000)")
    parser.add_argument("--rounds", type=int, default=5, help="pairs of runs (default 5)")
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON")
    options = parser.parse_args()
    if options.frames < 1 or options.rounds < 1:
        parser.error("--frames and --rounds: expected at least 1")
    payloads = traffic(options.frames)
    few = payloads[: max(1, options.frames // 20)]
    try:
        comparisons = [*against_tshark(payloads, options.rounds), against_scapy(few, options.rounds)]
    except (TooFewFramesError, tshark.TsharkError) as error:
        parser.error(str(error))
    if options.json:
        print(json.dumps([one.summary for one in comparisons]))  # noqa: T201
    else:
        console = Console()
        console.width = max(console.width, 110)
        console.print(table(comparisons))
    return 0 if all(one.reached for one in comparisons) else 1


if __name__ == "__main__":
    raise SystemExit(main())
