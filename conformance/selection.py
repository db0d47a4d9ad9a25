# SPDX-License-Identifier: GPL-2.0-only
"""Choosing traces with ``-k``: words joined by ``and``, ``or``, ``not`` and parentheses, as pytest has it.

A word matches a trace when it occurs in the trace's id or in the id of a requirement that the trace judges.
A word that *is* such an id in full matches that one alone, so that a single trace can be repeated by its
name even where another trace's name begins the same way.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from .lab import Profile
from .trace import Trace

_DEEPEST = 100
"""Nesting that recursive descent can follow."""

_TOKEN = re.compile(r"\s*([()]|[\w./+-]+)")

Matches: TypeAlias = Callable[[frozenset[str]], bool]
"""Given the names of one trace (lower case), whether it is chosen."""


class SelectionError(Exception):
    """The expression cannot be read, or chooses nothing: one line."""


def in_profile(traces: Iterable[Trace], profile: Profile) -> list[Trace]:
    """The traces that a router of that profile is asked: those written for it, and the plain ones that hold
    there too, spoken in its layout.
    """
    return [
        one if one.profile is profile else one.model_copy(update={"profile": profile})
        for one in traces
        if holds_in(one, profile)
    ]


def holds_in(trace: Trace, profile: Profile) -> bool:
    """Whether a router of that profile is asked what the trace asks."""
    if trace.profile is profile:
        return True
    if trace.profile is Profile.RFC8966:
        return profile not in trace.except_in
    return profile in trace.also_in


def select(traces: Sequence[Trace], expression: str | None, rules: Iterable[str] = ()) -> list[Trace]:
    """The traces that an expression chooses, in their order; all of them without an expression.

    Args:
        traces: what there is to choose from.
        expression: ``feasibility and not RTG-FEAS-03``, for example.
        rules: requirements that a passive rule judges in every trace; naming one in full chooses every trace.

    Raises:
        SelectionError: the expression is malformed, or nothing matches.
    """
    if expression is None:
        return list(traces)
    names = {
        trace.id: frozenset({trace.id.lower(), *(one.lower() for one in trace.requirements)})
        for trace in traces
    }
    known = frozenset(name for group in names.values() for name in group)
    matches = _Parser(expression, known, frozenset(rule.lower() for rule in rules)).parse()
    chosen = [trace for trace in traces if matches(names[trace.id])]
    if not chosen:
        raise SelectionError(f"-k '{expression}': no trace matches; `althea-spec traces` lists them")
    return chosen


class _Parser:
    """Recursive descent over ``or`` < ``and`` < ``not``."""

    def __init__(self, expression: str, known: frozenset[str], rules: frozenset[str]) -> None:
        self._expression = expression
        self._known = known
        self._rules = rules
        self._tokens = self._split(expression)
        if sum(token in {"(", "not"} for token in self._tokens) > _DEEPEST:
            raise self._error(f"more than {_DEEPEST} parentheses and nots")
        self._position = 0

    def parse(self) -> Matches:
        matches = self._or()
        if self._peek() is not None:
            raise self._error(f"unexpected '{self._peek()}'")
        return matches

    def _split(self, expression: str) -> list[str]:
        tokens = []
        position = 0
        text = expression.rstrip()
        while position < len(text):
            match = _TOKEN.match(text, position)
            if match is None:
                raise self._error(f"unexpected '{text[position:].lstrip()[0]}'")
            tokens.append(match.group(1))
            position = match.end()
        return tokens

    def _peek(self) -> str | None:
        return self._tokens[self._position] if self._position < len(self._tokens) else None

    def _take(self, wanted: str) -> bool:
        if self._peek() == wanted:
            self._position += 1
            return True
        return False

    def _or(self) -> Matches:
        left = self._and()
        while self._take("or"):
            left = _either(left, self._and())
        return left

    def _and(self) -> Matches:
        left = self._not()
        while self._take("and"):
            left = _both(left, self._not())
        return left

    def _not(self) -> Matches:
        if self._take("not"):
            inner = self._not()
            return lambda names: not inner(names)
        if self._take("("):
            inner = self._or()
            if not self._take(")"):
                raise self._error("a parenthesis is not closed")
            return inner
        return self._word()

    def _word(self) -> Matches:
        token = self._peek()
        if token is None:
            raise self._error("a word is missing at the end")
        if token in {"and", "or", ")"}:
            raise self._error(f"a word is missing before '{token}'")
        self._position += 1
        word = token.lower()
        if word in self._rules:
            return lambda _names: True
        if word in self._known:
            return lambda names: word in names
        return lambda names: any(word in name for name in names)

    def _error(self, what: str) -> SelectionError:
        expected = "expected words joined by and, or, not and ( )"
        return SelectionError(f"-k '{self._expression}': {what}; {expected}")


def _either(left: Matches, right: Matches) -> Matches:
    return lambda names: left(names) or right(names)


def _both(left: Matches, right: Matches) -> Matches:
    return lambda names: left(names) and right(names)
