# SPDX-License-Identifier: GPL-2.0-only
"""What may stand in a packet, field by field (RFC 8966 section 4)."""

from collections.abc import Callable, Iterator
from ipaddress import IPv6Network
from typing import TypeAlias

from althea_spec.conformance.frames import BABEL_PORT, MULTICAST, OVERHEAD
from althea_spec.conformance.observe import ADDRESS_OCTETS, HELLO_FLAG_UNICAST, INFINITY, SeenPacket, SeenTlv
from althea_spec.conformance.recording import Recording

from .occasion import Occasion, packets, tlvs

LINK_LOCAL = IPv6Network("fe80::/10")
SMALLEST_PACKET = 512  # octets that every router can receive
ILLEGAL_ROUTER_IDS = (bytes(8), b"\xff" * 8)
MAGIC_AND_VERSION = b"\x2a\x02"

PacketRule: TypeAlias = Callable[[Recording, SeenPacket], str | None]
TlvRule: TypeAlias = Callable[[SeenTlv], str | None]


def every_packet(rule: PacketRule) -> Callable[[Recording], Iterator[Occasion]]:
    """Occasions: each Babel packet of the device."""

    def occasions(recording: Recording) -> Iterator[Occasion]:
        for entry, packet in packets(recording):
            yield Occasion(entry, rule(recording, packet))

    return occasions


def every(kind: str, rule: TlvRule) -> Callable[[Recording], Iterator[Occasion]]:
    """Occasions: each TLV of that kind."""

    def occasions(recording: Recording) -> Iterator[Occasion]:
        for entry, tlv in tlvs(recording, kind):
            yield Occasion(entry, rule(tlv))

    return occasions


# --- what surrounds the packet -----------------------------------------------------------------------------


def _over_ipv6(_recording: Recording, packet: SeenPacket) -> str | None:
    return None if packet.datagram.source.version == 6 else "carried over IPv4"


def _source(_recording: Recording, packet: SeenPacket) -> str | None:
    source = packet.datagram.source
    if source.is_multicast:
        return f"source {source} is multicast"
    if source.version == 6 and source not in LINK_LOCAL:
        return f"source {source} is not link-local"
    return None


def _transport(_recording: Recording, packet: SeenPacket) -> str | None:
    datagram = packet.datagram
    destination = datagram.destination
    if datagram.hop_limit != 1:
        return f"hop limit {datagram.hop_limit}"
    if destination.is_multicast:
        return None if destination == MULTICAST[destination.version] else f"sent to the group {destination}"
    if destination.version == 6 and destination not in LINK_LOCAL:
        return f"sent to {destination}, which is not link-local"
    return None


def _ports(_recording: Recording, packet: SeenPacket) -> str | None:
    ports = (packet.datagram.source_port, packet.datagram.destination_port)
    return (
        None if ports == (BABEL_PORT, BABEL_PORT) else f"source port {ports[0]}, destination port {ports[1]}"
    )


def _size(recording: Recording, packet: SeenPacket) -> str | None:
    mtu = recording.trace.device.links[packet.link].mtu
    limit = max(mtu - OVERHEAD[packet.datagram.source.version], SMALLEST_PACKET)
    size = len(packet.datagram.payload)
    return None if size <= limit else f"{size} octets of payload on a link with MTU {mtu}"


def _header(_recording: Recording, packet: SeenPacket) -> str | None:
    if packet.datagram.payload[:2] != MAGIC_AND_VERSION:
        return f"header {packet.datagram.payload[:2].hex(' ')}"
    for tlv in packet.tlvs:
        if tlv.kind == "unknown" and tlv.get("type") is None:
            return f"octets that are no TLV: {tlv['octets'].hex(' ')}"
    return packet.error


def _cut_short(packet: SeenPacket, *types: int) -> str | None:
    """A TLV of a known type that its Length leaves no room for."""
    for tlv in packet.tlvs:
        if tlv.kind == "unknown" and tlv.get("type") in types:
            return f"a TLV of type {tlv['type']} that is too short: {tlv['octets'].hex(' ')}"
    return None


# --- TLVs ------------------------------------------------------------------------------------------------


def _one_hello(_recording: Recording, packet: SeenPacket) -> str | None:
    hellos = sum(tlv.kind == "hello" for tlv in packet.tlvs)
    return None if hellos <= 1 else f"{hellos} Hellos in one packet"


def _pad_n(_recording: Recording, packet: SeenPacket) -> str | None:
    for tlv in (*packet.tlvs, *packet.trailer):
        if tlv.kind == "pad_n" and any(tlv["mbz"]):
            return f"PadN with content {bytes(tlv['mbz']).hex(' ')}"
    return None


def _not_to_itself(recording: Recording, packet: SeenPacket) -> str | None:
    own = recording.device_addresses.get(packet.link)
    for tlv in packet.tlvs:
        if tlv.kind == "ihu" and tlv.get("to") is not None and tlv["to"] == own:
            return f"an IHU for its own address {own}"
    return None


def _hello_flags(tlv: SeenTlv) -> str | None:
    odd = tlv["flags"] & ~HELLO_FLAG_UNICAST
    return f"Hello flags {tlv['flags']:#06x}" if odd else None


