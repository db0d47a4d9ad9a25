# SPDX-License-Identifier: GPL-2.0-only
"""A live accountant, killed at any instant, beside the pure machine that shows what it must come back to.

The driver plays all that is outside: meters, the chain, the firewall.  It says events without waiting for
answers, so that at the moment of the kill some are answered, one may be half done, and the rest have never
been looked at.  What holds then is exact: the file has the rows of the pure machine after the events that
were answered, or after one more.
"""

import json
import os
import signal
import time
from ipaddress import IPv6Address, IPv6Network
from pathlib import Path
from random import Random
from typing import Any

from attrs import define, field, frozen

from althea_spec.hw_conformance.live import accountant, ledger_file
from althea_spec.hw_conformance.live.ledger_file import LedgerFile
from althea_spec.reference.payments import account_machine
from althea_spec.reference.payments.account_config import AccountConfig
from althea_spec.reference.payments.account_events import (
    Admitted,
    ChainScanned,
    Effect,
    Event,
    Metered,
    Pay,
    PaymentConfirmed,
    PaymentFailed,
    PaymentReceived,
    Resumed,
    Tick,
)
from althea_spec.reference.payments.account_rejection import AccountRejection
from althea_spec.reference.payments.book import Counting, Side
from althea_spec.reference.payments.identity import Identity
from althea_spec.reference.payments.ledger import Ledger, Row, restored
from althea_spec.reference.payments.metering_events import (
    CountersRead,
    LineCount,
    MarkReported,
    MarkWanted,
    PriceChanged,
    TunnelOpened,
)
from althea_spec.reference.payments.overhead import billed
from althea_spec.reference.payments.receipt import Transfer
from althea_spec.reference.payments.thresholds import Thresholds
from althea_spec.spec.vectors.writing import to_json

SECOND = 1_000_000
UNIT = 1_000
MOST_CHARGED = 40 * UNIT
"""By one reading."""
PACKET = 1_000
"""Octets of each packet that a tunnel counts."""
PREFIX = IPv6Network("fd00:7::/64")
PRICES = {Side.SELLER: 2, Side.BUYER: 1}
"""What everybody asks in the beginning; the first neighbour for ever."""
REFUSED = 0.1
"""Of our payments, by the chain."""
EVENT: Any = Event
EFFECT: Any = Effect


def identity(letter: str) -> Identity:
    return Identity(IPv6Address(f"fd00::{letter}"), f"althea1{letter}", letter.encode() * 32)


US = identity("a")
PEERS = [identity(letter) for letter in "bcde"]
CONFIG = AccountConfig(
    US,
    "udai",
    UNIT,
    Thresholds(pay=50 * UNIT, resume=60 * UNIT, limit=400 * UNIT, block=500 * UNIT, outage=100 * UNIT),
    confirmations=0,
    patience=3 * SECOND,
    pause=SECOND,
)


@frozen
class Said:
    """One event and the time that went with it."""

    event: Event
    now: int

    def line(self) -> str:
        return json.dumps({"now": self.now, "event": to_json(self.event, EVENT)}) + "\n"


@define
class Chain:
    """Takes each payment of ours once, by its number, and keeps what neighbours pay us."""

    random: Random
    height: int = 0
    ours: dict[int, tuple[str, int]] = field(factory=dict)
    """Recipient and amount, by number."""
    refused: set[int] = field(factory=set)
    theirs: list[Transfer] = field(factory=list)

    def hand_in(self, pay: Pay) -> None:
        """The same number is the same transaction: another recipient or amount would be a second one."""
        wanted = (pay.identity.account, pay.amount)
        if pay.number in self.refused:
            return
        if pay.number not in self.ours and self.random.random() < REFUSED:
            self.refused.add(pay.number)
            return
        assert self.ours.setdefault(pay.number, wanted) == wanted, f"payment {pay.number} was made twice"

    def receive(self, sender: Identity, amount: int) -> None:
        name = len(self.theirs).to_bytes(32, "big")
        self.theirs.append(Transfer(name, sender.account, US.account, amount, "udai", self.height))


