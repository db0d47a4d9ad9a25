# SPDX-License-Identifier: MIT
"""Who owes whom for which octets, and what follows from it: typed, pure, in whole numbers."""
