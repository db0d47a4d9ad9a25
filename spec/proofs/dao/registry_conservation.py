# SPDX-License-Identifier: MIT
"""The whole registry, with its bank: from the first stake to the last claim every token is somebody's."""

from ipaddress import IPv6Network

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.dao import challenge
from althea_spec.reference.dao import registry as registries
from althea_spec.reference.dao.challenge import Outcome
from althea_spec.reference.dao.registry import Registry
from althea_spec.reference.dao.registry_rules import PARTS, RegistryRules

from ..engine import logic
from ..engine.given import Given
from ..engine.obligations import theorem, witness

_TOKEN = "algt"
_COMPANY = "company"
_PURSE = 2**64
_SUBNET = IPv6Network("fd00::/64")
_STAKER, _CHALLENGER = "staker", "challenger"
_VOTERS = ("first", "second")
_SEALED = bytes(32)
"""Hashes are not for solvers: envelopes are opened by the tests."""
_EVERYBODY = (_STAKER, _CHALLENGER, *_VOTERS)


def _registry(given: Given, fee: int = 0, company_parts: int = 0) -> tuple[Registry, Bank]:
    """A registry with one listing, and a bank in which everybody has the same."""
    rules = RegistryRules(
        minimum_stake=1,
        fee=fee,
        company_parts=company_parts,
        voter_parts=given.integer("voter_parts", 0, PARTS),
        quorum=given.integer("quorum", 1, 2**32),
        commit_blocks=2,
        reveal_blocks=2,
        rest_blocks=1,
    )
    registry = Registry(IPv6Network("fd00::/16"), _TOKEN, _COMPANY, rules)
    bank = Bank({(one, _TOKEN): _PURSE for one in _EVERYBODY}, {_TOKEN: _PURSE * len(_EVERYBODY)})
    registries.register(registry, bank, _STAKER, _SUBNET, given.integer("stake", 1, 2**32))
    return registry, bank


def _voted(given: Given, registry: Registry, bank: Bank, *, second_reveals: bool | None = None) -> None:
    """A challenge, and votes of two voters, of whom the second reveals or does not (``None``: either)."""
    registries.open_challenge(registry, bank, _CHALLENGER, _SUBNET, 0)
    keeps = [given.choice("first_keeps", (True, False)), given.choice("second_keeps", (True, False))]
    for voter in _VOTERS:
        registries.commit(registry, bank, voter, 1, _SEALED, given.integer(f"votes_{voter}", 1, 2**32), 1)
    challenge.count(registry.challenges[1], _VOTERS[0], keeps[0])
    if given.choice("second_reveals", (True, False)) if second_reveals is None else second_reveals:
        challenge.count(registry.challenges[1], _VOTERS[1], keeps[1])


def _held(bank: Bank, registry: Registry) -> int:
    return sum(banks.balance(bank, one, _TOKEN) for one in (*_EVERYBODY, _COMPANY, registry.account))


@theorem("registry/registration-adds-up", "REG-SUM-01", "REG-FEE-01", "REG-FEE-02")
def registration_adds_up(given: Given) -> bool:
    """A registration takes the stake, which the registry holds, and the fee, of which what the company does
    not get is burnt.
    """
    fee = given.integer("fee", 0, 2**32)
    registry, bank = _registry(given, fee, given.integer("company_parts", 0, PARTS))
    stake = registry.listings[_SUBNET].stake
    burnt = bank.burned.get((_TOKEN, SupplyReason.GOVERNANCE), 0)
    return logic.all_of(
        banks.balance(bank, _STAKER, _TOKEN) == _PURSE - stake - fee,
        banks.balance(bank, registry.account, _TOKEN) == stake,
        banks.balance(bank, _COMPANY, _TOKEN) + burnt == fee,
        _held(bank, registry) == banks.supply(bank, _TOKEN),
    )


