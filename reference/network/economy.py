# SPDX-License-Identifier: MIT
"""Whole economies in virtual time: a network of reference routers that carries traffic and money.

Everybody keeps accounts by the reference's own machines, and the chain is the reference's own.  Beside them
stands an audit that knows everything, and says at the end which promises were kept.
"""

from collections.abc import Callable, Iterable

from attrs import frozen

from ..payments.money import Amount
from ..routing.messages import Microseconds
from ..routing.price_agreement import DEFAULT_PRICE_UNIT
from ..routing.randomness import SplitMix
from . import (
    communities,
    community_state,
    economy_accounts,
    economy_audit,
    economy_earnings,
    economy_settling,
    economy_terms,
    economy_traffic,
    price_market,
    settlement,
)
from .changes import Renew
from .communities import Communities
from .economy_specs import EconomySpec
from .economy_state import EconomyState, update_members
from .history import History
from .network import Network
from .price_market import PriceMarket
from .promises import CommunityPromise, Finding
from .scenario import Scenario
from .settlement import Settlement
from .tariffs import Tariffs


@frozen
class NodeSummary:
    """One place at the end of a run."""

    name: str
    roles: str
    conduct: str
    forwarded_octets: int
    sold: Amount
    paid: Amount
    received: Amount
    limited: Microseconds
    blocked: Microseconds


class Economy:
    """A network with money."""

    def __init__(self, scenario: Scenario) -> None:
        """Start everything at time 0.

        Raises:
            ValueError: the scenario has no economy.
        """
        if scenario.economy is None:
            raise ValueError("economy: expected the table [economy], got a scenario without money")
        self.spec: EconomySpec = scenario.economy
        tariffs = Tariffs()
        self.network = Network(scenario, [tariffs])
        thresholds = economy_terms.thresholds_of(self.spec, DEFAULT_PRICE_UNIT.octets)
        governed = None
        if scenario.governance is not None:
            governed = community_state.founded(scenario.governance, self.spec.coin, scenario.seed)
        modules = () if governed is None else community_state.modules(governed)
        self.state = EconomyState(
            self.spec,
            self.network.state,
            tariffs,
            settlement.opened(self.spec.coin, self.spec.fee, modules),
            DEFAULT_PRICE_UNIT,
            thresholds,
            SplitMix(scenario.seed),
        )
        self.communities: Communities | None = None
        if governed is not None:
            self.state.watchlist.add(CommunityPromise)
            self.communities = communities.started(self.state, governed)
        self.market = PriceMarket()
        self._next_sample: Microseconds = 0
        self._renewed: dict[str, Microseconds] = {}

    @property
    def now(self) -> Microseconds:
        return self.network.now

    @property
    def history(self) -> History:
        return self.state.history

    @property
    def settlement(self) -> Settlement:
        return self.state.settlement

    @property
    def payments(self) -> int:
        return self.state.payments

    @property
    def carried_octets(self) -> int:
        """Of users, in both directions, that arrived."""
        return sum(one.delivered for one in self.state.tallies.values())

    def run(self, watch: Callable[[Microseconds], object] | None = None) -> None:
        """Let the whole run pass; ``watch`` is told the time after every tick."""
        while self.now < self.spec.duration:
            self.tick()
            if watch is not None:
                watch(self.now)
        self.finish()

    def tick(self) -> None:
        """One tick: routing, traffic, the chain, accounts, and the audit.

        Requirement: ECO-TIME-01
        """
        state = self.state
        self.network.run(self.spec.tick)
        self._renew()
        self._follow()
        update_members(state)
        if self.communities is not None:
            communities.before_blocks(self.communities)
        economy_settling.tick(state)
        if self.communities is not None:
            communities.after_blocks(self.communities)
        economy_traffic.run_flows(state)
        forwarded = {name: tally.forwarded for name, tally in state.tallies.items()}
        price_market.tick(self.market, state.network, forwarded, self.spec.settling)
        economy_accounts.tick(state)
        economy_audit.look_at_money(state)
        economy_audit.look_at_uses(state)
        if self.now >= self._next_sample:
            self._next_sample = self.now + self.spec.sample_interval
            self._sample()

    def finish(self) -> None:
        """The run is over: what can only be said at the end is said."""
        for member in self.state.members.values():
            economy_accounts.read(self.state, member)
        economy_earnings.look_at_earnings(self.state)
        self._sample()

    def findings(self) -> tuple[Finding, ...]:
        """How each promise fared so far."""
        return self.state.watchlist.findings()

    def summaries(self) -> tuple[NodeSummary, ...]:
        """All places."""
        return tuple(self._summary(name) for name in self.network.state.nodes)

    def _renew(self) -> None:
        """Whoever wants to be somebody else from time to time becomes that."""
        for name, node in self.network.state.nodes.items():
            every = node.conduct.renews_every
            if every is not None and self.now - self._renewed.get(name, 0) >= every:
                self._renewed[name] = self.now
                self.network.apply(Renew(name))

    def _follow(self) -> None:
        names: Iterable[str] = (
            name for flow in self.network.state.flows for name in (flow.spec.user, *flow.spec.exits)
        )
        nodes = (self.network.state.nodes.get(name) for name in dict.fromkeys(names))
        self.state.tariffs.follow(one.prefix for one in nodes if one is not None)

    def _sample(self) -> None:
        state = self.state
        earned = {name: tally.received - tally.paid for name, tally in state.tallies.items()}
        owed = {name: economy_earnings.owed_by(state, member) for name, member in state.members.items()}
        state.history.sample(self.now, earned, owed)

    def _summary(self, name: str) -> NodeSummary:
        node, tally = self.network.state.nodes[name], self.state.tally(name)
        services = self.history.services
        subjects = [one for one in services.until(self.now) if one.startswith(f"{name} at ")]
        return NodeSummary(
            name,
            ", ".join(sorted(role.value for role in node.spec.roles)),
            "cheats" if self.state.members[name].has_cheated else "honest",
            tally.forwarded,
            tally.sold // self.state.unit.octets,
            tally.paid,
            tally.received,
            sum(services.total(one, "limited", self.now) for one in subjects),
            sum(services.total(one, "blocked", self.now) for one in subjects),
        )
