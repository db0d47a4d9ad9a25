# SPDX-License-Identifier: GPL-2.0-only
"""Transactions have names, and what is malformed has none."""

from enum import Enum
from fractions import Fraction

import pytest
from attrs import evolve, frozen

from althea_spec.reference.chain import canonical, transactions
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.rejection import Rejection
from althea_spec.reference.chain.stake_messages import Delegate, Undelegate
from althea_spec.reference.chain.transactions import Transaction, Transfer

PAYMENT = Transaction(
    "althea-1", "althea1anna", 0, Coin("udai", 1), Transfer("althea1berta", Coin("udai", 5))
)


@pytest.mark.parametrize(
    "changes",
    [
        {"chain_id": "althea-2"},
        {"sender": "althea1berta"},
        {"sequence": 1},
        {"fee": Coin("udai", 2)},
        {"fee": Coin("ueur", 1)},
        {"message": Transfer("althea1berta", Coin("udai", 6))},
        {"message": Transfer("althea1bert", Coin("audai", 5))},
        {"message": Delegate("althea1berta", 5)},
    ],
)
def test_what_differs_has_another_name(changes: dict[str, object]) -> None:
    other = evolve(PAYMENT, **changes)  # type: ignore[arg-type]
    assert transactions.hash_of(other) != transactions.hash_of(PAYMENT)
    assert transactions.hash_of(evolve(PAYMENT)) == transactions.hash_of(PAYMENT)


def test_messages_of_another_kind_with_the_same_fields_differ() -> None:
    assert canonical.octets(Delegate("althea1anna", 5)) != canonical.octets(Undelegate("althea1anna", 5))


class Colour(Enum):
    RED = 1
    BLUE = 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("ab", "c"), ("a", "bc")),
        ((1, 2), (12,)),
        ((), None),
        (1, True),
        ("1", 1),
        ("1", b"1"),
        (((1,), 2), ((1, 2),)),
        (-1, 1),
    ],
)
def test_different_values_have_different_octets(first: object, second: object) -> None:
    assert canonical.octets(first) != canonical.octets(second)


def test_a_member_of_an_enumeration_has_octets() -> None:
    assert canonical.octets(Colour.RED) != canonical.octets(Colour.BLUE)


@frozen
class Odd(transactions.Message):
    """A message with a part that has no octets."""

    part: object


@pytest.mark.parametrize("part", [1.5, Fraction(3, 2), [1], {1: 2}])
def test_what_is_not_whole_has_no_name(part: object) -> None:
    assert transactions.hash_of(evolve(PAYMENT, message=Odd(part))) is None


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({}, None),
        ({"fee": Coin("udai", 0)}, None),
        ({"fee": Coin("udai", -1)}, Rejection.AMOUNT_NOT_POSITIVE),
        ({"fee": Coin("udai", True)}, Rejection.AMOUNT_NOT_WHOLE),
        ({"sequence": 0.0}, Rejection.AMOUNT_NOT_WHOLE),
        ({"message": Transfer("althea1berta", Coin("udai", 0))}, Rejection.AMOUNT_NOT_POSITIVE),
        ({"message": Transfer("althea1berta", Coin("udai", True))}, Rejection.AMOUNT_NOT_WHOLE),
        ({"message": Delegate("althea1berta", -5)}, Rejection.AMOUNT_NOT_POSITIVE),
    ],
)
def test_what_can_be_told_without_state(changes: dict[str, object], reason: Rejection | None) -> None:
    changed = evolve(PAYMENT, **changes)  # type: ignore[arg-type]
    assert transactions.refusal_without_state(changed) is reason
