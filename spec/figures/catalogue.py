# SPDX-License-Identifier: MIT
"""All figures, by the names that stand in the markers."""

from typing import Final

from . import links, market, routes
from .drawing import Figure

FIGURES: Final[dict[str, Figure]] = {**links.FIGURES, **routes.FIGURES, **market.FIGURES}
