# SPDX-License-Identifier: MIT
"""Whole networks of reference routers in virtual time: links, roles, forwarding, and those who cheat."""
