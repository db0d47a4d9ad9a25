# SPDX-License-Identifier: MIT
"""The obligations about money, one module per subject."""
