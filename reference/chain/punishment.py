# SPDX-License-Identifier: MIT
"""What becomes of a validator at fault: part of the stake is burned, it is jailed, whether it may return."""

from collections.abc import Collection, Iterable

from attrs import evolve, frozen

from ..payments.identity import ChainAddress
from ..payments.money import Amount
from . import bank as banks
from . import liveness, slashing, voting_power
from .accounts import DELEGATED, UNBONDING
from .bank import Bank, SupplyReason
from .block import Evidence, Height, RefusedEvidence
from .coin import Coin
from .parameters import Parameters, PerMillion
from .rejection import Rejection
from .stake import Stake, Unbonding, Validator


@frozen
class Fault:
    """What was done wrong."""

    height: Height
    fraction: PerMillion
    """Of the stake that stood behind it."""
    reason: SupplyReason


def slash(bank: Bank, stake: Stake, validator: Validator, fault: Fault, terms: Parameters) -> Amount:
    """Burn what a fault costs, and say how much that was.

    Requirement: SLASH-AMOUNT-01, SLASH-REACH-01, SLASH-BURN-01
    """
    taken = slashing.burned(validator.tokens, fault.fraction)
    validator.tokens -= taken
    _burn(bank, DELEGATED, Coin(terms.stake_denomination, taken), fault.reason)
    waiting = 0
    for key, entries in stake.unbondings.items():
        if key[1] == validator.operator:
            stake.unbondings[key] = tuple(_slashed(one, fault) for one in entries)
            waiting += sum(one.balance for one in entries) - sum(one.balance for one in stake.unbondings[key])
    _burn(bank, UNBONDING, Coin(terms.stake_denomination, waiting), fault.reason)
    return taken + waiting


def _slashed(entry: Unbonding, fault: Fault) -> Unbonding:
    cost = slashing.burned_of_unbonding(entry, fault.height, fault.fraction)
    return evolve(entry, balance=entry.balance - cost)


def _burn(bank: Bank, holder: ChainAddress, coin: Coin, reason: SupplyReason) -> None:
    if coin.amount:
        banks.burn(bank, holder, coin, reason)


def note_absences(
    bank: Bank, stake: Stake, absent: Collection[ChainAddress], now: Height, terms: Parameters
) -> list[ChainAddress]:
    """Take down who voted and who did not; slash and jail those who are down too often, and name them.

    Requirement: SLASH-DOWN-01, SLASH-DOWN-02, SLASH-DOWN-03
    """
    jailed = []
    for operator in stake.active:
        validator = stake.validators[operator]
        validator.missed = liveness.recorded(validator.missed, operator in absent, terms.signing_window)
        if liveness.is_down(validator.missed, terms.most_missed):
            slash(bank, stake, validator, Fault(now, terms.downtime_fraction, SupplyReason.DOWNTIME), terms)
            validator.missed = 0
            validator.jailed_until = now + terms.downtime_jail
            jailed.append(operator)
    return jailed


def weigh(
    bank: Bank, stake: Stake, evidence: Iterable[Evidence], now: Height, terms: Parameters
) -> tuple[list[ChainAddress], list[RefusedEvidence]]:
    """Slash, jail and tombstone whoever has signed two blocks of one height; say who, and what was refused.

    Requirement: SLASH-EVIDENCE-01, SLASH-EVIDENCE-02, SLASH-TOMB-01
    """
    jailed: list[ChainAddress] = []
    refused: list[RefusedEvidence] = []
    for one in evidence:
        validator = stake.validators.get(one.validator)
        reason = _refusal(stake, validator, one, now, terms)
        if reason is not None or validator is None:
            refused.append(RefusedEvidence(one, reason or Rejection.UNKNOWN_VALIDATOR))
            continue
        fault = Fault(one.height, terms.double_sign_fraction, SupplyReason.DOUBLE_SIGN)
        slash(bank, stake, validator, fault, terms)
        validator.is_tombstoned = True
        validator.jailed_until = now
        jailed.append(one.validator)
    return jailed, refused


def _refusal(
    stake: Stake, validator: Validator | None, evidence: Evidence, now: Height, terms: Parameters
) -> Rejection | None:
    if validator is None:
        return Rejection.UNKNOWN_VALIDATOR
    voted = voting_power.voted_at(stake, evidence.validator, evidence.height)
    return slashing.refusal_of_evidence(
        evidence.height, now, terms.evidence_age, voted, validator.is_tombstoned
    )


def release(validator: Validator | None, now: Height) -> Rejection | None:
    """Let a validator out of jail at its own request; it is voted in again like any other.

    Requirement: SLASH-UNJAIL-01, SLASH-TOMB-01
    """
    if validator is None:
        return Rejection.UNKNOWN_VALIDATOR
    reason = slashing.refusal_of_release(validator.jailed_until, validator.is_tombstoned, now)
    if reason is None:
        validator.jailed_until = None
    return reason