@define
class Kernel:
    """The counters of the tunnel to one neighbour, which no death of a process touches."""

    identity: Identity
    run: int = 0
    packets: dict[tuple[Side, IPv6Address], int] = field(factory=dict)

    def count(self, random: Random) -> None:
        """Some packets more."""
        for side in Side:
            line = (side, PREFIX[random.randrange(1, 4)])
            self.packets[line] = self.packets.get(line, 0) + random.randrange(10)

    def begin_anew(self) -> None:
        self.run += 1
        self.packets.clear()

    def read(self) -> CountersRead:
        lines = {
            side: tuple(
                LineCount(to, PACKET * count, count) for (at, to), count in self.packets.items() if at is side
            )
            for side in Side
        }
        return CountersRead(self.identity, self.run, lines[Side.SELLER], lines[Side.BUYER])

    def bill(self, side: Side) -> int:
        """What everything that was ever counted costs, at the price of the beginning."""
        count = sum(count for (at, _), count in self.packets.items() if at is side)
        return PRICES[side] * billed(PACKET * count, count)


@define
class Driver:
    """Plays the world, and the pure machine beside the live one."""

    path: Path
    random: Random
    chain: Chain
    model: Ledger
    kernels: list[Kernel] = field(factory=lambda: [Kernel(one) for one in PEERS])
    now: int = 0
    kills: int = 0
    half_done: int = 0
    """Kills after which one more event had happened than was answered."""
    unanswered: int = 0
    """Kills with events that had not been answered."""

    # --- what is said -------------------------------------------------------------------------------------

    def burst(self, count: int) -> list[Said]:
        """So many events, of which each may come again: what the chain says is always all of it."""
        return [Said(self.event(), self.passed()) for _ in range(count)]

    def passed(self) -> int:
        self.now += self.random.randrange(SECOND)
        return self.now

    def event(self) -> Event:
        kind = self.random.randrange(10)
        peer = self.random.choice(PEERS)
        if kind == 0 and peer is not PEERS[0]:
            used = self.random.randrange(MOST_CHARGED), self.random.randrange(MOST_CHARGED)
            return Metered(peer, *used)
        if kind < 4:
            return self.of_a_tunnel()
        if kind < 6:
            return self.news_of_ours()
        if kind < 8:
            if self.random.random() < 0.5:
                self.chain.receive(peer, self.random.randrange(1, 90))
            chosen = self.random.choice(self.chain.theirs) if self.chain.theirs else None
            return Tick() if chosen is None else PaymentReceived(chosen, self.chain.height)
        return Tick() if kind == 8 else Admitted(peer)

    def of_a_tunnel(self) -> Event:
        """Counters are read, mostly; but for the first neighbour, they begin anew, and prices change."""
        kernel = self.random.choice(self.kernels)
        peer, kind = kernel.identity, self.random.randrange(12)
        kernel.count(self.random)
        if peer is PEERS[0] or kind < 6:
            return kernel.read()
        if kind < 8:
            side, price = self.random.choice(tuple(Side)), self.random.randrange(4)
            return PriceChanged(peer, side, PREFIX, price, SECOND if side is Side.SELLER else 0)
        if kind < 10:
            return MarkWanted(peer)
        if kind == 10:
            row = self.model.books[f"{peer.account} {Side.BUYER.value}"]
            return MarkReported(peer, max(row.reconciliation.sent - 1, 0), row.charged * 9 // 10)
        kernel.begin_anew()
        return kernel.read()

    def news_of_ours(self) -> Event:
        known = [*self.chain.ours, *self.chain.refused]
        if not known:
            return Tick()
        number = self.random.choice(known)
        return PaymentFailed(number) if number in self.chain.refused else PaymentConfirmed(number)

    def look_through(self) -> list[Said]:
        """All of the newest block, and of those before it not looked through, and that this is all."""
        scanned = self.model.progress.scanned
        told: list[Event] = [
            PaymentReceived(one, self.chain.height) for one in self.chain.theirs if one.height > scanned
        ]
        told += [PaymentConfirmed(number) for number in self.chain.ours if number in self.model.payments]
        told += [PaymentFailed(number) for number in self.chain.refused if number in self.model.payments]
        told.append(ChainScanned(self.chain.height))
        self.chain.height += 1
        return [Said(one, self.passed()) for one in told]

    # --- what comes of it ---------------------------------------------------------------------------------

    def life(self, said: list[Said], patience: float | None) -> None:
        """Start the accountant, say all that, and kill it so many seconds after the last part of it.

        ``None``: let it end.
        """
        said = [Said(Resumed(), said[0].now), *said]
        answers = answered(self.path, said, patience, self.random.randrange(len(said)))
        for one, answer in zip(said, answers, strict=False):
            assert answer == expected(self.model, one), one
        rows = self.rows()
        if set(self.model.rows()) != rows:
            assert patience is not None, "a process that was not killed has another state than it says"
            assert len(answers) < len(said), "all was answered, and the file has another state"
            expected(self.model, said[len(answers)])
            assert set(self.model.rows()) == rows, f"after {len(answers)} answers the file has another state"
            self.half_done += 1
        if patience is not None:
            self.kills += 1
            self.unanswered += len(answers) < len(said)
        self.model = restored(CONFIG, self.model.rows())
        for answer in answers:
            self.carry_out(answer)

    def rows(self) -> set[Row]:
        with LedgerFile(self.path, CONFIG) as file:
            return set(file.rows)

    def carry_out(self, answer: dict[str, Any]) -> None:
        assert "error" not in answer, answer
        for one in answer.get("effects", ()):
            if one["type"] == "Pay":
                peer = next(each for each in PEERS if each.account == one["identity"]["account"])
                self.chain.hand_in(Pay(one["number"], peer, int(one["amount"])))


def driver(path: Path, seed: int) -> Driver:
    random = Random(seed)
    ledger_file.create(path, CONFIG)
    made = Driver(path, random, Chain(random), Ledger(CONFIG))
    begun = [event for one in PEERS for event in beginning(one)]
    made.life([Said(one, made.passed()) for one in begun], None)
    return made


def beginning(peer: Identity) -> list[Event]:
    """A neighbour whose tunnel has books, and prices."""
    prices = [PriceChanged(peer, side, PREFIX, price) for side, price in PRICES.items()]
    return [Admitted(peer), TunnelOpened(peer, Counting(12_500_000)), *prices]


def answered(path: Path, said: list[Said], patience: float | None, heard: int) -> list[dict[str, Any]]:
    """What a process of its own answered.

    Args:
        path: its ledger.
        said: all that it is told.
        patience: seconds until it is killed, from the moment at which it is told the last part; ``None``: it
            may answer everything.
        heard: how many answers are waited for before the last part is told.
    """
    (question, told), (answers, answer) = os.pipe(), os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        _be_the_accountant(path, question, answer)
    os.close(question)
    os.close(answer)
    with os.fdopen(told, "w", encoding="utf-8") as to, os.fdopen(answers, encoding="utf-8") as back:
        lines = []
        if patience is not None:
            to.writelines(one.line() for one in said[:heard])
            to.flush()
            lines = [back.readline() for _ in range(heard)]
        to.writelines(one.line() for one in said[len(lines) :])
        to.flush()
        if patience is None:
            to.close()
        else:
            time.sleep(patience)
            os.kill(child, signal.SIGKILL)
        lines += back.read().splitlines(keepends=True)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.waitstatus_to_exitcode(status) == 0, f"status {status}"
    return [json.loads(line) for line in lines if line.endswith("\n")]


def _be_the_accountant(path: Path, question: int, answer: int) -> None:
    """In the child: never comes back."""
    status = 1
    try:
        with os.fdopen(question, encoding="utf-8") as lines, os.fdopen(answer, "w", encoding="utf-8") as to:
            accountant.serve(path, CONFIG, lines, to)
        status = 0
    finally:
        os._exit(status)


def expected(ledger: Ledger, said: Said) -> dict[str, Any]:
    """What the pure machine answers."""
    _, outcome = account_machine.step(ledger, said.event, said.now)
    if isinstance(outcome, AccountRejection):
        return {"rejected": outcome.name}
    return {"effects": [to_json(one, EFFECT) for one in outcome.effects]}
