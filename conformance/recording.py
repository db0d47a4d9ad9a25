# SPDX-License-Identifier: GPL-2.0-only
"""All that was sent, seen and looked at while a trace was played, with the reason why each thing is there."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import define, field
from scapy.utils import RawPcapNgWriter

from .frames import Datagram, read_frame, tunnel_sequence
from .lab import SECOND, Address, FibEntry, LinkName, Microseconds, Network, Profile, SeenFrame
from .observe import SeenPacket, SeenTlv, observe, read_payload, read_tunnel
from .trace import Trace
from .verdict import ConversationRow

ETHERNET = 1
EPOCH = 1_577_836_800  # 2020-01-01: captures of a virtual clock need some beginning, always the same one


@define
class Entry:
    """One thing that happened."""

    number: int
    time: Microseconds
    direction: str
    """``sent``, ``received`` or ``looked``."""
    link: LinkName = ""
    frame: bytes = b""
    packet: SeenPacket | None = None
    """What a received frame says, when it is Babel."""
    text: str = ""
    role: str = ""
    requirements: tuple[str, ...] = ()
    neighbour: str = ""
    step: int | None = None
    profile: Profile = Profile.RFC8966
    tunnel: Network | None = None
    """The destination whose tunnel it went through."""

    @property
    def datagram(self) -> Datagram | None:
        return read_frame(self.frame) if self.frame else None

    @property
    def tlvs(self) -> tuple[SeenTlv, ...]:
        """What is inside a sent or received Babel frame, as far as it can be read."""
        datagram = self.datagram
        if datagram is None or not datagram.is_babel or self.tunnel is not None:
            return ()
        return read_payload(datagram.payload, datagram.source, self.profile)[0]

    @property
    def tunnelled(self) -> tuple[SeenTlv, ...]:
        """What went through a tunnel."""
        return () if self.tunnel is None else read_tunnel(tunnel_sequence(self.frame))

    @property
    def summary(self) -> str:
        if self.text:
            return self.text
        if self.tunnel is not None:
            said = "; ".join(tlv.summary for tlv in self.tunnelled) or "nothing"
            return f"in the tunnel to {self.tunnel}: {said}"
        if self.packet is not None:
            return self.packet.summary
        datagram = self.datagram
        if datagram is None:
            return f"{len(self.frame)} octets that are not UDP"
        if not datagram.is_babel:
            return f"data packet {datagram.source} to {datagram.destination}, hop limit {datagram.hop_limit}"
        tlvs, _trailer, error = read_payload(datagram.payload, datagram.source, self.profile)
        return error or "; ".join(tlv.summary for tlv in tlvs) or "empty packet"


@define
class Recording:
    """The memory of one run of one trace."""

    trace: Trace
    device_addresses: Mapping[LinkName, Address] = field(factory=dict)
    """The device's link-local address on each link."""
    entries: list[Entry] = field(factory=list)
    routes: list[tuple[Microseconds, tuple[FibEntry, ...]]] = field(factory=list)
    """Every reading of the forwarding table that differed from the one before it."""
    still: list[Microseconds] = field(factory=list)
    """For each of them, when the table was last seen to be so."""
    carriers: list[tuple[Microseconds, Network]] = field(factory=list)
    """When the device was given data to send through a tunnel, and whose."""

    def sent(
        self,
        time: Microseconds,
        link: LinkName,
        frame: bytes,
        *,
        role: str,
        neighbour: str,
        step: int | None,
        tunnel: Network | None = None,
    ) -> Entry:
        entry = Entry(len(self.entries), time, "sent", link, frame, profile=self.trace.profile, tunnel=tunnel)
        entry.role, entry.neighbour, entry.step = role, neighbour, step
        self.entries.append(entry)
        return entry

    def received(self, seen: SeenFrame) -> Entry:
        number, profile = len(self.entries), self.trace.profile
        packet = observe(seen, number, profile)
        entry = Entry(
            number, seen.time, "received", seen.link, seen.frame, packet, profile=profile, tunnel=seen.tunnel
        )
        self.entries.append(entry)
        return entry

    def looked(self, time: Microseconds, text: str, *, role: str = "", step: int | None = None) -> Entry:
        entry = Entry(len(self.entries), time, "looked", text=text, role=role, step=step)
        self.entries.append(entry)
        return entry

    def packets(self, start: int = 0) -> Iterator[SeenPacket]:
        """The Babel packets of the device from the entry of that number on."""
        for entry in self.entries[start:]:
            if entry.packet is not None:
                yield entry.packet

    def in_order(self) -> list[Entry]:
        """By time: a frame of the device may have waited in a queue while others were sent to it."""
        return sorted(self.entries, key=lambda entry: entry.time)

    def conversation(self) -> tuple[ConversationRow, ...]:
        rows, frame = [], 0
        for entry in self.in_order():
            frame += bool(entry.frame)
            rows.append(
                ConversationRow(
                    time=entry.time,
                    direction=entry.direction,  # type: ignore[arg-type]
                    link=entry.link,
                    summary=entry.summary,
                    role=entry.role,
                    requirements=entry.requirements,
                    neighbour=entry.neighbour,
                    step=entry.step,
                    frame=frame if entry.frame else None,
                )
            )
        return tuple(rows)

    def capture(self) -> bytes:
        """A pcapng file: an interface for each link, role and requirements of each frame as its comment."""
        with TemporaryDirectory() as folder:
            path = Path(folder) / "capture.pcapng"
            writer = RawPcapNgWriter(str(path))
            writer.linktype, writer.sync = ETHERNET, False
            writer._write_header(None)
            for entry in self.in_order():
                if entry.frame:
                    writer._write_packet(
                        entry.frame,
                        linktype=ETHERNET,
                        sec=EPOCH + entry.time / SECOND,
                        ifname=entry.link.encode(),
                        direction=2 if entry.direction == "sent" else 1,
                        comments=[comment(entry).encode()],
                    )
            writer.close()
            return path.read_bytes()


def comment(entry: Entry) -> str:
    """Why a frame is in the capture."""
    words = [entry.role or ("seen" if entry.direction == "received" else "send")]
    if entry.requirements:
        words.append(" ".join(entry.requirements))
    if entry.step is not None:
        words.append(f"step {entry.step}")
    if entry.neighbour:
        words.append(f"neighbour {entry.neighbour}")
    return ", ".join(words)
