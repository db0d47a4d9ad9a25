# SPDX-License-Identifier: GPL-2.0-only
"""The market of a live router: how busy its interfaces are, what others ask, and what it asks itself then."""

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from althea_spec.reference.routing import market
from althea_spec.reference.routing.events import SetPrice
from althea_spec.reference.routing.messages import Microseconds, Price
from althea_spec.reference.routing.price_bounds import THOUSAND
from althea_spec.reference.routing.price_setter import PriceSetter
from althea_spec.reference.routing.state import RouterState

from .strategy_settings import StrategySettings

_INTERFACES: Final = Path("/sys/class/net")
_MICROSECONDS_PER_SECOND: Final = 1_000_000


class Market:
    """Looks on, and asks the strategy when its interval is over.

    The load is what the kernel has sent, the router's own data too: whoever sells what is left over gives a
    smaller capacity.
    """

    def __init__(self, settings: StrategySettings, price: Price, interfaces: Path = _INTERFACES) -> None:
        """Begin with that price.

        Raises:
            ValueError: a setting is out of its range; the line begins with the field.
        """
        self._settings = settings
        self._setter = PriceSetter(settings.strategy(), price)
        self._folder = interfaces
        self._sent: dict[str, int] = {}
        self._looked_at: Microseconds | None = None

    def next_deadline(self) -> Microseconds:
        """Protocol time at which to look again."""
        return 0 if self._looked_at is None else self._looked_at + self._setter.interval

    def decide(self, state: RouterState, interfaces: Iterable[str], now: Microseconds) -> SetPrice | None:
        """What to tell the router; ``None``: nothing.

        The first look only begins to count.
        """
        if now < self.next_deadline():
            return None
        first, since = self._looked_at is None, now - (self._looked_at or 0)
        octets = self._octets_since(interfaces)
        self._looked_at = now
        if first:
            return None
        seen = market.observation(state, self._settings.destination, self._utilisation(octets, since))
        return self._setter.decide(seen, now)

    def _utilisation(self, octets: int, since: Microseconds) -> int:
        if self._settings.capacity is None:
            return 0
        return THOUSAND * octets * _MICROSECONDS_PER_SECOND // (self._settings.capacity * since)

    def _octets_since(self, interfaces: Iterable[str]) -> int:
        """Sent on interfaces that are still the same ones: a counter that went back counts from 0."""
        before, self._sent = self._sent, {}
        for name in interfaces:
            try:
                text = (self._folder / name / "statistics" / "tx_bytes").read_text(encoding="ascii")
            except OSError:
                continue  # it is gone, which the router hears of by itself
            self._sent[name] = int(text)
        grown = {name: count - before[name] for name, count in self._sent.items() if name in before}
        return sum(one if one >= 0 else self._sent[name] for name, one in grown.items())
