# SPDX-License-Identifier: MIT
"""Vectors for the registry: shares, sealed votes, times and outcomes."""

from typing import Final

from attrs import evolve

from althea_spec.reference.dao import (
    challenge,
    commitment,
    registry_listing,
    registry_rules,
    registry_shares,
)
from althea_spec.reference.dao.challenge import Outcome
from althea_spec.reference.dao.registry_rules import PARTS, RegistryRules

from ..draw import Draw
from ..family import Arguments, Case, Family

_BOB, _CYD, _DAN = "althea1bob", "althea1cyd", "althea1dan"
_WIDE: Final = 2**80
_SALT: Final = bytes(range(32))
_RULES: Final = RegistryRules(
    minimum_stake=5,
    fee=101,
    company_parts=5000,
    voter_parts=5000,
    quorum=10,
    commit_blocks=5,
    reveal_blocks=3,
    rest_blocks=10,
)


def _shared(draw: Draw) -> Arguments:
    all_votes = draw.integer(1, _WIDE)
    first = draw.integer(0, all_votes - 1)
    votes = draw.integer(1, all_votes - first)
    return {"pool": draw.integer(0, _WIDE), "first": first, "votes": votes, "all_votes": all_votes}


def _part(draw: Draw) -> Arguments:
    return {"amount": draw.integer(0, _WIDE), "parts": draw.integer(0, PARTS)}


def _sealed(draw: Draw) -> Arguments:
    return {
        "challenge": draw.integer(0, _WIDE),
        "voter": draw.choice((_BOB, _CYD, _DAN, "")),
        "keeps": draw.truth(),
        "salt": draw.octets(32),
    }


_WRONG_RULES: Final = (
    *(
        evolve(_RULES, **{name: value})
        for name in ("minimum_stake", "quorum", "commit_blocks", "reveal_blocks")
        for value in (0, 1)
    ),
    *(evolve(_RULES, **{name: value}) for name in ("fee", "rest_blocks") for value in (-1, 0)),
    *(
        evolve(_RULES, **{name: value})
        for name in ("company_parts", "voter_parts")
        for value in (-1, 0, PARTS, PARTS + 1)
    ),
)

FAMILIES: Final = (
    Family(
        id="registry/part-of",
        function=registry_shares.part_of,
        grid={"amount": (0, 1, 101, 10_000), "parts": (0, 1, 3333, 5000, 9999, PARTS)},
        draw=_part,
    ),
    Family(
        id="registry/share",
        function=registry_shares.share,
        cases={
            "first-of-three": {"pool": 100, "first": 0, "votes": 1, "all_votes": 3},
            "second-of-three": {"pool": 100, "first": 1, "votes": 1, "all_votes": 3},
            "third-of-three": {"pool": 100, "first": 2, "votes": 1, "all_votes": 3},
            "all-alone": {"pool": 101, "first": 0, "votes": 7, "all_votes": 7},
            "nothing-to-share": {"pool": 0, "first": 1, "votes": 1, "all_votes": 3},
        },
        draw=_shared,
        drawn=40,
        covers=(registry_shares.before,),
    ),
    Family(
        id="registry/commitment",
        function=commitment.commitment,
        grid={"challenge": (1, 2), "voter": (_BOB, _CYD), "keeps": (True, False), "salt": (_SALT, bytes(32))},
        draw=_sealed,
    ),
    Family(
        id="registry/commitment-length",
        function=commitment.has_length,
        grid={"octets": (b"", bytes(31), bytes(32), bytes(33))},
    ),
    Family(
        id="registry/phase-at",
        function=challenge.phase_at,
        grid={
            "opened_at": (0, 10),
            "commit_blocks": (1, 5),
            "reveal_blocks": (1, 3),
            "now": tuple(range(10, 19)),
        },
    ),
    Family(
        id="registry/outcome-of",
        function=challenge.outcome_of,
        grid={"keeping": (0, 4, 5, 6, 50), "removing": (0, 4, 5, 6, 50), "quorum": (1, 10, 11)},
    ),
    Family(
        id="registry/won",
        function=challenge.won,
        grid={"keeps": (True, False, None), "outcome": tuple(Outcome)},
    ),
    Family(
        id="registry/may-challenge",
        function=challenge.may_challenge,
        grid={"rests_until": (0, 60), "now": (0, 59, 60, 61)},
    ),
    Family(
        id="registry/may-join",
        function=registry_listing.may_join,
        grid={"is_listed": (True, False), "is_standard": (True, False)},
    ),
    Family(
        id="registry/rules",
        function=registry_rules.refusal_of_rules,
        cases=[Case(f"rules-{number}", {"rules": one}) for number, one in enumerate((_RULES, *_WRONG_RULES))],
    ),
)
