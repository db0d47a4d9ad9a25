# SPDX-License-Identifier: GPL-2.0-only
"""What a device may say of prices and paths, given what it was told (whitepaper, section Routing).

Each rule looks at finite Updates of profiles that have prices; what was told is read in the device's own
layout, as it must read it.
"""

from collections.abc import Callable, Iterator

from althea_spec.conformance.lab import SECOND, FibEntry, Microseconds, Profile
from althea_spec.conformance.observe import INFINITY, PRICE_UNIT_SUB_TLV, WILDCARD, SeenTlv, extensions
from althea_spec.conformance.recording import Entry, Recording

from .occasion import Occasion, sent_tlvs, tlvs

NOT_FOR_SALE = {Profile.ALTHEA: 0xFFFF, Profile.ALTHEA_2018: 0xFFFF_FFFF}
WHOLE_DELIVERY = 0xFFFF
FAR_FROM_THE_END = 1 << 31
"""Microseconds; path RTTs above it may reach the end of the field, and saturation has a rule of its own."""
GRACE: Microseconds = 5 * SECOND
"""How long after the last word on a price a line of the forwarding table may still follow the one before."""


# --- what was said ------------------------------------------------------------------------------------------


def _said(recording: Recording) -> Iterator[tuple[Entry, SeenTlv]]:
    """Every finite Update of the device, in a profile that has prices."""
    if recording.trace.profile in NOT_FOR_SALE:
        for entry, tlv in tlvs(recording, "update"):
            if tlv["metric"] != INFINITY and tlv.get("network") not in (None, WILDCARD):
                yield entry, tlv


def _learned(recording: Recording) -> Iterator[tuple[Entry, SeenTlv, list[SeenTlv]]]:
    """Those for prefixes that are not its own, each with all that it had been told about the prefix."""
    told: dict[object, list[tuple[int, SeenTlv]]] = {}
    for entry, tlv in sent_tlvs(recording, "update"):
        if tlv["metric"] != INFINITY and tlv.get("network") not in (None, WILDCARD):
            told.setdefault(tlv["network"], []).append((entry.number, tlv))
    for entry, tlv in _said(recording):
        heard = [one for number, one in told.get(tlv["network"], ()) if number < entry.number]
        if heard and tlv["network"] not in recording.trace.device.originates:
            yield entry, tlv, heard


def _own(recording: Recording) -> Iterator[tuple[Entry, SeenTlv]]:
    """Those for prefixes of its own, which nobody else has."""
    foreign = {tlv.get("network") for _entry, tlv in sent_tlvs(recording, "update")}
    for entry, tlv in _said(recording):
        if tlv["network"] in recording.trace.device.originates and tlv["network"] not in foreign:
            yield entry, tlv


# --- prices -------------------------------------------------------------------------------------------------


def _sums(recording: Recording, heard: list[SeenTlv]) -> set[int]:
    """What the device could ask, before it is cut to the field: a price it heard plus one of its own."""
    steps = (one.set_price for one in recording.trace.steps)
    own = {recording.trace.device.price, *(price for price in steps if price is not None)}
    asked = {one.get("price") for one in heard}
    return {price + add for price in asked if price is not None for add in own}


def _all_priced(heard: list[SeenTlv]) -> bool:
    return all(one.get("price") is not None for one in heard)


def _price_is_a_sum(recording: Recording) -> Iterator[Occasion]:
    """The price of a learned route is a price that was heard plus the device's own; sums that do not fit have
    a rule of their own.
    """
    for entry, tlv, heard in _learned(recording):
        largest = NOT_FOR_SALE[recording.trace.profile]
        sums = _sums(recording, heard)
        price = tlv.get("price")
        if price is None or not _all_priced(heard) or max(sums) >= largest:
            continue
        wrong = f"{tlv['network']} at price {price}; what was heard makes {_list(sums)}"
        yield Occasion(entry, None if price in sums else wrong)


def _price_does_not_wrap(recording: Recording) -> Iterator[Occasion]:
    """Where every sum is beyond the field, the largest value is announced."""
    for entry, tlv, heard in _learned(recording):
        largest = NOT_FOR_SALE[recording.trace.profile]
        sums = _sums(recording, heard)
        if not _all_priced(heard) or min(sums) < largest:
            continue
        price = tlv.get("price")
        wrong = f"{tlv['network']} at price {price}, where what was heard makes {_list(sums)}"
        yield Occasion(entry, None if price == largest else wrong)


def _list(numbers: set[int]) -> str:
    return " or ".join(str(one) for one in sorted(numbers))


