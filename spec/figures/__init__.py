# SPDX-License-Identifier: MIT
"""Tables and diagrams of the law: the reference computes them, and they stand between markers in its prose."""
