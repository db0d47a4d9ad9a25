# SPDX-License-Identifier: GPL-2.0-only
"""From the words of a trace to octets, through the scapy layer.

Whatever a trace leaves out gets its right value; whatever it gives is written as it is, right or wrong.
"""

from collections.abc import Callable, Mapping
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from attrs import frozen
from scapy.packet import Raw

from . import trace as words
from .lab import Address, Network, Profile
from .layers import althea, babel
from .matching import MatchError, number

PRICE_SUB_TLV, PATH_RTT_SUB_TLV, PRICE_UNIT_SUB_TLV, PATH_DELIVERY_SUB_TLV = 250, 120, 121, 122
PATH_RTT_SUB_TLV_2018 = 45
HEADER_OCTETS = 4
PRICE_OFFSET_2018 = 12
"""Of the price that the layout of 2018 has in the Update itself, from the first octet of the TLV."""


@frozen
class Sender:
    """What the composer must know of the neighbour that sends and of the one that it sends to."""

    address: Address
    """Its IPv6 link-local address."""
    ipv4: IPv4Address
    device_address: Address
    next_seqno: Callable[[bool], int]
    """The neighbour's Hello counter: takes (is unicast), returns the seqno and advances."""
    saved: Mapping[str, Any]
    profile: Profile = Profile.RFC8966
    """In whose layout Updates are written."""
    most_octets: int = 1452
    """Of UDP payload, in one packet on the link that it goes to."""


def compose_packet(send: words.Send, sender: Sender) -> bytes:
    """The UDP payload that a ``send`` step describes.

    Raises:
        MatchError: a ``$name`` that nothing has saved.
    """
    if send.raw is not None:
        return send.raw
    trailer = b"".join(compose_tlv(tlv, sender) for tlv in send.packet.trailer)
    body = [compose_tlv(tlv, sender) for tlv in send.tlvs if tlv.fill is None]
    room = sender.most_octets - HEADER_OCTETS - sum(map(len, body)) - len(trailer)
    for place, tlv in enumerate(send.tlvs):
        if tlv.fill is not None:
            body.insert(place, _fill(tlv.fill, room, sender))
            room = 0
    header = {"magic": send.packet.magic, "version": send.packet.version}
    octets = b"".join(body)
    length = len(octets) if send.packet.body_length is None else send.packet.body_length
    return bytes(babel.Babel(**header, length=length)) + octets + trailer


def _fill(part: words.Fill, room: int, sender: Sender) -> bytes:
    """As many Updates as fit, each for the network after the last one, and PadN where no more does."""
    octets, update = b"", part.update
    while len(one := _update(update, sender)) <= room - len(octets):
        octets += one
        update = update.model_copy(update={"prefix": _next_network(update.prefix)})
    return octets + _padding(room - len(octets))


def _next_network(network: Network | None) -> Network:
    if network is None:
        raise MatchError("fill: expected an Update with a prefix")
    size = 1 << network.max_prefixlen - network.prefixlen
    return type(network)((int(network.network_address) + size, network.prefixlen))


def _padding(room: int) -> bytes:
    padding = b""
    while room > 0:
        if room == 1:
            return padding + bytes(babel.BabelPad1())
        size = min(room - 2, 255)
        padding += bytes(babel.BabelPadN(mbz=bytes(size)))
        room -= size + 2
    return padding


def compose_tlv(tlv: words.Tlv, sender: Sender) -> bytes:
    """The octets of one TLV of a trace."""
    for name, composer in COMPOSERS.items():
        part = getattr(tlv, name)
        if part is not None:
            octets = bytes(composer(part, sender))
            return _spoil(part, octets)
    raise MatchError("a TLV without a kind")


def _spoil(part: Any, octets: bytes) -> bytes:
    """Cut octets off and rewrite the Length octet, as the trace asks."""
    cut = getattr(part, "cut", 0)
    length = getattr(part, "length", None)
    if cut:
        octets = octets[:-cut]
        octets = octets[:1] + bytes([max(len(octets) - 2, 0)]) + octets[2:]
    if length is not None and len(octets) > 1:
        octets = octets[:1] + bytes([length]) + octets[2:]
    return octets


def _subs(part: Any, sender: Sender) -> list[Any]:
    return [_sub_tlv(sub, sender) for sub in part.sub_tlvs]


def _sub_tlv(sub: words.SubTlv, sender: Sender) -> Any:
    if sub.raw is not None:
        return Raw(load=sub.raw)
    if sub.type == 0:
        return babel.BabelSubPad1()
    numbers = (number(one, sender.saved) % (1 << 32) for one in sub.numbers)
    value = sub.body + b"".join(one.to_bytes(4, "big") for one in numbers)
    return babel.BabelSubTLV(type=sub.type, len=sub.length, value=value)


