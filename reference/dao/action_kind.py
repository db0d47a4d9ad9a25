# SPDX-License-Identifier: MIT
"""The ten kinds of things that a community decides."""

from enum import Enum, unique


@unique
class ActionKind(Enum):
    """The value is its name in a rule file, and the field of ``Rules`` that says how it passes."""

    ADD_MEMBER = "add_member"
    EDIT_MEMBER = "edit_member"
    REMOVE_MEMBER = "remove_member"
    ADD_ORGANIZER = "add_organizer"
    SET_WEIGHT = "set_weight"
    REMOVE_ORGANIZER = "remove_organizer"
    CHANGE_FEE = "change_fee"
    CHANGE_RULES = "change_rules"
    DISBURSE = "disburse"
    STAKE_LISTING = "stake_listing"