def _claimed(given: Given, *, second_reveals: bool) -> tuple[Registry, Bank]:
    """A challenge that is over, and of which everybody has claimed."""
    registry, bank = _registry(given)
    _voted(given, registry, bank, second_reveals=second_reveals)
    registries.resolve(registry, bank, 1, 4)
    for voter in _VOTERS:
        registries.claim(registry, bank, voter, 1)
    return registry, bank


def _adds_up(registry: Registry, bank: Bank) -> bool:
    stakes = sum(one.stake for one in registry.listings.values())
    return logic.all_of(
        banks.balance(bank, registry.account, _TOKEN) == stakes,
        _held(bank, registry) == banks.supply(bank, _TOKEN),
        not registry.challenges,
    )


def _nobody_has_less(bank: Bank) -> bool:
    return logic.all_of(*(banks.balance(bank, voter, _TOKEN) >= _PURSE for voter in _VOTERS))


@theorem("registry/challenge-adds-up", "REG-SUM-01", "REG-SHARE-01", "REG-SHARE-02", "REG-VOTE-04")
def challenge_adds_up(given: Given) -> bool:
    """When a challenge is over in which both voters revealed, and everybody has claimed, the registry holds
    the stakes of what is listed and nothing else, whatever was voted.
    """
    return _adds_up(*_claimed(given, second_reveals=True))


@theorem("registry/challenge-adds-up-unrevealed", "REG-SUM-01", "REG-SHARE-01", "REG-SHARE-02", "REG-VOTE-05")
def challenge_adds_up_unrevealed(given: Given) -> bool:
    """The same holds when one of two voters did not reveal."""
    return _adds_up(*_claimed(given, second_reveals=False))


@theorem("registry/voters-lose-nothing", "REG-VOTE-04", "REG-VOTE-05")
def voters_lose_nothing(given: Given) -> bool:
    """No voter has less after a challenge in which both revealed than before, however the vote was."""
    _, bank = _claimed(given, second_reveals=True)
    return _nobody_has_less(bank)


@theorem("registry/unrevealed-lose-nothing", "REG-VOTE-04", "REG-VOTE-05")
def unrevealed_lose_nothing(given: Given) -> bool:
    """The same holds of a voter who did not reveal, and of the other one."""
    _, bank = _claimed(given, second_reveals=False)
    return _nobody_has_less(bank)


@theorem("registry/loser-loses-the-deposit", "REG-OUTCOME-03", "REG-SHARE-01")
def loser_loses_the_deposit(given: Given) -> bool:
    """Of the two parties the loser has lost exactly its deposit and the winner nothing; where nothing is
    decided, neither has.
    """
    registry, bank = _registry(given)
    stake = registry.listings[_SUBNET].stake
    _voted(given, registry, bank)
    judged = registry.challenges[1]
    registries.resolve(registry, bank, 1, 4)
    is_listed = _SUBNET in registry.listings
    staker = banks.balance(bank, _STAKER, _TOKEN) + (stake if is_listed else 0) - _PURSE
    challenger = banks.balance(bank, _CHALLENGER, _TOKEN) - _PURSE
    gain = stake - judged.pool
    if judged.outcome is Outcome.KEPT:
        return logic.all_of(is_listed, staker == gain, challenger == -stake)
    if judged.outcome is Outcome.REMOVED:
        return logic.all_of(not is_listed, staker == -stake, challenger == gain)
    return logic.all_of(is_listed, staker == 0, challenger == 0)


@witness("registry/late-reveal", "REG-VOTE-05")
def late_reveal(given: Given) -> bool:
    """A voter who has seen the other's vote and does not reveal a losing one loses nothing by that: sealed
    votes do not make anybody reveal.
    """
    registry, bank = _registry(given)
    _voted(given, registry, bank)
    registries.resolve(registry, bank, 1, 4)
    registries.claim(registry, bank, _VOTERS[1], 1)
    unrevealed = registry.challenges[1].ballots[_VOTERS[0]].keeps is True
    return logic.all_of(unrevealed, banks.balance(bank, _VOTERS[1], _TOKEN) == _PURSE)