def encode_address(encoding: int, address: Address | None) -> bytes:
    """The octets of an address in that encoding."""
    if address is None or encoding == 0:
        return b""
    return address.packed[8:] if encoding == 3 else address.packed


def encode_prefix(prefix: Network | None, omitted: int = 0) -> bytes:
    """The significant octets of a prefix after the omitted ones (RFC 8966 section 4.1.5)."""
    if prefix is None:
        return b""
    return prefix.network_address.packed[omitted : (prefix.prefixlen + 7) // 8]


def encoding_of(prefix: Network | None) -> int:
    """The address encoding of a prefix: 0 for none, 1 for IPv4, 2 for IPv6."""
    if prefix is None:
        return 0
    return 1 if isinstance(prefix, IPv4Network) else 2


def _ack_request(part: words.AckRequest, sender: Sender) -> Any:
    return babel.BabelAckRequest(
        reserved=part.reserved,
        opaque=number(part.opaque, sender.saved, modular=True),
        interval=part.interval,
        subtlvs=_subs(part, sender),
    )


def _ack(part: words.Ack, sender: Sender) -> Any:
    return babel.BabelAck(opaque=number(part.opaque, sender.saved, modular=True), subtlvs=_subs(part, sender))


def _hello(part: words.Hello, sender: Sender) -> Any:
    if part.seqno == "next":
        seqno = sender.next_seqno(bool(part.flags & 0x8000))
    else:
        seqno = number(part.seqno, sender.saved, modular=True)
    unit = [] if part.price_unit is None else [_price_unit(part.price_unit)]
    return babel.BabelHello(
        flags=part.flags, seqno=seqno, interval=part.interval, subtlvs=[*unit, *_subs(part, sender)]
    )


def _price_unit(unit: words.PriceUnit) -> Any:
    value = unit.octets.to_bytes(8, "big") + unit.currency.to_bytes(2, "big")
    return _extension(PRICE_UNIT_SUB_TLV, value)


def _extension(kind: int, value: bytes) -> Any:
    return Raw(load=bytes((kind, len(value))) + value)


def _ihu(part: words.Ihu, sender: Sender) -> Any:
    address: Address | None
    if part.address == "device":
        address = sender.device_address
    elif part.address == "none":
        address = None
    else:
        address = part.address if not isinstance(part.address, str) else None
    octets = part.octets if part.octets is not None else encode_address(part.ae, address)
    return babel.BabelIHU(
        ae=part.ae,
        reserved=part.reserved,
        rxcost=part.rxcost,
        interval=part.interval,
        address=octets,
        subtlvs=_subs(part, sender),
    )


def _router_id(part: words.RouterIdTlv, sender: Sender) -> Any:
    return babel.BabelRouterId(reserved=part.reserved, router_id=part.router_id, subtlvs=_subs(part, sender))


def _next_hop(part: words.NextHop, sender: Sender) -> Any:
    own: Address = sender.ipv4 if part.ae == 1 else sender.address
    address = own if isinstance(part.address, str) else part.address
    octets = part.octets if part.octets is not None else encode_address(part.ae, address)
    return babel.BabelNextHop(
        ae=part.ae, reserved=part.reserved, next_hop=octets, subtlvs=_subs(part, sender)
    )


def _update(part: words.Update, sender: Sender) -> bytes:
    layout = sender.profile if part.layout is None else part.layout
    octets = bytes(_plain_update(part, sender, _metrics(part, sender, layout)))
    if layout is not Profile.ALTHEA_2018 or octets[2] == 0:  # a wildcard retraction has no price
        return octets
    price = _number_of(part.price, sender, octets=4) or bytes(4)
    octets = octets[:PRICE_OFFSET_2018] + price + octets[PRICE_OFFSET_2018:]
    return octets[:1] + bytes([len(octets) - 2 & 0xFF]) + octets[2:]


def _metrics(part: words.Update, sender: Sender, layout: Profile) -> list[Any]:
    """The sub-TLVs of the layout for what was given."""
    path_rtt = _number_of(part.path_rtt, sender, octets=4)
    if layout is Profile.ALTHEA_2018:
        given = {PATH_RTT_SUB_TLV_2018: path_rtt}
    else:
        given = {
            PRICE_SUB_TLV: _number_of(part.price, sender, octets=2),
            PATH_RTT_SUB_TLV: path_rtt,
            PATH_DELIVERY_SUB_TLV: _number_of(part.path_delivery, sender, octets=2),
        }
    return [_extension(kind, value) for kind, value in given.items() if value is not None]


def _number_of(value: words.Integer | None, sender: Sender, *, octets: int) -> bytes | None:
    """The octets of a number of the trace.

    Raises:
        MatchError: it does not fit.
    """
    if value is None:
        return None
    known = number(value, sender.saved)
    if not 0 <= known < 1 << 8 * octets:
        raise MatchError(f"'{value}': expected a number of {octets} octets; got {known}")
    return known.to_bytes(octets, "big")


def _plain_update(part: words.Update, sender: Sender, metrics: list[Any]) -> Any:
    return babel.BabelUpdate(
        ae=encoding_of(part.prefix) if part.ae is None else part.ae,
        flags=part.flags,
        plen=_plen(part.plen, part.prefix),
        omitted=part.omitted,
        interval=part.interval,
        seqno=number(part.seqno, sender.saved, modular=True),
        metric=number(part.metric, sender.saved),
        prefix=part.octets if part.octets is not None else encode_prefix(part.prefix, part.omitted),
        subtlvs=[*metrics, *_subs(part, sender)],
    )


def _route_request(part: words.RouteRequest, sender: Sender) -> Any:
    return babel.BabelRouteRequest(
        ae=encoding_of(part.prefix) if part.ae is None else part.ae,
        plen=_plen(part.plen, part.prefix),
        prefix=part.octets if part.octets is not None else encode_prefix(part.prefix),
        subtlvs=_subs(part, sender),
    )


def _seqno_request(part: words.SeqnoRequest, sender: Sender) -> Any:
    router_id = part.router_id
    if isinstance(router_id, str):
        router_id = saved_router_id(router_id, sender.saved)
    return babel.BabelSeqnoRequest(
        ae=encoding_of(part.prefix) if part.ae is None else part.ae,
        plen=_plen(part.plen, part.prefix),
        seqno=number(part.seqno, sender.saved, modular=True),
        hop_count=part.hop_count,
        reserved=part.reserved,
        router_id=router_id,
        prefix=part.octets if part.octets is not None else encode_prefix(part.prefix),
        subtlvs=_subs(part, sender),
    )


def saved_router_id(text: str, saved: Mapping[str, Any]) -> bytes:
    """The router-id saved under ``$name``.

    Raises:
        MatchError: nothing has saved a router-id under that name.
    """
    value = saved.get(text.removeprefix("$"))
    if not isinstance(value, bytes):
        raise MatchError(f"{text}: no step before this one has saved a router-id under that name")
    return value


def _plen(given: int | None, prefix: Network | None) -> int:
    if given is not None:
        return given
    return prefix.prefixlen if prefix is not None else 0


def _remote_hello(part: words.RemoteHello, sender: Sender) -> Any:
    return althea.BabelRemoteHello(
        route_id=number(part.route, sender.saved, modular=True),
        seqno=number(part.seqno, sender.saved, modular=True),
        interval=part.interval,
        through=part.identifier,
        transmit=number(part.transmit, sender.saved) % (1 << 32),
        subtlvs=_subs(part, sender),
    )


def _remote_ihu(part: words.RemoteIhu, sender: Sender) -> Any:
    given = {
        PATH_RTT_SUB_TLV: _number_of(part.return_rtt, sender, octets=4),
        PATH_DELIVERY_SUB_TLV: _number_of(part.return_delivery, sender, octets=2),
    }
    back = [_extension(kind, value) for kind, value in given.items() if value is not None]
    return althea.BabelRemoteIHU(
        route_id=number(part.route, sender.saved, modular=True),
        seqno=number(part.seqno, sender.saved, modular=True),
        received=part.received,
        window=part.window,
        through=part.identifier,
        origin=number(part.origin, sender.saved) % (1 << 32),
        receive=number(part.receive, sender.saved) % (1 << 32),
        transmit=number(part.transmit, sender.saved) % (1 << 32),
        subtlvs=[*back, *_subs(part, sender)],
    )


def _any(part: words.AnyTlv, _sender: Sender) -> Any:
    return babel.BabelTLV(type=part.type, len=part.length, value=part.body)


COMPOSERS: Mapping[str, Callable[[Any, Sender], Any]] = {
    "pad1": lambda _part, _sender: babel.BabelPad1(),
    "pad_n": lambda part, _sender: babel.BabelPadN(mbz=part.mbz),
    "ack_request": _ack_request,
    "ack": _ack,
    "hello": _hello,
    "ihu": _ihu,
    "router_id": _router_id,
    "next_hop": _next_hop,
    "update": _update,
    "route_request": _route_request,
    "seqno_request": _seqno_request,
    "remote_hello": _remote_hello,
    "remote_ihu": _remote_ihu,
    "any": _any,
    "raw": lambda part, _sender: part.octets,
}