def _unit_is_said(recording: Recording) -> Iterator[Occasion]:
    """Every Hello names the configured unit, once."""
    if recording.trace.profile is not Profile.ALTHEA:
        return
    unit = recording.trace.device.price_unit
    right = unit.octets.to_bytes(8, "big") + unit.currency.to_bytes(2, "big")
    for entry, tlv in tlvs(recording, "hello"):
        bodies = extensions(tlv.fields, PRICE_UNIT_SUB_TLV)
        said = ", ".join(one.hex() for one in bodies) or "nothing"
        wrong = f"a Hello that says {said} of its price unit, where it is {right.hex()}"
        yield Occasion(entry, None if bodies == [right] else wrong)


def _nothing_unsaleable_in_use(recording: Recording) -> Iterator[Occasion]:
    """No line of the forwarding table leads to a neighbour that has said: not for sale."""
    largest = NOT_FOR_SALE.get(recording.trace.profile)
    if largest is None:
        return
    said = [
        (entry, tlv)
        for entry, tlv in sent_tlvs(recording, "update")
        if tlv["metric"] != INFINITY and tlv.get("price") is not None
    ]
    for (first, lines), last in zip(recording.routes, recording.still, strict=True):
        for line in lines:
            asked = _last_asked(said, line, last - GRACE)
            if asked is not None:
                entry = next(one for one in recording.entries if one.time >= first)
                wrong = f"{line.prefix} via {line.next_hop}, which said: not for sale"
                yield Occasion(entry, wrong if asked == largest else None)


def _last_asked(said: list[tuple[Entry, SeenTlv]], line: FibEntry, before: Microseconds) -> int | None:
    """What the neighbour of a line asked for its prefix, last and long enough ago."""
    asked: int | None = None
    if line.kind != "via":
        return None
    for entry, tlv in said:
        through = (entry.link, tlv.get("through"), tlv.get("network"))
        if entry.time <= before and through == (line.link, line.next_hop, line.prefix):
            asked = tlv["price"]
    return asked


# --- paths --------------------------------------------------------------------------------------------------


def _empty_path(recording: Recording) -> Iterator[Occasion]:
    """An own prefix has the empty path: no round-trip time, and nothing lost where delivery is told."""
    delivery = WHOLE_DELIVERY if recording.trace.profile is Profile.ALTHEA else None
    for entry, tlv in _own(recording):
        said = (tlv.get("path_rtt"), tlv.get("path_delivery"))
        wrong = f"own prefix {tlv['network']} with path RTT {said[0]} and path delivery {said[1]}"
        yield Occasion(entry, None if said == (0, delivery) else wrong)


def _path_grows(recording: Recording) -> Iterator[Occasion]:
    """The path RTT of a learned route is at least the smallest that was heard."""
    for entry, tlv, heard in _learned(recording):
        known = [one["path_rtt"] for one in heard if one.get("path_rtt") is not None]
        said = tlv.get("path_rtt")
        if said is not None and known and max(known) < FAR_FROM_THE_END:
            wrong = f"{tlv['network']} with path RTT {said}, announced to it with {min(known)}"
            yield Occasion(entry, None if said >= min(known) else wrong)


def _delivery_shrinks(recording: Recording) -> Iterator[Occasion]:
    """The path delivery of a learned route is at most the largest that was heard, and not 0."""
    for entry, tlv, heard in _learned(recording):
        known = [one["path_delivery"] for one in heard if one.get("path_delivery") is not None]
        said = tlv.get("path_delivery")
        if said is not None and known:
            wrong = f"{tlv['network']} with path delivery {said}, announced to it with {max(known)}"
            yield Occasion(entry, None if 0 < said <= max(known) else wrong)


def _nothing_invented(recording: Recording) -> Iterator[Occasion]:
    """What nobody has said of a path is not announced."""
    for entry, tlv, heard in _learned(recording):
        for name in ("path_rtt", "path_delivery"):
            if all(one.get(name) is None for one in heard):
                said = tlv.get(name)
                wrong = f"{tlv['network']} with {name.replace('_', ' ')} {said}, which nobody has said"
                yield Occasion(entry, None if said is None else wrong)


RULES: tuple[tuple[str, str, Callable[[Recording], Iterator[Occasion]]], ...] = (
    ("PRICE-SUM-01", "a price that was heard plus the device's own", _price_is_a_sum),
    ("PRICE-SUM-02", "the largest value where the sum does not fit", _price_does_not_wrap),
    ("PRICE-UNIT-01", "Hellos that name the device's price unit", _unit_is_said),
    ("PRICE-SALE-01", "no line of the forwarding table to a route not for sale", _nothing_unsaleable_in_use),
    ("PRTT-OWN-01", "the empty path for own prefixes", _empty_path),
    ("PRTT-SUM-01", "a path RTT not below the one that was announced to it", _path_grows),
    ("PRTT-SUM-02", "no path RTT and no path delivery that nobody has said", _nothing_invented),
    ("PRTT-SUM-04", "a path delivery not above the one that was announced to it", _delivery_shrinks),
)
