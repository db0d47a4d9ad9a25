# SPDX-License-Identifier: GPL-2.0-only
"""A small network to which anything happens, at any time, and what holds all the same.

The machine draws a network and a pair of nodes whose route it cares about most; its actions aim at that route
more often than not.  After every event of every router the watches look.  When nothing more is to happen, the
attacks end, links stop losing packets, and the network has to find what is there to be found.
"""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from attrs import define, evolve, field
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from althea_spec.reference.network.changes import (
    Announce,
    Change,
    ChangeCost,
    ChangeQuality,
    Cut,
    Heal,
    Join,
    Leave,
    Misbehave,
    Restart,
    Retract,
)
from althea_spec.reference.network.identity import MESH, LinkName, NodeName
from althea_spec.reference.network.misbehaviour import HONEST, Misbehaviour
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.quality import LinkQuality
from althea_spec.reference.network.specs import GOOD, PLAIN_ROUTER, QUICK, LinkSpec, NodeSpec
from althea_spec.reference.network.state import Watch
from althea_spec.reference.routing.config import RouterConfig

from .plain_networks import SECOND, scenario
from .watches import Loops, Routes, assert_least, assert_none, assert_reached, assert_sums, tables

COSTS = (96, 96, 96, 96, 10, 10, 40, 40, 256, 256, 1000, 40_000)
WAITS = (0, 30_000, 300_000, SECOND, 3 * SECOND, 6 * SECOND)
"""Microseconds between two actions; a hold lasts 4 to 14 s, an Update interval 4 s."""
MOST_NODES = 8
HOLD = 14 * SECOND
"""Seven halves of the Update interval: nobody relies any longer on what was announced before."""
MARGIN = 2 * SECOND
"""For a timer that is spread, and a packet that is lost."""
SOURCE_LIFETIME = 60 * SECOND
"""A third of the default: so long does a feasibility distance outlive its router."""
QUIET = 35 * SECOND
"""Whoever has gone is missed, and whoever misses something has asked for it: nothing has ended by being
forgotten, unless a router was restarted."""
STABLE = 8 * SECOND
"""Two Update intervals without a change of any forwarding table."""
ROUGH = LinkQuality(200, 80_000, loss=100_000, duplication=50_000)
LIE = Misbehaviour(metric_divisor=4)
THIEF = Misbehaviour(drop=300_000)

aims = st.sampled_from((True, True, True, False))
waits = st.sampled_from(WAITS)
picks = st.integers(0, 63)


@define
class Tally:
    """How many examples had an action, and in how many of these it touched the asserted route."""

    examples: int = 0
    tried: Counter[str] = field(factory=Counter)
    touched: Counter[str] = field(factory=Counter)

    def add(self, tried: set[str], touched: set[str]) -> None:
        """One more example is over."""
        self.examples += 1
        self.tried.update(tried)
        self.touched.update(touched)

    def share(self, action: str) -> float:
        """Of the examples with that action, how many felt it."""
        return self.touched[action] / max(self.tried[action], 1)

    def lines(self) -> list[str]:
        return [
            f"{action:<14} in {self.tried[action]:>6} of {self.examples} examples, "
            f"touched the asserted route in {100 * self.share(action):5.1f} % of them"
            for action in sorted(self.tried)
        ]


class BrokenRuleError(AssertionError):
    """A network has broken a rule; the text begins with its name."""


