# SPDX-License-Identifier: MIT
"""One line of the registry, and what it is for: routers as they are sold join no other subnet."""

from attrs import frozen

from ..chain.block import Height
from ..payments.identity import ChainAddress
from ..payments.money import Amount
from .challenge import ChallengeNumber


@frozen
class Listing:
    """A subnet that is listed, whether challenged or not."""

    staker: ChainAddress
    stake: Amount
    challenge: ChallengeNumber | None = None
    """The open one."""
    rests_until: Height = 0
    """Before this block nobody may challenge it."""


def may_join(is_listed: bool, is_standard: bool) -> bool:
    """Whether a router may join a subnet: with standard firmware listed ones only, with another any.

    Requirement: REG-JOIN-01, REG-JOIN-02
    """
    return is_listed or not is_standard
