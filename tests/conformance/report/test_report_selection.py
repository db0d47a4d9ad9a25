# SPDX-License-Identifier: GPL-2.0-only
"""Choosing traces with -k."""

import pytest

from althea_spec.conformance.selection import SelectionError, select

from .sample import make_trace

TRACES = [
    make_trace("feasibility/equal", ["RTG-FEAS-01", "RTG-FEAS-02"]),
    make_trace("feasibility/equal-distance", ["RTG-FEAS-01"]),
    make_trace("hello/interval", ["RTG-HELLO-01"]),
    make_trace("hello/jitter", ["RTG-HELLO-01", "RTG-HELLO-10"]),
]


def chosen(expression: str | None) -> list[str]:
    return [trace.id for trace in select(TRACES, expression, rules=["RTG-TLV-01"])]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        (None, ["feasibility/equal", "feasibility/equal-distance", "hello/interval", "hello/jitter"]),
        ("equal", ["feasibility/equal", "feasibility/equal-distance"]),
        ("EQUAL and not DISTANCE", ["feasibility/equal"]),
        ("feasibility/equal", ["feasibility/equal"]),
        ("feasibility/equa", ["feasibility/equal", "feasibility/equal-distance"]),
        ("RTG-HELLO-1", ["hello/jitter"]),
        ("rtg-hello-01", ["hello/interval", "hello/jitter"]),
        ("FEAS-02 or jitter", ["feasibility/equal", "hello/jitter"]),
        ("not (equal or jitter)", ["hello/interval"]),
        ("hello and (interval or jitter) and not RTG-HELLO-10", ["hello/interval"]),
        ("not not jitter", ["hello/jitter"]),
        ("RTG-TLV-01 and jitter", ["hello/jitter"]),
    ],
)
def test_selection(expression: str | None, expected: list[str]) -> None:
    assert chosen(expression) == expected


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("nothing-like-this", "no trace matches"),
        ("", "a word is missing at the end"),
        ("a and", "a word is missing at the end"),
        ("and a", "a word is missing before 'and'"),
        ("a or or b", "a word is missing before 'or'"),
        ("a b", "unexpected 'b'"),
        ("(a or b", "a parenthesis is not closed"),
        ("a)", "unexpected ')'"),
        ("()", "a word is missing before ')'"),
        ("a & b", "unexpected '&'"),
        ("a; rm", "unexpected ';'"),
        ("(" * 5000 + "a", "more than 100 parentheses"),
        ("not " * 5000 + "a", "more than 100 parentheses"),
    ],
)
def test_a_wrong_expression_is_one_line(expression: str, expected: str) -> None:
    with pytest.raises(SelectionError) as caught:
        chosen(expression)
    assert expected in str(caught.value)
    assert "\n" not in str(caught.value)
