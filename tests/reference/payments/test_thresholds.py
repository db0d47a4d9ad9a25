# SPDX-License-Identifier: GPL-2.0-only
"""Thresholds: what an honest payer owes, the inequalities, and the examples of the law recomputed."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from attrs import evolve, fields_dict
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.payments import (
    account_config,
    account_machine,
    allowance,
    balance,
    enforcement,
    payment,
    thresholds,
)
from althea_spec.reference.payments.account_config import AccountConfig
from althea_spec.reference.payments.allowance import Allowance
from althea_spec.reference.payments.balance import NOTHING_USED, Totals
from althea_spec.reference.payments.enforcement import Purpose, Standing
from althea_spec.reference.payments.thresholds import SECOND, Conditions, Inequality, Thresholds
from althea_spec.spec import requirements

from .account_makers import COIN, CONDITIONS, CONFIG, LIMITS, PAY

LAW = (Path(requirements.PROSE) / "payments" / "enforcement.md").read_text(encoding="utf-8")


def rounded_up(charge: int) -> int:
    return -(-charge // COIN)


def row(label: str) -> list[int]:
    """The numbers of a row of a table in the law."""
    (found,) = re.findall(rf"^\| {re.escape(label)} \|(.*)\|$", LAW, re.MULTILINE)
    return [int(one.replace(",", "")) for one in found.split("|")]


# --- the example of the law -----------------------------------------------------------------------------


def test_the_example_of_the_law() -> None:
    """Requirement: ENF-HONEST-01, ENF-BOUND-01, ENF-CHECK-02"""
    columns = []
    for is_mutual in (False, True):
        conditions = evolve(CONDITIONS, is_mutual=is_mutual)
        limits = thresholds.least(conditions, PAY, COIN)
        (honest,) = [
            left
            for which, left, _ in thresholds.sides(limits, conditions, COIN)
            if which is Inequality.HONEST
        ]
        at_once = thresholds.most_used(conditions.rate, conditions.interval)
        taken = enforcement.most_unpaid(evolve(limits, outage=0), at_once)
        columns.append(
            {
                "most that an honest payer owes": rounded_up(honest - conditions.tolerance),
                "least limit = block": rounded_up(limits.limit),
                "resume": rounded_up(limits.resume),
                "least outage allowance": rounded_up(limits.outage),
                "one identity takes unpaid at most, chain in sight": rounded_up(taken),
                "seconds of service that this is": taken // conditions.rate,
            }
        )
        assert limits.limit == limits.block
    for label in columns[0]:
        assert row(label) == [one[label] for one in columns]
    share = columns[1]["seconds of service that this is"] * 100 // 3600
    assert f"{share} in 100 of what an honest user buys" in LAW


def test_the_allowance_of_the_law() -> None:
    """Requirement: ENF-ALLOW-02"""
    terms = Allowance()
    assert row("at once") == [terms.capacity]
    assert row("per second") == [terms.rate]
    assert row("in a day at most") == [allowance.most_free(terms, 86_400 * SECOND)]


def test_the_books_of_the_law_settle() -> None:
    """The example of two books that differ by what was lost, with two thresholds of paying.

    Requirement: ACCT-DEBT-01, PAY-LOOP-01
    """
    first = balance.used(NOTHING_USED, 120 * COIN, 20 * COIN)
    second = balance.used(NOTHING_USED, 20 * COIN, 114 * COIN)
    assert (balance.debt_of(first, COIN), balance.debt_of(second, COIN)) == (100 * COIN, -94 * COIN)
    assert settled(first, second, PAY) == [100, 0]
    assert settled(first, second, COIN) == [120, 20]


def settled(first: Totals, second: Totals, pay: int) -> list[int]:
    """What each has paid when nobody has to pay any more."""
    books = [first, second]
    while True:
        dues = [payment.amount_due(balance.debt_of(one, COIN), pay, COIN, None) for one in books]
        if not any(dues):
            return [one.paid for one in books]
        here = 0 if dues[0] else 1
        books[here] = balance.paid(books[here], dues[here])
        books[1 - here] = balance.received(books[1 - here], dues[here])


def test_the_payments_of_the_law() -> None:
    """Requirement: PAY-DUE-01, PAY-DUE-02, PAY-DUE-03"""
    due = [(49_999_999, None), (50_700_000, None), (137_000_001, None), (137_000_001, 60), (137_000_001, 49)]
    assert [payment.amount_due(debt, PAY, COIN, there_is) for debt, there_is in due] == [0, 50, 137, 60, 0]


# --- the bound is right, and not too large --------------------------------------------------------------


def worst(limits: Thresholds, conditions: Conditions, shares: list[int]) -> int:
    """The most that a payer ever owes that uses such shares (percent) of what it may, payments that take the
    whole delay, counted in steps of one interval; in a payee's view.
    """
    debt, due_at, amount, most = 0, None, 0, 0
    per_interval = thresholds.most_used(conditions.rate, conditions.interval)
    steps = conditions.delay // conditions.interval
    for step, share in enumerate(shares):
        debt += per_interval * share // 100
        most = max(most, debt + conditions.tolerance)
        if due_at == step:
            debt, due_at = debt - amount * COIN, None
        if due_at is None:
            amount = payment.amount_due(debt, limits.pay, COIN, None)
            due_at = step + steps if amount else None
    return most


@given(st.lists(st.sampled_from((0, 1, 50, 99, 100, 100)), min_size=1, max_size=40))
def test_no_course_of_payments_passes_the_bound(shares: list[int]) -> None:
    """Requirement: ENF-HONEST-01"""
    assert worst(LIMITS, CONDITIONS, shares) <= LIMITS.limit


def test_a_course_of_payments_reaches_the_bound() -> None:
    """At the full rate the bound is reached but for what the payment that comes next covers.

    Requirement: ENF-HONEST-01
    """
    most = worst(LIMITS, CONDITIONS, [100] * 40)
    per_interval = thresholds.most_used(CONDITIONS.rate, CONDITIONS.interval)
    assert LIMITS.limit - per_interval <= most + COIN <= LIMITS.limit + COIN


BROKEN = [
    (Inequality.COIN, {"pay": COIN - 1}, "1000000 > 999999"),
    (Inequality.RESUME, {"resume": LIMITS.resume - 1}, "64999999 > 64999998"),
    (Inequality.HYSTERESIS, {"resume": LIMITS.limit - PAY + 1}, "151000000 > 150999999"),
    (Inequality.HONEST, {"limit": LIMITS.limit - 1}, "150999999 > 150999998"),
    (Inequality.BLOCK, {"block": LIMITS.limit - 1}, "150999999 > 150999998"),
    (Inequality.OUTAGE, {"outage": 0}, "1050999999 > 200000000"),
]


@pytest.mark.parametrize(("inequality", "change", "numbers"), BROKEN, ids=[one[0].name for one in BROKEN])
def test_thresholds_that_do_not_fit_name_the_inequality(
    inequality: Inequality, change: dict[str, int], numbers: str
) -> None:
    """Requirement: ENF-CHECK-01"""
    with pytest.raises(ValueError, match=r"^thresholds: ") as caught:
        thresholds.check(evolve(LIMITS, **change), CONDITIONS, COIN)
    assert str(caught.value) == f"thresholds: expected {inequality.value}, got {numbers}"


def test_every_inequality_is_in_the_law() -> None:
    assert {one[0] for one in BROKEN} == set(Inequality)
    assert len(re.findall(r"^\| .* <= .* \|", LAW, re.MULTILINE)) == len(Inequality)


CONFIGS = [
    ({"unit_octets": 0}, {}, "unit_octets: expected 1 or more, got 0"),
    ({"denomination": ""}, {}, "denomination: expected the name of a coin, got an empty text"),
    ({"confirmations": -1}, {}, "confirmations: expected 0 or more, got -1"),
    ({"recovery": 44 * SECOND}, {}, "recovery: expected 45000000 or more, got 44000000"),
    ({"stale_after": 21 * SECOND}, {}, "stale_after: expected 20000000 at most, got 21000000"),
    ({"patience": 0}, {}, "patience: expected 1 or more, got 0"),
    ({}, {"rate": -1}, "rate: expected 0 or more, got -1"),
    ({"thresholds": evolve(LIMITS, outage=-1)}, {}, "thresholds: outage: expected 0 or more, got -1"),
    (
        {"us": evolve(CONFIG.us, account="A")},
        {},
        "us: account: expected lower-case text without spaces, got 'A'",
    ),
    ({"us": evolve(CONFIG.us, tunnel_key=b"k")}, {}, "us: tunnel_key: expected 32 octets, got 1"),
]


@pytest.mark.parametrize(("terms", "assumed", "message"), CONFIGS, ids=[one[2] for one in CONFIGS])
def test_terms_that_promise_too_much_are_refused(
    terms: dict[str, object], assumed: dict[str, int], message: str
) -> None:
    """Requirement: ACCT-CONF-01, ENF-STALE-03, ENF-STALE-04, ACCT-IDENT-03"""
    account_config.check(CONFIG, CONDITIONS)
    config: AccountConfig = evolve(CONFIG, **terms)
    with pytest.raises(ValueError, match=r"expected") as caught:
        account_config.check(config, evolve(CONDITIONS, **assumed))
    assert str(caught.value) == message


def test_nothing_changes_the_thresholds_of_a_node() -> None:
    """Requirement: ENF-CONST-01"""
    tree = ast.parse(inspect.getsource(account_machine))
    set_to = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)
    }
    named = {one.arg for node in ast.walk(tree) if isinstance(node, ast.Call) for one in node.keywords}
    assert not {"config", "thresholds", *fields_dict(Thresholds)} & (set_to | named)


# --- standings and the way to pay -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "above", "relaxed", "expected"),
    [
        (Standing.OPEN, "limit", False, Standing.OPEN),
        (Standing.OPEN, "limit+1", False, Standing.LIMITED),
        (Standing.OPEN, "limit+1", True, Standing.OPEN),
        (Standing.LIMITED, "limit+1", True, Standing.LIMITED),
        (Standing.LIMITED, "resume+1", False, Standing.LIMITED),
        (Standing.LIMITED, "resume", False, Standing.OPEN),
        (Standing.LIMITED, "block", False, Standing.LIMITED),
        (Standing.OPEN, "block+1", False, Standing.BLOCKED),
        (Standing.OPEN, "block+1", True, Standing.OPEN),
        (Standing.BLOCKED, "resume+1", False, Standing.BLOCKED),
        (Standing.BLOCKED, "resume", True, Standing.OPEN),
    ],
)
def test_a_standing_follows_from_what_is_owed(
    before: Standing, above: str, relaxed: bool, expected: Standing
) -> None:
    """Requirement: ENF-STATE-01, ENF-STATE-02, ENF-STATE-03, ENF-STATE-04, ENF-STALE-01"""
    name, _, more = above.partition("+")
    owed = getattr(LIMITS, name) + int(more or 0)
    assert enforcement.standing(before, owed, LIMITS, relaxed=relaxed) is expected


def test_what_passes_a_blocked_neighbour() -> None:
    """Requirement: ENF-BLOCK-01, ENF-BLOCK-02"""
    passing = {
        (purpose, within)
        for purpose in Purpose
        for within in (False, True)
        if enforcement.may_pass(Standing.BLOCKED, purpose, within_allowance=within)
    }
    assert passing == {(Purpose.LINK, False), (Purpose.LINK, True), (Purpose.PAYMENT, True)}


@given(st.lists(st.tuples(st.integers(0, 3 * SECOND), st.integers(1, 2000)), max_size=60))
def test_no_more_passes_the_bucket_than_it_may(packets: list[tuple[int, int]]) -> None:
    """Requirement: ENF-ALLOW-01, ENF-ALLOW-02"""
    terms = Allowance(capacity=3000, rate=700)
    bucket, now, passed = allowance.full(terms, 0), 0, 0
    for wait, octets in packets:
        now += wait
        after = allowance.taken(bucket, terms, now, octets)
        if after is not None:
            bucket, passed = after, passed + octets
    assert passed <= allowance.most_free(terms, now)
    assert allowance.taken(bucket, terms, now + 5 * SECOND, 3000) is not None
