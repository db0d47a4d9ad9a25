# SPDX-License-Identifier: GPL-2.0-only
"""Data packets: each has one fate, and the hop limit is what ends a circle."""

from althea_spec.reference.network import data_plane
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.packet import HOP_LIMIT, Fate
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import PLAIN_ROUTER, LinkSpec, NodeSpec
from althea_spec.reference.routing.events import InstallRoute

SECOND = 1_000_000
NODES = [NodeSpec(name, router=PLAIN_ROUTER) for name in "abc"]
CHAIN = Scenario(1, NODES, [LinkSpec("ab", ("a", "b")), LinkSpec("bc", ("b", "c"))])


def fates(network: Network) -> dict[Fate, int]:
    """Those that occurred, of packets from a to c."""
    return {fate: number for fate, number in data_plane.fates_of(network.state, "a", "c").items() if number}


def sent(network: Network) -> Network:
    data_plane.send(network.state, network.node("a"), network.node("c"), wants_answer=False)
    network.run(SECOND)
    return network


def test_before_there_is_a_route_nothing_goes() -> None:
    """Given routers that have just started, then a packet is unreachable."""
    assert fates(sent(Network(CHAIN))) == {Fate.UNREACHABLE: 1}


def test_a_packet_arrives_by_the_tables() -> None:
    """Given settled routes, then it arrives, and the relay has forwarded one packet."""
    network = Network(CHAIN)
    network.run(20 * SECOND)
    assert fates(sent(network)) == {Fate.DELIVERED: 1}
    assert network.node("b").forwarded == 1


def test_a_circle_ends_with_the_hop_limit() -> None:
    """Given tables that send a packet back and forth, then it exceeds its hop limit after all its hops."""
    network = Network(CHAIN)
    network.run(20 * SECOND)
    back = network.state.links["ab"].ends["a"]
    destination = network.node("c").prefix
    network.node("b").table.carry_out(InstallRoute(destination, "ab", back))
    before = network.node("a").forwarded + network.node("b").forwarded
    assert fates(sent(network)) == {Fate.EXCEEDED: 1}
    assert network.node("a").forwarded + network.node("b").forwarded - before == HOP_LIMIT - 1


def test_a_cut_link_loses_what_is_on_its_way() -> None:
    """Given a link that is cut behind the first hop, then the packet is lost there."""
    network = Network(CHAIN)
    network.run(20 * SECOND)
    network.state.links["bc"].is_cut = True
    assert fates(sent(network)) == {Fate.LOST: 1}
