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
    NO_ADDRESS_LEFT = "all addresses of the /64 have been given out"
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
    RECIPIENT_IS_MODULE = "money of the community goes to an account that nobody has the key of"
    PAYER_TOO_POOR = "who pays into the treasury does not hold this much"
    TREASURY_TOO_SMALL = "the treasury does not hold this much"

    # Admission of a neighbour
    LIST_UNKNOWN = "the list of the subnet has never been read"
    LIST_TOO_OLD = "the list of the subnet was read too long ago"
    LIST_NOT_PROVEN = "nothing proves that the chain has this list"
    LIST_OLDER = "a later list is known already"
    SELF_NOT_LISTED = "this router is not on the list of the subnet itself"
    OTHER_SUBNET = "the neighbour's address is in another subnet"
    NOT_LISTED = "the neighbour's address is not on the list"
    OTHER_ACCOUNT = "the list has another account for the neighbour's address"
    BINDING_NOT_SIGNED = "the account has not signed that this address and this key are its own"
    BINDING_REPLACED = "the account has signed a newer binding"
    OTHER_KEY = "the tunnel's key is not the one that the account has signed"

    # Fee escrow
    FUNDS_TOO_SMALL = "the account does not hold this much"
    NO_LINE = "the node has nothing in the escrow and owes nothing"
    JOINED_ALREADY = "the node pays the fee already"
    NOT_JOINED = "the node does not pay the fee"
    DEPOSIT_TOO_SMALL = "the deposit does not cover what is owed and the fee of one block"
    ESCROW_TOO_SMALL = "the node does not have this much in the escrow"
    NOTICE_SHORTENED = "the notice of a new fee may be made longer only"

    # Registry of subnets
    STAKE_TOO_SMALL = "the stake is below the least stake"
    LISTED_ALREADY = "the subnet is listed already"
    SUBNET_NOT_LISTED = "the subnet is not listed"
    NOT_THE_STAKER = "another account has staked for the subnet"
    CHALLENGE_OPEN = "a challenge of the subnet is open"
    CHALLENGE_TOO_SOON = "the subnet was challenged not long ago"
    NO_SUCH_CHALLENGE = "there is no challenge of this number"
    NOT_COMMITTING = "the time for commitments is over"
    NOT_REVEALING = "it is not the time to reveal votes"
    COMMITTED_ALREADY = "the account has committed to a vote already"
    NO_COMMITMENT = "the account has committed to no vote"
    COMMITMENT_LENGTH = "a commitment or a salt is not 32 octets long"
    COMMITMENT_DIFFERS = "the account has not committed to this vote"
    REVEALED_ALREADY = "the account has revealed its vote already"
    VOTE_NOT_OVER = "the time to reveal votes is not over"
    RESOLVED_ALREADY = "the challenge is resolved already"
    NOT_RESOLVED = "the challenge is not resolved"
