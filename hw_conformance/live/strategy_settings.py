# SPDX-License-Identifier: GPL-2.0-only
"""``[price-strategy]``: how the router sets its own price; intervals are in seconds, shares are of 1."""

from fractions import Fraction
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from althea_spec.reference.routing.price_bounds import SHORTEST_INTERVAL_MICROSECONDS, THOUSAND, Bounds
from althea_spec.reference.routing.price_strategy import Strategy
from althea_spec.reference.routing.price_strategy_competition import Competition
from althea_spec.reference.routing.price_strategy_demand import Demand

from .field_types import MicrosecondsField, PrefixField, RatioField, hyphens

_DEMAND: Final = ("idle", "busy", "gain", "steepness", "capacity")
_COMPETITION: Final = ("destination",)
_ONLY: Final = {"demand": _DEMAND, "competition": (*_COMPETITION, "undercut", "share")}


class StrategySettings(BaseModel):
    """By demand: the price follows the load; by competition: it follows what the rivals ask."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        alias_generator=hyphens,
        populate_by_name=False,
        arbitrary_types_allowed=True,
    )

    kind: Literal["demand", "competition"]
    floor: int
    ceiling: int
    step: int
    interval: MicrosecondsField = SHORTEST_INTERVAL_MICROSECONDS
    delay: int = 0
    """Intervals."""
    capacity: Annotated[int, Field(ge=1)] | None = None
    """Octets in a second that all interfaces together can send."""
    idle: RatioField | None = None
    busy: RatioField | None = None
    gain: int | None = None
    steepness: int | None = None
    destination: PrefixField | None = None
    """Whose data the rivals carry, too: an exit's, say."""
    undercut: int | None = None
    share: RatioField | None = None

    @model_validator(mode="after")
    def _fields_of_the_kind(self) -> "StrategySettings":
        needed = _DEMAND if self.kind == "demand" else _COMPETITION
        for name in needed:
            if getattr(self, name) is None:
                raise ValueError(f"{name}: expected a value, as the price follows {self.kind}; got none")
        for kind, names in _ONLY.items():
            for name in names:
                if kind != self.kind and getattr(self, name) is not None:
                    raise ValueError(f"{name}: expected nothing, as the price follows {self.kind}")
        return self

    def strategy(self) -> Strategy:
        """The reference router's own words for it.

        Raises:
            ValueError: a value is out of its range; the line begins with the field.
        """
        bounds = Bounds(self.floor, self.ceiling, self.step, self.interval)
        if self.kind == "competition":
            share = Fraction(1, 2) if self.share is None else self.share
            return Competition(bounds, self.undercut or 0, _thousandths(share), self.delay)
        idle, busy = _thousandths(self.idle or Fraction(0)), _thousandths(self.busy or Fraction(0))
        return Demand(bounds, idle, busy, self.gain or 0, self.steepness or 0, self.delay)


def _thousandths(share: Fraction) -> int:
    return int(share * THOUSAND)
