# SPDX-License-Identifier: GPL-2.0-only
"""Routers that misread or miswrite the sub-TLVs of one type of TLV, between the wire and the machine."""

from collections.abc import Callable, Iterable
from typing import TypeAlias

from attrs import evolve

from althea_spec.conformance.frames import Datagram
from althea_spec.conformance.lab import LinkName, Profile
from althea_spec.conformance.targets.embedded import MemoryLab

from .sabotage import Patch, delivers, tampers
from .sabotages_neighbours import packet, split

HELLO, IHU, UPDATE = 4, 5, 8
PLAIN_OCTETS = {2: 8, 4: 8, 10: 16}
"""Up to the sub-TLVs, of TLVs that have no field of variable size."""
ADDRESS_OCTETS = {0: 0, 1: 4, 2: 16, 3: 8}
SMALLEST_OCTETS = 6  # of a TLV whose encoding and lengths can be read
PRICE_2018 = slice(12, 16)
NOBODY_KNOWS = 230  # a type of TLV

SubTlvs: TypeAlias = list[tuple[int, bytes]]
Change: TypeAlias = Callable[[SubTlvs, bytes], SubTlvs | None]
"""Takes the sub-TLVs of a TLV and the octets before them; ``None``: the whole TLV is not seen."""


def begin_of_sub_tlvs(tlv: bytes, profile: Profile) -> int:
    """Where the fields of a TLV end."""
    if tlv[0] == UPDATE:
        if tlv[2] == 0:
            return 12
        implied = 8 if tlv[2] == 3 else 0
        price = 4 if profile is Profile.ALTHEA_2018 else 0
        return 12 + price + max((tlv[4] + 7) // 8 - implied - tlv[5], 0)
    if tlv[0] == IHU:
        return 8 + ADDRESS_OCTETS.get(tlv[2], 0)
    if tlv[0] == 10:
        return 16 + (tlv[3] + 7) // 8
    return PLAIN_OCTETS[tlv[0]]


def sub_tlvs_of(octets: bytes) -> SubTlvs | None:
    """The sub-TLVs behind the fields; ``None`` where they cannot be framed."""
    found: SubTlvs = []
    while octets:
        if octets[0] == 0:
            found.append((0, b""))
            octets = octets[1:]
            continue
        if len(octets) < 2 or len(octets) < 2 + octets[1]:
            return None
        found.append((octets[0], octets[2 : 2 + octets[1]]))
        octets = octets[2 + octets[1] :]
    return found


def changed(tlv: bytes, kind: int, change: Change, profile: Profile) -> bytes:
    """The TLV with other sub-TLVs, if it is of that type and well-formed."""
    if tlv[0] != kind or len(tlv) < SMALLEST_OCTETS:
        return tlv
    begin = begin_of_sub_tlvs(tlv, profile)
    found = sub_tlvs_of(tlv[begin:]) if len(tlv) >= begin else None
    if found is None:
        return tlv
    after = change(found, tlv[:begin])
    if after is None:
        return bytes((NOBODY_KNOWS, len(tlv) - 2)) + tlv[2:]
    octets = b"".join(b"\0" if one == 0 else bytes((one, len(body))) + body for one, body in after)
    return tlv[:1] + bytes([begin - 2 + len(octets)]) + tlv[2:begin] + octets


def _rebuilt(datagram: Datagram, change: Callable[[bytes], bytes]) -> Datagram:
    tlvs = split(datagram.payload) if datagram.is_babel else []
    after = [change(one) for one in tlvs]
    return datagram if after == tlvs else evolve(datagram, payload=packet(b"".join(after)))


def misreads(kind: int, change: Change, profile: Profile = Profile.ALTHEA) -> Patch:
    """A device that sees other sub-TLVs than it was sent."""
    return misreads_octets(lambda tlv: changed(tlv, kind, change, profile))


def misreads_octets(change: Callable[[bytes], bytes]) -> Patch:
    """A device that sees other TLVs than it was sent."""

    def tamper(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
        yield _rebuilt(datagram, change)

    return delivers(tamper)


def missends(kind: int, change: Change, profile: Profile = Profile.ALTHEA) -> Patch:
    """A device that sends other sub-TLVs than its machine said."""
    return missends_octets(lambda tlv: changed(tlv, kind, change, profile))


def missends_octets(change: Callable[[bytes], bytes]) -> Patch:
    """A device that sends other TLVs than its machine said."""

    def tamper(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
        yield _rebuilt(datagram, change)

    return tampers(tamper)


def is_retraction(fields: bytes) -> bool:
    """Whether the fields of an Update have an infinite metric."""
    return fields[10:12] == b"\xff\xff"


def without(*kinds: int) -> Change:
    """Sub-TLVs of these types are not seen."""
    return lambda subs, _fields: [one for one in subs if one[0] not in kinds]


def first_only(kind: int) -> Change:
    """Of several sub-TLVs of a type the first is seen."""

    def change(subs: SubTlvs, _fields: bytes) -> SubTlvs:
        first = next((index for index, one in enumerate(subs) if one[0] == kind), None)
        return [one for index, one in enumerate(subs) if one[0] != kind or index == first]

    return change


def bodies(kind: int, change: Callable[[bytes], bytes]) -> Change:
    """The bodies of sub-TLVs of a type are seen changed."""
    return lambda subs, _fields: [(one, change(body) if one == kind else body) for one, body in subs]


def hides_when(condition: Callable[[SubTlvs, bytes], bool]) -> Change:
    """TLVs of that kind are not seen at all."""
    return lambda subs, fields: None if condition(subs, fields) else subs
