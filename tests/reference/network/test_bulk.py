# SPDX-License-Identifier: GPL-2.0-only
"""Traffic in bulk takes the way that single packets take, and loses its expected share on it."""

from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.network import bulk
from althea_spec.reference.network.bulk import Batch
from althea_spec.reference.network.changes import Cut, Misbehave
from althea_spec.reference.network.identity import LinkName
from althea_spec.reference.network.misbehaviour import Misbehaviour
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.node import Node
from althea_spec.reference.network.quality import MILLION, LinkQuality
from althea_spec.reference.routing.randomness import SplitMix

from .economies import SECOND, chain

PACKETS = 10_000


class Open:
    """Nobody is held back; the hops are put down."""

    def __init__(self) -> None:
        self.hops: list[tuple[str, str, int, int]] = []
        self._sent = 0

    def leaving(self, node: Node, receiver: Node, link: LinkName, batch: Batch, packets: int) -> int:
        del node, receiver, link, batch
        self._sent = packets
        return packets

    def entering(self, node: Node, sender: Node, link: LinkName, batch: Batch, packets: int) -> int:
        del link, batch
        self.hops.append((sender.name, node.name, self._sent, packets))
        return packets


def settled(loss: int = 0) -> Network:
    network = Network(chain(quality=LinkQuality(loss=loss)))
    network.run(150 * SECOND)
    return network


def sent(network: Network, packets: int = PACKETS) -> tuple[bulk.Carried, Open]:
    toll, exit_node = Open(), network.node("exit")
    batch = Batch("user", "exit", exit_node.address, packets, 1000)
    return bulk.carry(network.state, batch, toll), toll


def test_a_batch_takes_the_path_and_loses_its_share_on_each_link() -> None:
    carried, toll = sent(settled(loss=100_000))
    assert carried.path == ("user", "near", "far", "exit")
    assert [(a, b) for a, b, _, _ in toll.hops] == [("user", "near"), ("near", "far"), ("far", "exit")]
    assert [arrived for _, _, _, arrived in toll.hops] == [9_000, 8_100, 7_290]
    assert (carried.delivered, carried.lost) == (7_290, PACKETS - 7_290)


def test_a_batch_ends_where_the_way_ends() -> None:
    network = settled()
    network.apply(Cut("far-exit"))
    carried, _ = sent(network)
    assert (carried.delivered, carried.lost, carried.path) == (0, PACKETS, ("user", "near", "far", "exit"))
    network.run(200 * SECOND)
    carried, toll = sent(network)
    assert (carried.delivered, carried.refused, toll.hops) == (0, PACKETS, [])


def test_a_bad_router_takes_what_it_drops() -> None:
    network = settled()
    network.apply(Misbehave("far", Misbehaviour(drop=250_000)))
    carried, toll = sent(network)
    assert toll.hops[1] == ("near", "far", PACKETS, PACKETS)
    assert (carried.dropped, carried.delivered) == (2_500, 7_500)


@given(st.integers(0, 10**6), st.integers(0, MILLION), st.integers(0, 2**64))
def test_a_share_is_the_expected_one_rounded_by_lot(packets: int, share: int, seed: int) -> None:
    found = bulk.share_of(packets, share, SplitMix(seed))
    assert packets * share // MILLION <= found <= -(-packets * share // MILLION)
    assert 0 <= found <= packets


def test_rounding_by_lot_has_no_favourite() -> None:
    chance = SplitMix(1)
    total = sum(bulk.share_of(1, 300_000, chance) for _ in range(10_000))
    assert 2_700 < total < 3_300  # six standard deviations
    packets = sum(bulk.packets_in(1_000, SECOND // 10, 1_250, chance) for _ in range(10_000))
    assert 630 < packets < 970
