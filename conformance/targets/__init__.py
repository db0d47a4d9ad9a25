# SPDX-License-Identifier: GPL-2.0-only
"""Devices that need no kernel."""
