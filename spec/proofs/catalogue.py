# SPDX-License-Identifier: MIT
"""All obligations, by importing the modules that hold them."""

import importlib
import pkgutil
from collections.abc import Iterable

from . import routing
from .engine import obligations
from .engine.obligations import Obligation


def load(names: Iterable[str] = ()) -> list[Obligation]:
    """The obligations with these ids, of these subjects, or for these requirements; all when none is named.

    Raises:
        ProofError: nothing has that name, or a solver is missing.
    """
    for module in pkgutil.iter_modules(routing.__path__):
        importlib.import_module(f"{routing.__name__}.{module.name}")
    return obligations.chosen(names)
