# SPDX-License-Identifier: GPL-2.0-only
"""The player against devices of a few lines: what it sends, what it concludes, and when it does not."""

from collections.abc import Sequence
from ipaddress import IPv6Address, IPv6Network
from typing import Any

import pytest

from althea_spec.conformance.frames import Datagram
from althea_spec.conformance.lab import SECOND, FibEntry
from althea_spec.conformance.layers import babel
from althea_spec.conformance.observe import SeenTlv
from althea_spec.conformance.player import SURVIVAL, Player
from althea_spec.conformance.verdict import Finding, TraceResult, Verdict

from .scripted import ScriptedLab, a_trace, ihu, polite

ID = "RTG-TEST-01"
PREFIX = IPv6Network("2001:db8:1::/64")
ASK = {"send": {"by": "A", "tlvs": [{"route_request": {"prefix": str(PREFIX)}}]}}


def judged(result: TraceResult, requirement: str = ID) -> Finding:
    found = [one for one in result.findings if one.requirement == requirement]
    assert len(found) == 1, result.findings
    return found[0]


def update(metric: int = 96, seqno: int = 7) -> list[Any]:
    return [
        babel.BabelRouterId(router_id=bytes(7) + b"\x01"),
        babel.BabelUpdate(
            ae=2, plen=64, interval=1600, seqno=seqno, metric=metric, prefix=PREFIX.network_address.packed[:8]
        ),
    ]


def answering(after: int, metric: int = 96) -> Any:
    def reaction(lab: ScriptedLab, link: str, tlv: SeenTlv, datagram: Datagram) -> None:
        polite(lab, link, tlv, datagram)
        if tlv.kind == "route_request":
            lab.say(link, *update(metric), after=after)

    return reaction


def expecting(within: str = "2 s", **fields: Any) -> dict[str, Any]:
    return {
        "expect": {"at": "A", "update": {"prefix": str(PREFIX), **fields}, "within": within},
        "judges": [ID],
    }


def test_what_comes_in_time_passes() -> None:
    result = Player(a_trace(ASK, expecting()), ScriptedLab(answering(SECOND))).play()
    finding = judged(result)
    assert finding.verdict is Verdict.PASS
    assert "2001:db8:1::/64" in finding.came
    assert "A sends route request" in finding.sent


def test_what_comes_too_late_fails_and_says_by_how_much() -> None:
    finding = judged(Player(a_trace(ASK, expecting()), ScriptedLab(answering(3 * SECOND))).play())
    assert finding.verdict is Verdict.FAIL
    assert "1.000 s too late" in finding.came


def test_a_slow_host_is_never_a_failure() -> None:
    lab = ScriptedLab(answering(3 * SECOND), slow=SECOND)
    finding = judged(Player(a_trace(ASK, expecting()), lab).play())
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "the host was late by 1.000 s" in finding.reason


def test_what_never_comes_fails_and_shows_what_came_instead() -> None:
    finding = judged(Player(a_trace(ASK, expecting(metric="infinite")), ScriptedLab(answering(0))).play())
    assert finding.verdict is Verdict.FAIL
    assert "metric 96" in finding.came
    assert "metric infinite" in finding.allowed


def test_what_came_before_the_stimulus_does_not_answer_it() -> None:
    lab = ScriptedLab(polite)
    lab.say("a", *update())
    finding = judged(Player(a_trace({"wait": "1 s"}, ASK, expecting()), lab).play())
    assert finding.verdict is Verdict.FAIL


def test_an_update_on_another_link_does_not_answer() -> None:
    def reaction(lab: ScriptedLab, link: str, tlv: SeenTlv, _datagram: Datagram) -> None:
        del link
        if tlv.kind == "route_request":
            lab.say("b", *update())

    assert judged(Player(a_trace(ASK, expecting()), ScriptedLab(reaction)).play()).verdict is Verdict.FAIL


