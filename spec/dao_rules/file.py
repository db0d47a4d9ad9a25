# SPDX-License-Identifier: MIT
"""Files that a community's charter or state stands in: TOML or JSON, by the end of the name."""

import json
import tomllib
from pathlib import Path
from typing import Any, Final

from althea_spec.reference.dao.charter import Charter, charter_data, read_charter
from althea_spec.reference.dao.plain_data import CharterError
from althea_spec.reference.dao.state_file import State, read_state

MOST_OCTETS: Final = 64 * 1024 * 1024
_STATE_ONLY: Final = ("height", "members", "proposals", "treasury")


class DaoFileError(Exception):
    """One line: the file, the field, what was expected, and what came."""


def load_charter(path: Path) -> Charter:
    """The charter in a file; of a state file, the charter that it begins with.

    Raises:
        DaoFileError: it cannot be read, or is no charter.
    """
    data = _data(path)
    try:
        return read_charter({key: value for key, value in data.items() if key not in _STATE_ONLY})
    except CharterError as error:
        raise DaoFileError(f"{path}: {error}") from error


def load_state(path: Path) -> State:
    """The state of a community in a file.

    Raises:
        DaoFileError: it cannot be read, or is no state.
    """
    try:
        return read_state(_data(path))
    except CharterError as error:
        raise DaoFileError(f"{path}: {error}") from error


def _data(path: Path) -> dict[str, Any]:
    try:
        if path.stat().st_size > MOST_OCTETS:
            raise DaoFileError(f"{path}: file: expected at most {MOST_OCTETS} octets")
        text = path.read_text(encoding="utf-8")
        data = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        form = "JSON" if path.suffix == ".json" else "TOML"
        raise DaoFileError(f"{path}: file: expected readable {form}; {error}") from error
    if not isinstance(data, dict):
        raise DaoFileError(f"{path}: file: expected a table, got {type(data).__name__}")
    return data


def charter_text(charter: Charter, suffix: str) -> str:
    """What a file of that suffix holds of a charter."""
    data = charter_data(charter)
    if suffix == ".json":
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    organizers, rules = data.pop("organizers"), data.pop("rules")
    lines = [*_fields(data)]
    for one in organizers:
        lines += ["", "[[organizers]]", *_fields(one)]
    lines += ["", "[rules]", f"most_open = {rules.pop('most_open')}"]
    for name, rule in rules.items():
        lines += ["", f"[rules.{name}]", *_fields(rule)]
    return "\n".join([*lines, ""])


def _fields(data: dict[str, Any]) -> list[str]:
    """Lines of TOML.  A text in JSON is one in TOML too, where it has no control characters."""
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in data.items()]
