# SPDX-License-Identifier: MIT
"""What is wrong with a family of vectors, with a file of them, or with a value that does not fit its type."""


class VectorError(Exception):
    """One line: the place, the field, what was expected, and what came."""
