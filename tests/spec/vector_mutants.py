# SPDX-License-Identifier: GPL-2.0-only
"""Small faults in the functions that vectors are about, and whether the vectors notice them."""

import ast
import inspect
import signal
import sys
import textwrap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from types import CodeType, FrameType, FunctionType
from typing import Any

from attrs import frozen

from althea_spec.spec.vectors import catalogue
from althea_spec.spec.vectors.catalogue import AnyFamily
from althea_spec.spec.vectors.family import name_of
from althea_spec.spec.vectors.machine import Machine

from .proofs import mutants

_LONGEST_SECONDS = 2.0
"""Of processor time."""
_ROOM = "althea_spec.reference."


@frozen
class Fault:
    """A function with one fault."""

    function: FunctionType
    what: str
    code: CodeType

    @property
    def name(self) -> str:
        return f"{name_of(self.function)}: {self.what}"


def families_by_function(families: Iterable[AnyFamily]) -> dict[FunctionType, list[AnyFamily]]:
    """What the families are about, with the helpers that stand in the same module."""
    found: dict[FunctionType, list[AnyFamily]] = {}
    for one in families:
        own = (one.start, one.step) if isinstance(one, Machine) else (one.function,)
        reached: dict[FunctionType, None] = {}
        for function in (*own, *one.covers):
            _reach(inspect.unwrap(function), reached)
        for each in reached:
            if each.__module__.startswith(_ROOM):
                found.setdefault(each, []).append(one)
    return found


def _reach(function: Any, found: dict[FunctionType, None]) -> None:
    if not isinstance(function, FunctionType) or function in found:
        return
    found[function] = None
    for name in _names(function.__code__):
        called = function.__globals__.get(name)
        if isinstance(called, FunctionType) and called.__module__ == function.__module__:
            _reach(called, found)


def _names(code: CodeType) -> set[str]:
    inner = [one for one in code.co_consts if isinstance(one, CodeType)]
    return set(code.co_names).union(*(_names(one) for one in inner))


def faults_of(function: FunctionType) -> Iterator[Fault]:
    """All the faults of one function."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    for index, node in enumerate(_places(tree)):
        for what, change in mutants._changes(node):
            changed = deepcopy(tree)
            change(_places(changed)[index])
            code = mutants._compiled(changed)
            if code is not None and code.co_name == function.__name__:
                yield Fault(function, f"{what} in {ast.unparse(node)}", code)


def _places(tree: ast.Module) -> list[ast.AST]:
    """Every node of the body: faults in annotations change nothing."""
    (definition,) = tree.body
    assert isinstance(definition, ast.FunctionDef)
    return [node for statement in definition.body for node in ast.walk(statement)]


@contextmanager
def planted(fault: Fault) -> Iterator[None]:
    """The fault is in force."""
    before = fault.function.__code__
    fault.function.__code__ = fault.code
    try:
        yield
    finally:
        fault.function.__code__ = before


Question = tuple[AnyFamily, dict[str, Any], dict[str, Any]]
"""A family, what it is asked, and what it answers."""


@cache
def _questions_of(identifier: str) -> list[Question]:
    (one,) = catalogue.load([identifier]).values()
    return [(one, arguments, one.answer(arguments)) for arguments in map(one.encoded, one.all_cases())]


class _EndlessError(BaseException):
    """Goes past whoever catches exceptions of every kind."""


def is_noticed(questions: Iterable[Question]) -> bool:
    """Whether an answer is another one now; an endless one is."""
    with _limited():
        try:
            return any(one.answer(arguments) != expected for one, arguments, expected in questions)
        except (Exception, _EndlessError):
            return True


@contextmanager
def _limited() -> Iterator[None]:
    def stop(_number: int, _frame: FrameType | None) -> None:
        raise _EndlessError

    before = signal.signal(signal.SIGVTALRM, stop)
    digits = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(100_000)
    # Again and again: what interrupts a destructor or a callback is ignored.
    signal.setitimer(signal.ITIMER_VIRTUAL, _LONGEST_SECONDS, _LONGEST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        sys.set_int_max_str_digits(digits)
        signal.signal(signal.SIGVTALRM, before)


def survivors(function: FunctionType, families: Iterable[AnyFamily]) -> tuple[list[str], list[str]]:
    """The faults that were planted into a function, and those of them that no vector notices.

    The families about the fewest functions are asked first: they are the likeliest to notice, and quick.
    """
    ordered = sorted(families, key=lambda one: (isinstance(one, Machine), len(one.covers)))
    questions = [question for one in ordered for question in _questions_of(one.id)]
    tried, unnoticed = [], []
    for fault in faults_of(function):
        tried.append(fault.name)
        with planted(fault):
            if not is_noticed(questions):
                unnoticed.append(fault.name)
    return tried, unnoticed