class NetworkMachine(RuleBasedStateMachine):
    """Plain Babel; subclasses change how routers are configured, and what must hold."""

    tally = Tally()
    judged: frozenset[str] | None = None
    """Which rules are judged; ``None``: all."""
    router: RouterConfig = evolve(PLAIN_ROUTER, source_lifetime=SOURCE_LIFETIME)

    def __init__(self) -> None:
        super().__init__()
        self.tried: set[str] = set()
        self.touched: set[str] = set()
        self.concerned: dict[str, tuple[str, ...]] = {}
        """Nodes and links, and what was done to them."""
        self.joined = 0
        self.loops = Loops()
        self.routes = Routes()
        self.network: Network | None = None
        self.failed = False
        self.source: NodeName = ""
        self.destination: NodeName = ""

    # --- the network, and the route that is asserted ------------------------------------------------------

    @initialize(
        count=st.sampled_from((3, 3, 4, 4, 4, 5, 5, 6, 7, MOST_NODES)),
        chords=st.lists(st.tuples(picks, picks), max_size=3),
        costs=st.lists(st.sampled_from(COSTS), min_size=12, max_size=12),
        shared=st.booleans(),
        seqno=st.sampled_from((32_760, 65_500, 65_520, 65_535)),
        seed=st.integers(0, 2**32),
    )
    def start(
        self,
        count: int,
        chords: list[tuple[int, int]],
        costs: list[int],
        shared: bool,
        seqno: int,
        seed: int,
    ) -> None:
        """The first node hangs on a ring of the others, with chords across, and perhaps a shared medium.

        The second node announces the whole mesh besides: what a node forgets, it sends there.
        """
        names = [f"r{number}" for number in range(1, count + 1)]
        ends = [(a % count, b % count) for a, b in chords]
        pairs: list[tuple[NodeName, ...]] = list(pairwise(names))
        pairs += [(names[min(a, b)], names[max(a, b)]) for a, b in ends if a != b]
        if count > 3:
            pairs.append((names[1], names[-1]))
        if shared:
            pairs.append(tuple(names[-3:]))
        pairs = list(dict.fromkeys(pairs))
        plan = scenario(pairs, seed, costs=dict(zip(pairs, costs, strict=False)), router=self.router)
        self.source, self.destination = names[-1], names[0]
        self.network = Network(plan, [self.loops, self.routes, *self.watches()])
        for node in self.network.state.nodes.values():
            node.router.state.seqno = seqno
        self.network.apply(Announce(names[1], MESH))
        self.network.run(8 * SECOND)
        self.look()

    def watches(self) -> list[Watch]:
        """More to look on."""
        return []

    @property
    def net(self) -> Network:
        assert self.network is not None
        return self.network

    def judge(self, rule_name: str, check: Callable[[], None]) -> None:
        """Check one rule, if it is judged."""
        if self.judged is None or rule_name in self.judged:
            try:
                check()
            except AssertionError as error:
                self.failed = True
                raise BrokenRuleError(f"{rule_name}: {error}") from None

    def look(self) -> None:
        """What holds at every instant has held so far."""
        self.judge("no loop", lambda: assert_none(self.loops.broken))
        self.judge("feasible", lambda: assert_none(self.routes.unfeasible))
        self.judge("no wrap", lambda: assert_none(self.routes.wrapped))

    def path(self) -> tuple[NodeName, ...]:
        """The asserted route, as the forwarding tables have it."""
        return self.net.path(self.source, self.destination)

    def path_links(self) -> list[LinkName]:
        path = self.path()
        return [
            name
            for here, following in pairwise(path)
            for name, link in self.net.state.links.items()
            if here in link.ends and following in link.ends
        ]

    def pick_link(self, aimed: bool, pick: int) -> LinkName:
        links = (self.path_links() if aimed else []) or list(self.net.state.links)
        return links[pick % len(links)]

    def pick_node(self, aimed: bool, pick: int) -> NodeName:
        """A node between the two whose route is asserted, or one beside its source, if that is aimed at and
        there is one.
        """
        ends = (self.source, self.destination)
        chosen = [one for one in self.path() if one not in ends] if aimed else []
        if aimed and not chosen:
            chosen = [one for one in self.neighbours_of_source() if one not in ends]
        chosen = chosen or [one for one in self.net.state.nodes if one != self.destination]
        return chosen[pick % len(chosen)]

    def neighbours_of_source(self) -> list[NodeName]:
        links = [one for one in self.net.state.links.values() if self.source in one.ends and not one.is_cut]
        return list(dict.fromkeys(end for link in links for end in link.ends))

    def act(self, action: str, change: Change, concerned: str, wait: int) -> None:
        """Do something, let time pass, and see whether the asserted route has to do with it."""
        self.tried.add(action)
        self.concerned[concerned] = (*self.concerned.get(concerned, ()), action)
        self.see_whom_it_touches()
        self.net.apply(change)
        self.pass_time(wait)

    def pass_time(self, wait: int) -> None:
        self.net.run(wait)
        self.see_whom_it_touches()
        self.look()

    def see_whom_it_touches(self) -> None:
        """An action has touched the asserted route when that goes, or went, by what it was done to."""
        for one in (*self.path(), *self.path_links()):
            self.touched.update(self.concerned.get(one, ()))

    # --- what happens -------------------------------------------------------------------------------------

    @rule(aimed=aims, pick=picks, wait=waits)
    def cut(self, aimed: bool, pick: int, wait: int) -> None:
        """A link goes dead; nobody is told."""
        link = self.pick_link(aimed, pick)
        self.act("cut", Cut(link), link, wait)

    @rule(wait=waits)
    def cut_off(self, wait: int) -> None:
        """The destination loses all its links at once."""
        for link in tuple(self.net.node(self.destination).links):
            self.act("cut off", Cut(link), self.destination, 0)
        self.pass_time(wait)

    @precondition(lambda self: any(one.is_cut for one in self.net.state.links.values()))
    @rule(pick=picks, wait=waits)
    def heal(self, pick: int, wait: int) -> None:
        """A dead link works again."""
        links = [name for name, link in self.net.state.links.items() if link.is_cut]
        link = links[pick % len(links)]
        self.act("heal", Heal(link), link, wait)

    @rule(aimed=aims, pick=picks, cost=st.sampled_from(COSTS), wait=waits)
    def change_cost(self, aimed: bool, pick: int, cost: int, wait: int) -> None:
        """One end of a link announces another cost."""
        name = self.pick_link(aimed, pick)
        ends = list(self.net.state.links[name].ends)
        if ends:
            self.act("change cost", ChangeCost(name, ends[pick % len(ends)], cost), name, wait)

    @rule(aimed=aims, pick=picks, wait=waits)
    def roughen(self, aimed: bool, pick: int, wait: int) -> None:
        """A link begins to lose, to duplicate and to reorder."""
        link = self.pick_link(aimed, pick)
        self.act("rough link", ChangeQuality(link, ROUGH), link, wait)

    @precondition(lambda self: len(self.net.state.nodes) < MOST_NODES)
    @rule(aimed=aims, pick=picks, cost=st.sampled_from(COSTS), wait=waits)
    def join(self, aimed: bool, pick: int, cost: int, wait: int) -> None:
        """A node comes, joined to two that are there: it may be a short cut."""
        self.joined += 1
        name = f"n{self.joined}"
        ends = dict.fromkeys((self.source, self.destination if aimed else self.pick_node(aimed, pick)))
        interface = evolve(QUICK, rxcost=cost)
        links = tuple(LinkSpec(f"{name}-{end}", (name, end), interface) for end in ends)
        self.act("join", Join(NodeSpec(name, router=self.router), links), name, wait)

    @precondition(lambda self: len(self.net.state.nodes) > 3)
    @rule(aimed=aims, pick=picks, says_so=st.booleans(), wait=waits)
    def leave(self, aimed: bool, pick: int, says_so: bool, wait: int) -> None:
        """A node goes."""
        name = self.pick_node(aimed, pick)
        if name not in (self.source, self.destination):
            self.act("leave", Leave(name, says_so), name, wait)

    @rule(aimed=aims, pick=picks, wait=waits)
    def restart(self, aimed: bool, pick: int, wait: int) -> None:
        """A router forgets everything."""
        name = self.pick_node(aimed, pick)
        self.loops.lost_state_until = self.net.now + HOLD
        self.act("restart", Restart(name), name, wait)

    @rule(aimed=aims, pick=picks, by=st.integers(1, 60), wait=waits)
    def advance_seqno(self, aimed: bool, pick: int, by: int, wait: int) -> None:
        """A router announces newer seqnos than it was asked for: they go past 65535 and 32767 soon."""
        name = self.destination if aimed else self.pick_node(aimed, pick)
        state = self.net.node(name).router.state
        state.seqno = (state.seqno + by) % 65536
        self.tried.add("seqno wrap")
        if name == self.destination and state.seqno < by:
            self.touched.add("seqno wrap")
        self.pass_time(wait)

    @rule(aimed=aims, pick=picks, wait=waits)
    def lie(self, aimed: bool, pick: int, wait: int) -> None:
        """A router tells a quarter of its metrics."""
        name = self.pick_node(aimed, pick)
        if name != self.source:
            self.loops.liars.add(name)
            self.act("lie", Misbehave(name, LIE), name, wait)

    @rule(aimed=aims, pick=picks, wait=waits)
    def drop(self, aimed: bool, pick: int, wait: int) -> None:
        """A router throws away data, and no packet of Babel."""
        name = self.pick_node(aimed, pick)
        if name != self.source:
            self.act("drop", Misbehave(name, THIEF), name, wait)

    @rule(aimed=aims, pick=picks, wait=waits)
    def hijack(self, aimed: bool, pick: int, wait: int) -> None:
        """A router announces the destination's own prefix."""
        name = self.pick_node(aimed, pick)
        prefix = self.net.node(self.destination).prefix
        if name != self.source:
            self.loops.shared_prefixes.add(prefix)
            self.act("hijack", Announce(name, prefix), name, wait)

    @rule(wait=st.sampled_from(WAITS[3:]))
    def time_passes(self, wait: int) -> None:
        """Nothing else happens for a while."""
        self.pass_time(wait)

    # --- and when nothing more happens --------------------------------------------------------------------

    def end_attacks(self) -> None:
        """Links stop losing packets, thieves give back, liars have to go; what is cut stays cut.

        It is not enough that a liar stops: what it has said outlives it, for as long as it has promised.
        """
        prefix = self.net.node(self.destination).prefix
        for name in self.net.state.links:
            self.net.apply(ChangeQuality(name, GOOD))
        for name, node in tuple(self.net.state.nodes.items()):
            if node.misbehaviour.changes_updates or name in self.loops.liars:
                self.net.apply(Leave(name))
            elif name != self.destination and prefix in node.announced:
                self.net.apply(Retract(name, prefix))
            self.net.apply(Misbehave(name, HONEST))

    def teardown(self) -> None:
        """All quiet: what can be reached is reached, and nothing changes any more."""
        if self.network is None or self.failed:
            return
        self.end_attacks()
        self.wait_for_circles()
        self.pass_time(QUIET + (SOURCE_LIFETIME if "restart" in self.tried else 0))
        self.assert_quiet()
        self.judge("stable", self.assert_stable)
        self.tally.add(self.tried, self.touched)

    def wait_for_circles(self) -> None:
        """Let what circles run out, if it does."""
        end = self.net.now + self.most_for_circles()
        while self.loops.is_standing() and self.net.now < end:
            self.pass_time(SECOND)

    def assert_no_circles(self) -> None:
        """What a broken assumption has let in is over, and was soon."""
        assert not self.loops.is_standing(), "a circle stands"
        assert self.loops.longest <= self.most_for_circles(), f"stood for {self.loops.longest / SECOND} s"

    def most_for_circles(self) -> int:
        """Within which a circle ends that a broken assumption has let in.

        Nobody renews what rests on nothing, and nobody accepts it twice: so it lives for a hold at each
        router that there has ever been.
        """
        return HOLD * (self.net.state.numbered - len(self.net.state.links)) + MARGIN

    def assert_stable(self) -> None:
        """Nothing changes any more."""
        before = tables(self.net)
        self.net.run(STABLE)
        assert tables(self.net) == before, "the choice of routes is not stable"

    def assert_quiet(self) -> None:
        """What a quiet network has found."""
        self.judge("circles end", self.assert_no_circles)
        self.judge("reached", lambda: assert_reached(self.net))
        self.judge("metric is the sum", lambda: assert_sums(self.net))
        self.judge("least metric", lambda: assert_least(self.net))