def _hello_destination(recording: Recording) -> Iterator[Occasion]:
    for entry, packet in packets(recording):
        for tlv in packet.tlvs:
            if tlv.kind == "hello" and tlv["flags"] & HELLO_FLAG_UNICAST:
                wrong = None if packet.unicast else "a Unicast Hello sent to the multicast group"
                yield Occasion(entry, wrong)


def _multicast_hello_destination(recording: Recording) -> Iterator[Occasion]:
    alone = {
        link: sum(one.link == link for one in recording.trace.neighbours.values()) <= 1
        for link in recording.trace.device.links
    }
    copies = {
        (packet.link, tlv["seqno"], packet.datagram.destination)
        for _entry, packet in packets(recording)
        for tlv in packet.tlvs
        if tlv.kind == "hello"
    }
    for entry, packet in packets(recording):
        for tlv in packet.tlvs:
            if tlv.kind != "hello" or tlv["flags"] & HELLO_FLAG_UNICAST:
                continue
            same = [one for one in copies if one[:2] == (packet.link, tlv["seqno"])]
            wrong = packet.unicast and len(same) < 2 and not alone[packet.link]
            yield Occasion(entry, "a Multicast Hello sent to one neighbour of several" if wrong else None)


def _hello_seqnos(recording: Recording) -> Iterator[Occasion]:
    """The counter of each link goes up by one with every Multicast Hello."""
    if recording.trace.floods:
        return  # the suite's own sockets overflow: a Hello that it lost looks like a number left out
    last: dict[str, int] = {}
    for entry, packet in packets(recording):
        for tlv in packet.tlvs:
            # A unicast copy of a Multicast Hello has a rule of its own.
            if tlv.kind == "hello" and not tlv["flags"] & HELLO_FLAG_UNICAST and not packet.unicast:
                before, last[packet.link] = last.get(packet.link), tlv["seqno"]
                if before is not None:
                    yield Occasion(entry, _next_in_order(before, tlv["seqno"]))


def _unicast_hello_seqnos(recording: Recording) -> Iterator[Occasion]:
    """The counter of each neighbour goes up by one with every Unicast Hello to it."""
    last: dict[tuple[str, str], int] = {}
    for entry, packet in packets(recording):
        for tlv in packet.tlvs:
            if tlv.kind == "hello" and tlv["flags"] & HELLO_FLAG_UNICAST and packet.unicast:
                counter = (packet.link, str(packet.datagram.destination))
                before, last[counter] = last.get(counter), tlv["seqno"]
                if before is not None:
                    yield Occasion(entry, _next_in_order(before, tlv["seqno"]))


def _next_in_order(before: int, seqno: int) -> str | None:
    return None if (before + 1) % 65536 == seqno else f"Hello seqno {seqno} after {before}"


def _interval(tlv: SeenTlv) -> str | None:
    return "Interval 0" if tlv["interval"] == 0 else None


def _router_ids(_recording: Recording, packet: SeenPacket) -> str | None:
    for tlv in packet.tlvs:
        if tlv.kind in ("router_id", "seqno_request") and bytes(tlv["router_id"]) in ILLEGAL_ROUTER_IDS:
            return f"router-id {bytes(tlv['router_id']).hex()} in a {tlv.kind.replace('_', ' ')}"
        if tlv.kind == "update" and tlv["metric"] != INFINITY and tlv.get("by") in ILLEGAL_ROUTER_IDS:
            return f"router-id {tlv['by'].hex()} of an Update"
    return None


def _next_hop_encoding(tlv: SeenTlv) -> str | None:
    """AE 0 breaks a rule of its own."""
    return None if tlv["ae"] in (0, 1, 3) else f"Next Hop with address encoding {tlv['ae']}"


def _next_hop_exists(tlv: SeenTlv) -> str | None:
    return "Next Hop with address encoding 0" if tlv["ae"] == 0 else None


def _omitted(tlv: SeenTlv) -> str | None:
    return f"Omitted {tlv['omitted']} with address encoding 3" if tlv["ae"] == 3 and tlv["omitted"] else None


def _update_flags(tlv: SeenTlv) -> str | None:
    return f"Update flags {tlv['flags']:#04x}" if tlv["flags"] & 0x3F else None


def _wildcard_metric(tlv: SeenTlv) -> str | None:
    return (
        f"address encoding 0 with metric {tlv['metric']}"
        if tlv["ae"] == 0 and tlv["metric"] != INFINITY
        else None
    )


def _wildcard_shape(tlv: SeenTlv) -> str | None:
    if tlv["ae"] == 0 and (tlv["plen"] or tlv["omitted"]):
        return f"wildcard with Plen {tlv['plen']}, Omitted {tlv['omitted']}"
    return None


def _request_encoding(tlv: SeenTlv) -> str | None:
    return "Seqno Request with address encoding 0" if tlv["ae"] == 0 else None


def _hop_count(tlv: SeenTlv) -> str | None:
    return "Hop Count 0" if tlv["hop_count"] == 0 else None


