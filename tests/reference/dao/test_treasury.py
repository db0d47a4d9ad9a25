# SPDX-License-Identifier: GPL-2.0-only
"""The treasury: fees in, votes out, and a line for each coin."""

from ipaddress import IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.chain import accounts, bank
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import community, treasury
from althea_spec.reference.dao.action import ChangeFee, Disburse, StakeListing
from althea_spec.reference.dao.community import Disbursed, FeeChanged, ListingFunded
from althea_spec.reference.dao.governance import Propose
from althea_spec.reference.dao.proposal import Status
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.dao.treasury import Entry, Reason

from .communities import COIN, PAYER, account, town


def test_the_worked_example_of_the_law() -> None:
    place = town("Ann")
    place.height = 10
    place.earn(100)
    place.height = 20
    relay = Coin(COIN, 60)
    paid = place.send("Ann", Propose(Disburse(account("Roofer"), relay, "a relay on the hill")))
    assert Disbursed(account("Roofer"), relay) in paid.effects
    again = place.send("Ann", Propose(Disburse(account("Roofer"), relay)))
    assert again.rejection is Rejection.TREASURY_TOO_SMALL
    place.height = 30
    staked = place.send("Ann", Propose(StakeListing(Coin(COIN, 40))))
    assert ListingFunded(Coin(COIN, 40)) in staked.effects
    books = place.community.treasury
    assert books.journal == [
        Entry(10, Reason.FEE, PAYER, Coin(COIN, 100)),
        Entry(20, Reason.DISBURSED, account("Roofer"), relay, 1),
        Entry(30, Reason.STAKED, books.listing_account, Coin(COIN, 40), 2),
    ]
    assert (books.received, books.spent, place.held) == ({COIN: 100}, {COIN: 100}, 0)
    assert treasury.is_balanced(place.bank, books)
    assert treasury.expected(100, 60) == 40


@pytest.mark.parametrize(
    ("recipient", "amount", "reason"),
    [
        (account("Roofer"), 100, None),
        (account("Roofer"), 101, Rejection.TREASURY_TOO_SMALL),
        (account("Roofer"), 0, Rejection.AMOUNT_NOT_POSITIVE),
        (account("Roofer"), -1, Rejection.AMOUNT_NOT_POSITIVE),
        (accounts.module_account("dao/x"), 1, Rejection.RECIPIENT_IS_MODULE),
    ],
)
def test_what_can_be_spent(recipient: str, amount: int, reason: Rejection | None) -> None:
    place = town("Ann")
    place.earn(100)
    coin = Coin(COIN, amount)
    assert treasury.refusal_of_payment(place.bank, place.community.treasury, recipient, coin) is reason
    assert place.send("Ann", Propose(Disburse(recipient, coin))).rejection is reason
    assert place.held == (0 if reason is None else 100)
    assert treasury.refusal(100, 101) is Rejection.TREASURY_TOO_SMALL


@pytest.mark.parametrize(
    ("amount", "reason"),
    [
        (10, None),
        (11, Rejection.PAYER_TOO_POOR),
        (0, Rejection.AMOUNT_NOT_POSITIVE),
        (-1, Rejection.AMOUNT_NOT_POSITIVE),
    ],
)
def test_a_fee_comes_in_whole_or_not_at_all(amount: int, reason: Rejection | None) -> None:
    place = town("Ann")
    bank.mint(place.bank, PAYER, Coin(COIN, 10), SupplyReason.GENESIS)
    books = place.community.treasury
    assert treasury.receive(place.bank, books, PAYER, Coin(COIN, amount), Reason.FEE, 1) is reason
    assert place.held == (10 if reason is None else 0)
    assert len(books.journal) == (1 if reason is None else 0)
    assert treasury.refusal_of_coin(place.bank, books, Coin("other", 1)) is Rejection.TREASURY_TOO_SMALL


def test_coins_do_not_come_in_for_a_reason_for_which_they_leave() -> None:
    place = town("Ann")
    with pytest.raises(ValueError, match=r"^reason: expected one for which coins come in, got DISBURSED$"):
        treasury.receive(place.bank, place.community.treasury, PAYER, Coin(COIN, 1), Reason.DISBURSED, 1)


def test_each_community_has_accounts_that_nobody_signs_for() -> None:
    books = [treasury.opened(IPv6Network(one)) for one in ("fd00:a17e:1::/64", "fd00:a17e:2::/64")]
    names = {name for one in books for name in (one.account, one.listing_account)}
    assert len(names) == 4
    assert all(accounts.is_module(one) for one in names)


@pytest.mark.parametrize(
    ("fee", "reason"),
    [(0, None), (2**63 - 1, None), (-1, Rejection.FEE_OUT_OF_RANGE), (2**63, Rejection.FEE_OUT_OF_RANGE)],
)
def test_fees(fee: int, reason: Rejection | None) -> None:
    place = town("Ann")
    outcome = place.send("Ann", Propose(ChangeFee(fee)))
    assert outcome.rejection is reason
    assert (FeeChanged(fee) in outcome.effects) == (reason is None)
    assert community.refusal_of_fee(fee) is reason


def test_books_that_lack_a_line_are_noticed() -> None:
    place = town("Ann")
    place.earn(100)
    bank.send(place.bank, place.community.treasury.account, PAYER, Coin(COIN, 1))
    assert not treasury.is_balanced(place.bank, place.community.treasury)


@given(moves=st.lists(st.tuples(st.booleans(), st.integers(1, 50)), max_size=30))
def test_books_and_bank_agree_after_any_row_of_fees_and_votes(moves: list[tuple[bool, int]]) -> None:
    place = town("Ann")
    held = 0
    for comes, amount in moves:
        if comes:
            place.earn(amount)
            held += amount
        else:
            place.send("Ann", Propose(Disburse(account("Roofer"), Coin(COIN, amount))))
            held -= amount if amount <= held else 0
        assert place.held == held
        assert treasury.is_balanced(place.bank, place.community.treasury)
    done = [one for one in place.community.proposals.values() if one.status is Status.EXECUTED]
    spent = [one for one in place.community.treasury.journal if one.reason is Reason.DISBURSED]
    assert [one.proposal for one in spent] == [one.number for one in done]


def test_an_empty_bank_pays_nothing() -> None:
    books = treasury.opened(IPv6Network("fd00:a17e:1::/64"))
    money = Bank()
    treasury.spend(money, books, account("Roofer"), Coin(COIN, 1), Reason.DISBURSED, 1, 1)
    assert books.journal == []
    assert treasury.is_balanced(money, books)
