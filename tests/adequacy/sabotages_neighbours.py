# SPDX-License-Identifier: GPL-2.0-only
"""Broken reference routers: Hellos, IHUs, costs, neighbours, acknowledgments, sending, delays.

Not here:

- RTG-HELLO-02 (Hello numbers have nothing to do with the router's own seqno).  Numbers that follow the own
  seqno no longer go up in steps of one, so RTG-HELLO-17 fails with it whatever one does.
"""

from collections.abc import Callable, Iterable, Iterator
from ipaddress import IPv4Address, IPv6Address
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from attrs import evolve

from althea_spec.conformance.frames import MULTICAST, Datagram
from althea_spec.conformance.lab import LinkName, Microseconds
from althea_spec.conformance.targets import embedded
from althea_spec.conformance.targets.embedded import MemoryLab
from althea_spec.reference.routing import (
    cost,
    hello_history,
    metric,
    neighbour_maintenance,
    outbox,
    route_maintenance,
    rtt,
)
from althea_spec.reference.routing.constants import INFINITY
from althea_spec.reference.routing.messages import IHU, Hello, Update
from althea_spec.reference.routing.neighbours import Neighbour, NeighbourKey
from althea_spec.reference.routing.output_queue import SayUpdate
from althea_spec.reference.routing.timer_keys import HelloDue, IHUExpired

from .sabotage import Patch, Sabotage, delivers, replaces, rewrite, tampers, tlvs_of, wraps

ACK_REQUEST, ACK, HELLO, IHU_TLV, UPDATE = 2, 3, 4, 5, 8
UNKNOWN_TLV, UNKNOWN_SUB_TLV, TIMESTAMP = 250, 112, 3
HEADER = b"\x2a\x02"
BODY_ADDRESS_OCTETS = {0: 0, 1: 4, 2: 16, 3: 8}
SMALLEST_OCTETS = 8  # of a TLV of any type that is misread here
LARGE = 1000  # octets of payload to which nothing is added

TlvChange = Callable[[bytearray], None]


# --- tools ------------------------------------------------------------------------------------------------


def packet(body: bytes) -> bytes:
    """A Babel packet around TLVs."""
    return HEADER + len(body).to_bytes(2, "big") + body


def split(payload: bytes) -> list[bytes]:
    """The TLVs of a packet without a trailer; none where they are not well-formed."""
    length = int.from_bytes(payload[2:4], "big")
    if payload[:2] != HEADER or length != len(payload) - 4:
        return []
    try:
        places = list(tlvs_of(payload))
    except IndexError:
        return []
    whole = sum(size for _offset, size in places) == length
    return [payload[offset : offset + size] for offset, size in places] if whole else []


