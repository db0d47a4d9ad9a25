# SPDX-License-Identifier: GPL-2.0-only
"""What is allowed stands in the traces and rules: a changed kernel of the reference changes none of it."""

import pytest

from althea_spec.conformance.verdict import Finding

from .sabotage import all_traces, play, wraps

KERNELS = {
    "metric.through": lambda original, *given: min(original(*given) + 7, 65535),
    "cost.rxcost_two_out_of_three": lambda original, *given: min(original(*given) * 2, 65535),
    "feasibility.is_better": lambda original, *given: not original(*given),
    "seqno_request.incremented": lambda original, *given: (original(*given) + 1) % 65536,
}
SUBJECTS = ("feasibility/", "metric/", "seqno-request/", "update/", "cost/")


def allowed(findings: list[Finding]) -> dict[tuple[str, str, int | None], str]:
    """What was allowed, by requirement, trace and step."""
    return {(one.requirement, one.trace, one.step): one.allowed for one in findings if one.allowed}


@pytest.mark.parametrize("kernel", sorted(KERNELS))
def test_a_changed_kernel_changes_no_expectation(kernel: str, monkeypatch: pytest.MonkeyPatch) -> None:
    traces = [trace for trace in all_traces() if trace.id.startswith(SUBJECTS)]
    intact_findings = list(play(traces))
    wraps(kernel, KERNELS[kernel])(monkeypatch)
    changed_findings = list(play(traces))
    assert changed_findings != intact_findings, "the kernel was not used at all"
    intact, changed = allowed(intact_findings), allowed(changed_findings)
    both = intact.keys() & changed.keys()
    assert len(both) > len(intact) / 2
    assert {key: intact[key] for key in both} == {key: changed[key] for key in both}
