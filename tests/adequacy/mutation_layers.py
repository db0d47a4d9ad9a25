# SPDX-License-Identifier: GPL-2.0-only
"""The layers that may notice a fault in a function of the reference: proofs, tests, vectors, traces.

Each is asked only what has to do with the function, so that what a layer does not notice it could not.
"""

import ast
import contextlib
import inspect
import io
import json
import re
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Final

import pytest

from althea_spec import conformance, reference
from althea_spec.conformance.lab import Profile
from althea_spec.conformance.proof_verdicts import last_proofs
from althea_spec.conformance.verdict import Verdict as TraceVerdict
from althea_spec.spec.proofs import catalogue, remembered
from althea_spec.spec.proofs.engine.obligations import Obligation
from althea_spec.spec.proofs.engine.proving import prove
from althea_spec.spec.vectors import catalogue as families
from althea_spec.spec.vectors import routing as routing_families

from ..spec.proofs.mutants import function_named
from .sabotage import all_traces, classes, judging, play

TESTS: Final = Path(__file__).resolve().parents[1]
ROUTING: Final = TESTS / "reference" / "routing"
VECTORS: Final = Path(conformance.__path__[0]) / "vectors"
MOST_TRACES: Final = 12
"""Of those that judge a function's requirements."""
_SLOW_SUBJECTS: Final = ("verification/", "accuracy/", "correction/", "hostile/flood")


def prepare() -> None:
    """Read once what every layer reads, before there are processes that would each do it."""
    _run(["--collect-only", str(ROUTING)], _Failed())
    for profile in Profile:
        all_traces(profile)
    obligations()
    _families()
    _cases()


def proof(function: str) -> str:
    """The obligation that a fault breaks; empty if none does."""
    for one in sorted(obligations().get(function, ()), key=lambda pair: pair[1]):
        if not prove(one[0], ("z3",)).is_good:
            return one[0].id
    return ""


@cache
def obligations() -> dict[str, list[tuple[Obligation, float]]]:
    """By function: the obligations that call it and the seconds that z3 took, as ``prove`` has said last."""
    found: dict[str, list[tuple[Obligation, float]]] = {}
    said = last_proofs(remembered.FILE).verdicts
    for one in catalogue.load():
        if ".proofs.routing." in one.claim.__module__ and one.id in said:
            for name in said[one.id].functions:
                found.setdefault(name, []).append((one, said[one.id].seconds))
    return found


def test(function: str) -> str:
    """The first test that fails; empty if all pass."""
    failed = _Failed()
    files = [str(path) for path in test_files(function.partition(".")[0])]
    if files:
        _run(files, failed)
    return failed.first


def _run(words: Sequence[str], failed: "_Failed") -> None:
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        pytest.main(["-x", "-q", "-n0", "-p", "no:cacheprovider", *words], plugins=[failed])


class _Failed:
    """A pytest plugin that keeps the name of the first test that fails."""

    first = ""

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            self.first = self.first or report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            self.first = self.first or report.nodeid


@cache
def test_files(module: str) -> tuple[Path, ...]:
    """The tests of a module's own first, then those of others that import it."""
    own = ROUTING / f"test_{module}.py"
    importing = [path for path in sorted(ROUTING.glob("test_*.py")) if module in _imported(path)]
    return tuple(dict.fromkeys([*([own] if own.exists() else []), *importing]))


@cache
def _imported(path: Path) -> frozenset[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and "reference" in (node.module or ""):
            names |= {(node.module or "").rpartition(".")[2], *(one.name for one in node.names)}
    return frozenset(names)


def vector(function: str) -> str:
    """The first case that gets another answer; empty if none does."""
    known = _families()
    for family in _cases():
        one = known.get(family["id"])
        if one is None or not _may_call(family["function"], function):
            continue
        for case in family["cases"]:
            expected = {key: case[key] for key in ("result", "error") if key in case}
            if _answer(one, case) != expected:
                return f"{family['id']}/{case['id']}"
    return ""


@cache
def _cases() -> list[dict[str, Any]]:
    """Every family in the files, with its cases."""
    paths = sorted(VECTORS.glob("*.json"))
    return [one for path in paths for one in json.loads(path.read_text(encoding="utf-8"))["vectors"]]


@cache
def _families() -> dict[str, Any]:
    """Those of routing, by id."""
    rooms = iter_modules(routing_families.__path__)
    return {one.id: one for room in rooms for one in families.of_module(f"routing.{room.name}")}


def _may_call(asked: str, function: str) -> bool:
    """Whether a family is about the function's module, or about one that imports it."""
    room, module = asked.split(".")[:2]
    own = function.partition(".")[0]
    path = Path(reference.__path__[0]) / "routing" / f"{module}.py"
    if room != "routing" or not path.exists():
        return False
    imports = rf"^from \.( import .*\b{own}\b|{own} import )"
    return module == own or re.search(imports, path.read_text(encoding="utf-8"), re.MULTILINE) is not None


def _answer(family: Any, case: dict[str, Any]) -> Any:
    try:
        return json.loads(json.dumps(family.answer(case["arguments"])))
    except Exception as error:
        return f"failed: {error!r}"


def trace(function: str) -> str:
    """The first trace in which the embedded router fails or breaks down; empty if there is none."""
    wanted = requirements(function)
    for profile in Profile:
        chosen = _judging(wanted, profile)
        for one in chosen[:MOST_TRACES]:
            try:
                if any(found.verdict is TraceVerdict.FAIL for found in play([one])):
                    return one.id
            except Exception as error:
                return f"{one.id}: {type(error).__name__}"
    return ""


def _judging(wanted: Sequence[str], profile: Profile) -> list[Any]:
    traces = [one for one in all_traces(profile) if not one.id.startswith(_SLOW_SUBJECTS)]
    found = {one.id: one for name in wanted for one in judging(name, traces)[:MOST_TRACES]}
    return list(found.values())


def requirements(function: str) -> tuple[str, ...]:
    """What its docstring names, or that of its module's other functions where it is a helper of theirs."""
    target = function_named(function)
    own = _named(inspect.getdoc(target) or "")
    return own or _named(inspect.getsource(inspect.getmodule(target) or target))


def _named(text: str) -> tuple[str, ...]:
    lines = re.findall(r"Requirement: (.*)", text)
    return tuple(dict.fromkeys(name for line in lines for name in classes(line.replace(",", " "))))


LAYERS: Final[dict[str, Callable[[str], str]]] = {
    "proof": proof,
    "test": test,
    "vector": vector,
    "trace": trace,
}


def kernels() -> list[str]:
    """The functions of routing that some obligation calls, and that have a text to be changed."""
    return sorted(name for name in obligations() if _has_text(name))


def _has_text(name: str) -> bool:
    try:
        target = function_named(name)
        return Path(inspect.getfile(target)).parent.name == "routing" and "<" not in name
    except (LookupError, TypeError, OSError):
        return False
