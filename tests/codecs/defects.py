# SPDX-License-Identifier: GPL-2.0-only
"""tshark's own defects: the list, and for each difference the defect that is behind it.

The list is data (``conformance/tshark_defects.toml``).  Each entry has a rule here that recognises what
the defect does to a packet, as narrowly as it can be told; what no rule recognises is a disagreement.
"""

import tomllib
from collections.abc import Callable
from importlib.resources import files
from ipaddress import IPv6Network, ip_network

from attrs import frozen

from althea_spec.reference.routing.address_encoding import ADDRESS_OCTETS, prefix_size

from .differences import Difference
from .neutral import SHORT, UNFRAMED, NeutralTlv

IHU, NEXT_HOP, UPDATE, ROUTE_REQUEST, SEQNO_REQUEST, PC = 5, 7, 8, 9, 10, 17
RAW_PREFIX_START = {NEXT_HOP: 4, UPDATE: 12, ROUTE_REQUEST: 4, SEQNO_REQUEST: 16}
"""Where the field that tshark calls Raw Prefix starts, counted from the type octet."""
SHOWS_SUB_TLVS = {4, IHU, UPDATE}
TIMESTAMP_OCTETS = {4: 4, IHU: 8}


@frozen
class Defect:
    id: str
    what: str
    since: str
    """The oldest version of tshark in which it was seen."""
    witness: bytes
    """A UDP payload that shows it."""


def load_defects() -> list[Defect]:
    """The documented list."""
    text = files("althea_spec.conformance").joinpath("tshark_defects.toml").read_text(encoding="utf-8")
    return [
        Defect(one["id"], one["what"], one["since"], bytes.fromhex(one["witness"]))
        for one in tomllib.loads(text)["defect"]
    ]


def explain(found: list[Difference]) -> dict[Difference, str | None]:
    """For each difference the id of the defect behind it; ``None`` for a real disagreement."""
    reasons: dict[Difference, str | None] = {}
    for one in found:
        direct = next((name for name, rule in RULES.items() if rule(one)), None)
        reasons[one] = direct or _inherited(one, reasons)
    return reasons


def _inherited(one: Difference, reasons: dict[Difference, str | None]) -> str | None:
    """A wrong default prefix spoils every Update that builds on it."""
    if one.name != "meaning" or one.tlv is None or not one.tlv.fields.get("omitted"):
        return None
    for earlier, reason in reasons.items():
        sets_default = earlier.tlv is not None and earlier.tlv.type == UPDATE and earlier.tlv.octets[3] & 0x80
        if sets_default and earlier.place < one.place and earlier.name in {"meaning", "flags"}:
            return reason
    return None


# --- the rules ----------------------------------------------------------------------------------------------


def _whole(one: Difference, *types: int) -> bool:
    return one.tlv is not None and one.tlv.state not in {SHORT, UNFRAMED} and one.tlv.type in types


def _ae(one: Difference) -> int:
    value = one.tlv.fields.get("ae") if one.tlv else None
    return value if isinstance(value, int) else -1


def _unicast_flag(one: Difference) -> bool:
    body_length = sum(len(tlv.octets) for tlv in one.packet.body)
    return one.name == "unicast" and one.theirs == body_length >> 8


def _ihu_raw_prefix(one: Difference) -> bool:
    return one.name == "address" and _whole(one, IHU) and _surrounds(one, 4, 8)


def _raw_prefix(one: Difference) -> bool:
    if one.name not in {"prefix", "next_hop"} or not _whole(one, *RAW_PREFIX_START):
        return False
    start = RAW_PREFIX_START[_octets(one)[0]]
    return _surrounds(one, start, start)


def _surrounds(one: Difference, start: int, ours_start: int) -> bool:
    """Whether tshark shows the TLV from an octet on, and what we show stands in it at the right place."""
    octets = _octets(one)
    return (
        isinstance(one.ours, bytes)
        and one.theirs == octets[start:]
        and octets[ours_start:].startswith(one.ours)
        and one.theirs != one.ours
    )


def _octets(one: Difference) -> bytes:
    return one.tlv.octets if one.tlv else b""


def _sub_tlvs_not_shown(one: Difference) -> bool:
    return one.name == "sub_tlvs" and one.theirs == () and _whole(one, 2, 3, 6, 7, 9, 10)


def _wildcard(one: Difference) -> bool:
    return one.name == "meaning" and _ae(one) == 0 and one.theirs in {"::", "::/0"}


def _impossible_prefix(one: Difference) -> bool:
    if one.name in {"meaning", "sub_tlvs"}:
        return one.tlv is not None and _is_impossible(one.tlv)
    return _lost(one, lambda tlv: tlv.type == UPDATE and _is_impossible(tlv))


def _is_impossible(tlv: NeutralTlv) -> bool:
    """Plen or Omitted that the encoding cannot have, yet tshark reads a prefix."""
    if tlv.type not in {UPDATE, ROUTE_REQUEST, SEQNO_REQUEST} or tlv.state == SHORT:
        return False
    encoding, plen, omitted = (int(tlv.fields.get(name) or 0) for name in ("ae", "plen", "omitted"))
    if encoding == 3 and omitted:
        return True
    return encoding in ADDRESS_OCTETS and prefix_size(encoding, plen, omitted) < 0


def _no_default_prefix(one: Difference) -> bool:
    omitted = one.name == "meaning" and _whole(one, UPDATE) and one.tlv and one.tlv.fields["omitted"]
    return bool(omitted) and _ae(one) in {1, 2} and one.ours is None and one.theirs is not None


def _stray_bits(one: Difference) -> bool:
    return one.name == "meaning" and one.ours is not None and _masked(one.theirs) == one.ours


