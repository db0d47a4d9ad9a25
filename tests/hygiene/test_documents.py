# SPDX-License-Identifier: GPL-2.0-only
"""The documents say what the code does."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml

from althea_spec.conformance.trace import OBSERVABLE, Device, Neighbour, Step, Tlv, Trace

ROOT = Path(__file__).resolve().parents[2]
TRACES = (ROOT / "docs" / "traces.md").read_text(encoding="utf-8")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def code_words(text: str) -> set[str]:
    """Every word that stands in code, in line or in a block."""
    spans = re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
    return {word for span in spans for word in re.findall(r"[\w-]+", span)}


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(set(Step.model_fields), id="verbs"),
        pytest.param(set(Tlv.model_fields), id="TLVs"),
        pytest.param(set(OBSERVABLE), id="observations"),
        pytest.param(set(Trace.model_fields) - {"steps"}, id="head"),
        pytest.param(set(Device.model_fields), id="device"),
        pytest.param(set(Neighbour.model_fields), id="neighbour"),
    ],
)
def test_the_page_on_traces_names_every_word_of_the_form(names: set[str]) -> None:
    assert not names - code_words(TRACES)


@pytest.mark.parametrize("part", sorted(set(Tlv.model_fields) - {"pad1"}))
def test_the_page_on_traces_names_every_field_of_a_tlv(part: str) -> None:
    (model,) = [one for one in Tlv.model_fields[part].annotation.__args__ if one is not type(None)]
    assert not set(model.model_fields) - code_words(TRACES)


def test_the_trace_on_the_page_is_a_trace() -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", TRACES, re.DOTALL)
    trace = Trace.model_validate(yaml.safe_load(example))
    assert trace.requirements == ("RTG-FEAS-01",)


def test_the_readme_names_every_target() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    targets = set(project["entry-points"]["althea_spec.targets"])
    assert not targets - code_words(README)


def test_the_documents_name_goals_that_exist() -> None:
    goals = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    documents = README + (ROOT / "docs" / "setup.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^make ([a-z-]+)|`make ([a-z-]+)", documents, re.MULTILINE))
    assert {"conformance", "test"} <= {goal for pair in named for goal in pair if goal} <= goals