def _addresses(_recording: Recording, packet: SeenPacket) -> str | None:
    for tlv in packet.tlvs:
        if tlv.kind in ("ihu", "next_hop") and tlv["ae"] in ADDRESS_OCTETS and tlv.get("error"):
            return f"{tlv.kind.replace('_', ' ')}: {tlv['error']}"
    return _cut_short(packet, 5, 7)


def _prefixes(_recording: Recording, packet: SeenPacket) -> str | None:
    for tlv in packet.tlvs:
        if tlv.kind not in ("update", "route_request", "seqno_request") or tlv["ae"] not in (1, 2):
            continue
        octets = (tlv["plen"] + 7) // 8 - (tlv.get("omitted") or 0)
        if tlv.get("error"):
            return f"{tlv.kind.replace('_', ' ')}: {tlv['error']}"
        if len(bytes(tlv["prefix"])) != octets:
            return f"{len(bytes(tlv['prefix']))} octets of prefix where Plen and Omitted ask for {octets}"
    return _cut_short(packet, 8, 9, 10)


def _acknowledgment(recording: Recording) -> Iterator[Occasion]:
    for entry, packet in packets(recording):
        for tlv in packet.tlvs:
            if tlv.kind == "ack":
                yield Occasion(
                    entry, None if packet.unicast else "an Acknowledgment sent to the multicast group"
                )


def _ack_requests_rare(recording: Recording) -> Iterator[Occasion]:
    """Not an Acknowledgment Request in every packet, once there are enough packets to tell."""
    all_packets = list(packets(recording))
    if len(all_packets) < 10:
        return
    asking = sum(any(tlv.kind == "ack_request" for tlv in packet.tlvs) for _entry, packet in all_packets)
    wrong = "an Acknowledgment Request in every packet" if asking == len(all_packets) else None
    yield Occasion(all_packets[-1][0], wrong)


RULES: tuple[tuple[str, str, Callable[[Recording], Iterator[Occasion]]], ...] = (
    ("RTG-SEND-01", "all packets are carried over IPv6", every_packet(_over_ipv6)),
    ("RTG-SEND-02", "a unicast source address, link-local over IPv6", every_packet(_source)),
    (
        "RTG-PKT-01",
        "hop limit 1, to the Babel group or a link-local unicast address",
        every_packet(_transport),
    ),
    ("RTG-PKT-02", "source and destination port 6696", every_packet(_ports)),
    ("RTG-PKT-07", "at most max(MTU - headers, 512) octets of payload", every_packet(_size)),
    ("RTG-PKT-10", "no IHU for an address of its own", every_packet(_not_to_itself)),
    ("RTG-DATA-01", "a header of magic 42, version 2 and a big-endian body length", every_packet(_header)),
    ("RTG-DATA-02", "router-ids other than all zeros and all ones", every_packet(_router_ids)),
    ("RTG-DATA-03", "addresses of the size that their encoding has", every_packet(_addresses)),
    ("RTG-DATA-04", "as many octets of prefix as Plen (less Omitted) asks for", every_packet(_prefixes)),
    ("RTG-TLV-03", "PadN filled with zeros", every_packet(_pad_n)),
    ("RTG-ACK-02", "Acknowledgments sent to a unicast address", _acknowledgment),
    ("RTG-ACK-05", "Acknowledgment Requests in some packets only", _ack_requests_rare),
    ("RTG-ACK-07", "Acknowledgment Requests with Interval above 0", every("ack_request", _interval)),
    ("RTG-HELLO-03", "every Unicast Hello has the seqno after the one before it", _unicast_hello_seqnos),
    ("RTG-HELLO-16", "Hello flags other than Unicast are 0", every("hello", _hello_flags)),
    ("RTG-HELLO-17", "every Multicast Hello has the seqno after the one before it", _hello_seqnos),
    ("RTG-HELLO-18", "Multicast Hellos reach all neighbours", _multicast_hello_destination),
    ("RTG-HELLO-19", "Unicast Hellos are sent to one neighbour", _hello_destination),
    ("RTG-HELLO-20", "at most one Hello in a packet", every_packet(_one_hello)),
    ("RTG-IHU-17", "IHUs with Interval above 0", every("ihu", _interval)),
    ("RTG-NH-01", "Next Hop with address encoding 1 or 3", every("next_hop", _next_hop_encoding)),
    ("RTG-NH-02", "Next Hop with an address", every("next_hop", _next_hop_exists)),
    ("RTG-UPD-01", "Omitted 0 with address encoding 3", every("update", _omitted)),
    ("RTG-UPD-02", "Updates with Interval above 0", every("update", _interval)),
    ("RTG-UPD-04", "Update flags other than Prefix and Router-Id are 0", every("update", _update_flags)),
    ("RTG-UPD-16", "no finite metric with address encoding 0", every("update", _wildcard_metric)),
    ("RTG-UPD-18", "wildcard retractions with Plen 0 and Omitted 0", every("update", _wildcard_shape)),
    ("RTG-SREQ-17", "Seqno Requests for a prefix", every("seqno_request", _request_encoding)),
    ("RTG-SREQ-18", "Seqno Requests with a Hop Count above 0", every("seqno_request", _hop_count)),
)
