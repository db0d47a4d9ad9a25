# SPDX-License-Identifier: MIT
"""Verdicts of earlier runs: what has not changed need not be proved again.

What an obligation depends on is told by a hash: of its own text, of every module of this project that it
imports, directly or through others, without the other obligations in them; of the engine, the solvers and
Python; and of the machine and folder, so that a file that was brought along from elsewhere counts for
nothing.
"""

import ast
import hashlib
import importlib.metadata
import inspect
import json
import os
import platform
import sys
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from attrs import evolve

from . import engine
from .engine.obligations import Obligation
from .engine.outcome import Assumption, Outcome, Verdict

FILE: Final = Path(".prove_cache") / "verdicts.json"
"""In the working directory; of the same form as what ``prove --json`` prints."""
_PROJECT: Final = f"{__package__.partition('.')[0]}."
_REGISTERING: Final = frozenset({"theorem", "witness"})
_SOLVERS: Final = ("z3-solver", "cvc5")


def fingerprint(obligation: Obligation) -> str:
    """What the verdict on it depends on, as a hash."""
    claim = obligation.claim
    parts = [
        obligation.id,
        *obligation.requirements,
        _surroundings(),
        _text(claim.__module__, claim.__name__),
    ]
    parts += [_text(name, "") for name in sorted(_imported(claim.__module__) - {claim.__module__})]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def recalled(
    obligations: Iterable[Obligation], solvers: Sequence[str], path: Path = FILE
) -> dict[str, Outcome]:
    """By id, what is known already: good verdicts of at least these solvers on just these obligations.

    A file that is missing, or of another form, knows nothing.
    """
    rows = {str(row["id"]): row for row in _rows(path)}
    found = {}
    for one in obligations:
        row = rows.get(one.id)
        if row is not None and row.get("fingerprint") == fingerprint(one):
            outcome = _outcome(one, row, solvers)
            if outcome is not None:
                found[one.id] = outcome
    return found


def remember(outcomes: Iterable[Outcome], known: Iterable[str], path: Path = FILE) -> None:
    """Write verdicts down, beside those of other obligations that there still are.

    Args:
        outcomes: good or bad; a bad one is shown by ``explain``, and proved again next time.
        known: the ids of all obligations.
        path: is made, with its folder.

    Raises:
        OSError: it cannot be written.
    """
    there = set(known)
    rows = {row["id"]: row for row in _rows(path) if row["id"] in there}
    for one in outcomes:
        rows[one.obligation.id] = one.as_json() | {"fingerprint": fingerprint(one.obligation)}
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}")
    text = json.dumps({"obligations": [rows[name] for name in sorted(rows)]}, indent=1)
    draft.write_text(text + "\n", encoding="utf-8")
    draft.replace(path)


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))["obligations"]
        return [row for row in rows if isinstance(row["id"], str)]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def _outcome(obligation: Obligation, row: dict[str, Any], solvers: Sequence[str]) -> Outcome | None:
    """What the row says, as far as it was asked; ``None`` where it does not say that all is well."""
    try:
        outcome = Outcome(
            obligation,
            functions=tuple(row["functions"]),
            paths=int(row["paths"]),
            assumptions=tuple(
                Assumption(one["text"], {} if one["satisfiable"] else None) for one in row["assumptions"]
            ),
            z3=Verdict(row["z3"]) if "z3" in solvers else Verdict.NOT_ASKED,
            cvc5=Verdict(row["cvc5"]) if "cvc5" in solvers else Verdict.NOT_ASKED,
            z3_seconds=float(row["z3_seconds"]),
            cvc5_seconds=float(row["cvc5_seconds"]),
            example=dict(row["example"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
    asked = {"z3": outcome.z3, "cvc5": outcome.cvc5}
    return evolve(outcome, is_remembered=True) if all(asked[one].is_good for one in solvers) else None


# --- what a verdict depends on ------------------------------------------------------------------------------


@lru_cache(1)
def _surroundings() -> str:
    """The engine, the solvers, the language, the machine and the folder."""
    folder = Path(inspect.getfile(engine)).parent
    sources = [path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.py"))]
    versions = [importlib.metadata.version(name) for name in _SOLVERS]
    return "\0".join([*sources, *versions, sys.version, platform.node(), str(folder.resolve())])


@lru_cache(None)
def _tree(name: str) -> ast.Module:
    return ast.parse(inspect.getsource(sys.modules[name]))


@lru_cache(None)
def _text(name: str, claim: str) -> str:
    """A module without the obligations in it, except for this one and for those that others of it call."""
    tree = _tree(name)
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    kept = [one for one in tree.body if _claim_of(one) in {"", claim} or _claim_of(one) in used]
    return ast.unparse(ast.Module(kept, []))


def _claim_of(statement: ast.stmt) -> str:
    """The name of the function that is registered as an obligation here; empty if none is."""
    if not isinstance(statement, ast.FunctionDef):
        return ""
    called = (one.func for one in statement.decorator_list if isinstance(one, ast.Call))
    return statement.name if any(_last(one) in _REGISTERING for one in called) else ""


def _last(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _imported(name: str) -> set[str]:
    """A module and all of this project that it imports, directly or through others."""
    found, left = set(), [name]
    while left:
        module = left.pop()
        if module not in found:
            found.add(module)
            left += _imports(module)
    return found


@lru_cache(None)
def _imports(name: str) -> tuple[str, ...]:
    """What one module of this project imports of it, packages on the way among it."""
    module = sys.modules[name]
    names = [one for node in ast.walk(_tree(name)) for one in _names(node, module)]
    return tuple(one for one in names if one in sys.modules and one.startswith(_PROJECT))


def _names(node: ast.AST, module: ModuleType) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (one.name for one in node.names)
    elif isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if node.level:
            package = (module.__package__ or "").split(".")
            base = ".".join([*package[: len(package) - node.level + 1], *filter(None, [node.module])])
        yield base
        yield from (f"{base}.{one.name}" for one in node.names)
