# SPDX-License-Identifier: GPL-2.0-only
"""A small network with two communities to which anything happens: votes, fees, attackers, challenges."""

from ipaddress import IPv6Network
from itertools import pairwise

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from althea_spec.reference.dao.admission import Limits
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.registry_rules import RegistryRules
from althea_spec.reference.dao.rules import DEFAULT, Rule, Rules
from althea_spec.reference.dao.threshold import Count, Quorum, Share
from althea_spec.reference.network import community_acts as acts
from althea_spec.reference.network import community_settling, economy_accounts
from althea_spec.reference.network.changes import Change, Cut, Deposit, Heal, Leave, Misbehave, Renew, Restart
from althea_spec.reference.network.community_acts import Act, Firmware, Pose, Propose, Wish
from althea_spec.reference.network.community_specs import (
    CommunitySpec,
    GovernanceSpec,
    OrganizerSpec,
    PersonSpec,
    RegistrySpec,
)
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.economy_specs import EconomySpec
from althea_spec.reference.network.misbehaviour import Misbehaviour
from althea_spec.reference.network.promises import AnyPromise
from althea_spec.reference.network.role import Role
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import PLAIN_ROUTER, FlowSpec, LinkSpec, NodeSpec
from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.profile import Profile
from althea_spec.spec.vectors.draw import Draw

SECOND = 1_000_000
SPEC = EconomySpec(
    payment=1,
    settling=60 * SECOND,
    reading_interval=30 * SECOND,
    report_interval=60 * SECOND,
    assumed_rate=20_000,
    assumed_price=65_000,
    exit_low=60,
    exit_high=150,
)
LIMITS = Limits(refresh=20 * SECOND, admit=40 * SECOND, keep=60 * SECOND)
REGISTRY = RegistrySpec(rules=RegistryRules(500, 51, 5_000, 3_333, 100, 3, 3, 4))
INTERFACE = InterfaceConfig(hello_interval=3_000)
ROUTER = evolve(PLAIN_ROUTER, profile=Profile.ALTHEA, price=20_000, originated_price=20_000)
ROUTERS = ("n1", "n2", "n3", "n4")
"""The last one begins outside of both communities."""
ORGANIZERS = ("Ann", "Bob", "Cyd")
PEOPLE = (*ORGANIZERS, "Moe")
TOWNS = ("Village", "Village", "Village", "Inn")
QUICKLY = evolve(DEFAULT, remove_member=Rule(Count(1)), disburse=Rule(Count(1)))
BY_QUORUM = evolve(DEFAULT, change_fee=Rule(Quorum(Share(1, 3, False), Share(1, 2, True)), 3))
RULES = (DEFAULT, DEFAULT, QUICKLY, BY_QUORUM)
KINDS = (
    *("vote_in", "vote_out", "ask_fee", "spend", "fall_behind", "challenge", "attack") * 3,
    *("come_back", "restart", "stake", "change_link", "leave_town", "island") * 2,
    *("pay_or_not", "seat", "decide_by", "take_back", "give", "renew", "list_or_not", "deposit"),
    *("misbehave", "go"),
)
"""What happens next, as often as it stands there."""
AT_ONCE = 2
WAITS = (1, 2, 4, 6, 9)
"""Ticks of ten seconds; so long takes the news of a vote at the most."""


class BrokenPromiseError(AssertionError):
    """The text begins with the id of the promise."""


def scenario(seed: int) -> Scenario:
    """A ring of four with an exit in it, and a fifth beside it."""
    draw = Draw(f"{seed}")
    names = ["n1", "n2", "n3", "exit"]
    nodes = [
        NodeSpec(name, {Role.USER, Role.RELAY} if name != "exit" else {Role.EXIT}, ROUTER, wallet=wallet)
        for name, wallet in zip(
            (*names, "n4"), (5_000, 5_000, draw.choice((150, 5_000)), 20_000, 400), strict=True
        )
    ]
    pairs = [*pairwise([*names, names[0]]), ("n4", "n1"), ("n4", "n2")]
    links = [LinkSpec(a + b, (a, b), INTERFACE) for a, b in pairs]
    flows = [FlowSpec("n1", ("exit",), 60 * SECOND, upload=16_000, download=4_000)]
    people = (
        PersonSpec("Ann", "n1", 300, 2_000),
        PersonSpec("Bob", "n3", 300, 2_000),
        PersonSpec("Cyd", None, 300, 2_000),
        PersonSpec("Moe", None, 300, 2_000),
    )
    village = CommunitySpec(
        "Village",
        IPv6Network("fd00:a17e:1::/64"),
        tuple(OrganizerSpec(one) for one in ORGANIZERS),
        draw.choice(RULES),
        fee=draw.choice((1, 3, 5)),
        escrow=EscrowRules(draw.below(4), draw.choice((0, 7, 20)), draw.choice((0, 30))),
        routers=("n1", "n2", "n3", "n4", "exit"),
        members=("n1", "n2", "n3", "exit"),
        deposit=24,
        collects_every=draw.integer(2, 5),
    )
    inn = CommunitySpec(
        "Inn",
        IPv6Network("fd00:a17e:2::/64"),
        (OrganizerSpec("Moe"),),
        fee=1,
        escrow=EscrowRules(2, 0, 0),
        routers=("n4", "n1", "n2"),
        members=draw.choice(((), ("n1", "n2"), ("n4", "n1"))),
        deposit=20,
        collects_every=3,
    )
    governance = GovernanceSpec((village, inn), people, REGISTRY, LIMITS)
    return Scenario(seed, nodes, links, flows, economy=SPEC, governance=governance)


