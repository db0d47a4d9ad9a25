# SPDX-License-Identifier: MIT
"""The files of vectors: what is in them, and how they differ from what should be there."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import attrs

from . import hints
from .catalogue import AnyFamily
from .errors import VectorError
from .machine import Machine
from .writing import Json

FORMAT: Final = "althea-vectors/1"
"""Files of another format are not read.  A field that is added changes nothing for those who ignore it; what
a field means never changes within a format.
"""
_MOST = 20


def documents(families: Mapping[str, AnyFamily]) -> dict[str, dict[str, Json]]:
    """What belongs into each file, by its name.

    Raises:
        VectorError: a family or a case is malformed, or the reference fails.
    """
    by_file: dict[str, list[AnyFamily]] = {}
    for identifier, one in sorted(families.items()):
        by_file.setdefault(f"{identifier.partition('/')[0]}.json", []).append(one)
    return {name: document(chosen) for name, chosen in by_file.items()}


def document(families: Iterable[AnyFamily]) -> dict[str, Json]:
    """One file."""
    chosen = list(families)
    types: dict[str, Json] = {}
    for one in chosen:
        for kind in _kinds(one):
            types[kind.__name__] = _shape(kind)
    return {
        "format": FORMAT,
        "types": dict(sorted(types.items())),
        "vectors": [_family(one) for one in chosen],
    }


def text_of(document: Mapping[str, Json]) -> str:
    """A file: what is short on one line, and each case on a line of its own."""
    lines = ["{"]
    lines.append(f' "format": {line(document["format"])},')
    lines.append(' "types": {')
    lines += _joined(f"  {line(name)}: {line(shape)}" for name, shape in document["types"].items())
    lines.append(" },")
    lines.append(' "vectors": [')
    lines += _joined(_family_text(one) for one in document["vectors"])
    lines += [" ]", "}", ""]
    return "\n".join(lines)


def write(families: Mapping[str, AnyFamily], folder: Path) -> list[str]:
    """Write all files, remove those that no family is in any more, and give the names that changed.

    Raises:
        VectorError: a family is malformed, or the folder cannot be written.
    """
    wanted = {name: text_of(one) for name, one in documents(families).items()}
    changed = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.glob("*.json")):
            if path.name not in wanted:
                path.unlink()
                changed.append(path.name)
        for name, text in wanted.items():
            path = folder / name
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")
                changed.append(name)
    except OSError as error:
        raise VectorError(f"{folder}: expected a folder that can be written; {error}") from error
    return changed


def differences(families: Mapping[str, AnyFamily], folder: Path) -> list[str]:
    """What is stale, malformed, missing or left over: a line each, at most some for each file.

    Raises:
        VectorError: a family is malformed, or there is no such folder.
    """
    if not folder.is_dir():
        raise VectorError(f"{folder}: expected a folder with vectors; it is not there")
    wanted = documents(families)
    found = [
        f"{path.name}: expected no such file; no family belongs into it"
        for path in sorted(folder.glob("*.json"))
        if path.name not in wanted
    ]
    for name, document_wanted in wanted.items():
        path = folder / name
        if not path.exists():
            found.append(f"{name}: expected this file; it is missing")
            continue
        here = list(_file_differences(path, document_wanted))
        found += here[:_MOST]
        if len(here) > _MOST:
            found.append(f"{name}: {len(here) - _MOST} more differences")
    return found


def _file_differences(path: Path, wanted: dict[str, Json]) -> Iterator[str]:
    try:
        text = path.read_text(encoding="utf-8")
        there = json.loads(text)
    except (OSError, ValueError) as error:
        yield f"{path.name}: file: expected JSON in UTF-8; {error}"
        return
    lines = [f"{path.name}: {each}" for each in compared(there, wanted, "")]
    yield from lines
    if not lines and text != text_of(wanted):
        yield f"{path.name}: file: expected the text that 'vectors fill' writes; the values are the same"


def compared(there: Json, wanted: Json, place: str) -> Iterator[str]:
    """Where two values in JSON differ: the field, what was expected, and what is there."""
    if isinstance(there, dict) and isinstance(wanted, dict):
        for name in wanted:
            if name in there:
                yield from compared(there[name], wanted[name], f"{place}.{name}".lstrip("."))
            else:
                yield f"{place}.{name}".lstrip(".") + f": expected {_short(wanted[name])}; it is missing"
        for name in there:
            if name not in wanted:
                yield f"{place}.{name}".lstrip(".") + f": expected no such field; got {_short(there[name])}"
    elif isinstance(there, list) and isinstance(wanted, list) and _have_ids(there) and _have_ids(wanted):
        yield from _compared_by_id(there, wanted, place)
    elif isinstance(there, list) and isinstance(wanted, list) and len(there) == len(wanted):
        for index, (one, other) in enumerate(zip(there, wanted, strict=True)):
            yield from compared(one, other, f"{place}[{index}]")
    elif type(there) is not type(wanted) or there != wanted:
        yield f"{place or 'file'}: expected {_short(wanted)}; got {_short(there)}"


def _have_ids(rows: list[Json]) -> bool:
    return bool(rows) and all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in rows)


def _compared_by_id(there: list[Json], wanted: list[Json], place: str) -> Iterator[str]:
    known = {one["id"]: one for one in there}
    if len(known) < len(there):
        yield f"{place}: expected each id once; got {len(there) - len(known)} again"
    for one in wanted:
        if one["id"] in known:
            yield from compared(known[one["id"]], one, f"{place}[{one['id']}]")
        else:
            yield f"{place}[{one['id']}]: expected this; it is missing"
    expected = {one["id"] for one in wanted}
    for name in known:
        if name not in expected:
            yield f"{place}[{name}]: expected no such id"


def _family(one: AnyFamily) -> dict[str, Json]:
    return {
        "id": one.id,
        "title": one.sentence,
        "requirements": list(one.requirements),
        "function": one.function_name,
        "parameters": _parameters(one),
        "result": _result(one),
        "cases": [_case(one, case) for case in one.all_cases()],
    }


def _parameters(one: AnyFamily) -> Json:
    if isinstance(one, Machine):
        return {
            "start": {name: hints.describe(hint) for name, hint in one.start_types.items()},
            "steps": {name: hints.describe(hint) for name, hint in one.step_types.items()},
        }
    return {name: hints.describe(hint) for name, hint in one.parameters.items()}


def _result(one: AnyFamily) -> Json:
    if not isinstance(one, Machine):
        return hints.describe(one.result)
    shown = {"effects": hints.describe(one.result)}
    return shown if one.observe is None else {**shown, "state": hints.describe(one.observed)}


def _case(one: AnyFamily, case: Any) -> dict[str, Json]:
    arguments = one.encoded(case)
    narrowed = {"requirements": list(case.requirements)} if case.requirements else {}
    if not set(case.requirements) <= set(one.requirements):
        raise VectorError(
            f"{one.id}/{case.name}: requirements: expected some of the family's; got {narrowed}"
        )
    try:
        answered = one.answer(arguments)
        if one.answer(json.loads(json.dumps(arguments))) != answered:
            raise VectorError(f"{one.id}/{case.name}: expected the same answer twice")
    except VectorError as error:
        raise VectorError(f"{one.id}/{case.name}: {error}") from error
    return {"id": case.name, **narrowed, "arguments": arguments, **answered}


def _kinds(one: AnyFamily) -> list[type]:
    used = [*one.parameters.values(), one.result]
    if isinstance(one, Machine):
        used.append(one.observed)
    return list(dict.fromkeys(kind for hint in used for kind in hints.kinds(hint)))


def _shape(kind: type) -> Json:
    """An enumeration as the list of its members, a record as an object from field to type."""
    if attrs.has(kind):
        return {name: hints.describe(hint) for name, hint in hints.fields(kind).items()}
    return [hints.member_name(one) for one in kind]  # type: ignore[attr-defined]


def _family_text(one: Mapping[str, Json]) -> str:
    head = [f"   {line(name)}: {line(value)}," for name, value in one.items() if name != "cases"]
    cases = _joined(f"    {line(case)}" for case in one["cases"])
    return "\n".join(["  {", *head, '   "cases": [', *cases, "   ]", "  }"])


def _joined(rows: Iterable[str]) -> list[str]:
    made = [f"{row}," for row in rows]
    if made:
        made[-1] = made[-1][:-1]
    return made


def line(value: Json) -> str:
    """JSON in one line."""
    return json.dumps(value, ensure_ascii=False)


def _short(value: Json) -> str:
    text = line(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
