# SPDX-License-Identifier: GPL-2.0-only
"""A router that does nothing and one that accepts everything: neither gets through."""

import pytest
from attrs import evolve

from althea_spec.conformance.lab import Profile
from althea_spec.conformance.targets import embedded
from althea_spec.conformance.trace import Trace
from althea_spec.conformance.verdict import Verdict

from .outcomes import SLOW_SUBJECTS
from .sabotage import SilentLab, all_traces, failed, play

OWN_SUBJECTS = (
    "hello/",
    "ihu/",
    "price/",
    "path-rtt/",
    "menu/",
    "extended-metric/",
    "althea-2018/",
    "meeting/",
)


def quick(profile: Profile) -> list[Trace]:
    """What a router of that profile is asked, but for what takes minutes to measure."""
    own = [one for one in all_traces(profile) if not one.id.startswith(SLOW_SUBJECTS)]
    return own if profile is Profile.RFC8966 else [one for one in own if one.id.startswith(OWN_SUBJECTS)]


@pytest.mark.parametrize("profile", Profile)
def test_a_router_that_does_nothing_fails(profile: Profile) -> None:
    findings = list(play(quick(profile), evolve(embedded.target, laboratory=SilentLab)))
    assert failed(findings)
    # What it does pass is only of the kind "never does X": a small part, and never a rule about an answer.
    passed = [one for one in findings if one.verdict is Verdict.PASS]
    assert len(passed) < len(findings) / 4


def test_a_router_that_accepts_everything_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    everything = "althea_spec.reference.routing"
    monkeypatch.setattr(f"{everything}.feasibility.is_feasible", lambda *_args, **_kwargs: True)
    monkeypatch.setattr(f"{everything}.filtering.is_martian", lambda *_args, **_kwargs: False)
    broken = failed(play(all_traces()))
    assert "RTG-FEAS-01" in broken


def test_a_router_that_pays_and_believes_everything_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    routing = "althea_spec.reference.routing"
    monkeypatch.setattr(f"{routing}.priced_selection.is_welcome", lambda *_: True)
    monkeypatch.setattr(f"{routing}.price_agreement.is_agreed", lambda *_: True)
    monkeypatch.setattr(f"{routing}.filtering.is_permitted", lambda *_: True)
    monkeypatch.setattr(f"{routing}.layout.suspicion", lambda *_: None)
    broken = failed(play(quick(Profile.ALTHEA)))
    demands = {
        "PRICE-SALE-01",
        "PRICE-MAX-01",
        "PRICE-NONE-03",
        "PRICE-UNIT-02",
        "PRICE-RANGE-01",
        "F2018-MEET-01",
    }
    assert demands <= set(broken)
