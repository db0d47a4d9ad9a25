# SPDX-License-Identifier: GPL-2.0-only
"""A liar, a thief, and nobody but the honest, in whole networks with data: who keeps the traffic?

A user sends through a tunnel to an exit, over one of three relays.  The links have delays of their own; each
packet's delay is uniform within 30 % of that, and it is lost with the link's loss, both independent of every
other packet.  User and exit verify the routes that they
use, each on its own, by probes that ride on the data.  Nothing is told to the routers but what the wire says.
"""

from fractions import Fraction

from attrs import evolve, field, frozen

from althea_spec.reference.network.changes import Misbehave
from althea_spec.reference.network.identity import NodeName
from althea_spec.reference.network.misbehaviour import HONEST as HONEST_BEHAVIOUR
from althea_spec.reference.network.misbehaviour import Misbehaviour
from althea_spec.reference.network.network import Network
from althea_spec.reference.network.quality import LinkQuality
from althea_spec.reference.network.role import Role
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import PLAIN_ROUTER, QUICK, FlowSpec, LinkSpec, NodeSpec
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.verification_config import VerificationConfig

SECOND = 1_000_000
JITTER = Fraction(3, 10)
CYCLE = 12 * SECOND
WARM_UP = 120 * SECOND
"""Until the links know their delivery, and everybody the paths."""

VERIFICATION = VerificationConfig(
    cycle=CYCLE,
    memory=60 * SECOND,
    probes=128,
    probe_interval=60_000,
    answer_patience=SECOND,
    longest_measurement=40 * SECOND,
    lost_after=32,
    banishment=600 * SECOND,
    shortest_correction=100 * SECOND,
)
"""A measurement takes some 8 s of a cycle of 12 s, on less probes than the defaults have."""
ROUTER = evolve(
    PLAIN_ROUTER,
    profile=Profile.ALTHEA,
    price=10,
    select_by_path_rtt=True,
    verification=VERIFICATION,
)
INTERFACE = evolve(QUICK, rtt=True)


def quality(delay: int, loss: int = 0) -> LinkQuality:
    """A link with that mean delay in microseconds, uniform within 30 %, and that loss in millionths."""
    return LinkQuality(int(delay * (1 - JITTER)), int(delay * (1 + JITTER)), loss=loss)


@frozen
class Experiment:
    """Who misbehaves how, over links of which quality."""

    relay_delays: dict[NodeName, int] = field(
        factory=lambda: {"bad": 20_000, "good": 24_000, "other": 40_000}
    )
    """From each relay to the exit, in microseconds; from the user to each relay it is a quarter of that."""
    misbehaviour: Misbehaviour = HONEST_BEHAVIOUR
    loss: int = 0
    """Of every link, in millionths."""
    cycles: int = 30
    hello_interval: int = 100
    """Centiseconds."""
    pace: int = 1
    """So many times as much data, and as many probes in a measurement, as otherwise."""
    judged: tuple[tuple[NodeName, NodeName], ...] = (("user", "exit"), ("exit", "user"))
    """The routes that it is to lose: from whom, to whom."""


LIAR = Experiment(
    {"bad": 36_000, "good": 24_000, "other": 30_000},
    Misbehaviour(path_divisor=3),
    judged=(("user", "exit"),),
)
"""Its true path is 1.5 times as long as the best one; it says a third of what it is from itself on.

On the way out that makes 42 ms of 90, with the user's own link: less than half.  On the way back most of the
path is the exit's own link, and what is left to lie about makes 78 of 90, which is tolerated; the exit
measures the relay now and then, and moves the data there for it, as with any other.
"""
THIEF = Experiment({"bad": 20_000, "good": 24_000, "other": 40_000}, Misbehaviour(drop=300_000))
"""Its path is the best, and it throws away 30 % of the data."""
MILD = Experiment(loss=50_000, hello_interval=25)
"""Nobody misbehaves, and every link loses 5 %."""
HONEST = Experiment(loss=200_000, hello_interval=25, pace=8)
"""Nobody misbehaves, and every link loses 20 %: it takes 330 Hellos to know that, and 1024 probes to verify
it, as many as the defaults have.  With 128 an honest relay is removed now and then."""


def scenario(experiment: Experiment, seed: int) -> Scenario:
    """A user, three relays side by side, an exit."""
    pace = experiment.pace
    verification = evolve(
        VERIFICATION,
        probes=VERIFICATION.probes * pace,
        probe_interval=VERIFICATION.probe_interval // pace,
    )
    router = evolve(ROUTER, verification=verification)
    nodes = [
        NodeSpec("user", {Role.USER}, router),
        *(NodeSpec(name, {Role.RELAY}, router) for name in experiment.relay_delays),
        NodeSpec("exit", {Role.EXIT}, router),
    ]
    links = []
    interface = evolve(INTERFACE, hello_interval=experiment.hello_interval)
    for name, delay in experiment.relay_delays.items():
        near, far = quality(delay // 4, experiment.loss), quality(delay, experiment.loss)
        links.append(LinkSpec(f"user-{name}", ("user", name), interface, near))
        links.append(LinkSpec(f"{name}-exit", (name, "exit"), interface, far))
    return Scenario(seed, nodes, links, [FlowSpec("user", ("exit",), interval=25_000 // pace)])


@frozen
class Outcome:
    """What became of the traffic."""

    attracted: bool
    """Whether the bad relay was on a judged route at all."""
    lost_after: int | None
    """Cycles until it was on no judged route any more, to the end; ``None``: it still was."""
    removed: tuple[str, ...]
    """Neighbours that the user or the exit did not trust, at the end of any cycle, for any destination."""
    measured: int
    """Routes that the user and the exit had measured in the end."""


def play(experiment: Experiment, seed: int) -> Outcome:
    """Let a network settle, turn one relay bad, and look every second over whom the data goes."""
    network = Network(scenario(experiment, seed))
    network.run(WARM_UP)
    network.apply(Misbehave("bad", experiment.misbehaviour))
    in_use: list[bool] = []
    removed: dict[str, None] = {}
    for _ in range(experiment.cycles):
        seen = False
        for _ in range(CYCLE // SECOND):
            network.run(SECOND)
            seen |= any("bad" in network.path(*ends) for ends in experiment.judged)
        in_use.append(seen)
        removed |= dict.fromkeys(removed_by_ends(network))
    lost_after = next((cycle for cycle in range(len(in_use)) if not any(in_use[cycle:])), None)
    return Outcome(any(in_use), lost_after, tuple(removed), measured(network))


def removed_by_ends(network: Network) -> list[str]:
    """The neighbours that the user or the exit does not trust at this moment."""
    found: list[str] = []
    for end in ("user", "exit"):
        node = network.node(end)
        verification = node.router.state.verification
        keys = set(verification.removed) | {
            key
            for key, standings in verification.standings.items()
            if any(standing.is_removed for standing in standings.values())
        }
        found += [f"{node.links[key.interface].owner(key.address)} by {end}" for key in keys]
    return sorted(found)


def measured(network: Network) -> int:
    """Routes that have been measured at least once."""
    return sum(len(network.node(end).router.state.verification.results) for end in ("user", "exit"))
