# SPDX-License-Identifier: GPL-2.0-only
"""Liars and thieves lose their traffic, and the honest keep it: counted, with confidence intervals.

The short run looks at the same thing with a few seeds.
"""

from collections.abc import Iterable

import pytest
from attrs import evolve

from althea_spec.reference.network.network import Network
from althea_spec.reference.routing import verification
from althea_spec.reference.routing.events import Effect, Event, SendThroughTunnel

from .liar_experiments import CYCLE, HONEST, LIAR, MILD, THIEF, Experiment, Outcome, play, scenario
from .verification_statistics import lower_bound, upper_bound

FEW = range(1, 3)
FEW_CYCLES = 20
MANY = range(1, 301)
STATED_CYCLES = 30
"""Within which the law promises it."""
LEAST_RATE = 0.99
MOST_REMOVALS = 0.005
"""As an upper bound, which 600 neighbours allow; the kernels alone are counted more often."""
NEIGHBOURS = 6
"""That could be removed in one network: three relays, by the user and by the exit."""


def outcomes(experiment: Experiment, seeds: Iterable[int]) -> list[Outcome]:
    return [play(experiment, seed) for seed in seeds]


@pytest.mark.parametrize("experiment", [LIAR, THIEF], ids=["liar", "thief"])
def test_a_bad_relay_loses_the_traffic(experiment: Experiment) -> None:
    """Given an honest path beside it, then a liar, and a thief, is on no judged route in the end.

    Requirement: NET-LIAR-01, NET-LIAR-02
    """
    played = outcomes(evolve(experiment, cycles=FEW_CYCLES), FEW)
    assert any(one.attracted for one in played)
    assert [one.lost_after for one in played if one.lost_after is None] == []


def test_without_verification_a_bad_relay_keeps_the_traffic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given routers that measure nothing, then the liar and the thief keep what they have attracted."""
    monkeypatch.setattr(verification, "start", lambda *_: None)
    for experiment in (LIAR, THIEF):
        played = outcomes(evolve(experiment, cycles=4), FEW)
        assert {one.lost_after for one in played if one.attracted} == {None}
        assert any(one.attracted for one in played)


def test_honest_relays_are_not_removed() -> None:
    """Given links that lose 5 % and delays that vary by 30 %, then nobody is removed."""
    (played,) = outcomes(evolve(MILD, cycles=6), FEW[:1])
    assert played.measured >= 3
    assert played.removed == ()


class Probes:
    """Who has sent how many messages through tunnels."""

    def __init__(self) -> None:
        self.sent: dict[str, int] = {}

    def after_step(self, state: object, node: object, event: Event, effects: tuple[Effect, ...]) -> None:
        del state, event
        name = getattr(node, "name", "")
        for effect in effects:
            if isinstance(effect, SendThroughTunnel):
                self.sent[name] = self.sent.get(name, 0) + 1


def test_both_ends_verify_and_nothing_is_sent_for_it_alone() -> None:
    """Given a flow, then user and exit both measure, and no more packets go than the flow has."""
    probes = Probes()
    network = Network(scenario(THIEF, 5), [probes])
    network.run(8 * CYCLE)
    assert set(probes.sent) == {"user", "exit"}
    assert min(probes.sent.values()) > 500
    results = [network.node(end).router.state.verification.results for end in ("user", "exit")]
    assert all(results)
    sent = sum(network.fates("user", "exit").values())
    assert sent <= 8 * CYCLE / (network.state.flows[0].spec.interval * 0.9)


@pytest.mark.long
@pytest.mark.parametrize("experiment", [LIAR, THIEF], ids=["liar", "thief"])
def test_a_bad_relay_loses_the_traffic_in_nearly_all_seeds(
    experiment: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same with many seeds: the rate, and its lower bound."""
    attracted = [one for one in outcomes(experiment, MANY) if one.attracted]
    lost = [one.lost_after for one in attracted if one.lost_after is not None]
    rate, least = len(lost) / len(attracted), lower_bound(len(lost), len(attracted))
    assert experiment.cycles <= STATED_CYCLES
    with capsys.disabled():
        print(f"\n{len(lost)} of {len(attracted)} lost it, at least {least:.3%}; cycles {sorted(lost)}")  # noqa: T201
    assert rate >= LEAST_RATE
    assert len(attracted) > len(MANY) // 3


@pytest.mark.long
def test_honest_relays_are_hardly_ever_removed(capsys: pytest.CaptureFixture[str]) -> None:
    """Given links that lose 20 %, then the upper bound of the rate for one neighbour is small."""
    played = outcomes(HONEST, range(1, 101))
    removed = sum(len(one.removed) for one in played)
    most = upper_bound(removed, NEIGHBOURS * len(played))
    with capsys.disabled():
        print(f"\n{removed} removals of {NEIGHBOURS * len(played)}, at most {most:.4%}")  # noqa: T201
    assert most <= MOST_REMOVALS
