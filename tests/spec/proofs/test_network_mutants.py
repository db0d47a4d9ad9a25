# SPDX-License-Identifier: GPL-2.0-only
"""What is proved of communities in a network is refuted once a function has a likely fault."""

import pytest

from althea_spec.spec.proofs.catalogue import load
from althea_spec.spec.proofs.engine.outcome import Verdict
from althea_spec.spec.proofs.engine.proving import prove

from .mutants import planted, rewritten

FAULTS = {
    "network/news-in-time": (
        "community_admission.known_within",
        """
        def known_within(confirmations, block_interval, refresh, tick):
            return confirmations * block_interval + refresh + tick
        """,
    ),
    "network/news-as-late-as-that": (
        "community_admission.known_within",
        """
        def known_within(confirmations, block_interval, refresh, tick):
            return (confirmations + 1) * (block_interval + tick) + refresh + tick
        """,
    ),
    "network/vote-in-time": (
        "community_admission.decided_within",
        """
        def decided_within(confirmations, block_interval, refresh, tick):
            return known_within(confirmations, block_interval, refresh, tick)
        """,
    ),
    "network/read-in-time": (
        "community_admission.is_due",
        """
        def is_due(read_at, now, refresh):
            return read_at is None or now - read_at > refresh
        """,
    ),
    "network/proved-by-blocks": (
        "community_admission.proven_height",
        """
        def proven_height(closed, confirmations):
            return closed
        """,
    ),
    "network/forgotten-in-time": (
        "community_admission.forgotten_within",
        """
        def forgotten_within(keep, tick):
            return keep
        """,
    ),
    "network/both-ends": (
        "community_admission.is_up",
        """
        def is_up(one_admits, other_admits):
            return one_admits
        """,
    ),
    "network/new-address-is-believed": (
        "community_admission.next_serial",
        """
        def next_serial(serial):
            return serial
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
