# SPDX-License-Identifier: MIT
"""Vectors about communities."""
