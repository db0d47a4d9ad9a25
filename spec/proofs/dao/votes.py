# SPDX-License-Identifier: MIT
"""Votes: what passes, what two groups cannot both pass, and that every rule in force can be met."""

from collections.abc import Sequence

from althea_spec.reference.dao import ballot, proposal, rules, threshold
from althea_spec.reference.dao.membership import Organizer
from althea_spec.reference.dao.proposal import Decision, Status
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.dao.rules import Rule
from althea_spec.reference.dao.threshold import (
    MAJORITY,
    Count,
    Fraction,
    Quorum,
    Share,
    Tally,
    Threshold,
)

from ..engine import logic
from ..engine.given import Given
from ..engine.obligations import theorem, witness

_HEADS = 1000
_WEIGHT = 10**9
_HEIGHT = 2**40

_SHARES = (Share(1, 2, exceed=True), Share(2, 3), Share(1, 1))
"""What a share is only multiplies two numbers that are unknown; so some are tried one by one."""
_TURNOUTS = (Share(1, 4), Share(1, 1))


def _threshold(given: Given, shares: Sequence[Share] = _SHARES) -> Threshold:
    kind = given.choice("kind", (Count, Fraction, Quorum))
    if kind is Count:
        return Count(given.integer("asked", 1, _HEADS), given.boolean("or_all"))
    share = given.choice("share", shares)
    if kind is Fraction:
        return Fraction(share)
    return Quorum(given.choice("turnout", _TURNOUTS), share)


def _tally(given: Given) -> Tally:
    """Any vote: each organizer weighs at least 1, and votes for, against, or not."""
    names = ("signatures", "opponents", "silent")
    heads = [given.integer(name, 0, _HEADS) for name in names]
    weights = [given.integer(f"{name}_weight", 0, _WEIGHT) for name in names]
    for count, weight in zip(heads, weights, strict=True):
        given.assume(
            logic.all_of(weight >= count, logic.any_of(count > 0, weight == 0)), "each weighs at least 1"
        )
    given.assume(sum(heads) > 0, "there is an organizer")
    return Tally(heads[0], weights[0], weights[1], sum(heads), sum(weights))


@theorem("vote/everybody", "VOTE-RULES-02")
def everybody(given: Given) -> bool:
    """A rule that any vote can meet is met when all are in favour."""
    asked, tally = _threshold(given), _tally(given)
    given.assume(threshold.is_met(asked, tally), "the vote passes")
    return threshold.can_pass(asked, tally.organizers, tally.weight)


@theorem("vote/nobody", "VOTE-NONE-01")
def nobody(given: Given) -> bool:
    """What nobody is in favour of never passes, whatever the rule."""
    asked, tally = _threshold(given, (Share(0, 1), *_SHARES)), _tally(given)
    given.assume(tally.signatures == 0, "nobody is in favour")
    return not threshold.is_met(asked, tally)


def _moved(given: Given, tally: Tally, *, from_against: bool, to_favour: bool) -> Tally:
    """One organizer votes who was silent or against."""
    weight = given.integer("voter", 1, _WEIGHT)
    left = tally.against if from_against else tally.weight - tally.in_favour - tally.against
    given.assume(weight <= left, "the voter is one of them")
    if to_favour:
        given.assume(tally.signatures < tally.organizers, "somebody has not signed")
    return Tally(
        tally.signatures + (1 if to_favour else 0),
        tally.in_favour + (weight if to_favour else 0),
        tally.against - (weight if from_against else 0) + (0 if to_favour else weight),
        tally.organizers,
        tally.weight,
    )


@theorem("vote/in-favour-helps", "VOTE-COUNT-01", "VOTE-FRACTION-01", "VOTE-QUORUM-02")
def in_favour_helps(given: Given) -> bool:
    """One more vote in favour, of somebody who was silent or against, makes no vote fail."""
    asked, tally = _threshold(given), _tally(given)
    given.assume(threshold.is_met(asked, tally), "the vote passes")
    from_against = given.choice("from_against", (False, True))
    return threshold.is_met(asked, _moved(given, tally, from_against=from_against, to_favour=True))


