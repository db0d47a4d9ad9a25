# SPDX-License-Identifier: MIT
"""What a vote needs in order to pass, as data, so that each community has its own.

All three forms ask for at least one organizer in favour: what nobody wants does not happen.
"""

from typing import Final, TypeAlias

from attrs import frozen

from .rejection import Rejection

MOST_DENOMINATOR: Final = 1_000_000
"""Of a share: a rule can say a millionth."""


@frozen
class Share:
    """A part of a whole: ``numerator`` of ``denominator``, or more than that."""

    numerator: int
    """0 to ``denominator``."""
    denominator: int
    """1 to ``MOST_DENOMINATOR``."""
    exceed: bool = False
    """Whether just this much is too little."""


@frozen
class Count:
    """So many organizers sign, whatever their weight."""

    signatures: int
    """1 or more."""
    or_all: bool = False
    """Whether all are enough where there are fewer."""


@frozen
class Fraction:
    """Organizers with such a share of the weight of all sign."""

    of_all: Share


@frozen
class Quorum:
    """When the time for voting is over: enough have voted, and of those who did, enough are in favour."""

    turnout: Share
    """Of the weight of all organizers, for or against."""
    approval: Share
    """Of the weight of those who voted."""


Threshold: TypeAlias = Count | Fraction | Quorum

MAJORITY: Final = Fraction(Share(1, 2, exceed=True))
"""More than half of all: of two organizers, both."""


@frozen
class Tally:
    """A vote as it stands, by the organizers of this moment."""

    signatures: int
    """Organizers in favour."""
    in_favour: int
    """Their weight."""
    against: int
    """Weight of those who are against."""
    organizers: int
    """All of them, 1 or more."""
    weight: int
    """Of all of them."""


def reaches(part: int, whole: int, share: Share) -> bool:
    """Whether a part has the share of a whole; without a division, so that nothing is rounded.

    Requirement: VOTE-FRACTION-01, VOTE-FRACTION-02
    """
    asked = share.numerator * whole
    given = part * share.denominator
    return given > asked if share.exceed else given >= asked


def signatures_needed(count: Count, organizers: int) -> int:
    """How many have to sign where there are so many organizers.

    Requirement: VOTE-COUNT-01, VOTE-COUNT-02
    """
    return min(count.signatures, organizers) if count.or_all else count.signatures


def is_met(threshold: Threshold, tally: Tally) -> bool:
    """Whether a vote as it stands passes.  For a quorum this is asked once the time for voting is over.

    Requirement: VOTE-COUNT-01, VOTE-COUNT-02, VOTE-FRACTION-01, VOTE-QUORUM-01, VOTE-QUORUM-02, VOTE-NONE-01
    """
    if tally.signatures < 1:
        return False
    if isinstance(threshold, Count):
        return tally.signatures >= signatures_needed(threshold, tally.organizers)
    if isinstance(threshold, Fraction):
        return reaches(tally.in_favour, tally.weight, threshold.of_all)
    voted = tally.in_favour + tally.against
    return reaches(voted, tally.weight, threshold.turnout) and reaches(
        tally.in_favour, voted, threshold.approval
    )


def everybody(organizers: int, weight: int) -> Tally:
    """The vote that all organizers are in favour."""
    return Tally(organizers, weight, 0, organizers, weight)


def can_pass(threshold: Threshold, organizers: int, weight: int) -> bool:
    """Whether there is a vote of so many organizers that passes: if any does, the one in which all are in
    favour does.

    Requirement: VOTE-RULES-02
    """
    return is_met(threshold, everybody(organizers, weight))


def refusal_of_share(share: Share) -> Rejection | None:
    """Why something is no share: its numbers are out of range, or it asks for more than all.

    Requirement: VOTE-RULES-03
    """
    within = 1 <= share.denominator <= MOST_DENOMINATOR and 0 <= share.numerator <= share.denominator
    return None if within else Rejection.RULE_MALFORMED


def refusal(threshold: Threshold) -> Rejection | None:
    """Why something is no threshold.

    Requirement: VOTE-RULES-03
    """
    if isinstance(threshold, Count):
        return None if threshold.signatures >= 1 else Rejection.RULE_MALFORMED
    if isinstance(threshold, Fraction):
        return refusal_of_share(threshold.of_all)
    return refusal_of_share(threshold.turnout) or refusal_of_share(threshold.approval)
