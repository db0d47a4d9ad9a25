# SPDX-License-Identifier: GPL-2.0-only
"""What three readers make of prices, paths, units and probes: the reference, scapy, and tshark with Lua.

The latter two show what is there; ``used`` and its like say what counts of it, written from the law for these
tests alone.
"""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address
from typing import Any, Literal, TypeAlias

import attrs
from attrs import frozen

from althea_spec.conformance.layers import althea, babel
from althea_spec.conformance.tshark import DissectedField, Dissection
from althea_spec.reference.routing import (
    decode,
    extensions,
    interpret,
    messages,
    parser_state,
    tlv,
    tunnel_codec,
)
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.rejection import Rejection

from .reading import meanings

PRICE, PATH_RTT, PATH_DELIVERY, PRICE_UNIT, PATH_RTT_2018 = 250, 120, 122, 121, 45
IN_UPDATE = {
    Profile.RFC8966: (),
    Profile.ALTHEA: (PRICE, PATH_RTT, PATH_DELIVERY),
    Profile.ALTHEA_2018: (PATH_RTT_2018,),
}
IN_HELLO = {Profile.RFC8966: (), Profile.ALTHEA: (PRICE_UNIT,), Profile.ALTHEA_2018: ()}
IN_IHU = (PATH_RTT, PATH_DELIVERY)

SENDER_IPV6, SENDER_IPV4 = IPv6Address("fe80::1:2:3:4"), IPv4Address("192.0.2.1")
INFINITE = 0xFFFF

Refused: TypeAlias = Literal["refused"]
Used: TypeAlias = tuple[int | None, ...] | Refused | None
"""What counts of one TLV: price, path RTT and path delivery of an Update, octets and currency of a Hello, and
``None`` for a TLV that is not looked at.
"""


@frozen
class Shown:
    """The extensions of one TLV, in their order; several of a kind are shown several times."""

    index: int
    prefix: str | None = None
    price: tuple[int, ...] = ()
    path_rtt: tuple[int, ...] = ()
    path_delivery: tuple[int, ...] = ()
    unit: tuple[tuple[int, int], ...] = ()
    odd: tuple[bytes, ...] = ()
    """Whole sub-TLVs of a length that they cannot have."""

    def is_anything(self) -> bool:
        return any((self.price, self.path_rtt, self.path_delivery, self.unit, self.odd))

    def count(self, *types: int) -> int:
        """How many odd ones there are of these types."""
        return sum(one[0] in types for one in self.odd)


# --- the scapy layer ----------------------------------------------------------------------------------------


def shown_by_scapy(payload: bytes, profile: Profile) -> list[Shown]:
    packet = althea.DIALECTS[profile](payload) if payload else None
    readable = isinstance(packet, babel.Babel) and packet.layout_known and packet.length <= len(payload) - 4
    return list(_from_layers(packet.tlvs, profile)) if packet is not None and readable else []


def _from_layers(layers: Sequence[Any], profile: Profile) -> Iterable[Shown]:
    for index, (one, meaning) in enumerate(zip(layers, meanings(list(layers)), strict=True)):
        if isinstance(one, babel.BabelUpdate) and _has_sized_prefix(one):
            field = (one.price,) if isinstance(one, althea.BabelUpdate2018) and one.ae else ()
            shown = _sub_layers(
                index, one.subtlvs, IN_UPDATE[profile], None if meaning == "*" else meaning, field
            )
        elif isinstance(one, babel.BabelHello):
            shown = _sub_layers(index, one.subtlvs, IN_HELLO[profile])
        else:
            continue
        if shown.is_anything():
            yield shown


def _has_sized_prefix(one: babel.BabelUpdate) -> bool:
    impossible = one.ae == 3 and one.omitted
    return not impossible and babel._prefix_octets(one.ae, one.plen, one.omitted) is not None


def _sub_layers(
    index: int,
    layers: Sequence[Any],
    types: tuple[int, ...],
    prefix: str | None = None,
    price: tuple[int, ...] = (),
) -> Shown:
    def values(kind: type, *names: str) -> tuple[Any, ...]:
        found = [tuple(getattr(one, name) for name in names) for one in layers if isinstance(one, kind)]
        return tuple(one if len(one) > 1 else one[0] for one in found)

    generic = [one for one in layers if isinstance(one, babel.BabelSubTLV) and one.type in types]
    return Shown(
        index=index,
        prefix=prefix,
        price=price + values(althea.BabelPrice, "price"),
        path_rtt=values(althea.BabelPathRTT, "rtt"),
        path_delivery=values(althea.BabelPathDelivery, "delivery"),
        unit=values(althea.BabelPriceUnit, "octets", "currency"),
        odd=tuple(bytes(one) for one in generic),
    )


# --- tshark with Lua ----------------------------------------------------------------------------------------


def shown_by_tshark(dissection: Dissection) -> list[Shown]:
    return [
        _from_item(one) for one in dissection.protocol or () if one.name in {"althea.update", "althea.hello"}
    ]


