# SPDX-License-Identifier: GPL-2.0-only
"""A simulated economy as a report: verdicts, plots, and the numbers behind them."""
