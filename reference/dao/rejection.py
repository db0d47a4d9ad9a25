# SPDX-License-Identifier: MIT
"""Why a community's contract or a router refuses something: one reason for each check.

What is refused changes nothing.
"""

from enum import Enum, unique


@unique
class Rejection(Enum):
    """The value is the reason in words."""

    # Subnets
    NOT_A_SUBNET = "the prefix is not an IPv6 /64"
    OUTSIDE_RANGE = "the prefix is not in the range of all subnets"
    SUBNET_TAKEN = "the prefix overlaps that of another subnet"

    # The list of members and that of organizers
    ADDRESS_OUTSIDE = "the address is not in the subnet's /64"
    ADDRESS_RESERVED = "the address is one that no host may have"
    ADDRESS_TAKEN = "another member has this address"
    ACCOUNT_TAKEN = "another member has this account"
    TEXT_OUT_OF_RANGE = "a nickname or a note is empty or too long"
    NOT_A_MEMBER = "nobody on the list has this address"
    NOT_AN_ORGANIZER = "this account is no organizer"
    ALREADY_AN_ORGANIZER = "this account is an organizer already"
    LAST_ORGANIZER = "without this organizer nobody could decide anything any more"
    TOO_MANY_ORGANIZERS = "there is no room for another organizer"
    WEIGHT_OUT_OF_RANGE = "the weight of an organizer is not one that may be given"

    # Proposals and votes
    NO_SUCH_PROPOSAL = "there is no proposal of this number"
    PROPOSAL_ENDED = "the proposal has been carried out, or has failed"
    VOTING_OVER = "the time for voting on the proposal is over"
    RULES_CHANGED = "the rules have changed since the proposal was made"
    ALREADY_VOTED = "this organizer has said the same before"
    NOT_YET = "the proposal has not been decided yet"
    VOTED_DOWN = "the proposal did not get what its rule asks for"
    TOO_MANY_PROPOSALS = "this organizer has too many open proposals"
    RULE_IMPOSSIBLE = "a rule asks for more than all organizers together can give"
    RULE_MALFORMED = "a rule has a number that is out of its range"

    # Money
    AMOUNT_NOT_POSITIVE = "an amount is zero or negative"
    FEE_OUT_OF_RANGE = "a fee is negative or too large"
    TREASURY_TOO_SMALL = "the treasury does not hold this much"

    # Admission of a neighbour
    LIST_UNKNOWN = "the list of the subnet has never been read"
    LIST_TOO_OLD = "the list of the subnet was read too long ago"
    SELF_NOT_LISTED = "this router is not on the list of the subnet itself"
    OTHER_SUBNET = "the neighbour's address is in another subnet"
    NOT_LISTED = "the neighbour's address is not on the list"
    OTHER_ACCOUNT = "the list has another account for the neighbour's address"
    BINDING_NOT_SIGNED = "the account has not signed that this address and this key are its own"
    BINDING_REPLACED = "the account has signed a newer binding"
    OTHER_KEY = "the tunnel's key is not the one that the account has signed"
