# SPDX-License-Identifier: MIT
"""Adding the cost of a link to a metric."""

from althea_spec.reference.routing import metric

from ..engine.given import Given
from ..engine.obligations import theorem
from .values import INFINITY, any_metric


@theorem("metric/strictly-greater", "RTG-METRIC-02")
def strictly_greater(given: Given) -> bool:
    """Over a link that costs something, a finite metric becomes strictly greater."""
    cost, advertised = given.integer("cost", 1, INFINITY), given.integer("advertised", 0, INFINITY - 1)
    return metric.through(cost, advertised) > advertised


@theorem("metric/infinite", "RTG-METRIC-01", "RTG-COST-04")
def infinite(given: Given) -> bool:
    """The metric is infinite exactly when the cost or the received metric is, or their sum reaches 65535."""
    cost, advertised = any_metric(given, "cost"), any_metric(given, "advertised")
    expected = cost == INFINITY or advertised == INFINITY or cost + advertised >= INFINITY
    return metric.is_finite(metric.through(cost, advertised)) != bool(expected)


@theorem("metric/sum", "RTG-METRIC-04")
def is_sum(given: Given) -> bool:
    """A finite metric is the sum of cost and received metric, and none is outside 0 to 65535."""
    cost, advertised = any_metric(given, "cost"), any_metric(given, "advertised")
    computed = metric.through(cost, advertised)
    return 0 <= computed <= INFINITY and (computed == INFINITY or computed == cost + advertised)


@theorem("metric/monotone", "RTG-METRIC-03")
def monotone(given: Given) -> bool:
    """The metric never falls when the received metric or the cost grows."""
    cost, advertised = any_metric(given, "cost"), any_metric(given, "advertised")
    larger_cost, larger = any_metric(given, "larger_cost"), any_metric(given, "larger_advertised")
    given.assume(cost <= larger_cost, "the cost does not fall")
    given.assume(advertised <= larger, "the received metric does not fall")
    return metric.through(cost, advertised) <= metric.through(larger_cost, larger)


@theorem("metric/order-of-links", "RTG-METRIC-04")
def order_of_links(given: Given) -> bool:
    """The metric of a path does not depend on the order of its links."""
    first, second = any_metric(given, "first_cost"), any_metric(given, "second_cost")
    start = any_metric(given, "start")
    one = metric.through(second, metric.through(first, start))
    return one == metric.through(first, metric.through(second, start))
