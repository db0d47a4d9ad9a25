# SPDX-License-Identifier: GPL-2.0-only
"""A decision names the test that finds its witness again, and the law names decisions that exist."""

import re
from pathlib import Path

import pytest

from althea_spec.spec.requirements import load

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "spec" / "decisions.md").read_text(encoding="utf-8")
SECTIONS = dict(
    re.findall(r"^## ((?:Gap|Further) \d+): .*?$(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
)
TESTS = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", TEXT)


def test_every_decision_is_a_section_of_the_form() -> None:
    headings = re.findall(r"^## (.*)$", TEXT, re.MULTILINE)
    assert len(headings) == len(SECTIONS)
    for name, section in SECTIONS.items():
        for part in ("**Decision.**", "**Cost.**", "**Test.**"):
            assert part in section, f"{name}: expected {part}"


@pytest.mark.parametrize("name", SECTIONS)
def test_a_decision_names_a_test(name: str) -> None:
    assert re.search(r"`tests/[\w/]+\.py", SECTIONS[name])


@pytest.mark.parametrize(("path", "function"), sorted(set(TESTS)))
def test_the_tests_that_are_named_exist(path: str, function: str) -> None:
    assert (ROOT / path).is_file()
    if function:
        assert re.search(rf"^def {function}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE)


def test_the_law_names_decisions_that_exist() -> None:
    named = {
        one.source.removeprefix("Decision ") for one in load().values() if one.source.startswith("Decision ")
    }
    known = {name.removeprefix("Gap ") for name in SECTIONS}
    assert sorted(named - known) == []
