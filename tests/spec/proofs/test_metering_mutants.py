# SPDX-License-Identifier: GPL-2.0-only
"""What is proved of metering, billing and exits is refuted once a kernel has a likely fault."""

import pytest

from althea_spec.spec.proofs.catalogue import load
from althea_spec.spec.proofs.engine.outcome import Verdict
from althea_spec.spec.proofs.engine.proving import prove

from .mutants import planted, rewritten

FAULTS = {
    "money/nothing-lost": (
        "money.payable",
        """
        def payable(charge, unit_octets):
            return (max(charge, 0) + unit_octets - 1) // unit_octets
        """,
    ),
    "counters/difference": (
        "counters.difference",
        """
        def difference(before, now, width):
            return max(now - before, 0)
        """,
    ),
    "metering/splitting": (
        "overhead.billed",
        """
        def billed(octets, packets):
            return max(octets + packets * PACKET_OVERHEAD - 100, 0)
        """,
    ),
    "metering/bounded": (
        "counters.implausible",
        """
        def implausible(moved, most):
            return MeteringRejection.MORE_THAN_TUNNEL_CARRIES if moved.octets > most else None
        """,
    ),
    "metering/new-run": (
        "counters.base",
        """
        def base(last, is_same_run):
            return last if last is not None else ZERO
        """,
    ),
    "metering/missed": (
        "metering.missed",
        """
        def missed(price, most):
            return billing.charge(price, most, 0)
        """,
    ),
    "disagreement/one-change": (
        "price_history.least",
        """
        def least(history, since):
            return history.current
        """,
    ),
    "disagreement/two-changes": (
        "price_history.changed",
        """
        def changed(history, price, now, grace=0):
            if price == history.current:
                return history
            former = Former(history.current, history.number, now + grace)
            formers = () if history.current is None else (former,)
            return PriceHistory(price, history.number + 1, formers)
        """,
    ),
    "disagreement/seller-ahead": (
        "disagreement.seller_ahead",
        """
        def seller_ahead(terms, price, restarts):
            return price * unread(terms)
        """,
    ),
    "disagreement/buyer-ahead": (
        "disagreement.buyer_ahead",
        """
        def buyer_ahead(terms, price, spread, changes, restarts):
            under_way = within(terms, terms.transit)
            apart = price * (unread(terms) * (1 + restarts) + under_way)
            return apart + spread * changes * disputed(terms)
        """,
    ),
    "disagreement/buyer-ahead-grows": (
        "disagreement.buyer_ahead",
        """
        def buyer_ahead(terms, price, spread, changes, restarts):
            under_way = within(terms, terms.transit)
            apart = price * (unread(terms) * (1 + min(restarts, 3)) + under_way + lost(terms))
            return apart + spread * min(changes, 3) * disputed(terms)
        """,
    ),
    "disagreement/seller-ahead-grows": (
        "disagreement.seller_ahead",
        """
        def seller_ahead(terms, price, restarts):
            return price * unread(terms) * (1 + min(restarts, 3))
        """,
    ),
    "reconciliation/over-claim": (
        "reconciliation.believed",
        """
        def believed(booked, reported, missed):
            return reported
        """,
    ),
    "reconciliation/repeated": (
        "reconciliation.report",
        """
        def report(state, number, reported, missed):
            for one in state.marks:
                if one.number == number:
                    correction = state.correction + believed(one.booked, reported, missed) - one.booked
                    return Reconciliation(state.marks, state.sent, correction)
            return MeteringRejection.UNKNOWN_MARK
        """,
    ),
    "billing/margin": (
        "relay_margin.margin",
        """
        def margin(sold, bought):
            return sold or 0
        """,
    ),
    "billing/withdrawn": (
        "price_history.counting",
        """
        def counting(history, since):
            return () if history.current is None else (history.current,)
        """,
    ),
    "billing/acknowledged": (
        "price_history.acknowledged",
        """
        def acknowledged(history, number, now):
            return PriceHistory(history.current, history.number)
        """,
    ),
    "billing/forgotten": (
        "price_history.forgotten",
        """
        def forgotten(history, since):
            return PriceHistory(history.current, history.number)
        """,
    ),
    "relay/buys-at-most": (
        "price_history.greatest",
        """
        def greatest(history, since):
            return max((history.current or 0, *(one.price for one in history.formers)))
        """,
    ),
    "relay/sells-at-least": (
        "price_history.least",
        """
        def least(history, since):
            return min((history.current or 0, *(one.price for one in history.formers)))
        """,
    ),
    "relay/loss-bounded": (
        "relay_margin.largest_loss",
        """
        def largest_loss(rise, own, rate, duration, burst=0):
            return max(rise - 2 * own, 0) * (counters.octets_within(rate, duration) + burst)
        """,
    ),
    "relay/loss-ends": (
        "relay_margin.window",
        """
        def window(grace, interval):
            return grace
        """,
    ),
    "billing/nothing-offered": (
        "billing.charge",
        """
        def charge(price, octets, packets):
            return money.charge_of(1 if price is None else price, overhead.billed(octets, packets))
        """,
    ),
    "exit/passes-on": (
        "exit_billing.charge",
        """
        def charge(tariff, traffic):
            return ExitCharge(service(tariff, traffic), traffic.returned + traffic.returned // 10)
        """,
    ),
    "exit/cost-covers-return": (
        "exit_billing.downstream_cost",
        """
        def downstream_cost(tariff, route_price, octets):
            return billing.charge(tariff.downstream + route_price, octets, 1)
        """,
    ),
    "exit/own-money-is-safe": (
        "exit_account.is_served",
        """
        def is_served(account, cost):
            return not account.is_stopped or left(account) > 0
        """,
    ),
    "exit/stops-at-zero": (
        "exit_account.is_stopped",
        """
        def is_stopped(was_stopped, left, cost, resume):
            return left < cost
        """,
    ),
    "exit/resumes": (
        "exit_account.is_stopped",
        """
        def is_stopped(was_stopped, left, cost, resume):
            return left <= 0
        """,
    ),
    "exit/prepaid-bounded": (
        "exit_account.top_up",
        """
        def top_up(paid, charged, low, high, unit_octets):
            ahead = paid - charged
            return 0 if ahead > low else money.payable(high, unit_octets)
        """,
    ),
    "exit/who-bears-it": (
        "exit_billing.is_passed_on",
        """
        def is_passed_on(origin):
            return origin is not Origin.OWN
        """,
    ),
    "exit/ceiling": (
        "exit_billing.is_returnable",
        """
        def is_returnable(route_price, ceiling):
            return not ceiling or route_price <= ceiling
        """,
    ),
}


SLOW = {"disagreement/two-changes"}


def is_refuted(identifier: str) -> bool:
    (obligation,) = load([identifier])
    with planted(rewritten(*FAULTS[identifier])):
        return prove(obligation, ("z3",)).z3 is Verdict.REFUTED


@pytest.mark.parametrize("identifier", [one for one in FAULTS if one not in SLOW])
def test_a_likely_fault_is_refuted(identifier: str) -> None:
    assert is_refuted(identifier)


@pytest.mark.long
@pytest.mark.parametrize("identifier", sorted(SLOW))
def test_a_likely_fault_of_many_ways_is_refuted(identifier: str) -> None:
    assert is_refuted(identifier)
