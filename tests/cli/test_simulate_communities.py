# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec simulate`` of a network with communities: what the report says of them."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from .test_simulate import SCENARIO

Command = Callable[..., Any]
GOVERNANCE = """
[governance.limits]
refresh = 20_000_000
admit = 3600_000_000
keep = 7200_000_000
[[governance.people]]
name = "Ann"
coins = 100
tokens = 2_000
[[governance.communities]]
name = "Town"
prefix = "fd00:a17e:1::/64"
organizers = [{ person = "Ann" }]
routers = ["u", "r", "x"]
members = ["u", "r", "x"]
deposit = 50
[[governance.acts]]
act = "list"
by = "Ann"
community = "Town"
stake = 1_000
[[governance.acts]]
act = "propose"
at = 150_000_000
by = "Ann"
community = "Town"
action = "remove_member"
node = "u"
"""


def test_the_report_says_who_was_cut_off_when(command: Command, tmp_path: Path) -> None:
    scenario, report = tmp_path / "town.toml", tmp_path / "report"
    text = SCENARIO.replace('roles = ["relay"]\n', 'roles = ["relay"]\nwallet = 1_000\n')
    scenario.write_text(text + GOVERNANCE)
    done = command("simulate", str(scenario), "--report", str(report))
    assert (done.code, done.err) == (0, "")
    assert "member removed" in done.out
    assert "cut off" in done.out
    document = json.loads((report / "economy.json").read_text())
    verdicts = {one["requirement"]: one["verdict"] for one in document["promises"]}
    assert {verdicts[f"SUB-MONEY-0{n}"] for n in (1, 2, 3)} == {"PASS"}
    assert (verdicts["SUB-CUT-01"], verdicts["SUB-CUT-03"]) == ("PASS", "INCONCLUSIVE")
    towns = document["communities"]
    assert {(one["router"], one["neighbour"]) for one in towns["cut_off"]} == {("u", "r"), ("r", "u")}
    assert all(0 < one["after_us"] <= 60_000_000 for one in towns["cut_off"])
    assert [one["members"] for one in towns["blocks"]][-1] == 2
    assert {one["status"] for one in towns["messages"]} == {"SUCCEEDED"}
    page = (report / "index.html").read_text()
    for drawing in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        ElementTree.fromstring(drawing)
    for heading in ("Treasuries and escrows", "Members that have paid", "Tunnels", "Decided", "Cut off"):
        assert f"<h2>{heading}</h2>" in page


def test_a_wrong_name_is_one_line(command: Command, tmp_path: Path) -> None:
    scenario = tmp_path / "town.toml"
    scenario.write_text(SCENARIO + GOVERNANCE.replace('node = "u"', 'node = "w"'))
    done = command("simulate", str(scenario))
    assert (done.code, done.out) == (2, "")
    complaint = "governance.acts[1].node: expected the name of a node, got 'w'"
    assert done.err == f"althea-spec: {scenario}: {complaint}\n"
