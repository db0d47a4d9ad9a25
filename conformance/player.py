# SPDX-License-Identifier: GPL-2.0-only
"""Plays one trace against one device and says, requirement by requirement, what came of it.

The player sends what the trace sends, keeps its neighbours alive in between, and holds what it sees against
what each judging step allows.  It decides nothing by the reference: what is allowed stands in the trace.

Three outcomes of a step.  *Met*.  *Violated*: the device did something else, and that is a failure where the
step judges and an unmet precondition where it does not.  *Undecided*: the host was too slow to know.
"""

import time
from collections.abc import Callable, Iterator
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from typing import Any, TypeAlias

from attrs import frozen

from . import trace as words
from .compose import Sender, compose_packet, compose_tlv
from .describe import describe_observation, describe_send, describe_step
from .far_ends import PlayedFarEnd
from .flood import flood_payloads
from .frames import (
    BABEL_PORT,
    DATA_PORT,
    MULTICAST,
    OVERHEAD,
    Datagram,
    build_frame,
    destination_mac,
    multicast_mac,
    tunnel_frame,
)
from .lab import (
    CENTISECOND,
    SECOND,
    Address,
    FibEntry,
    Lab,
    LabError,
    Microseconds,
    PriceLab,
    Profile,
    TunnelLab,
)
from .matching import MatchError, duration, matches, matches_router_id, number
from .neighbours import MODULUS, Announcement, PlayedNeighbour, update_tlvs
from .observe import HELLO_FLAG_UNICAST, WILDCARD, SeenPacket, SeenTlv
from .oracle import judge_rules
from .recording import Entry, Recording
from .verdict import Finding, TraceResult, Verdict

SURVIVAL = "RTG-HOST-01"
"""The requirement that every trace judges at its end: whatever was sent, the device lives."""

POLL: Microseconds = SECOND // 20
"""How often the forwarding table is read while something is expected of it."""
UNTIMED: Microseconds = SECOND // 100
"""No rule is finer than this: half of it is lost in any kernel."""
PATIENCE: Microseconds = 20 * SECOND
"""How long preparation may take: longer than any default Hello and IHU interval."""
BARRIER_TAIL: Microseconds = SECOND // 2
"""After an acknowledgment, how long something forbidden may still come."""
DATA_REPEAT: Microseconds = SECOND // 2
BARRIER_INTERVAL = 20  # centiseconds in which an Acknowledgment Request of ours must be answered
MODULAR = ("seqno", "opaque")
MEBIBYTE = 1 << 20
SAVED_FIELD = {"router_id": "by"}
SAMPLE = 6  # how many of the things that came are shown in a failure


class Outcome(Enum):
    """What became of a step."""

    MET = "met"
    VIOLATED = "violated"
    UNDECIDED = "undecided"


@frozen
class Decision:
    """The outcome of a step and what a reader must know about it."""

    outcome: Outcome
    came: str = ""
    reason: str = ""


Check: TypeAlias = Callable[[], Entry | None]


