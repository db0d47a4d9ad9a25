# SPDX-License-Identifier: GPL-2.0-only
"""Measurements from end to end: what is sent when, by which neighbour, and what is made of the answers."""

from fractions import Fraction
from ipaddress import IPv6Address, ip_network
from itertools import pairwise

import pytest
from attrs import evolve

from althea_spec.reference.routing import return_half, verification, verified_routes
from althea_spec.reference.routing.carriage import ALWAYS
from althea_spec.reference.routing.events import DestinationUsed
from althea_spec.reference.routing.messages import RemoteHello, RemoteIHU
from althea_spec.reference.routing.path_quality import UNKNOWN, Quality
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.timer_keys import VerifyDue

from . import tunnel
from .machine import PREFIX, SECOND
from .tunnel import MILLISECOND, Path, next_hop, tunnel_machine, two_neighbours

WHOLE = 65535
OTHER = ip_network("2001:db8:2::/64")


def lossless(milliseconds: int) -> Quality:
    return Quality(milliseconds * MILLISECOND, WHOLE)


def path(milliseconds: int, loss: float = 0.0) -> Path:
    return Path(milliseconds * MILLISECOND, loss)


def honest_and_spare() -> tunnel.TunnelMachine:
    return two_neighbours(
        {"a": lossless(40), "b": lossless(60)}, {"a": path(40), "b": path(60)}, back=path(40)
    )


def impatient(patience: int) -> tunnel.TunnelMachine:
    """Remote Hellos have times of their own."""
    config = tunnel.verification(carrier_patience=patience, longest_measurement=8 * SECOND)
    return two_neighbours({"a": lossless(40)}, {"a": path(40)}, back=path(40), config=config)


def test_a_measurement_sends_its_probes_and_finds_the_path() -> None:
    made = honest_and_spare()
    made.use(100)
    results = {key[1].interface: one for key, one in made.router.state.verification.results.items()}
    assert set(results) == {"a", "b"}
    assert results["a"].observed == lossless(40)
    assert results["b"].observed == lossless(50)
    assert results["b"].claimed == lossless(60)


def test_probes_say_by_which_neighbour_they_left() -> None:
    made = honest_and_spare()
    made.use(60)
    sent = {(interface, one.through) for _, interface, one in made.far_ends[PREFIX].hellos}
    assert sent <= {("a", IPv6Address("fe80::1")), ("b", IPv6Address("fe80::2"))}
    routes = {(one.route, one.through) for _, _, one in made.far_ends[PREFIX].hellos}
    assert len({route for route, _ in routes}) == len(routes) >= 3


def test_nothing_is_probed_that_is_not_used() -> None:
    made = honest_and_spare()
    made.in_use.clear()
    made.use(100)
    assert made.carried == []
    assert made.router.state.timers.deadline(VerifyDue()) is None


def test_verification_ends_with_the_use() -> None:
    made = honest_and_spare()
    made.use(40)
    made.in_use.clear()
    made.use(400)
    count = len(made.carried)
    made.use(100)
    assert len(made.carried) == count
    assert made.router.state.timers.deadline(VerifyDue()) is None


def test_every_probe_rides_on_a_packet() -> None:
    """With a packet every 20 ms and nothing in between, none carries two, and each is as likely as any other
    to carry one: the gaps between them follow the law of coins.
    """
    made = honest_and_spare()
    made.use(200)
    times = [when for when, _ in made.carried]
    assert {when % made.packet_interval for when in times} == {times[0] % made.packet_interval}
    assert len(set(times)) == len(times) > 500
    state = made.router.state
    assert {one.observed.delivery for one in state.verification.results.values()} == {WHOLE}


def test_without_packets_the_probes_wait() -> None:
    made = honest_and_spare()
    made.use(20)
    made.in_use.clear()
    made.use(5)
    count = len(made.carried)
    made.use(5)
    assert len(made.carried) == count
    made.in_use.add(PREFIX)
    made.use(5)
    assert len(made.carried) > count


def test_a_patience_lets_them_leave_alone() -> None:
    made = impatient(300 * MILLISECOND)
    while not made.router.state.verification.measurements:
        made.use(1)
    made.in_use.clear()
    count = len(made.carried)
    made.use(4)
    assert 8 <= len(made.carried) - count <= 16


def test_without_patience_they_leave_at_once() -> None:
    made = impatient(0)
    made.use(20)
    assert sum(hello.route == 0 for _, _, hello in made.far_ends[PREFIX].hellos) == 100


