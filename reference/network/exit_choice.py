# SPDX-License-Identifier: MIT
"""Which exit a user sends its data through: several are known, with their paths' quality and price."""

from collections.abc import Iterable

from attrs import frozen

from ..routing import extended_metric
from ..routing.extended_metric import Weight
from ..routing.messages import Price
from .identity import NodeName

MARGIN_NUMERATOR, MARGIN_DENOMINATOR = 9, 10
"""Another exit is taken only when it is better by as much as a tenth off the price: changing costs the user
its open connections."""


@frozen
class Offer:
    """An exit as its user sees it now."""

    exit: NodeName
    metric: int
    """Of the selected route to it, in whatever unit routes are compared by."""
    price: Price
    """What the next hop asks and what the exit asks, together."""


def choose(offers: Iterable[Offer], current: NodeName | None, weight: Weight) -> NodeName | None:
    """The exit to use: the best by the extended metric, unless the current one is nearly as good.

    The margin is of the price: at the same metric, another exit has to ask less than nine tenths.
    Ties: the current exit, else the smaller metric, the smaller price, the name.  ``None``: there is none.

    Requirement: NET-EXIT-01, NET-EXIT-02
    """
    ranked = sorted(offers, key=lambda one: (*_rank(one, weight), one.exit))
    if not ranked:
        return None
    kept = next((one for one in ranked if one.exit == current), None)
    if kept is not None and not _is_clearly_better(ranked[0], kept, weight):
        return kept.exit
    return ranked[0].exit


def _rank(offer: Offer, weight: Weight) -> tuple[int, int, int]:
    return extended_metric.rank(offer.metric, offer.price, weight)


def _is_clearly_better(other: Offer, kept: Offer, weight: Weight) -> bool:
    theirs = extended_metric.value(other.metric, other.price, weight)
    ours = extended_metric.value(kept.metric, kept.price, weight)
    power = weight.denominator
    return bool(theirs * MARGIN_DENOMINATOR**power < ours * MARGIN_NUMERATOR**power)
