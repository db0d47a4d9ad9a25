# SPDX-License-Identifier: MIT
"""What a function gave, or why it refused, as an answer in JSON."""

from collections.abc import Callable
from enum import Enum
from typing import Any, Final, TypeGuard

from .hints import Hint, member_name
from .writing import Json, to_json

UNSUPPORTED: Final = "unsupported"
"""There is no such function here."""
MALFORMED: Final = "malformed"
"""The question itself is not well made: an argument is missing, unknown, or of another type."""
INVALID: Final = "invalid"
"""The reason of a refusal that is no member of an enumeration: the arguments are out of their range."""


def answer(call: Callable[[], Any], hint: Hint) -> dict[str, Json]:
    """``{"result": …}``, or ``{"error": reason}`` when the function refuses.

    A function refuses by returning a member of an enumeration of rejections, or by raising an exception that
    carries one as ``reason`` or ``rejection``, or by a ``ValueError``.
    """
    try:
        given = call()
    except Exception as error:
        reason = reason_of(error)
        if reason is None:
            raise
        return {"error": reason}
    if is_rejection(given):
        return {"error": member_name(given)}
    return {"result": to_json(given, hint)}


def is_rejection(value: object) -> TypeGuard[Enum]:
    """Whether a function has refused: a member of an enumeration whose name ends so."""
    return isinstance(value, Enum) and type(value).__name__.endswith("Rejection")


def reason_of(error: Exception) -> str | None:
    """Why a function refused; ``None``: it did not, it failed."""
    for name in ("reason", "rejection"):
        carried = getattr(error, name, None)
        if isinstance(carried, Enum):
            return member_name(carried)
    return INVALID if isinstance(error, ValueError) else None