def test_a_packet_that_is_bound_elsewhere_carries_nothing() -> None:
    made = honest_and_spare()
    state = made.router.state
    while not state.verification.measurements:
        made.use(1)
    key, measurement = next(iter(state.verification.measurements.items()))
    measurement.share = ALWAYS
    count = len(made.carried)
    other = "b" if key[1].interface == "a" else "a"
    made.step(DestinationUsed(PREFIX, (other, IPv6Address("fe80::2" if other == "b" else "fe80::1"))))
    assert len(made.carried) == count
    made.step(DestinationUsed(PREFIX, (key[1].interface, key[1].address)))
    assert len(made.carried) == count + 1


def test_the_gaps_between_probes_are_drawn() -> None:
    """Where they have times of their own: from half to one and a half times the interval."""
    made = impatient(0)
    made.use(20)
    times = [when for when, _, hello in made.far_ends[PREFIX].hellos if hello.route == 0]
    gaps = [after - before for before, after in pairwise(times)]
    assert min(gaps) >= 25 * MILLISECOND
    assert max(gaps) <= 75 * MILLISECOND
    assert len(set(gaps)) > 80


def test_an_unfeasible_route_is_not_verified() -> None:
    made = honest_and_spare()
    made.use(1)
    route = made.router.state.routes.routes_to(PREFIX)[1]
    assert verification.verifiable_routes(made.router.state, PREFIX)[1] == route
    tunnel.claim(made.peers[1], lossless(10), metric=65000)
    found = verification.verifiable_routes(made.router.state, PREFIX)
    assert [one.neighbour.interface for one in found] == ["a"]


def test_a_lost_route_only_pauses_its_measurement() -> None:
    """Nothing leaves while it is retracted, and the measurement goes on when it is back."""
    made = honest_and_spare()
    state = made.router.state
    while len(made.carried) < 10:
        made.use(1)
    for peer in made.peers:
        peer.retract()
    count = len(made.carried)
    made.use(2)
    assert state.verification.measurements
    assert len(made.carried) == count
    tunnel.claim(made.peers[0], lossless(40), seqno=11)
    tunnel.claim(made.peers[1], lossless(60), seqno=11)
    made.use(20)
    assert state.verification.results
    assert {one.observed.delivery for one in state.verification.results.values()} == {WHOLE}


def test_other_answers_do_not_count() -> None:
    """Of another tunnel, of another route, of another neighbour, and the same one twice."""
    made = tunnel_machine("a")
    peer = tunnel.neighbour(made, "a", 1)
    tunnel.claim(peer, lossless(40))
    made.in_use.add(PREFIX)
    while len(made.carried) < 3:
        made.use(1)
    (measurement,) = made.router.state.verification.measurements.values()
    hello = made.said(RemoteHello)[0]
    right = RemoteIHU(
        hello.through, hello.route, hello.seqno, 1, 1, hello.transmit_timestamp, 0, 0, 40_000, WHOLE
    )
    for wrong in (
        evolve(right, route=hello.route + 1),
        evolve(right, through=IPv6Address("fe80::9")),
        evolve(right, seqno=(hello.seqno - 1) % 65536),
    ):
        made.say(PREFIX, wrong)
    made.say(OTHER, right)
    assert measurement.counts.answered == 0
    made.say(PREFIX, right)
    made.say(PREFIX, right)
    assert measurement.counts.answered == 1


def test_a_measurement_that_cannot_send_ends_without_a_result() -> None:
    made = honest_and_spare()
    made.packet_interval = 2 * SECOND
    made.use(200)
    assert made.carried
    assert made.router.state.verification.results == {}
    assert made.router.state.verification.standings == {}


def answers(made: tunnel.TunnelMachine) -> list[RemoteIHU]:
    return made.said(RemoteIHU)


HELLO = RemoteHello(IPv6Address("fe80::77"), 5, 65534, 10, 99)


def test_each_remote_hello_is_answered_once_with_some_packet() -> None:
    made = honest_and_spare()
    made.use(1)
    for number in (65534, 0, 2):
        made.say(PREFIX, evolve(HELLO, seqno=number, transmit_timestamp=number))
    assert answers(made) == []
    made.use(6)
    assert [(one.through, one.route, one.seqno, one.origin_timestamp) for one in answers(made)] == [
        (HELLO.through, 5, number, number) for number in (65534, 0, 2)
    ]
    assert (answers(made)[-1].received, answers(made)[-1].window) == (3, 5)


