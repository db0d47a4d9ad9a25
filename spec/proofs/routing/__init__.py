# SPDX-License-Identifier: MIT
"""The obligations about routing, one module per subject."""
