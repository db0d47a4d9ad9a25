# SPDX-License-Identifier: GPL-2.0-only
"""The economies that are shipped as examples, played to their end: what they show is what the law says."""

from functools import cache

import pytest
from attrs import evolve

from althea_spec.reference.network import economy_terms
from althea_spec.reference.network.changes import Deposit
from althea_spec.reference.network.conduct import HONEST
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.network.promises import Promise
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.payments import enforcement, exit_account
from althea_spec.reference.payments.enforcement import Standing
from althea_spec.reference.payments.thresholds import Thresholds, most_used
from althea_spec.reference.routing.verification_config import VerificationConfig

from ..reference.network.economies import SECOND, broken, earned, played, shipped

UNIT = 1_000_000_000
DAY = 86_400 * SECOND


@cache
def end_of(name: str) -> Economy:
    return played(shipped(name))


def test_a_day_in_a_village_pays_every_relay_its_price() -> None:
    """Requirement: ECO-EARN-01, ECO-HONEST-01, ECO-VIEWS-01, ECO-MONEY-01"""
    economy = end_of("village")
    assert economy.now == DAY
    assert not broken(economy)
    assert all(one.looked for one in economy.findings())
    promise = next(one for one in economy.findings() if one.promise is Promise.EARNINGS)
    hill, church = economy.state.tally("hill"), economy.state.tally("church")
    assert hill.sold == 12_000 * hill.forwarded
    assert 15_000 * church.forwarded < church.sold < 18_000 * church.forwarded
    assert promise.allowed // UNIT < church.sold // UNIT // 4
    paths = {kind for _, _, kind in economy.history.paths.until(DAY)["ana to exit"]}
    assert {"ana ben church exit", "ana hill church exit"} <= paths


# --- free riders --------------------------------------------------------------------------------------------