@theorem("vote/against-harms", "VOTE-COUNT-01", "VOTE-FRACTION-01")
def against_harms(given: Given) -> bool:
    """Where signatures decide, a vote against changes nothing."""
    asked, tally = _threshold(given), _tally(given)
    if isinstance(asked, Quorum):
        return not threshold.is_met(asked, Tally(0, 0, 0, 1, 1))
    after = _moved(given, tally, from_against=False, to_favour=False)
    return threshold.is_met(asked, tally) == threshold.is_met(asked, after)


@witness("vote/against-helps", "VOTE-QUORUM-01")
def against_helps(given: Given) -> bool:
    """Where a quorum is asked for, a vote against may be what makes the proposal pass: who wants it to fail
    may do better to stay silent.
    """
    asked = Quorum(Share(1, 2), Share(1, 2, exceed=True))
    tally = _tally(given)
    after = _moved(given, tally, from_against=False, to_favour=False)
    return not threshold.is_met(asked, tally) and threshold.is_met(asked, after)


@theorem("vote/majorities-meet", "VOTE-FRACTION-02", "VOTE-DEFAULT-03")
def majorities_meet(given: Given) -> bool:
    """Two groups without a common member do not both have a majority."""
    tally = _tally(given)
    first = threshold.is_met(MAJORITY, tally)
    other = Tally(
        tally.organizers - tally.signatures,
        tally.weight - tally.in_favour,
        0,
        tally.organizers,
        tally.weight,
    )
    return not (first and threshold.is_met(MAJORITY, other))


@witness("vote/halves-do-not-meet", "VOTE-FRACTION-02")
def halves_do_not_meet(given: Given) -> bool:
    """If half were enough, two groups could decide the opposite of one another."""
    tally = _tally(given)
    half = Fraction(Share(1, 2))
    other = Tally(
        tally.organizers - tally.signatures,
        tally.weight - tally.in_favour,
        0,
        tally.organizers,
        tally.weight,
    )
    return threshold.is_met(half, tally) and threshold.is_met(half, other)


@theorem("vote/majority-of-two", "VOTE-DEFAULT-03")
def majority_of_two(given: Given) -> bool:
    """Of two organizers of the same weight a majority is both, of three it is two."""
    weight, heads = given.integer("weight", 1, 1_000_000), given.choice("heads", (1, 2, 3))
    signed = given.choice("signed", (0, 1, 2, 3))
    given.assume(signed <= heads, "no more than there are")
    met = threshold.is_met(MAJORITY, Tally(signed, signed * weight, 0, heads, heads * weight))
    return met == (signed >= (1, 2, 2)[heads - 1])


@theorem("vote/signatures", "VOTE-COUNT-01", "VOTE-COUNT-02")
def signatures(given: Given) -> bool:
    """So many signatures pass as the rule says, or as there are organizers where the rule says that all are
    enough.
    """
    count = Count(given.integer("signatures_asked", 1, _HEADS), given.boolean("or_all"))
    tally = _tally(given)
    met = threshold.is_met(count, tally)
    all_signed = logic.all_of(count.or_all, tally.signatures == tally.organizers)
    expected = logic.any_of(tally.signatures >= count.signatures, all_signed)
    return met == bool(logic.all_of(expected, tally.signatures > 0))


@theorem("vote/or-all", "VOTE-COUNT-02", "VOTE-DEFAULT-02")
def or_all(given: Given) -> bool:
    """A number of signatures for which all are enough can be met by any community."""
    count = Count(given.integer("signatures", 1, 10**6), or_all=True)
    organizers, weight = given.integer("organizers", 1, _HEADS), given.integer("weight", 1, _WEIGHT)
    return threshold.can_pass(count, organizers, weight)


@witness("vote/two-of-one", "VOTE-COUNT-02")
def two_of_one(given: Given) -> bool:
    """Read to the letter, two signatures of one organizer are never given."""
    organizers = given.integer("organizers", 1, _HEADS)
    return not threshold.can_pass(Count(2), organizers, organizers) and threshold.can_pass(
        Count(2, or_all=True), organizers, organizers
    )


