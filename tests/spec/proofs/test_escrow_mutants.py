# SPDX-License-Identifier: GPL-2.0-only
"""What is proved of the escrow and of the registry is refuted once a rule is one that somebody might have
written.
"""

import pytest

from althea_spec.spec.proofs.catalogue import load
from althea_spec.spec.proofs.engine.outcome import Verdict
from althea_spec.spec.proofs.engine.proving import prove

from .mutants import mutants_of, planted, rewritten

OTHERS = [
    ("escrow/index-is-the-sum-of-fees", "fee_schedule.fee_at", "schedule, height", "schedule.fee"),
    (
        "escrow/index-is-the-sum-of-fees",
        "fee_schedule.index_at",
        "schedule, height",
        "schedule.index + schedule.next_fee * (height - schedule.since)",
    ),
    (
        "escrow/announcement-leaves-the-past",
        "fee_schedule.announced",
        "schedule, fee, now, notice",
        "FeeSchedule(fee, schedule.since, schedule.index, fee, schedule.since)",
    ),
    (
        "escrow/fee-after-notice",
        "fee_schedule.announced",
        "schedule, fee, now, notice",
        "FeeSchedule(fee_at(schedule, now), now, index_at(schedule, now), fee, now)",
    ),
    (
        "escrow/last-announcement-counts",
        "fee_schedule.announced",
        "schedule, fee, now, notice",
        "schedule if schedule.next_from > now else "
        "FeeSchedule(fee_at(schedule, now), now, index_at(schedule, now), fee, now + notice)",
    ),
    ("escrow/fees", "fee_schedule.is_fee", "fee", "0 < fee <= MOST_FEE"),
    (
        "escrow/position-follows-the-index",
        "escrow_line.position_at",
        "exhaustion, limit, index",
        "exhaustion - index",
    ),
    (
        "escrow/debts-are-bounded",
        "escrow_line.position_at",
        "exhaustion, limit, index",
        "exhaustion - index",
    ),
    ("escrow/position-splits", "escrow_line.arrears", "position", "abs(position)"),
    (
        "escrow/standing",
        "escrow_line.standing",
        "exhaustion, limit, index",
        "Standing.PAID if index <= exhaustion else "
        "Standing.IN_ARREARS if index < limit else Standing.SUSPENDED",
    ),
    ("escrow/settling-is-not-felt", "escrow_line.lasts_to", "position, index", "index + max(position, 0)"),
    ("escrow/same-block", "escrow_line.lasts_to", "position, index", "index + position - 1"),
    ("escrow/deposit-is-kept-or-paid", "escrow_line.paid_at_once", "position, amount", "arrears(position)"),
    ("escrow/return", "escrow_line.is_enough", "position, fee, minimum", "position >= minimum"),
    (
        "escrow/deposit-never-suspends",
        "escrow_line.limit_after",
        "exhaustion, allowance, least",
        "exhaustion + allowance",
    ),
    (
        "escrow/notice-grows",
        "escrow_rules.refusal_of_rules",
        "rules, notice",
        "Rejection.RULE_MALFORMED if min(rules.notice, rules.allowance, rules.minimum) < 0 else None",
    ),
    (
        "escrow/together-as-one-by-one",
        "escrow_collection.charged",
        "paying, since, until",
        "(paying + 1) * (until - since)",
    ),
    (
        "escrow/each-is-taken-out-once",
        "escrow_collection.has_run_out",
        "exhaustion, index",
        "exhaustion <= index",
    ),
    ("escrow/settlement-adds-up", "escrow_collection.has_run_out", "exhaustion, index", "False"),
    ("escrow/deposit-adds-up", "escrow_line.paid_at_once", "position, amount", "0"),
    ("escrow/leaving-returns-the-rest", "escrow_line.balance", "position", "position"),
    ("registry/parts", "registry_shares.part_of", "amount, parts", "-(-amount * parts // PARTS)"),
    (
        "registry/shares-add-up",
        "registry_shares.share",
        "pool, first, votes, all_votes",
        "pool * votes // all_votes",
    ),
    (
        "registry/shares-are-fair",
        "registry_shares.share",
        "pool, first, votes, all_votes",
        "pool - before(pool, first, all_votes)",
    ),
    (
        "registry/no-vote-is-seen-in-time",
        "challenge.phase_at",
        "opened_at, commit_blocks, reveal_blocks, now",
        "Phase.REVEAL if now < opened_at + reveal_blocks else Phase.COMMIT",
    ),
    (
        "registry/outcome",
        "challenge.outcome_of",
        "keeping, removing, quorum",
        "Outcome.KEPT if keeping >= removing else Outcome.REMOVED",
    ),
    (
        "registry/sides-are-equal",
        "challenge.outcome_of",
        "keeping, removing, quorum",
        "Outcome.KEPT if keeping >= removing else Outcome.REMOVED",
    ),
    (
        "registry/somebody-shares",
        "challenge.outcome_of",
        "keeping, removing, quorum",
        "Outcome.KEPT if keeping >= removing else Outcome.REMOVED",
    ),
    (
        "registry/votes-do-not-hurt",
        "challenge.outcome_of",
        "keeping, removing, quorum",
        "Outcome.UNDECIDED if keeping + removing != quorum else "
        "Outcome.KEPT if keeping > removing else Outcome.REMOVED",
    ),
    ("registry/who-has-won", "challenge.won", "keeps, outcome", "(outcome is Outcome.KEPT) == bool(keeps)"),
    ("registry/standard-firmware", "registry_listing.may_join", "is_listed, is_standard", "True"),
    ("registry/rest", "challenge.may_challenge", "rests_until, now", "now > rests_until"),
    (
        "registry/challenge-adds-up",
        "registry_shares.share",
        "pool, first, votes, all_votes",
        "pool * votes // all_votes",
    ),
    (
        "registry/challenge-adds-up-unrevealed",
        "registry_shares.share",
        "pool, first, votes, all_votes",
        "pool * votes // all_votes - 1",
    ),
    (
        "registry/unrevealed-lose-nothing",
        "registry_shares.share",
        "pool, first, votes, all_votes",
        "pool * votes // all_votes - 1",
    ),
    (
        "registry/voters-lose-nothing",
        "registry_shares.share",
        "pool, first, votes, all_votes",
        "pool * votes // all_votes - 1",
    ),
    ("registry/registration-adds-up", "registry_shares.part_of", "amount, parts", "amount + parts"),
]