def test_the_credit_that_is_worked_out_in_the_law() -> None:
    """The table of spec/payments/economy.md.

    Requirement: ECO-UNPAID-01, ECO-HONEST-01
    """
    spec = shipped("free-rider").economy
    assert spec is not None
    conditions, limits = economy_terms.conditions_of(spec), economy_terms.thresholds_of(spec, UNIT)
    assert conditions.rate * 4 == 3 * UNIT
    assert most_used(conditions.rate, conditions.interval) == 30 * UNIT
    assert most_used(conditions.rate, conditions.delay) == 45 * UNIT
    assert conditions.tolerance == 30 * UNIT
    assert (limits.resume // UNIT, limits.limit // UNIT, limits.block // UNIT) == (39, 225, 255)


def test_who_never_pays_gets_one_credit_for_ever() -> None:
    """Requirement: ECO-UNPAID-01"""
    economy = end_of("free-rider")
    assert not broken(economy)
    free, relay = economy.state.members["free"], economy.state.members["relay"]
    owed = relay.ledger.accounts[free.account].totals.used_by_them
    limits = economy.state.thresholds
    assert limits.block < owed <= enforcement.most_unpaid(limits, relay.largest_use[free.account])
    assert owed // UNIT == 255
    assert relay.serving[free.account] is Standing.BLOCKED
    assert all(one.looked for one in economy.findings())


def standings(economy: Economy) -> list[tuple[str, int]]:
    """How the one who never pays stood with its relay, one after the other, and for how many seconds."""
    stretches = economy.history.services.until(economy.now)["free at relay"]
    assert [end for _, end, _ in stretches[:-1]] == [start for start, _, _ in stretches[1:]]
    assert stretches[-1][1] == economy.now
    open_until = ("open", stretches[0][0] // SECOND)
    return [open_until, *((kind, (end - start) // SECOND) for start, end, kind in stretches)]


def test_who_never_pays_is_open_then_limited_then_blocked() -> None:
    """Given room between the thresholds, then all standings are seen, and only of who does not pay.

    Requirement: ECO-LIMIT-01
    """
    economy = end_of("free-rider")
    (first, open_for), (second, limited_for), (third, _) = standings(economy)
    assert (first, second, third) == ("open", "limited", "blocked")
    spec, limits = economy.spec, economy.state.thresholds
    room = limits.block - limits.limit
    assert room == spec.limited_credit * UNIT > 0
    # What was free of charge by the second, before it was limited and while it was.
    used = limits.limit / (open_for - spec.settling // SECOND), room / limited_for
    assert used[1] < used[0] / 5
    assert set(economy.history.services.until(economy.now)) == {"free at relay"}


def test_without_the_limited_standing_nobody_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same run with a kernel that goes from open to blocked.

    Requirement: ECO-LIMIT-01
    """
    true = enforcement.standing

    def skips(before: Standing, owed: int, limits: Thresholds, *, relaxed: bool) -> Standing:
        found = true(before, owed, limits, relaxed=relaxed)
        return Standing.OPEN if found is Standing.LIMITED else found

    monkeypatch.setattr(enforcement, "standing", skips)
    assert "limited" not in dict(standings(played(shorter("free-rider", 2_800))))


def share_of_the_many_headed(economy: Economy) -> float:
    state = economy.state
    return state.tally("hydra").delivered / state.tally("ana").delivered


def test_a_new_identity_every_hour_gets_less_than_a_tenth() -> None:
    """Requirement: ECO-SYBIL-01"""
    economy = end_of("free-rider")
    assert sum(use.user == "hydra" for use in economy.state.uses.values()) == 2
    assert share_of_the_many_headed(economy) < 0.1


def test_an_exit_that_never_stops_feeds_the_many_headed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same run, with an exit that always finds something left.

    Requirement: ECO-SYBIL-01
    """
    monkeypatch.setattr(exit_account, "left", lambda _account: 10**30)
    assert share_of_the_many_headed(played(shorter("free-rider", 1_500))) > 0.1


def shorter(name: str, seconds: int) -> Scenario:
    plan = shipped(name)
    assert plan.economy is not None
    return evolve(plan, economy=evolve(plan.economy, duration=seconds * SECOND))


# --- cold start ---------------------------------------------------------------------------------------------


def test_a_newcomer_without_money_is_served_pays_and_is_served_again() -> None:
    """Requirement: ECO-COLD-01"""
    economy = end_of("cold-start")
    plan = shipped("cold-start")
    deposit = next(one for one in plan.changes if isinstance(one.change, Deposit))
    assert not broken(economy)
    (start, end, kind), *others = economy.history.services.until(economy.now)["newcomer at relay"]
    assert (kind, others) == ("blocked", [])
    assert start < deposit.at < end <= deposit.at + 120 * SECOND
    assert economy.state.tally("newcomer").paid > 1_000


def test_without_an_allowance_a_newcomer_stays_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same run, with nothing free on the way to the chain.

    Requirement: ECO-COLD-01
    """
    monkeypatch.setattr(
        enforcement, "may_pass", lambda standing, _purpose, **_named: standing is not Standing.BLOCKED
    )
    economy = played(shorter("cold-start", 2_400))
    newcomer, relay = economy.state.members["newcomer"], economy.state.members["relay"]
    assert relay.serving[newcomer.account] is Standing.BLOCKED
    assert not economy.state.really_paid.get((newcomer.account, relay.account))


# --- thieves ------------------------------------------------------------------------------------------------


@cache
def honest_twin() -> Economy:
    return played(evolve(shipped("thief"), changes=()))


def test_a_thief_earns_no_more_than_if_it_were_honest() -> None:
    """Requirement: ECO-THIEF-01"""
    honest, thief = honest_twin(), end_of("thief")
    assert not broken(thief)
    assert not broken(honest)
    assert earned(thief, "thief") <= earned(honest, "thief")
    assert thief.history.paths.until(thief.now)["user to exit"][-1][2] == "user honest north exit"


def test_without_verification_a_thief_earns_more() -> None:
    """The same run, in which nobody ever begins to verify.

    Requirement: ECO-THIEF-01
    """
    plan = shipped("thief")
    never = VerificationConfig(cycle=DAY)
    nodes = [evolve(one, router=evolve(one.router, verification=never)) for one in plan.nodes]
    thief = played(evolve(plan, nodes=nodes))
    assert earned(thief, "thief") > earned(honest_twin(), "thief")


def test_everybody_in_the_village_is_honest() -> None:
    """So that nothing in it is excused."""
    assert all(
        node.conduct == HONEST and not node.is_bad for node in end_of("village").state.network.nodes.values()
    )
