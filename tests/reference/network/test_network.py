# SPDX-License-Identifier: GPL-2.0-only
"""The network as a machine: everything that can be applied to it does what it says, and runs repeat."""

from itertools import pairwise

import pytest
from attrs import evolve

from althea_spec.reference.network import control_plane
from althea_spec.reference.network.changes import (
    Announce,
    Attach,
    Change,
    ChangeCost,
    ChangePrice,
    ChangeQuality,
    ChangeWeight,
    Cut,
    Detach,
    Heal,
    Join,
    Leave,
    Misbehave,
    Planned,
    Restart,
    Retract,
)
from althea_spec.reference.network.forwarding_table import Line
from althea_spec.reference.network.identity import link_local
from althea_spec.reference.network.misbehaviour import Misbehaviour
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.packet import Fate
from althea_spec.reference.network.quality import MILLION, LinkQuality
from althea_spec.reference.network.role import Role
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import PLAIN_ROUTER, QUICK, FlowSpec, LinkSpec, NodeSpec
from althea_spec.reference.routing.events import SendThroughTunnel, TimersDue
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.profile import Profile

SECOND = 1_000_000
PRICED = evolve(PLAIN_ROUTER, profile=Profile.ALTHEA, price=5)
GONE = LinkQuality(loss=MILLION)


def chain(*names: str, flows: tuple[FlowSpec, ...] = (), **changed: object) -> Scenario:
    """Nodes in a row; the first is a user, the last an exit, the others relays."""
    roles = [Role.USER, *[Role.RELAY] * (len(names) - 2), Role.EXIT]
    nodes = [NodeSpec(name, {role}, PRICED) for name, role in zip(names, roles, strict=True)]
    links = [LinkSpec(a + b, (a, b)) for a, b in pairwise(names)]
    return evolve(Scenario(1, nodes, links, flows), **changed)


def settled(plan: Scenario, *changes: Change, seconds: int = 30) -> Network:
    network = Network(plan)
    network.run(20 * SECOND)
    for change in changes:
        network.apply(change)
    network.run(seconds * SECOND)
    return network


def test_a_run_repeats_exactly() -> None:
    """Given the same scenario twice, then every packet and every table is the same; another seed differs."""

    def outcome(seed: int) -> tuple[int, int, str, object]:
        rough = LinkQuality(200, 50_000, loss=100_000, duplication=100_000)
        plan = chain("u", "r", "s", "x", flows=(FlowSpec("u", ("x",)),), seed=seed)
        plan = evolve(plan, links=[evolve(link, quality=rough) for link in plan.links])
        network = settled(plan, Restart("r"))
        tables = {name: repr(node.table.lines()) for name, node in network.state.nodes.items()}
        return network.state.steps, network.state.babel_packets, repr(tables), network.state.fates

    assert outcome(3) == outcome(3)
    assert outcome(3)[:2] != outcome(4)[:2]


def test_data_does_not_change_the_chances_of_routing() -> None:
    """Given the same network with and without data, then every Babel packet meets the same fate."""
    plan = evolve(chain("u", "r", "x"), links=[LinkSpec("ur", ("u", "r")), LinkSpec("rx", ("r", "x"))])
    plain = [evolve(node, router=PLAIN_ROUTER) for node in plan.nodes]
    without = settled(evolve(plan, nodes=plain))
    with_data = settled(evolve(plan, nodes=plain, flows=[FlowSpec("u", ("x",))]))
    assert with_data.state.babel_packets == without.state.babel_packets
    assert with_data.fates("u", "x")[Fate.DELIVERED] > 100


def test_time_does_not_run_backwards() -> None:
    """Given a negative duration, then one line refuses it."""
    with pytest.raises(ValueError, match="duration: expected at least 0 microseconds, got -1"):
        Network(chain("u", "r", "x")).run(-1)


def test_cut_and_heal_detach_and_attach() -> None:
    """Given a link that is cut, or a member that is cut off, then the route goes, and comes back."""
    for off, on in ((Cut("rx"), Heal("rx")), (Detach("rx", "r"), Attach("rx", "r"))):
        network = settled(chain("u", "r", "x"), off)
        assert network.path("u", "x") == ("u",)
        network.apply(on)
        network.run(30 * SECOND)
        assert network.path("u", "x") == ("u", "r", "x")


