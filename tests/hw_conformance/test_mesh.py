# SPDX-License-Identifier: GPL-2.0-only
"""Whole networks of real routers: every prefix reached by real pings, cuts healed, garbage noticed."""

from pathlib import Path

import pytest

from althea_spec.conformance.lab import Profile
from althea_spec.hw_conformance.mesh.report import MeshReport
from althea_spec.hw_conformance.mesh.scenarios import SCENARIOS, play

from .conftest import InWorker

pytestmark = pytest.mark.xdist_group("mesh")
ALL_ADDRESSES = 2
"""IPv6 and IPv4."""


def played(name: str, workdir: Path) -> MeshReport:
    return play(name, workdir)


def check(report: MeshReport, name: str) -> None:
    assert report.faults() == [], "\n".join(report.lines())
    assert [one.what for one in report.events] == [
        f"{what} {a}-{b}" for a, b in SCENARIOS[name].cuts for what in ("cut", "heal")
    ]
    assert report.pings > 0


def test_plain_babel_reaches_everybody_and_heals(tmp_path: Path, in_patient_worker: InWorker) -> None:
    report: MeshReport = in_patient_worker(played, "plain", tmp_path / "mesh")
    check(report, "plain")
    assert report.pings % (8 * 7 * ALL_ADDRESSES) == 0
    assert report.garbage == ()


def test_the_ring_may_be_of_tunnels(tmp_path: Path, in_patient_worker: InWorker) -> None:
    report: MeshReport = in_patient_worker(played, "wireguard", tmp_path / "mesh")
    check(report, "wireguard")


def test_priced_routes_stay_among_routers_that_know_prices(
    tmp_path: Path, in_patient_worker: InWorker
) -> None:
    """Which route is where is part of the report: see ``misplaced``."""
    report: MeshReport = in_patient_worker(played, "priced", tmp_path / "mesh")
    check(report, "priced")
    assert report.misplaced == ()
    assert report.garbage == ()


def test_beside_the_old_layout_nobody_installs_garbage_unnoticed(
    tmp_path: Path, in_patient_worker: InWorker
) -> None:
    report: MeshReport = in_patient_worker(played, "old-layout", tmp_path / "mesh")
    check(report, "old-layout")
    plan = SCENARIOS["old-layout"].plan()
    old = {node.number for node in plan.nodes if node.profile is Profile.ALTHEA_2018}
    ours = {node.name for node in plan.nodes if node.make == "live" and node.number not in old}
    assert ours <= set(report.alarms)
    neighbours = {edge.ends[1 - end] for node in old for edge, end in plan.edges_of(node)} - old
    foreign = {plan.nodes[number].name for number in neighbours} - ours
    assert {one.node for one in report.garbage} == foreign


BLIND = """
from althea_spec.reference.routing import layout
layout.suspicion = lambda *_, **__: None
"""


def test_a_router_of_ours_that_does_not_look_at_the_layout_is_found_out(
    tmp_path: Path, in_patient_worker: InWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reference routers of this mesh are sabotaged before they begin."""
    (tmp_path / "sitecustomize.py").write_text(BLIND, encoding="ascii")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    report: MeshReport = in_patient_worker(played, "old-layout", tmp_path / "mesh")
    assert report.alarms == ()
    assert {one.node for one in report.garbage} & set(report.guarded)
    assert any("has a route to a prefix that nobody announces" in fault for fault in report.faults())
    assert "there are routes to prefixes that nobody announces, and nobody noticed" in report.faults()


@pytest.mark.long
def test_the_reference_router_alone_has_no_circles(tmp_path: Path, in_patient_worker: InWorker) -> None:
    report: MeshReport = in_patient_worker(played, "reference", tmp_path / "mesh")
    check(report, "reference")
    assert all((one.milliseconds or 0) < 1000 for one in report.exceeded)
