# SPDX-License-Identifier: GPL-2.0-only
"""What people and machines read after a run: terminal, JUnit, JSON, one page, and the evidence beside it."""
