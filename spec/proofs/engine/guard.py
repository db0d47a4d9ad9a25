# SPDX-License-Identifier: MIT
"""What a symbolic value cannot see being done to it: such code is refused before anything is proved of it."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from functools import cache
from types import CodeType
from typing import Final

from .errors import Unmodelled

_BLIND_CALLS: Final = frozenset({"id", "vars", "callable", "eval", "exec"})
_BROAD: Final = frozenset({"Exception", "BaseException"})


@cache
def check(code: CodeType) -> None:
    """Refuse a function whose branches may not depend on its symbolic values alone through what is modelled.

    Raises:
        Unmodelled: it compares identities, asks for a type, or catches what it did not raise.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(code)))
    for node in ast.walk(tree):
        for complaint in _complaints(node):
            place = f"{code.co_qualname}, line {code.co_firstlineno + getattr(node, 'lineno', 1) - 1}"
            raise Unmodelled(f"{place}: {complaint}")


def _complaints(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for operator, left, right in zip(node.ops, sides, sides[1:], strict=False):
            if isinstance(operator, ast.Is | ast.IsNot) and not (_is_unique(left) or _is_unique(right)):
                yield "'is' compares with None and members of enums only"
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        if node.func.id in _BLIND_CALLS:
            yield f"{node.func.id}() cannot be seen by a symbolic value"
        elif node.func.id == "isinstance" and _names(node.args[1]) & {"int", "bool"}:
            yield "isinstance() of int or bool is not true of a symbolic value"
    elif isinstance(node, ast.ExceptHandler) and (node.type is None or _names(node.type) & _BROAD):
        yield "a handler catches what it did not raise"
    elif isinstance(node, ast.Match | ast.Global | ast.Nonlocal | ast.Await | ast.Yield | ast.YieldFrom):
        yield f"{type(node).__name__} is not modelled"


def _is_unique(node: ast.expr) -> bool:
    """None, a plain truth, or a member of an enum, which there is one of only."""
    if isinstance(node, ast.Constant):
        return node.value is None or isinstance(node.value, bool)
    return (
        isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id[:1].isupper()
    )


def _names(node: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
