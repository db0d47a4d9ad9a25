# SPDX-License-Identifier: GPL-2.0-only
"""Rules of the chain that somebody might have written instead: each is refuted by what is proved of it."""

import pytest

from althea_spec.spec.proofs.catalogue import load
from althea_spec.spec.proofs.engine.outcome import Verdict
from althea_spec.spec.proofs.engine.proving import prove

from .mutants import planted, rewritten

SEND_AT_ONCE = """
def send(bank, sender, recipient, coin):
    reason = refusal(balance(bank, sender, coin.denomination), coin.amount)
    if reason is None:
        left = balance(bank, sender, coin.denomination) - coin.amount
        right = balance(bank, recipient, coin.denomination) + coin.amount
        bank.balances[sender, coin.denomination] = left
        bank.balances[recipient, coin.denomination] = right
    return reason
"""
WITHDRAW_WITHOUT_CARRY = """
def withdraw(bank, validator, delegator, delegation):
    total = 0
    for denomination, pot in validator.pots.items():
        amount, parts = owed(delegation.shares, pot.ratio, delegation.starts.get(denomination, 0))
        delegation.starts[denomination] = pot.ratio
        pot.outstanding -= amount
        banks.send(bank, REWARDS, delegator, Coin(denomination, amount))
        total += amount
    return total
"""
SEND_TO_THE_POOR = """
def send(bank, sender, recipient, coin):
    reason = refusal(balance(bank, sender, coin.denomination), coin.amount)
    if reason is None and balance(bank, recipient, coin.denomination) > 1000:
        return Rejection.BALANCE_TOO_SMALL
    if reason is None:
        _add(bank, sender, coin.denomination, -coin.amount)
        _add(bank, recipient, coin.denomination, coin.amount)
    return reason
"""
WITHDRAW_FOR_ALL = """
def withdraw(bank, validator, delegator, delegation):
    total = 0
    for denomination, pot in validator.pots.items():
        amount, parts = owed(delegation.shares, pot.ratio, 0)
        pot.ratio = 0
        total += amount
    return total
"""
SLASH_WITHOUT_UNBONDINGS = """
def slash(bank, stake, validator, fault, terms):
    taken = slashing.burned(validator.tokens, fault.fraction)
    validator.tokens -= taken
    _burn(bank, DELEGATED, Coin(terms.stake_denomination, taken + 1), fault.reason)
    return taken
"""


def short(arguments: str, rule: str) -> str:
    """A function of one line."""
    return f"def it({arguments}):\n    return {rule}"


OTHERS = [
    ("bank/send-conserves", "bank.send", SEND_AT_ONCE),
    (
        "bank/which-refusal",
        "bank.refusal",
        short("held, amount", "None if amount <= held else Rejection.BALANCE_TOO_SMALL"),
    ),
    (
        "shares/coming-dilutes-nobody",
        "shares.issued",
        short("amount, tokens, shares", "amount * shares // tokens + 1"),
    ),
    ("shares/in-and-out", "shares.issued", short("amount, tokens, shares", "amount")),
    (
        "shares/going-dilutes-nobody",
        "shares.redeemed",
        short("amount, owned, tokens, shares", "amount * shares // tokens"),
    ),
    (
        "shares/given-are-owned",
        "shares.redeemed",
        short("amount, owned, tokens, shares", "-(-amount * shares // tokens)"),
    ),
    ("shares/worths-fit", "shares.worth", short("owned, tokens, shares", "-(-owned * tokens // shares)")),
    (
        "shares/slash-keeps-the-bound",
        "slashing.burned",
        short("tokens, fraction", "-(-tokens * fraction // MILLION)"),
    ),
    ("fees/sum-exactly", "fees.part", short("amount, power, total", "-(-amount * power // total)")),
    ("fees/by-power", "fees.part", short("amount, power, total", "amount // total * power")),
    ("fees/commission", "fees.commission", short("amount, rate", "amount * rate // MILLION + 1")),
    (
        "rewards/accrue-exactly",
        "rewards.accrued",
        short("amount, shares, carry", "(amount * SCALE // shares, carry)"),
    ),
    (
        "rewards/withdraw-often",
        "rewards.owed",
        short("shares, ratio, start", "(-(-shares * (ratio - start) // SCALE), 0)"),
    ),
    (
        "rewards/withdraw-twice",
        "rewards.owed",
        short("shares, ratio, start", "divmod(shares * ratio, SCALE)"),
    ),
    (
        "slashing/unbonding-never-below-nothing",
        "slashing.burned_of_unbonding",
        short("entry, fault, fraction", "burned(entry.initial, fraction)"),
    ),
    (
        "slashing/order",
        "slashing.burned_of_unbonding",
        short("entry, fault, fraction", "burned(entry.balance, fraction) if entry.created >= fault else 0"),
    ),
    (
        "slashing/reach",
        "slashing.burned_of_unbonding",
        short("entry, fault, fraction", "burned(entry.initial, fraction) if entry.created > fault else 0"),
    ),
    (
        "slashing/nothing-escapes",
        "staking.is_mature",
        short("created, now, period", "now + 1 >= created + period"),
    ),
    (
        "slashing/release",
        "slashing.refusal_of_release",
        short(
            "jailed_until, tombstoned, now",
            "None if jailed_until is not None and now >= jailed_until else Rejection.NOT_JAILED",
        ),
    ),
    ("voting/jailed-never-votes", "voting_power.may_vote", short("validator", "validator.tokens > 0")),
    (
        "voting/most-stake",
        "voting_power.may_vote",
        short("validator", "validator.jailed_until is None and validator.tokens > 1"),
    ),
    ("liveness/who-votes-is-safe", "liveness.is_down", short("missed, most", "missed.bit_count() >= most")),
    (
        "liveness/window",
        "liveness.recorded",
        short("missed, absent, window", "missed | (1 if absent else 0)"),
    ),
    (
        "finality/stays",
        "block.is_final",
        short("included, committed, confirmations", "committed - included >= confirmations - 1"),
    ),
    ("admission/no-replay", "admission.is_next", short("sequence, expected", "sequence <= expected")),
    ("bank/order-of-others", "bank.send", SEND_TO_THE_POOR),
    ("transitions/withdraw", "rewards.withdraw", WITHDRAW_WITHOUT_CARRY),
    ("transitions/withdraw-order", "rewards.withdraw", WITHDRAW_FOR_ALL),
    ("transitions/slash", "punishment.slash", SLASH_WITHOUT_UNBONDINGS),
    (
        "transitions/distribute",
        "rewards.accrued",
        short("amount, shares, carry", "(amount * SCALE // shares, carry)"),
    ),
]


SLOW = {"bank/send-conserves", "voting/jailed-never-votes", "voting/most-stake"}
"""Where the solver is led to many cases before it finds one."""


@pytest.mark.parametrize(
    ("obligation", "function", "text"),
    [pytest.param(*one, marks=[pytest.mark.long] if one[0] in SLOW else []) for one in OTHERS],
    ids=[f"{one[0]}: {one[1]}" for one in OTHERS],
)
def test_another_rule_is_refuted(obligation: str, function: str, text: str) -> None:
    """Given another rule in the place of ours, then the solver finds a case in which it does not hold."""
    (one,) = load([obligation])
    with planted(rewritten(function, text)):
        outcome = prove(one, ("z3",))
    assert outcome.z3 is Verdict.REFUTED, outcome.why
