# SPDX-License-Identifier: GPL-2.0-only
"""Paths that are measured link by link: what is told of them, and how routes are selected by them."""

from typing import Any

import pytest

from althea_spec.reference.routing import link_delivery, neighbour_maintenance, path_quality
from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.messages import SeqnoRequest
from althea_spec.reference.routing.profile import Profile

from .machine import OWN_PREFIX, PREFIX, Machine, Peer, machine

TIMED = InterfaceConfig(rtt=True)
WHOLE = 65_535
ESTIMATE: list[int | None] = [None]
"""What every link delivers, as far as the router can tell."""


@pytest.fixture(autouse=True)
def _links_deliver_what_the_test_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """How it is estimated is tested elsewhere."""
    monkeypatch.setattr(link_delivery, "round_trip", lambda _: ESTIMATE[0])


def measuring(
    *, rtt: tuple[int | None, int | None] = (20_000, 20_000), delivery: int | None = WHOLE, **config: Any
) -> tuple[Machine, Peer, Peer]:
    """A router that selects by paths, a neighbour on each of two links, and a third link to be told on."""
    ESTIMATE[0] = delivery
    chosen = {"profile": Profile.ALTHEA, "select_by_path_rtt": True} | config
    router = machine(dict.fromkeys("abc", TIMED), **chosen)
    peers = []
    for name, number, one in (("a", 2, rtt[0]), ("b", 3, rtt[1])):
        peer = router.peer(name, number, up=False)
        peer.rtt = one
        peer.hello()
        peer.hello()
        set_delivery(router, peer, delivery)
        peers.append(peer)
    return router, peers[0], peers[1]


def set_delivery(router: Machine, peer: Peer, delivery: int | None) -> None:
    """What an estimate of the link has come to."""
    peer.neighbour.delivery = delivery
    neighbour_maintenance.recompute(router.router.state, peer.neighbour)
    router.carry_out(router.router.state.effects)
    router.router.state.effects.clear()


def used(router: Machine) -> str | None:
    line = router.forwarding.get(PREFIX)
    return None if line is None else line[0]


def told(router: Machine) -> tuple[int | None, int | None]:
    """What the third link was told last."""
    last = router.updates(interface="c")[-1]
    return last.path_rtt, last.path_delivery


# --- what is announced --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("profile", "delivery"), [(Profile.ALTHEA, WHOLE), (Profile.ALTHEA_2018, None)])
def test_an_own_prefix_begins_the_path(profile: Profile, delivery: int | None) -> None:
    router = machine(profile=profile, originates=(OWN_PREFIX,))
    router.run(20)
    said = {(one.path_rtt, one.path_delivery) for one in router.updates(OWN_PREFIX)}
    assert said == {(0, delivery)}


