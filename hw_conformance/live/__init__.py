# SPDX-License-Identifier: GPL-2.0-only
"""The reference router on real interfaces: sockets, the kernel's forwarding table, and a clock around it."""
