# SPDX-License-Identifier: GPL-2.0-only
"""The far ends of the device's tunnels, as the suite plays them: they receive data, and answer probes.

A far end makes each way to it as long and as lossy as the trace wants: its answer to a Remote Hello comes
after the delay of the neighbour that the Remote Hello left by, and only so many of them are answered.
"""

import struct
from fractions import Fraction

from attrs import define, field, frozen

from . import trace as words
from .lab import Microseconds, Network
from .neighbours import is_among
from .observe import PATH_DELIVERY_SUB_TLV, PATH_RTT_SUB_TLV, SeenTlv

MILLISECOND: Microseconds = 1000
REMOTE_IHU = 241
CLOCK_MODULUS = 1 << 32
COUNTER_MODULUS = 1 << 16


@frozen
class Answer:
    """A Remote IHU that is under way."""

    due: Microseconds
    through: bytes
    """Interface identifier, as the Remote Hello had it."""
    route: int
    seqno: int
    received: int
    window: int
    origin: int
    receive: int
    transmit: int


@define
class Heard:
    """The Remote Hellos of one route."""

    first: int
    newest: int
    received: int = 0


@define
class PlayedFarEnd:
    """One destination with a tunnel."""

    name: str
    prefix: Network
    settings: words.FarEnd
    data_due: Microseconds = 0
    answers: list[Answer] = field(factory=list)
    heard: dict[tuple[bytes, int], Heard] = field(factory=dict)
    probes: dict[str, int] = field(factory=dict)
    """How many Remote Hellos came by each neighbour."""

    def next_due(self) -> Microseconds | None:
        """When it will next do something by itself."""
        due = [one.due for one in self.answers]
        if self.settings.data:
            due.append(self.data_due)
        return min(due, default=None)

    def sends_data(self, now: Microseconds) -> bool:
        """Whether a data packet is due now; plans the next one."""
        if not self.settings.data or now < self.data_due:
            return False
        self.data_due = now + self.settings.data * MILLISECOND
        return True

    def due_answers(self, now: Microseconds) -> list[Answer]:
        """The answers that arrive now."""
        due = [one for one in self.answers if one.due <= now]
        self.answers = [one for one in self.answers if one.due > now]
        return due

    def on_remote_hello(self, tlv: SeenTlv, neighbour: str, now: Microseconds) -> None:
        """A Remote Hello has left by a neighbour: plan its answer, if it gets one."""
        heard = self._count(tlv)
        way = self.settings.ways.get(neighbour, words.Way())
        number = self.probes[neighbour] = self.probes.get(neighbour, 0) + 1
        answered = is_among(number, Fraction(way.answered))
        if not answered and not self.settings.misrouted:
            return
        pause = self.settings.pause * MILLISECOND
        answer = Answer(
            due=now + way.delay * MILLISECOND + pause,
            through=bytes(tlv["through"]),
            route=tlv["route"] if answered else (tlv["route"] + 1) % COUNTER_MODULUS,
            seqno=tlv["seqno"],
            received=min(heard.received, COUNTER_MODULUS - 1),
            window=min((heard.newest - heard.first) % COUNTER_MODULUS + 1, COUNTER_MODULUS - 1),
            origin=tlv["transmit"],
            receive=now % CLOCK_MODULUS,
            transmit=(now + pause) % CLOCK_MODULUS,
        )
        self.answers.append(answer)

    def _count(self, tlv: SeenTlv) -> Heard:
        route = (bytes(tlv["through"]), tlv["route"])
        heard = self.heard.setdefault(route, Heard(tlv["seqno"], tlv["seqno"]))
        if (tlv["seqno"] - heard.newest) % COUNTER_MODULUS < COUNTER_MODULUS // 2:
            heard.newest = tlv["seqno"]
        heard.received += 1
        return heard

    def octets_of(self, answer: Answer) -> bytes:
        """The Remote IHU, by hand: a measurement is a thousand of them."""
        fields = struct.pack("!HHHH", answer.route, answer.seqno, answer.received, answer.window)
        fields += answer.through + struct.pack("!III", answer.origin, answer.receive, answer.transmit)
        for kind, value, octets in (
            (PATH_RTT_SUB_TLV, self.settings.return_rtt, 4),
            (PATH_DELIVERY_SUB_TLV, self.settings.return_delivery, 2),
        ):
            if value is not None:
                fields += bytes((kind, octets)) + value.to_bytes(octets, "big")
        return bytes((REMOTE_IHU, len(fields))) + fields
