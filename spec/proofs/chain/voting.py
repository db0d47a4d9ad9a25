# SPDX-License-Identifier: MIT
"""Who votes, who is missed, and when something cannot be taken back."""

from althea_spec.reference.chain import admission, block, liveness, voting_power
from althea_spec.reference.chain.rejection import Rejection
from althea_spec.reference.chain.stake import Validator

from ..engine.given import Given
from ..engine.logic import all_of, implies
from ..engine.obligations import theorem

_MOST = 2**128
_HEIGHT = 2**40
_WINDOW = 16


def _validators(given: Given, names: str) -> list[Validator]:
    """Some that may be jailed or without stake."""
    return [
        Validator(
            f"althea1{name}",
            0,
            tokens=given.integer(f"tokens_of_{name}", 0, _MOST),
            jailed_until=7 if given.boolean(f"{name}_is_jailed") else None,
        )
        for name in names
    ]


@theorem("voting/jailed-never-votes", "STAKE-JAIL-01", "STAKE-POWER-01")
def jailed_never_votes(given: Given) -> bool:
    """Nobody in the active set is jailed, or without stake, and each has the power of its tokens."""
    validators = _validators(given, "ab")
    voters = voting_power.active_set(validators, given.choice("most", (1, 2)))
    return all_of(
        *(
            all_of(one.jailed_until is None, one.tokens > 0, voters[one.operator] == one.tokens)
            for one in validators
            if one.operator in voters
        )
    )


@theorem("voting/tombstoned-never-votes", "STAKE-JAIL-01", "SLASH-TOMB-01")
def tombstoned_never_votes(given: Given) -> bool:
    """A double signer does not vote, however much stands behind it."""
    tokens = given.integer("tokens", 0, _MOST)
    return not voting_power.may_vote(Validator("althea1a", 0, tokens=tokens, is_tombstoned=True))


@theorem("voting/most-stake", "STAKE-POWER-01", "STAKE-POWER-02")
def most_stake(given: Given) -> bool:
    """Nobody is left out who may vote and has more behind it than one who votes, nor while there is room."""
    validators, most = _validators(given, "abc"), given.choice("most", (1, 2, 3))
    voters = voting_power.active_set(validators, most)
    least = min(voters.values()) if voters else 0
    return all_of(
        len(voters) <= most,
        *(
            implies(one.tokens > 0, all_of(len(voters) == most, one.tokens <= least))
            for one in validators
            if one.jailed_until is None and one.operator not in voters
        ),
    )


@theorem("liveness/window", "SLASH-DOWN-01")
def window(given: Given) -> bool:
    """The votes that did not come are counted within the window: the newest comes in, the oldest goes out."""
    missed, absent = given.bits("missed", _WINDOW), given.boolean("absent")
    after = liveness.recorded(missed, absent, _WINDOW)
    leaves = (missed >> (_WINDOW - 1)).bit_count()
    comes = 1 if absent else 0
    return all_of(after.bit_count() == missed.bit_count() - leaves + comes, after < 2**_WINDOW)


@theorem("liveness/who-votes-is-safe", "SLASH-DOWN-02")
def who_votes_is_safe(given: Given) -> bool:
    """A vote never makes anybody down who was not, and one more absence only who is at the limit."""
    missed, absent = given.bits("missed", _WINDOW), given.boolean("absent")
    most = given.integer("most", 0, _WINDOW - 1)
    given.assume(missed.bit_count() <= most, "it was not down before")
    down = liveness.is_down(liveness.recorded(missed, absent, _WINDOW), most)
    return implies(down, all_of(absent, missed.bit_count() == most))


@theorem("finality/stays", "CHAIN-FINAL-01")
def final_stays(given: Given) -> bool:
    """What is final stays so with every further block, and nothing is final before so many blocks."""
    included, committed = given.integer("included", 1, _HEIGHT), given.integer("committed", 0, _HEIGHT)
    confirmations, more = given.integer("confirmations", 0, 1000), given.integer("more", 0, _HEIGHT)
    now = block.is_final(included, committed, confirmations)
    later = block.is_final(included, committed + more, confirmations)
    return all_of(implies(now, later), implies(now, committed - included >= confirmations))


@theorem("admission/no-replay", "CHAIN-SEQ-01")
def no_replay(given: Given) -> bool:
    """A transaction that was taken once is never its sender's next one again."""
    sequence, expected = given.integer("sequence", 0, 2**64), given.integer("expected", 0, 2**64)
    taken, later = admission.is_next(sequence, expected), given.integer("taken_since", 0, 2**64)
    again = admission.is_next(sequence, expected + 1 + later)
    return implies(taken, not again)


@theorem("admission/fee", "CHAIN-FEE-01", "CHAIN-ANTE-01")
def fee(given: Given) -> bool:
    """A fee does exactly when it is in a denomination that is taken, at least the least, and there."""
    amount, held = given.integer("fee", 0, _MOST), given.integer("held", 0, _MOST)
    least, kind = given.integer("least", 0, _MOST), given.choice("kind", ("udai", "ueur"))
    reason = admission.refusal_of_fee(amount, kind, {"udai": least}, held)
    if kind == "ueur":
        return reason is Rejection.FEE_NOT_ACCEPTED
    return bool(all_of(least <= amount, amount <= held)) == (reason is None)
