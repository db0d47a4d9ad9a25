# SPDX-License-Identifier: MIT
"""The chain that payments are made on: balances, blocks, stake, fees and slashing, in Cosmos SDK's terms."""
