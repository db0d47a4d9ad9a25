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


@pytest.mark.long
def test_the_reference_router_alone_has_no_circles(tmp_path: Path, in_patient_worker: InWorker) -> None:
    report: MeshReport = in_patient_worker(played, "reference", tmp_path / "mesh")
    check(report, "reference")
    assert all((one.milliseconds or 0) < 1000 for one in report.exceeded)
