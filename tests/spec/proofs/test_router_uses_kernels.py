# SPDX-License-Identifier: GPL-2.0-only
"""The router decides only through the functions that the proof of loop freedom is about.

The proof speaks of ``feasibility``, ``metric.through``, ``acquisition.action`` and ``is_selectable``.  Here
the source of the reference is read: whoever could go around them is named.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from althea_spec.reference import routing
from althea_spec.spec.proofs.catalogue import load
from althea_spec.spec.proofs.engine.proving import prove

SOURCES = {path.stem: ast.parse(path.read_text("utf-8")) for path in Path(routing.__path__[0]).glob("*.py")}


def calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    """Where something of that name is called: a function, a class, or a method of whatever."""
    for module, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = node.func
                last = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", None)
                if last == name:
                    yield module, node


def texts(name: str, module: str) -> list[str]:
    return [ast.unparse(node) for where, node in calls(name) if where == module]


def modules(name: str) -> set[str]:
    return {module for module, _ in calls(name)}


def test_a_candidate_is_feasible_if_the_kernel_says_so() -> None:
    """Candidates are made in one place, from one call of the feasibility condition with the line and the
    source table as they are now.
    """
    assert modules("Candidate") == {"candidacy"}
    assert all("feasible)" in text or "feasible," in text for text in texts("Candidate", "candidacy"))
    (condition,) = {text for text in texts("is_feasible", "candidacy") if text.startswith("feasibility.")}
    assert condition == (
        "feasibility.is_feasible(route.distance, state.sources.distance(route.prefix, route.router_id))"
    )


def test_a_route_is_selected_by_the_selecting_kernels_only() -> None:
    """``routes.select`` has one caller, which passes on what ``select`` of one of the two kernels gave."""
    tables = [(module, node) for module, node in calls("select") if "routes.select(" in ast.unparse(node)]
    assert [module for module, _ in tables] == ["route_selection"]
    kernels = {ast.unparse(node.func) for module, node in calls("select") if module == "route_selection"}
    assert kernels == {"state.routes.select", "selection.select", "priced_selection.select"}
    assert "_selected[" not in "".join(
        ast.unparse(tree) for module, tree in SOURCES.items() if module != "route_table"
    )


def test_both_selections_leave_out_what_is_not_selectable() -> None:
    assert "selection.is_selectable(candidate)" in ast.unparse(SOURCES["priced_selection"])
    for module in ("selection", "priced_selection"):
        (select,) = (
            one
            for one in ast.walk(SOURCES[module])
            if isinstance(one, ast.FunctionDef) and one.name == "select"
        )
        first = ast.unparse(select)
        assert "for candidate in candidates if is_selectable(candidate" in first
        assert "current is not None and is_selectable(current" in first


def test_the_feasibility_distance_changes_by_sending_and_by_collection_only() -> None:
    assert modules("on_sent") >= {"announcements"}
    assert [m for m, node in calls("on_sent") if "sources.on_sent(" in ast.unparse(node)] == ["announcements"]
    assert modules("after_sending") == {"source_table"}
    removers = {module for module, node in calls("remove") if "sources.remove(" in ast.unparse(node)}
    assert len(removers) == 1
    assert "_distances" not in "".join(
        ast.unparse(tree) for module, tree in SOURCES.items() if module != "source_table"
    )


def test_what_is_announced_has_the_metric_that_was_computed() -> None:
    """Every metric of a line comes from ``metric.through``, and an Update says that of the selected line."""
    (stored,) = {
        text
        for text in texts("through", "route_maintenance")
        if "update.metric" in text and "computed" not in text
    }
    assert stored == "metric.through(neighbour.cost, update.metric)"
    assert "route.seqno, route.metric, route.router_id" in ast.unparse(SOURCES["announcements"])


def test_what_an_update_does_is_decided_by_the_kernel() -> None:
    assert modules("action") == {"route_maintenance"}
    assert texts("action", "route_maintenance")[0].startswith("acquisition.action(known_router_id=")


def test_the_proof_is_about_these() -> None:
    """The steps of the invariant call the very functions named above."""
    wanted = {
        "loop/send": {"feasibility.after_sending", "metric.through"},
        "loop/neighbour-sends": {"feasibility.after_sending"},
        "loop/receive": {"acquisition.action", "feasibility.is_feasible", "selection.is_selectable"},
        "loop/select": {"feasibility.is_feasible", "selection.is_selectable"},
        "loop/what-is-selected": {"selection.select", "selection.is_selectable"},
        "selection/never-a-bad-one": {"priced_selection.select", "selection.is_selectable"},
    }
    for one in load(wanted):
        assert wanted[one.id] <= set(prove(one, ("z3",)).functions)
