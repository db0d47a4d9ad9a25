# SPDX-License-Identifier: GPL-2.0-only
"""A small economy to which anything happens: links fail, prices move, people cheat, leave and come back."""

from itertools import pairwise

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from althea_spec.reference.network import economy_accounts
from althea_spec.reference.network.changes import (
    Change,
    ChangeConduct,
    ChangePrice,
    Cut,
    Deposit,
    Heal,
    Leave,
    Misbehave,
    Renew,
    Restart,
)
from althea_spec.reference.network.conduct import HONEST, Conduct
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.economy_specs import EconomySpec
from althea_spec.reference.network.misbehaviour import HONEST as FORWARDS
from althea_spec.reference.network.misbehaviour import Misbehaviour
from althea_spec.reference.network.promises import Promise
from althea_spec.reference.network.quality import MILLION, LinkQuality
from althea_spec.reference.network.role import Role
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import PLAIN_ROUTER, FlowSpec, LinkSpec, NodeSpec
from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.profile import Profile

SECOND = 1_000_000
QUICK = InterfaceConfig(hello_interval=2_000)
SPEC = EconomySpec(
    payment=1,
    settling=120 * SECOND,
    reading_interval=30 * SECOND,
    report_interval=60 * SECOND,
    assumed_rate=20_000,
    assumed_price=65_000,
    exit_low=60,
    exit_high=150,
)
PRICES = (0, 5_000, 20_000, 30_000, 30_000)
ROUTER = evolve(PLAIN_ROUTER, profile=Profile.ALTHEA, originated_price=20_000)
"""Also the last hop of a way asks something, so that every hop of every way is paid for."""
CONDUCTS = (
    HONEST,
    HONEST,
    Conduct(pays=False),
    Conduct(payment_delay=200 * SECOND),
    Conduct(counts_received=MILLION * 2),
    Conduct(counts_sent=MILLION // 3),
    Conduct(pays=False, claims=1_000),
)
picks = st.integers(0, 63)
waits = st.sampled_from((1, 3, 6, 12, 40))
"""Ticks of ten seconds."""


class BrokenPromiseError(AssertionError):
    """The text begins with the id of the promise."""


class EconomyMachine(RuleBasedStateMachine):
    """A ring of three to five nodes with an exit in it; all but the exit are users and relays at once."""

    judged: Promise | None = None
    """Which promise is judged; ``None``: all."""
    examples = 0

    def __init__(self) -> None:
        super().__init__()
        self.economy: Economy | None = None
        self.failed = False

    @initialize(
        count=st.sampled_from((3, 4, 4, 5)),
        loss=st.sampled_from((0, 20_000, 200_000)),
        conduct=st.sampled_from(CONDUCTS),
        prices=st.lists(st.sampled_from(PRICES), min_size=5, max_size=5),
        wallets=st.lists(st.sampled_from((0, 200, 100_000, 100_000)), min_size=5, max_size=5),
        seed=st.integers(0, 2**32),
    )
    def start(
        self, count: int, loss: int, conduct: Conduct, prices: list[int], wallets: list[int], seed: int
    ) -> None:
        """Everybody but the exit sends to it and gets from it, by one of two ways."""
        names = [*(f"n{number}" for number in range(1, count)), "exit"]
        nodes = [
            NodeSpec(
                name,
                {Role.USER, Role.RELAY} if name != "exit" else {Role.EXIT},
                evolve(ROUTER, price=price),
                wallet=wallet if name != "exit" else 100_000,
                conduct=conduct if name == "n1" else HONEST,
            )
            for name, price, wallet in zip(names, prices, wallets, strict=False)
        ]
        quality = LinkQuality(loss=loss)
        links = [LinkSpec(a + b, (a, b), QUICK, quality) for a, b in pairwise([*names, names[0]])]
        flows = [FlowSpec(name, ("exit",), 30 * SECOND, upload=16_000, download=4_000) for name in names[:-1]]
        self.economy = Economy(Scenario(seed, nodes, links, flows, economy=SPEC))
        self.pass_time(15)

    @property
    def run(self) -> Economy:
        assert self.economy is not None
        return self.economy

    def pass_time(self, ticks: int) -> None:
        for _ in range(ticks):
            self.run.tick()
        self.look()

    def look(self) -> None:
        for finding in self.run.findings():
            if not finding.is_kept and self.judged in (None, finding.promise):
                self.failed = True
                raise BrokenPromiseError(f"{finding.promise.value}: {finding}")

    def act(self, change: Change, wait: int) -> None:
        self.run.network.apply(change)
        self.pass_time(wait)

    def node(self, pick: int) -> str:
        """Any node but the exit."""
        names = [name for name in self.run.network.state.nodes if name != "exit"]
        return names[pick % len(names)]

    def link(self, pick: int) -> str:
        names = list(self.run.network.state.links)
        return names[pick % len(names)]

    # --- what happens -------------------------------------------------------------------------------------

    @rule(wait=waits)
    def wait(self, wait: int) -> None:
        self.pass_time(wait)

    @rule(pick=picks, conduct=st.sampled_from(CONDUCTS), wait=waits)
    def change_conduct(self, pick: int, conduct: Conduct, wait: int) -> None:
        self.act(ChangeConduct(self.node(pick), conduct), wait)

    @rule(pick=picks, drop=st.sampled_from((0, 300_000, MILLION)), wait=waits)
    def misbehave(self, pick: int, drop: int, wait: int) -> None:
        self.act(Misbehave(self.node(pick), Misbehaviour(drop=drop) if drop else FORWARDS), wait)

    @rule(pick=picks, price=st.sampled_from(PRICES), wait=waits)
    def change_price(self, pick: int, price: int, wait: int) -> None:
        self.act(ChangePrice(self.node(pick), price), wait)

    @rule(pick=picks, wait=waits)
    def cut(self, pick: int, wait: int) -> None:
        self.act(Cut(self.link(pick)), wait)

    @rule(pick=picks, wait=waits)
    def heal(self, pick: int, wait: int) -> None:
        self.act(Heal(self.link(pick)), wait)

    @rule(pick=picks, wait=waits)
    def deposit(self, pick: int, wait: int) -> None:
        self.act(Deposit(self.node(pick), 5_000), wait)

    @rule(pick=picks, wait=waits)
    def renew(self, pick: int, wait: int) -> None:
        self.act(Renew(self.node(pick)), wait)

    @rule(pick=picks, wait=waits)
    def restart_router(self, pick: int, wait: int) -> None:
        self.act(Restart(self.node(pick)), wait)

    @rule(pick=picks, wait=waits)
    def restart_accounts(self, pick: int, wait: int) -> None:
        """The accounts are written and read back, in the middle of whatever goes on."""
        member = self.run.state.members.get(self.node(pick))
        if member is not None:
            economy_accounts.restart(self.run.state, member)
        self.pass_time(wait)

    @rule(pick=picks, says_so=st.booleans(), wait=waits)
    def leave(self, pick: int, says_so: bool, wait: int) -> None:
        if len(self.run.network.state.nodes) > 3:
            self.act(Leave(self.node(pick), says_so), wait)

    def teardown(self) -> None:
        """At the end everybody reads once more, and the relays count what they have earned."""
        type(self).examples += 1
        if self.economy is not None and not self.failed:
            self.run.finish()
            self.look()
