# SPDX-License-Identifier: MIT
"""What an economy promises, and how close it came to breaking it: the worst seen, and what is allowed."""

from collections.abc import Iterable
from enum import StrEnum, unique
from typing import TypeAlias

from attrs import define, field, frozen

from ..routing.messages import Microseconds


@unique
class Promise(StrEnum):
    """What is looked at while an economy runs; the values are the ids of the law."""

    CONSERVATION = "ECO-MONEY-01"
    CREDITS = "ECO-MONEY-02"
    PAYMENTS = "ECO-MONEY-03"
    VIEWS = "ECO-VIEWS-01"
    SERVICE = "ECO-HONEST-01"
    EXITS = "ECO-EXIT-03"
    UNPAID = "ECO-UNPAID-01"
    ADVANCE = "ECO-EXIT-04"
    EARNINGS = "ECO-EARN-01"


@unique
class CommunityPromise(StrEnum):
    """What is looked at besides where a network has communities."""

    TOTAL = "SUB-MONEY-01"
    ACCOUNTS = "SUB-MONEY-02"
    ESCROW = "SUB-MONEY-03"
    READ = "SUB-READ-01"
    CUT = "SUB-CUT-01"
    FORGET = "SUB-CUT-03"
    JOIN = "SUB-JOIN-01"


AnyPromise: TypeAlias = Promise | CommunityPromise

SENTENCES: dict[AnyPromise, str] = {
    Promise.CONSERVATION: "Nothing but minting and burning changes how much money there is.",
    Promise.CREDITS: "Nobody is credited with more than the chain says was paid.",
    Promise.PAYMENTS: "Who has looked through every block has credited every payment.",
    Promise.VIEWS: "The two ends of a debt differ by no more than the bound.",
    Promise.SERVICE: "Nobody honest is limited or blocked by anybody honest.",
    Promise.EXITS: "Nobody honest is stopped at an honest exit.",
    Promise.ADVANCE: "No exit spends more on a user than was paid and advanced.",
    Promise.UNPAID: "No identity gets more unpaid service from a neighbour than the bound.",
    Promise.EARNINGS: "Each relay has earned its price times what it forwarded.",
    CommunityPromise.TOTAL: "Of each denomination, all accounts and what is burnt are what came in.",
    CommunityPromise.ACCOUNTS: "Each account holds what the messages say.",
    CommunityPromise.ESCROW: "Each escrow holds what a count of every block says.",
    CommunityPromise.READ: "Each router in reach of the chain reads the lists in time.",
    CommunityPromise.CUT: "Whoever does not belong there any more loses its links in time.",
    CommunityPromise.FORGET: "Who cannot ask the chain keeps nobody for longer than a list serves.",
    CommunityPromise.JOIN: "Who belongs there has its links in time.",
}


UNITS: dict[AnyPromise, str] = {
    Promise.SERVICE: "cut off",
    Promise.EXITS: "stopped",
    CommunityPromise.READ: "s",
    CommunityPromise.CUT: "s",
    CommunityPromise.FORGET: "s",
    CommunityPromise.JOIN: "s",
}
"""What is counted; otherwise smallest units of the coin."""
CHARGES = frozenset({Promise.VIEWS, Promise.UNPAID, Promise.ADVANCE, Promise.EARNINGS})
"""What is a fraction of a coin."""
TIMES = frozenset(
    {CommunityPromise.READ, CommunityPromise.CUT, CommunityPromise.FORGET, CommunityPromise.JOIN}
)
"""What is a fraction of a second."""


@frozen
class Finding:
    """One promise at the end of a run."""

    promise: AnyPromise
    worst: int
    """What came closest to breaking it, in the same fraction of ``unit`` as ``allowed``."""
    allowed: int
    unit: str
    scale: int
    """How many of these make one ``unit``."""
    detail: str
    """Where and when that was; empty when there was nothing to look at."""
    looked: int
    """How many times it was looked at; 0: the run says nothing about it."""

    @property
    def is_kept(self) -> bool:
        return self.worst <= self.allowed


@define
class Observed:
    """The worst case of one promise so far."""

    promise: AnyPromise
    unit: str
    scale: int = 1
    worst: int = 0
    allowed: int = 0
    detail: str = ""
    looked: int = 0

    def look(self, seen: int, allowed: int, where: str, now: Microseconds) -> None:
        """One more case: it counts as worse the larger a part of what is allowed it takes."""
        self.looked += 1
        if self.looked == 1 or seen * max(self.allowed, 1) > self.worst * max(allowed, 1):
            self.worst, self.allowed = seen, allowed
            self.detail = f"{where} at {now // 1_000_000} s"

    @property
    def finding(self) -> Finding:
        return Finding(
            self.promise, self.worst, self.allowed, self.unit, self.scale, self.detail, self.looked
        )


@define
class Watchlist:
    """All promises of one run."""

    unit_octets: int = 1
    """Charges are looked at exactly: so many of them are one coin."""
    observed: dict[AnyPromise, Observed] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.add(Promise)

    def add(self, promises: Iterable[AnyPromise]) -> None:
        """These are looked at as well."""
        for one in promises:
            scale = self.unit_octets if one in CHARGES else 1_000_000 if one in TIMES else 1
            self.observed[one] = Observed(one, UNITS.get(one, "coins"), scale)

    def look(self, promise: AnyPromise, seen: int, allowed: int, where: str, now: Microseconds) -> None:
        self.observed[promise].look(seen, allowed, where, now)

    def findings(self) -> tuple[Finding, ...]:
        return tuple(one.finding for one in self.observed.values())
