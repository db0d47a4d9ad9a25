# SPDX-License-Identifier: GPL-2.0-only
"""The router counts the Hellos of its links, and says what they deliver in its Updates."""

from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.profile import Profile

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