def test_a_unicast_to_another_neighbour_does_not_answer() -> None:
    def reaction(lab: ScriptedLab, link: str, tlv: SeenTlv, _datagram: Datagram) -> None:
        if tlv.kind == "route_request":
            lab.say(link, *update(), to=IPv6Address("fe80::a:2"))

    assert judged(Player(a_trace(ASK, expecting()), ScriptedLab(reaction)).play()).verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("after", "verdict"), [(3 * SECOND, Verdict.INCONCLUSIVE), (5 * SECOND, Verdict.PASS)]
)
def test_silence_counts_only_when_the_device_had_its_time(after: int, verdict: Verdict) -> None:
    """A host that was late by two seconds makes a window of two seconds prove nothing: it is watched on."""
    never = {"never": {"at": "A", "update": {"prefix": str(PREFIX)}, "during": "2 s"}, "judges": [ID]}
    lab = ScriptedLab(answering(after), slow=2 * SECOND)
    assert judged(Player(a_trace(ASK, never), lab).play()).verdict is verdict


@pytest.mark.parametrize(
    ("after", "verdict"), [(SECOND, Verdict.FAIL), (3 * SECOND, Verdict.PASS)], ids=["inside", "after"]
)
def test_never_during(after: int, verdict: Verdict) -> None:
    never = {"never": {"at": "A", "update": {"metric": "finite"}, "during": "2 s"}, "judges": [ID]}
    assert judged(Player(a_trace(ASK, never), ScriptedLab(answering(after))).play()).verdict is verdict


def test_never_until_a_barrier() -> None:
    never = {"never": {"at": "A", "update": {"metric": "finite"}, "barrier": "A"}, "judges": [ID]}
    assert judged(Player(a_trace(ASK, never), ScriptedLab(polite)).play()).verdict is Verdict.PASS
    assert judged(Player(a_trace(ASK, never), ScriptedLab(answering(1000))).play()).verdict is Verdict.FAIL
    silent = judged(Player(a_trace(ASK, never), ScriptedLab()).play())
    assert silent.verdict is Verdict.INCONCLUSIVE
    assert "barrier" in silent.reason


def test_preparation_that_fails_is_inconclusive() -> None:
    result = Player(a_trace({"up": ["A"]}, ASK, expecting()), ScriptedLab()).play()
    finding = judged(result)
    assert finding.verdict is Verdict.INCONCLUSIVE
    assert "no IHU with finite rxcost for A" in finding.reason


def test_up_wants_a_finite_rxcost_for_that_neighbour() -> None:
    def reaction(lab: ScriptedLab, link: str, tlv: SeenTlv, datagram: Datagram) -> None:
        if tlv.kind == "hello":
            lab.say(link, ihu(datagram.source, 65535), to=datagram.source)
            lab.say(link, ihu(IPv6Address("fe80::a:99")))

    result = Player(a_trace({"up": ["A"]}, ASK, expecting()), ScriptedLab(reaction)).play()
    assert judged(result).verdict is Verdict.INCONCLUSIVE


def test_after_a_failure_the_rest_is_not_judged() -> None:
    second = {**expecting(), "judges": ["RTG-TEST-02"]}
    result = Player(a_trace(ASK, expecting(metric="infinite"), second), ScriptedLab(answering(0))).play()
    assert [one.requirement for one in result.findings if one.step is not None] == [ID]


def test_a_dead_device_fails_whatever_the_trace_was_about() -> None:
    lab = ScriptedLab()
    lab.living = False
    result = Player(a_trace(ASK), lab).play()
    assert judged(result, SURVIVAL).verdict is Verdict.FAIL


def test_a_name_that_nothing_saved_is_the_harness_at_fault() -> None:
    step = {"send": {"by": "A", "tlvs": [{"ack_request": {"opaque": "$nothing"}}]}}
    result = Player(a_trace(step, ASK, expecting()), ScriptedLab(polite)).play()
    assert result.error is not None
    assert "step 0" in result.error
    assert "$nothing" in result.error
    assert judged(result).verdict is Verdict.INCONCLUSIVE


def test_saved_fields_are_used_later() -> None:
    steps = [
        ASK,
        {"expect": {"at": "A", "update": {}, "save": {"m": "metric", "r": "router_id"}}},
        ASK,
        {
            "expect": {"at": "A", "update": {"metric": "$m", "router_id": "$r"}, "within": "1 s"},
            "judges": [ID],
        },
    ]
    assert judged(Player(a_trace(*steps), ScriptedLab(answering(0))).play()).verdict is Verdict.PASS


