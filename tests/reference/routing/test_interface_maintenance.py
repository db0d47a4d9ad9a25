# SPDX-License-Identifier: GPL-2.0-only
"""Interfaces and the router as they start, change and stop."""

from ipaddress import IPv6Address

import pytest
from attrs import evolve

from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.events import (
    InterfaceDown,
    InterfaceUp,
    Originate,
    RemoveRoute,
    SendDatagram,
    Shutdown,
    TimersDue,
)
from althea_spec.reference.routing.messages import IHU, Hello, RouteRequest, Update, WildcardRetraction

from .machine import OWN_PREFIX, PREFIX, WIRED, machine


def test_a_start_retracts_asks_and_announces() -> None:
    router = machine(up=False, originates=(OWN_PREFIX,))
    router.step(InterfaceUp("a", IPv6Address("fe80::1"), None))
    router.run(0.2)
    kinds = [type(one.message) for one in router.sent]
    assert {Hello, WildcardRetraction, RouteRequest, Update} == set(kinds)
    assert kinds.index(WildcardRetraction) < kinds.index(Update)
    assert router.messages(RouteRequest) == [RouteRequest(None)]
    assert router.messages(Hello)[0].interval == 400


def test_an_unknown_interface_is_refused_in_one_line() -> None:
    router = machine()
    with pytest.raises(ValueError, match=r"interface: expected one of the configured ones \(a, b\), got 'x'"):
        router.step(InterfaceUp("x", IPv6Address("fe80::1"), None))


def test_what_was_behind_an_interface_goes_with_it() -> None:
    router = machine()
    peer, other = router.peer("a", 2), router.peer("b", 3)
    peer.announce()
    router.run(1)
    router.step(InterfaceDown("a"))
    assert router.router.state.neighbours.get(peer.key) is None
    assert router.forwarding[PREFIX] is None
    router.peers.remove(peer)
    router.mark()
    router.run(20)
    assert {one.interface for one in router.sent} == {"b"}
    assert router.updates()[0].metric == 65535
    router.step(InterfaceDown("a"))
    assert other.neighbour.cost == 96


def test_an_interface_that_comes_up_again_starts_anew() -> None:
    router = machine()
    peer = router.peer("a", 2)
    router.step(InterfaceUp("a", IPv6Address("fe80::77"), None))
    assert router.router.state.neighbours.get(peer.key) is None
    router.run(1)
    assert WildcardRetraction(1600) in router.messages(WildcardRetraction, "a")
    own = router.router.state.interfaces["a"].own_addresses
    assert own == (IPv6Address("fe80::77"),)


def test_a_longer_interval_is_told_at_once_with_ihus() -> None:
    router = machine()
    router.peer("a", 2)
    router.run(60)
    router.mark()
    longer = InterfaceConfig(hello_interval=1000)
    router.carry_out(router.router.reconfigure("a", longer, router.now))
    router.run(0.3)
    assert router.messages(Hello, "a")[0].interval == 1000
    assert router.messages(IHU, "a")[0].interval == 3000
    router.carry_out(router.router.reconfigure("nowhere", longer, router.now))
    with pytest.raises(ValueError, match="now: expected at least"):
        router.router.reconfigure("a", longer, router.now - 1)


def test_a_new_nominal_cost_is_told_at_once() -> None:
    router = machine()
    peer = router.peer("a", 2)
    router.carry_out(router.router.reconfigure("a", evolve(WIRED, rxcost=200), router.now))
    router.run(0.3)
    assert peer.neighbour.rxcost == 200
    assert router.messages(IHU, "a")[-1].rxcost == 200


def test_a_shutdown_retracts_everything_twice_and_then_nothing_happens_any_more() -> None:
    router = machine(originates=(OWN_PREFIX,))
    peer = router.peer("a", 2)
    peer.announce()
    router.run(1)
    router.mark()
    effects = router.router.step(Shutdown(), router.now)
    assert {one.interface for one in effects if isinstance(one, SendDatagram)} == {"a", "b"}
    assert RemoveRoute(PREFIX) in effects
    router.carry_out(effects)
    router.run(1)
    for name in "ab":
        assert router.messages(WildcardRetraction, name) == [WildcardRetraction(1600)] * 2
    router.mark()
    peer.announce()
    router.step(Originate(PREFIX))
    router.step(TimersDue())
    router.carry_out(router.router.reconfigure("a", WIRED, router.now))
    router.run(60)
    assert router.sent == []
    assert router.forwarding == {}
    assert router.router.next_deadline() is None
