# SPDX-License-Identifier: GPL-2.0-only
"""What is proved of communities is refuted once a deciding function has a fault that somebody might make."""

import pytest

from althea_spec.spec.proofs.catalogue import load
from althea_spec.spec.proofs.engine.outcome import Verdict
from althea_spec.spec.proofs.engine.proving import prove

from .mutants import planted, rewritten

FAULTS = {
    "vote/majorities-meet": (
        "threshold.reaches",
        """
        def reaches(part, whole, share):
            return part * share.denominator >= share.numerator * whole
        """,
    ),
    "vote/default-is-possible": (
        "threshold.signatures_needed",
        """
        def signatures_needed(count, organizers):
            return count.signatures
        """,
    ),
    "vote/seats": (
        "ballot.tally",
        """
        def tally(ballots, organizers):
            organizers = list(organizers)
            votes = list(ballots.values())
            weight = sum(one.weight for one in organizers)
            return Tally(len(votes), sum(1 if one else 0 for one in votes), 0, len(organizers), weight)
        """,
    ),
    "vote/nobody": (
        "threshold.is_met",
        """
        def is_met(threshold, tally):
            if isinstance(threshold, Count):
                return tally.signatures >= signatures_needed(threshold, tally.organizers)
            if isinstance(threshold, Fraction):
                return reaches(tally.in_favour, tally.weight, threshold.of_all)
            voted = tally.in_favour + tally.against
            turnout = reaches(voted, tally.weight, threshold.turnout)
            return turnout and reaches(tally.in_favour, voted, threshold.approval)
        """,
    ),
    "vote/in-time": (
        "proposal.decision",
        """
        def decision(threshold, met, closes, period, now):
            if met:
                return Decision.PASSED
            return Decision.LAPSED if now > closes else Decision.WAITING
        """,
    ),
    "vote/once": (
        "proposal.refusal",
        """
        def refusal(status, closes, now, same_rules, *, voting):
            if not same_rules:
                return Rejection.RULES_CHANGED
            return Rejection.VOTING_OVER if voting and now > closes else None
        """,
    ),
    "members/no-duplicate": (
        "membership.refusal_of_entry",
        """
        def refusal_of_entry(interface, same_address, same_account, lengths):
            if interface is None:
                return Rejection.ADDRESS_OUTSIDE
            return Rejection.ADDRESS_TAKEN if same_address else refusal_of_texts(*lengths)
        """,
    ),
    "organizers/somebody-stays": (
        "membership.refusal_of_departure",
        """
        def refusal_of_departure(known, organizers):
            return None if known else Rejection.NOT_AN_ORGANIZER
        """,
    ),
    "admit/no-replay": (
        "admission.is_replaced",
        """
        def is_replaced(claim, known):
            return claim.serial < known.serial
        """,
    ),
    "admit/binding": (
        "admission.refusal_of_binding",
        """
        def refusal_of_binding(claim, proven, known):
            if claim.signer is None:
                return Rejection.BINDING_NOT_SIGNED
            return None if proven == claim.identity.tunnel_key else Rejection.OTHER_KEY
        """,
    ),
    "treasury/books": (
        "treasury.is_balanced",
        """
        def is_balanced(money, treasury):
            return all(
                treasury.received.get(one, 0) == bank.balance(money, treasury.account, one)
                for one in treasury.received
            )
        """,
    ),
    "treasury/never-below-zero": (
        "treasury.refusal",
        """
        def refusal(held, amount):
            return None if amount <= held else Rejection.TREASURY_TOO_SMALL
        """,
    ),
}


@pytest.mark.parametrize("identifier", FAULTS)
def test_a_likely_fault_breaks_it(identifier: str) -> None:
    (obligation,) = load([identifier])
    function, text = FAULTS[identifier]
    with planted(rewritten(function, text)):
        assert prove(obligation, ("z3",)).z3 is Verdict.REFUTED
    assert prove(obligation, ("z3",)).z3 is Verdict.PROVED
