# SPDX-License-Identifier: GPL-2.0-only
"""Where tshark says something else than our codecs, one difference at a time."""

from collections.abc import Iterator
from itertools import zip_longest

from attrs import frozen

from .neutral import UNFRAMED, NeutralPacket, NeutralTlv, TsharkPacket, TsharkTlv, Value

UNSAID = frozenset({"reserved", "mbz", "value"})
"""Fields that tshark does not show at all; nothing can be compared."""
HELLO, IHU = 4, 5
UNICAST = 0x8000


@frozen(eq=False)
class Difference:
    """One thing that tshark sees otherwise."""

    name: str
    """A field, or ``seen``, ``malformed``, ``missing``, ``surplus``, ``unframed``, ``type``, ``sub_tlvs``."""
    ours: object
    theirs: object
    packet: NeutralPacket
    dissection: TsharkPacket
    place: int = 0
    """Index among the TLVs of its part of the packet."""
    in_trailer: bool = False
    tlv: NeutralTlv | None = None
    """Our view of the TLV, where there is one."""

    def __str__(self) -> str:
        where = f"{'trailer' if self.in_trailer else 'body'} TLV {self.place}"
        kind = "" if self.tlv is None else f" (type {self.tlv.type}, {self.tlv.octets.hex()})"
        return f"{where}{kind}: {self.name}: ours {self.ours!r}, tshark's {self.theirs!r}"


def differences(ours: NeutralPacket, theirs: TsharkPacket) -> list[Difference]:
    """Everything that tshark says otherwise; what it does not show is no difference."""
    if ours.rejected == "length" and theirs.malformed:
        return []
    seen = ours.rejected is None
    if seen != theirs.seen:
        return [Difference("seen", seen, theirs.seen, ours, theirs)]
    found = [*_part(ours, theirs, in_trailer=False), *_part(ours, theirs, in_trailer=True)]
    broken = any(one.state == UNFRAMED for one in (*ours.body, *ours.trailer))
    if theirs.malformed and not broken:
        found.append(Difference("malformed", False, True, ours, theirs))
    return found


def _part(ours: NeutralPacket, theirs: TsharkPacket, in_trailer: bool) -> Iterator[Difference]:
    mine, its = (ours.trailer, theirs.trailer) if in_trailer else (ours.body, theirs.body)
    for place, (one, other) in enumerate(zip_longest(mine, its)):
        for name, left, right in _pair(one, other, None if in_trailer else ours.meanings, place):
            yield Difference(name, left, right, ours, theirs, place, in_trailer, one)


def _pair(
    one: NeutralTlv | None, other: TsharkTlv | None, meanings: tuple[str | None, ...] | None, place: int
) -> Iterator[tuple[str, object, object]]:
    if one is None or one.state == UNFRAMED:
        if other is not None:
            yield ("surplus" if one is None else "unframed"), one, other
        return
    if other is None:
        yield "missing", one, None
        return
    if one.type != other.type:
        yield "type", one.type, other.type
        return
    mine = _visible(one)
    if meanings is None:
        mine["meaning"] = other.fields.get("meaning")
    elif "meaning" in other.fields:
        mine["meaning"] = meanings[place]
    for name in sorted(mine.keys() | other.fields.keys()):
        if mine.get(name) != other.fields.get(name):
            yield name, mine.get(name), other.fields.get(name)
    yield from _sub_tlvs(one, other)


def _visible(one: NeutralTlv) -> dict[str, Value]:
    """Our fields that tshark shows too, in its manner."""
    fields = {name: value for name, value in one.fields.items() if name not in UNSAID}
    if one.type == HELLO and "flags" in fields:
        fields["unicast"] = int(bool(int(fields.pop("flags") or 0) & UNICAST))
    if one.type != 0:
        fields["length"] = one.octets[1]
    return fields


def _sub_tlvs(one: NeutralTlv, other: TsharkTlv) -> Iterator[tuple[str, object, object]]:
    mine = tuple(_visible_sub_tlv(one.type, sub.type, sub.body) for sub in one.sub_tlvs)
    its = tuple((sub.type, sub.length, sub.mandatory, sub.timestamps) for sub in other.sub_tlvs)
    if mine != its:
        yield "sub_tlvs", mine, its


def _visible_sub_tlv(tlv_type: int | None, number: int | None, body: bytes) -> tuple[object, ...]:
    if number is None:
        return (None, body)
    length = None if number == 0 else len(body)
    return number, length, bool(number & 0x80), _timestamps(tlv_type, number, body)


def _timestamps(tlv_type: int | None, number: int, body: bytes) -> tuple[int, ...]:
    """The microseconds in a Timestamp sub-TLV; none where it is too short or has no meaning."""
    count = {HELLO: 1, IHU: 2}.get(tlv_type or 0, 0) if number == 3 else 0
    if len(body) < 4 * count:
        return ()
    return tuple(int.from_bytes(body[at : at + 4], "big") for at in range(0, 4 * count, 4))
