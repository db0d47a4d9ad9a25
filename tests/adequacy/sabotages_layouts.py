# SPDX-License-Identifier: GPL-2.0-only
"""Broken reference routers: how prices travel, in both layouts, and the meeting of the layouts."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from attrs import evolve

from althea_spec.conformance.frames import Datagram
from althea_spec.conformance.lab import LinkName, Profile
from althea_spec.conformance.targets.embedded import MemoryLab
from althea_spec.reference.routing import route_maintenance
from althea_spec.reference.routing.neighbours import NeighbourKey
from althea_spec.reference.routing.rejection import Rejection

from .misreading import (
    HELLO,
    IHU,
    PRICE_2018,
    UPDATE,
    SubTlvs,
    begin_of_sub_tlvs,
    bodies,
    changed,
    first_only,
    hides_when,
    is_retraction,
    misreads,
    misreads_octets,
    missends,
    missends_octets,
    without,
)
from .sabotage import Sabotage as AnySabotage
from .sabotage import classes, delivers, wraps
from .sabotages_neighbours import split

PRICE, PATH_RTT, UNIT, DELIVERY, PATH_RTT_2018 = 250, 120, 121, 122, 45
ACK_REQUEST, SEQNO_REQUEST = 2, 10
OLD = Profile.ALTHEA_2018
OWN_UNIT = bytes.fromhex("00000000000f42400001")
NAMES_NO_UNIT = classes("PRICE-WIRE-12 PRICE-WIRE-13 PRICE-WIRE-14 PRICE-WIRE-15 PRICE-UNIT-02")

Plain = AnySabotage
Sabotage = partial(AnySabotage, profile=Profile.ALTHEA)
Sabotage2018 = partial(AnySabotage, profile=OLD)


# --- prices in sub-TLVs -------------------------------------------------------------------------------------


def _prices(subs: SubTlvs) -> list[bytes]:
    return [body for kind, body in subs if kind == PRICE]


def _has_odd_price(subs: SubTlvs, fields: bytes) -> bool:
    return not is_retraction(fields) and any(len(one) != 2 for one in _prices(subs))


def _wide(body: bytes) -> bytes:
    return body + b"\0"


def _must_know_all(subs: SubTlvs, _fields: bytes) -> SubTlvs:
    return [(kind | 0x80 if kind in (PATH_RTT, UNIT, DELIVERY) else kind, body) for kind, body in subs]


def _wants_a_price(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
    """Updates without a price are not read from neighbours that name no unit."""
    known = lab._router.state.neighbours.get(NeighbourKey(link, datagram.source))
    if known is None or known.price_unit is not None or not datagram.is_babel:
        yield datagram
        return
    condition = hides_when(lambda subs, fields: not is_retraction(fields) and not _prices(subs))
    tlvs = [changed(one, UPDATE, condition, Profile.ALTHEA) for one in split(datagram.payload)]
    body = b"".join(tlvs)
    header = datagram.payload[:2] + len(body).to_bytes(2, "big")
    yield evolve(datagram, payload=header + body) if tlvs else datagram


def _price_everywhere(tlv: bytes) -> bytes:
    for kind in (ACK_REQUEST, HELLO, SEQNO_REQUEST):
        tlv = changed(tlv, kind, without(PRICE), Profile.ALTHEA)
    return tlv


def _two_octets(body: bytes) -> bytes:
    return (body + bytes(2))[:2]


def _priced_retraction(subs: SubTlvs, fields: bytes) -> SubTlvs:
    return [*subs, (PRICE, b"\xff\xff")] if is_retraction(fields) and fields[2] else subs


def _odd_retraction(subs: SubTlvs, fields: bytes) -> bool:
    odd = len(_prices(subs)) > 1 or any(len(one) != 2 for one in _prices(subs))
    return odd and is_retraction(fields) and fields[2] != 0


def _wildcard_with_price(subs: SubTlvs, fields: bytes) -> bool:
    return fields[2] == 0 and bool(_prices(subs))


def _price_first(subs: SubTlvs, _fields: bytes) -> SubTlvs:
    return subs if subs and subs[0][0] == PRICE else [one for one in subs if one[0] != PRICE]


def _price_excuses(subs: SubTlvs, fields: bytes) -> SubTlvs:
    if not _prices(subs) or is_retraction(fields):
        return subs
    return [one for one in subs if one[0] == PRICE or one[0] < 0x80]


def _half_a_currency(original: Callable[..., bool], heard: Any, own: Any, profile: Any) -> bool:
    if heard is None:
        return original(heard, own, profile)
    return original(
        evolve(heard, currency=heard.currency & 0xFF), evolve(own, currency=own.currency & 0xFF), profile
    )


def _unit_of_ihu(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
    yield datagram
    if not datagram.is_babel:
        return
    state = lab._router.state
    known = state.neighbours.get(NeighbourKey(link, datagram.source))
    for one in split(datagram.payload):
        if one[0] == IHU and known is not None and OWN_UNIT in one[begin_of_sub_tlvs(one, Profile.ALTHEA) :]:
            known.price_unit = state.config.price_unit
            route_maintenance.on_terms_changed(state, known.key)


SUB_TLVS = (
    Plain("a price that is not known is skipped", "PRICE-WIRE-01", misreads(UPDATE, without(PRICE))),
    Plain("paths have to be known", "PRICE-WIRE-18", misreads(UPDATE, _must_know_all)),
    Plain("price units have to be known", "PRICE-WIRE-18", misreads(HELLO, _must_know_all)),
    Sabotage("a price of three octets is sent", "PRICE-WIRE-02", missends(UPDATE, bodies(PRICE, _wide))),
    Sabotage(
        "who names no unit must name a price",
        "PRICE-WIRE-03",
        delivers(_wants_a_price),
        drags=NAMES_NO_UNIT,
    ),
    Sabotage("a price is known in every TLV", "PRICE-WIRE-04", misreads_octets(_price_everywhere)),
    Sabotage(
        "of a price two octets count",
        "PRICE-WIRE-05",
        misreads(UPDATE, bodies(PRICE, _two_octets)),
        drags=classes("PRICE-WIRE-09"),
    ),
    Sabotage(
        "of two prices the first counts",
        "PRICE-WIRE-06",
        misreads(UPDATE, first_only(PRICE)),
        drags=classes("PRICE-SUM-01"),
    ),
    Sabotage("retractions have a price", "PRICE-WIRE-07", missends(UPDATE, _priced_retraction)),
    Sabotage(
        "retractions with an odd price are left alone",
        "PRICE-WIRE-08",
        misreads(UPDATE, hides_when(_odd_retraction)),
    ),
    Sabotage(
        "what has an odd price does nothing to the parser state",
        "PRICE-WIRE-09",
        misreads(UPDATE, hides_when(_has_odd_price)),
    ),
    Sabotage(
        "wildcard retractions with a price are left alone",
        "PRICE-WIRE-10",
        misreads(UPDATE, hides_when(_wildcard_with_price)),
    ),
    Sabotage(
        "a price counts in the first place only",
        "PRICE-WIRE-16",
        misreads(UPDATE, _price_first),
        drags=classes("PRICE-WIRE-17 PRICE-SUM-01"),
    ),
    Sabotage("a price excuses what is unknown", "PRICE-WIRE-17", misreads(UPDATE, _price_excuses)),
    Sabotage(
        "half of the currency is compared",
        "PRICE-WIRE-11",
        wraps("price_agreement.is_agreed", _half_a_currency),
    ),
    Sabotage(
        "of a longer unit ten octets count",
        "PRICE-WIRE-12",
        misreads(HELLO, bodies(UNIT, lambda body: body[:10])),
    ),
    Sabotage(
        "what a unit lacks is guessed",
        "PRICE-WIRE-12",
        misreads(HELLO, bodies(UNIT, lambda body: (body + b"\1")[: max(len(body), 10)])),
    ),
    Sabotage("of two units the first counts", "PRICE-WIRE-13", misreads(HELLO, first_only(UNIT))),
    Sabotage(
        "a unit of nothing is the own one",
        "PRICE-WIRE-14",
        misreads(HELLO, bodies(UNIT, lambda body: body if any(body[:8]) else OWN_UNIT)),
    ),
    Sabotage("a unit counts in an IHU too", "PRICE-WIRE-15", delivers(_unit_of_ihu)),
)

# --- the layout of 2018 -------------------------------------------------------------------------------------


def _update_2018(change: Callable[[bytearray], None]) -> Callable[[bytes], bytes]:
    """Changes Updates with a prefix, their Length included."""

    def rewritten(tlv: bytes) -> bytes:
        if tlv[0] != UPDATE or len(tlv) < PRICE_2018.stop or tlv[2] == 0:
            return tlv
        octets = bytearray(tlv)
        change(octets)
        octets[1] = len(octets) - 2
        return bytes(octets)

    return rewritten


def _three_octets(tlv: bytearray) -> None:
    tlv[12] = 0


def _one_more(tlv: bytearray) -> None:
    tlv += b"\x07"


def _completed(tlv: bytearray) -> None:
    missing = begin_of_sub_tlvs(tlv, OLD) - len(tlv)
    if missing in (1, 3):
        tlv += bytes(missing)


def _never_for_sale(tlv: bytearray) -> None:
    if is_retraction(tlv) and tlv[PRICE_2018] == b"\xff\xff\xff\xff":
        tlv[0] = 230


def _no_default_prefix(tlv: bytearray) -> None:
    if any(tlv[PRICE_2018]):
        tlv[3] &= 0x7F


def _long_wildcard(tlv: bytes) -> bytes:
    if tlv[0] == UPDATE and tlv[2] == 0 and tlv[1] == 10:
        return tlv[:1] + bytes([14]) + tlv[2:] + bytes(4)
    return tlv


def _blind_to_wildcards(tlv: bytes) -> bytes:
    return bytes([230]) + tlv[1:] if tlv[0] == UPDATE and tlv[2] == 0 and tlv[1] == 10 else tlv


def _price_of_wildcard(tlv: bytes) -> bytes:
    odd = (b"\xff\xff\xff\xff", b"\x80\x02\0\0")
    if tlv[0] == UPDATE and tlv[2] == 0 and tlv[12:] in odd:
        return tlv[:1] + bytes([10]) + tlv[2:12]
    return tlv


def _hello_goes_on(subs: SubTlvs, _fields: bytes) -> SubTlvs:
    return [*subs, (UNIT, OWN_UNIT)]


def _as_if(kind: int, other: int) -> Callable[[SubTlvs, bytes], SubTlvs]:
    return lambda subs, _fields: [(other if one == kind else one, body) for one, body in subs]


def _low_half(body: bytes) -> bytes:
    return b"\0" + body[1:]


LAYOUT = (
    Sabotage2018(
        "the highest octet of a price is lost",
        "F2018-UPD-01",
        misreads_octets(_update_2018(_three_octets)),
        drags=classes(
            "PRICE-SUM-01 PRICE-SUM-02 PRICE-SUM-03 PRICE-SALE-01 PRICE-SALE-02 PRICE-TRIG-02 F2018-UPD-06 "
            "F2018-MEET-01"
        ),
    ),
    Sabotage2018(
        "an octet stands behind every Update",
        "F2018-UPD-01",
        missends_octets(_update_2018(_one_more)),
        drags=classes("RTG-DATA-04"),
    ),
    Sabotage2018("what an Update lacks is zero", "F2018-UPD-02", misreads_octets(_update_2018(_completed))),
    Sabotage2018(
        "wildcard retractions are not seen",
        "F2018-UPD-03",
        misreads_octets(_blind_to_wildcards),
        drags=classes("RTG-UPD-15 RTG-UPD-19 RTG-SUB-01"),
    ),
    Sabotage2018("wildcard retractions have a price", "F2018-UPD-03", missends_octets(_long_wildcard)),
    Sabotage2018(
        "the price of a wildcard retraction is skipped", "F2018-UPD-04", misreads_octets(_price_of_wildcard)
    ),
    Sabotage2018(
        "a retraction must be for sale", "F2018-UPD-05", misreads_octets(_update_2018(_never_for_sale))
    ),
    Sabotage2018(
        "what has a price is no default prefix",
        "F2018-UPD-06",
        misreads_octets(_update_2018(_no_default_prefix)),
    ),
    Sabotage2018("Hellos go on with a unit", "F2018-UPD-07", missends(HELLO, _hello_goes_on, OLD)),
    Sabotage2018(
        "the highest octet of a path RTT is lost",
        "F2018-SUB-01",
        misreads(UPDATE, bodies(PATH_RTT_2018, _low_half), OLD),
        drags=classes("PRTT-SUM-01 PRTT-SUM-03 F2018-SUB-02"),
    ),
    Sabotage2018(
        "a short path RTT is completed",
        "F2018-SUB-02",
        misreads(UPDATE, bodies(PATH_RTT_2018, lambda body: body.rjust(4, b"\0")), OLD),
        drags=classes("PRTT-SUM-02"),
    ),
    Sabotage2018(
        "of two path RTTs the first counts", "F2018-SUB-02", misreads(UPDATE, first_only(PATH_RTT_2018), OLD)
    ),
    Sabotage2018(
        "the price of the other profile is skipped", "F2018-SUB-03", misreads(UPDATE, without(PRICE), OLD)
    ),
    Sabotage2018(
        "the path RTT of the other profile counts",
        "F2018-SUB-04",
        misreads(UPDATE, _as_if(PATH_RTT, PATH_RTT_2018), OLD),
        drags=classes("PRTT-SUM-02"),
    ),
    Sabotage(
        "the path RTT of 2018 counts",
        "F2018-SUB-04",
        misreads(UPDATE, _as_if(PATH_RTT_2018, PATH_RTT)),
        drags=classes("PRTT-SUM-02"),
    ),
)

# --- the meeting --------------------------------------------------------------------------------------------


def _trusting(original: Callable[..., Any], *given: Any) -> None:
    del original, given


def _suspicious(original: Callable[..., Any], payload: bytes, packet: Any, profile: Any, *more: Any) -> Any:
    """Whoever has a price, and a prefix that ends inside an octet, is taken for somebody else."""
    for tlv in split(payload):
        if tlv[0] == UPDATE and tlv[2] and tlv[4] % 8 and PRICE in tlv[12:]:
            return Rejection.OTHER_LAYOUT
    return original(payload, packet, profile, *more)


def _suspicious_2018(
    original: Callable[..., Any], payload: bytes, packet: Any, profile: Any, *more: Any
) -> Any:
    for tlv in split(payload):
        if tlv[0] == UPDATE and tlv[2] and tlv[4] % 8 and PATH_RTT_2018 in tlv[16:]:
            return Rejection.OTHER_LAYOUT
    return original(payload, packet, profile, *more)


MEETING = (
    Sabotage("nobody speaks the other layout", "F2018-MEET-01", wraps("layout.suspicion", _trusting)),
    Sabotage2018(
        "nobody speaks the other layout here either",
        "F2018-MEET-01",
        wraps("layout.suspicion", _trusting),
        drags=classes("F2018-UPD-02"),
    ),
    Sabotage("odd prefixes are suspect", "F2018-MEET-02", wraps("layout.suspicion", _suspicious)),
    Sabotage2018(
        "odd prefixes are suspect here too",
        "F2018-MEET-02",
        wraps("layout.suspicion", _suspicious_2018),
        drags=classes("F2018-UPD-01"),
    ),
)

SABOTAGES = (*SUB_TLVS, *LAYOUT, *MEETING)