def _from_item(item: DissectedField) -> Shown:
    def numbers(name: str) -> tuple[int, ...]:
        return tuple(int(one.show) for one in item.fields if one.name == name)

    prefix = item.find("althea.prefix")
    (index,) = numbers("althea.index")
    return Shown(
        index=index,
        prefix=None if prefix is None else prefix.show,
        price=numbers("althea.price"),
        path_rtt=numbers("althea.path_rtt"),
        path_delivery=numbers("althea.path_delivery"),
        unit=tuple(zip(numbers("althea.unit.octets"), numbers("althea.unit.currency"), strict=True)),
        odd=tuple(one.octets for one in item.fields if one.name == "althea.odd"),
    )


# --- what counts --------------------------------------------------------------------------------------------


def used_in_update(shown: Shown | None) -> Used:
    """PRICE-WIRE-03, -05 and -06, PRTT-WIRE-04, -05 and -07."""
    if shown is None:
        return None, None, None
    if shown.count(PRICE) or len(shown.price) > 1:
        return "refused"
    return shown.price[0] if shown.price else None, *_path(shown)


def _path(shown: Shown) -> tuple[int | None, int | None]:
    rtt = _only(shown.path_rtt, shown.count(PATH_RTT, PATH_RTT_2018))
    return rtt, _only(shown.path_delivery, shown.count(PATH_DELIVERY)) or None


def used_in_hello(shown: Shown | None) -> Used:
    """PRICE-WIRE-12 to -14."""
    unit = None if shown is None else _only(shown.unit, shown.count(PRICE_UNIT))
    return unit if unit is not None and unit[0] else (None, None)


def _only(values: Sequence[Any], odd: int) -> Any:
    return values[0] if len(values) == 1 and not odd else None


def used(shown: Sequence[Shown], types: Sequence[int | None]) -> list[Used]:
    """What counts of each TLV, given the types of all of them."""
    by_index = {one.index: one for one in shown}
    readers = {4: used_in_hello, 8: used_in_update}
    return [
        readers[kind](by_index.get(index)) if kind in readers else None for index, kind in enumerate(types)
    ]


def used_by_reference(payload: bytes, profile: Profile) -> list[Used]:
    """What the router would hear; ``None`` also for what it rejects for another reason than the price."""
    packet = decode.decode_packet(payload, profile)
    if isinstance(packet, tlv.RejectedPacket):
        return []
    state = parser_state.initial_state(SENDER_IPV6)
    state.next_hop_ipv4, state.router_id, state.profile = SENDER_IPV4, b"\x02" * 8, profile
    return [_said(interpret.receive(one, state)) for one in packet.body]


def _said(outcome: object) -> Used:
    match outcome:
        case messages.Update() if outcome.metric != INFINITE:
            return outcome.price, outcome.path_rtt, outcome.path_delivery
        case messages.Hello():
            unit = outcome.price_unit
            return (None, None) if unit is None else (unit.octets, unit.currency)
        case Rejection.PRICE_LENGTH | Rejection.PRICE_REPEATED:
            return "refused"
    return None


# --- tunnels ------------------------------------------------------------------------------------------------

Probe: TypeAlias = dict[str, int | bytes | None]
"""The fields of a Remote Hello or Remote IHU by name, and ``index``."""


def probes_by_reference(sequence: bytes) -> list[Probe]:
    found: list[Probe] = []
    for index, one in enumerate(tunnel_codec.decode_tunnel_tlvs(sequence)):
        if isinstance(one, tlv.RemoteHello | tlv.RemoteIHU):
            named = {
                name.removesuffix("_timestamp"): value
                for name, value in attrs.asdict(one, recurse=False).items()
            }
            del named["sub_tlvs"]
            if isinstance(one, tlv.RemoteIHU):
                named["return_rtt"], named["return_delivery"] = extensions.path(one, Profile.ALTHEA)
            found.append({"index": index, **named})
    return found


def probes_by_scapy(sequence: bytes) -> list[Probe]:
    found: list[Probe] = []
    for index, one in enumerate(althea.BabelTunnel(sequence).tlvs):
        if isinstance(one, althea.BabelRemoteHello | althea.BabelRemoteIHU):
            named = {field.name: getattr(one, field.name) for field in one.fields_desc}
            named["route"] = named.pop("route_id")
            shown = _sub_layers(index, named.pop("subtlvs"), IN_IHU)
            del named["type"], named["len"]
            if isinstance(one, althea.BabelRemoteIHU):
                named["return_rtt"], named["return_delivery"] = _path(shown)
            found.append({"index": index, **named})
    return found


def probes_by_tshark(dissection: Dissection) -> list[Probe]:
    items = [
        one for one in dissection.protocol or () if one.name in {"althea_tunnel.hello", "althea_tunnel.ihu"}
    ]
    return [_probe(one) for one in items]


def _probe(item: DissectedField) -> Probe:
    named: dict[str, list[DissectedField]] = {}
    for one in item.fields:
        named.setdefault(one.name.removeprefix("althea_tunnel."), []).append(one)
    shown = Shown(
        index=0,
        path_rtt=tuple(int(one.show) for one in named.pop("return_rtt", ())),
        path_delivery=tuple(int(one.show) for one in named.pop("return_delivery", ())),
        odd=tuple(one.octets for one in named.pop("odd", ())),
    )
    probe: Probe = {
        name: one.octets if name == "through" else int(one.show) for name, (one,) in named.items()
    }
    if item.name == "althea_tunnel.ihu":
        probe["return_rtt"], probe["return_delivery"] = _path(shown)
    return probe
