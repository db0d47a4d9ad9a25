# SPDX-License-Identifier: MIT
"""Marks in files: of functions, obligations, tests, vectors and sabotages.

A test needs no mark of its own: it belongs to the requirements of the marked functions that it calls.  Where
it tests none of them in particular (a whole network, say), it names its requirements in its docstring.
"""

import ast
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from .lines import named
from .marks import Kind, Mark, MarkError
from .syntax import Definition, Function, Module, definitions, reached, read

_DECORATORS: Final = frozenset({"theorem", "witness"})
_SABOTAGE: Final = "tests.adequacy.sabotage.Sabotage"
_CALLING_TESTS: Final = ("tests/reference/", "tests/properties/")
"""Where a test that calls a function is a test of it; elsewhere functions of the reference are but tools."""


def functions(folder: Path) -> Iterator[Mark]:
    """Whatever in ``reference/`` names requirements in its docstring.

    Raises:
        MarkError: a file or a ``Requirement:`` line is malformed.
    """
    for module in read(folder, "reference"):
        for one in named(module):
            name = f"{module.dotted}.{one.owner.owner}".rstrip(".")
            shown = one.owner.signature or module.dotted
            yield Mark(Kind.FUNCTION, name, one.requirements, module.place(one.owner.line), shown)


def proofs(folder: Path, marked: Mapping[str, Mark]) -> Iterator[Mark]:
    """The obligations of ``spec/proofs/``, by the decorators that register them.

    Args:
        folder: the one that holds the rooms.
        marked: the marked functions, by name.

    Raises:
        MarkError: a file is malformed, or a decorator holds more than texts.
    """
    for module in read(folder, "spec/proofs"):
        for name, node in definitions(module.tree):
            if "." in name or isinstance(node, ast.ClassDef):
                continue
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and _called(decorator) in _DECORATORS:
                    identifier, *requirements = _texts(decorator.args, module.place(decorator.lineno))
                    yield Mark(
                        Kind.PROOF,
                        identifier,
                        tuple(requirements),
                        module.place(node.lineno),
                        _first_sentence(node),
                        _uses(module, node, marked),
                    )


def tests(folder: Path, marked: Mapping[str, Mark]) -> Iterator[Mark]:
    """The tests that call a marked function, and whatever below ``tests/`` names requirements itself.

    Raises:
        MarkError: a file or a ``Requirement:`` line is malformed.
    """
    for module in read(folder, "tests"):
        own = {one.owner.owner: one.requirements for one in named(module)}
        calling = module.name.startswith(_CALLING_TESTS) and Path(module.name).name.startswith("test_")
        if "" in own:
            yield Mark(Kind.TEST, module.name, own[""], module.place(1), _first_sentence(module.tree))
        for name, node in definitions(module.tree):
            is_test = calling and node.name.startswith("test_")
            uses = _uses(module, node, marked) if is_test else ()
            by_call = (one for used in uses for one in marked[used].requirements)
            requirements = tuple(dict.fromkeys((*own.get(name, ()), *by_call)))
            if requirements:
                title = f"{module.name}::{name}"
                shown = _first_sentence(node) or node.name.removeprefix("test_").replace("_", " ")
                yield Mark(Kind.TEST, title, requirements, module.place(node.lineno), shown, uses)


def sabotages(folder: Path) -> Iterator[Mark]:
    """The broken routers of ``tests/adequacy/``: each breaks one rule.

    Raises:
        MarkError: a file is malformed, or the name or the rule of one is not a text.
    """
    for module in read(folder, "tests/adequacy"):
        makers = _makers(module)
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and _called(node) in makers:
                given = {one.arg: one.value for one in node.keywords}
                chosen = [*node.args[:2], *(given[word] for word in ("name", "breaks") if word in given)]
                name, breaks = _texts(chosen, module.place(node.lineno), 2)
                yield Mark(Kind.SABOTAGE, f"{breaks} {name}", (breaks,), module.place(node.lineno), name)


def _makers(module: Module) -> set[str]:
    """The names by which a module makes sabotages: what it imports the class as, and other names for it."""
    found = {name for name, dotted in module.imported.items() if dotted == _SABOTAGE}
    for node in module.tree.body:
        if isinstance(node, ast.Assign):
            value: ast.expr = node.value
            if isinstance(value, ast.Call) and _called(value) == "partial" and value.args:
                value = value.args[0]
            if isinstance(value, ast.Name) and value.id in found:
                found |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    return found


def vectors(folder: Path) -> Iterator[Mark]:
    """Examples in data: each JSON file below ``conformance/vectors/`` is an object whose list ``vectors`` has
    objects with ``id`` and ``requirements``.

    Raises:
        MarkError: a file is not of this form.
    """
    for path in sorted((folder / "conformance" / "vectors").rglob("*.json")):
        place = path.relative_to(folder).as_posix()
        try:
            found = json.loads(path.read_text(encoding="utf-8"))["vectors"]
            for one in found:
                requirements = tuple(str(each) for each in one["requirements"])
                title = str(one.get("title", one["id"]))
                yield Mark(Kind.VECTOR, str(one["id"]), requirements, f"{place}:1", title)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            expected = "expected an object with a list 'vectors' of objects with 'id' and 'requirements'"
            raise MarkError(f"{place}:1: vectors: {expected}; {error!r}") from error


def _called(node: ast.Call) -> str | None:
    return node.func.id if isinstance(node.func, ast.Name) else None


def _texts(arguments: Iterable[ast.expr], place: str, count: int | None = None) -> list[str]:
    found = [one.value for one in arguments if isinstance(one, ast.Constant) and isinstance(one.value, str)]
    given = list(arguments)
    if not found or len(found) != len(given) or (count is not None and len(found) != count):
        shown = ", ".join(ast.unparse(one) for one in given)
        raise MarkError(f"{place}: expected the id and its requirement as plain texts; got ({shown})")
    return found


def _first_sentence(node: ast.Module | Definition | Function) -> str:
    """The first paragraph of a docstring, in one line."""
    text = ast.get_docstring(node) or ""
    paragraph = " ".join(text.split("\n\n")[0].split())
    return "" if paragraph.startswith("Requirement:") else paragraph


def _uses(module: Module, node: Definition, marked: Mapping[str, Mark]) -> tuple[str, ...]:
    """The marked functions that a definition names; a marked class is but the form of what they are given."""
    found = (marked[one] for one in reached(module, node) if one in marked)
    return tuple(sorted(one.name for one in found if "(" in one.summary))
