# SPDX-License-Identifier: GPL-2.0-only
"""The prose accounts for the whole catalogue of rules, row by row and level by level."""

import re
from collections import Counter

from althea_spec.spec.requirements import PROSE, Level, load

OWN_ROWS = {f"host/{number}" for number in range(1, 8)}
"""Demands of this project that no catalogue has."""
EXTENSION_ROW = re.compile(r"althea/[a-z0-9-]+")
"""A demand of the extensions: they have no catalogue, and each entry names its own row."""


def catalogue() -> dict[str, str]:
    lines = (PROSE / "routing" / "catalogue-rows.txt").read_text(encoding="utf-8").splitlines()
    rows = [line.split("\t")[0] for line in lines if not line.startswith("#")]
    levels = [line.split("\t")[1] for line in lines if not line.startswith("#")]
    assert len(set(rows)) == len(rows)
    return dict(zip(rows, levels, strict=True))


def test_every_row_has_one_entry_and_every_entry_a_row() -> None:
    rows = Counter(row for one in load().values() if one.withdrawn is None for row in one.rows)
    assert set(rows.values()) == {1}
    extensions = {row for row in rows if EXTENSION_ROW.fullmatch(row)}
    assert set(rows) == set(catalogue()) | OWN_ROWS | extensions


def test_the_rows_of_the_extensions_are_those_of_their_sources() -> None:
    """The paper, and the decisions on what it leaves open, are no catalogue; the RFCs have theirs."""
    for one in load().values():
        if any(EXTENSION_ROW.fullmatch(row) for row in one.rows):
            assert one.source.startswith(("Paper §", "Decision ", "RFC ", "Field ", "Cosmos SDK ")), one.id
            assert not one.id.startswith(("RTG-", "RTT-")), one.id


def test_the_catalogue_is_whole() -> None:
    kinds = Counter(row.split("-")[0].split("/")[0] for row in catalogue())
    assert kinds == {"B": 247, "R": 20, "M": 33, "P": 5, "V": 15, "S": 13, "2.19": 33, "T": 22}


def test_levels_are_those_of_the_catalogue() -> None:
    levels = catalogue()
    wrong = {
        one.id: (one.level.value, levels[row])
        for one in load().values()
        for row in one.rows
        if levels.get(row, "-") not in {"-", one.level.value}
    }
    assert wrong == {}


def test_an_odd_input_that_restates_a_rule_has_its_level() -> None:
    requirements = load()
    restating = [one for one in requirements.values() if one.id.startswith("RTG-MAL") and one.restates]
    assert len(restating) > 20
    assert [one.id for one in restating if one.level is not requirements[one.restates or ""].level] == []


def test_each_section_of_the_rfc_is_the_source_of_its_rows() -> None:
    """``B-3.5.1-2`` comes from section 3.5.1, and ``B-A.1-1`` from Appendix A.1."""
    for one in load().values():
        for row in one.rows:
            if row.startswith("B-") and row != "B-3.0-1":
                section = row[2:].rpartition("-")[0]
                mark = f"§{section}" if section[0].isdigit() else f"appendix {section}"
                assert one.source == f"RFC 8966 {mark}", one.id


def test_what_only_permits_is_excused_as_a_permission() -> None:
    permissions = [one for one in load().values() if one.level is Level.MAY and one.id.startswith("RTG-")]
    assert len(permissions) > 20
    assert [one.id for one in permissions if not (one.excuse or "").startswith("permission")] == []


def test_no_demand_that_is_judged_elsewhere_names_an_unknown_id() -> None:
    """Sentences, notes and observables may point at other entries; those exist."""
    requirements = load()
    families = {name.split("-")[0] for name in requirements}
    for one in requirements.values():
        text = " ".join((one.observable, one.note or "", one.excuse or ""))
        for word in text.replace(",", " ").replace(")", " ").replace(";", " ").split():
            if word.split("-")[0] in families and re.fullmatch(r"[A-Z0-9]+(-[A-Z0-9]+)*-\d\d", word):
                assert word in requirements, one.id
