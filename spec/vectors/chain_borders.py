# SPDX-License-Identifier: MIT
"""Vectors for the chain at the borders of its terms, and for what a refusal leaves as it was."""

from typing import Final

from attrs import evolve, frozen

from althea_spec.reference.chain import bank, parameters
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.parameters import MILLION, Parameters
from althea_spec.reference.payments.identity import ChainAddress
from althea_spec.reference.payments.money import Amount

from .family import Arguments, Family

_COIN: Final = "udai"
_ANNA, _BERTA = "althea1anna", "althea1berta"


@frozen
class Left:
    """What is in the books of one denomination."""

    held: dict[ChainAddress, Amount]
    supply: Amount
    minted: Amount
    burned: Amount


def after_trying(held: Amount, amount: int) -> Left:
    """The books of one who holds so much, after so much was sent, minted and burned, where that is allowed.

    Requirement: BANK-SEND-02, BANK-SUPPLY-02, BANK-SUPPLY-03, BANK-AMOUNT-02
    """
    books = Bank()
    bank.mint(books, _ANNA, Coin(_COIN, held), SupplyReason.GENESIS)
    bank.send(books, _ANNA, _BERTA, Coin(_COIN, amount))
    bank.mint(books, _BERTA, Coin(_COIN, amount), SupplyReason.BRIDGED_IN)
    bank.burn(books, _ANNA, Coin(_COIN, amount), SupplyReason.BRIDGED_OUT)
    balances = {holder: one for (holder, _), one in books.balances.items() if one}
    minted, burned = sum(books.minted.values()), sum(books.burned.values())
    return Left(balances, bank.supply(books, _COIN), minted, burned)


_BORDERS: Final = {
    "confirmations": (0,),
    "most_validators": (1,),
    "unbonding_period": (1,),
    "most_unbondings": (1,),
    "evidence_age": (0, 302_400),
    "signing_window": (1,),
    "most_missed": (0, 9_999),
    "downtime_jail": (0,),
    "double_sign_fraction": (0, MILLION - 1),
    "downtime_fraction": (0, MILLION - 1),
}
"""The smallest value of each term, and the largest where there is one."""
_AROUND: Final = {"unbonding_period": {"evidence_age": 0}, "signing_window": {"most_missed": 0}}
"""Terms that others are bounded by: these are set so that only the one is wrong."""


def _at_the_borders() -> dict[str, Arguments]:
    found: dict[str, Arguments] = {}
    for name, borders in _BORDERS.items():
        for border in borders:
            for value in (border - 1, border, border + 1):
                terms = evolve(Parameters(), **_AROUND.get(name, {}), **{name: value})  # type: ignore[arg-type]
                found[f"{name.replace('_', '-')}-{value}"] = {"parameters": terms}
    for fee in (-1, 0, 1):
        found[f"least-fee-{fee}"] = {"parameters": evolve(Parameters(), least_fees={_COIN: fee})}
    return found


FAMILIES: Final = (
    Family(
        id="chain-parameters/borders",
        function=parameters.check,
        cases=_at_the_borders(),
        title="Whether terms at the borders of what they may be are accepted.",
    ),
    Family(
        id="bank/after-trying",
        function=after_trying,
        name="chain.bank.after_trying",
        covers=(bank.send, bank.mint, bank.burn),
        grid={"held": (10,), "amount": (-1, 0, 1, 4, 5, 6, 10, 11)},
    ),
)