class Player:
    """One run of one trace on one laboratory."""

    def __init__(self, trace: words.Trace, lab: Lab, *, keep_capture: bool = True) -> None:
        self.trace = trace
        self.keep_capture = keep_capture
        self.lab = lab
        self.recording = Recording(trace, {link: lab.device_address(link) for link in trace.device.links})
        self.saved: dict[str, Any] = {}
        self.marks: dict[str, int] = {}
        self.mark_times: dict[str, Microseconds] = {}
        self.origin = 0
        """When the last stimulus began."""
        self.origin_entry = 0
        """The first entry of the recording that can answer it."""
        self.stimulus = ""
        self.lateness: list[tuple[Microseconds, Microseconds]] = []
        self.broken_promises: list[tuple[Microseconds, str]] = []
        """When a neighbour of ours did not do what it had announced, and what that was."""
        self.route_interval = 1600
        """Of our newest announcement, in centiseconds; kept when it has been withdrawn."""
        self.step: int | None = None
        self.opaque = 0x0100
        self.tokens = 0
        self.stopped = False
        links = list(trace.device.links)
        self.neighbours = {
            name: PlayedNeighbour.from_words(name, index, links.index(one.link), one)
            for index, (name, one) in enumerate(trace.neighbours.items())
        }
        self._tunnels = _tunnels(lab) if trace.far_ends else None
        self.far_ends = {name: PlayedFarEnd(name, one.prefix, one) for name, one in trace.far_ends.items()}
        for one in self.neighbours.values():
            one.price_unit = self._price_unit(one.settings.price_unit)
            lab.attach(one.link, one.mac, [one.address, one.ipv4])

    def _price_unit(self, wanted: words.PriceUnit | str) -> words.PriceUnit | None:
        """What a neighbour's Hellos say of its prices; only one profile has the words for it."""
        if self.trace.profile is not Profile.ALTHEA or wanted == "none":
            return None
        return wanted if isinstance(wanted, words.PriceUnit) else self.trace.device.price_unit

    # --- the run ------------------------------------------------------------------------------------------

    def play(self) -> TraceResult:
        """Play every step, then judge what needs the whole recording."""
        started = time.monotonic()
        findings: list[Finding] = []
        error = None
        try:
            findings = self._steps()
        except (MatchError, LabError) as problem:
            error = f"{self.trace.id}: step {self.step}: {problem}"
        findings += self._unjudged(findings, error)
        if error is None:
            findings += judge_rules(self.recording, self._noise)
        return TraceResult(
            trace=self.trace.id,
            findings=tuple(findings),
            wall_seconds=time.monotonic() - started,
            protocol_seconds=self.lab.now() / SECOND,
            conversation=self.recording.conversation(),
            capture=self.recording.capture() if self.keep_capture else b"",
            error=error,
        )

    def _steps(self) -> list[Finding]:
        findings: list[Finding] = []
        for index, step in enumerate(self.trace.steps):
            self.step = index
            before = len(self.recording.entries)
            decision = self._fair(VERBS[step.verb](self, getattr(step, step.verb)))
            if step.judges:
                findings += [self._finding(step, one, decision) for one in step.judges]
                self._tag(step, before)
            if decision.outcome is not Outcome.MET:
                if not step.judges:
                    return findings + self._unmet(step, decision, findings) + self._survival()
                break
        self.step = None
        return findings + self._survival()

    def _fair(self, decision: Decision) -> Decision:
        """Whoever broke a promise of his own does not accuse: the device may have given up our neighbour."""
        if decision.outcome is not Outcome.VIOLATED:
            return decision
        self._note_lateness(self.lab.now())  # what is still unsent counts as well
        broken = [why for when, why in self.broken_promises if when >= self.origin - PATIENCE]
        return Decision(Outcome.UNDECIDED, decision.came, broken[-1]) if broken else decision

    def _finding(self, step: words.Step, requirement: str, decision: Decision) -> Finding:
        verdict = {
            Outcome.MET: Verdict.PASS,
            Outcome.VIOLATED: Verdict.FAIL,
            Outcome.UNDECIDED: Verdict.INCONCLUSIVE,
        }[decision.outcome]
        return Finding(
            requirement=requirement,
            trace=self.trace.id,
            verdict=verdict,
            step=self.step,
            sent=self.stimulus,
            allowed=describe_step(step),
            came=decision.came,
            reason=decision.reason,
        )

    def _tag(self, step: words.Step, before: int) -> None:
        """Write into the capture which frames were looked at for which requirement."""
        for entry in self.recording.entries[before:]:
            if entry.direction != "sent" and not entry.role:
                continue
            if entry.step is None:
                entry.step = self.step
            if not entry.requirements:
                entry.requirements = step.judges

    def _unmet(self, step: words.Step, decision: Decision, findings: list[Finding]) -> list[Finding]:
        judged = {one.requirement for one in findings}
        why = decision.reason or f"preparation failed: {describe_step(step)}; came: {decision.came}"
        return [
            Finding(one, self.trace.id, Verdict.INCONCLUSIVE, self.step, self.stimulus, reason=why)
            for one in self.trace.requirements
            if one not in judged
        ]

    def _unjudged(self, findings: list[Finding], error: str | None) -> list[Finding]:
        """What a broken harness left unjudged.  After a failure the rest of a trace says nothing at all."""
        judged = {one.requirement for one in findings}
        if error is None:
            return []
        return [
            Finding(one, self.trace.id, Verdict.INCONCLUSIVE, reason=error)
            for one in self.trace.requirements
            if one not in judged
        ]

    def _survival(self) -> list[Finding]:
        """A device that no longer runs has failed, whatever else the trace was about."""
        if self.stopped or self.lab.alive():
            return []
        self.recording.looked(self.lab.now(), "the device's process has ended", role="never")
        return [
            Finding(
                SURVIVAL,
                self.trace.id,
                Verdict.FAIL,
                sent=self.stimulus,
                allowed="the device lives",
                came="its process has ended",
            )
        ]

    # --- time ---------------------------------------------------------------------------------------------

    @property
    def intervals(self) -> dict[str, Microseconds]:
        """What the device announced last, and the interval of our own last announcement."""
        found = {"hello": 400, "ihu": 1200, "update": 1600}
        if self.trace.device.timers == "short":
            found = {"hello": 100, "ihu": 300, "update": 400}
        for packet in self.recording.packets():
            for tlv in packet.tlvs:
                if tlv.kind in found and 0 < (tlv.get("interval") or 0) < 0xFFFF:
                    found[tlv.kind] = tlv["interval"]
        routes = [
            one.words.interval for each in self.neighbours.values() for one in each.announcements.values()
        ]
        self.route_interval = routes[-1] if routes else self.route_interval
        return {
            **{name: value * CENTISECOND for name, value in found.items()},
            "route": self.route_interval * CENTISECOND,
        }

    def _duration(self, text: str) -> Microseconds:
        return duration(text, self.intervals)

    def _noise(self, since: Microseconds) -> Microseconds:
        """The worst delay since then that was the host's doing, or our own."""
        own = max((late for when, late in self.lateness if when >= since), default=0)
        return max(self.lab.noise(since), own)

    def _stimulate(self, text: str) -> None:
        self.origin = self.lab.now()
        self.origin_entry = len(self.recording.entries)
        self.stimulus = text

    def _pump(self, deadline: Microseconds) -> bool:
        """Let time pass until something came or the deadline has; true when something came."""
        while True:
            self._background()
            planned = [one.next_due() for one in self.neighbours.values()]
            planned += [one.next_due() for one in self.far_ends.values()]
            due = min((one for one in planned if one is not None), default=deadline)
            seen = self.lab.receive(min(deadline, due))
            for frame in seen:
                self._react(self.recording.received(frame))
            if seen:
                return True
            if self.lab.now() >= deadline:
                return False

    def _rest(self, deadline: Microseconds) -> None:
        while self.lab.now() < deadline:
            self._pump(deadline)

    def _background(self) -> None:
        now = self.lab.now()
        self._note_lateness(now)
        for one in self.neighbours.values():
            tlvs = one.keepalive(self.lab.now())  # fresh for each: timestamps are made of it
            if tlvs:
                self._send(words.Send(by=one.name, tlvs=tlvs), role="keepalive")
            for announcement in one.due_announcements(now):
                self._send_announcement(one, announcement, role="keepalive")
        # What was due before comes before what leaves now: no clock of the device is to run ahead of it.
        for far_end in self.far_ends.values():
            self._answer_for(far_end, now)
        for far_end in self.far_ends.values():
            if far_end.sends_data(now):
                assert self._tunnels is not None
                left = self._tunnels.use_destination(far_end.prefix)
                self.recording.carriers.append((left, far_end.prefix))

    def _answer_for(self, far_end: PlayedFarEnd, now: Microseconds) -> None:
        """The answers of a far end that have reached the device by now."""
        for answer in far_end.due_answers(now):
            for _copy in range(far_end.settings.copies):
                self._say_through_tunnel(far_end, far_end.octets_of(answer), role="answer", due=answer.due)

    def _say_through_tunnel(
        self, far_end: PlayedFarEnd, sequence: bytes, *, role: str, due: Microseconds | None = None
    ) -> None:
        one = next(iter(self.neighbours.values()))
        assert self._tunnels is not None
        when = self._tunnels.send_tunnel(far_end.prefix, sequence, due)
        device, there = self.lab.device_address(one.link), far_end.prefix.network_address
        self.recording.sent(
            when,
            one.link,
            tunnel_frame(one.mac, self.lab.device_mac(one.link), there, device, sequence),
            role=role,
            neighbour=far_end.name,
            step=self.step if role == "send" else None,
            tunnel=far_end.prefix,
        )

    def _note_lateness(self, now: Microseconds) -> None:
        """By how much our neighbours are behind what they planned, and who breaks a promise by it."""
        for one in self.neighbours.values():
            due = one.next_due()
            if due is not None and due < now:
                self.lateness.append((now, now - due))
                if now - due > one.slack():
                    late = (now - due - one.slack()) / SECOND
                    self.broken_promises.append(
                        (now, f"{one.name} itself was {late:.3f} s later than announced")
                    )

    def _react(self, entry: Entry) -> None:
        """What a router must do at once: answer Acknowledgment Requests (RTG-ACK-01), and note timestamps."""
        if entry.tunnel is not None:
            self._hear_through_tunnel(entry)
        packet = entry.packet
        if packet is None:
            return
        self._note_timestamp(packet)
        if not packet.may_hold("ack_request"):
            return
        for one in self.neighbours.values():
            if not self._heard_by(packet, one) or not (one.hello or one.ihu) or not one.settings.acks:
                continue
            for tlv in packet.tlvs:
                if tlv.kind == "ack_request":
                    answer = words.Send(
                        by=one.name,
                        tlvs=(words.Tlv(ack=words.Ack(opaque=tlv["opaque"])),),
                        transport=words.Transport(destination="unicast"),
                    )
                    self._send(answer, role="acknowledgment")

    def _hear_through_tunnel(self, entry: Entry) -> None:
        """A Remote Hello has left; its far end answers."""
        left_by = self._left_by(entry)
        for far_end in self.far_ends.values():
            if far_end.prefix == entry.tunnel and left_by is not None:
                for tlv in entry.tunnelled:
                    if tlv.kind == "remote_hello":
                        far_end.on_remote_hello(tlv, left_by.name, entry.time)

    def _left_by(self, entry: Entry) -> PlayedNeighbour | None:
        """The neighbour that a frame of the device went to."""
        mac = destination_mac(entry.frame)
        for one in self.neighbours.values():
            if one.link == entry.link and one.mac == mac:
                return one
        return None

    def _note_timestamp(self, packet: SeenPacket) -> None:
        listening = [one for one in self.neighbours.values() if one.rtt is not None]
        if not listening or not packet.may_hold("hello"):
            return
        for tlv in packet.tlvs:
            if tlv.kind == "hello" and tlv.get("timestamp") is not None:
                for one in listening:
                    if self._heard_by(packet, one):
                        one.hear(tlv["timestamp"], packet.time)

    @staticmethod
    def _reaches(packet: SeenPacket, one: PlayedNeighbour) -> bool:
        return not packet.unicast or packet.datagram.destination in (one.address, one.ipv4)

    # --- sending ------------------------------------------------------------------------------------------

    def _sender(self, one: PlayedNeighbour, version: int = 6) -> Sender:
        return Sender(
            address=one.address,
            ipv4=one.ipv4,
            device_address=self.lab.device_address(one.link),
            next_seqno=one.next_seqno,
            saved=self.saved,
            profile=self.trace.profile,
            most_octets=self.trace.device.links[one.link].mtu - OVERHEAD[version],
        )

    def _send(self, send: words.Send, *, role: str) -> None:
        one = self.neighbours[send.by]
        payload = compose_packet(send, self._sender(one, (send.transport.source or one.address).version))
        self._transmit(one, payload, send.transport, role)

    def _transmit(self, one: PlayedNeighbour, payload: bytes, transport: words.Transport, role: str) -> None:
        source = transport.source or one.address
        destination, mac = self._destination(one, source, transport)
        frame = build_frame(
            Datagram(
                source_mac=one.mac,
                destination_mac=mac,
                source=source,
                destination=destination,
                source_port=transport.source_port,
                destination_port=transport.destination_port,
                hop_limit=transport.hop_limit,
                payload=payload,
            )
        )
        when = self.lab.send(one.link, frame)
        self.recording.sent(
            when, one.link, frame, role=role, neighbour=one.name, step=self._sending_step(role)
        )

    def _sending_step(self, role: str) -> int | None:
        return None if role in ("keepalive", "acknowledgment") else self.step

    def _destination(
        self, one: PlayedNeighbour, source: Address, transport: words.Transport
    ) -> tuple[Address, str]:
        wanted = transport.destination
        mac = self.lab.device_mac(one.link)
        if isinstance(wanted, IPv4Address | IPv6Address):
            return wanted, multicast_mac(wanted) if wanted.is_multicast else mac
        if wanted == "unicast":
            return self.lab.device_address(one.link, 6 if source.version == 6 else 4), mac
        group = MULTICAST[source.version]
        return group, multicast_mac(group)

    def _send_announcement(self, one: PlayedNeighbour, announcement: Announcement, *, role: str) -> None:
        tlvs = update_tlvs(announcement.words, announcement.seqno, announcement.metric)
        self._send(words.Send(by=one.name, tlvs=tlvs), role=role)

    # --- verbs that act -------------------------------------------------------------------------------------

    def _up(self, names: tuple[str, ...]) -> Decision:
        self._stimulate(f"{', '.join(names)} send Hellos and IHUs")
        for hello in range(2):
            for name in names:
                one = self.neighbours[name]
                one.hello = one.ihu = True
                one.hello_due = self.lab.now()
            self._background()
            if not hello:
                self._rest(self.lab.now() + POLL)
        deadline = self.lab.now() + PATIENCE
        for name in names:
            heard = words.Expect(at=name, ihu=words.SeenIhu(rxcost="finite"))
            if self._await(self._watch(heard), deadline) is None:
                return Decision(
                    Outcome.VIOLATED, f"no IHU with finite rxcost for {name} in {PATIENCE // SECOND} s"
                )
        return Decision(Outcome.MET)

    def _announce(self, announce: words.Announce) -> Decision:
        one = self.neighbours[announce.by]
        announcement = Announcement(
            self._resolved(announce),
            number(announce.seqno, self.saved, modular=True),
            number(announce.metric, self.saved),
            due=self.lab.now(),
        )
        self._stimulate(describe_step(words.Step(announce=announce)))
        one.announcements.pop(announce.prefix, None)
        if not announce.once:
            one.announcements[announce.prefix] = announcement
        list(one.due_announcements(self.lab.now()))
        self._send_announcement(one, announcement, role="send")
        return Decision(Outcome.MET)

    def _resolved(self, announce: words.Announce) -> words.Announce:
        """The announcement with the numbers that its names stand for now."""
        given = {name: getattr(announce, name) for name in ("price", "path_rtt", "path_delivery")}
        known = {name: number(one, self.saved) for name, one in given.items() if one is not None}
        return announce.model_copy(update=known)

    def _withdraw(self, withdraw: words.Withdraw) -> Decision:
        one = self.neighbours[withdraw.by]
        self._stimulate(describe_step(words.Step(withdraw=withdraw)))
        last = one.announcements.pop(withdraw.prefix, None)
        # With the router-id and next hop that it does not need (RTG-UPD-13): routers that want them are
        # to fail there, and not wherever a route has to go.
        announced = last.words if last else words.Announce(by=withdraw.by, prefix=withdraw.prefix)
        # What is gone has no price and no length.
        bare = announced.model_copy(update={"price": None, "path_rtt": None, "path_delivery": None})
        tlvs = update_tlvs(bare, last.seqno if last else 0, 0xFFFF)
        self._send(words.Send(by=one.name, tlvs=tlvs), role="send")
        return Decision(Outcome.MET)

    def _silence(self, silence: words.Silence) -> Decision:
        self._stimulate(describe_step(words.Step(silence=silence)))
        self.neighbours[silence.by].announcements.pop(silence.prefix, None)
        return Decision(Outcome.MET)

    def _keepalive(self, change: words.Keepalive) -> Decision:
        one = self.neighbours[change.by]
        self._stimulate(describe_step(words.Step(keepalive=change)))
        for name in ("hello", "ihu", "rxcost", "hello_interval", "ihu_interval", "rtt"):
            value = getattr(change, name)
            if value is not None:
                setattr(one, name, value)
        if change.price_unit is not None:
            one.price_unit = self._price_unit(change.price_unit)
        one.multicast_seqno = (one.multicast_seqno + (change.skip or 0)) % MODULUS
        for _time in range(change.times if change.now else 0):
            one.hello_due = self.lab.now()
            self._background()
        return Decision(Outcome.MET)

    def _send_step(self, send: words.Send) -> Decision:
        self._stimulate(describe_send(send))
        self._send(send, role="send")
        return Decision(Outcome.MET)

    def _flood(self, flood: words.Flood) -> Decision:
        one = self.neighbours[flood.by]
        self._stimulate(describe_step(words.Step(flood=flood)))
        entries = self.recording.entries
        for count, payload in enumerate(flood_payloads(flood, self.trace.profile), start=1):
            self._transmit(one, payload, words.Transport(), "send")
            if count > 2:
                entries.pop()  # a capture of every frame of a flood helps nobody
            if count % 16 == 0:
                self._pump(self.lab.now() + SECOND // 100)
                del entries[self.origin_entry + 64 :]
        return Decision(Outcome.MET)

    def _wait(self, text: str) -> Decision:
        self._rest(self.lab.now() + self._duration(text))
        return Decision(Outcome.MET)

    def _mark(self, name: str) -> Decision:
        self.marks[name] = len(self.recording.entries)
        self.mark_times[name] = self.lab.now()
        return Decision(Outcome.MET)

    def _from_now(self, _wanted: bool) -> Decision:
        self.origin, self.origin_entry = self.lab.now(), len(self.recording.entries)
        return Decision(Outcome.MET)

    def _stop(self, _wanted: bool) -> Decision:
        self._stimulate("the device is asked to stop")
        self.stopped = True
        self.recording.looked(self.lab.now(), "the device is asked to stop", role="stop", step=self.step)
        self.lab.stop_device()
        return Decision(Outcome.MET)

    def _change_far_end(self, change: words.ChangeFarEnd) -> Decision:
        self._stimulate(describe_step(words.Step(far_end=change)))
        far_end = self.far_ends[change.name]
        given = {name: getattr(change, name) for name in change.model_fields_set - {"name"}}
        if change.return_rtt == "none":
            given |= {"return_rtt": None, "return_delivery": None}
        far_end.settings = far_end.settings.model_copy(update=given)
        far_end.data_due = self.lab.now()
        return Decision(Outcome.MET)

    def _send_tunnel(self, send: words.SendTunnel) -> Decision:
        self._stimulate(describe_step(words.Step(tunnel=send)))
        sender = self._sender(next(iter(self.neighbours.values())))
        sequence = b"".join(compose_tlv(tlv, sender) for tlv in send.tlvs)
        self._say_through_tunnel(self.far_ends[send.by], sequence, role="send")
        return Decision(Outcome.MET)

    def _set_price(self, price: int) -> Decision:
        if not isinstance(self.lab, PriceLab):
            raise LabError("set_price: this laboratory cannot tell its device a price")
        self._stimulate(f"the device is told to ask {price}")
        self.recording.looked(self.lab.now(), f"the device is told to ask {price}", step=self.step)
        self.lab.set_price(price)
        return Decision(Outcome.MET)

    # --- verbs that watch -----------------------------------------------------------------------------------

    def _expect(self, expect: words.Expect) -> Decision:
        within = self._duration(expect.within)
        deadline = self.origin + within
        judging = bool(self.step is not None and self.trace.steps[self.step].judges)
        grace = max(within, SECOND) if judging else PATIENCE
        entry = self._await(self._watch(expect), deadline + grace, expect)
        noise = self._noise(self.origin)
        if entry is None:
            if noise > within:
                return Decision(Outcome.UNDECIDED, self._sample(expect), _slow_host(noise, within))
            return Decision(Outcome.VIOLATED, self._sample(expect))
        entry.role, entry.step = entry.role or "expect", self.step
        late = entry.time - deadline
        if judging and late > UNTIMED:
            came = f"{entry.summary}, {late / SECOND:.3f} s too late"
            if late <= UNTIMED + 2 * noise:
                return Decision(Outcome.UNDECIDED, came, _slow_host(noise, within))
            return Decision(Outcome.VIOLATED, came)
        return Decision(Outcome.MET, entry.summary)

    def _never(self, never: words.Never) -> Decision:
        watch = self._watch(never)
        if never.barrier is not None:
            answered = self._barrier(words.Barrier(by=never.barrier))
            if answered.outcome is not Outcome.MET:
                return Decision(Outcome.UNDECIDED, answered.came, "the barrier was not answered")
            # What a slow host could bring into this window by mistake comes with Hellos or more rarely.
            end, window = self.lab.now() + BARRIER_TAIL, self.intervals["hello"]
        else:
            assert never.during is not None
            window = self._duration(never.during)
            end = self.origin + window
        entry = self._await(watch, end, never)
        if entry is None and 4 * self._noise(self.origin) > window:
            # The device may have had no time for it: what it does next was not seen in time, but was done.
            entry = self._await(watch, self.lab.now() + self._noise(self.origin), never)
        if entry is None:
            return Decision(Outcome.MET, "nothing of the kind")
        entry.role, entry.step = "never", self.step
        noise = self._noise(self.origin)
        if 4 * noise > window:
            return Decision(Outcome.UNDECIDED, entry.summary, _slow_host(noise, window))
        return Decision(Outcome.VIOLATED, entry.summary)

    def _count(self, count: words.Count) -> Decision:
        found = list(self._matching(count, self.marks[count.since]))
        for entry, _tlv in found:
            entry.role = entry.role or "counted"
        total = len({id(entry) for entry, _tlv in found}) if count.packets else len(found)
        came = f"{total}" + (f": {_shorten([tlv.summary for _entry, tlv in found])}" if found else "")
        if count.most is not None and total > count.most:
            return Decision(Outcome.VIOLATED, came)
        if total < count.least:
            return self._too_few(count, came)
        if found:
            self._save(count.save, found[-1][1])
        return Decision(Outcome.MET, came)

    def _too_few(self, count: words.Count, came: str) -> Decision:
        """Fewer than expected is the device's doing, unless the host had no time for it."""
        since = self.mark_times[count.since]
        window = self.lab.now() - since
        noise = self._noise(since)
        if 4 * noise > window:
            return Decision(Outcome.UNDECIDED, came, _slow_host(noise, window))
        return Decision(Outcome.VIOLATED, came)

    def _barrier(self, barrier: words.Barrier) -> Decision:
        self.opaque += 1
        request = words.Tlv(ack_request=words.AckRequest(opaque=self.opaque, interval=BARRIER_INTERVAL))
        start, entry = self.lab.now(), len(self.recording.entries)
        unicast = words.Transport(destination="unicast")
        self._send(words.Send(by=barrier.by, tlvs=(request,), transport=unicast), role="barrier")
        wanted = words.Expect(at=barrier.by, ack=words.SeenAck(opaque=str(self.opaque)))
        within = self._duration(barrier.within)
        answer = self._await(self._watch(wanted, entry), start + 2 * within)
        noise = self._noise(start)
        if answer is None:
            outcome = Outcome.UNDECIDED if noise > within else Outcome.VIOLATED
            return Decision(outcome, "no acknowledgment", _slow_host(noise, within) if noise > within else "")
        answer.role = answer.role or "barrier"
        return Decision(Outcome.MET, answer.summary)

    def _alive(self, _wanted: bool) -> Decision:
        if not self.lab.alive():
            return Decision(Outcome.VIOLATED, "its process has ended")
        up = [one.name for one in self.neighbours.values() if one.hello]
        by = up[0] if up else next(iter(self.neighbours))
        return self._barrier(words.Barrier(by=by, within="4 s"))

    def _memory(self, limit: int) -> Decision:
        octets = self.lab.memory_octets()
        if octets is None:
            return Decision(Outcome.UNDECIDED, reason="the memory of this device cannot be seen")
        # In whole MiB, rounded up: what is below is the allocator's business and differs from run to run.
        used = f"{-(-octets // MEBIBYTE)} MiB of memory"
        self.recording.looked(self.lab.now(), used, role="expect", step=self.step)
        return Decision(Outcome.MET if octets <= limit else Outcome.VIOLATED, used)

    # --- watching -------------------------------------------------------------------------------------------

    def _await(
        self, check: Check, deadline: Microseconds, watched: words.Observation | None = None
    ) -> Entry | None:
        """The first thing that the check finds before the deadline."""
        polls = watched is not None and watched.kind in ("fib", "data")
        while True:
            before = self.lab.now()
            found = check()
            now = self.lab.now()
            if now > before:  # looking takes no time, unless the host takes it from us
                self.lateness.append((now, now - before))
            if found is not None:
                return found
            if now >= deadline:
                return None
            self._pump(min(deadline, now + POLL) if polls else deadline)

    def _watch(self, watched: words.Observation, start: int | None = None) -> Check:
        """A check that finds what is watched for, looking at each entry of the recording once."""
        if watched.fib is not None:
            route = watched.fib
            return lambda: self._look_for_route(route)
        position = self.origin_entry if start is None else start
        if watched.data is not None:
            return self._watch_data(watched.data)
        save = getattr(watched, "save", {})

        def check() -> Entry | None:
            nonlocal position
            for entry, tlv in self._matching(watched, position):
                self._save(save, tlv)
                return entry
            position = len(self.recording.entries)
            return None

        return check

    def _matching(self, watched: words.Observation, start: int) -> Iterator[tuple[Entry, SeenTlv]]:
        assert watched.at is not None
        if watched.kind in words.TUNNELLED:
            yield from self._matching_tunnelled(watched, start)
            return
        observer = self._observer(watched)
        for entry in self.recording.entries[start:]:
            packet = entry.packet
            if packet is None or not self._heard_by(packet, observer):
                continue
            if not packet.may_hold(watched.kind):
                continue
            if watched.carried != "any" and packet.unicast != (watched.carried == "unicast"):
                continue
            for tlv in packet.tlvs:
                if (
                    tlv.kind == watched.kind
                    and tlv.get("error") is None
                    and self._is(watched, tlv, packet, observer)
                ):
                    yield entry, tlv

    def _matching_tunnelled(self, watched: words.Observation, start: int) -> Iterator[tuple[Entry, SeenTlv]]:
        prefix = self.far_ends[watched.at or ""].prefix
        wanted = getattr(watched, watched.kind)
        for entry in self.recording.entries[start:]:
            if entry.tunnel != prefix or entry.direction != "received":
                continue
            for tlv in entry.tunnelled:
                if tlv.kind == watched.kind and self._is_tunnelled(wanted, tlv, entry):
                    yield entry, tlv

    def _is_tunnelled(
        self, wanted: words.SeenRemoteHello | words.SeenRemoteIhu, tlv: SeenTlv, entry: Entry
    ) -> bool:
        for name, value in wanted:
            if name == "through":
                if value != "any" and not self._is_through(self.neighbours[value], tlv, entry):
                    return False
            elif name == "identifier":
                if value != "any" and bytes(tlv["through"]) != bytes.fromhex(value):
                    return False
            elif not self._allows(value, tlv.get(name), modular=name in MODULAR):
                return False
        return True

    def _is_through(self, one: PlayedNeighbour, tlv: SeenTlv, entry: Entry) -> bool:
        """Whether a Remote Hello names that neighbour, and has left by it."""
        return bytes(tlv["through"]) == one.address.packed[8:] and self._left_by(entry) is one

    def _observer(self, watched: words.Observation) -> PlayedNeighbour | None:
        return None if watched.at == words.ANYONE else self.neighbours[watched.at or ""]

    def _heard_by(self, packet: SeenPacket, observer: PlayedNeighbour | None) -> bool:
        """Whether a packet got to that neighbour; to somebody, when no neighbour is named."""
        return observer is None or (packet.link == observer.link and self._reaches(packet, observer))

    def _is(
        self, watched: words.Observation, tlv: SeenTlv, packet: SeenPacket, observer: PlayedNeighbour | None
    ) -> bool:
        wanted = getattr(watched, watched.kind)
        if (
            isinstance(wanted, words.SeenIhu)
            and wanted.to == "observer"
            and observer is not None
            and not _is_for(tlv, packet, observer)
        ):
            return False
        for name, value in wanted:
            if name in ("to", "unicast"):
                continue
            if name == "prefix":
                if value != "any" and tlv["network"] != (WILDCARD if value == WILDCARD else value):
                    return False
            elif name == "router_id":
                if not matches_router_id(value, tlv["by"], self.saved):
                    return False
            elif not self._allows(value, tlv.get(name), modular=name in MODULAR):
                return False
        unicast = getattr(wanted, "unicast", None)
        return unicast is None or bool(tlv["flags"] & HELLO_FLAG_UNICAST) == unicast

    def _allows(self, matcher: str, value: int | None, *, modular: bool) -> bool:
        """Whether a number of a TLV is one that the matcher allows; a timestamp or a price may be missing."""
        if matcher == "any" or value is None:
            return matcher in ("any", "none")
        return matcher != "none" and matches(matcher, value, self.saved, modular=modular)

    def _save(self, save: dict[str, str], tlv: SeenTlv) -> None:
        for name, source in save.items():
            self.saved[name] = tlv.get(SAVED_FIELD.get(source, source))

    def _look_at_table(self) -> tuple[FibEntry, ...]:
        entries = tuple(self.lab.fib())
        if not self.recording.routes or self.recording.routes[-1][1] != entries:
            now = self.lab.now()
            self.recording.routes.append((now, entries))
            self.recording.still.append(now)
            self.recording.looked(now, _table(entries))
        self.recording.still[-1] = self.lab.now()
        return entries

    def _look_for_route(self, wanted: words.SeenRoute) -> Entry | None:
        lines = [one for one in self._look_at_table() if wanted.prefix in ("any", one.prefix)]
        forwarding = [one for one in lines if one.kind == "via"]
        match wanted.state:
            case "gone":
                found = not forwarding
            case "via":
                found = any(self._goes(one, wanted) for one in forwarding)
            case _:
                found = not forwarding and any(one.kind == "unreachable" for one in lines)
        if not found:
            return None
        return self.recording.looked(self.lab.now(), _table(tuple(lines)) or f"no line for {wanted.prefix}")

    def _goes(self, line: FibEntry, wanted: words.SeenRoute) -> bool:
        if wanted.next_hop is not None and line.next_hop != wanted.next_hop:
            return False
        if wanted.via is None:
            return True
        one = self.neighbours[wanted.via]
        if wanted.next_hop is not None:
            return line.link == one.link
        return line.link == one.link and line.next_hop in (one.address, one.ipv4)

    def _watch_data(self, wanted: words.SeenData) -> Check:
        """Sends the data packet again and again, and finds it where it comes out."""
        self.tokens += 1
        token = f"althea-spec data {self.tokens}".encode()
        start, due = len(self.recording.entries), 0

        def check() -> Entry | None:
            nonlocal due
            if self.lab.now() >= due:
                due = self.lab.now() + DATA_REPEAT
                self._send_data(wanted, token)
            for entry in self.recording.entries[start:]:
                datagram = entry.datagram if entry.direction == "received" else None
                if datagram is not None and datagram.payload == token and self._goes_to(entry, wanted):
                    return entry
            return None

        return check

    def _goes_to(self, entry: Entry, wanted: words.SeenData) -> bool:
        if wanted.towards is None:
            return True
        one = self.neighbours[wanted.towards]
        datagram = entry.datagram
        return entry.link == one.link and datagram is not None and datagram.destination_mac == one.mac

    def _send_data(self, wanted: words.SeenData, token: bytes) -> None:
        one = self.neighbours[wanted.sent_by]
        frame = build_frame(
            Datagram(
                source_mac=one.mac,
                destination_mac=self.lab.device_mac(one.link),
                source=wanted.source,
                destination=wanted.destination,
                source_port=DATA_PORT,
                destination_port=DATA_PORT,
                hop_limit=64,
                payload=token,
            )
        )
        when = self.lab.send(one.link, frame)
        self.recording.sent(when, one.link, frame, role="data", neighbour=one.name, step=self.step)

    def _sample(self, watched: words.Observation) -> str:
        """What came in place of what was expected."""
        if watched.fib is not None:
            lines = tuple(one for one in self.lab.fib() if watched.fib.prefix in ("any", one.prefix))
            return _table(lines) or f"no line for {watched.fib.prefix}"
        if watched.data is not None:
            return "the packet did not come out there"
        if watched.kind in words.TUNNELLED:
            said = [
                one.summary for one in self.recording.entries[self.origin_entry :] if one.tunnel is not None
            ]
            return _shorten(said) if said else "nothing came through a tunnel"
        observer = self._observer(watched)
        came = [
            tlv.summary
            for packet in self.recording.packets(self.origin_entry)
            if self._heard_by(packet, observer)
            for tlv in packet.tlvs
            if tlv.kind == watched.kind
        ]
        kind = watched.kind.replace("_", " ")
        return _shorten(came) if came else f"no {kind} since (looked for: {describe_observation(watched)})"


def _tunnels(lab: Lab) -> TunnelLab:
    if not isinstance(lab, TunnelLab):
        raise LabError("this laboratory has no tunnels")
    return lab


def _is_for(tlv: SeenTlv, packet: SeenPacket, observer: PlayedNeighbour) -> bool:
    if tlv["to"] is None:
        return packet.unicast
    return tlv["to"] in (observer.address, observer.ipv4)


def _slow_host(noise: Microseconds, window: Microseconds) -> str:
    return f"the host was late by {noise / SECOND:.3f} s in a window of {window / SECOND:.3f} s"


def _table(entries: tuple[FibEntry, ...]) -> str:
    return "; ".join(
        f"{one.prefix} {f'via {one.next_hop} on {one.link}' if one.kind == 'via' else 'unreachable'}"
        for one in entries
    )


def _shorten(words_: list[str]) -> str:
    more = len(words_) - SAMPLE
    return "; ".join(words_[-SAMPLE:]) + (f" (and {more} before)" if more > 0 else "")


VERBS: dict[str, Callable[[Player, Any], Decision]] = {
    "up": Player._up,
    "announce": Player._announce,
    "withdraw": Player._withdraw,
    "silence": Player._silence,
    "keepalive": Player._keepalive,
    "send": Player._send_step,
    "flood": Player._flood,
    "expect": Player._expect,
    "never": Player._never,
    "count": Player._count,
    "barrier": Player._barrier,
    "wait": Player._wait,
    "mark": Player._mark,
    "from_now": Player._from_now,
    "alive": Player._alive,
    "stop": Player._stop,
    "set_price": Player._set_price,
    "far_end": Player._change_far_end,
    "tunnel": Player._send_tunnel,
    "memory": Player._memory,
}

assert words.Transport().source_port == BABEL_PORT