def test_many_answers_ride_and_few_wait() -> None:
    """With 64 that wait every second packet carries one; the last few leave after five seconds."""
    made = honest_and_spare()
    for number in range(64):
        made.say(PREFIX, evolve(HELLO, seqno=number))
    made.use(1)
    assert 10 <= len(answers(made)) <= 30
    made.use(6)
    assert len(answers(made)) == 64


def test_without_packets_an_answer_leaves_alone_in_time() -> None:
    made = honest_and_spare()
    made.say(PREFIX, HELLO)
    made.run(1)
    made.say(PREFIX, evolve(HELLO, seqno=65535))
    made.run(3.9)
    assert answers(made) == []
    made.run(0.2)
    assert [one.seqno for one in answers(made)] == [65534]
    made.run(1)
    assert [one.seqno for one in answers(made)] == [65534, 65535]


def test_an_answer_says_the_way_by_which_it_leaves() -> None:
    made = honest_and_spare()
    made.say(PREFIX, HELLO)
    made.run(6)
    (answer,) = answers(made)
    assert (answer.return_rtt, answer.return_delivery) == (40 * MILLISECOND, WHOLE)
    assert made.carried[-1][1].interface == next_hop(made) == "a"


def test_without_a_route_back_there_is_no_answer() -> None:
    made = tunnel_machine("a")
    made.say(PREFIX, HELLO)
    made.run(6)
    assert made.carried == []


def test_answers_that_wait_are_bounded() -> None:
    made = two_neighbours(
        {"a": lossless(40)}, {"a": path(40)}, path(40), config=tunnel.verification(waiting_answers=3)
    )
    for number in range(10):
        made.say(PREFIX, evolve(HELLO, seqno=number))
    made.run(6)
    assert len(answers(made)) == 3


def test_routes_that_are_heard_are_bounded() -> None:
    made = honest_and_spare()
    for number in range(100):
        made.say(PREFIX, evolve(HELLO, route=number))
    far_end = made.router.state.verification.far_end(PREFIX)
    assert len(far_end.heard) == verification.MOST_HEARD
    assert (int(HELLO.through), 99) in far_end.heard


@pytest.mark.parametrize("profile", [Profile.RFC8966, Profile.ALTHEA_2018])
def test_other_profiles_know_nothing_of_it(profile: Profile) -> None:
    made = tunnel_machine("a", profile=profile, select_by_path_rtt=False)
    made.step(DestinationUsed(PREFIX))
    made.say(PREFIX, HELLO)
    made.run(100)
    assert made.carried == []
    assert made.router.state.verification.far_ends == {}


def test_what_is_malformed_is_counted() -> None:
    made = honest_and_spare()
    made.step(tunnel.TunnelReceived(PREFIX, b"\xf0\x01\x00"))
    assert sum(made.router.counters().values()) == 1


def test_the_way_back_is_not_corrected_on_the_far_ends_word_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """One neighbour that is measured to be worse than it claims: neighbours are told what was measured, the
    far end what is claimed.
    """

    def said() -> int | None:
        config = tunnel.verification(lowest_accuracy=Fraction(1, 100))
        made = two_neighbours({"a": lossless(20)}, {"a": path(100)}, back=path(20), config=config)
        made.use(40)
        assert made.router.state.verification.corrections
        made.say(PREFIX, HELLO)
        made.run(6)
        return answers(made)[-1].return_rtt

    assert said() == 20 * MILLISECOND
    monkeypatch.setattr(verified_routes, "way_back", verified_routes.announced_path)
    assert said() == 100 * MILLISECOND


def test_one_witness_would_excuse_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a neighbour's own claim leaves for the way back would explain every lie."""

    def is_corrected() -> bool:
        made = two_neighbours({"a": lossless(20)}, {"a": path(100)}, back=path(20))
        made.use(40)
        return bool(made.router.state.verification.corrections)

    assert is_corrected()
    monkeypatch.setattr(return_half, "WITNESSES", 1)
    assert not is_corrected()


def test_unknown_claims_are_not_judged() -> None:
    made = two_neighbours({"a": Quality(20_000, None)}, {"a": path(100)}, back=path(20))
    made.use(60)
    assert made.router.state.verification.results
    assert made.router.state.verification.standings == {}


def test_an_unknown_way_back_is_not_judged() -> None:
    made = two_neighbours({"a": lossless(20)}, {"a": path(100)}, back=path(20), said=UNKNOWN)
    made.use(60)
    assert made.router.state.verification.results
    assert made.router.state.verification.standings == {}
