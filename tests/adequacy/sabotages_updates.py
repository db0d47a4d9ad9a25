# SPDX-License-Identifier: GPL-2.0-only
"""Broken reference routers: Updates, split horizon, Route Requests, Seqno Requests and starvation."""

from collections.abc import Callable, Iterator
from ipaddress import IPv6Network
from typing import Any

import pytest
from attrs import evolve

from althea_spec.conformance.frames import Datagram
from althea_spec.conformance.lab import LinkName
from althea_spec.conformance.targets import embedded
from althea_spec.conformance.targets.embedded import MemoryLab
from althea_spec.reference.routing import (
    announcements,
    feasibility,
    metric,
    outbox,
    route_maintenance,
    seqno_exchange,
    seqno_request,
    update_policy,
)
from althea_spec.reference.routing.constants import INFINITY
from althea_spec.reference.routing.messages import RouteRequest, SeqnoRequest, Update
from althea_spec.reference.routing.output_queue import SayUpdate
from althea_spec.reference.routing.seqno_request import Answer
from althea_spec.reference.routing.timer_keys import RequestDue, UpdateDue
from althea_spec.reference.routing.update_policy import Urgency

from .sabotage import Patch, Sabotage, delivers, replaces, wraps
from .sabotages_neighbours import besides, configured, hide_if, incoming, outgoing, packet, split

ROUTE_REQUEST, SEQNO_REQUEST = 9, 10
ACK_REQUEST, ROUTER_ID, UPDATE = 2, 6, 8
PAD, WILDCARD = b"\0", bytes((ROUTE_REQUEST, 2, 0, 0))
OTHER_ROUTER_ID = bytes.fromhex("0200000000000dff")
SECOND = 1_000_000  # microseconds


# --- what is announced --------------------------------------------------------------------------------------


def _all_of_them(original: Callable[..., None], state: Any, interface: Any) -> None:
    """With every full update, the routes that are not selected are announced as well."""
    original(state, interface)
    for prefix in state.routes.selected_prefixes():
        selected = state.routes.selected(prefix)
        for route in state.routes.routes_to(prefix):
            other = route.router_id != selected.router_id and metric.is_finite(route.metric)
            if other and feasibility.is_feasible(
                route.distance, state.sources.distance(prefix, route.router_id)
            ):
                said = Update(prefix, 1600, route.seqno, route.metric, route.router_id, None)
                outbox.put(state, interface, None, said, (0, 0), SECOND)


def _second_prefix_unreachable(
    original: Callable[..., Update | None], state: Any, interface: Any, prefix: Any, *, solicited: bool
) -> Update | None:
    said = original(state, interface, prefix, solicited=solicited)
    if said is None or interface.name != "b" or prefix not in list(state.originated)[1:]:
        return said
    return evolve(said, metric=INFINITY, router_id=None, next_hop=None)


def _seqno_of_fifteen_bits(
    original: Callable[..., Update | None], state: Any, interface: Any, prefix: Any, *, solicited: bool
) -> Update | None:
    said = original(state, interface, prefix, solicited=solicited)
    if said is None or prefix in state.originated:
        return said
    return evolve(said, seqno=said.seqno & 0x7FFF)


def _late_on_c(original: Callable[..., None], state: Any, interface: Any) -> None:
    """The periodic Updates of one link come after six fifths of the Interval that they announce."""
    original(state, interface)
    if interface.name == "c":
        wait = interface.config.announced_update_interval * 12_000
        state.timers.set(UpdateDue(interface.name), state.now + wait)


def _as_received(
    original: Callable[..., Update | None], state: Any, interface: Any, prefix: Any, *, solicited: bool
) -> Update | None:
    """Some metrics are announced as they were received, without the cost of the link."""
    said = original(state, interface, prefix, solicited=solicited)
    route = state.routes.selected(prefix)
    if said is None or route is None or not 30_000 <= route.advertised_metric <= 40_000:
        return said
    return evolve(said, metric=route.advertised_metric)


def _two_names(
    original: Callable[..., Update | None], state: Any, interface: Any, prefix: Any, *, solicited: bool
) -> Update | None:
    """On one link, the IPv6 prefixes of its own but the first have another router-id."""
    said = original(state, interface, prefix, solicited=solicited)
    own = [one for one in state.originated if one.version == 6]
    if said is None or interface.name != "a" or prefix not in own[1:]:
        return said
    return evolve(said, router_id=OTHER_ROUTER_ID)


