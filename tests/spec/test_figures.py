# SPDX-License-Identifier: GPL-2.0-only
"""The tables and diagrams of the law are what the reference computes."""

from pathlib import Path

import pytest

from althea_spec.figures_command import figures
from althea_spec.last_resort import BAD_INPUT
from althea_spec.reference.routing import cost, feasibility, price
from althea_spec.spec.figures import drawing, pages
from althea_spec.spec.figures.catalogue import FIGURES
from althea_spec.spec.figures.pages import FigureError
from althea_spec.spec.requirements import PROSE

MADE = {"made/one": lambda: "one", "made/two": lambda: "two"}


def test_the_figures_of_the_law_are_current() -> None:
    assert [path.name for path, _ in pages.stale(PROSE, FIGURES)] == []


def test_every_figure_stands_somewhere_and_only_once() -> None:
    shown = [
        name for path in PROSE.rglob("*.md") for name in pages.names_in(path.read_text(encoding="utf-8"))
    ]
    assert sorted(shown) == sorted(FIGURES)


@pytest.mark.parametrize(
    ("module", "function", "replacement", "page"),
    [
        (feasibility, "is_better", lambda first, second: first.metric <= second.metric, "feasibility.md"),
        (cost, "is_up_two_out_of_three", lambda history: history.received & 1 == 1, "cost-and-metric.md"),
        (price, "onward", lambda asked, own, _: (asked or 0) + own, "price.md"),
    ],
)
def test_another_rule_makes_another_figure(
    module: object, function: str, replacement: object, page: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, function, replacement)
    assert page in [path.name for path, _ in pages.stale(PROSE, FIGURES)]


def test_a_figure_is_replaced_as_a_whole_and_the_rest_stays() -> None:
    page = "a\n\n<!-- figure: made/one -->\nold\nolder\n<!-- end of figure -->\n\nb\n"
    once = pages.renewed(page, MADE, "x.md")
    assert once == "a\n\n<!-- figure: made/one -->\n\none\n\n<!-- end of figure -->\n\nb\n"
    assert pages.renewed(once, MADE, "x.md") == once
    assert pages.names_in(once) == ["made/one"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n<!-- figure: made/one -->\n", r"x\.md:2: figure: expected '<!-- end of figure -->' behind it"),
        (
            "<!-- figure: made/one -->\n<!-- figure: made/two -->\n<!-- end of figure -->\n",
            r"x\.md:1: figure: expected '<!-- end",
        ),
        (
            "<!-- figure: made/three -->\n<!-- end of figure -->\n",
            r"x\.md:1: figure: expected one that there is; got 'made/three'",
        ),
        ("<!-- figure: Made One -->\n<!-- end of figure -->\n", r"x\.md:1: figure: expected"),
    ],
    ids=["open", "nested", "unknown", "malformed"],
)
def test_a_malformed_marker_is_told(text: str, said: str) -> None:
    with pytest.raises(FigureError, match=said):
        pages.renewed(text, MADE, "x.md")
    assert FigureError in BAD_INPUT


def test_a_table_and_a_diagram_in_markdown() -> None:
    assert drawing.table(("a", "b"), [(True, None), (1, "x")]).splitlines() == [
        "| a | b |",
        "| --- | --- |",
        "| yes | – |",
        "| 1 | x |",
    ]
    assert drawing.states([("p", "q", "why")], ["q"]).splitlines() == [
        "```mermaid",
        "graph LR",
        "    p -->|why| q",
        "    style q stroke-width:4px",
        "```",
    ]


def test_the_command_writes_them_and_says_what_is_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- figure: price/chain -->\n<!-- end of figure -->\n", encoding="utf-8")
    monkeypatch.setattr("althea_spec.figures_command.PROSE", tmp_path)
    assert figures.main(["--check"], standalone_mode=False) == 1
    assert "page.md: stale" in capfd.readouterr().out
    assert figures.main([], standalone_mode=False) == 0
    assert "| router 4 | 65500 | 65515 |" in page.read_text(encoding="utf-8")
    assert figures.main(["--check"], standalone_mode=False) == 0