class CommunityNetworkMachine(RuleBasedStateMachine):
    """Whatever people and routers do, money adds up at every block, and links follow in time."""

    judged: AnyPromise | None = None
    """Which promise is judged; ``None``: all."""
    examples = 0

    def __init__(self) -> None:
        super().__init__()
        self.economy: Economy | None = None
        self.failed = False
        self.seed, self.steps = 0, 0

    @initialize(seed=st.integers(0, 2**32 - 1))
    def start(self, seed: int) -> None:
        self.seed = seed
        self.economy = Economy(scenario(seed))
        self.do(acts.ListSubnet("Ann", "Village", 500))
        if Draw(f"{seed}/inn").truth():
            self.do(acts.ListSubnet("Moe", "Inn", 500))
        self.pass_time(6)

    @property
    def run(self) -> Economy:
        assert self.economy is not None
        return self.economy

    def do(self, *wanted: Act) -> None:
        found = self.run.communities
        assert found is not None
        for act in wanted:
            community_settling.want(found.economy, found.state, act)

    def apply(self, change: Change) -> None:
        self.run.network.apply(change)

    def pass_time(self, ticks: int) -> None:
        for _ in range(ticks):
            self.run.tick()
        self.look()

    def look(self) -> None:
        for finding in self.run.findings():
            if not finding.is_kept and self.judged in (None, finding.promise):
                self.failed = True
                raise BrokenPromiseError(f"{finding.promise.value}: {finding}")

    @rule(seed=st.integers(0, 2**32 - 1))
    def happen(self, seed: int) -> None:
        """Two things at once, and then some time."""
        draw = Draw(f"{self.seed}/{self.steps}/{seed}")
        self.steps += 1
        for _ in range(AT_ONCE):
            getattr(self, draw.choice(KINDS))(draw)
        self.pass_time(draw.choice(WAITS))

    # --- what people do -----------------------------------------------------------------------------------

    def propose(self, draw: Draw, wish: Wish) -> None:
        """One proposes, and others may agree."""
        town = draw.choice(TOWNS)
        first = draw.choice(ORGANIZERS) if town == "Village" else "Moe"
        self.do(Propose(first, town, wish, tuple(one for one in ORGANIZERS if draw.chance(2, 3))))

    def vote_in(self, draw: Draw) -> None:
        self.propose(draw, acts.AddNode(draw.choice(ROUTERS)))

    def vote_out(self, draw: Draw) -> None:
        self.propose(draw, acts.RemoveNode(draw.choice(ROUTERS)))

    def come_back(self, draw: Draw) -> None:
        """Somebody is voted out, and in again a little later."""
        name = draw.choice(ROUTERS)
        self.do(Propose("Ann", "Village", acts.RemoveNode(name), ("Bob", "Cyd")))
        self.pass_time(draw.choice(WAITS))
        self.do(Propose("Cyd", "Village", acts.AddNode(name), ("Ann", "Bob")))

    def ask_fee(self, draw: Draw) -> None:
        self.propose(draw, acts.AskFee(draw.choice((0, 1, 3, 10))))

    def spend(self, draw: Draw) -> None:
        self.propose(draw, acts.Spend(draw.choice((*ROUTERS, *PEOPLE)), 1 + draw.below(90), "a relay"))

    def stake(self, draw: Draw) -> None:
        """The treasury gets tokens, and stakes them."""
        self.do(acts.Contribute("Cyd", "Village", 600, tokens=True))
        self.pass_time(1)
        self.do(Propose("Bob", "Village", acts.Stake(551 + draw.below(49)), ("Ann", "Cyd")))
        if draw.truth():
            self.do(acts.Recall(draw.choice(PEOPLE), "Village"))

    def seat(self, draw: Draw) -> None:
        self.propose(draw, acts.Seat("Moe") if draw.truth() else acts.Unseat(draw.choice(ORGANIZERS)))

    def decide_by(self, draw: Draw) -> None:
        rules: Rules = draw.choice(RULES)
        self.propose(draw, acts.DecideBy(rules))

    def give(self, draw: Draw) -> None:
        self.do(acts.Contribute(draw.choice(PEOPLE), draw.choice(TOWNS), 1 + draw.below(200), draw.truth()))

    def list_or_not(self, draw: Draw) -> None:
        town, by = draw.choice(("Village", "Inn")), draw.choice(PEOPLE)
        self.do(acts.ListSubnet(by, town, 500 + draw.below(50)) if draw.truth() else acts.Delist(by, town))

    def challenge(self, draw: Draw) -> None:
        """Somebody challenges a listing, and some vote on it; not all reveal what they voted."""
        town = draw.choice(TOWNS)
        self.do(acts.Object(draw.choice(PEOPLE), town))
        against = draw.chance(2, 3)
        for one in PEOPLE:
            if draw.chance(2, 3):
                keeps = draw.truth() and not against
                reveals = draw.chance(5, 6)
                self.do(acts.Judge(one, town, keeps, 40 + draw.below(150), reveals))
        self.pass_time(7 + draw.choice(WAITS))
        if draw.truth():
            self.do(acts.ListSubnet(draw.choice(PEOPLE), town, 500))

    # --- what routers do ----------------------------------------------------------------------------------

    def pay_or_not(self, draw: Draw) -> None:
        self.do(acts.TopUp(draw.choice(ROUTERS), draw.chance(1, 3)))

    def fall_behind(self, draw: Draw) -> None:
        """A router does not pay for a while, and then pays again."""
        name = draw.choice(ROUTERS)
        self.do(acts.TopUp(name, on=False))
        self.pass_time(5 + draw.below(8))
        self.do(acts.TopUp(name, on=True))

    def take_back(self, draw: Draw) -> None:
        self.do(acts.TakeBack(draw.choice(ROUTERS), draw.choice(TOWNS), 1 + draw.below(40)))

    def leave_town(self, draw: Draw) -> None:
        self.do(acts.Quit(draw.choice(ROUTERS), draw.choice(TOWNS)))

    def attack(self, draw: Draw) -> None:
        """Somebody lets everybody in and says that it is somebody else, or becomes good again."""
        name, pose = draw.choice(ROUTERS), draw.choice(tuple(Pose))
        firmware = Firmware.ROGUE if pose is not Pose.ITSELF else draw.choice(tuple(Firmware))
        self.do(acts.Disguise(name, pose), acts.Flash(name, firmware))

    def present(self, name: str) -> bool:
        return name in self.run.network.state.nodes

    def renew(self, draw: Draw) -> None:
        self.apply(Renew(draw.choice(ROUTERS)))

    def restart(self, draw: Draw) -> None:
        """The router, or the process that keeps the accounts."""
        name = draw.choice(ROUTERS)
        if draw.truth():
            self.apply(Restart(name))
        elif name in self.run.state.members:
            economy_accounts.restart(self.run.state, self.run.state.members[name])

    def deposit(self, draw: Draw) -> None:
        self.apply(Deposit(draw.choice(ROUTERS), 300))

    def misbehave(self, draw: Draw) -> None:
        self.apply(Misbehave(draw.choice(ROUTERS), Misbehaviour(drop=500_000)))

    def change_link(self, draw: Draw) -> None:
        link = draw.choice(list(self.run.network.state.links))
        self.apply(Cut(link) if draw.chance(1, 3) else Heal(link))

    def island(self, draw: Draw) -> None:
        """For longer than an old list serves, or not quite, nobody reaches the exit."""
        for link in ("n3exit", "exitn1"):
            self.apply(Cut(link))
        self.pass_time(draw.choice((3, 9, 9)))
        for link in ("n3exit", "exitn1"):
            self.apply(Heal(link))

    def go(self, draw: Draw) -> None:
        """Somebody goes for good; somebody has to be left."""
        if len(self.run.network.state.nodes) > 3:
            self.apply(Leave(draw.choice(ROUTERS), draw.truth()))

    def teardown(self) -> None:
        """At the end everybody reads once more."""
        type(self).examples += 1
        if self.economy is not None and not self.failed:
            self.run.finish()
            self.look()
