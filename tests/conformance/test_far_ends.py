# SPDX-License-Identifier: GPL-2.0-only
"""Far ends of tunnels: what they answer, when, and what of it a trace can look at."""

from collections.abc import Sequence
from ipaddress import IPv6Network
from typing import Any

import pytest

from althea_spec.conformance.frames import destination_mac, read_frame, tunnel_frame, tunnel_sequence
from althea_spec.conformance.lab import SECOND, Microseconds, Network, SeenFrame
from althea_spec.conformance.layers import althea
from althea_spec.conformance.observe import SeenTlv, read_tunnel
from althea_spec.conformance.player import Player
from althea_spec.conformance.verdict import Verdict

from .scripted import DEVICE, ScriptedLab, a_trace

PREFIX = IPv6Network("2001:db8:1::/64")
A = bytes.fromhex("00000000000a0001")
MILLISECOND = SECOND // 1000


def remote_hello(seqno: int = 1, route: int = 7) -> bytes:
    return bytes(althea.BabelRemoteHello(route_id=route, seqno=seqno, interval=5, through=A, transmit=99))


def answers(far_end: dict[str, Any], *hellos: tuple[int, int]) -> list[tuple[int, SeenTlv]]:
    """What comes back for Remote Hellos at those milliseconds, with those seqnos: when, and what."""
    lab = ScriptedLab()
    for when, seqno in hellos:
        lab.say_through_tunnel(PREFIX, remote_hello(seqno), after=when * MILLISECOND)
    far_ends = {"D": {"prefix": str(PREFIX), **far_end}}
    result = Player(a_trace({"wait": "5 s"}, profile="althea", far_ends=far_ends), lab).play()
    assert result.error is None
    return [(when // MILLISECOND, read_tunnel(octets)[0]) for when, _prefix, octets in lab.tunnelled]


def test_an_answer_repeats_what_it_answers() -> None:
    ((when, answer),) = answers({"ways": {"A": {"delay": 30}}}, (100, 5))
    assert when == 130
    wanted = {"route": 7, "seqno": 5, "through": A, "origin": 99, "received": 1, "window": 1}
    assert {name: answer[name] for name in wanted} == wanted
    assert (answer["receive"], answer["transmit"]) == (100 * MILLISECOND, 100 * MILLISECOND)
    assert (answer["path_rtt"], answer["path_delivery"]) == (20_000, 65_535)


def test_a_pause_is_the_far_ends_own() -> None:
    ((when, answer),) = answers({"ways": {"A": {"delay": 30}}, "pause": 500}, (100, 5))
    assert when == 630
    assert answer["transmit"] - answer["receive"] == 500 * MILLISECOND


@pytest.mark.parametrize(("share", "count"), [("1", 10), ("7/10", 7), ("1/4", 2), ("0", 0)])
def test_only_a_share_is_answered(share: str, count: int) -> None:
    hellos = [(100 * n, n) for n in range(1, 11)]
    assert len(answers({"ways": {"A": {"answered": share}}}, *hellos)) == count


def test_what_gets_no_answer_may_get_a_wrong_one() -> None:
    got = answers({"ways": {"A": {"answered": "1/2"}}, "misrouted": True}, (100, 1), (200, 2))
    assert [one["route"] for _when, one in got] == [8, 7]


def test_answers_come_in_copies() -> None:
    assert len(answers({"copies": 3}, (100, 1))) == 3


def test_lost_ones_are_counted() -> None:
    *_others, (_when, last) = answers({}, (100, 65534), (200, 0), (300, 2))
    assert (last["received"], last["window"]) == (3, 5)


def test_nothing_is_said_of_an_unknown_way_back() -> None:
    ((_when, answer),) = answers({"return_rtt": None, "return_delivery": None}, (100, 1))
    assert (answer.get("path_rtt"), answer.get("path_delivery")) == (None, None)


def test_data_is_sent_as_long_as_the_trace_wants() -> None:
    lab = ScriptedLab()
    far_ends = {"D": {"prefix": str(PREFIX)}}
    steps = [
        {"far_end": {"name": "D", "data": 100}},
        {"wait": "1 s"},
        {"far_end": {"name": "D", "data": 0}},
        {"wait": "1 s"},
    ]
    Player(a_trace(*steps, profile="althea", far_ends=far_ends), lab).play()
    assert [when for when, _prefix in lab.used] == [n * 100 * MILLISECOND for n in range(len(lab.used))]
    assert 10 <= len(lab.used) <= 11


def watched(expect: dict[str, Any]) -> Verdict:
    lab = ScriptedLab()
    lab.say_through_tunnel(PREFIX, remote_hello(5), after=SECOND)
    far_ends = {"D": {"prefix": str(PREFIX)}, "E": {"prefix": "2001:db8:2::/64"}}
    step = {"expect": {**expect, "within": "2 s"}, "judges": ["SCHED-CYCLE-01"]}
    result = Player(a_trace(step, profile="althea", far_ends=far_ends), lab).play()
    return next(one.verdict for one in result.findings if one.requirement == "SCHED-CYCLE-01")


@pytest.mark.parametrize(
    ("expect", "verdict"),
    [
        ({"at": "D", "remote_hello": {}}, Verdict.PASS),
        ({"at": "D", "remote_hello": {"through": "A", "seqno": 5, "route": 7}}, Verdict.PASS),
        ({"at": "E", "remote_hello": {}}, Verdict.FAIL),
        ({"at": "D", "remote_hello": {"through": "B"}}, Verdict.FAIL),
        ({"at": "D", "remote_hello": {"seqno": 6}}, Verdict.FAIL),
        ({"at": "D", "remote_ihu": {}}, Verdict.FAIL),
    ],
)
def test_what_comes_out_of_a_tunnel_can_be_looked_at(expect: dict[str, Any], verdict: Verdict) -> None:
    assert watched(expect) is verdict


def test_the_reading_by_hand_is_that_of_the_layer() -> None:
    back = [althea.BabelPathRTT(rtt=9), althea.BabelPathDelivery(delivery=8)]
    made = althea.BabelRemoteIHU(
        route_id=1, seqno=2, received=3, window=4, through=A, origin=5, receive=6, transmit=7, subtlvs=back
    )
    (seen,) = read_tunnel(bytes(made))
    names = ("route", "seqno", "received", "window", "through", "origin", "receive", "transmit")
    assert [seen[name] for name in names] == [1, 2, 3, 4, A, 5, 6, 7]
    assert (seen["path_rtt"], seen["path_delivery"]) == (9, 8)


def test_a_tunnel_frame_is_a_packet_that_others_can_read() -> None:
    frame = tunnel_frame("02:00:00:00:0d:01", "02:00:00:00:0a:01", DEVICE, DEVICE, remote_hello())
    datagram = read_frame(frame)
    assert datagram is not None
    assert (datagram.destination_mac, destination_mac(frame)) == ("02:00:00:00:0a:01",) * 2
    assert datagram.payload[4:] == tunnel_sequence(frame) == remote_hello()


def test_a_trace_names_far_ends_that_it_has() -> None:
    with pytest.raises(ValueError, match="'D' is not a far end of this trace"):
        a_trace({"far_end": {"name": "D", "data": 1}})


class LateLab(ScriptedLab):
    """A laboratory on a busy host: it wakes up 20 ms after it should have."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, int, int | None]] = []

    def receive(self, deadline: Microseconds) -> Sequence[SeenFrame]:
        seen = super().receive(deadline)
        self.time += 0 if seen else 20 * MILLISECOND
        return seen

    def use_destination(self, prefix: Network) -> Microseconds:
        self.said.append(("data", self.time, None))
        return super().use_destination(prefix) + 1

    def send_tunnel(self, prefix: Network, payload: bytes, due: Microseconds | None = None) -> Microseconds:
        self.said.append(("answer", self.time, due))
        return super().send_tunnel(prefix, payload, due)


def on_a_busy_host(data: int) -> tuple[LateLab, Player]:
    """One Remote Hello after 100 ms, and an answer that is due 30 ms later."""
    lab = LateLab()
    lab.say_through_tunnel(PREFIX, remote_hello(), after=100 * MILLISECOND)
    far_ends = {"D": {"prefix": str(PREFIX), "data": data, "ways": {"A": {"delay": 30}}}}
    player = Player(a_trace({"wait": "1 s"}, profile="althea", far_ends=far_ends), lab)
    assert player.play().error is None
    return lab, player


def test_the_delay_of_the_host_is_not_one_of_the_way() -> None:
    lab, _player = on_a_busy_host(0)
    ((_kind, said_at, due),) = lab.said
    assert due == 130 * MILLISECOND
    assert said_at > due


def test_what_has_arrived_before_is_said_before_what_leaves_now() -> None:
    lab, _player = on_a_busy_host(130)
    kinds = [kind for kind, _when, _due in lab.said]
    at = kinds.index("answer")
    assert kinds[at + 1] == "data"
    assert lab.said[at][1] == lab.said[at + 1][1], "both were late, and came at once"


def test_a_packet_has_left_when_the_laboratory_says_so() -> None:
    lab, player = on_a_busy_host(100)
    data = [when for kind, when, _due in lab.said if kind == "data"]
    assert len(data) > 2
    assert [when for when, _prefix in player.recording.carriers] == [when + 1 for when in data]
