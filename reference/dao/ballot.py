# SPDX-License-Identifier: MIT
"""Who has voted how, and what that comes to among the organizers of this moment.

A vote belongs to a seat.  Who is voted out takes their votes along, and who comes back gets another seat, so
that old votes do not rise again.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from .membership import Organizer
from .rejection import Rejection
from .threshold import Tally

Seat: TypeAlias = int
Ballots: TypeAlias = Mapping[Seat, bool]
"""Whether in favour, by seat; who has not voted is not there."""


def tally(ballots: Ballots, organizers: Iterable[Organizer]) -> Tally:
    """What the votes come to, by the seats and the weights of now.

    Requirement: VOTE-SEAT-01, VOTE-SEAT-02, VOTE-WEIGHT-01
    """
    signatures = in_favour = against = count = weight = 0
    for organizer in organizers:
        count += 1
        weight += organizer.weight
        vote = ballots.get(organizer.seat)
        if vote is None:
            continue
        if vote:
            signatures += 1
            in_favour += organizer.weight
        else:
            against += organizer.weight
    return Tally(signatures, in_favour, against, count, weight)


def refusal(earlier: bool | None, in_favour: bool) -> Rejection | None:
    """Why a vote is not taken: the organizer has said the same before.  To say the opposite is to change it.

    Requirement: VOTE-CHANGE-01
    """
    return Rejection.ALREADY_VOTED if earlier is not None and earlier == in_favour else None
