# SPDX-License-Identifier: MIT
"""What a bad router does behind the back of the honest machine inside it.

A bad router is the reference router with its packets changed on the way out, and with a forwarding plane that
does not forward.  It cannot open a tunnel that is not its own: what it sees of a packet is where it goes.
"""

from attrs import field, frozen
from attrs.validators import and_, ge, le, optional

from ..routing.constants import INFINITY, PACKET_HEADER_OCTETS, TLV_HEADER_OCTETS, TLV_PAD1, TLV_UPDATE
from ..routing.messages import Price
from ..routing.randomness import RandomSource
from .quality import MILLION, happens

_METRIC_OFFSET = 10
"""Of the metric in an Update, from the first octet of the TLV."""
_FIXED_OCTETS = 12
"""Of an Update, header included."""
_SUB_TLV_PRICE = 250
_SUB_TLV_PATH_RTT = 120
_SUB_TLV_PATH_DELIVERY = 122
_PRICE_OCTETS = 2
_PATH_RTT_OCTETS = 4
_PATH_DELIVERY_OCTETS = 2
_LARGEST_DELIVERY = 65535


@frozen
class Misbehaviour:
    """Several kinds at once; the default is honest.

    Raises:
        ValueError: a field is out of its range.
    """

    metric_divisor: int = field(default=1, validator=ge(1))
    """Every finite metric is announced as so many times smaller (at least 1, unless it is 0 already)."""
    path_divisor: int = field(default=1, validator=ge(1))
    """Every path RTT is announced as so many times smaller, and no delivery as less than perfect."""
    price: Price | None = field(default=None, validator=optional(ge(0)))
    """Asked for every destination whatever the next hop asks; ``None``: the true one."""
    drop: int = field(default=0, validator=and_(ge(0), le(MILLION)))
    """Millionths of the data packets it should forward that it throws away; Babel's own packets all pass."""

    @property
    def changes_updates(self) -> bool:
        """Whether anything is to be rewritten."""
        return self.metric_divisor > 1 or self.path_divisor > 1 or self.price is not None


HONEST = Misbehaviour()


def drops(misbehaviour: Misbehaviour, random: RandomSource) -> bool:
    """Whether a data packet that came to be forwarded is thrown away."""
    return happens(random, misbehaviour.drop)


def tampered(misbehaviour: Misbehaviour, payload: bytes) -> bytes:
    """A Babel packet of the honest machine with the lies in it; lengths stay as they are.

    Only what the machine has built is given here, so that the framing need not be checked.
    """
    if not misbehaviour.changes_updates:
        return payload
    octets = bytearray(payload)
    place = PACKET_HEADER_OCTETS
    while place < len(octets):
        if octets[place] == TLV_PAD1:
            place += 1
            continue
        end = place + TLV_HEADER_OCTETS + octets[place + 1]
        if octets[place] == TLV_UPDATE:
            _shade(misbehaviour, octets, place, end)
        place = end
    return bytes(octets)


def _shade(misbehaviour: Misbehaviour, octets: bytearray, start: int, end: int) -> None:
    metric = _read(octets, start + _METRIC_OFFSET, 2)
    if metric == INFINITY:
        return
    if metric > 0:
        _write(octets, start + _METRIC_OFFSET, 2, max(metric // misbehaviour.metric_divisor, 1))
    place = start + _FIXED_OCTETS + _prefix_octets(octets, start)
    while place < end:
        if octets[place] == TLV_PAD1:
            place += 1
            continue
        _shade_sub_tlv(misbehaviour, octets, place)
        place += TLV_HEADER_OCTETS + octets[place + 1]


def _shade_sub_tlv(misbehaviour: Misbehaviour, octets: bytearray, place: int) -> None:
    kind, body = octets[place], place + TLV_HEADER_OCTETS
    if kind == _SUB_TLV_PRICE and misbehaviour.price is not None:
        _write(octets, body, _PRICE_OCTETS, misbehaviour.price)
    elif kind == _SUB_TLV_PATH_RTT:
        rtt = _read(octets, body, _PATH_RTT_OCTETS)
        _write(octets, body, _PATH_RTT_OCTETS, rtt // misbehaviour.path_divisor)
    elif kind == _SUB_TLV_PATH_DELIVERY and misbehaviour.path_divisor > 1:
        _write(octets, body, _PATH_DELIVERY_OCTETS, _LARGEST_DELIVERY)


def _prefix_octets(octets: bytearray, start: int) -> int:
    """How many octets of the prefix are in the TLV."""
    prefix_length, omitted = octets[start + 4], octets[start + 5]
    return (prefix_length + 7) // 8 - omitted


def _read(octets: bytearray, place: int, count: int) -> int:
    return int.from_bytes(octets[place : place + count], "big")


def _write(octets: bytearray, place: int, count: int, value: int) -> None:
    octets[place : place + count] = value.to_bytes(count, "big")
