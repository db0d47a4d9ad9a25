# SPDX-License-Identifier: GPL-2.0-only
"""Two neighbours with accounts, and a world between them that loses, delays, repeats and breaks things.

Each has a database in which only committed steps are; a process that is killed starts again from it.  The
chain takes each transaction once, in its own time.  Time goes in seconds here, in
microseconds for the machines.
"""

from collections.abc import Iterable
from ipaddress import IPv6Address

from attrs import define, evolve, field, frozen

from althea_spec.reference.payments import account_config, account_machine, balance, ledger, thresholds
from althea_spec.reference.payments.account_config import AccountConfig
from althea_spec.reference.payments.account_events import (
    Admitted,
    ChainScanned,
    Effect,
    Enforce,
    Event,
    Metered,
    Outcome,
    Pay,
    PaymentConfirmed,
    PaymentFailed,
    PaymentReceived,
    Restrain,
    Resumed,
    Tick,
)
from althea_spec.reference.payments.account_rejection import AccountRejection
from althea_spec.reference.payments.enforcement import Standing
from althea_spec.reference.payments.identity import Identity
from althea_spec.reference.payments.ledger import Ledger, Row, Table
from althea_spec.reference.payments.receipt import Transfer
from althea_spec.reference.payments.thresholds import SECOND, Conditions, Thresholds

UNIT = 1_000
"""Octets of the price unit."""
RATE = 7 * UNIT + 123
"""Charge per second at most: some coins and a part of one."""
INTERVAL = 2
"""Seconds between two ticks of a node."""
INCLUSION = 2
"""Seconds until a transaction that has been handed in is in a block, at most."""
NOTICE = 2
"""Seconds until a block has been looked through."""
PATIENCE, PAUSE, STALE = 3, 1, 5
ATTEMPT = INTERVAL + INCLUSION + NOTICE
DELAY = (PATIENCE + ATTEMPT) + (PAUSE + ATTEMPT) + STALE
"""One handing in is lost, the next one fails, the third succeeds; and the chain pauses unnoticed."""
OUTAGE = 120
LIMITED_SHARE = 2
"""Parts of the full rate that somebody limited gets: one of so many."""


def conditions(*, is_mutual: bool) -> Conditions:
    """What the world keeps to."""
    return Conditions(
        rate=RATE,
        interval=INTERVAL * SECOND,
        delay=DELAY * SECOND,
        tolerance=RATE * INTERVAL * (2 if is_mutual else 1),
        is_mutual=is_mutual,
        outage=OUTAGE * SECOND,
    )


def identity(letter: str) -> Identity:
    """Somebody by a letter."""
    return Identity(IPv6Address(f"fd00::{letter}"), f"althea1{letter}", letter.encode() * 32)


@define
class Node:
    """One neighbour: its machine, its database, its counters and its firewall."""

    config: AccountConfig
    peer: Identity
    ledger: Ledger
    rows: dict[tuple[Table, object], Row] = field(factory=dict)
    """The database."""
    read: dict[str, int] = field(factory=lambda: {"by_us": 0, "by_them": 0})
    """What was charged up to the last committed reading."""
    ticked_at: int = 0
    firewall: Standing = Standing.OPEN
    """For the peer."""
    restraint: Standing = Standing.OPEN
    kill: str = ""
    """``before`` or ``after`` the next commit, the process is killed."""
    restored_wrong: str = ""
    reopened: list[int] = field(factory=list)
    """What the peer still owed each time that it was opened again."""

    def debt(self) -> int:
        return balance.debt_of(self.account().totals, UNIT)

    def account(self) -> ledger.Account:
        return self.ledger.accounts[self.peer.account]

    def standing(self) -> Standing:
        """Of the peer."""
        known = self.ledger.accounts.get(self.peer.account)
        return Standing.OPEN if known is None else known.standing

    def commit(self, outcome: Outcome) -> None:
        """One transaction of the database."""
        for one in outcome.changes:
            if one.row is None:
                self.rows.pop((one.table, one.key))
            else:
                self.rows[one.table, one.key] = one.row

    def restart(self) -> None:
        """Start again from what was committed."""
        self.ledger = ledger.restored(self.config, self.rows.values())

    def differs(self) -> str:
        """How what was committed differs from what is in memory, if it does."""
        kept = ledger.restored(self.config, self.rows.values())
        return "" if set(kept.rows()) == set(self.ledger.rows()) else f"{kept.rows()} {self.ledger.rows()}"


