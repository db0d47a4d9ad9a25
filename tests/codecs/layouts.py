# SPDX-License-Identifier: GPL-2.0-only
"""Sound packets of both layouts of the Update for Hypothesis, put together octet by octet.

``Sent`` says what each packet means, so that no codec has to be believed.
"""

from ipaddress import IPv4Network, IPv6Network

from attrs import frozen
from hypothesis import strategies as st

Prefix = IPv4Network | IPv6Network

LAYOUTS = ("plain", "althea", "althea-2018")
ROUTER_ID = bytes.fromhex("060a0000 0200000000000a01")
MESH, PUBLIC, PRIVATE = IPv6Network("fd00::/8"), IPv6Network("2001:db8::/32"), IPv4Network("10.0.0.0/8")
DEFAULTS = (IPv6Network("::/0"), IPv4Network("0.0.0.0/0"))
NOT_FOR_SALE_2018 = 2**32 - 1


@frozen
class Sent:
    """A packet and what its sender meant."""

    payload: bytes
    prefixes: tuple[Prefix, ...]
    prices: tuple[int | None, ...]


@st.composite
def prefixes(draw: st.DrawFn, with_defaults: bool = True) -> Prefix:
    """Of a mesh, of a public network, of an IPv4 network, or a default route, of any length it can have."""
    if with_defaults and draw(st.integers(0, 9)) == 5:
        return draw(st.sampled_from(DEFAULTS))
    around: Prefix = draw(st.sampled_from((MESH, PUBLIC, PRIVATE)))
    bits = around.max_prefixlen
    plen = draw(st.one_of(st.just(bits), st.integers(around.prefixlen, bits), st.sampled_from([48, 56, 64])))
    plen = min(max(plen, around.prefixlen), bits)
    octets = draw(st.binary(min_size=bits // 8, max_size=bits // 8))
    host = int.from_bytes(octets, "big") % 2 ** (bits - around.prefixlen)
    value = (int(around.network_address) + host) >> (bits - plen) << (bits - plen)
    return IPv4Network((value, plen)) if bits == 32 else IPv6Network((value, plen))


def prices_2018(least: int = 0, most: int = NOT_FOR_SALE_2018) -> st.SearchStrategy[int]:
    """Of all magnitudes, and never outside the bounds."""
    widths = [width for width in range(33) if least < 2**width <= most + 1] or [32]
    return st.sampled_from(widths).flatmap(
        lambda width: st.integers(max(least, 2 ** max(width - 1, 0) - (width == 0)), min(most, 2**width - 1))
    )


def _tlv(number: int, payload: bytes) -> bytes:
    return bytes([number, len(payload)]) + payload


@st.composite
def _sub_tlvs(draw: st.DrawFn, layout: str) -> tuple[bytes, int | None]:
    """What a sender of the layout adds, and the price that is said so."""
    octets, price = b"", None
    if layout == "althea":
        if draw(st.integers(0, 4)):
            price = draw(st.integers(0, 0xFFFF))
            octets += _tlv(250, price.to_bytes(2, "big"))
        if draw(st.booleans()):
            octets += _tlv(120, draw(st.binary(min_size=4, max_size=4)))
            octets += _tlv(122, draw(st.integers(1, 0xFFFF)).to_bytes(2, "big"))
    elif layout == "althea-2018" and draw(st.booleans()):
        octets += _tlv(45, draw(st.one_of(st.just(bytes(4)), st.binary(min_size=4, max_size=4))))
    return octets, price


@st.composite
def packets(
    draw: st.DrawFn,
    layout: str,
    prices: st.SearchStrategy[int] | None = None,
    which: st.SearchStrategy[Prefix] | None = None,
    most: int = 4,
) -> Sent:
    """One packet with a Router-Id and some Updates, as a sender of the layout writes them."""
    body = ROUTER_ID
    default: bytes = b""
    said: list[Prefix] = []
    asked: list[int | None] = []
    for _ in range(draw(st.integers(1, most))):
        prefix = draw(which if which is not None else prefixes())
        whole = prefix.network_address.packed
        octets = whole[: (prefix.prefixlen + 7) // 8]
        omitted = 0
        if prefix.version == 6:
            while omitted < min(len(default), len(octets)) and default[omitted] == octets[omitted]:
                omitted += 1
        flags = 0
        if prefix.version == 6 and draw(st.booleans()):
            flags, default = 0x80, whole
        sub_tlvs, price = draw(_sub_tlvs(layout))
        field = b""
        if layout == "althea-2018":
            price = draw(prices if prices is not None else prices_2018())
            field = price.to_bytes(4, "big")
        fixed = bytes([1 if prefix.version == 4 else 2, flags, prefix.prefixlen, omitted])
        numbers = b"".join(draw(st.integers(0, high)).to_bytes(2, "big") for high in (0xFFFE, 0xFFFF, 0xFFFE))
        body += _tlv(8, fixed + numbers + field + octets[omitted:] + sub_tlvs)
        said.append(prefix)
        asked.append(price)
    return Sent(b"\x2a\x02" + len(body).to_bytes(2, "big") + body, tuple(said), tuple(asked))
