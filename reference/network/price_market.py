# SPDX-License-Identifier: MIT
"""Nodes that set their prices by strategies: when they are asked, what they see, and what came of it.

A node sees what a router sees: its own load, and what its neighbours ask.  Nobody is told more.
"""

from collections.abc import Mapping

from attrs import define, field

from ..payments.money import Octets
from ..routing import market
from ..routing.messages import Microseconds, Prefix, Price
from ..routing.price_bounds import THOUSAND
from ..routing.price_setter import PriceSetter
from ..routing.router import Router
from . import changing
from .changes import ChangePrice
from .identity import NodeName
from .node import Node
from .price_plan import PricePlan
from .quality import MILLION
from .state import NetworkState


@define
class Seller:
    """One node that sets its price, as long as its router runs."""

    plan: PricePlan
    router: Router
    setter: PriceSetter
    looked_at: Microseconds
    forwarded: Octets
    """Octets of others by then."""


@define
class PriceMarket:
    """All that set their prices, and the prices of everybody."""

    sellers: dict[NodeName, Seller] = field(factory=dict)
    asked: dict[NodeName, list[tuple[Microseconds, Price]]] = field(factory=dict)
    """By node: what it asks for passing data on, and from when on."""

    @property
    def moving(self) -> dict[NodeName, list[tuple[Microseconds, Price]]]:
        """Those whose price has changed, or might have."""
        return {
            name: prices for name, prices in self.asked.items() if len(prices) > 1 or name in self.sellers
        }


def tick(
    known: PriceMarket, network: NetworkState, forwarded: Mapping[NodeName, Octets], begins: Microseconds
) -> None:
    """Ask every strategy whose interval is over, and put down what everybody asks now.

    Args:
        known: what has been seen so far.
        network: whose nodes sell.
        forwarded: octets of others that each node has passed on since the beginning.
        begins: before this time there is no traffic, and nothing to be learned from its load.

    Requirement: STRAT-RATE-02
    """
    if network.now >= begins:
        for name in tuple(network.nodes):
            _look_at(known, network, network.nodes[name], forwarded.get(name, 0))
    for name, node in network.nodes.items():
        _put_down(known, name, network.now, node.router.state.price)


def _look_at(known: PriceMarket, network: NetworkState, node: Node, forwarded: Octets) -> None:
    plan = node.spec.strategy
    if plan is None:
        return
    seller = known.sellers.get(node.name)
    if seller is None or seller.router is not node.router:
        # A router that has just started asks what its operator has written down, and has seen nothing.
        setter = PriceSetter(plan.strategy(), node.router.state.price)
        known.sellers[node.name] = Seller(plan, node.router, setter, network.now, forwarded)
        return
    since = network.now - seller.looked_at
    if since < seller.setter.interval:
        return
    load = utilisation(plan, forwarded - seller.forwarded, since)
    seen = market.observation(node.router.state, _destination(network, plan), load)
    seller.looked_at, seller.forwarded = network.now, forwarded
    told = seller.setter.decide(seen, network.now)
    if told is not None:
        changing.carry_out(network, ChangePrice(node.name, told.price))


def utilisation(plan: PricePlan, octets: Octets, since: Microseconds) -> int:
    """Thousandths of the capacity that were in use; 0 where no capacity is given.

    Requirement: STRAT-DEMAND-01
    """
    return THOUSAND * octets * MILLION // (plan.capacity * since) if plan.capacity else 0


def _destination(network: NetworkState, plan: PricePlan) -> Prefix | None:
    node = network.nodes.get(plan.destination)
    return None if node is None else node.prefix


def _put_down(known: PriceMarket, name: NodeName, now: Microseconds, price: Price) -> None:
    prices = known.asked.setdefault(name, [])
    if not prices or prices[-1][1] != price:
        prices.append((now, price))
