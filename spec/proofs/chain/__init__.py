# SPDX-License-Identifier: MIT
"""The obligations about the chain, one module per subject."""
