# SPDX-License-Identifier: GPL-2.0-only
"""What is proved of accounts, payments and enforcement is refuted once a kernel follows another rule."""

import pytest

from althea_spec.spec.proofs.catalogue import load
from althea_spec.spec.proofs.engine.outcome import Verdict
from althea_spec.spec.proofs.engine.proving import prove

from .mutants import planted, rewritten

ONE_NUMBER = (
    "balance.debt",
    """
    def debt(unpaid_by_us, unpaid_by_them):
        return unpaid_by_us - unpaid_by_them
    """,
)
NETTED_BY_WHAT_IS_OWED_NOW = (
    "balance.received",
    """
    def received(totals, amount):
        counted = min(amount, max(totals.used_by_them - totals.received, 0))
        return Totals(totals.used_by_us, totals.used_by_them, totals.paid, totals.received + counted)
    """,
)
NO_HYSTERESIS = (
    "enforcement.standing",
    """
    def standing(before, owed, thresholds, *, relaxed):
        if owed > thresholds.block + (thresholds.outage if relaxed else 0):
            return Standing.BLOCKED
        return Standing.LIMITED if owed > thresholds.limit and not relaxed else Standing.OPEN
    """,
)
STRICT_ALWAYS = (
    "enforcement.standing",
    """
    def standing(before, owed, thresholds, *, relaxed):
        if owed > thresholds.block:
            return Standing.BLOCKED
        if owed <= thresholds.resume:
            return Standing.OPEN
        if before is Standing.OPEN and owed > thresholds.limit:
            return Standing.LIMITED
        return before
    """,
)
FAIL_OPEN = (
    "enforcement.standing",
    """
    def standing(before, owed, thresholds, *, relaxed):
        if relaxed:
            return before
        return Standing.BLOCKED if owed > thresholds.block else Standing.OPEN
    """,
)
ROUNDED_UP = (
    "payment.amount_due",
    """
    def amount_due(debt, pay, unit_octets, spendable):
        if debt < pay:
            return 0
        return (debt + unit_octets - 1) // unit_octets
    """,
)
ONE_DELAY = (
    "thresholds.most_owed",
    """
    def most_owed(pay, per_interval, per_delay, left):
        return pay - 1 + per_interval + per_delay
    """,
)
NOBODY_PAYS_BACK = (
    "thresholds.most_left",
    """
    def most_left(unit_octets, per_delay, tolerance, *, is_mutual):
        return unit_octets - 1
    """,
)
HASH_ONLY = (
    "receipt.repetition",
    """
    def repetition(height, scanned, *, is_known):
        return AccountRejection.ALREADY_CREDITED if is_known else None
    """,
)
FORGOTTEN_AT_ONCE = (
    "receipt.must_be_kept",
    """
    def must_be_kept(height, scanned):
        return False
    """,
)
ANY_COIN = (
    "receipt.rejection",
    """
    def rejection(transfer, terms, committed, scanned, *, is_known):
        if transfer.recipient != terms.account:
            return AccountRejection.NOT_TO_US
        if not is_final(transfer.height, committed, terms.confirmations):
            return AccountRejection.NOT_FINAL
        return repetition(transfer.height, scanned, is_known=is_known)
    """,
)
ROUNDED_BUCKET = (
    "allowance.taken",
    """
    def taken(bucket, allowance, now, octets):
        left = level(bucket, allowance, now) - octets * SECOND
        return Bucket(max(left, 0), now) if left > -SECOND else None
    """,
)
LEAKING_BUCKET = (
    "allowance.level",
    """
    def level(bucket, allowance, now):
        return bucket.level
    """,
)
ALL_FOR_NOTHING = (
    "enforcement.may_pass",
    """
    def may_pass(standing, purpose, *, within_allowance):
        return standing is not Standing.BLOCKED or purpose is Purpose.LINK
    """,
)
NO_RECOVERY = (
    "enforcement.is_relaxed",
    """
    def is_relaxed(fresh_since, now, recovery, *, stale):
        return stale
    """,
)
WHO_USED_MORE_OWES_ALL = (
    "balance.debt",
    """
    def debt(unpaid_by_us, unpaid_by_them):
        return max(unpaid_by_us, 0) if unpaid_by_us >= unpaid_by_them else -max(unpaid_by_them, 0)
    """,
)
ONE_TOO_MUCH = (
    "thresholds.most_owed",
    """
    def most_owed(pay, per_interval, per_delay, left):
        return max(pay, left + per_delay + 1) + per_interval + per_delay
    """,
)
NO_CREDIT_FOR_THEM = (
    "balance.debt",
    """
    def debt(unpaid_by_us, unpaid_by_them):
        return max(unpaid_by_us, 0) - unpaid_by_them
    """,
)
LIMIT_FIRST = (
    "enforcement.standing",
    """
    def standing(before, owed, thresholds, *, relaxed):
        if owed > thresholds.limit and not relaxed:
            return Standing.LIMITED
        return Standing.OPEN if owed <= thresholds.resume else before
    """,
)
NEVER_FORGOTTEN = (
    "payment.may_turn_up",
    """
    def may_turn_up(number, confirmed):
        return True
    """,
)
A_MOMENT_LATE = (
    "payment.is_to_be_repeated",
    """
    def is_to_be_repeated(handed_in_at, now, patience):
        return now - handed_in_at > patience
    """,
)
NO_CREDIT = (
    "balance.credit",
    """
    def credit(unpaid_by_them):
        return 0
    """,
)
NOT_SET_OFF = (
    "balance.debt",
    """
    def debt(unpaid_by_us, unpaid_by_them):
        return unpaid_by_us if unpaid_by_us > 0 else -max(unpaid_by_them, 0)
    """,
)
LIMITED_AT_THE_THRESHOLD = (
    "enforcement.standing",
    """
    def standing(before, owed, thresholds, *, relaxed):
        return Standing.LIMITED if owed >= thresholds.limit else Standing.OPEN
    """,
)
RESUMED_AT_NOTHING = (
    "enforcement.standing",
    """
    def standing(before, owed, thresholds, *, relaxed):
        return Standing.OPEN if owed <= 0 else before
    """,
)
LEFT_OF_ALL = (
    "thresholds.most_left",
    """
    def most_left(unit_octets, per_delay, tolerance, *, is_mutual):
        return tolerance + per_delay
    """,
)
LEAST_IS_PAY = (
    "thresholds.least",
    """
    def least(conditions, pay, unit_octets):
        return Thresholds(pay, pay, 2 * pay, 2 * pay, 0)
    """,
)
ROUNDED_DOWN = (
    "thresholds.most_used",
    """
    def most_used(rate, duration):
        return rate * duration // SECOND
    """,
)

