# SPDX-License-Identifier: MIT
"""The index: what names a requirement, wherever it stands, and the lock that makes changes visible.

Everything is read as text, by its syntax: nothing is imported, so that the index needs neither a solver nor a
router, and a file that cannot be run can still be accounted for.
"""
