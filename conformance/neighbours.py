# SPDX-License-Identifier: GPL-2.0-only
"""The routers that the suite plays: who they are, and what they do by themselves between steps."""

from collections.abc import Iterator
from fractions import Fraction
from ipaddress import IPv4Address, IPv6Address

from attrs import define, field

from . import trace as words
from .lab import CENTISECOND, Microseconds, Network

MODULUS = 1 << 16
TIMESTAMP = 3  # the sub-TLV of RFC 9616
MILLISECOND: Microseconds = 1000
KEEPALIVE_SHARE = 4
"""A route is announced again after three quarters of its interval, a Hello after three quarters of its own:
the device must never miss one because the host was slow."""


@define
class Announcement:
    """A route that is announced again and again."""

    words: words.Announce
    seqno: int
    metric: int
    due: Microseconds


@define
class PlayedNeighbour:
    """One router on one link of the device."""

    name: str
    index: int
    """From 0, in the order of the trace; addresses follow from it."""
    link: str
    link_index: int
    settings: words.Neighbour
    hello: bool = False
    ihu: bool = False
    rxcost: int = 96
    hello_interval: int = 400
    ihu_interval: int = 1200
    price_unit: words.PriceUnit | None = None
    """What its Hellos say of its prices."""
    rtt: int | None = None
    """Milliseconds that its clock adds to a round trip; ``None``: it sends no timestamps."""
    heard: tuple[int, Microseconds] | None = None
    """Timestamp of the device's newest Hello, and when it came."""
    hellos_heard: int = 0
    multicast_seqno: int = 1
    unicast_seqno: int = 1
    hellos_sent: int = 0
    hello_due: Microseconds = 0
    announcements: dict[Network, Announcement] = field(factory=dict)

    @classmethod
    def from_words(
        cls, name: str, index: int, link_index: int, settings: words.Neighbour
    ) -> "PlayedNeighbour":
        return cls(
            name=name,
            index=index,
            link=settings.link,
            link_index=link_index,
            settings=settings,
            rxcost=settings.rxcost,
            hello_interval=settings.hello_interval,
            ihu_interval=settings.ihu_interval,
            rtt=settings.rtt,
            multicast_seqno=settings.first_seqno,
        )

    @property
    def mac(self) -> str:
        return f"02:00:00:00:0a:{self.index + 1:02x}"

    @property
    def address(self) -> IPv6Address:
        return IPv6Address(f"fe80::a:{self.index + 1:x}")

    @property
    def ipv4(self) -> IPv4Address:
        """On the link's own subnet, 198.18.<link>.0/24; the device is .1 there."""
        return IPv4Address(f"198.18.{self.link_index}.{self.index + 10}")

    def next_seqno(self, unicast: bool) -> int:
        """The seqno of the next Hello of that kind; advances the counter."""
        if unicast:
            seqno, self.unicast_seqno = self.unicast_seqno, (self.unicast_seqno + 1) % MODULUS
        else:
            seqno, self.multicast_seqno = self.multicast_seqno, (self.multicast_seqno + 1) % MODULUS
        return seqno

    def hear(self, timestamp: int, now: Microseconds) -> None:
        """A Hello of the device has come, or was lost on the way."""
        self.hellos_heard += 1
        if is_among(self.hellos_heard, Fraction(self.settings.hears)):
            self.heard = (timestamp, now)

    def next_due(self) -> Microseconds | None:
        """When it will next do something by itself."""
        due = [one.due for one in self.announcements.values()]
        if self.hello or self.ihu:
            due.append(self.hello_due)
        return min(due, default=None)

    def slack(self) -> Microseconds:
        """How late what is due next may be before a promise is broken."""
        periods = [one.words.interval for one in self.announcements.values()]
        if self.hello or self.ihu:
            periods.append(self.hello_interval if self.hello else self.ihu_interval)
        return min(periods, default=0) * CENTISECOND // KEEPALIVE_SHARE

    def keepalive(self, now: Microseconds) -> tuple[words.Tlv, ...]:
        """The Hello and IHU that are due now; plans the next ones."""
        if not (self.hello or self.ihu) or now < self.hello_due:
            return ()
        period = self.hello_interval if self.hello else self.ihu_interval
        self.hello_due = now + period * CENTISECOND * (KEEPALIVE_SHARE - 1) // KEEPALIVE_SHARE
        tlvs = []
        if self.hello:
            self.multicast_seqno = (self.multicast_seqno + self.settings.loses) % MODULUS
            hello = words.Hello(
                interval=self.hello_interval, price_unit=self.price_unit, sub_tlvs=self._transmit(now)
            )
            tlvs.append(words.Tlv(hello=hello))
        if self.ihu and self.hellos_sent % self.settings.ihu_every == 0:
            ihu = words.Ihu(rxcost=self.rxcost, interval=self.ihu_interval, sub_tlvs=self._echo(now))
            tlvs.append(words.Tlv(ihu=ihu))
        self.hellos_sent += 1
        return tuple(tlvs)

    def _transmit(self, now: Microseconds) -> tuple[words.SubTlv, ...]:
        """The timestamp of a Hello (RFC 9616): too early by as much as the link is to look longer."""
        if self.rtt is None:
            return ()
        return (words.SubTlv(type=TIMESTAMP, numbers=(now - self.rtt * MILLISECOND,)),)

    def _echo(self, now: Microseconds) -> tuple[words.SubTlv, ...]:
        """The timestamps of an IHU; none before the answer could have left by the clock that it claims."""
        if self.rtt is None or self.heard is None or now - self.rtt * MILLISECOND < self.heard[1]:
            return ()
        return (words.SubTlv(type=TIMESTAMP, numbers=self.heard),)

    def due_announcements(self, now: Microseconds) -> Iterator[Announcement]:
        """The routes to be announced again now; plans the next time."""
        for one in list(self.announcements.values()):
            if one.due <= now:
                one.due = now + one.words.interval * CENTISECOND * (KEEPALIVE_SHARE - 1) // KEEPALIVE_SHARE
                yield one


def is_among(number: int, share: Fraction) -> bool:
    """Whether that one of many, from 1, is among a share of them: evenly spread, the share exact."""
    return number * share.numerator // share.denominator > (number - 1) * share.numerator // share.denominator


def update_tlvs(announce: words.Announce, seqno: int, metric: int) -> tuple[words.Tlv, ...]:
    """Router-Id, Next Hop where the family needs one, and the Update itself."""
    tlvs = [words.Tlv(router_id=words.RouterIdTlv(router_id=announce.router_id))]
    if announce.prefix.version == 4:
        tlvs.append(words.Tlv(next_hop=words.NextHop(ae=1, address=announce.next_hop or "self")))
    elif announce.next_hop is not None:
        tlvs.append(words.Tlv(next_hop=words.NextHop(ae=3, address=announce.next_hop)))
    tlvs.append(
        words.Tlv(
            update=words.Update(
                prefix=announce.prefix,
                interval=announce.interval,
                seqno=seqno,
                metric=metric,
                price=announce.price,
                path_rtt=announce.path_rtt,
                path_delivery=announce.path_delivery,
                layout=announce.layout,
            )
        )
    )
    return tuple(tlvs)