@pytest.mark.parametrize(
    ("identifier", "function", "arguments", "rule"), OTHERS, ids=[f"{one[0]}: {one[3]}" for one in OTHERS]
)
def test_another_rule_breaks_it(identifier: str, function: str, arguments: str, rule: str) -> None:
    (obligation,) = load([identifier])
    name = function.rpartition(".")[2]
    with planted(rewritten(function, f"def {name}({arguments}):\n    return {rule}")):
        assert prove(obligation, ("z3",)).z3 is Verdict.REFUTED


SETTLEMENTS = {
    "escrow/often-or-once": """
        def sweep(queue, since, until, most=None):
            while (entry := queue.first()) is not None and has_run_out(entry.exhaustion, until):
                queue.remove(entry.subscriber)
            return charged(len(queue), since, until), until
    """,
    "escrow/in-parts": """
        def sweep(queue, since, until, most=None):
            paid, reached = 0, since
            while (entry := queue.first()) is not None and has_run_out(entry.exhaustion, until):
                if most == 0:
                    return paid, until
                paid += charged(len(queue), reached, entry.exhaustion)
                reached = entry.exhaustion
                queue.remove(entry.subscriber)
                most = None if most is None else most - 1
            return paid + charged(len(queue), reached, until), until
    """,
}


@pytest.mark.parametrize("identifier", SETTLEMENTS)
def test_another_settlement_breaks_it(identifier: str) -> None:
    """Given one that forgets what a member still had, or how far it has come, then the sum is another."""
    (obligation,) = load([identifier])
    with planted(rewritten("escrow_collection.sweep", SETTLEMENTS[identifier])):
        assert prove(obligation, ("z3",)).z3 is Verdict.REFUTED


@pytest.mark.parametrize(
    ("identifier", "function", "fault"),
    [
        ("registry/loser-loses-the-deposit", "registry.resolve", "computes Sub in challenge.deposit + gain"),
        ("escrow/collecting-twice", "escrow.collect", "counts 1 in 0"),
        ("escrow/leaving-returns-the-rest", "escrow.leave", "computes Add in before - rest"),
        ("escrow/withdrawal-adds-up", "escrow.withdraw", "computes Add in before - amount"),
        ("escrow/joining-and-leaving-add-up", "escrow.leave", "computes Add in before - rest"),
        ("escrow/collecting-adds-up", "escrow.collect", "counts 1 in 0"),
    ],
)
def test_a_slip_in_an_operation_breaks_it(identifier: str, function: str, fault: str) -> None:
    (obligation,) = load([identifier])
    (mutant,) = [one for one in mutants_of(function) if one.fault.endswith(fault)]
    with planted(mutant):
        assert prove(obligation, ("z3",)).z3 is Verdict.REFUTED
