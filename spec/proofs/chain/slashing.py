# SPDX-License-Identifier: MIT
"""Slashing: never below nothing, in either order the same, wherever the stake is by then, and not twice."""

from althea_spec.reference.chain import slashing, staking
from althea_spec.reference.chain.parameters import MILLION
from althea_spec.reference.chain.rejection import Rejection
from althea_spec.reference.chain.stake import Unbonding

from ..engine.given import Given
from ..engine.logic import all_of, implies, no
from ..engine.obligations import theorem, witness

_MOST = 2**128
_HEIGHT = 2**40


def _fraction(given: Given, name: str = "fraction") -> int:
    return given.integer(name, 0, MILLION - 1)


def _entry(given: Given) -> Unbonding:
    initial = given.integer("initial", 1, _MOST)
    balance = given.integer("balance", 0, _MOST)
    given.assume(balance <= initial, "slashes have left no more than there was")
    return Unbonding(given.integer("created", 0, _HEIGHT), initial, balance)


@theorem("slashing/never-below-nothing", "SLASH-AMOUNT-01", "SLASH-AMOUNT-03")
def never_below_nothing(given: Given) -> bool:
    """A slash takes at least nothing and always leaves something of the tokens behind a validator."""
    tokens = given.integer("tokens", 1, _MOST)
    taken = slashing.burned(tokens, _fraction(given))
    return all_of(taken >= 0, taken < tokens)


@theorem("slashing/rounded-down", "SLASH-AMOUNT-01")
def rounded_down(given: Given) -> bool:
    """What a slash takes is the exact fraction, less a part of a unit."""
    tokens, fraction = given.integer("tokens", 0, _MOST), _fraction(given)
    taken = slashing.burned(tokens, fraction)
    return all_of(taken * MILLION <= tokens * fraction, tokens * fraction < (taken + 1) * MILLION)


@theorem("slashing/unbonding-never-below-nothing", "SLASH-AMOUNT-02")
def unbonding_never_below_nothing(given: Given) -> bool:
    """Whatever was slashed of an unbonding before, one more slash takes between nothing and the rest."""
    entry = _entry(given)
    taken = slashing.burned_of_unbonding(entry, given.integer("fault", 0, _HEIGHT), _fraction(given))
    return all_of(taken >= 0, taken <= entry.balance)


@theorem("slashing/reach", "SLASH-REACH-01")
def reach(given: Given) -> bool:
    """Stake that began to unbond before the fault pays nothing; what began in the block of the fault or later
    pays like what has stayed.
    """
    created, fault = given.integer("created", 0, _HEIGHT), given.integer("fault", 0, _HEIGHT)
    amount, fraction = given.integer("amount", 1, _MOST), _fraction(given)
    taken = slashing.burned_of_unbonding(Unbonding(created, amount, amount), fault, fraction)
    stayed = slashing.burned(amount, fraction)
    return all_of(implies(created < fault, taken == 0), implies(no(created < fault), taken == stayed))


@theorem("slashing/order", "SLASH-AMOUNT-02")
def order(given: Given) -> bool:
    """Two slashes of an unbonding take the same in either order."""
    entry = _entry(given)
    fractions = [_fraction(given, name) for name in ("first_fraction", "second_fraction")]
    faults = [given.integer(name, 0, _HEIGHT) for name in ("first_fault", "second_fault")]

    def left(which: tuple[int, int]) -> int:
        rest = entry
        for one in which:
            cost = slashing.burned_of_unbonding(rest, faults[one], fractions[one])
            rest = Unbonding(rest.created, rest.initial, rest.balance - cost)
        return rest.balance

    return left((0, 1)) == left((1, 0))


@theorem("slashing/in-parts", "SLASH-AMOUNT-01", "SLASH-REACH-01")
def in_parts(given: Given) -> bool:
    """Who spreads stake over many unbondings saves less than one unit for each of them, and pays no more."""
    first, second = given.integer("first", 0, _MOST), given.integer("second", 0, _MOST)
    fraction = _fraction(given)
    apart = slashing.burned(first, fraction) + slashing.burned(second, fraction)
    together = slashing.burned(first + second, fraction)
    return all_of(together - 1 <= apart, apart <= together)


@theorem("slashing/nothing-escapes", "SLASH-REACH-02", "STAKE-UNBOND-01", "SLASH-EVIDENCE-01")
def nothing_escapes(given: Given) -> bool:
    """As long as evidence of a fault is heard, no stake that stood behind it has been paid out."""
    fault, created, now = (given.integer(name, 0, _HEIGHT) for name in ("fault", "created", "now"))
    age, period = given.integer("evidence_age", 0, _HEIGHT), given.integer("period", 1, _HEIGHT)
    given.assume(age <= period, "evidence is heard for no longer than an unbonding lasts")
    given.assume(fault <= created, "the stake stood behind the fault")
    heard = slashing.refusal_of_evidence(fault, now, age, True, False) is None
    paid_before = staking.is_mature(created, now - 1, period)
    return not (heard and paid_before)


@witness("slashing/escape", "SLASH-REACH-02")
def escape(given: Given) -> bool:
    """Were evidence heard for longer than an unbonding lasts, stake would be gone before its fault shows."""
    fault, now = given.integer("fault", 0, 100), given.integer("now", 0, 100)
    heard = slashing.refusal_of_evidence(fault, now, 21, True, False) is None
    return heard and staking.is_mature(fault, now - 1, 20)


@theorem("slashing/evidence-once", "SLASH-EVIDENCE-01", "SLASH-EVIDENCE-02", "SLASH-TOMB-01")
def evidence_once(given: Given) -> bool:
    """Evidence counts exactly when its block is there, is young enough, had the validator among its voters,
    and the validator was not caught before.
    """
    fault, now, age = (given.integer(name, 0, _HEIGHT) for name in ("fault", "now", "evidence_age"))
    voted, caught = given.boolean("voted"), given.boolean("caught_before")
    reason = slashing.refusal_of_evidence(fault, now, age, voted, caught)
    counts = all_of(fault <= now, now <= fault + age, voted, no(caught))
    return bool(counts) == (reason is None)


@theorem("slashing/release", "SLASH-UNJAIL-01", "SLASH-TOMB-01")
def release(given: Given) -> bool:
    """Nobody leaves jail before the term is over, a double signer never does, and all others may."""
    until = given.optional("until", lambda: given.integer("until", 0, _HEIGHT))
    now, caught = given.integer("now", 0, _HEIGHT), given.boolean("caught")
    reason = slashing.refusal_of_release(until, caught, now)
    if until is None:
        return reason is Rejection.NOT_JAILED
    return bool(all_of(no(caught), until <= now)) == (reason is None)
