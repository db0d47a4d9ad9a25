# SPDX-License-Identifier: MIT
"""Shares of the stake behind a validator, over every number of tokens and shares that can come about.

What can come about is an invariant: a share is worth at most one token, and there are tokens exactly when
there are shares.  It holds of a new validator, and each step keeps it.
"""

from althea_spec.reference.chain import shares, slashing
from althea_spec.reference.chain.parameters import MILLION

from ..engine.given import Given
from ..engine.logic import all_of, implies
from ..engine.obligations import theorem, witness

_MOST = 2**128


def _pool(given: Given) -> tuple[int, int]:
    """Tokens and shares of a validator that has some."""
    tokens = given.integer("tokens", 1, _MOST)
    owned = given.integer("all_shares", 1, _MOST)
    given.assume(tokens <= owned, "a share is worth at most one token")
    return tokens, owned


def _part(given: Given, total: int) -> int:
    """The shares of one delegator."""
    owned = given.integer("own_shares", 1, _MOST)
    given.assume(owned <= total, "nobody owns more shares than there are")
    return owned


def _product(given: Given, first: int, second: int) -> None:
    """Tell the solvers what is true of any two numbers: it saves them from multiplying inequalities."""
    truth = implies(all_of(first >= 0, second >= 0), first * second >= 0)
    given.assume(truth, "the product of numbers that are not negative is not negative")


def _redemption(given: Given) -> tuple[int, int, int, int, int]:
    """Tokens, shares, own shares, what is taken back, and the shares that are given for it."""
    tokens, total = _pool(given)
    owned = _part(given, total)
    amount = given.integer("amount", 1, _MOST)
    given.assume(amount <= shares.worth(owned, tokens, total), "no more is taken back than it is worth")
    return tokens, total, owned, amount, shares.redeemed(amount, owned, tokens, total)


@theorem("shares/first", "STAKE-SHARE-01")
def first(given: Given) -> bool:
    """The first delegation gets a share for each token, and they are worth what was put in."""
    amount = given.integer("amount", 1, _MOST)
    got = shares.issued(amount, 0, 0)
    return all_of(got == amount, shares.worth(got, amount, got) == amount)


@theorem("shares/coming-keeps-the-bound", "STAKE-SHARE-02")
def coming_keeps_the_bound(given: Given) -> bool:
    """After a delegation a share is still worth at most one token, and whoever comes gets at least one share
    for each token.
    """
    tokens, total = _pool(given)
    amount = given.integer("amount", 1, _MOST)
    got = shares.issued(amount, tokens, total)
    return all_of(tokens + amount <= total + got, got >= amount)


@theorem("shares/coming-dilutes-nobody", "STAKE-SHARE-02")
def coming_dilutes_nobody(given: Given) -> bool:
    """A delegation makes no share worth less than it was."""
    tokens, total = _pool(given)
    amount = given.integer("amount", 1, _MOST)
    got = shares.issued(amount, tokens, total)
    return tokens * (total + got) <= (tokens + amount) * total


@theorem("shares/going-keeps-the-bound", "STAKE-SHARE-03")
def going_keeps_the_bound(given: Given) -> bool:
    """After a part was taken back a share is still worth at most one token."""
    tokens, total, owned, amount, given_up = _redemption(given)
    given.assume(amount < shares.worth(owned, tokens, total), "it is a part only")
    excess = total - tokens
    _product(given, tokens - amount, excess)
    _product(given, tokens, given_up - 1 - excess - amount)
    return tokens - amount <= total - given_up


@theorem("shares/leaving-keeps-the-bound", "STAKE-SHARE-03", "STAKE-SHARE-04")
def leaving_keeps_the_bound(given: Given) -> bool:
    """After somebody has left with all its shares, a share of the others is still worth at most one token."""
    tokens, total = _pool(given)
    owned = _part(given, total)
    others, amount = total - owned, shares.worth(owned, tokens, total)
    _product(given, others, total - tokens)
    _product(given, total, tokens - amount - others - 1)
    return all_of(tokens - amount <= others, shares.redeemed(amount, owned, tokens, total) == owned)