def _restless(original: Callable[..., None], state: Any, interface: Any) -> None:
    """The own seqno grows with the full updates of one link, from the third on."""
    original(state, interface)
    if interface.name == "a" and state.now > 3 * interface.config.announced_update_interval * 10_000:
        state.seqno = (state.seqno + 1) % 65536


ANNOUNCEMENTS = (
    Sabotage(
        "routes that are not selected are announced as well",
        "RTG-ADV-01",
        wraps("announcements.on_update_due", _all_of_them),
    ),
    Sabotage(
        "on one link the second prefix of its own is announced as unreachable",
        "RTG-ADV-04",
        wraps("announcements.update_message", _second_prefix_unreachable),
    ),
    Sabotage(
        "learned seqnos lose their highest bit",
        "RTG-ADV-05",
        wraps("announcements.update_message", _seqno_of_fifteen_bits),
    ),
    Sabotage(
        "periodic Updates are late on one link",
        "RTG-ADV-06",
        wraps("announcements.on_update_due", _late_on_c),
    ),
    Sabotage(
        "metrics from 30000 to 40000 are announced as they were received",
        "RTG-METRIC-02",
        wraps("announcements.update_message", _as_received),
    ),
    Sabotage(
        "on one link some of its own prefixes have another router-id",
        "RTG-NODE-01",
        wraps("announcements.update_message", _two_names),
    ),
    Sabotage(
        "the own seqno grows with the periodic Updates",
        "RTG-SEQ-03",
        wraps("announcements.on_update_due", _restless),
    ),
    Sabotage("split horizon is never used", "RTG-SPLIT-01", configured(split_horizon=False)),
    Sabotage("split horizon is used on every link", "RTG-SPLIT-02", configured(split_horizon=True)),
)


# --- triggered Updates --------------------------------------------------------------------------------------


