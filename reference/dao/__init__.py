# SPDX-License-Identifier: MIT
"""Subnet DAOs: who belongs to a local network, who decides, what the community owns, and what it asks."""
