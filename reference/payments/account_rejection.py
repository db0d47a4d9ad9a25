# SPDX-License-Identifier: MIT
"""Why an event has no effect on the accounts: one reason for each check, and then nothing has changed."""

from enum import Enum, unique


@unique
class AccountRejection(Enum):
    """The value is the reason in words."""

    # Identities
    UNKNOWN_IDENTITY = "no account is kept for this identity"
    ALREADY_ADMITTED = "the identity has its account"
    IDENTITY_TAKEN = "its address, its account or its key belongs to another identity"
    OURSELVES = "it is our own address, account or key"

    # Charges
    CHARGE_BELOW_ZERO = "a charge below 0"
    MORE_TAKEN_BACK_THAN_USED = "more is taken back than was ever used"

    # Books
    NOT_METERED = "no books are kept for the tunnel of this identity"
    ALREADY_METERED = "its books are open"
    READING_BEFORE_LAST = "the reading is older than the one before"
    EARLIER_RUN = "the counters belong to an earlier run than the one before"
    UNKNOWN_MARK = "a report on a mark that was not sent, or was reported on before"

    # Payments that came
    AMOUNT_OUT_OF_RANGE = "the amount is not a whole number above 0 that a coin has room for"
    NOT_TO_US = "the recipient is another account"
    OTHER_DENOMINATION = "the coin is not the one that is owed"
    NOT_FINAL = "too few blocks stand on the one with the payment"
    ALREADY_SCANNED = "a block that was looked through, and whatever it held was credited"
    ALREADY_CREDITED = "the transaction has been credited"

    # Payments of ours
    UNKNOWN_PAYMENT = "no payment of this number is on its way"

    # The chain
    SCAN_NOT_NEWER = "that block was looked through before"
