# SPDX-License-Identifier: GPL-2.0-only
"""``althea-spec simulate``: verdicts, report, bad input."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from althea_spec import simulate_command
from althea_spec.reference.network.economy import Economy
from althea_spec.reference.payments import billing
from althea_spec.simulation import plots, prices

Command = Callable[..., Any]
SCENARIO = """
seed = 1
[economy]
duration = 240_000_000
settling = 60_000_000
payment = 1
reading_interval = 20_000_000
sample_interval = 30_000_000
assumed_rate = 20_000
[[nodes]]
name = "u"
roles = ["user"]
wallet = 1_000
router = { profile = "althea" }
[[nodes]]
name = "r"
roles = ["relay"]
router = { profile = "althea", price = 50_000 }
[[nodes]]
name = "x"
roles = ["exit"]
wallet = 1_000
router = { profile = "althea" }
[[links]]
name = "ur"
members = ["u", "r"]
[[links]]
name = "rx"
members = ["r", "x"]
[[flows]]
user = "u"
exits = ["x"]
interval = 30_000_000
upload = 10_000
download = 10_000
"""


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    file = tmp_path / "small.toml"
    file.write_text(SCENARIO)
    return file


def test_a_run_says_what_was_kept_and_writes_a_report(
    command: Command, scenario: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report"
    done = command("simulate", str(scenario), "--report", str(report))
    assert (done.code, done.err) == (0, "")
    assert "ECO-VIEWS-01" in done.out
    assert "Every promise kept" in done.out
    page, document = (report / "index.html").read_text(), json.loads((report / "economy.json").read_text())
    assert {one["verdict"] for one in document["promises"]} == {"PASS"}
    assert len(document["times_us"]) == len(document["earned"]["r"]) >= 8
    assert "u r x" in page
    for drawing in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        ElementTree.fromstring(drawing)
    assert page.count("<svg") == 3
    assert "http" not in re.sub(r"http-equiv", "", page)
    again = command("simulate", str(scenario), "--report", str(report), "--json")
    assert (again.code, json.loads(again.out)) == (0, document)


def test_a_broken_promise_is_exit_code_one(
    command: Command, scenario: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = billing.sold
    monkeypatch.setattr(billing, "sold", lambda *given: 2 * original(*given))
    done = command("simulate", str(scenario), "--json")
    assert done.code == 1
    verdicts = {one["requirement"]: one["verdict"] for one in json.loads(done.out)["promises"]}
    assert verdicts["ECO-VIEWS-01"] == "FAIL"


def test_a_run_that_shows_little_says_so(command: Command, scenario: Path) -> None:
    scenario.write_text(SCENARIO.replace("upload = 10_000\ndownload = 10_000\n", ""))
    done = command("simulate", str(scenario), "--json")
    verdicts = {one["requirement"]: one["verdict"] for one in json.loads(done.out)["promises"]}
    assert (verdicts["ECO-EARN-01"], verdicts["ECO-MONEY-01"]) == ("INCONCLUSIVE", "PASS")
    assert done.code == 0


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("payment = 1", "payment = 1.5"), "economy.payment: expected a whole number, got 1.5"),
        (("payment = 1", "pay = 1"), "economy.pay: expected one of"),
        (("[economy]", "[[economy]]"), "economy: expected a table"),
        (("wallet = 1_000", 'wallet = "much"'), "nodes[0].wallet: expected a whole number, got 'much'"),
        (("seed = 1", "seed ="), "expected a file in TOML"),
        ((SCENARIO[SCENARIO.index("[economy]") : SCENARIO.index("[[nodes]]")], ""), "expected [economy]"),
    ],
)
def test_a_wrong_scenario_is_one_line(
    command: Command, scenario: Path, tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    scenario.write_text(SCENARIO.replace(*change))
    report = tmp_path / "report"
    done = command("simulate", str(scenario), "--report", str(report))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"althea-spec: {scenario}: ")
    assert complaint in done.err
    assert done.err.count("\n") == 1
    assert not report.exists()


def test_a_report_takes_the_place_of_nothing_else(command: Command, scenario: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear")
    for place in (mine, mine / "letter.txt", tmp_path / "none" / "report"):
        done = command("simulate", str(scenario), "--report", str(place))
        assert (done.code, done.out) == (2, "")
        assert str(place) in done.err
    assert [one.name for one in mine.iterdir()] == ["letter.txt"]
    assert command("simulate", str(tmp_path / "missing.toml")).code == 2


# --- plots --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (0, 7), (-3, 4), (-40_321, 30_111), (0, 10**12), (-5, 0), (999, 1001)]
)
def test_ticks_are_few_round_and_reach_the_ends(low: int, high: int) -> None:
    ticks = plots.nice_ticks(low, high)
    step = ticks[1] - ticks[0]
    assert ticks[0] <= low < high <= ticks[-1]
    assert len(ticks) <= 8
    assert str(step).rstrip("0") in ("1", "2", "5")


def test_a_line_goes_from_the_first_to_the_last_sample() -> None:
    times = [second * 1_000_000 for second in range(0, 6_000, 10)]
    plot = plots.line_plot("t", "coins", times, {"a": [*range(600)], "b": [-5] * 600})
    (a, b) = plot.lines
    assert a.points.startswith(f"M{float(plots.LEFT)} ")
    assert float(re.findall(r"L([\d.]+) ", a.points)[-1]) == plots.WIDTH - plots.RIGHT
    assert (a.last, b.last) == ("599", "-5")
    assert len(re.findall(r"L", a.points)) < 240
    heights = [float(one) for one in re.findall(r"[ML][\d.]+ ([\d.]+)", a.points)]
    assert heights == sorted(heights, reverse=True)


def test_curves_without_room_are_said_to_be_left_out() -> None:
    plot = plots.line_plot("t", "c", [0, 1], {f"n{i}": [i, i] for i in range(11)})
    assert (len(plot.lines), plot.left_out) == (8, 3)
    assert "n10" in {one.name for one in plot.lines}


def test_a_timeline_has_a_bar_for_each_stretch() -> None:
    hour = 3_600_000_000
    drawn = plots.timeline("t", 4 * hour, {"a": [(0, hour, "up"), (hour, 4 * hour, "down")]}, ["up", "down"])
    first, second = drawn.rows[0].bars
    assert (first.colour, second.colour) == (0, 1)
    assert first.x + first.width == second.x
    assert round(second.width / first.width, 1) == 3.0
    assert second.told == "down: 1:00 to 4:00"
    assert plots.clock(3_661_000_000) == "1:01:01"


def test_prices_that_move_are_drawn_as_steps_and_written_down(scenario: Path) -> None:
    economy = Economy(simulate_command.read_file(scenario))
    assert (prices.curves(economy), prices.data(economy)) == ([], {"prices": {}})
    second = 1_000_000
    economy.network.state.now = 90 * second
    economy.market.asked = {"u": [(0, 7)], "r": [(0, 100), (60 * second, 300)], "x": [(30 * second, 5)]}
    assert prices.data(economy) == {"prices": {"r": [(0, 100), (60 * second, 300)]}}
    (drawn,) = prices.curves(economy)
    (line,) = drawn.lines
    assert (line.name, line.last) == ("r", "300")
    start, *steps = re.findall(r"[MH]([\d.]+)[ V]([\d.]+)", line.points)
    (left, low), (middle, risen), (right, high) = ((float(x), float(y)) for x, y in [start, *steps])
    assert risen == high < low, "a higher price is further up, at once"
    assert right - left == pytest.approx(1.5 * (middle - left), abs=0.2)
