# SPDX-License-Identifier: MIT
"""All obligations, by importing the modules that hold them."""

import importlib
import pkgutil
from collections.abc import Iterable
from pathlib import Path

from .engine import obligations
from .engine.errors import ProofError
from .engine.obligations import Obligation


def load(names: Iterable[str] = ()) -> list[Obligation]:
    """The obligations with these ids, of these subjects, or for these requirements; all when none is named.

    Raises:
        ProofError: nothing has that name, a solver is missing, or two obligations have one id.
    """
    for room in pkgutil.iter_modules([str(Path(__file__).parent)], f"{__package__}."):
        if room.ispkg and not room.name.endswith(".engine"):
            package = importlib.import_module(room.name)
            for module in pkgutil.iter_modules(package.__path__, f"{room.name}."):
                _imported(module.name)
    return obligations.chosen(names)


def _imported(module: str) -> None:
    try:
        importlib.import_module(module)
    except ValueError as error:
        raise ProofError(f"{module}: {error}") from error
