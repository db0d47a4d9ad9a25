# SPDX-License-Identifier: GPL-2.0-only
"""A router that does nothing and one that accepts everything: neither gets through."""

import pytest
from attrs import evolve

from althea_spec.conformance.targets import embedded
from althea_spec.conformance.verdict import Verdict

from .sabotage import SilentLab, all_traces, failed, play


def test_a_router_that_does_nothing_fails() -> None:
    findings = list(play(all_traces(), evolve(embedded.target, laboratory=SilentLab)))
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
