# SPDX-License-Identifier: MIT
"""From a function and a claim to formulas, and from formulas to verdicts."""
