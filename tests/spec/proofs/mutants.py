# SPDX-License-Identifier: GPL-2.0-only
"""Small faults planted into the functions of the reference, one at a time."""

import ast
import importlib
import importlib.util
import inspect
import linecache
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from itertools import count
from pkgutil import iter_modules
from types import CodeType
from typing import Any

from attrs import frozen

from althea_spec import reference

_COMPARED = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
}
_COMPUTED = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Add,
    ast.Pow: ast.Mult,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}
_NUMBERS = count()
_LONGEST_SHOWN = 60


@frozen
class Mutant:
    """A function with one fault."""

    function: str
    """``module.function``, or ``module.Class.method``."""
    fault: str
    code: CodeType


def mutants_of(function: str) -> Iterator[Mutant]:
    """All faults of one function of the reference, each with a name of its own."""
    named: Counter[str] = Counter()
    target = function_named(function)
    tree = ast.parse(textwrap.dedent(inspect.getsource(target)))
    for index, node in enumerate(_places(tree)):
        for fault, change in _changes(node):
            changed = deepcopy(tree)
            change(_places(changed)[index])
            code = _compiled(changed)
            if code is not None:
                name = f"line {getattr(node, 'lineno', 0)}: {fault} in {_shown(node)}"
                named[name] += 1
                yield Mutant(function, name if named[name] == 1 else f"{name} ({named[name]})", code)


def _places(tree: ast.Module) -> list[ast.AST]:
    """What is run when the function is called: no annotations, defaults or decorators."""
    (function,) = tree.body
    assert isinstance(function, ast.FunctionDef)
    aside: list[ast.AST | None] = [function.args, function.returns, *function.decorator_list]
    aside += [node.annotation for node in ast.walk(function) if isinstance(node, ast.AnnAssign)]
    left_out = {id(node) for root in aside if root is not None for node in ast.walk(root)}
    return [node for node in ast.walk(function) if id(node) not in left_out]


def rewritten(function: str, text: str) -> Mutant:
    """A function with another text altogether."""
    code = _compiled(ast.parse(textwrap.dedent(text)))
    assert code is not None
    return Mutant(function, text, code)


def _shown(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


@contextmanager
def planted(mutant: Mutant) -> Iterator[None]:
    """The fault is in force."""
    target = function_named(mutant.function)
    before = target.__code__
    target.__code__ = mutant.code
    try:
        yield
    finally:
        target.__code__ = before


def function_named(function: str) -> Any:
    """``module.function`` or ``module.Class.method`` of any room of the reference; routing comes first."""
    module, *path = function.split(".")
    for room in sorted(iter_modules(reference.__path__), key=lambda one: one.name != "routing"):
        name = f"{reference.__name__}.{room.name}.{module}"
        if importlib.util.find_spec(name) is not None:
            found: Any = importlib.import_module(name)
            for part in path:
                found = getattr(found, part, None)
            if found is not None:
                return inspect.unwrap(found.fget if isinstance(found, property) else found)
    raise LookupError(f"{function}: expected a function of the reference")


_Change = tuple[str, Callable[[Any], None]]


def _changes(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.Compare):
        for other in _COMPARED.get(type(node.ops[0]), ()):
            yield f"compares by {other.__name__}", lambda one, other=other: one.ops.__setitem__(0, other())
    elif isinstance(node, ast.BinOp) and type(node.op) in _COMPUTED:
        other = _COMPUTED[type(node.op)]
        yield f"computes {other.__name__}", lambda one: setattr(one, "op", other())
    elif isinstance(node, ast.Constant):
        yield from _other_constants(node)
    elif isinstance(node, ast.Name):
        yield from _other_names(node)
    else:
        yield from _other_logic(node)


def _other_logic(node: ast.AST) -> Iterator[_Change]:
    if isinstance(node, ast.BoolOp):
        swapped = ast.Or if isinstance(node.op, ast.And) else ast.And
        yield f"joins by {swapped.__name__}", lambda one: setattr(one, "op", swapped())
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield "drops not", lambda one: setattr(one, "op", ast.UAdd()) or setattr(one, "operand", _truth(one))
    elif isinstance(node, ast.If | ast.IfExp):
        for value in (True, False):
            yield (
                f"takes the branch {value}",
                lambda one, value=value: setattr(one, "test", ast.Constant(value)),
            )


def _other_constants(node: ast.Constant) -> Iterator[_Change]:
    if isinstance(node.value, bool):
        yield f"says {not node.value}", lambda one: setattr(one, "value", not one.value)
    elif isinstance(node.value, int):
        for step in (1, -1):
            yield (
                f"counts {node.value + step}",
                lambda one, step=step: setattr(one, "value", one.value + step),
            )


def _other_names(node: ast.Name) -> Iterator[_Change]:
    if node.id in _CALLED:
        yield f"calls {_CALLED[node.id]}", lambda one: setattr(one, "id", _CALLED[one.id])
    elif node.id.isupper():
        yield f"adds 1 to {node.id}", lambda one: setattr(one, "id", f"({one.id}+1)")


def _truth(one: Any) -> ast.expr:
    return ast.Call(ast.Name("bool", ast.Load()), [one.operand], [])


def _compiled(tree: ast.Module) -> CodeType | None:
    """The code of the changed function, with its text where the prover looks for it."""
    text = ast.unparse(ast.fix_missing_locations(tree)).replace("+bool(", "bool(")
    name = f"{_ROOM}/mutant-{next(_NUMBERS)}.py"
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    module = compile(text, name, "exec")
    codes = [one for one in module.co_consts if isinstance(one, CodeType)]
    return codes[0] if codes else None


_ROOM = str(importlib.import_module("althea_spec.reference.routing").__path__[0])
