# SPDX-License-Identifier: GPL-2.0-only
"""What ends a live router before it has begun."""


class LiveError(Exception):
    """The configuration is wrong, or this machine refuses: one line that says what, and what to do."""
