# SPDX-License-Identifier: MIT
"""The reference as a program that answers vectors: a JSON object a line in, one a line out."""

import json
from collections.abc import Iterable, Iterator, Mapping

from . import answering
from .catalogue import AnyFamily
from .errors import VectorError
from .writing import Json


def answers(lines: Iterable[str], families: Mapping[str, AnyFamily]) -> Iterator[str]:
    """An answer to each line, in order."""
    by_function = {one.function_name: one for one in families.values()}
    for line in lines:
        yield json.dumps(answered(line, by_function), ensure_ascii=False)


def answered(line: str, by_function: Mapping[str, AnyFamily]) -> dict[str, Json]:
    """The answer to one question."""
    try:
        asked = json.loads(line)
        function, arguments = asked["function"], asked["arguments"]
    except (ValueError, TypeError, KeyError):
        return {"error": answering.MALFORMED}
    said = {"id": asked.get("id")}
    if not isinstance(function, str) or function not in by_function:
        return {**said, "error": answering.UNSUPPORTED}
    try:
        if not isinstance(arguments, dict):
            raise VectorError("arguments: expected an object")
        return {**said, **by_function[function].answer(arguments)}
    except VectorError:
        return {**said, "error": answering.MALFORMED}
