# SPDX-License-Identifier: GPL-2.0-only
"""The village of scenarios/community.toml through its three hours: what its guide says of it is so."""

from pathlib import Path

import pytest

from althea_spec.reference.chain.block import Status
from althea_spec.reference.dao.community import Disbursed
from althea_spec.reference.network.communities import Communities
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.promises import CommunityPromise
from althea_spec.simulate_command import read_file

SCENARIO = Path(__file__).parents[2] / "scenarios" / "community.toml"
SECOND = 1_000_000


@pytest.fixture(scope="module")
def village() -> Economy:
    economy = Economy(read_file(SCENARIO))
    economy.run()
    return economy


@pytest.fixture(scope="module")
def found(village: Economy) -> Communities:
    assert village.communities is not None
    return village.communities


def test_every_promise_is_kept_and_looked_at(village: Economy) -> None:
    """Given the whole run, then no promise is broken, and all but that of deaf routers are put to the test.

    Requirement: SUB-MONEY-01, SUB-MONEY-02, SUB-MONEY-03, SUB-MONEY-04, SUB-READ-01, SUB-CUT-01, SUB-JOIN-01
    """
    findings = village.findings()
    assert [one for one in findings if not one.is_kept] == []
    assert [one.promise for one in findings if not one.looked] == [CommunityPromise.FORGET]


def test_who_is_voted_out_who_owes_and_who_is_delisted_is_cut_off(found: Communities) -> None:
    """Given a removal at 1:30, a deposit that runs out and a lost challenge, then just these links come down.

    Requirement: SUB-CUT-01, SUB-CUT-02, SUB-FEE-01, SUB-REGISTRY-01
    """
    cuts = {frozenset((one.name, one.neighbour)): one.time // SECOND for one in found.watch.cuts}
    assert set(cuts) == {
        frozenset(pair) for pair in (("ana", "cave"), ("cave", "mast"), ("late", "ben"), ("inn", "exit"))
    }
    assert 5_400 < cuts[frozenset(("ana", "cave"))] <= 5_400 + 210
    assert cuts[frozenset(("late", "ben"))] > 6_600
    assert cuts[frozenset(("inn", "exit"))] > 7_800
    ups = found.state.links.until(10_800 * SECOND)
    assert not [pair for pair in ups if "stray" in pair]


def test_the_treasury_pays_for_the_mast(found: Communities) -> None:
    paid = [effect for one in found.state.happened for effect in one.effects if isinstance(effect, Disbursed)]
    assert [(one.coin.amount, one.recipient) for one in paid] == [(500, "althea1node4")]


def test_each_message_was_taken(found: Communities) -> None:
    assert {one.receipt.status for one in found.state.happened} == {Status.SUCCEEDED}
    kinds = {type(one.message).__name__ for one in found.state.happened}
    assert {"Register", "OpenChallenge", "Commit", "Reveal", "Resolve", "Claim", "CollectFees"} <= kinds
    last = {row.community: row for row in found.state.rows}
    assert (last["Village"].is_listed, last["Inn"].is_listed) == (True, False)
    assert (last["Village"].members, last["Village"].admitted) == (5, 4)
