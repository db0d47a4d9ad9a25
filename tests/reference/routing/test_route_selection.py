# SPDX-License-Identifier: GPL-2.0-only
"""Which route is used, and when that changes."""

from althea_spec.reference.routing.messages import Update

from .machine import OTHER_ORIGIN, PREFIX, machine


def test_the_better_route_wins_and_the_other_takes_over() -> None:
    router = machine()
    worse, better = router.peer("a", 2), router.peer("b", 3)
    worse.announce(metric=500)
    better.announce(metric=100)
    assert router.forwarding[PREFIX] == ("b", better.address)
    better.retract()
    assert router.forwarding[PREFIX] == ("a", worse.address)


def test_a_newer_seqno_is_no_reason_to_switch() -> None:
    router = machine()
    better, newer = router.peer("a", 2), router.peer("b", 3)
    better.announce(metric=100, seqno=10)
    newer.announce(metric=101, seqno=11)
    assert router.forwarding[PREFIX] == ("a", better.address)


def test_an_unfeasible_route_is_never_used_until_a_newer_seqno() -> None:
    router = machine()
    first, second = router.peer("a", 2), router.peer("b", 3)
    first.announce(metric=100)
    router.run(1)  # 196 has been announced
    second.announce(metric=196)
    first.retract()
    assert router.forwarding[PREFIX] is None
    second.announce(metric=196, seqno=11)
    assert router.forwarding[PREFIX] == ("b", second.address)


def test_the_distance_is_that_of_one_router_id() -> None:
    router = machine()
    first, second = router.peer("a", 2), router.peer("b", 3)
    first.announce(metric=100)
    router.run(1)
    second.announce(metric=5_000, router_id=OTHER_ORIGIN)
    first.retract()
    assert router.forwarding[PREFIX] == ("b", second.address)


def test_a_dearer_link_does_not_make_the_selected_route_unfeasible() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.announce(metric=100)
    router.run(1)
    peer.hello(rxcost=20_000)
    assert router.forwarding[PREFIX] == ("a", peer.address)


def test_hysteresis_holds_back_a_route_until_its_smoothed_metric_is_better() -> None:
    router = machine()
    steady, jumping = router.peer("a", 2), router.peer("b", 3)
    steady.announce(metric=200)
    jumping.announce(metric=900)
    router.run(1)
    jumping.announce(metric=100)
    assert router.forwarding[PREFIX] == ("a", steady.address)
    router.run(16)
    assert router.forwarding[PREFIX] == ("a", steady.address)
    router.run(24)
    assert router.forwarding[PREFIX] == ("b", jumping.address)


def test_without_hysteresis_the_smaller_metric_is_used_at_once() -> None:
    router = machine(hysteresis=False)
    steady, jumping = router.peer("a", 2), router.peer("b", 3)
    steady.announce(metric=200)
    jumping.announce(metric=900)
    jumping.announce(metric=100)
    assert router.forwarding[PREFIX] == ("b", jumping.address)


def test_metrics_that_take_turns_cause_no_switch() -> None:
    router = machine()
    one, other = router.peer("a", 2), router.peer("b", 3)
    one.announce(metric=105)
    other.announce(metric=110)
    router.mark()
    for turn in range(10):
        router.run(2)
        one.announce(metric=105)
        other.announce(metric=100 if turn % 2 == 0 else 110)
    assert router.forwarding[PREFIX] == ("a", one.address)


def test_an_old_distance_is_forgotten_and_the_route_becomes_usable() -> None:
    """Nothing finite is announced for three minutes, and the unfeasible route goes on being announced."""
    router = machine(minimum_hold=0)
    first, second = router.peer("a", 2), router.peer("b", 3)
    first.announce(metric=0)
    router.run(1)
    first.retract()
    for _ in range(11):
        second.announce(metric=400)
        router.run(16)
        assert router.forwarding.get(PREFIX) is None
    second.announce(metric=400)
    router.run(10)
    assert router.forwarding[PREFIX] == ("b", second.address)
    assert any(isinstance(one.message, Update) for one in router.sent)
