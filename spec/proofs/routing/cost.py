# SPDX-License-Identifier: MIT
"""What a link costs, for every history of Hellos and everything that the neighbour may tell."""

from althea_spec.reference.routing import cost, hello_history
from althea_spec.reference.routing.hello_history import HelloHistory

from ..engine.given import Given
from ..engine.obligations import theorem, witness
from .values import INFINITY, any_metric

_BITS = 16


def _history(given: Given, name: str) -> HelloHistory:
    return HelloHistory(received=given.bits(name, _BITS))


def _with_one_more_loss(given: Given, history: HelloHistory) -> HelloHistory:
    """One of the last six Hellos is lost; if it was lost before, nothing changes."""
    lost = given.choice("lost", range(6))
    return HelloHistory(received=history.received & (0xFFFF ^ (1 << lost)))


@theorem("cost/two-out-of-three", "RTG-COST-07")
def two_out_of_three(given: Given) -> bool:
    """A history is up exactly when at most one of the last three Hellos is missing."""
    history = _history(given, "history")
    last = history.received & 7
    return cost.is_up_two_out_of_three(history) == bool(last == 3 or last == 5 or last == 6 or last == 7)


@theorem("cost/either-history", "RTG-COST-07", "RTG-COST-03")
def either_history(given: Given) -> bool:
    """The reception cost is the nominal one when either history is up, and infinite otherwise; without any
    Hello it is infinite.
    """
    multicast, unicast = _history(given, "multicast"), _history(given, "unicast")
    nominal = given.integer("nominal", 1, INFINITY - 1)
    rxcost = cost.rxcost_two_out_of_three(multicast, unicast, nominal)
    if multicast.received == 0 and unicast.received == 0 and rxcost != INFINITY:
        return False
    up = cost.is_up_two_out_of_three(multicast) or cost.is_up_two_out_of_three(unicast)
    return rxcost == (nominal if up else INFINITY)


@theorem("cost/wired-range", "RTG-COST-02", "RTG-COST-04")
def wired_range(given: Given) -> bool:
    """On a wired link the cost is 1 to 65535, infinite exactly when either direction is, and else never below
    what the neighbour told.
    """
    txcost, rxcost = any_metric(given, "txcost"), any_metric(given, "rxcost")
    computed = cost.cost_two_out_of_three(txcost, rxcost)
    finite = txcost < INFINITY and rxcost < INFINITY
    return 1 <= computed <= INFINITY and (computed < INFINITY) == bool(finite) and computed >= txcost


@theorem("cost/wired-losses", "RTG-COST-07")
def wired_losses(given: Given) -> bool:
    """On a wired link one more loss never lowers the reception cost."""
    multicast, unicast = _history(given, "multicast"), _history(given, "unicast")
    nominal = given.integer("nominal", 1, INFINITY - 1)
    worse = _with_one_more_loss(given, multicast)
    before = cost.rxcost_two_out_of_three(multicast, unicast, nominal)
    return cost.rxcost_two_out_of_three(worse, unicast, nominal) >= before


@theorem("cost/etx-reception", "RTG-COST-08", "RTG-COST-03")
def etx_reception(given: Given) -> bool:
    """With ETX the reception cost is 256 without losses among the last six Hellos, at most 1536 with any, and
    infinite exactly when all six are lost.
    """
    history = _history(given, "history")
    rxcost, last = cost.rxcost_etx(history), history.received & 63
    if last == 0:
        return rxcost == INFINITY
    return 256 <= rxcost <= 1536 and (rxcost == 256) == (last == 63)


@theorem("cost/etx-losses", "RTG-COST-08")
def etx_losses(given: Given) -> bool:
    """With ETX one more loss never lowers the reception cost."""
    history = _history(given, "history")
    return cost.rxcost_etx(_with_one_more_loss(given, history)) >= cost.rxcost_etx(history)


@theorem("cost/etx-range", "RTG-COST-02", "RTG-COST-04")
def etx_range(given: Given) -> bool:
    """With ETX the cost is 256 to 65535, and infinite when either direction is."""
    txcost, rxcost = any_metric(given, "txcost"), given.integer("rxcost", 256, INFINITY)
    computed = cost.cost_etx(txcost, rxcost)
    if txcost == INFINITY or rxcost == INFINITY:
        return computed == INFINITY
    return 256 <= computed <= INFINITY


@theorem("cost/etx-rounding", "RTG-COST-05")
def etx_rounding(given: Given) -> bool:
    """With ETX a finite cost is less than one below the product of the two directions, and never above it."""
    txcost, rxcost = any_metric(given, "txcost"), given.integer("rxcost", 256, 1536)
    computed = cost.cost_etx(txcost, rxcost)
    given.assume(computed < INFINITY, "the cost is finite")
    product = max(txcost, 256) * rxcost
    return computed * 256 <= product < (computed + 1) * 256


@theorem("cost/etx-monotone", "RTG-COST-05")
def etx_monotone(given: Given) -> bool:
    """With ETX the cost never falls when the cost of a direction grows."""
    txcost, rxcost = any_metric(given, "txcost"), any_metric(given, "rxcost")
    worse_txcost, worse_rxcost = any_metric(given, "worse_txcost"), any_metric(given, "worse_rxcost")
    given.assume(txcost <= worse_txcost, "the transmission cost does not fall")
    given.assume(rxcost <= worse_rxcost, "the reception cost does not fall")
    return cost.cost_etx(txcost, rxcost) <= cost.cost_etx(worse_txcost, worse_rxcost)


@theorem("cost/penalty", "RTT-COST-05")
def penalty(given: Given) -> bool:
    """A penalty never lowers a cost, never makes a finite one infinite, and leaves an infinite one so."""
    before, added = any_metric(given, "cost"), any_metric(given, "penalty")
    after = cost.with_penalty(before, added)
    return before <= after <= INFINITY and (after < INFINITY) == (before < INFINITY)


@witness("cost/short-memory", "RTG-COST-08")
def short_memory(given: Given) -> bool:
    """With ETX a Hello received long ago does not help: a history that is not empty may cost infinity."""
    history = _history(given, "history")
    return not hello_history.is_dead(history, HelloHistory()) and cost.rxcost_etx(history) == INFINITY