@pytest.mark.parametrize(("most", "verdict"), [(1, Verdict.FAIL), (2, Verdict.PASS)])
def test_count(most: int, verdict: Verdict) -> None:
    steps = [
        {"mark": "start"},
        ASK,
        ASK,
        {"wait": "1 s"},
        {"count": {"at": "A", "update": {}, "since": "start", "least": 1, "most": most}, "judges": [ID]},
    ]
    assert judged(Player(a_trace(*steps), ScriptedLab(answering(0))).play()).verdict is verdict


@pytest.mark.parametrize(
    ("entry", "state", "verdict"),
    [
        (FibEntry(PREFIX, "via", IPv6Address("fe80::a:1"), "a"), {"via": "A"}, Verdict.PASS),
        (FibEntry(PREFIX, "via", IPv6Address("fe80::a:1"), "b"), {"via": "A"}, Verdict.FAIL),
        (FibEntry(PREFIX, "via", IPv6Address("fe80::a:2"), "a"), {"via": "A"}, Verdict.FAIL),
        (FibEntry(PREFIX, "unreachable"), {"via": "A"}, Verdict.FAIL),
        (FibEntry(PREFIX, "unreachable"), {"state": "unreachable"}, Verdict.PASS),
        (FibEntry(PREFIX, "unreachable"), {"state": "gone"}, Verdict.PASS),
        (None, {"state": "gone"}, Verdict.PASS),
        (None, {"state": "held"}, Verdict.FAIL),
        (FibEntry(PREFIX, "via", IPv6Address("fe80::a:1"), "a"), {"state": "gone"}, Verdict.FAIL),
    ],
)
def test_forwarding_table(entry: FibEntry | None, state: dict[str, Any], verdict: Verdict) -> None:
    lab = ScriptedLab()
    lab.table = [entry] if entry else []
    step = {"expect": {"fib": {"prefix": str(PREFIX), **state}, "within": "1 s"}, "judges": [ID]}
    assert judged(Player(a_trace(step), lab).play()).verdict is verdict


@pytest.mark.parametrize(("octets", "verdict"), [(1000, Verdict.PASS), (1001, Verdict.FAIL), (None, None)])
def test_memory(octets: int | None, verdict: Verdict | None) -> None:
    lab = ScriptedLab()
    lab.memory = octets
    finding = judged(Player(a_trace({"memory": 1000, "judges": [ID]}), lab).play())
    assert finding.verdict is (verdict or Verdict.INCONCLUSIVE)


def test_keepalives_go_on_and_acknowledgment_requests_are_answered() -> None:
    acks: list[int] = []

    def reaction(lab: ScriptedLab, link: str, tlv: SeenTlv, datagram: Datagram) -> None:
        polite(lab, link, tlv, datagram)
        if tlv.kind == "hello" and tlv["seqno"] == 2:
            lab.say(link, babel.BabelAckRequest(opaque=77, interval=100))
        if tlv.kind == "ack":
            acks.append(tlv["opaque"])
            assert datagram.destination == IPv6Address("fe80::d")

    player = Player(a_trace({"up": ["A"]}, {"wait": "20 s"}), ScriptedLab(reaction))
    player.play()
    assert acks == [77]
    hellos = [
        tlv["seqno"]
        for entry in player.recording.entries
        if entry.direction == "sent"
        for tlv in entry.tlvs
        if tlv.kind == "hello"
    ]
    assert hellos == list(range(1, len(hellos) + 1))
    assert len(hellos) >= 20 // 4


def test_the_capture_names_the_role_of_each_frame() -> None:
    player = Player(a_trace(ASK, expecting()), ScriptedLab(answering(0)))
    result = player.play()
    rows = {row.role: row for row in result.conversation}
    assert rows["send"].direction == "sent"
    assert rows["expect"].requirements == (ID,)
    assert b"expect, RTG-TEST-01, step 1" in result.capture


class StallingLab(ScriptedLab):
    """The host takes half a minute away while the forwarding table is read."""

    def fib(self) -> Sequence[FibEntry]:
        self.time += 30 * SECOND
        return super().fib()


def test_a_host_that_stalls_while_the_table_is_read_is_no_failure() -> None:
    step = {"expect": {"fib": {"prefix": str(PREFIX), "via": "A"}, "within": "10 s"}, "judges": [ID]}
    finding = judged(Player(a_trace(step), StallingLab()).play())
    assert finding.verdict is Verdict.INCONCLUSIVE
