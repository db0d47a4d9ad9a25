# SPDX-License-Identifier: GPL-2.0-only
"""The prices of a simulated economy: who asked what, and from when on."""

from typing import Any

from ..reference.network.economy import Economy
from ..reference.routing.messages import Microseconds, Price
from .plots import LinePlot, line_plot


def curves(economy: Economy) -> list[LinePlot]:
    """The prices that move; nothing where none does."""
    moving = economy.market.moving
    if not moving:
        return []
    times = sorted({time for prices in moving.values() for time, _ in prices} | {economy.now})
    values = {name: _at(prices, times) for name, prices in moving.items()}
    return [line_plot("Prices of relays", f"{economy.spec.coin} for 10⁹ octets", times, values, steps=True)]


def _at(prices: list[tuple[Microseconds, Price]], times: list[Microseconds]) -> list[Price]:
    """The price at each of some times, ascending; 0 before there is one."""
    found, asked = [], dict(prices)
    price = 0
    for time in times:
        price = asked.get(time, price)
        found.append(price)
    return found


def data(economy: Economy) -> dict[str, Any]:
    """The same as numbers."""
    return {"prices": economy.market.moving}
