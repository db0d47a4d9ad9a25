# SPDX-License-Identifier: GPL-2.0-only
"""Both ends of a tunnel know the prices: the seller those that it said, the buyer those that it heard."""

from althea_spec.reference.network import tariffs
from althea_spec.reference.network.changes import ChangePrice, Cut, Misbehave, Renew
from althea_spec.reference.network.misbehaviour import Misbehaviour
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.tariffs import Tariff, Tariffs
from althea_spec.reference.routing.neighbours import NeighbourKey

from .economies import PRICE, SECOND, chain


def watched() -> tuple[Network, Tariffs]:
    """The chain of four once everybody knows the way to the exit."""
    watch = Tariffs()
    network = Network(chain(), [watch])
    watch.follow([network.node("exit").prefix])
    network.run(150 * SECOND)
    return network, watch


def said(network: Network, watch: Tariffs, name: str) -> int | None:
    return watch.of[name].said[network.node("exit").prefix].current


def heard(network: Network, watch: Tariffs, buyer: str, seller: str) -> int | None:
    link = next(link for link in network.state.links.values() if {buyer, seller} == set(link.ends))
    key = NeighbourKey(link.spec.name, link.ends[seller])
    return watch.of[buyer].heard[network.node("exit").prefix][key].current


def test_what_is_said_is_heard() -> None:
    """Requirement: ECO-BOOK-01"""
    network, watch = watched()
    assert [said(network, watch, name) for name in ("exit", "far", "near")] == [0, PRICE, 2 * PRICE]
    assert [heard(network, watch, a, b) for a, b in (("far", "exit"), ("near", "far"), ("user", "near"))] == [
        0,
        PRICE,
        2 * PRICE,
    ]


def test_a_price_that_changes_counts_until_its_grace_is_over() -> None:
    network, watch = watched()
    network.apply(ChangePrice("far", 5_000))
    network.run(5 * SECOND)
    history = watch.of["far"].said[network.node("exit").prefix]
    assert history.current == 5_000
    assert [one.price for one in history.formers] == [PRICE]
    assert history.formers[0].until > network.now
    assert heard(network, watch, "near", "far") == 5_000
    assert watch.of["far"].moved == PRICE - 5_000
    assert watch.of["far"].dearest == PRICE


def test_a_way_that_is_gone_is_offered_no_more() -> None:
    network, watch = watched()
    network.apply(Cut("far-exit"))
    network.run(300 * SECOND)
    assert said(network, watch, "far") is None
    assert watch.of["far"].moved == 0


def test_a_liar_has_to_be_paid_what_it_says() -> None:
    network, _ = watched()
    prefix = network.node("exit").prefix
    network.apply(Misbehave("far", Misbehaviour(price=7)))
    assert tariffs.asked_by(network.node("far"), prefix) == 7
    assert tariffs.asked_by(network.node("user"), prefix) is None


def test_another_identity_has_said_nothing() -> None:
    network, watch = watched()
    before = watch.of["far"]
    network.apply(Renew("far"))
    assert watch.of["far"].number != before.number
    assert not any(one.formers for one in watch.of["far"].said.values())
    assert isinstance(before, Tariff)
