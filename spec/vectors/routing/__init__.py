# SPDX-License-Identifier: MIT
"""Families of vectors for the kernels of routing."""