@theorem("vote/default-is-possible", "VOTE-DEFAULT-01", "VOTE-DEFAULT-02", "VOTE-DEFAULT-03", "VOTE-RULES-02")
def default_is_possible(given: Given) -> bool:
    """With the default rules any community, of one organizer or of many, can decide everything."""
    organizers = given.integer("organizers", 1, _HEADS)
    weight = given.integer("weight", 1, _WEIGHT)
    return rules.refusal(rules.DEFAULT, organizers, weight) is None


@theorem("vote/rules-can-be-met", "VOTE-RULES-02", "VOTE-RULES-03")
def rules_can_be_met(given: Given) -> bool:
    """A rule that a community may have is met when all its organizers are in favour, and only such a rule."""
    rule = Rule(_threshold(given), given.integer("period", -1, 52 * 100_800 + 1))
    organizers, weight = given.integer("organizers", 1, _HEADS), given.integer("weight", 1, _WEIGHT)
    reason = rules.refusal_of_rule(rule, organizers, weight)
    can_pass = threshold.can_pass(rule.threshold, organizers, weight)
    in_time = logic.all_of(rule.period > 0, rule.period <= 52 * 100_800)
    return bool(logic.all_of(in_time, can_pass)) == (reason is None)


@theorem("vote/share-in-range", "VOTE-RULES-03")
def share_in_range(given: Given) -> bool:
    """A share is from nothing to all of a whole of at most a million parts."""
    share = Share(given.integer("numerator", -3, 2 * 10**6), given.integer("denominator", -3, 2 * 10**6))
    good = logic.all_of(
        share.denominator > 0,
        share.denominator <= 10**6,
        share.numerator > -1,
        share.numerator <= share.denominator,
    )
    return (threshold.refusal(Fraction(share)) is None) == bool(good)


# --- groups that grow ---------------------------------------------------------------------------------------


def _alone(given: Given) -> tuple[Tally, bool]:
    """A group is in favour, and all others are against, or all of them are silent."""
    tally, opposed = _tally(given), given.choice("opposed", (True, False))
    if opposed:
        given.assume(tally.in_favour + tally.against == tally.weight, "all others are against")
    else:
        given.assume(tally.against == 0, "all others are silent")
    return tally, opposed


@theorem("vote/growing-by-adding", "VOTE-GROUP-01")
def growing_by_adding(given: Given) -> bool:
    """A group that passes something by itself passes it again with another of its own."""
    asked, (tally, _) = _threshold(given), _alone(given)
    given.assume(threshold.is_met(asked, tally), "the group passes it")
    weight = given.integer("added", 1, _WEIGHT)
    grown = Tally(
        tally.signatures + 1,
        tally.in_favour + weight,
        tally.against,
        tally.organizers + 1,
        tally.weight + weight,
    )
    return threshold.is_met(asked, grown)


@theorem("vote/growing-by-removing", "VOTE-GROUP-01")
def growing_by_removing(given: Given) -> bool:
    """A group that passes something by itself passes it again when one of the others is gone."""
    asked, (tally, opposed) = _threshold(given), _alone(given)
    given.assume(threshold.is_met(asked, tally), "the group passes it")
    weight = given.integer("removed", 1, _WEIGHT)
    given.assume(weight <= tally.weight - tally.in_favour, "one of the others has that weight")
    given.assume(tally.signatures < tally.organizers, "there are others")
    left = Tally(
        tally.signatures,
        tally.in_favour,
        tally.against - (weight if opposed else 0),
        tally.organizers - 1,
        tally.weight - weight,
    )
    return threshold.is_met(asked, left)