OTHER_RULES = {
    "balance/mirror": NO_CREDIT_FOR_THEM,
    "enforcement/monotone": LIMIT_FIRST,
    "payment/in-order": NEVER_FORGOTTEN,
    "payment/patience": A_MOMENT_LATE,
    "balance/order": NETTED_BY_WHAT_IS_OWED_NOW,
    "balance/payment-makes-no-debt": ONE_NUMBER,
    "balance/no-payment-beyond-use": ONE_NUMBER,
    "balance/one-number-bounces": ONE_NUMBER,
    "balance/conserved": NO_CREDIT,
    "balance/credit-is-used": NO_CREDIT,
    "balance/views": WHO_USED_MORE_OWES_ALL,
    "payment/all-that-is-owed": ROUNDED_UP,
    "payment/within-the-wallet": ROUNDED_UP,
    "receipt/once": HASH_ONLY,
    "receipt/every-right-one": ANY_COIN,
    "receipt/forgotten-by-height": FORGOTTEN_AT_ONCE,
    "receipt/forgotten-too-early": FORGOTTEN_AT_ONCE,
    "enforcement/bounded": FAIL_OPEN,
    "enforcement/blocked-at-once": FAIL_OPEN,
    "enforcement/hysteresis": NO_HYSTERESIS,
    "enforcement/links-and-payments": ALL_FOR_NOTHING,
    "enforcement/relaxed": NO_RECOVERY,
    "honest/not-yet": ONE_DELAY,
    "honest/paying": NOBODY_PAYS_BACK,
    "honest/pending": ROUNDED_UP,
    "honest/counted": NOT_SET_OFF,
    "honest/never-cut-off": LIMITED_AT_THE_THRESHOLD,
    "honest/through-an-outage": STRICT_ALWAYS,
    "honest/comes-back": RESUMED_AT_NOTHING,
    "honest/payee-that-pays": LEFT_OF_ALL,
    "honest/just-outside": ONE_TOO_MUCH,
    "thresholds/least": LEAST_IS_PAY,
    "thresholds/use": ROUNDED_DOWN,
    "allowance/bounded": ROUNDED_BUCKET,
    "allowance/comes-back": LEAKING_BUCKET,
}
"""A rule that somebody might follow instead, for what it breaks."""


def test_every_obligation_has_another_rule() -> None:
    subjects = ("balance", "payment", "receipt", "enforcement", "honest", "thresholds", "allowance")
    assert {one.id for one in load(subjects)} == set(OTHER_RULES)


@pytest.mark.parametrize("identifier", OTHER_RULES)
def test_another_rule_is_refuted(identifier: str) -> None:
    (obligation,) = load([identifier])
    function, text = OTHER_RULES[identifier]
    with planted(rewritten(function, text)):
        assert prove(obligation, ("z3",)).z3 in {Verdict.REFUTED, Verdict.NO_WITNESS}