def test_our_link_is_added_to_the_path() -> None:
    router, peer, _ = measuring(delivery=60_000)
    peer.announce(price=1, path_rtt=5_000, path_delivery=50_000)
    router.run(3)
    assert told(router) == (25_000, 50_000 * 60_000 // WHOLE)


@pytest.mark.parametrize(
    ("rtt", "delivery", "path", "expected"),
    [
        (None, WHOLE, (5_000, WHOLE), (None, WHOLE)),
        (20_000, None, (5_000, WHOLE), (25_000, None)),
        (20_000, WHOLE, (None, WHOLE), (None, WHOLE)),
        (20_000, WHOLE, (5_000, None), (25_000, None)),
        (20_000, WHOLE, (2**32 - 1, WHOLE), (2**32 - 1, WHOLE)),
        (20_000, WHOLE, (2**32 - 20_001, WHOLE), (2**32 - 1, WHOLE)),
        (20_000, WHOLE, (2**32 - 20_002, WHOLE), (2**32 - 2, WHOLE)),
        (20_000, 1, (5_000, 1), (25_000, 1)),
    ],
)
def test_what_is_not_known_is_not_told_and_nothing_wraps(
    rtt: int | None,
    delivery: int | None,
    path: tuple[int | None, int | None],
    expected: tuple[int | None, int | None],
) -> None:
    router, peer, _ = measuring(rtt=(rtt, None), delivery=delivery)
    peer.announce(price=1, path_rtt=path[0], path_delivery=path[1])
    router.run(3)
    assert told(router) == expected


def test_a_path_of_no_time_is_told_in_our_layout() -> None:
    router, peer, _ = measuring(rtt=(0, None))
    peer.announce(price=1, path_rtt=0, path_delivery=WHOLE)
    router.run(3)
    assert told(router) == (0, WHOLE)


def test_the_layout_of_2018_tells_no_zero_for_others() -> None:
    for link, expected in ((0, None), (7, 7)):
        router = machine(dict.fromkeys("ab", TIMED), profile=Profile.ALTHEA_2018)
        peer = router.peer("a", 2, up=False)
        peer.rtt = link
        peer.hello()
        peer.hello()
        assert peer.neighbour.rtt == link
        peer.announce(price=1, path_rtt=0)
        router.run(3)
        assert router.updates(interface="b")[-1].path_rtt == expected


def test_plain_babel_tells_no_path() -> None:
    router = machine(dict.fromkeys("ab", TIMED), originates=(OWN_PREFIX,))
    peer = router.peer("a", 2, up=False)
    peer.rtt = 5_000
    peer.hello()
    peer.hello()
    peer.announce()
    router.run(3)
    assert peer.neighbour.rtt == 5_000
    assert {(one.path_rtt, one.path_delivery) for one in router.updates(interface="b")} == {(None, None)}


# --- what is selected by ------------------------------------------------------------------------------------


def test_the_faster_path_wins_whatever_babels_metric_says() -> None:
    router, slow, fast = measuring()
    slow.announce(metric=1, price=10, path_rtt=30_000, path_delivery=WHOLE)
    fast.announce(metric=9_000, price=10, path_rtt=29_999, path_delivery=WHOLE)
    assert used(router) == "b"


def test_our_own_link_counts_and_so_do_losses() -> None:
    router, slow_link, fast_link = measuring(rtt=(40_000, 10_000))
    slow_link.announce(price=10, path_rtt=10_000, path_delivery=WHOLE)
    fast_link.announce(price=10, path_rtt=39_000, path_delivery=WHOLE)
    assert used(router) == "b"
    router, lossy, clean = measuring()
    lossy.announce(price=10, path_rtt=10_000, path_delivery=WHOLE // 2)
    clean.announce(price=10, path_rtt=39_000, path_delivery=WHOLE)
    assert used(router) == "b"


def test_price_and_path_are_weighed() -> None:
    router, near, far = measuring(rtt=(0, 0))
    far.announce(price=10, path_rtt=200_000, path_delivery=WHOLE)
    near.announce(price=38, path_rtt=100_000, path_delivery=WHOLE)
    assert used(router) == "b"
    near.announce(price=37, path_rtt=100_000, path_delivery=WHOLE)
    assert used(router) == "a"


@pytest.mark.parametrize("left_out", ["path_rtt", "path_delivery"])
def test_leaving_a_number_out_gains_nothing(left_out: str) -> None:
    router, honest, silent = measuring()
    honest.announce(metric=50_000, price=1_000, path_rtt=900_000, path_delivery=100)
    silent.announce(metric=1, price=1, **({"path_rtt": 1, "path_delivery": WHOLE} | {left_out: None}))
    assert used(router) == "a"


def test_routes_that_are_not_measured_go_by_babels_metric() -> None:
    router, worse, better = measuring()
    worse.announce(metric=300, price=1, path_rtt=1)
    better.announce(metric=200, price=1, path_rtt=1_000)
    assert used(router) == "b"


def test_an_unpriced_path_comes_after_every_priced_one() -> None:
    router, unpriced, silent = measuring()
    unpriced.announce(metric=1, path_rtt=1, path_delivery=WHOLE)
    silent.announce(metric=50_000, price=1_000)
    assert used(router) == "b"


def test_who_does_not_select_by_paths_goes_by_babels_metric() -> None:
    router, slow, fast = measuring(select_by_path_rtt=False)
    slow.announce(metric=1, price=10, path_rtt=30_000, path_delivery=WHOLE)
    fast.announce(metric=9_000, price=10, path_rtt=1, path_delivery=WHOLE)
    assert used(router) == "a"


def test_an_unfeasible_path_is_not_used_however_fast() -> None:
    router, first, second = measuring()
    first.announce(metric=100, price=10, path_rtt=900_000, path_delivery=WHOLE)
    router.run(1)
    second.announce(metric=300, price=10, path_rtt=1, path_delivery=WHOLE)
    router.run(40)
    assert used(router) == "a"
    assert len(router.messages(SeqnoRequest)) == 1


def test_a_link_that_becomes_slow_moves_its_routes_without_an_update() -> None:
    router, one, other = measuring(hysteresis=False)
    one.announce(metric=100, price=10, path_rtt=10_000, path_delivery=WHOLE)
    other.announce(metric=101, price=10, path_rtt=12_000, path_delivery=WHOLE)
    router.run(2)
    assert used(router) == "a"
    one.rtt = 100_000
    router.run(12)
    assert used(router) == "b"


def test_a_link_that_begins_to_lose_moves_its_routes_without_an_update() -> None:
    router, one, other = measuring(hysteresis=False)
    one.announce(metric=100, price=10, path_rtt=10_000, path_delivery=WHOLE)
    other.announce(metric=101, price=10, path_rtt=12_000, path_delivery=WHOLE)
    assert used(router) == "a"
    set_delivery(router, one, 40_000)
    assert used(router) == "b"


def test_hysteresis_smooths_the_path_that_is_selected_by() -> None:
    router, steady, jumping = measuring()
    steady.announce(price=10, path_rtt=100_000, path_delivery=WHOLE)
    jumping.announce(price=10, path_rtt=900_000, path_delivery=WHOLE)
    router.run(1)
    jumping.announce(price=10, path_rtt=60_000, path_delivery=WHOLE)
    assert used(router) == "a"
    router.run(16)
    assert used(router) == "a"
    router.run(30)
    assert used(router) == "b"


# --- changes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "delivery", "is_told"),
    [
        (100_000, WHOLE, False),
        (159_999, WHOLE, False),
        (160_000, WHOLE, True),
        (40_000, WHOLE, True),
        (100_000, 40_000, True),
        (None, WHOLE, True),
        (100_000, None, True),
    ],
)
def test_a_path_that_changes_by_half_is_told_soon(
    path: int | None, delivery: int | None, is_told: bool
) -> None:
    """With the link of 20 ms the path was 120 ms."""
    router, peer, _ = measuring()
    peer.announce(price=10, path_rtt=100_000, path_delivery=WHOLE)
    router.run(3)
    router.mark()
    peer.announce(price=10, path_rtt=path, path_delivery=delivery)
    router.run(2)
    assert (len(router.updates(interface="c")) > 0) == is_told


def test_forgetting_our_link_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests above decide through the kernels that the router uses."""
    monkeypatch.setattr(path_quality, "onward", lambda path, _link: path)
    with pytest.raises(AssertionError):
        test_our_link_is_added_to_the_path()
    with pytest.raises(AssertionError):
        test_our_own_link_counts_and_so_do_losses()
    monkeypatch.setattr(path_quality, "verifiable", lambda path: path.rtt)
    with pytest.raises(AssertionError):
        test_leaving_a_number_out_gains_nothing("path_delivery")
    monkeypatch.setattr(path_quality, "is_noticeable", lambda *_: False)
    with pytest.raises(AssertionError):
        test_a_link_that_begins_to_lose_moves_its_routes_without_an_update()
    monkeypatch.setattr(path_quality, "is_significant", lambda *_: False)
    with pytest.raises(AssertionError):
        test_a_path_that_changes_by_half_is_told_soon(40_000, WHOLE, True)


def test_a_link_without_new_timestamps_is_not_known_for_ever() -> None:
    router, peer, _ = measuring()
    peer.announce(price=1, path_rtt=5_000, path_delivery=WHOLE)
    router.run(12)
    assert told(router)[0] == 25_000
    peer.rtt = None
    for after in range(0, 200, 20):
        peer.announce(price=1, path_rtt=5_000, path_delivery=WHOLE)
        router.run(20)
        expected = {25_000} if after + 20 <= 170 else {25_000, None}
        assert told(router)[0] in expected
    assert told(router)[0] is None
    peer.rtt = 20_000
    router.run(20)
    assert told(router)[0] == 25_000
