# SPDX-License-Identifier: GPL-2.0-only
"""The small language of traces."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.conformance.lab import SECOND
from althea_spec.conformance.matching import (
    MatchError,
    duration,
    matches,
    matches_router_id,
    newer,
    number,
)

SAVED: Mapping[str, object] = {"m": 100, "s": 65535, "rid": bytes(7) + b"\x01"}
U16 = st.integers(0, 65535)


@pytest.mark.parametrize(
    ("expression", "modular", "value"),
    [
        (7, False, 7),
        ("7", False, 7),
        ("0x10", False, 16),
        ("$m", False, 100),
        ("$m + 1", False, 101),
        ("$m - 1", False, 99),
        ("$m+$m - 3", False, 197),
        ("$s + 1", True, 0),
        ("$s + 1", False, 65536),
    ],
)
def test_numbers(expression: int | str, modular: bool, value: int) -> None:
    assert number(expression, SAVED, modular=modular) == value


@pytest.mark.parametrize("expression", ["$nothing", "seven", "7 7", "$rid + 1"])
def test_a_number_that_cannot_be_read_says_so(expression: str) -> None:
    with pytest.raises(MatchError, match=r"expected|saved"):
        number(expression, SAVED)


@pytest.mark.parametrize(
    ("matcher", "allowed", "refused"),
    [
        ("any", (0, 65535), ()),
        ("finite", (0, 65534), (65535,)),
        ("infinite", (65535,), (0, 65534)),
        ("7", (7,), (6, 8)),
        ("== 7", (7,), (6, 8)),
        ("!= 7", (6, 8), (7,)),
        ("< 7", (6,), (7, 8)),
        ("<= 7", (6, 7), (8,)),
        ("> $m", (101,), (100, 99)),
        (">= $m + 2", (102, 103), (101,)),
        ("3..5", (3, 4, 5), (2, 6)),
        ("$m..$m + 5", (100, 105), (99, 106)),
    ],
)
def test_matchers(matcher: str, allowed: tuple[int, ...], refused: tuple[int, ...]) -> None:
    assert all(matches(matcher, value, SAVED) for value in allowed)
    assert not any(matches(matcher, value, SAVED) for value in refused)


def test_seqnos_are_compared_on_the_circle() -> None:
    assert matches("newer than $s", 0, SAVED, modular=True)
    assert not matches("newer than $s", 65534, SAVED, modular=True)
    assert matches("older than $s", 65534, SAVED, modular=True)
    assert matches("$s + 1", 0, SAVED, modular=True)


@given(U16, U16)
def test_newer_is_the_rfc_definition(value: int, other: int) -> None:
    """RFC 8966 section 3.2.1: s is less than s' when 0 < (s' - s) MOD 2^16 < 2^15."""
    assert newer(value, other) == any(
        (other + step) % 65536 == value for step in (1, (value - other) % 65536) if 0 < step < 32768
    )
    assert not (newer(value, other) and newer(other, value))


def test_router_ids() -> None:
    rid = bytes(7) + b"\x01"
    assert matches_router_id("any", None, SAVED)
    assert matches_router_id(rid, rid, SAVED)
    assert matches_router_id("$rid", rid, SAVED)
    assert not matches_router_id("!= $rid", rid, SAVED)
    assert matches_router_id("!= $rid", bytes(8), SAVED)
    assert not matches_router_id("0000000000000002", rid, SAVED)
    assert not matches_router_id("!= 0000000000000002 $rid", rid, SAVED)
    assert matches_router_id("!= 0000000000000002 $rid", bytes(8), SAVED)
    with pytest.raises(MatchError, match="nobody"):
        matches_router_id("$nobody", rid, SAVED)


@pytest.mark.parametrize(
    ("text", "microseconds"),
    [("0.2 s", 200_000), ("20 ms", 20_000), ("1.5 hello", 6_000_000), ("2 update", 8_000_000)],
)
def test_durations(text: str, microseconds: int) -> None:
    assert duration(text, {"hello": 4 * SECOND, "update": 4 * SECOND}) == microseconds
