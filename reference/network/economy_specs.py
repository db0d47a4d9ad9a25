# SPDX-License-Identifier: MIT
"""What an economy needs beside its nodes, links and flows: a coin, a rhythm, and how long it runs."""

from typing import Any, Final

from attrs import Attribute, field, frozen
from attrs.validators import ge

from ..routing.messages import Microseconds

_SECOND: Final = 1_000_000
_positive = ge(1)


def _check_name(_: object, attribute: "Attribute[Any]", value: str) -> None:
    if not value or not isinstance(value, str):
        raise ValueError(f"{attribute.name}: expected a name, got {value!r}")


@frozen
class EconomySpec:
    """The rules of one run; times are microseconds, amounts are smallest units of the coin.

    Raises:
        ValueError: a field is out of its range, or two do not fit together.
    """

    duration: Microseconds = field(default=3600 * _SECOND, validator=_positive)
    """How long the run takes."""
    tick: Microseconds = field(default=10 * _SECOND, validator=_positive)
    """Traffic in bulk goes, and everybody looks at the accounts, once in every tick."""
    reading_interval: Microseconds = field(default=60 * _SECOND, validator=_positive)
    """Between two readings of the counters of a node; each node begins at a moment of its own."""
    block_interval: Microseconds = field(default=10 * _SECOND, validator=_positive)
    """Between two blocks of the chain."""
    sample_interval: Microseconds = field(default=300 * _SECOND, validator=_positive)
    """Between two points of the plots."""
    coin: str = field(default="uusd", validator=_check_name)
    """The denomination that everything is paid in."""
    fee: int = field(default=1, validator=ge(0))
    """What a transaction pays to the chain."""
    payment: int = field(default=100, validator=_positive)
    """Who owes a neighbour so much pays it."""
    report_interval: Microseconds = field(default=120 * _SECOND, validator=_positive)
    """Between two marks that a buyer sends to learn what the seller has counted."""
    assumed_rate: int = field(default=12_500, validator=_positive)
    """Billed octets per second that one neighbour is assumed to send another at most, on average over a
    reading interval: what thresholds are made for."""
    assumed_price: int = field(default=60_000, validator=_positive)
    """The highest price that anybody asks."""
    assumed_outage: Microseconds = field(default=0, validator=ge(0))
    """So long may the chain be out of reach."""
    assumed_restarts: int = field(default=0, validator=ge(0))
    """So often may the counters of one node begin anew between two reports."""
    grace: Microseconds = field(default=16 * _SECOND, validator=ge(0))
    """The longest that a price which was replaced still counts."""
    limited_rate: int = field(default=1_000, validator=ge(0))
    """Octets per second that a limited neighbour is served."""
    limited_credit: int = field(default=0, validator=ge(0))
    """So much more than at its limit may a neighbour owe until it is blocked; 0: it is blocked at once."""
    exit_low: int = field(default=200, validator=_positive)
    """A user with so much left at its exit pays it again."""
    exit_high: int = field(default=600, validator=_positive)
    """Up to which it pays ahead."""
    exit_advance: int = field(default=200, validator=ge(0))
    """What an exit lets a new identity use before it has paid."""
    settling: Microseconds = field(default=600 * _SECOND, validator=ge(0))
    """At the start: so long are routes learned and nothing is sent in bulk."""

    def __attrs_post_init__(self) -> None:
        if self.exit_high <= self.exit_low:
            raise ValueError(
                f"exit_high: expected more than exit_low ({self.exit_low}), got {self.exit_high}"
            )
        for name in ("reading_interval", "report_interval", "block_interval", "sample_interval", "duration"):
            if getattr(self, name) < self.tick:
                raise ValueError(f"{name}: expected at least tick ({self.tick}), got {getattr(self, name)}")
