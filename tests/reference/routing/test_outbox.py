# SPDX-License-Identifier: GPL-2.0-only
"""How much may wait, and for how long."""

from ipaddress import ip_address

from althea_spec.reference.routing import outbox
from althea_spec.reference.routing.config import Limits
from althea_spec.reference.routing.events import DatagramReceived, TimersDue
from althea_spec.reference.routing.messages import Acknowledgment, AcknowledgmentRequest, RouteRequest, Update
from althea_spec.reference.routing.output_queue import SayHello, SayUpdate
from althea_spec.reference.routing.packet_builder import build_packets
from althea_spec.reference.routing.timer_keys import PacketDue

from .machine import GROUP, PREFIX, SECOND, machine, prefixes


def test_each_way_in_has_its_limit() -> None:
    router = machine()
    router.step(TimersDue())
    state = router.router.state
    interface = state.interfaces["a"]
    outbox.put_ordinary(state, interface, None, SayUpdate(PREFIX))
    due = state.timers.deadline(PacketDue("a"))
    assert due is not None
    assert due - state.now <= SECOND
    outbox.put_urgent(state, interface, None, SayHello())
    due = state.timers.deadline(PacketDue("a"))
    assert due is not None
    assert due - state.now <= 100_000
    outbox.put_now(state, interface, None, SayHello())
    assert state.timers.deadline(PacketDue("a")) == state.now
    interface.queues.clear()
    outbox.schedule(state, interface)
    assert state.timers.deadline(PacketDue("a")) is None


def test_a_neighbour_that_asks_too_much_gets_no_more_than_fits() -> None:
    router = machine(limits=Limits(queued=10))
    peer = router.peer("a", 2)
    router.run(3)
    router.mark()
    peer.say(*(RouteRequest(one) for one in prefixes(100)))
    router.run(3)
    assert len(router.messages(Update)) == 10


def test_strangers_share_a_bounded_number_of_queues() -> None:
    router = machine(limits=Limits(neighbours=5))
    (payload,) = build_packets([AcknowledgmentRequest(1, 100)], maximum_payload=512, source_ipv4=None)
    for number in range(100):
        source = ip_address(f"fe80::9:{number:x}")
        router.step(DatagramReceived("a", source, 6696, GROUP, payload))
    assert len(router.router.state.interfaces["a"].queues) <= 7
    router.run(1)
    assert 5 <= len(router.messages(Acknowledgment)) <= 7
