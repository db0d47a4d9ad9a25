# SPDX-License-Identifier: GPL-2.0-only
"""What is moved arrives, what is minted and burned is entered, what is refused changes nothing."""

from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.chain import accounts, bank, coin
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.rejection import Rejection
from althea_spec.reference.payments.money import LARGEST_AMOUNT

COIN = "udai"
ANNA, BERTA = "althea1anna", "althea1berta"


def two(anna: int, berta: int) -> Bank:
    """Two accounts with so much."""
    books = Bank()
    for holder, amount in ((ANNA, anna), (BERTA, berta)):
        if amount:
            assert bank.mint(books, holder, Coin(COIN, amount), SupplyReason.GENESIS) is None
    return books


def held(books: Bank) -> list[int]:
    return [bank.balance(books, holder, COIN) for holder in (ANNA, BERTA)]


def test_the_worked_example() -> None:
    books = two(1000, 10)
    assert bank.send(books, ANNA, BERTA, Coin(COIN, 300)) is None
    assert held(books) == [700, 310]
    assert bank.send(books, ANNA, ANNA, Coin(COIN, 700)) is None
    assert held(books) == [700, 310]
    assert bank.send(books, BERTA, ANNA, Coin(COIN, 311)) is Rejection.BALANCE_TOO_SMALL
    assert held(books) == [700, 310]
    assert bank.supply(books, COIN) == 1010


@given(
    anna=st.integers(0, 50),
    berta=st.integers(0, 50),
    moves=st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(-5, 60)), max_size=8),
)
def test_any_moves_keep_the_sum(anna: int, berta: int, moves: list[tuple[bool, bool, int]]) -> None:
    books = two(anna, berta)
    for from_anna, to_anna, amount in moves:
        sender, recipient = (ANNA if from_anna else BERTA), (ANNA if to_anna else BERTA)
        covered = 0 < amount <= bank.balance(books, sender, COIN)
        assert (bank.send(books, sender, recipient, Coin(COIN, amount)) is None) == covered
        assert sum(held(books)) == anna + berta
        assert min(held(books)) >= 0


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (0, Rejection.AMOUNT_NOT_POSITIVE),
        (-1, Rejection.AMOUNT_NOT_POSITIVE),
        (101, Rejection.BALANCE_TOO_SMALL),
        (111, Rejection.SUPPLY_TOO_SMALL),
    ],
)
def test_a_refused_burn_changes_nothing(amount: int, reason: Rejection) -> None:
    books = two(100, 10)
    before = deepcopy(books)
    assert bank.burn(books, ANNA, Coin(COIN, amount), SupplyReason.DOWNTIME) is reason
    assert books == before


@pytest.mark.parametrize("amount", [0, -1])
def test_a_refused_mint_changes_nothing(amount: int) -> None:
    books = two(100, 10)
    before = deepcopy(books)
    reason = bank.mint(books, ANNA, Coin(COIN, amount), SupplyReason.BRIDGED_IN)
    assert reason is Rejection.AMOUNT_NOT_POSITIVE
    assert books == before


def test_another_denomination_is_another_balance() -> None:
    books = two(100, 10)
    before = deepcopy(books)
    assert bank.send(books, ANNA, BERTA, Coin("ueur", 1)) is Rejection.BALANCE_TOO_SMALL
    assert books == before


def test_what_begins_and_ends_is_entered_under_its_reason() -> None:
    books = two(100, 0)
    assert bank.mint(books, BERTA, Coin(COIN, 7), SupplyReason.BRIDGED_IN) is None
    assert bank.burn(books, ANNA, Coin(COIN, 40), SupplyReason.DOWNTIME) is None
    assert bank.burn(books, ANNA, Coin(COIN, 2), SupplyReason.DOWNTIME) is None
    assert books.minted == {(COIN, SupplyReason.GENESIS): 100, (COIN, SupplyReason.BRIDGED_IN): 7}
    assert books.burned == {(COIN, SupplyReason.DOWNTIME): 42}
    assert bank.supply(books, COIN) == 100 + 7 - 42 == sum(held(books))


def test_a_supply_has_an_end() -> None:
    books = two(LARGEST_AMOUNT - 5, 0)
    assert bank.mint(books, BERTA, Coin(COIN, 6), SupplyReason.BRIDGED_IN) is Rejection.SUPPLY_TOO_LARGE
    assert bank.mint(books, BERTA, Coin(COIN, 0), SupplyReason.BRIDGED_IN) is Rejection.AMOUNT_NOT_POSITIVE
    assert bank.mint(books, BERTA, Coin(COIN, 5), SupplyReason.BRIDGED_IN) is None


def test_what_an_account_holds_is_listed_by_denomination() -> None:
    books = two(100, 10)
    bank.mint(books, ANNA, Coin("aaa", 3), SupplyReason.BRIDGED_IN)
    bank.mint(books, ANNA, Coin("zzz", 3), SupplyReason.BRIDGED_IN)
    bank.send(books, ANNA, BERTA, Coin("zzz", 3))
    assert list(bank.coins_of(books, ANNA)) == [Coin("aaa", 3), Coin(COIN, 100)]


@pytest.mark.parametrize("value", [1.0, 1.5, "1", None, True, b"1"])
def test_what_is_no_whole_number_is_no_amount(value: object) -> None:
    assert not coin.is_whole(value)
    assert coin.is_whole(1)


def test_an_account_of_a_module_is_known_by_its_name() -> None:
    escrow = accounts.module_account("escrow")
    assert accounts.is_module(escrow)
    assert not accounts.is_module(ANNA)
    assert escrow != accounts.module_account("treasury")
