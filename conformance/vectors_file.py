# SPDX-License-Identifier: GPL-2.0-only
"""The files of vectors as they are read here: their form, and nothing of what computed them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

FOLDER: Final = Path(__file__).parent / "vectors"
FORMAT: Final = "althea-vectors/1"
"""A file of another format is refused; a field that is not known here is ignored."""
_MISSING: Final = object()

Json: TypeAlias = Any


class VectorsError(Exception):
    """Files, or what was asked of them, or the program to be judged, cannot be used: one line."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class Case(_Part):
    """One question and its answer."""

    id: str = Field(min_length=1, description="Unique within its family.")
    requirements: list[str] = Field(
        default=[], description="Those of the family that this case alone is for; none: all of them."
    )
    arguments: dict[str, Any] = Field(description="What the function is given.")
    result: Any = Field(default=None, description="What it gives; null is a result as well.")
    error: str | None = Field(default=None, description="Why it refuses, instead of a result.")

    @model_validator(mode="after")
    def _has_one_answer(self) -> "Case":
        if len({"result", "error"} & self.model_fields_set) != 1:
            raise ValueError("expected one of result and error")
        return self

    @property
    def answer(self) -> dict[str, Json]:
        """``{"result": …}`` or ``{"error": …}``."""
        return {"result": self.result} if self.error is None else {"error": self.error}


class Family(_Part):
    """The questions to one function."""

    id: str = Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")
    title: str = Field(description="One sentence on the function.")
    requirements: list[str] = Field(min_length=1, description="The sentences of the law that are judged.")
    function: str = Field(min_length=1, description="What the program is asked for.")
    parameters: dict[str, Any] = Field(description="Types, in words; those of a state machine in two groups.")
    result: Any = Field(description="The type of the result, in words.")
    cases: list[Case] = Field(min_length=1)


class VectorFile(_Part):
    """A file of vectors."""

    format: Literal["althea-vectors/1"]
    types: dict[str, Any] = Field(
        default={}, description="A record: its fields and their types; an enumeration: its members."
    )
    vectors: list[Family]


def schema() -> dict[str, Json]:
    """The form of a file, as a JSON Schema."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **VectorFile.model_json_schema()}


def load(folder: Path = FOLDER) -> list[Family]:
    """The families of all files of a folder, by id.

    Raises:
        VectorsError: there is none, or one is malformed: file, field, what was expected.
    """
    paths = sorted(folder.rglob("*.json"))
    if not paths:
        raise VectorsError(f"{folder}: expected a folder with files of vectors; found none")
    found: dict[str, Family] = {}
    for path in paths:
        for one in _read(path).vectors:
            if one.id in found:
                raise VectorsError(f"{path.name}: {one.id}: expected each id once; it is there twice")
            found[one.id] = one
    return [one for _, one in sorted(found.items())]


def chosen(families: list[Family], expression: str | None) -> list[Family]:
    """The families whose id, function or requirements hold one of these words; all without any.

    Raises:
        VectorsError: there are none.
    """
    words = (expression or "").lower().split()
    if not words:
        return families
    kept = [one for one in families if any(word in _searched(one) for word in words)]
    if not kept:
        raise VectorsError(f"-k '{expression}': expected words of some family of vectors; none matches")
    return kept


def _searched(one: Family) -> str:
    return " ".join((one.id, one.function, *one.requirements)).lower()


def _read(path: Path) -> VectorFile:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise VectorsError(f"{path.name}: file: expected JSON in UTF-8; {error}") from error
    said = found.get("format", _MISSING) if isinstance(found, Mapping) else _MISSING
    if said != FORMAT:
        got = "nothing" if said is _MISSING else repr(said)
        raise VectorsError(f"{path.name}: format: expected '{FORMAT}'; got {got}")
    try:
        return VectorFile.model_validate(found)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise VectorsError(f"{path.name}: {place}: {first['msg']}; got {_short(first['input'])}") from error


def _short(value: Json) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
