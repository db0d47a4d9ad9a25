# SPDX-License-Identifier: MIT
"""What can end a proof, other than a verdict."""


class ProofError(Exception):
    """No proof can be tried: a solver is missing, or a name is unknown.  The text is one line."""


class Unmodelled(BaseException):
    """A symbolic value met an operation that has no model here.

    It is no ``Exception``, so that no handler inside a kernel can swallow it.
    """


class Abandoned(BaseException):
    """An assumption does not hold on this way; nothing is claimed of it."""