def test_a_link_that_loses_all_is_as_good_as_cut() -> None:
    """Given a quality that loses everything, then the route goes."""
    assert settled(chain("u", "r", "x"), ChangeQuality("rx", GONE)).path("u", "x") == ("u",)


def test_costs_prices_and_weights_change() -> None:
    """Given two ways, then cost, price and weight each move the route."""
    plan = chain("u", "r", "x")
    plan = evolve(
        plan,
        nodes=[*plan.nodes, NodeSpec("s", router=PRICED)],
        links=[*plan.links, LinkSpec("us", ("u", "s")), LinkSpec("sx", ("s", "x"))],
    )
    network = settled(plan, ChangeCost("rx", "x", 500))
    assert network.path("u", "x") == ("u", "s", "x")
    network.apply(ChangePrice("s", 4000))
    network.run(30 * SECOND)
    assert network.path("u", "x") == ("u", "r", "x")
    network.apply(ChangeWeight("u", Weight(20)))
    network.run(30 * SECOND)
    assert network.path("u", "x") == ("u", "s", "x")


def test_nodes_come_and_go() -> None:
    """Given a node that joins between two others, then they reach it; it leaves, silently or not."""
    for says_so in (True, False):
        links = (LinkSpec("nu", ("n", "u")), LinkSpec("nx", ("n", "x")))
        network = settled(chain("u", "r", "x"), Join(NodeSpec("n", router=PRICED), links))
        assert network.path("u", "n") == ("u", "n")
        network.apply(Leave("n", says_so))
        network.run(SECOND)
        assert (network.path("u", "x") == ("u", "r", "x")) or not says_so
        network.run(30 * SECOND)
        assert network.path("u", "x") == ("u", "r", "x")
        network.apply(Restart("n"))
    with pytest.raises(ValueError, match="name: expected a new name for a node, got 'r'"):
        network.apply(Join(NodeSpec("r"), ()))


def test_a_restarted_router_has_forgotten_everything_and_learns_it_again() -> None:
    """Given a restart, then its tables are empty, its seqno is another, and it finds its routes again."""
    network = settled(chain("u", "r", "x"))
    before = network.node("r").router
    network.apply(Restart("r"))
    assert network.node("r").router is not before
    assert len(network.node("r").table) == 0
    network.run(30 * SECOND)
    assert network.path("r", "x") == ("r", "x")


def test_a_planned_change_happens_at_its_time() -> None:
    """Given a cut planned for 25 s, then the link carries until then, and no longer."""
    network = Network(evolve(chain("u", "r", "x"), changes=[Planned(25 * SECOND, Cut("rx"))]))
    network.run(25 * SECOND - 1)
    assert not network.state.links["rx"].is_cut
    network.run(1)
    assert network.state.links["rx"].is_cut
    assert network.now == 25 * SECOND


def test_packets_may_keep_their_order() -> None:
    """Given delays up to 100 ms, then packets overtake each other unless the link keeps them in order."""

    def overtaken(in_order: bool) -> int:
        network = Network(chain("u", "r", "x"))
        network.run(10 * SECOND)
        link = network.state.links["ur"]
        link.qualities = dict.fromkeys(link.ends, LinkQuality(0, 100_000, in_order=in_order))
        times = [
            control_plane.due_times(network.state, link, "u", "r", network.state.data_random)[0]
            for _ in range(100)
        ]
        return sum(later < earlier for earlier, later in pairwise(times))

    assert overtaken(in_order=False) > 20
    assert overtaken(in_order=True) == 0


