# SPDX-License-Identifier: MIT
"""Why the chain refuses something: one reason for each check, and what is refused changes no state."""

from enum import Enum, unique


@unique
class Rejection(Enum):
    """The value is the reason in words."""

    # Amounts (bank)
    AMOUNT_NOT_WHOLE = "an amount is not a whole number of smallest units"
    AMOUNT_NOT_POSITIVE = "an amount is zero or negative"
    UNKNOWN_DENOMINATION = "there is no coin of this denomination"
    BALANCE_TOO_SMALL = "the amount is above the balance"
    SUPPLY_TOO_SMALL = "the amount is above the supply"
    SUPPLY_TOO_LARGE = "there would be more of the denomination than an amount can say"
    RECIPIENT_IS_MODULE = "a signed transfer names a module account"

    # Admission to a block (auth)
    WRONG_CHAIN = "the transaction was signed for another chain"
    UNKNOWN_ACCOUNT = "the sender never held a coin"
    SENDER_IS_MODULE = "a module account has no key to sign with"
    WRONG_SEQUENCE = "the sequence number is not the sender's next one"
    FEE_NOT_ACCEPTED = "the chain takes no fees in this denomination"
    FEE_TOO_SMALL = "the fee is below the least fee"
    FEE_NOT_COVERED = "the fee is above the sender's balance"
    UNKNOWN_MESSAGE = "no module handles this message"

    # Stake
    UNKNOWN_VALIDATOR = "there is no such validator"
    VALIDATOR_EXISTS = "the account is a validator already"
    COMMISSION_OUT_OF_RANGE = "the commission is not between nothing and everything"
    NO_DELEGATION = "the account has nothing delegated to this validator"
    DELEGATION_TOO_SMALL = "the amount is above what the delegation is worth"
    TOO_MANY_UNBONDINGS = "too many unbondings from this validator are under way"
    VALIDATOR_TOMBSTONED = "the validator has signed two blocks of one height and never returns"

    # Rewards
    NOTHING_TO_WITHDRAW = "no whole unit is owed"

    # Slashing
    NOT_JAILED = "the validator is not jailed"
    STILL_JAILED = "the jail term is not over"
    EVIDENCE_OF_FUTURE = "the evidence is about a block that is not there yet"
    EVIDENCE_TOO_OLD = "stake of that height may be paid out already"
    WAS_NOT_VOTING = "the validator was not in the active set at that height"
    VOTE_NOT_EXPECTED = "the account named as absent is not in the active set"

    # Blocks
    TIME_NOT_LATER = "the block is not later than the one before it"