def noted_cost_changes(monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Whether what happens is because the cost of a link has changed."""
    changes = [False]
    on_cost_changed = route_maintenance.on_cost_changed

    def noted(state: Any, neighbour: Any) -> None:
        changes[0] = True
        on_cost_changed(state, neighbour)
        changes[0] = False

    monkeypatch.setattr(route_maintenance, "on_cost_changed", noted)
    return lambda: changes[0]


def silent_on(link: LinkName, concerns: Callable[[Any, Any], bool]) -> Patch:
    """Nothing urgent is said on one link of changes of that kind, unless the cost of a link made them."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        changed, costs_change = [False], noted_cost_changes(monkeypatch)
        urgency, put = update_policy.urgency, outbox.put_urgent

        def noted(before: Any, after: Any) -> Urgency:
            changed[0] = before is not None and not costs_change() and concerns(before, after)
            return urgency(before, after)

        def put_elsewhere(state: Any, interface: Any, destination: Any, what: Any) -> None:
            if not (
                changed[0] and destination is None and isinstance(what, SayUpdate) and interface.name == link
            ):
                put(state, interface, destination, what)

        monkeypatch.setattr(update_policy, "urgency", noted)
        monkeypatch.setattr(outbox, "put_urgent", put_elsewhere)

    return patch


def _has_another_source(before: Any, after: Any) -> bool:
    return after is not None and after.router_id != before.router_id


def _new_source_once(original: Callable[..., Urgency], before: Any, after: Any) -> Urgency:
    return min(original(before, after), Urgency.URGENT) if after is not None else original(before, after)


def _retracted_once(original: Callable[..., None], state: Any, opaque: int) -> None:
    """Whoever has not acknowledged a retraction is not told again."""
    batch = state.deliveries._batches.get(opaque)
    for prefix in () if batch is None else batch.generations:
        delivery = state.deliveries.get(batch.interface, prefix)
        if delivery is not None and prefix not in state.told:
            delivery.copies = state.config.update_copies
    original(state, opaque)


def _two_at_once(_lab: MemoryLab, _link: LinkName, _datagram: Datagram, tlvs: list[bytes]) -> list[bytes]:
    """A packet that asks for an Acknowledgment says its Updates twice."""
    if not any(one[0] == ACK_REQUEST for one in tlvs):
        return tlvs
    return [*tlvs, *(one for one in tlvs if one[0] in (ROUTER_ID, UPDATE))]


def copies_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two copies in one packet, and later two more."""
    replaces("update_policy.may_copy_again", lambda sent, _most: sent < 2)(monkeypatch)
    outgoing(_two_at_once)(monkeypatch)


def _told_at_once(original: Callable[..., None], state: Any, neighbour: Any, update: Any, *rest: Any) -> None:
    known = rest[-1]
    original(state, neighbour, update, *rest)
    if known is None or known.seqno == update.seqno or known.router_id != update.router_id:
        return
    if state.routes.is_selected(update.prefix, neighbour.key):
        for interface in state.interfaces.values():
            outbox.put_ordinary(state, interface, None, SayUpdate(update.prefix))


TRIGGERED = (
    Sabotage(
        "one link is not told of a new router-id",
        "RTG-TRIG-01",
        silent_on("c", _has_another_source),
    ),
    Sabotage(
        "a new router-id is told once",
        "RTG-TRIG-02",
        wraps("update_policy.urgency", _new_source_once),
    ),
    Sabotage(
        "urgent Updates are repeated up to twelve times",
        "RTG-TRIG-03",
        replaces("update_policy.may_copy_again", lambda sent, _most: sent < 12),
    ),
    Sabotage("the copies of an urgent Update travel together", "RTG-TRIG-04", copies_at_once),
    Sabotage(
        "one link is not told of a loss",
        "RTG-TRIG-05",
        silent_on("b", lambda _before, after: after is None),
    ),
    Sabotage(
        "a retraction is told once",
        "RTG-TRIG-06",
        wraps("holding.on_acknowledgment_missing", _retracted_once),
    ),
    Sabotage(
        "every new seqno is told at once",
        "RTG-TRIG-08",
        wraps("route_maintenance._store", _told_at_once),
    ),
)


# --- Route Requests -----------------------------------------------------------------------------------------


def _answered_everywhere(
    original: Callable[..., None], state: Any, interface: Any, neighbour: Any, prefix: Any
) -> None:
    original(state, interface, neighbour, prefix)
    if prefix is not None and prefix not in state.told:
        for other in state.interfaces.values():
            if other is not interface:
                outbox.put_ordinary(state, other, None, SayUpdate(prefix))


def _passed_on(
    original: Callable[..., None], state: Any, interface: Any, neighbour: Any, prefix: Any
) -> None:
    original(state, interface, neighbour, prefix)
    if prefix is not None and prefix not in state.told:
        for other in state.interfaces.values():
            if other is not interface:
                outbox.put_ordinary(state, other, None, RouteRequest(prefix))


def misreads_requests(change: Callable[[MemoryLab, Datagram, bytes], bytes]) -> Patch:
    """A router that reads each Route Request as what ``change`` makes of it."""

    def misread(lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterator[Datagram]:
        tlvs = split(datagram.payload) if datagram.is_babel else []
        if any(one[0] == ROUTE_REQUEST and len(one) > 3 for one in tlvs):
            read = [
                change(lab, datagram, one) if one[0] == ROUTE_REQUEST and len(one) > 3 else one
                for one in tlvs
            ]
            yield evolve(datagram, payload=packet(b"".join(read)))
        else:
            yield datagram

    return delivers(misread)


def _own_in_private(lab: MemoryLab, datagram: Datagram, tlv: bytes) -> bytes:
    public = bool(lab.config.originates) and datagram.destination.is_multicast
    return PAD if public and tlv[2] != 0 else tlv


def _whole_wildcard(_lab: MemoryLab, _datagram: Datagram, tlv: bytes) -> bytes:
    return WILDCARD if tlv[2] == 0 and tlv[3] != 0 else tlv


def _covered(original: Callable[..., None], state: Any, interface: Any, neighbour: Any, prefix: Any) -> None:
    """The route that covers a prefix answers for it."""
    covering = [
        one
        for one in state.told
        if prefix is not None and one.version == prefix.version and prefix.subnet_of(one)
    ]
    original(state, interface, neighbour, covering[0] if covering else prefix)


def dumps_without_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wildcard request is answered with the own prefixes; the periodic Updates are complete."""
    full_update, on_update_due = announcements.full_update, announcements.on_update_due

    def own_prefixes(state: Any, interface: Any) -> None:
        interface.last_dump = state.now
        for prefix in state.originated:
            outbox.put(state, interface, None, SayUpdate(prefix), (0, 0), SECOND)

    def periodic(state: Any, interface: Any) -> None:
        with pytest.MonkeyPatch.context() as meanwhile:
            meanwhile.setattr(announcements, "full_update", full_update)
            on_update_due(state, interface)

    monkeypatch.setattr(announcements, "full_update", own_prefixes)
    monkeypatch.setattr(announcements, "on_update_due", periodic)


def _dump_for_each(
    original: Callable[..., None], state: Any, interface: Any, neighbour: Any, prefix: Any
) -> None:
    if prefix is None:
        announcements.full_update(state, interface)
    else:
        original(state, interface, neighbour, prefix)


ROUTE_REQUESTS = (
    Sabotage(
        "what one neighbour asked for is retracted on all links",
        "RTG-RREQ-01",
        wraps("announcements.on_route_request", _answered_everywhere),
    ),
    Sabotage(
        "requests for unknown prefixes are passed on",
        "RTG-RREQ-02",
        wraps("announcements.on_route_request", _passed_on),
    ),
    Sabotage(
        "with prefixes of its own, Route Requests to the group are not read",
        "RTG-RREQ-03",
        misreads_requests(_own_in_private),
    ),
    Sabotage(
        "a request for a part of a prefix is answered with the whole",
        "RTG-RREQ-04",
        wraps("announcements.on_route_request", _covered),
    ),
    Sabotage(
        "wildcard requests bring the own prefixes only",
        "RTG-RREQ-05",
        dumps_without_learned,
    ),
    Sabotage(
        "every wildcard request brings a dump of its own",
        "RTG-RREQ-06",
        wraps("announcements.on_route_request", _dump_for_each),
    ),
    Sabotage(
        "the Plen of a wildcard request is not looked at",
        "RTG-RREQ-07",
        misreads_requests(_whole_wildcard),
    ),
)


# --- Seqno Requests -----------------------------------------------------------------------------------------

SeqnoRequestHandler = Callable[[Any, Any, SeqnoRequest], None]


def one_source_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that was forwarded hides those about other router-ids of its prefix."""
    last: list[tuple[Any, SeqnoRequest]] = []
    forward = seqno_exchange._forward

    def forward_first(state: Any, requester: Any, request: SeqnoRequest) -> None:
        known = next((one for of, one in last if of is state and one.prefix == request.prefix), None)
        if known is None or known.router_id == request.router_id:
            last[:] = [(state, request)]
            forward(state, requester, request)

    monkeypatch.setattr(seqno_exchange, "_forward", forward_first)


def unanswered(when: Callable[[Any, bytes, int], bool]) -> Patch:
    """Requests that what is announced satisfies are not answered in that case."""

    def decide(
        original: Callable[..., Answer], known: Any, own: bytes, router_id: bytes, *rest: int
    ) -> Answer:
        answer = original(known, own, router_id, *rest)
        return Answer.IGNORE if answer is Answer.UPDATE and when(known, router_id, rest[0]) else answer

    return wraps("seqno_request.answer", decide)


def grows_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """The own seqno grows for two requests; the others are answered with what it is."""
    grown: list[Any] = []
    on_request = seqno_exchange.on_seqno_request

    def on_few_requests(state: Any, neighbour: Any, request: SeqnoRequest) -> None:
        before = state.seqno
        on_request(state, neighbour, request)
        if sum(one is state for one in grown) >= 2:
            state.seqno = before
        elif state.seqno != before:
            grown.append(state)

    monkeypatch.setattr(seqno_exchange, "on_seqno_request", on_few_requests)


def _as_far_as_asked(
    original: SeqnoRequestHandler, state: Any, neighbour: Any, request: SeqnoRequest
) -> None:
    mine = request.prefix in state.originated and request.router_id == state.config.router_id
    if mine and 1 < (request.seqno - state.seqno) % 65536 < 32768:
        state.seqno = (request.seqno - 1) % 65536
    original(state, neighbour, request)


def _hopeless(original: SeqnoRequestHandler, state: Any, neighbour: Any, request: SeqnoRequest) -> None:
    mine = request.router_id == state.config.router_id
    if not mine or not 100 < (request.seqno - state.seqno) % 65536 < 32768:
        original(state, neighbour, request)


def _few_hops_left(original: Callable[..., Answer], *arguments: Any) -> Answer:
    answer = original(*arguments)
    return Answer.IGNORE if answer is Answer.FORWARD and arguments[-1] < 8 else answer


def _feasible_only(original: Callable[..., Any], next_hops: Any) -> Any:
    return original([one for one in next_hops if one.feasible])


def is_forwarded(state: Any, what: Any) -> bool:
    return isinstance(what, SeqnoRequest) and what.hop_count != state.config.hop_count


def forwards(send: Callable[[Any, Any, Any, SeqnoRequest], None]) -> Patch:
    """Another way of sending the requests that are forwarded."""

    def put(original: Callable[..., None], state: Any, interface: Any, destination: Any, what: Any) -> None:
        if is_forwarded(state, what):
            send(state, interface, destination, what)
        else:
            original(state, interface, destination, what)

    return wraps("outbox.put_urgent", put)


def _at_leisure(state: Any, interface: Any, destination: Any, request: SeqnoRequest) -> None:
    outbox.put(state, interface, destination, request, (300_000, 500_000), SECOND)


def _as_it_came(state: Any, interface: Any, destination: Any, request: SeqnoRequest) -> None:
    same = evolve(request, hop_count=request.hop_count + 1)
    outbox.put(state, interface, destination, same, (0, 100_000), 200_000)


def _to_the_group(state: Any, interface: Any, _destination: Any, request: SeqnoRequest) -> None:
    outbox.put(state, interface, None, request, (0, 100_000), 200_000)


def _to_others_too(original: Callable[..., None], state: Any, requester: Any, request: SeqnoRequest) -> None:
    original(state, requester, request)
    chosen = seqno_request.forward_to(seqno_exchange._next_hops(state, request.prefix, requester))
    onward = evolve(request, hop_count=request.hop_count - 1)
    for one in seqno_exchange._next_hops(state, request.prefix, requester):
        if chosen is not None and one.neighbour not in (chosen.neighbour, requester):
            interface = state.interfaces[one.neighbour.interface]
            outbox.put_urgent(state, interface, one.neighbour.address, onward)


def _back_as_well(original: Callable[..., None], state: Any, requester: Any, request: SeqnoRequest) -> None:
    original(state, requester, request)
    if any(one.is_requester for one in seqno_exchange._next_hops(state, request.prefix, requester)):
        onward = evolve(request, hop_count=request.hop_count - 1)
        interface = state.interfaces[requester.interface]
        outbox.put_urgent(state, interface, requester.address, onward)


def forwarded_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that was forwarded is sent once more after a while."""
    sent: dict[tuple[Any, bytes], tuple[Any, SeqnoRequest]] = {}
    forward, on_due = seqno_exchange._forward, seqno_exchange.on_request_due

    def forward_and_remember(state: Any, requester: Any, request: SeqnoRequest) -> None:
        forward(state, requester, request)
        chosen = seqno_request.forward_to(seqno_exchange._next_hops(state, request.prefix, requester))
        pending = state.requests.get(request.prefix, request.router_id)
        if chosen is not None and pending is not None and not pending.targets:
            sent[request.prefix, request.router_id] = (chosen.neighbour, request)
            state.timers.set(RequestDue(request.prefix, request.router_id), state.now + SECOND)

    def on_due_again(state: Any, prefix: Any, router_id: bytes) -> None:
        pending = state.requests.get(prefix, router_id)
        forwarded = pending is not None and pending.forwarded_at is not None and not pending.targets
        if forwarded and state.now - pending.forwarded_at < 2 * SECOND:
            neighbour, request = sent[prefix, router_id]
            onward = evolve(request, hop_count=request.hop_count - 1)
            outbox.put_urgent(state, state.interfaces[neighbour.interface], neighbour.address, onward)
        on_due(state, prefix, router_id)

    monkeypatch.setattr(seqno_exchange, "_forward", forward_and_remember)
    monkeypatch.setattr(seqno_exchange, "on_request_due", on_due_again)


def _waits_for_nobody(original: Callable[..., None], state: Any, prefix: Any) -> None:
    for pending in state.requests.about(prefix):
        pending.requesters = {}
    original(state, prefix)


def _last_hop_stays(original: SeqnoRequestHandler, state: Any, neighbour: Any, request: SeqnoRequest) -> None:
    original(state, neighbour, evolve(request, hop_count=max(request.hop_count, 2)))


def also(request: bytes) -> Patch:
    """With every Seqno Request, another one."""

    def extra(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterator[Datagram]:
        if any(one[0] == SEQNO_REQUEST for one in split(datagram.payload)):
            yield evolve(datagram, payload=packet(request))

    return besides(extra)


def _request_octets(prefix: str | None, hop_count: int) -> bytes:
    body = (0x0042).to_bytes(2, "big") + bytes((hop_count, 0)) + OTHER_ROUTER_ID
    if prefix is None:
        return bytes((SEQNO_REQUEST, 14, 0, 0)) + body
    network = IPv6Network(prefix)
    octets = network.network_address.packed[: network.prefixlen // 8]
    return bytes((SEQNO_REQUEST, 14 + len(octets), 2, network.prefixlen)) + body + octets


SEQNO_REQUESTS = (
    Sabotage(
        "requests for a second router-id of a prefix are dropped",
        "RTG-SREQ-01",
        one_source_at_a_time,
    ),
    Sabotage(
        "requests for another router-id are not answered",
        "RTG-SREQ-03",
        unanswered(lambda known, router_id, _seqno: known.router_id != router_id),
    ),
    Sabotage(
        "requests for an older seqno are not answered",
        "RTG-SREQ-03",
        unanswered(lambda known, router_id, seqno: known.router_id == router_id and known.seqno != seqno),
    ),
    Sabotage(
        "requests for the current seqno are not answered",
        "RTG-SREQ-03",
        unanswered(lambda known, router_id, seqno: (known.router_id, known.seqno) == (router_id, seqno)),
    ),
    Sabotage("the own seqno grows for two requests only", "RTG-SREQ-04", grows_twice),
    Sabotage(
        "the own seqno becomes what was asked for",
        "RTG-SREQ-05",
        wraps("seqno_exchange.on_seqno_request", _as_far_as_asked),
    ),
    Sabotage(
        "requests more than a hundred ahead are not believed",
        "RTG-SREQ-06",
        wraps("seqno_exchange.on_seqno_request", _hopeless),
    ),
    Sabotage(
        "requests with less than eight hops left are not forwarded",
        "RTG-SREQ-07",
        wraps("seqno_request.answer", _few_hops_left),
    ),
    Sabotage(
        "requests are not forwarded to unfeasible next hops",
        "RTG-SREQ-08",
        wraps("seqno_request.forward_to", _feasible_only),
    ),
    Sabotage("the hop count stays as it is", "RTG-SREQ-09", forwards(_as_it_came)),
    Sabotage("forwarded requests are not urgent", "RTG-SREQ-10", forwards(_at_leisure)),
    Sabotage(
        "nobody remembers who asked",
        "RTG-SREQ-11",
        wraps("seqno_exchange.on_selected", _waits_for_nobody),
    ),
    Sabotage(
        "every request is forwarded",
        "RTG-SREQ-12",
        replaces("seqno_request.is_redundant", lambda *_arguments: False),
    ),
    Sabotage("forwarded requests are sent again", "RTG-SREQ-13", forwarded_again),
    Sabotage("requests are forwarded to the group", "RTG-SREQ-14", forwards(_to_the_group)),
    Sabotage(
        "requests are forwarded to all next hops",
        "RTG-SREQ-15",
        wraps("seqno_exchange._forward", _to_others_too),
    ),
    Sabotage(
        "requests are forwarded to the requester as well",
        "RTG-SREQ-16",
        wraps("seqno_exchange._forward", _back_as_well),
    ),
    Sabotage("some Seqno Requests have address encoding 0", "RTG-SREQ-17", also(_request_octets(None, 64))),
    Sabotage(
        "some Seqno Requests have hop count 0",
        "RTG-SREQ-18",
        also(_request_octets("2001:db8:ffff::/48", 0)),
    ),
    Sabotage(
        "requests with a Reserved field are dropped",
        "RTG-SREQ-19",
        incoming(SEQNO_REQUEST, hide_if(lambda tlv: len(tlv) > 7 and tlv[7] != 0)),
    ),
    Sabotage(
        "the last hop is forwarded as well",
        "RTG-SREQ-24",
        wraps("seqno_exchange.on_seqno_request", _last_hop_stays),
    ),
)


# --- starvation ---------------------------------------------------------------------------------------------


Starved = Callable[[Any, Any, bytes, int, dict[Any, None]], None]


def starved(ask: Starved) -> Patch:
    """Another way of asking when an Update, or its absence, takes the last route of all; none later on."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        costs_change, on_starvation = noted_cost_changes(monkeypatch), seqno_exchange.on_starvation
        on_unfeasible = seqno_exchange.on_unfeasible_update

        def on_offer(state: Any, neighbour: Any, prefix: Any, *rest: Any) -> None:
            if state.routes.selected_prefixes():
                on_unfeasible(state, neighbour, prefix, *rest)

        def on_lost(state: Any, prefix: Any, lost: bytes) -> None:
            distance = state.sources.distance(prefix, lost)
            if costs_change() or distance is None or state.routes.selected_prefixes():
                on_starvation(state, prefix, lost)
                return
            left = [one.neighbour for one in state.routes.routes_to(prefix) if metric.is_finite(one.metric)]
            if left:
                wanted = seqno_request.wanted_seqno(distance.seqno)
                ask(state, prefix, lost, wanted, dict.fromkeys(left))

        monkeypatch.setattr(seqno_exchange, "on_starvation", on_lost)
        monkeypatch.setattr(seqno_exchange, "on_unfeasible_update", on_offer)

    return patch


def _asks_nobody(_state: Any, _prefix: Any, _lost: bytes, _wanted: int, _left: dict[Any, None]) -> None:
    return


def _asks_another(state: Any, prefix: Any, lost: bytes, wanted: int, left: dict[Any, None]) -> None:
    """In place of a single neighbour that is left, one is asked that has no route."""
    others = [
        one.key for name in state.interfaces for one in state.neighbours.on(name) if one.key not in left
    ]
    asked = dict.fromkeys(others[-1:]) if len(left) == 1 else left
    seqno_exchange.ask(state, prefix, lost, wanted, asked, repeats=True)


def _asks_for_too_much(state: Any, prefix: Any, lost: bytes, wanted: int, left: dict[Any, None]) -> None:
    seqno_exchange.ask(state, prefix, lost, (wanted + 1) % 65536, left, repeats=True)


def _asks_one(state: Any, prefix: Any, lost: bytes, wanted: int, left: dict[Any, None]) -> None:
    seqno_exchange.ask(state, prefix, lost, wanted, dict.fromkeys(list(left)[:1]), repeats=True)


def _no_resends(monkeypatch: pytest.MonkeyPatch) -> None:
    original = embedded.router_config
    monkeypatch.setattr(embedded, "router_config", lambda device: evolve(original(device), request_resends=0))


STARVATION = (
    Sabotage("who has lost everything asks nobody", "RTG-STARV-02", starved(_asks_nobody)),
    Sabotage("a neighbour is asked that has no route", "RTG-STARV-06", starved(_asks_another)),
    Sabotage(
        "who has lost everything asks for the seqno after the next",
        "RTG-STARV-04",
        starved(_asks_for_too_much),
    ),
    Sabotage("of several neighbours one is asked", "RTG-STARV-07", starved(_asks_one)),
    Sabotage("a starved router asks once", "RTG-STARV-09", _no_resends),
    Sabotage(
        "an unfeasible Update for the selected route is only ignored",
        "RTG-STARV-10",
        replaces(
            "seqno_request.is_worth_asking",
            lambda feasible, is_selected, offered, selected: (
                not feasible and not is_selected and offered < selected
            ),
        ),
    ),
    Sabotage(
        "an unfeasible offer is never worth a request",
        "RTG-STARV-11",
        replaces(
            "seqno_request.is_worth_asking",
            lambda feasible, is_selected, _offered, _selected: not feasible and is_selected,
        ),
    ),
    Sabotage(
        "routes expire without a request",
        "RTG-STARV-12",
        replaces("route_maintenance.on_refresh_due", lambda *_arguments: None),
    ),
)

SABOTAGES: tuple[Sabotage, ...] = (*ANNOUNCEMENTS, *TRIGGERED, *ROUTE_REQUESTS, *SEQNO_REQUESTS, *STARVATION)
