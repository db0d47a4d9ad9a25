# SPDX-License-Identifier: GPL-2.0-only
"""What ``--target`` may be: a registered name, a target file, or a box on a cable."""

import secrets
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from .conformance.lab import LabError, Target

GROUP = "althea_spec.targets"
"""The entry point group in which packages register their targets: name to an object that is a ``Target``."""


class TargetError(Exception):
    """There is no such target, or its answers cannot be trusted: one line."""


def target_names() -> list[str]:
    """The registered targets, sorted."""
    return sorted(_registered())


def find_target(argument: str) -> Target:
    """The target that an argument means.

    Args:
        argument: a registered name (``babeld``), a target file (``my-router.toml``), or interfaces with the
            box's link-local addresses (``eth1=fe80::1,eth2=fe80::2``).

    Raises:
        TargetError: it means nothing, or the target says that it supports a feature that does not exist.
        LabError: a target file is wrong, or an interface does not exist.
    """
    registered = _registered()
    if argument in registered:
        target = _load(registered[argument])
    elif argument.endswith(".toml"):
        from .hw_conformance.custom import load_target_file

        target = load_target_file(Path(argument))
    elif "=" in argument:
        from .hw_conformance.cable import parse_cable

        target = parse_cable(argument)
    else:
        raise TargetError(
            f"--target {argument}: expected {', '.join(sorted(registered))}, a target file (NAME.toml), "
            "or a box on a cable (INTERFACE=LINK-LOCAL-ADDRESS)"
        )
    refuse_pretender(target)
    return target


def target_file_schema() -> dict[str, Any]:
    """JSON Schema of a target file: a daemon to start, or a box on a cable."""
    from .hw_conformance.custom import CableFile, DaemonFile

    adapter: TypeAdapter[DaemonFile | CableFile] = TypeAdapter(DaemonFile | CableFile)
    return adapter.json_schema()


def refuse_pretender(target: Target) -> None:
    """A target that has a feature which nobody has would hide its failures behind it.

    Raises:
        TargetError: it says that it supports a word made up on the spot.
    """
    made_up = f"feature-{secrets.token_hex(4)}"
    if target.supports(made_up):
        raise TargetError(
            f"--target {target.name}: it says that it supports '{made_up}', which was made up just now; "
            "what it says about features cannot be believed, so it is not judged"
        )


def _registered() -> dict[str, EntryPoint]:
    return {one.name: one for one in entry_points(group=GROUP)}


def _load(entry: EntryPoint) -> Target:
    try:
        target: Target = entry.load()
    except (ImportError, AttributeError) as error:
        raise LabError(f"--target {entry.name}: {entry.value} cannot be loaded: {error}") from error
    return target