def test_data_goes_to_the_exit_and_back_and_everything_is_accounted_for() -> None:
    """Given a flow, then packets and answers are delivered; a dropper's share and a thief's are counted."""
    flow = FlowSpec("u", ("x",), interval=10_000)
    network = settled(chain("u", "r", "x", flows=(flow,)))
    sent = sum(network.fates("u", "x").values())
    assert network.fates("u", "x")[Fate.DELIVERED] > 0.6 * sent
    assert network.node("r").forwarded > 2000
    before = network.fates("u", "x")
    network.apply(Misbehave("r", Misbehaviour(drop=300_000)))
    network.run(30 * SECOND)
    gone = {fate: network.fates("u", "x")[fate] - before[fate] for fate in Fate}
    share = gone[Fate.DROPPED] / (gone[Fate.DROPPED] + gone[Fate.DELIVERED])
    assert 0.25 < share < 0.35
    assert network.path("u", "x") == ("u", "r", "x"), "Babel's own packets all pass"


def test_a_thief_attracts_what_it_cannot_read() -> None:
    """Given a relay that announces the exit's prefix, then packets end at it, and none is delivered there."""
    network = settled(chain("u", "r", "s", "x", flows=(FlowSpec("u", ("x",)),)))
    prefix = network.node("x").prefix
    network.apply(Announce("r", prefix))
    network.run(20 * SECOND)
    before = network.fates("u", "x")
    network.run(10 * SECOND)
    after = network.fates("u", "x")
    assert after[Fate.STOLEN] - before[Fate.STOLEN] > 50
    assert after[Fate.DELIVERED] == before[Fate.DELIVERED]
    network.apply(Retract("r", prefix))
    network.run(40 * SECOND)
    assert network.path("u", "x") == ("u", "r", "s", "x")


def test_a_circle_ends_a_packet_by_its_hop_limit() -> None:
    """Given two tables that point at each other, then a packet ends there, and is counted."""
    network = settled(chain("u", "r", "s", "x", flows=(FlowSpec("u", ("x",)),)))
    r, s = network.node("r"), network.node("s")
    link = network.state.links["rs"]
    for node, other in ((r, s), (s, r)):
        line = Line("rs", link_local(other.number, link.number))
        node.table._lines[network.node("x").prefix] = line
    before = network.fates("u", "x")[Fate.EXCEEDED]
    network.run(2 * SECOND)
    assert network.fates("u", "x")[Fate.EXCEEDED] > before + 5
    assert network.path("u", "x") == ("u", "r", "s", "r")


def test_a_liar_tells_less_and_what_it_is_told() -> None:
    """Given a relay that divides metrics by 4 and asks 1, then its neighbour believes it."""
    network = settled(chain("u", "r", "x"), Misbehave("r", Misbehaviour(metric_divisor=4, price=1)))
    route = network.node("u").router.state.routes.selected(network.node("x").prefix)
    assert route is not None
    assert (route.advertised_metric, route.price) == (96 // 4, 1)


def test_who_does_not_forward_is_not_for_sale() -> None:
    """Given a user between two others, then nobody buys a way through it, where routes have prices."""
    plan = chain("u", "r", "x")
    nodes = [evolve(node, roles={Role.USER}) if node.name == "r" else node for node in plan.nodes]
    network = settled(evolve(plan, nodes=nodes))
    assert network.path("u", "x") == ("u",)
    assert network.path("u", "r") == ("u", "r")
    plain = [evolve(node, router=PLAIN_ROUTER) for node in nodes]
    assert settled(evolve(plan, nodes=plain)).path("u", "x") == ("u", "r", "x")


def test_a_tunnel_message_starts_where_its_sender_says() -> None:
    """Given two ways to an exit, then a forced first hop is taken, and the others choose as they like."""
    plan = chain("u", "r", "x")
    plan = evolve(
        plan,
        nodes=[*plan.nodes, NodeSpec("s", router=PRICED)],
        links=[
            *plan.links,
            LinkSpec("us", ("u", "s"), evolve(QUICK, rxcost=200)),
            LinkSpec("sx", ("s", "x")),
        ],
    )
    network = settled(plan)
    assert network.path("u", "x") == ("u", "r", "x")
    user, link = network.node("u"), network.state.links["us"]
    effect = SendThroughTunnel(network.node("x").prefix, "us", link.ends["s"], b"")
    control_plane.finish(network.state, user, TimersDue(), (effect,))
    before = network.node("s").forwarded
    network.run(SECOND)
    assert network.node("s").forwarded == before + 1
    assert network.fates("u", "x")[Fate.DELIVERED] == 1