@theorem("vote/growing-by-weight", "VOTE-GROUP-01", "VOTE-WEIGHT-01")
def growing_by_weight(given: Given) -> bool:
    """A group that passes something by itself passes it again when it weighs more or the others less."""
    asked, (tally, opposed) = _threshold(given), _alone(given)
    given.assume(threshold.is_met(asked, tally), "the group passes it")
    more, less = given.integer("more", 0, _WEIGHT), given.integer("less", 0, _WEIGHT)
    given.assume(less <= tally.weight - tally.in_favour, "the others have that much")
    changed = Tally(
        tally.signatures,
        tally.in_favour + more,
        tally.against - (less if opposed else 0),
        tally.organizers,
        tally.weight + more - less,
    )
    return threshold.is_met(asked, changed)


# --- seats, ends --------------------------------------------------------------------------------------------


@theorem("vote/seats", "VOTE-SEAT-01", "VOTE-SEAT-02", "VOTE-WEIGHT-01")
def seats(given: Given) -> bool:
    """A vote is the weights of those who sit now: what came from a seat that nobody has is nothing."""
    organizers = [
        Organizer(str(seat), str(seat), given.integer(f"weight_{seat}", 1, 9), seat) for seat in (1, 2)
    ]
    ballots = {seat: given.boolean(f"vote_{seat}") for seat in (1, 2)}
    gone = given.boolean("vote_of_the_gone")
    tally = ballot.tally({**ballots, 3: gone}, organizers)
    pairs = [(one.weight, ballots[one.seat]) for one in organizers]
    in_favour = sum(weight if vote else 0 for weight, vote in pairs)
    everything = sum(weight for weight, _ in pairs)
    return bool(
        logic.all_of(
            tally.in_favour == in_favour,
            tally.against == everything - in_favour,
            tally.weight == everything,
            tally.organizers == 2,
        )
    )


@theorem("vote/changed-mind", "VOTE-CHANGE-01")
def changed_mind(given: Given) -> bool:
    """A vote is taken exactly when it is the first of its seat or the opposite of the last."""
    earlier = given.optional("earlier", lambda: given.boolean("earlier"))
    vote = given.boolean("vote")
    reason = ballot.refusal(earlier, vote)
    return (reason is None) == (earlier is None or bool(earlier) != bool(vote))


@theorem("vote/once", "VOTE-ONCE-01", "VOTE-RULES-01")
def once(given: Given) -> bool:
    """Nothing more becomes of a proposal that has ended, nor of one that was made under other rules."""
    status = given.choice("status", tuple(Status))
    same_rules, voting = given.boolean("same_rules"), given.boolean("voting")
    closes, now = given.integer("closes", 0, _HEIGHT), given.integer("now", 0, _HEIGHT)
    reason = proposal.refusal(status, closes, now, same_rules, voting=voting)
    if status is not Status.OPEN:
        return reason is Rejection.PROPOSAL_ENDED
    if not same_rules:
        return reason is Rejection.RULES_CHANGED
    return (reason is None) == bool(logic.any_of(logic.no(voting), now <= closes))


@theorem("vote/in-time", "VOTE-EXPIRY-01", "VOTE-EXPIRY-02", "VOTE-QUORUM-03", "VOTE-IMMEDIATE-01")
def in_time(given: Given) -> bool:
    """Signatures decide up to the last block of a vote and at once; a quorum decides after it, for as long
    again as the vote took.
    """
    forms: tuple[Threshold, ...] = (Count(1), MAJORITY, Quorum(Share(1, 2), Share(1, 2)))
    asked = given.choice("asked", forms)
    met = given.boolean("met")
    period, opened = given.integer("period", 1, 10**7), given.integer("opened", 0, _HEIGHT)
    now = given.integer("now", 0, 2 * _HEIGHT)
    closes = opened + period
    decision = proposal.decision(asked, met, closes, period, now)
    voting = now <= closes
    quorum = isinstance(asked, Quorum)
    counted = logic.all_of(logic.no(voting), now <= closes + period) if quorum else voting
    passed = logic.all_of(met, counted)
    late = now > closes + (period if quorum else 0)
    return bool(
        logic.all_of(
            passed if decision is Decision.PASSED else logic.no(passed),
            late if decision is Decision.LAPSED else logic.no(late),
        )
    )
