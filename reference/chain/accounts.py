# SPDX-License-Identifier: MIT
"""Accounts: those that sign, and those of modules, which move coins by code and have no key."""

from typing import Final

from ..payments.identity import ChainAddress

MODULE_PREFIX: Final = "module:"
"""No address that a key belongs to begins like this."""


def module_account(name: str) -> ChainAddress:
    """The account of a module, such as an escrow or a treasury.

    Requirement: BANK-MODULE-01
    """
    return f"{MODULE_PREFIX}{name}"


def is_module(address: ChainAddress) -> bool:
    """Whether nobody can sign for the account.

    Requirement: BANK-MODULE-01
    """
    return address.startswith(MODULE_PREFIX)


FEE_COLLECTOR: Final = module_account("fee_collector")
"""The fees of the block that is being made; empty between blocks."""
DELEGATED: Final = module_account("delegated")
"""The stake behind all validators."""
UNBONDING: Final = module_account("unbonding")
"""Stake that was taken back and still waits."""
REWARDS: Final = module_account("rewards")
"""Fees that belong to validators and delegators and were not withdrawn yet."""
COMMUNITY_POOL: Final = module_account("community_pool")
"""What no share could be made of."""
