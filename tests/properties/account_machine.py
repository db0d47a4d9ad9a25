# SPDX-License-Identifier: GPL-2.0-only
"""Accounts of a payer and a payee under everything that can happen to them, and what holds all the same."""

from collections.abc import Callable

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from althea_spec.reference.payments import enforcement
from althea_spec.reference.payments.account_events import PaymentClaimed, PaymentReceived
from althea_spec.reference.payments.enforcement import Standing
from althea_spec.reference.payments.receipt import Transfer

from .account_world import DELAY, INCLUSION, INTERVAL, OUTAGE, RATE, UNIT, World, conditions, identity, world

SHARES = st.sampled_from((0, 1, 37, 100, 100, 100))
"""Percent of the most that may be used."""


class BrokenPromiseError(AssertionError):
    """Something that the law promises does not hold; the text begins with its name."""


class AccountMachine(RuleBasedStateMachine):
    """Two honest neighbours; a subclass has a payer that does not pay."""

    judged: frozenset[str] | None = None
    """Which promises are judged; ``None``: all."""
    honest = True
    names: set[str] | None = None
    """Collects the names of the promises that were judged."""

    def __init__(self) -> None:
        super().__init__()
        self.made: World | None = None
        self.calm_from = 0
        """No trouble is made before: so much is assumed of the world that honest neighbours live in."""
        self.failed = False

    @property
    def world(self) -> World:
        assert self.made is not None
        return self.made

    @initialize(mutual=st.booleans(), lost=st.sampled_from((0, 0, 0, 5, 50)), slow=st.integers(0, 1))
    def start(self, mutual: bool, lost: int, slow: int) -> None:
        self.made = world(mutual=mutual, lost_share=lost, slow=slow)
        self.world.pays = self.honest
        self.run(3, (0, 0))

    def run(self, seconds: int, shares: tuple[int, int]) -> None:
        for _ in range(seconds):
            self.world.second(shares)
            self.look()

    # --- what happens -------------------------------------------------------------------------------------

    @rule(seconds=st.integers(1, 90), first=SHARES, second=SHARES)
    def traffic(self, seconds: int, first: int, second: int) -> None:
        """Both use each other for a while."""
        self.run(seconds, (first, second))

    @rule(seconds=st.integers(40, 80), user=st.integers(0, 1))
    def rush(self, seconds: int, user: int) -> None:
        """One uses the other as much as it may, long enough for enforcement to be strict again."""
        self.run(seconds, (100, 0) if user == 0 else (0, 100))

    def trouble(self) -> None:
        self.calm_from = self.world.time + 2 * DELAY

    def is_calm(self) -> bool:
        return self.made is None or self.world.time >= self.calm_from

    @precondition(is_calm)
    @rule(kind=st.sampled_from(("lost", "refused", "both", "before", "after")), here=st.integers(0, 1))
    def goes_wrong(self, kind: str, here: int) -> None:
        """The next payment is lost on its way to the chain, or refused by it, or both in turn; or a process
        dies in its next step, before or after that is committed.
        """
        self.world.lose, self.world.fail = int(kind in ("lost", "both")), int(kind in ("refused", "both"))
        self.world.slow = INCLUSION
        if kind in ("before", "after"):
            self.world.nodes[here].kill = kind
        self.trouble()

    @precondition(is_calm)
    @rule(seconds=st.sampled_from((7, OUTAGE, OUTAGE)), first=st.sampled_from((37, 100, 100)))
    def outage(self, seconds: int, first: int) -> None:
        """Nobody reaches the chain."""
        self.world.down_until = self.world.time + seconds
        self.run(seconds, (first, 0))
        self.trouble()

    @rule(kind=st.integers(0, 2), pick=st.integers(0, 10**6), here=st.integers(0, 1))
    def noise(self, kind: int, pick: int, here: int) -> None:
        """What the chain has told before is told again; somebody lies about payments; the pace changes."""
        if kind == 0:
            self.told_again(pick)
        elif kind == 1:
            self.lie(here, pick)
        else:
            self.world.hasty, self.world.slow = bool(here), pick % (INCLUSION + 1)
        self.look()

    def told_again(self, pick: int) -> None:
        told = self.world.told
        for _ in range(2 if told else 0):
            here, event = told[pick % len(told)]
            self.world.tell(here, event)

    def lie(self, here: int, pick: int) -> None:
        """A claim of nothing, and payments to others, in another coin, or of a block to come."""
        node, height = self.world.nodes[here], self.world.height
        us, them = node.config.us.account, node.peer.account
        self.world.tell(here, PaymentClaimed(node.peer, b"claimed"))
        for recipient, coin, above in (
            (identity("c").account, "udai", 0),
            (us, "uother", 0),
            (us, "udai", 1),
        ):
            transfer = Transfer(b"other", them, recipient, pick + 1, coin, height + above)
            self.world.tell(here, PaymentReceived(transfer, height))

    # --- what holds ---------------------------------------------------------------------------------------

    def judge(self, name: str, holds: bool, shown: Callable[[], object]) -> None:
        if self.names is not None:
            self.names.add(name)
        if not holds and (self.judged is None or name in self.judged):
            self.failed = True
            raise BrokenPromiseError(f"{name}: {shown()}")

    def look(self) -> None:
        """What holds at every instant."""
        for here, node in enumerate(self.world.nodes):
            totals, there = node.account().totals, 1 - here
            moved, settled = self.world.moved(there), self.world.settled(there)
            self.judge("credited once", totals.received <= moved, lambda t=totals, m=moved: (t, m))
            self.judge("all is credited", totals.received >= settled, lambda t=totals, s=settled: (t, s))
            self.judge("paid is paid", totals.paid <= self.world.moved(here), lambda t=totals: t)
            used = self.world.used[here]["sent"]
            paid = self.world.moved(here) * UNIT
            self.judge("never above use", paid <= used, lambda p=paid, u=used: (p, u))
            self.judge("kept", not node.restored_wrong, lambda n=node: n.restored_wrong)
            most = enforcement.most_unpaid(self.world.limits, RATE * INTERVAL)
            owed = -node.debt()
            self.judge("bounded", owed <= most, lambda o=owed, m=most: (o, m))
            low = all(one <= self.world.limits.resume for one in node.reopened)
            self.judge("reopened by paying", low, lambda n=node: n.reopened)
        self.judge("money stays", sum(self.world.wallets) == 2 * 10**9, lambda: self.world.wallets)
        if self.honest:
            self.look_at_honest()

    def look_at_honest(self) -> None:
        """Nobody who pays is cut off, and the two ends agree."""
        for node in self.world.nodes:
            self.judge("honest stays open", node.firewall is Standing.OPEN, lambda n=node: n.account())
            self.judge(
                "honest needs no restraint", node.restraint is Standing.OPEN, lambda n=node: n.account()
            )

    def teardown(self) -> None:
        """In the end, what is due is paid, and every payment is decided."""
        if self.made is None or self.failed:
            return
        self.world.pays = True
        for _ in range(6 * DELAY + OUTAGE):
            self.world.second((0, 0))
        self.look()
        for node in self.world.nodes:
            debt = node.debt()
            self.judge("paid in the end", debt < self.world.limits.pay, lambda d=debt: d)
            self.judge("decided in the end", not node.ledger.in_flight, lambda n=node: n.ledger.payments)
            self.judge("open in the end", node.firewall is Standing.OPEN, lambda n=node: n.account())
        self.look_at_views()

    def look_at_views(self) -> None:
        """A payee never counts more than the payer and what the payer has not read."""
        first, second = self.world.nodes
        tolerance = conditions(is_mutual=self.world.mutual).tolerance
        for payer, payee in ((first, second), (second, first)):
            gap = -payee.debt() - payer.debt()
            self.judge("views", gap <= tolerance, lambda g=gap: g)


class NonPayerMachine(AccountMachine):
    """The payer hands in nothing until the end, and takes all that it gets."""

    honest = False

    def teardown(self) -> None:
        """Who goes on without paying is cut off, and served again once it pays."""
        if self.made is None or self.failed:
            return
        self.run(4 * OUTAGE, (100, 0))
        node = self.world.nodes[1]
        self.judge("cut off in the end", node.firewall is Standing.BLOCKED, lambda: node.account())
        super().teardown()
