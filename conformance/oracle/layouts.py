# SPDX-License-Identifier: GPL-2.0-only
"""How the profiles with prices write what they say: the sub-TLVs of ``althea``, and the layout of 2018."""

from collections.abc import Callable, Iterator

from althea_spec.conformance.lab import Profile
from althea_spec.conformance.observe import (
    INFINITY,
    PATH_DELIVERY_SUB_TLV,
    PATH_RTT_SUB_TLV,
    PRICE_SUB_TLV,
    WILDCARD,
    SeenTlv,
    extensions,
)
from althea_spec.conformance.recording import Recording

from .occasion import Occasion, packets, tlvs

PRICE_OCTETS = 2
UPDATE_2018_OCTETS = 14
"""Of an Update's body before its prefix, price included."""
WILDCARD_OCTETS = 10
PROBES = (240, 241)
PLAIN_TLVS = ("ack_request", "ack", "hello", "ihu", "router_id", "next_hop", "route_request", "seqno_request")
PLAIN_SUB_TLVS = {"hello": (0, 1, 3), "ihu": (0, 1, 3)}
"""Padding, and the timestamps of RFC 9616."""


def _one_price(recording: Recording) -> Iterator[Occasion]:
    """A finite Update has one price of two octets; a prefix of its own may have none, if so configured."""
    device = recording.trace.device
    if recording.trace.profile is not Profile.ALTHEA:
        return
    for entry, tlv in tlvs(recording, "update"):
        network = tlv.get("network")
        if tlv["metric"] == INFINITY or network in (None, WILDCARD):
            continue
        prices = extensions(tlv.fields, PRICE_SUB_TLV)
        may_lack = device.originated_price == "none" and network in device.originates
        said = ", ".join(one.hex() or "nothing" for one in prices) or "no price"
        right = [len(one) for one in prices] == [PRICE_OCTETS] or (may_lack and not prices)
        yield Occasion(entry, None if right else f"an Update for {network} that says {said}")


def _bare_retractions(recording: Recording) -> Iterator[Occasion]:
    """A retraction says nothing of prices and paths."""
    if recording.trace.profile is not Profile.ALTHEA:
        return
    for entry, tlv in tlvs(recording, "update"):
        if tlv["metric"] == INFINITY:
            kinds = (PRICE_SUB_TLV, PATH_RTT_SUB_TLV, PATH_DELIVERY_SUB_TLV)
            there = [kind for kind in kinds if extensions(tlv.fields, kind)]
            wrong = f"a retraction of {tlv.get('network')} with sub-TLV {', '.join(map(str, there))}"
            yield Occasion(entry, wrong if there else None)


def _no_probes_on_links(recording: Recording) -> Iterator[Occasion]:
    """Probes go through tunnels only."""
    if recording.trace.profile is not Profile.ALTHEA:
        return
    for entry, packet in packets(recording):
        there = [tlv["type"] for tlv in packet.tlvs if tlv.get("type") in PROBES]
        yield Occasion(entry, f"a TLV of type {there[0]} on a link" if there else None)


def _price_before_the_prefix(recording: Recording) -> Iterator[Occasion]:
    """Length is 14, the octets of the prefix and whole sub-TLVs, unless the address encoding is 0."""
    if recording.trace.profile is not Profile.ALTHEA_2018:
        return
    for entry, packet in packets(recording):
        for tlv in packet.tlvs:
            if tlv.get("type") == 8 and bytes(tlv["octets"])[2:3] != b"\0":
                yield Occasion(entry, _misfit(tlv))


def _misfit(tlv: SeenTlv) -> str | None:
    """What is wrong with the Length of an Update in the layout of 2018."""
    octets = bytes(tlv["octets"])
    if tlv.kind == "unknown":
        return f"an Update of Length {octets[1]} without room for a price and a prefix"
    wanted = UPDATE_2018_OCTETS + len(bytes(tlv["prefix"]))
    wanted += sum(len(bytes(one)) for one in tlv["subtlvs"])
    framed = all(_is_framed(bytes(one)) for one in tlv["subtlvs"])
    if octets[1] != wanted or not framed:
        return f"an Update of Length {octets[1]}, where price, prefix and sub-TLVs take {wanted} octets"
    return None


def _is_framed(sub_tlv: bytes) -> bool:
    return sub_tlv == b"\0" or (len(sub_tlv) > 1 and len(sub_tlv) == 2 + sub_tlv[1])


def _wildcard_without_price(recording: Recording) -> Iterator[Occasion]:
    """A wildcard retraction has the form of the RFC."""
    if recording.trace.profile is not Profile.ALTHEA_2018:
        return
    for entry, tlv in tlvs(recording, "update"):
        if tlv["ae"] == 0:
            length = bytes(tlv["octets"])[1]
            wrong = None if length == WILDCARD_OCTETS else f"a wildcard retraction of Length {length}"
            yield Occasion(entry, wrong)


def _the_rest_is_plain(recording: Recording) -> Iterator[Occasion]:
    """All other TLVs end where those of plain Babel end."""
    if recording.trace.profile is not Profile.ALTHEA_2018:
        return
    for entry, packet in packets(recording):
        for tlv in packet.tlvs:
            if tlv.kind in PLAIN_TLVS:
                known = PLAIN_SUB_TLVS.get(tlv.kind, (0, 1))
                there = [bytes(one)[0] for one in tlv["subtlvs"] if bytes(one)[0] not in known]
                wrong = (
                    f"a TLV ({tlv.kind.replace('_', ' ')}) that goes on with octet {there[0]}"
                    if there
                    else None
                )
                yield Occasion(entry, wrong)


RULES: tuple[tuple[str, str, Callable[[Recording], Iterator[Occasion]]], ...] = (
    ("PRICE-WIRE-02", "one price of two octets in every finite Update", _one_price),
    ("PRICE-WIRE-07", "retractions without price, path RTT and path delivery", _bare_retractions),
    ("PROBE-WIRE-01", "no Remote Hello and no Remote IHU on a link", _no_probes_on_links),
    ("F2018-UPD-01", "the price in four octets before the prefix", _price_before_the_prefix),
    ("F2018-UPD-03", "wildcard retractions of Length 10", _wildcard_without_price),
    ("F2018-UPD-07", "all TLVs but the Update as in plain Babel", _the_rest_is_plain),
)