def incoming(kind: int, change: TlvChange, when: Callable[[Datagram], bool] = lambda _: True) -> Patch:
    """A device that misreads every TLV of that type."""

    def misread(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
        tlvs = [bytearray(one) for one in split(datagram.payload)]
        if not datagram.is_babel or not when(datagram) or not any(one[0] == kind for one in tlvs):
            yield datagram
            return
        for one in tlvs:
            if one[0] == kind and len(one) >= SMALLEST_OCTETS:
                change(one)
        yield evolve(datagram, payload=packet(b"".join(tlvs)))

    return delivers(misread)


def hide(tlv: bytearray) -> None:
    """Turn a TLV into one that nobody knows."""
    tlv[0] = UNKNOWN_TLV


def hide_if(condition: Callable[[bytearray], bool]) -> TlvChange:
    def change(tlv: bytearray) -> None:
        if condition(tlv):
            hide(tlv)

    return change


def outgoing(change: Callable[[MemoryLab, LinkName, Datagram, list[bytes]], list[bytes]]) -> Patch:
    """A device that sends other TLVs than its machine said."""

    def tamper(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
        if not datagram.is_babel:
            yield datagram
            return
        tlvs = change(lab, link, datagram, split(datagram.payload))
        yield evolve(datagram, payload=packet(b"".join(tlvs)))

    return tampers(tamper)


def besides(extra: Callable[[MemoryLab, LinkName, Datagram], Iterable[Datagram]]) -> Patch:
    """A device that sends more packets than its machine said."""

    def tamper(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
        yield datagram
        if datagram.is_babel:
            yield from extra(lab, link, datagram)

    return tampers(tamper)


def measures_delay(lab: MemoryLab, link: LinkName) -> bool:
    return lab.config.interfaces[link].rtt


def has_hello(payload: bytes) -> bool:
    return any(one[0] == HELLO for one in split(payload))


def neighbours_on(lab: MemoryLab, link: LinkName) -> list[IPv6Address]:
    """The played neighbours there, by address."""
    return sorted(one for name, one in lab._hosts if name == link and isinstance(one, IPv6Address))


def known_neighbour(lab: MemoryLab, link: LinkName, ihu: bytes) -> Neighbour | None:
    """What the device knows of the neighbour that an IHU of address encoding 3 is for."""
    address = IPv6Address(b"\xfe\x80" + bytes(6) + ihu[8:16])
    return lab._router.state.neighbours.get(NeighbourKey(link, address))


def retold(choose: Callable[[Neighbour, Microseconds], int | None]) -> Patch:
    """IHUs with an Rxcost that is not the computed one."""

    def change(lab: MemoryLab, link: LinkName, _datagram: Datagram, tlvs: list[bytes]) -> list[bytes]:
        said = []
        for tlv in tlvs:
            known = known_neighbour(lab, link, tlv) if tlv[0] == IHU_TLV and tlv[2] == 3 else None
            rxcost = None if known is None else choose(known, lab.now())
            said.append(tlv if rxcost is None else tlv[:4] + rxcost.to_bytes(2, "big") + tlv[6:])
        return said

    return outgoing(change)


def configured(**settings: Any) -> Patch:
    """A device whose interfaces have other settings than they should."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        original = embedded._interface

        def interface(link: Any, index: int) -> Any:
            chosen = {name: value for name, value in settings.items() if getattr(link, name, None) is None}
            return evolve(original(link, index), **chosen)

        monkeypatch.setattr(embedded, "_interface", interface)

    return patch


def never_heard(neighbour: Neighbour) -> bool:
    return neighbour.multicast.expected is None and neighbour.unicast.expected is None


# --- Hellos -----------------------------------------------------------------------------------------------


def unicast_hello(seqno: int) -> bytes:
    return packet(bytes((HELLO, 6, 0x80, 0)) + seqno.to_bytes(2, "big") + bytes(2))


def _unicast_hellos_of_one_number(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterator[Datagram]:
    if has_hello(datagram.payload) and not measures_delay(lab, link):
        for address in neighbours_on(lab, link):
            mac = lab._hosts[link, address]
            yield evolve(datagram, destination=address, destination_mac=mac, payload=unicast_hello(7))


def _unicast_hello_for_all(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterator[Datagram]:
    if has_hello(datagram.payload) and not measures_delay(lab, link):
        yield evolve(datagram, payload=unicast_hello(7))


def _late_now_and_then(original: Callable[..., None], state: Any, interface: Any) -> None:
    """Every fourth Hello is late; the others are early, so that the IHUs with them keep their time."""
    original(state, interface)
    percent = 112 if interface.hello_seqno % 4 == 0 else 80
    wait = interface.config.hello_interval_microseconds * percent // 100
    state.timers.set(HelloDue(interface.name), state.now + wait)


def _hello_to_one(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterator[Datagram]:
    """The Hello goes to the first of several neighbours only, the rest of the packet to all."""
    there = neighbours_on(lab, link)
    tlvs = split(datagram.payload)
    hellos = [one for one in tlvs if one[0] == HELLO]
    if len(there) < 2 or not hellos or measures_delay(lab, link):
        yield datagram
        return
    mac = lab._hosts[link, there[0]]
    alone = packet(b"".join(hellos))
    yield evolve(datagram, destination=there[0], destination_mac=mac, payload=alone)
    rest = b"".join(one for one in tlvs if one[0] != HELLO)
    if rest:
        yield evolve(datagram, payload=packet(rest))


def _hellos_in_pairs(_lab: MemoryLab, link: LinkName, datagram: Datagram, tlvs: list[bytes]) -> list[bytes]:
    if link != "c" or len(datagram.payload) > LARGE:
        return tlvs
    said = []
    for tlv in tlvs:
        if tlv[0] == HELLO:
            seqno = 2 * int.from_bytes(tlv[4:6], "big")
            pair = (seqno % 65536, (seqno + 1) % 65536)
            said += [tlv[:4] + one.to_bytes(2, "big") + tlv[6:] for one in pair]
        else:
            said.append(tlv)
    return said


def on_link(name: LinkName, kind: int, change: TlvChange) -> Patch:
    """TLVs of that type changed in place on one link."""

    def changed(_lab: MemoryLab, link: LinkName, _datagram: Datagram, tlvs: list[bytes]) -> list[bytes]:
        said = []
        for tlv in tlvs:
            octets = bytearray(tlv)
            if link == name and octets[0] == kind:
                change(octets)
            said.append(bytes(octets))
        return said

    return outgoing(changed)


def _even_number(tlv: bytearray) -> None:
    tlv[5] &= 0xFE


def _unscheduled(tlv: bytearray) -> None:
    tlv[6:8] = b"\0\0"


def _soon_due(tlv: bytearray) -> None:
    if not any(tlv[6:8]):
        tlv[7] = 1


def _one_history(
    original: Callable[..., Neighbour], state: Any, interface: Any, neighbour: Neighbour, hello: Hello
) -> Neighbour:
    shared = hello.unicast and neighbour.multicast.expected is not None
    return original(state, interface, neighbour, evolve(hello, unicast=False) if shared else hello)


def misses_choose_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A missed Hello makes the cost infinite, but no route is looked at."""
    missing = [False]
    missed, changed = neighbour_maintenance.on_hello_missed, route_maintenance.on_cost_changed

    def on_missed(*arguments: Any) -> None:
        missing[0] = True
        missed(*arguments)
        missing[0] = False

    def on_changed(*arguments: Any) -> None:
        if not missing[0]:
            changed(*arguments)

    monkeypatch.setattr(neighbour_maintenance, "on_hello_missed", on_missed)
    monkeypatch.setattr(route_maintenance, "on_cost_changed", on_changed)


def _skipped_unnoticed(
    original: Callable[..., hello_history.HelloHistory],
    history: hello_history.HelloHistory,
    seqno: int,
    interval: int,
) -> hello_history.HelloHistory:
    after = original(history, seqno, interval)
    if history.expected is None or (seqno - history.expected) % 65536 > 16:
        return after
    return evolve(after, received=(history.received << 1 | 1) & 0xFFFF)


def _restart_unheard(
    original: Callable[..., Neighbour], state: Any, interface: Any, neighbour: Neighbour, hello: Hello
) -> Neighbour:
    history = neighbour.unicast if hello.unicast else neighbour.multicast
    if hello_history.is_reboot(history, hello.seqno):
        return neighbour
    return original(state, interface, neighbour, hello)


HELLOS = (
    Sabotage(
        "Unicast Hellos always have the same number",
        "RTG-HELLO-03",
        besides(_unicast_hellos_of_one_number),
    ),
    Sabotage(
        "every fourth Hello is late",
        "RTG-HELLO-04",
        wraps("interface_maintenance._schedule_hello", _late_now_and_then),
    ),
    Sabotage(
        "an unscheduled Hello is taken for one with the shortest Interval",
        "RTG-HELLO-05",
        incoming(HELLO, _soon_due),
    ),
    Sabotage("Hellos on one link promise nothing", "RTG-HELLO-08", on_link("c", HELLO, _unscheduled)),
    Sabotage("a missed Hello moves no route", "RTG-HELLO-15", misses_choose_nothing),
    Sabotage(
        "Hellos with unknown flags are dropped",
        "RTG-HELLO-16",
        incoming(HELLO, hide_if(lambda tlv: bool(tlv[2] & 0x7F or tlv[3]))),
    ),
    Sabotage("every Hello number is used twice", "RTG-HELLO-17", on_link("c", HELLO, _even_number)),
    Sabotage("Multicast Hellos go to one neighbour of several", "RTG-HELLO-18", tampers(_hello_to_one)),
    Sabotage("Unicast Hellos go to the group", "RTG-HELLO-19", besides(_unicast_hello_for_all)),
    Sabotage("Hellos come in pairs", "RTG-HELLO-20", outgoing(_hellos_in_pairs)),
    Sabotage(
        "Unicast Hellos go into the history of Multicast Hellos",
        "RTG-HELLO-21",
        wraps("neighbour_maintenance.on_hello", _one_history),
    ),
    Sabotage(
        "skipped Hello numbers are no misses",
        "RTG-HIST-01",
        wraps("hello_history.on_received", _skipped_unnoticed),
    ),
    Sabotage(
        "a neighbour that was started anew is not heard",
        "RTG-HIST-02",
        wraps("neighbour_maintenance.on_hello", _restart_unheard),
    ),
    Sabotage(
        "sixteen skipped Hellos are taken for a restart",
        "RTG-HIST-03",
        replaces("hello_history.HELLO_SEQNO_REBOOT_GAP", 15),
    ),
)


# --- IHUs -------------------------------------------------------------------------------------------------


def said_once() -> Patch:
    """Where there are several neighbours, an IHU that says what the last one said is left out."""
    last: WeakKeyDictionary[MemoryLab, dict[tuple[LinkName, bytes], bytes]] = WeakKeyDictionary()

    def change(lab: MemoryLab, link: LinkName, _datagram: Datagram, tlvs: list[bytes]) -> list[bytes]:
        if measures_delay(lab, link) or len(neighbours_on(lab, link)) < 2:
            return tlvs
        told = last.setdefault(lab, {})
        said = []
        for tlv in tlvs:
            if tlv[0] == IHU_TLV:
                if told.get((link, tlv[8:])) == tlv[4:6]:
                    continue
                told[link, tlv[8:]] = tlv[4:6]
            said.append(tlv)
        return said

    return outgoing(change)


def _clipped(
    original: Callable[..., None], state: Any, interface: Any, neighbour: Neighbour, heard: IHU
) -> None:
    rxcost = heard.rxcost if heard.rxcost >= INFINITY else min(heard.rxcost, 5000)
    original(state, interface, neighbour, evolve(heard, rxcost=rxcost))


def _short_hold(
    original: Callable[..., None], state: Any, interface: Any, neighbour: Neighbour, heard: IHU
) -> None:
    original(state, interface, neighbour, heard)
    if state.timers.deadline(IHUExpired(neighbour.key)) is not None:
        state.timers.set(IHUExpired(neighbour.key), state.now + heard.interval * 9_000)


def _no_choice(original: Callable[..., None], state: Any, neighbour: Neighbour) -> None:
    """The metrics follow the cost, but the selection stays until something else makes it anew."""
    routes = [state.routes.get(prefix, neighbour.key) for prefix in state.routes.prefixes_of(neighbour.key)]
    was_usable = any(route is not None and metric.is_finite(route.metric) for route in routes)
    if not (was_usable and neighbour.is_reachable):
        original(state, neighbour)
        return
    for route in routes:
        if route is not None:
            computed = metric.through(neighbour.cost, route.advertised_metric)
            state.routes.put(route_maintenance._with_metric(state, route, computed))


def _any_global_address(
    original: Callable[..., bool], address: IPv4Address | IPv6Address | None, own: tuple[Any, ...]
) -> bool:
    return original(address, own) or (address is not None and not address.is_link_local)


def _known_encoding(tlv: bytearray) -> None:
    if tlv[2] == 230:
        tlv[2] = 3


IHUS = (
    Sabotage("an IHU is sent only when it says something new", "RTG-IHU-02", said_once()),
    Sabotage(
        "an IHU goes with every Hello",
        "RTG-IHU-04",
        replaces("ihu.goes_with_hello", lambda *_arguments: True),
    ),
    Sabotage(
        "no transmission cost is above 5000", "RTG-IHU-10", wraps("neighbour_maintenance.on_ihu", _clipped)
    ),
    Sabotage(
        "an IHU holds for less than its Interval",
        "RTG-IHU-11",
        wraps("neighbour_maintenance.on_ihu", _short_hold),
    ),
    Sabotage(
        "IHUs never expire",
        "RTG-IHU-12",
        replaces("neighbour_maintenance.on_ihu_expired", lambda *_arguments: None),
    ),
    Sabotage(
        "a dearer link moves no route", "RTG-IHU-13", wraps("route_maintenance.on_cost_changed", _no_choice)
    ),
    Sabotage(
        "an IHU for a global address is taken for our own",
        "RTG-IHU-14",
        wraps("ihu.is_for_us", _any_global_address),
    ),
    Sabotage(
        "IHUs with a Reserved field are dropped",
        "RTG-IHU-16",
        incoming(IHU_TLV, hide_if(lambda tlv: len(tlv) > 3 and tlv[3] != 0)),
    ),
    Sabotage("IHUs with Interval 0", "RTG-IHU-17", on_link("b", IHU_TLV, _unscheduled)),
    Sabotage(
        "an unknown address encoding is read like link-local",
        "RTG-IHU-19",
        incoming(IHU_TLV, _known_encoding),
    ),
)


# --- cost, neighbours, parameters -------------------------------------------------------------------------


def _only_told(neighbour: Neighbour, now: Microseconds) -> int | None:
    return INFINITY if neighbour.txcost >= INFINITY and now > 15_000_000 else None


def _unheard_is_nominal(neighbour: Neighbour, _now: Microseconds) -> int | None:
    return 96 if never_heard(neighbour) else None


def _cost_without_hello(original: Callable[..., None], state: Any, neighbour: Neighbour) -> None:
    original(state, neighbour)
    if never_heard(neighbour) and neighbour.txcost < INFINITY:
        neighbour.cost = neighbour.txcost
        route_maintenance.on_cost_changed(state, neighbour)


def _update_beats_infinity(
    original: Callable[..., None], state: Any, neighbour: Neighbour, update: Update
) -> None:
    """A new Update is used although the neighbour says in its IHUs that it hears nothing."""
    says_so = state.timers.deadline(IHUExpired(neighbour.key)) is not None
    true_cost = neighbour.cost
    if says_so and neighbour.txcost >= INFINITY:
        neighbour.cost = neighbour.rxcost
    original(state, neighbour, update)
    neighbour.cost = true_cost


def _dearer_after_loss(multicast: hello_history.HelloHistory, unicast: Any, nominal: int) -> int:
    up = cost.is_up_two_out_of_three(multicast) or cost.is_up_two_out_of_three(unicast)
    lossy = multicast.received >= 0b10000 and multicast.received & 0b1111 != 0b1111
    return (2 * nominal if lossy else nominal) if up else INFINITY


def _unicast_counts_too(
    original: Callable[..., Neighbour], state: Any, interface: Any, neighbour: Neighbour, hello: Hello
) -> Neighbour:
    mixed = interface.config.kind == "wireless" and hello.unicast
    return original(state, interface, neighbour, evolve(hello, unicast=False) if mixed else hello)


def _one_neighbour_a_link(
    original: Callable[..., Neighbour | None], state: Any, interface: Any, key: NeighbourKey, messages: Any
) -> Neighbour | None:
    others = [one for one in state.neighbours.on(interface.name) if one.key != key]
    return None if others else original(state, interface, key, messages)


def _strangers_may_announce(
    original: Callable[..., Neighbour | None], state: Any, interface: Any, key: NeighbourKey, messages: Any
) -> Neighbour | None:
    found = original(state, interface, key, messages)
    if found is None and any(isinstance(one, Update) for one in messages):
        found = neighbour_maintenance._create(state, interface, key)
        found.cost = 96
    return found


COSTS = (
    Sabotage(
        "after a while nobody is told a finite cost who sends no IHUs", "RTG-COST-01", retold(_only_told)
    ),
    Sabotage(
        "an IHU alone makes a link usable",
        "RTG-COST-03",
        wraps("neighbour_maintenance.recompute", _cost_without_hello),
    ),
    Sabotage(
        "a new Update makes a link usable whose other end hears nothing",
        "RTG-COST-04",
        wraps("route_maintenance.on_update", _update_beats_infinity),
    ),
    Sabotage(
        "losses do not count on wireless links",
        "RTG-COST-05",
        replaces("cost.rxcost_etx", lambda multicast: 256 if multicast.received & 0x3F else INFINITY),
    ),
    Sabotage(
        "a neighbour that was never heard is told the nominal cost",
        "RTG-COST-06",
        retold(_unheard_is_nominal),
    ),
    Sabotage(
        "a lost Hello makes a wired link dearer",
        "RTG-COST-07",
        replaces("cost.rxcost_two_out_of_three", _dearer_after_loss),
    ),
    Sabotage(
        "ETX counts Unicast Hellos",
        "RTG-COST-08",
        wraps("neighbour_maintenance.on_hello", _unicast_counts_too),
    ),
    Sabotage(
        "the second address on a link is nobody",
        "RTG-NEIGH-01",
        wraps("neighbour_maintenance.introduce", _one_neighbour_a_link),
    ),
    Sabotage(
        "whoever announces a route is a neighbour",
        "RTG-NEIGH-02",
        wraps("neighbour_maintenance.introduce", _strangers_may_announce),
    ),
    Sabotage(
        "no neighbour is ever forgotten",
        "RTG-NEIGH-03",
        replaces("hello_history.is_dead", lambda *_arguments: False),
    ),
    Sabotage("the default Hello interval is three seconds", "RTG-PARAM-01", configured(hello_interval=300)),
)


# --- acknowledgments and sending --------------------------------------------------------------------------


def answered_once() -> Patch:
    """The same Acknowledgment Request once more is not answered."""
    seen: WeakKeyDictionary[MemoryLab, set[tuple[LinkName, Any, bytes]]] = WeakKeyDictionary()

    def misread(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
        known = seen.setdefault(lab, set())
        tlvs = split(datagram.payload) if datagram.is_babel else []
        requests = {(link, datagram.source, one[4:6]) for one in tlvs if one[0] == ACK_REQUEST}
        if requests & known:
            tlvs = [one for one in tlvs if one[0] != ACK_REQUEST]
            yield evolve(datagram, payload=packet(b"".join(tlvs)))
        else:
            yield datagram
        known |= requests

    return delivers(misread)


def first_come_only() -> Patch:
    """Of those who ask all routers of a link for an Acknowledgment, only the first is answered."""
    first: WeakKeyDictionary[MemoryLab, dict[LinkName, Any]] = WeakKeyDictionary()

    def misread(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
        tlvs = split(datagram.payload) if datagram.is_babel else []
        asks = datagram.destination.is_multicast and any(one[0] == ACK_REQUEST for one in tlvs)
        if asks and first.setdefault(lab, {}).setdefault(link, datagram.source) != datagram.source:
            tlvs = [one for one in tlvs if one[0] != ACK_REQUEST]
            yield evolve(datagram, payload=packet(b"".join(tlvs)))
        else:
            yield datagram

    return delivers(misread)


def _acks_for_all(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterator[Datagram]:
    if datagram.is_babel and any(one[0] == ACK for one in split(datagram.payload)):
        group = MULTICAST[6]
        yield evolve(datagram, destination=group, destination_mac="33:33:00:01:00:06")
    else:
        yield datagram


def _asking(_lab: MemoryLab, _link: LinkName, datagram: Datagram, tlvs: list[bytes]) -> list[bytes]:
    small = len(datagram.payload) < LARGE
    return [*tlvs, bytes((ACK_REQUEST, 6, 0, 0, 0x77, 0x77, 0, 100))] if small and tlvs else tlvs


def _late_acknowledgment(
    original: Callable[..., tuple[int, int]], interval: int, urgent_timeout: int
) -> tuple[int, int]:
    late = interval * 12_000
    return (late, late) if interval <= 50 else original(interval, urgent_timeout)


def _only_hello(datagram: Datagram) -> bool:
    return datagram.is_babel and [one[0] for one in split(datagram.payload)] == [HELLO]


def _over_ipv4(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterator[Datagram]:
    if link == "c" and _only_hello(datagram):
        source = lab.device_address(link, 4)
        yield evolve(datagram, source=source, destination=MULTICAST[4], destination_mac="01:00:5e:00:00:6f")
    else:
        yield datagram


def _from_global(_lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterator[Datagram]:
    odd = link == "c" and _only_hello(datagram)
    yield evolve(datagram, source=IPv6Address("2001:db8::d")) if odd else datagram


def _one_by_one(original: Callable[..., int], state: Any, interface: Any, waiting: Any) -> int:
    """A few Updates travel one by one; a dump still fills its packets."""
    few = 2 <= len(waiting) <= 10 and all(isinstance(one.message, Update) for one in waiting)
    return 1 if few else original(state, interface, waiting)


def _late_update(
    original: Callable[..., None], state: Any, interface: Any, destination: Any, what: Any
) -> None:
    if isinstance(what, SayUpdate) and destination is None:
        outbox.put(state, interface, destination, what, (250_000, 280_000), 300_000)
    else:
        original(state, interface, destination, what)


SENDING = (
    Sabotage("a repeated Acknowledgment Request is not answered", "RTG-ACK-01", answered_once()),
    Sabotage("Acknowledgments go to the group", "RTG-ACK-02", tampers(_acks_for_all)),
    Sabotage("of several who ask the group only one is answered", "RTG-ACK-03", first_come_only()),
    Sabotage("every packet asks for an Acknowledgment", "RTG-ACK-05", outgoing(_asking)),
    Sabotage(
        "Acknowledgment Requests with a Reserved field are dropped",
        "RTG-ACK-06",
        incoming(ACK_REQUEST, hide_if(lambda tlv: any(tlv[2:4]))),
    ),
    Sabotage(
        "Acknowledgment Requests with Interval 0",
        "RTG-ACK-07",
        rewrite(ACK_REQUEST, _unscheduled),
    ),
    Sabotage("some packets travel over IPv4", "RTG-SEND-01", tampers(_over_ipv4)),
    Sabotage("some packets have a global source address", "RTG-SEND-02", tampers(_from_global)),
    Sabotage(
        "retractions sent to this router alone are not read",
        "RTG-SEND-03",
        incoming(
            UPDATE,
            hide_if(lambda tlv: tlv[10:12] == b"\xff\xff"),
            lambda datagram: not datagram.destination.is_multicast,
        ),
    ),
    Sabotage("a few Updates travel one by one", "RTG-SEND-04", wraps("transmission._fitting", _one_by_one)),
    Sabotage("urgent Updates are late", "RTG-SEND-05", wraps("outbox.put_urgent", _late_update)),
    Sabotage(
        "Acknowledgments are late", "RTG-SEND-06", wraps("timing.acknowledgment_delay", _late_acknowledgment)
    ),
    Sabotage(
        "what is not urgent takes longer than half a Hello interval",
        "RTG-SEND-07",
        replaces("timing.ordinary_delay", lambda interval: (interval * 5_500, interval * 6_000)),
    ),
)


# --- delays -----------------------------------------------------------------------------------------------


def timestamp_length(tlv: bytes) -> int | None:
    """Length of the Timestamp sub-TLV that comes first in a Hello or an IHU."""
    if tlv[0] not in (HELLO, IHU_TLV) or len(tlv) < SMALLEST_OCTETS:
        return None
    start = 8 + (BODY_ADDRESS_OCTETS.get(tlv[2], 0) if tlv[0] == IHU_TLV else 0)
    return tlv[start + 1] if len(tlv) >= start + 2 and tlv[start] == TIMESTAMP else None


def timestamps(change: Callable[[bytes], bytes], *, measured: bool) -> Patch:
    """A device that misreads TLVs with timestamps, on links where it measures delays or on the others."""

    def misread(lab: MemoryLab, link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
        tlvs = split(datagram.payload)
        if not datagram.is_babel or not tlvs or measures_delay(lab, link) is not measured:
            yield datagram
            return
        read = [tlv if timestamp_length(tlv) is None else change(tlv) for tlv in tlvs]
        yield evolve(datagram, payload=packet(b"".join(read)))

    return delivers(misread)


def _whole_tlv_hidden(tlv: bytes) -> bytes:
    return bytes((UNKNOWN_TLV,)) + tlv[1:]


def _without_timestamp(tlv: bytes) -> bytes:
    start = 8 + (BODY_ADDRESS_OCTETS.get(tlv[2], 0) if tlv[0] == IHU_TLV else 0)
    return tlv[:start] + bytes((UNKNOWN_SUB_TLV,)) + tlv[start + 1 :]


def _long_unread(tlv: bytes) -> bytes:
    length = timestamp_length(tlv)
    usual = 4 if tlv[0] == HELLO else 8
    return _without_timestamp(tlv) if length is not None and length > usual else tlv


def _short_discarded(tlv: bytes) -> bytes:
    length = timestamp_length(tlv)
    usual = 4 if tlv[0] == HELLO else 8
    return _whole_tlv_hidden(tlv) if length is not None and length < usual else tlv


def _hello_untimed(_lab: MemoryLab, _link: LinkName, _datagram: Datagram, tlvs: list[bytes]) -> list[bytes]:
    """A Hello that no IHU accompanies has no timestamp."""
    if any(one[0] == IHU_TLV for one in tlvs):
        return tlvs
    timed = [one[0] == HELLO and timestamp_length(one) is not None for one in tlvs]
    return [_without_timestamp(one) if has else one for one, has in zip(tlvs, timed, strict=True)]


def _ihu_alone(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterator[Datagram]:
    """An unscheduled Hello that is there for an IHU's sake travels before it."""
    tlvs = split(datagram.payload) if datagram.is_babel else []
    unscheduled = [one for one in tlvs if one[0] == HELLO and not any(one[6:8])]
    rest = [one for one in tlvs if one not in unscheduled]
    if not unscheduled or not rest:
        yield datagram
        return
    for part in (unscheduled, rest):
        yield evolve(datagram, payload=packet(b"".join(part)))


def _received_just_now(original: Callable[..., IHU | None], state: Any, interface: Any, address: Any) -> Any:
    said = original(state, interface, address)
    if said is None or said.receive_timestamp is None:
        return said
    return evolve(said, receive_timestamp=rtt.timestamp(state.now))


def _large_not_returned(original: Callable[..., IHU | None], state: Any, interface: Any, address: Any) -> Any:
    said = original(state, interface, address)
    if said is None or said.origin_timestamp is None or said.origin_timestamp < 100_000_000:
        return said
    return evolve(said, origin_timestamp=None, receive_timestamp=None)


def _ihu_is_enough(
    original: Callable[..., None], state: Any, interface: Any, neighbour: Neighbour, messages: Any
) -> None:
    original(state, interface, neighbour, messages)
    timed = any(isinstance(one, Hello) and one.transmit_timestamp is not None for one in messages)
    for one in messages:
        if timed or not isinstance(one, IHU) or one.origin_timestamp is None or one.receive_timestamp is None:
            continue
        received = rtt.timestamp(state.now)
        sample = rtt.sample(one.origin_timestamp, one.receive_timestamp, one.receive_timestamp, received)
        if sample is not None:
            neighbour.rtt = rtt.smoothed(neighbour.rtt, sample)
            neighbour_maintenance.recompute(state, neighbour)


def signed(difference: int) -> int:
    """A difference of timestamps on the side of zero that is nearer."""
    return (difference + (1 << 31)) % (1 << 32) - (1 << 31)


def _origin_unchecked(
    _original: Any, origin: int, received_there: int, sent_there: int, received: int
) -> int | None:
    if not rtt.is_recent(received_there, sent_there):
        return None
    return max((received - origin) % (1 << 32) - (sent_there - received_there) % (1 << 32), 0)


def _hello_unchecked(
    _original: Any, origin: int, received_there: int, sent_there: int, received: int
) -> int | None:
    if not rtt.is_recent(origin, received):
        return None
    return max((received - origin) % (1 << 32) - signed(sent_there - received_there), 0)


def _old_but_consistent(
    original: Callable[..., int | None], origin: int, received_there: int, sent_there: int, received: int
) -> int | None:
    away, waited = signed(received - origin), signed(sent_there - received_there)
    if min(away, waited) > 600_000_000 and 0 < away - waited < 10_000_000:
        return away - waited
    return original(origin, received_there, sent_there, received)


def _unbounded(original: Callable[..., int], delay: int, least: int, most: int, greatest: int) -> int:
    return original(delay, least, most, greatest) + max(delay - 650_000, 0) // 10_000


DELAYS = (
    Sabotage("a Hello without an IHU has no timestamp", "RTT-STAMP-01", outgoing(_hello_untimed)),
    Sabotage(
        "an IHU says that the Hello has come just now",
        "RTT-STAMP-02",
        wraps("transmission._ihu", _received_just_now),
    ),
    Sabotage("IHUs with timestamps travel alone", "RTT-STAMP-03", tampers(_ihu_alone)),
    Sabotage(
        "large timestamps are not returned", "RTT-STAMP-04", wraps("transmission._ihu", _large_not_returned)
    ),
    Sabotage(
        "an IHU alone gives a sample",
        "RTT-STAMP-05",
        wraps("neighbour_maintenance.on_timestamps", _ihu_is_enough),
    ),
    Sabotage(
        "old timestamps that fit together give a sample",
        "RTT-CHECK-01",
        wraps("rtt.sample", _old_but_consistent),
    ),
    Sabotage("the Origin timestamp is not checked", "RTT-CHECK-02", wraps("rtt.sample", _origin_unchecked)),
    Sabotage(
        "the timestamp of the Hello is not checked", "RTT-CHECK-03", wraps("rtt.sample", _hello_unchecked)
    ),
    Sabotage("each sample stands as it is", "RTT-COST-02", replaces("rtt.smoothed", lambda _old, new: new)),
    Sabotage("the cost of a delay has no bound", "RTT-COST-05", wraps("rtt.penalty", _unbounded)),
    Sabotage("a long delay costs 96 at most", "RTT-COST-06", configured(maximum_rtt_penalty=96)),
    Sabotage(
        "timestamps spoil their TLV where they are not used",
        "RTT-SUB-01",
        timestamps(_whole_tlv_hidden, measured=False),
    ),
    Sabotage("long Timestamps are not read", "RTT-SUB-02", timestamps(_long_unread, measured=True)),
    Sabotage("short Timestamps spoil their TLV", "RTT-SUB-03", timestamps(_short_discarded, measured=True)),
)

SABOTAGES: tuple[Sabotage, ...] = (*HELLOS, *IHUS, *COSTS, *SENDING, *DELAYS)
