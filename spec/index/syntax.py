# SPDX-License-Identifier: MIT
"""Python files as far as the index reads them: definitions, their documentation, and what they call."""

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from attrs import frozen

from .marks import MarkError

PACKAGE = "althea_spec"

Function: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef
Definition: TypeAlias = Function | ast.ClassDef


@frozen
class Module:
    """One file."""

    name: str
    """Its path from the folder that holds the rooms, with ``/``."""
    tree: ast.Module
    imported: Mapping[str, str]
    """What a name stands for here: ``feasibility`` for ``reference.routing.feasibility``."""

    @property
    def dotted(self) -> str:
        """``reference.routing.feasibility``."""
        return self.name.removesuffix(".py").removesuffix("/__init__").replace("/", ".")

    def place(self, line: int) -> str:
        """``file:line``."""
        return f"{self.name}:{line}"


@frozen
class Documentation:
    """A text that stands under something, and what it stands under."""

    owner: str
    """Qualified name within the module; empty for the module itself."""
    signature: str
    line: int
    """Where the owner begins, from 1."""
    text: str
    text_line: int
    """Where the text begins, from 1."""


def read(folder: Path, room: str, pattern: str = "*.py") -> Iterator[Module]:
    """The Python files below a room, by name.

    Raises:
        MarkError: one cannot be read, or is not Python.
    """
    for path in sorted((folder / room).rglob(pattern)):
        name = path.relative_to(folder).as_posix()
        try:
            tree = ast.parse(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, SyntaxError) as error:
            line = error.lineno if isinstance(error, SyntaxError) else 1
            raise MarkError(f"{name}:{line}: file: expected readable Python; {error}") from error
        yield Module(name, tree, _imports(name, tree))


def _imports(name: str, tree: ast.Module) -> dict[str, str]:
    """Names that stand for something in this package, wherever in the file they are imported."""
    package = name.split("/")[:-1]
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        steps = (node.module or "").split(".") if node.module else []
        if node.level:
            source = [*package[: len(package) - node.level + 1], *steps]
        elif steps and steps[0] == PACKAGE:
            source = steps[1:]
        else:
            continue
        for alias in node.names:
            found[alias.asname or alias.name] = ".".join([*source, alias.name])
    return found


def definitions(tree: ast.Module) -> Iterator[tuple[str, Definition]]:
    """Functions and classes of a module with their qualified names, classes before what is in them."""
    yield from _inside(tree, "")


def _inside(node: ast.Module | ast.ClassDef, prefix: str) -> Iterator[tuple[str, Definition]]:
    for one in node.body:
        if isinstance(one, Definition):
            yield f"{prefix}{one.name}", one
        if isinstance(one, ast.ClassDef):
            yield from _inside(one, f"{prefix}{one.name}.")


def documentation(module: Module) -> Iterator[Documentation]:
    """Every text that documents the module, a definition in it, or a name that is set in it."""
    yield from _texts(module.tree, "", "", 1)
    for name, node in definitions(module.tree):
        yield from _texts(node, name, signature(node), node.lineno)


def _texts(node: ast.Module | Definition, owner: str, shown: str, line: int) -> Iterator[Documentation]:
    before: ast.stmt | None = None
    for one in node.body:
        if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
            text = one.value.value
            if isinstance(text, str):
                target = _target(before)
                if target is None:
                    yield Documentation(owner, shown, line, text, one.lineno)
                else:
                    name = f"{owner}.{target}" if owner else target
                    yield Documentation(name, target, before.lineno if before else line, text, one.lineno)
        before = one


def _target(statement: ast.stmt | None) -> str | None:
    """The name that a statement sets, if it sets one."""
    if isinstance(statement, ast.Assign) and len(statement.targets) == 1:
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign):
        target = statement.target
    else:
        return None
    return target.id if isinstance(target, ast.Name) else None


def signature(node: Definition) -> str:
    """``is_feasible(distance: Distance, own: Distance | None) -> bool``."""
    if isinstance(node, ast.ClassDef):
        return f"class {node.name}"
    result = f" -> {ast.unparse(node.returns)}" if node.returns is not None else ""
    return f"{node.name}({ast.unparse(node.args)}){result}"


def reached(module: Module, start: Definition) -> frozenset[str]:
    """What a definition names out of the rooms, itself or through functions of its own module.

    Names are dotted and from the rooms on: ``reference.routing.feasibility.is_feasible``.
    """
    own = {name: node for name, node in definitions(module.tree) if "." not in name}
    found: set[str] = set()
    waiting: list[Definition] = [start]
    seen = {start.name}
    while waiting:
        for node in ast.walk(waiting.pop()):
            dotted = _dotted(node)
            if dotted is None:
                continue
            first, _, rest = dotted.partition(".")
            if first in module.imported:
                found.add(module.imported[first] + (f".{rest}" if rest else ""))
            elif first in own and first not in seen:
                seen.add(first)
                waiting.append(own[first])
    return frozenset(found)


def _dotted(node: ast.AST) -> str | None:
    """``a.b.c`` of a name or of attributes of a name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = _dotted(node.value)
        return None if before is None else f"{before}.{node.attr}"
    return None
