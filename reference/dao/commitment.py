# SPDX-License-Identifier: MIT
"""A vote in a sealed envelope: what is sent before anybody's vote is known, and how it is opened.

The envelope names the challenge and the voter, so that nobody can send a copy of another's as their own.
"""

import hashlib
from typing import Final, TypeAlias

from ..chain import canonical
from ..payments.identity import ChainAddress

Commitment: TypeAlias = bytes
"""SHA-256: 32 octets."""
OCTETS: Final = 32
"""Of a commitment, and of the salt that keeps anybody from trying both votes."""
_DOMAIN: Final = "althea registry vote"


def commitment(challenge: int, voter: ChainAddress, keeps: bool, salt: bytes) -> Commitment:
    """The envelope of a vote on a challenge, of one voter, for keeping the listing or against it.

    Requirement: REG-VOTE-02, REG-VOTE-03
    """
    return hashlib.sha256(canonical.octets((_DOMAIN, challenge, voter, keeps, salt))).digest()


def has_length(octets: bytes) -> bool:
    """Whether something is as long as a commitment or a salt has to be.

    Requirement: REG-VOTE-02
    """
    return len(octets) == OCTETS
