# SPDX-License-Identifier: MIT
"""What can go wrong with the rules of a community: questions to a prover about the functions that decide."""
