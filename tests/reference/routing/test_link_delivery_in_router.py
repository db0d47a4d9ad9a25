# SPDX-License-Identifier: GPL-2.0-only
"""The router counts the Hellos of its links, and says what they deliver in its Updates."""

from heapq import heappop, heappush
from ipaddress import IPv6Address
from random import Random

import pytest

from althea_spec.reference.routing import interface_maintenance, share
from althea_spec.reference.routing.config import InterfaceConfig, RouterConfig
from althea_spec.reference.routing.events import DatagramReceived, Event, InterfaceUp, SendDatagram, TimersDue
from althea_spec.reference.routing.messages import IHU, Hello
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.randomness import SplitMix
from althea_spec.reference.routing.router import Router

from .machine import PREFIX, SECOND, Machine, Peer, machine

TIMED = {"a": InterfaceConfig(rtt=True), "b": InterfaceConfig(rtt=True)}


def timed() -> tuple[Machine, Peer]:
    """A neighbour whose Hellos and IHUs have timestamps, 2 ms away."""
    made = machine(TIMED, profile=Profile.ALTHEA)
    peer = made.peer("a", 1)
    peer.rtt = 2_000
    return made, peer


def delivered(peer: Peer) -> float | None:
    delivery = peer.neighbour.delivery
    return None if delivery is None else delivery / 65535


def rounds(
    made: Machine, peer: Peer, count: int, *, lose_every: int | None = None, forget: bool = False
) -> None:
    """So many Hellos of the neighbour; some are lost on the way, or it does not hear some of ours."""
    echoed = made.hello_stamp
    for number in range(count):
        made.run(4, keep=False)
        lost = lose_every is not None and number % lose_every == 0
        newest = made.hello_stamp
        if lost and not forget:
            peer.seqno += 1
        elif lost:
            made.hello_stamp = echoed
            peer.hello()
            made.hello_stamp = newest
        else:
            peer.hello()
            echoed = newest


def test_nothing_is_said_before_it_is_precise() -> None:
    made, peer = timed()
    rounds(made, peer, 25)
    assert peer.neighbour.rtt is not None
    assert delivered(peer) is None
    rounds(made, peer, 15)
    assert delivered(peer) is not None


def test_a_link_that_loses_nothing_delivers_everything() -> None:
    made, peer = timed()
    rounds(made, peer, 60)
    assert delivered(peer) == 1.0


def test_lost_hellos_of_the_neighbour_count() -> None:
    made, peer = timed()
    rounds(made, peer, 420, lose_every=5)
    found = delivered(peer)
    assert found is not None
    assert abs(found - 0.8) < 0.05


def test_lost_hellos_of_ours_count() -> None:
    """It hears four of five: its IHU after the fifth still echoes the fourth."""
    made, peer = timed()
    rounds(made, peer, 420, lose_every=5, forget=True)
    found = delivered(peer)
    assert found is not None
    assert abs(found - 0.8) < 0.05


def test_the_delivery_is_announced() -> None:
    made, peer = timed()
    rounds(made, peer, 60)
    peer.announce(price=5, path_rtt=10_000, path_delivery=32_768, interval=60_000)
    made.mark()
    made.run(5)
    update = made.updates()[-1]
    assert update.path_delivery == 32_768
    assert update.path_rtt is not None
    assert 11_000 <= update.path_rtt <= 13_000


def test_a_neighbour_that_starts_anew_is_unknown_again() -> None:
    made, peer = timed()
    rounds(made, peer, 60)
    peer.seqno += 1000
    made.run(4, keep=False)
    peer.hello()
    assert delivered(peer) is None
    assert made.now < 400 * SECOND
    assert made.router.state.routes.selected(PREFIX) is None


def test_an_ihu_goes_with_every_hello_where_echoes_count() -> None:
    """Also on a link that loses nothing: else the echoes would come more often after a loss."""
    made, _ = timed()
    made.run(10)
    made.mark()
    made.run(40)
    hellos, ihus = made.messages(Hello, "a"), made.messages(IHU, "a")
    assert len(hellos) == len(ihus) >= 9
    assert all(one.origin_timestamp is not None for one in ihus)
    plain = machine(TIMED)
    plain.peer("a", 1)
    plain.run(40)
    plain.mark()
    plain.run(40)
    assert len(plain.messages(IHU, "a")) < len(plain.messages(Hello, "a"))


def two_routers(loss: float, seconds: int, seed: int = 1) -> tuple[Router, Router]:
    """On one link that loses that share of the packets, each way; a packet takes 1 to 5 ms."""
    random = Random(seed)
    routers = []
    for number in (1, 2):
        config = RouterConfig(
            router_id=bytes([2] * 7 + [number]), interfaces={"a": TIMED["a"]}, profile=Profile.ALTHEA
        )
        routers.append(Router(config, SplitMix(number), 0))
    flights: list[tuple[int, int, int, DatagramReceived]] = []
    count = 0

    def step(number: int, event: Event, now: int) -> None:
        nonlocal count
        for effect in routers[number].step(event, now):
            if isinstance(effect, SendDatagram) and random.random() >= loss:
                count += 1
                arrival = now + random.randrange(1_000, 5_000)
                source = IPv6Address(f"fe80::{number + 1}")
                datagram = DatagramReceived("a", source, 6696, effect.destination, effect.payload)
                heappush(flights, (arrival, count, 1 - number, datagram))

    for number in (0, 1):
        step(number, InterfaceUp("a", IPv6Address(f"fe80::{number + 1}")), 0)
    while True:
        due = [
            (when, number) for number, one in enumerate(routers) if (when := one.next_deadline()) is not None
        ]
        timer = min(due)
        if min(timer[0], flights[0][0] if flights else timer[0]) > seconds * SECOND:
            return routers[0], routers[1]
        if flights and flights[0][0] <= timer[0]:
            arrival, _, number, datagram = heappop(flights)
            step(number, datagram, arrival)
        else:
            step(timer[1], TimersDue(), timer[0])


def test_two_routers_find_what_their_link_delivers() -> None:
    """A fifth is lost each way: each end's estimate is within 4 standard deviations of 0.64."""
    for router in two_routers(loss=0.2, seconds=6_000):
        (neighbour,) = router.state.neighbours
        assert neighbour.delivery is not None
        deviation = 0.64 * (2 * (0.2 / 0.8) / (2 * share.WINDOW - 1)) ** 0.5
        assert abs(neighbour.delivery / 65535 - 0.64) < 4 * deviation


class PlainBabel:
    """No profile is the one in which deliveries are estimated."""

    ALTHEA = None


def test_echoes_that_follow_losses_would_make_the_link_look_worse(monkeypatch: pytest.MonkeyPatch) -> None:
    """With fewer IHUs where nothing is lost, as in plain Babel, the mean of four estimates is too low by
    more than their noise explains.
    """

    def mean() -> float:
        routers = [one for seed in (1, 2) for one in two_routers(loss=0.2, seconds=4_000, seed=seed)]
        found = [neighbour.link.away.value for one in routers for neighbour in one.state.neighbours]
        return sum(found) / len(found) / share.ONE

    noise = (0.8 * 0.2 / (2 * share.WINDOW - 1) / 4) ** 0.5
    assert abs(mean() - 0.8) < 4 * noise
    monkeypatch.setattr(interface_maintenance, "Profile", PlainBabel)
    assert mean() < 0.8 - 4 * noise