def _masked(text: object) -> str | None:
    """The prefix without bits beyond its length, if tshark has written one."""
    try:
        return str(ip_network(str(text), strict=False))
    except ValueError:
        return None


def _ipv4_mapped(one: Difference) -> bool:
    if one.name != "meaning" or not isinstance(one.ours, str) or not isinstance(one.theirs, str):
        return False
    if ":" not in one.ours or ":" in one.theirs:
        return False
    if "/" not in one.ours:
        return one.theirs in _mapped(one.ours)
    address, _, plen = one.theirs.partition("/")
    return str(IPv6Network((f"::ffff:{address}", int(plen)), strict=False)) == one.ours


def _mapped(text: str) -> set[str]:
    mapped = IPv6Network(text).network_address.ipv4_mapped
    return set() if mapped is None else {str(mapped)}


def _foreign_default_prefix(one: Difference) -> bool:
    if one.name != "meaning" or not _whole(one, UPDATE) or _ae(one) != 2 or not _octets(one)[5]:
        return False
    earlier = [tlv for tlv in one.packet.body[: one.place] if tlv.type == UPDATE and tlv.octets[3:]]
    return any(tlv.octets[2] not in {1, 2} and tlv.octets[3] & 0x80 for tlv in earlier)


def _short_tlv(one: Difference) -> bool:
    return one.tlv is not None and one.tlv.state == SHORT and one.name not in {"missing", "type", "length"}


def _past_the_region(one: Difference) -> bool:
    if one.name == "unframed":
        return True
    return _lost(one, lambda tlv: tlv.state == UNFRAMED)


def _past_the_tlv(one: Difference) -> bool:
    if one.name == "sub_tlvs" and one.tlv is not None:
        return _has_broken_sub_tlv(one.tlv)
    return _lost(one, _has_broken_sub_tlv)


def _has_broken_sub_tlv(tlv: NeutralTlv) -> bool:
    return tlv.type in SHOWS_SUB_TLVS and any(sub.type is None for sub in tlv.sub_tlvs)


def _short_timestamp(one: Difference) -> bool:
    if one.name == "sub_tlvs" and one.tlv is not None:
        return _has_short_timestamp(one.tlv)
    return _lost(one, _has_short_timestamp)


def _has_short_timestamp(tlv: NeutralTlv) -> bool:
    needed = TIMESTAMP_OCTETS.get(tlv.type or 0, 0)
    return any(sub.type == 3 and len(sub.body) < needed for sub in tlv.sub_tlvs)


def _timestamp_at_the_end(one: Difference) -> bool:
    if one.name == "sub_tlvs" and isinstance(one.ours, tuple) and isinstance(one.theirs, tuple):
        # the last sub-TLV that tshark shows is the Timestamp, without its second half
        if not 0 < len(one.theirs) <= len(one.ours) or not _whole(one, IHU):
            return False
        *before, last = one.ours[: len(one.theirs)]
        return one.theirs == (*before, _without_receive(last))
    return _lost(one, lambda tlv: tlv.type == IHU and any(sub.type == 3 for sub in tlv.sub_tlvs))


def _without_receive(sub_tlv: tuple[object, ...]) -> tuple[object, ...]:
    timestamps = sub_tlv[-1]
    return (*sub_tlv[:-1], timestamps[:1]) if isinstance(timestamps, tuple) else sub_tlv


def _unknown_encoding(one: Difference) -> bool:
    if one.name == "sub_tlvs":
        return _whole(one, IHU) and _ae(one) not in ADDRESS_OCTETS
    return _lost(one, lambda tlv: tlv.type == IHU and tlv.fields.get("ae", 0) not in ADDRESS_OCTETS)


def _short_tlv_past_the_end(one: Difference) -> bool:
    return _short_tlv(one) or _lost(one, lambda tlv: tlv.state == SHORT)


def _lost(one: Difference, cause: Callable[[NeutralTlv], bool]) -> bool:
    """Whether tshark gave up, and did so at or after a TLV of that kind."""
    if one.name not in {"missing", "malformed"} or not one.dissection.malformed:
        return False
    before = list(one.packet.body)
    if one.name == "malformed":
        before += one.packet.trailer
    elif one.in_trailer:
        before += one.packet.trailer[: one.place + 1]
    else:
        before = before[: one.place + 1]
    return any(map(cause, before))


def _long_trailer(one: Difference) -> bool:
    octets = sum(len(tlv.octets) for tlv in one.packet.trailer)
    return one.name == "missing" and one.in_trailer and octets > 255


def _pc_index(one: Difference) -> bool:
    return one.name == "index" and one.tlv is not None and one.tlv.type == PC


RULES: dict[str, Callable[[Difference], bool]] = {
    "unicast-flag": _unicast_flag,
    "ihu-raw-prefix": _ihu_raw_prefix,
    "raw-prefix-takes-the-rest": _raw_prefix,
    "sub-tlvs-not-shown": _sub_tlvs_not_shown,
    "wildcard-as-default-route": _wildcard,
    "impossible-prefix": _impossible_prefix,
    "no-default-prefix": _no_default_prefix,
    "stray-bits": _stray_bits,
    "ipv4-mapped": _ipv4_mapped,
    "foreign-default-prefix": _foreign_default_prefix,
    "short-tlv": _short_tlv_past_the_end,
    "past-the-region": _past_the_region,
    "past-the-tlv": _past_the_tlv,
    "short-timestamp": _short_timestamp,
    "ihu-timestamp-at-the-end": _timestamp_at_the_end,
    "ihu-unknown-encoding": _unknown_encoding,
    "long-trailer": _long_trailer,
    "pc-called-index": _pc_index,
}
"""By the id of the defect.  The first one that recognises a difference explains it."""
