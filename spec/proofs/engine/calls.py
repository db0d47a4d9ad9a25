# SPDX-License-Identifier: MIT
"""Which functions of the reference a claim calls, and what each gives: told by the interpreter itself."""

import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, Final

import attrs

from althea_spec import reference

from .octets import Octets
from .solvers import z3
from .symbols import Truth, Whole

_ROOM: Final = Path(inspect.getfile(reference)).resolve().parent
_known: Final[dict[int, tuple[CodeType, str | None]]] = {}
"""By ``id``: quick, and never mistaken for another function that is written alike; the code is kept alive."""


@attrs.define
class Calls:
    """The calls of one run, in the order in which they ended."""

    results: list[tuple[str, Any]] = attrs.field(factory=list)
    codes: dict[CodeType, str] = attrs.field(factory=dict)


@contextmanager
def recorded() -> Iterator[Calls]:
    """Note every function of the reference that ends."""
    calls = Calls()

    def on_event(frame: FrameType, event: str, result: Any) -> None:
        if event == "return":
            code = frame.f_code
            known = _known.get(id(code))
            name = _name(code) if known is None else known[1]
            if name is not None:
                calls.codes[code] = name
                calls.results.append((name, result))

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        yield calls
    finally:
        sys.setprofile(before)


def _name(code: CodeType) -> str | None:
    """``module.function`` of a named function of the reference."""
    path = Path(code.co_filename)
    inside = "<" not in code.co_name and (_ROOM in path.resolve().parents)
    name = f"{path.stem}.{code.co_qualname}" if inside else None
    _known[id(code)] = code, name
    return name


def evaluated(value: Any, model: Any) -> Any:
    """A value with the numbers of a model in the place of symbols."""
    if isinstance(value, Whole):
        return model.eval(value.term, model_completion=True).as_long()
    if isinstance(value, Truth):
        return z3.is_true(model.eval(value.term, model_completion=True))
    if isinstance(value, Octets):
        return bytes(evaluated(one, model) for one in value)
    if isinstance(value, tuple | list):
        return [evaluated(one, model) for one in value]
    if isinstance(value, dict):
        return {key: evaluated(one, model) for key, one in value.items()}
    if attrs.has(type(value)):
        fields = [evaluated(getattr(value, one.name), model) for one in attrs.fields(type(value))]
        return [type(value).__name__, fields]
    return value
