# SPDX-License-Identifier: MIT
"""Vectors for the fee escrow: the index, one line, and what all pay together."""

from collections.abc import Sequence
from ipaddress import IPv6Address
from typing import Final

from attrs import frozen

from althea_spec.reference.dao import (
    escrow_collection,
    escrow_line,
    escrow_queue,
    escrow_rules,
    fee_schedule,
)
from althea_spec.reference.dao.escrow_line import Standing, Subscriber
from althea_spec.reference.dao.escrow_queue import Entry, EscrowQueue
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.fee_schedule import MOST_FEE, FeeIndex, FeeSchedule
from althea_spec.reference.payments.money import Amount

from ..draw import Draw
from ..family import Arguments, Family

_ANN: Final = "althea1ann"
_WIDE: Final = 2**80

# --- kernels ------------------------------------------------------------------------------------------------

_PLAIN: Final = FeeSchedule(10, 100, 1000, 10, 100)
_CHANGES: Final = FeeSchedule(10, 100, 1000, 15, 107)
_SCHEDULES: Final = (_PLAIN, _CHANGES, FeeSchedule(0, 0, 0, 7, 0), FeeSchedule(3, 50, 0, 0, 51))
_POSITIONS: Final = (-26, -25, -1, 0, 1, 9, 10, 50)


def _schedule(draw: Draw) -> FeeSchedule:
    since = draw.integer(0, 2**32)
    fees = draw.integer(0, MOST_FEE), draw.integer(0, MOST_FEE)
    return FeeSchedule(fees[0], since, draw.integer(0, _WIDE), fees[1], since + draw.integer(0, 1000))


def _at(draw: Draw) -> Arguments:
    schedule = _schedule(draw)
    height = draw.near(schedule.next_from, 1, schedule.since) if draw.truth() else schedule.since
    return {"schedule": schedule, "height": height + draw.integer(0, 100)}


def _announcement(draw: Draw) -> Arguments:
    given = _at(draw)
    fee, notice = draw.integer(0, MOST_FEE), draw.integer(0, 1000)
    return {"schedule": given["schedule"], "fee": fee, "now": given["height"], "notice": notice}


def _line(draw: Draw) -> Arguments:
    exhaustion = draw.integer(0, _WIDE)
    limit = exhaustion + draw.integer(0, 1000)
    return {"exhaustion": exhaustion, "limit": limit, "index": draw.near(draw.choice((exhaustion, limit)), 2)}


@frozen
class Earned:
    """What a settlement has come to."""

    amount: Amount
    reached: FeeIndex
    """Up to which index it is complete."""
    paying: int
    """Members that have money still."""


def earned(exhaustions: Sequence[FeeIndex], since: FeeIndex, until: FeeIndex, most: int | None) -> Earned:
    """What members pay together whose money lasts to these indices, from one index to another; with ``most``,
    it stops when so many of them have run out.
    """
    queue = EscrowQueue()
    for number, exhaustion in enumerate(exhaustions, start=1):
        queue.add(Entry(exhaustion, Subscriber(IPv6Address(number), _ANN)))
    paid, reached = escrow_collection.sweep(queue, since, until, most)
    return Earned(paid, reached, len(queue))


def _earned(draw: Draw) -> Arguments:
    since = draw.integer(0, 1000)
    members = tuple(since + draw.integer(0, 60) for _ in range(draw.below(7)))
    most = draw.below(4) if draw.chance(1, 3) else None
    return {"exhaustions": members, "since": since, "until": since + draw.integer(0, 70), "most": most}


FAMILIES: Final = (
    Family(
        id="escrow/fee-at",
        function=fee_schedule.fee_at,
        grid={"schedule": _SCHEDULES, "height": (100, 106, 107, 108)},
        draw=_at,
    ),
    Family(
        id="escrow/index-at",
        function=fee_schedule.index_at,
        grid={"schedule": _SCHEDULES, "height": (100, 106, 107, 108, 200)},
        draw=_at,
    ),
    Family(
        id="escrow/announced",
        function=fee_schedule.announced,
        grid={"schedule": (_PLAIN, _CHANGES), "fee": (0, 20), "now": (100, 106, 107, 110), "notice": (0, 3)},
        draw=_announcement,
    ),
    Family(
        id="escrow/is-fee",
        function=fee_schedule.is_fee,
        grid={"fee": (-1, 0, 1, MOST_FEE, MOST_FEE + 1)},
    ),
    Family(
        id="escrow/position-at",
        function=escrow_line.position_at,
        grid={"exhaustion": (100,), "limit": (100, 125), "index": (0, 99, 100, 101, 125, 126, 1000)},
        draw=_line,
    ),
    Family(
        id="escrow/standing",
        function=escrow_line.standing,
        grid={"exhaustion": (100,), "limit": (100, 125), "index": (0, 99, 100, 101, 125, 126, 1000)},
        draw=_line,
    ),
    Family(id="escrow/balance", function=escrow_line.balance, grid={"position": _POSITIONS}),
    Family(id="escrow/arrears", function=escrow_line.arrears, grid={"position": _POSITIONS}),
    Family(id="escrow/is-admitted", function=escrow_line.is_admitted, grid={"standing": tuple(Standing)}),
    Family(
        id="escrow/is-enough",
        function=escrow_line.is_enough,
        grid={"position": _POSITIONS, "fee": (0, 1, 10), "minimum": (0, 9, 50)},
    ),
    Family(
        id="escrow/paid-at-once",
        function=escrow_line.paid_at_once,
        grid={"position": _POSITIONS, "amount": (1, 24, 25, 26, 100)},
    ),
    Family(
        id="escrow/lasts-to",
        function=escrow_line.lasts_to,
        grid={"position": _POSITIONS, "index": (25, 26, 1000)},
    ),
    Family(
        id="escrow/limit-after",
        function=escrow_line.limit_after,
        grid={"exhaustion": (0, 100), "allowance": (0, 25), "least": (0, 99, 101, 124, 125, 126)},
    ),
    Family(
        id="escrow/rules",
        function=escrow_rules.refusal_of_rules,
        grid={
            "rules": (
                EscrowRules(0, 0, 0),
                EscrowRules(3, 25, 50),
                EscrowRules(-1, 0, 0),
                EscrowRules(3, -1, 0),
                EscrowRules(3, 0, -1),
            ),
            "notice": (0, 2, 3, 4),
        },
    ),
    Family(
        id="escrow/earned",
        function=earned,
        requirements=("ESCROW-SETTLE-01", "ESCROW-SETTLE-02"),
        cases={
            "nobody": {"exhaustions": (), "since": 5, "until": 50, "most": None},
            "all-have-money": {"exhaustions": (90, 60, 75), "since": 5, "until": 60, "most": None},
            "one-runs-out": {"exhaustions": (90, 60, 75), "since": 5, "until": 61, "most": None},
            "all-run-out-together": {"exhaustions": (20, 20, 20), "since": 5, "until": 61, "most": None},
            "stops-at-once": {"exhaustions": (20, 30, 40), "since": 5, "until": 61, "most": 0},
            "stops-after-one": {"exhaustions": (30, 20, 40), "since": 5, "until": 61, "most": 1},
        },
        draw=_earned,
        drawn=60,
        covers=(
            escrow_collection.sweep,
            escrow_collection.charged,
            escrow_collection.has_run_out,
            escrow_queue.goes_before,
        ),
    ),
)