@frozen
class Handed:
    """A transaction that waits for a block."""

    sender: int
    number: int
    amount: int
    due: int


@define
class World:
    """Node 0 uses node 1, and in a mutual world also the other way round."""

    limits: Thresholds
    mutual: bool
    lost_share: int = 0
    """Percent of what a user sends that its neighbour does not receive."""
    time: int = 0
    used: list[dict[str, int]] = field(factory=lambda: [{"sent": 0, "came": 0}, {"sent": 0, "came": 0}])
    """What each has used, as it counts and as the other counts."""
    nodes: list[Node] = field(factory=list)
    wallets: list[int] = field(factory=lambda: [10**9, 10**9])
    waiting: list[Handed] = field(factory=list)
    included: dict[tuple[int, int], Transfer | None] = field(factory=dict)
    """By sender and number: ``None`` where the chain has refused it."""
    height: int = 0
    told: list[tuple[int, Event]] = field(factory=list)
    """Everything that the chain has ever told each node."""
    lose: int = 0
    """So many handings in get lost from now on."""
    fail: int = 0
    slow: int = 0
    """Seconds that inclusion takes."""
    hasty: bool = False
    """Whether payments are looked up when they are made, before their block is looked through."""
    down_until: int = 0
    """The chain cannot be reached before."""
    pays: bool = True
    """Whether the user hands in what it should."""

    def open(self) -> None:
        """Both get to know each other."""
        us = [identity("a"), identity("b")]
        for here, there in ((0, 1), (1, 0)):
            config = AccountConfig(
                us[here],
                "udai",
                UNIT,
                self.limits,
                confirmations=0,
                stale_after=STALE * SECOND,
                recovery=account_config.least_recovery(conditions(is_mutual=self.mutual)),
                patience=PATIENCE * SECOND,
                pause=PAUSE * SECOND,
            )
            node = Node(config, us[there], Ledger(config))
            self.nodes.append(node)
            self.tell(here, Admitted(us[there]))

    # --- one event of one node ----------------------------------------------------------------------------

    def tell(self, here: int, event: Event) -> Outcome | AccountRejection:
        """A step, its commit, its effects; or the death of the process somewhere between, and its return."""
        node = self.nodes[here]
        kill, node.kill = node.kill, ""
        before = node.standing()
        _, outcome = account_machine.step(node.ledger, event, self.time * SECOND)
        if isinstance(outcome, AccountRejection):
            return outcome
        if kill == "before":
            self.come_back(here)
            return self.tell(here, event)
        if before is not Standing.OPEN and node.standing() is Standing.OPEN:
            node.reopened.append(-node.debt())
        node.commit(outcome)
        node.restored_wrong = node.restored_wrong or node.differs()
        if kill == "after":
            self.come_back(here)
            return outcome
        self.carry_out(here, outcome.effects)
        return outcome

    def come_back(self, here: int) -> None:
        """The process starts from the database."""
        self.nodes[here].restart()
        self.tell(here, Resumed())

    def carry_out(self, here: int, effects: Iterable[Effect]) -> None:
        node = self.nodes[here]
        for one in effects:
            if isinstance(one, Enforce):
                node.firewall = one.standing
            elif isinstance(one, Restrain):
                node.restraint = one.standing
            elif isinstance(one, Pay):
                self.hand_in(here, one)

    # --- the chain ----------------------------------------------------------------------------------------

    def hand_in(self, here: int, pay: Pay) -> None:
        """A transaction is handed in; one that is known is the same one."""
        if self.is_down() or (here == 0 and not self.pays):
            return
        if self.lose:
            self.lose -= 1
            return
        known = (here, pay.number) in self.included
        if not known and all((one.sender, one.number) != (here, pay.number) for one in self.waiting):
            self.waiting.append(Handed(here, pay.number, pay.amount, self.time + self.slow))

    def is_down(self) -> bool:
        return self.time < self.down_until

    def block(self) -> None:
        """A block each second, and what nodes hear of the one some seconds ago."""
        if self.is_down():
            return
        self.height += 1
        for one in [one for one in self.waiting if one.due <= self.time]:
            self.waiting.remove(one)
            self.include(one)
        for here in range(len(self.nodes)):
            self.notify(here, self.height - NOTICE)

    def include(self, one: Handed) -> None:
        if self.fail:
            self.fail -= 1
            self.included[one.sender, one.number] = None
            self.announce(one.sender, PaymentFailed(one.number), self.height)
            return
        accounts = [node.config.us.account for node in self.nodes]
        name = f"{one.sender}/{one.number}".encode()
        there = 1 - one.sender
        transfer = Transfer(name, accounts[one.sender], accounts[there], one.amount, "udai", self.height)
        self.wallets[one.sender] -= one.amount
        self.wallets[there] += one.amount
        self.included[one.sender, one.number] = transfer
        self.announce(one.sender, PaymentConfirmed(one.number), self.height)
        received = PaymentReceived(transfer, self.height)
        self.announce(there, received, self.height)
        if self.hasty:
            self.told.append((there, received))
            self.tell(there, received)

    notices: list[tuple[int, int, Event]] = field(factory=list)
    """Height, node, event."""

    def announce(self, here: int, event: Event, height: int) -> None:
        self.notices.append((height, here, event))

    def notify(self, here: int, height: int) -> None:
        """A node looks through the blocks up to a height, and hears of what is in them."""
        for one in [one for one in self.notices if one[0] <= height and one[1] == here]:
            self.notices.remove(one)
            self.told.append((here, one[2]))
            self.tell(here, one[2])
        if height > 0:
            self.tell(here, ChainScanned(height))

    # --- traffic and time ---------------------------------------------------------------------------------

    def second(self, shares: tuple[int, int]) -> None:
        """One second passes, in which each uses so many percent of the most that it may."""
        self.time += 1
        for user, provider in ((0, 1), (1, 0)):
            if user == 1 and not self.mutual:
                continue
            self.use(user, provider, shares[user])
        self.block()
        for here, node in enumerate(self.nodes):
            if self.time - node.ticked_at >= INTERVAL:
                self.tick(here)

    def use(self, user: int, provider: int, share: int) -> None:
        own = self.nodes[user].restraint if self.pays or user == 1 else Standing.OPEN
        standing = max((self.nodes[provider].firewall, own), key=list(Standing).index)
        if standing is Standing.BLOCKED:
            return
        sent = RATE * share // 100 // (LIMITED_SHARE if standing is Standing.LIMITED else 1)
        self.used[user]["sent"] += sent
        self.used[user]["came"] += sent * (100 - self.lost_share) // 100

    def tick(self, here: int) -> None:
        """A node reads its counters and lets time pass."""
        node = self.nodes[here]
        node.ticked_at = self.time
        by_us, by_them = self.used[here]["sent"], self.used[1 - here]["came"]
        self.tell(here, Metered(node.peer, by_us - node.read["by_us"], by_them - node.read["by_them"]))
        node.read = {"by_us": by_us, "by_them": by_them}
        self.tell(here, Tick())

    # --- what a watcher asks ------------------------------------------------------------------------------

    def moved(self, sender: int) -> int:
        """What the chain has moved from a node, in coins."""
        return sum(one.amount for (who, _), one in self.included.items() if who == sender and one is not None)

    def settled(self, sender: int) -> int:
        """Of that, what the other one must have credited by now."""
        scanned = self.nodes[1 - sender].ledger.progress.scanned
        return sum(
            one.amount
            for (who, _), one in self.included.items()
            if who == sender and one is not None and one.height <= scanned
        )


def world(*, mutual: bool, lost_share: int, slow: int) -> World:
    """Two neighbours who have just met, with the tightest thresholds that fit."""
    limits = thresholds.least(conditions(is_mutual=mutual), 5 * UNIT, UNIT)
    roomy = evolve(limits, block=limits.block + RATE)
    made = World(roomy, mutual, lost_share, slow=slow)
    made.open()
    return made
