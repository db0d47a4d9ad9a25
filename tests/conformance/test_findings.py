# SPDX-License-Identifier: GPL-2.0-only
"""What is declared as known, and what is written about it, say the same."""

import re
from pathlib import Path

import pytest

from althea_spec.conformance.known import EVERY_TRACE, FOLDER, Deviation, load_known

ROOT = Path(__file__).parents[2]
DOCUMENT = "docs/findings.md"
ROUTERS = {"babeld": "babeld 1.12.1", "bird": "BIRD 2.0.12", "frr": "FRR 8.4.4"}
FILES = sorted(FOLDER.glob("*.toml"))
DECLARED = [(content.target, one) for content in map(load_known, FILES) for one in content.known]


def _sections() -> dict[str, str]:
    """The text below each heading, by the heading's anchor."""
    text = (ROOT / DOCUMENT).read_text(encoding="utf-8")
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return {
        title.lower().replace(" ", "-"): body for title, body in zip(parts[::2], parts[1::2], strict=True)
    }


SECTIONS = _sections()
REQUIREMENTS = {anchor for anchor in SECTIONS if re.fullmatch(r"rt[gt]-[a-z]+-\d+", anchor)}


def _table() -> dict[str, dict[str, str]]:
    """The cells of the summary, by requirement and target."""
    text = (ROOT / DOCUMENT).read_text(encoding="utf-8")
    rows = re.findall(r"^\| \[(RT[GT]-\w+-\d+)\]\(#\S+\) \|(.+)\|$", text, flags=re.MULTILINE)
    return {
        requirement: dict(zip(ROUTERS, (cell.strip() for cell in cells.split("|")[1:]), strict=True))
        for requirement, cells in rows
    }


def test_every_router_of_the_document_has_a_file() -> None:
    assert {load_known(path).target for path in FILES} == set(ROUTERS)


@pytest.mark.parametrize(
    ("target", "entry"), DECLARED, ids=lambda one: one.requirement if isinstance(one, Deviation) else one
)
def test_every_declaration_is_explained_where_its_link_points(target: str, entry: Deviation) -> None:
    anchor = entry.requirement.lower()
    assert entry.link == f"{DOCUMENT}#{anchor}"
    section = SECTIONS[anchor]
    assert ROUTERS[target] in section
    for trace in entry.traces:
        words = "Watched in every trace" if trace == EVERY_TRACE else trace
        assert re.search(rf"(?<![\w/-]){re.escape(words)}(?![\w/-])", section), words


def test_every_section_is_backed_by_a_declaration() -> None:
    assert {one.requirement.lower() for _target, one in DECLARED} == REQUIREMENTS


@pytest.mark.parametrize("anchor", sorted(REQUIREMENTS))
def test_every_command_of_a_section_repeats_what_is_declared(anchor: str) -> None:
    commands = re.findall(
        r"^althea-spec conformance --target (\w+) -k (\S+)$", SECTIONS[anchor], re.MULTILINE
    )
    here = [(target, one) for target, one in DECLARED if one.requirement.lower() == anchor]
    shown = {target for target, _entry in here}
    assert {target for target, _trace in commands} == shown
    for target, trace in commands:
        assert any(who == target and {trace, EVERY_TRACE} & set(one.traces) for who, one in here)


def test_the_summary_says_what_is_declared() -> None:
    stated = {
        (requirement, target): cell for requirement, row in _table().items() for target, cell in row.items()
    }
    surely = {(one.requirement, target) for target, one in DECLARED if not one.sometimes}
    ever = {(one.requirement, target) for target, one in DECLARED}
    assert stated == {
        key: "deviates" if key in surely else "at times" if key in ever else "" for key in stated
    }
    assert ever <= set(stated)


def test_no_pattern_accepts_whatever_comes() -> None:
    for target, one in DECLARED:
        assert not re.search(one.came, "something else came"), (target, one.requirement)
        assert not re.search(one.came, ""), (target, one.requirement)