@theorem("shares/going-dilutes-nobody", "STAKE-SHARE-03")
def going_dilutes_nobody(given: Given) -> bool:
    """Taking stake back makes no share of those who stay worth less than it was."""
    tokens, total, _, amount, given_up = _redemption(given)
    return tokens * (total - given_up) <= (tokens - amount) * total


@theorem("shares/given-are-owned", "STAKE-SHARE-03", "STAKE-SHARE-04")
def given_are_owned(given: Given) -> bool:
    """Nobody gives more shares than it owns, or none; who takes back all that they are worth gives all."""
    tokens, total, owned, amount, given_up = _redemption(given)
    everything = amount == shares.worth(owned, tokens, total)
    return all_of(given_up > 0, given_up <= owned, implies(everything, given_up == owned))


@theorem("shares/empty-together", "STAKE-SHARE-04")
def empty_together(given: Given) -> bool:
    """When stake is taken back, the last token goes with the last share, and not before."""
    tokens, total, _, amount, given_up = _redemption(given)
    return bool(tokens == amount) == bool(total == given_up)


@theorem("shares/in-and-out", "STAKE-SHARE-02", "STAKE-UNDELEGATE-02")
def in_and_out(given: Given) -> bool:
    """What was just put in is worth that or one token less, and never more."""
    tokens, total = _pool(given)
    amount = given.integer("amount", 1, _MOST)
    got = shares.issued(amount, tokens, total)
    value = shares.worth(got, tokens + amount, total + got)
    return all_of(amount - 1 <= value, value <= amount)


@theorem("shares/in-slash-out", "STAKE-UNDELEGATE-02", "SLASH-AMOUNT-01")
def in_slash_out(given: Given) -> bool:
    """What was put in before a slash is worth at most the same part of it as is left of the validator's
    tokens.
    """
    tokens, total = _pool(given)
    amount = given.integer("amount", 1, _MOST)
    left = given.integer("left_by_the_slash", 1, 2 * _MOST)
    given.assume(left <= tokens + amount, "a slash leaves no more than there was")
    got = shares.issued(amount, tokens, total)
    value = shares.worth(got, left, total + got)
    _product(given, left, amount * (total + got) - got * (tokens + amount))
    _product(given, tokens + amount, got * left - value * (total + got))
    _product(given, total + got, value * (tokens + amount) - amount * left - 1)
    return value * (tokens + amount) <= amount * left


@theorem("shares/slash-keeps-the-bound", "SLASH-AMOUNT-01", "SLASH-AMOUNT-03")
def slash_keeps_the_bound(given: Given) -> bool:
    """After a slash there are still tokens, and no share is worth more than before."""
    tokens, total = _pool(given)
    left = tokens - slashing.burned(tokens, given.integer("fraction", 0, MILLION - 1))
    return all_of(left > 0, left <= tokens, left <= total)


@theorem("shares/worths-fit", "STAKE-POOL-01", "STAKE-SHARE-03")
def worths_fit(given: Given) -> bool:
    """All delegations together are worth no more than the tokens that are there."""
    tokens, total = _pool(given)
    owned = _part(given, total)
    others = total - owned
    return shares.worth(owned, tokens, total) + shares.worth(others, tokens, total) <= tokens


@theorem("shares/less-than-a-share", "STAKE-SHARE-03")
def less_than_a_share(given: Given) -> bool:
    """Who takes back a part gives less than one share more than what it takes is worth."""
    tokens, total, owned, amount, given_up = _redemption(given)
    given.assume(amount < shares.worth(owned, tokens, total), "it is a part only")
    return all_of(amount * total <= given_up * tokens, given_up * tokens < amount * total + tokens)


@witness("shares/rounded-up-for-who-comes", "STAKE-SHARE-02")
def rounded_up_for_who_comes(given: Given) -> bool:
    """Were shares rounded up for whoever comes, a delegation would take value from those who were there."""
    tokens, total = given.integer("tokens", 900, 1000), 1000
    amount = given.integer("amount", 95, 105)
    got = shares.issued(amount, tokens, total)

    def dilutes(more: int) -> bool:
        return tokens * (total + more) > (tokens + amount) * total

    return dilutes(got + 1) and not dilutes(got)
