# SPDX-License-Identifier: MIT
"""The obligations about communities, one module per subject."""
