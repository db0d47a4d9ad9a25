# SPDX-License-Identifier: MIT
"""The feasibility condition, and the table that it looks at.

Where an order is meant, all seqnos lie in one window of 32768: without that, ``no-window`` shows a circle.
"""

from ipaddress import IPv6Network

from althea_spec.reference.routing import feasibility, seqno
from althea_spec.reference.routing.feasibility import Distance
from althea_spec.reference.routing.source_table import SourceTable

from ..engine.given import Given
from ..engine.obligations import theorem, witness
from .values import INFINITY, any_distance, any_metric, any_seqno, distance, optional_distance, rank


@theorem("feasibility/definition", "RTG-FEAS-01", "RTG-FEAS-02", "RTG-FEAS-03", "RTG-FEAS-04")
def definition(given: Given) -> bool:
    """An Update is feasible exactly when it is a retraction, nothing was announced, it is newer, or it is as
    new and its metric is smaller.
    """
    offered = any_distance(given, "offered")
    announced = given.optional("announced", lambda: any_distance(given, "announced"))
    wanted = offered.metric == INFINITY or announced is None
    if announced is not None and not wanted:
        newer = seqno.less(announced.seqno, offered.seqno)
        wanted = newer or (offered.seqno == announced.seqno and offered.metric < announced.metric)
    return feasibility.is_feasible(offered, announced) == bool(wanted)


@theorem("feasibility/strict", "RTG-FEAS-01")
def strict(given: Given) -> bool:
    """What has been announced is not feasible again, nor is anything worse with the same seqno."""
    announced = distance(given, "announced")
    worse = given.integer("worse_by", 0, INFINITY - 1)
    offered = Distance(announced.seqno, announced.metric + worse)
    given.assume(offered.metric < INFINITY, "the Update is no retraction")
    return not feasibility.is_feasible(offered, announced)


@theorem("feasibility/retraction", "RTG-FEAS-03")
def retraction(given: Given) -> bool:
    """A retraction is feasible whatever its seqno and whatever was announced."""
    offered = Distance(any_seqno(given, "offered_seqno"), INFINITY)
    return feasibility.is_feasible(
        offered, given.optional("announced", lambda: any_distance(given, "announced"))
    )


@theorem("feasibility/newer", "RTG-FEAS-05")
def newer(given: Given) -> bool:
    """An Update with a newer seqno is feasible however bad its metric is."""
    announced = any_distance(given, "announced")
    steps = given.integer("steps", 1, (1 << 15) - 1)
    offered = Distance(seqno.plus(announced.seqno, steps), any_metric(given, "offered_metric"))
    return feasibility.is_feasible(offered, announced)


@theorem("feasibility/rank", "RTG-FEAS-01")
def ranked(given: Given) -> bool:
    """Within a window a distance is better than another exactly when a whole number made of it is smaller, so
    that better is a strict order, and no row of distances each better than the next one ends where it began.
    """
    first, second = distance(given, "first"), distance(given, "second")
    return feasibility.is_better(first, second) == (rank(given, "first") < rank(given, "second"))


@theorem("feasibility/better-is-asymmetric", "RTG-FEAS-01")
def asymmetric(given: Given) -> bool:
    """Of two distances at most one is better than the other, on the whole circle of seqnos."""
    first, second = any_distance(given, "first"), any_distance(given, "second")
    return not (feasibility.is_better(first, second) and feasibility.is_better(second, first))


@witness("feasibility/no-window", "RTG-FEAS-01", "RTG-SEQ-01")
def no_window(given: Given) -> bool:
    """Without a window there are three distances each of which is better than the next."""
    first, second, third = (any_distance(given, name) for name in ("first", "second", "third"))
    return (
        feasibility.is_better(first, second)
        and feasibility.is_better(second, third)
        and feasibility.is_better(third, first)
    )


@theorem("feasibility/table-keeps-the-best", "RTG-FD-03")
def keeps_the_best(given: Given) -> bool:
    """After an Update is sent, the feasibility distance is what was sent or what it was, and neither of them
    is better.
    """
    sent, before = distance(given, "sent"), optional_distance(given, "before")
    after = feasibility.after_sending(sent, before)
    if before is None:
        return after == sent
    if after not in (sent, before):
        return False
    return not feasibility.is_better(sent, after) and not feasibility.is_better(before, after)


@theorem("feasibility/sending-opens-nothing", "RTG-FEAS-01", "RTG-FD-03")
def sending_opens_nothing(given: Given) -> bool:
    """What was unfeasible before an Update was sent is unfeasible after it."""
    offered, sent, before = (distance(given, name) for name in ("offered", "sent", "before"))
    given.assume(not feasibility.is_feasible(offered, before), "the offered distance was unfeasible")
    return not feasibility.is_feasible(offered, feasibility.after_sending(sent, before))


@theorem("feasibility/sent-is-unfeasible", "RTG-FEAS-01", "RTG-FD-03")
def sent_is_unfeasible(given: Given) -> bool:
    """What a router has just announced is unfeasible for it, so that it does not take its own echo."""
    sent, before = distance(given, "sent"), optional_distance(given, "before")
    return not feasibility.is_feasible(sent, feasibility.after_sending(sent, before))


@theorem("feasibility/order-of-sending", "RTG-FD-03")
def order_of_sending(given: Given) -> bool:
    """The feasibility distance after two Updates does not depend on which was sent first."""
    first, second = distance(given, "first"), distance(given, "second")
    before = optional_distance(given, "before")
    one = feasibility.after_sending(second, feasibility.after_sending(first, before))
    other = feasibility.after_sending(first, feasibility.after_sending(second, before))
    return one == other


@theorem("feasibility/one-line-per-source", "RTG-FD-01", "RTG-FD-03")
def one_line_per_source(given: Given) -> bool:
    """Sending changes the line of its own prefix and router-id as the feasibility condition says, and no
    other line.
    """
    ours, other = IPv6Network("2001:db8:1::/48"), IPv6Network("2001:db8:2::/48")
    router, stranger = b"router-1", b"router-2"
    before, sent = distance(given, "before"), distance(given, "sent")
    table = SourceTable(capacity=8)
    for prefix, router_id in ((ours, router), (ours, stranger), (other, router)):
        table.on_sent(prefix, router_id, before)
    table.on_sent(ours, router, sent)
    return (
        table.distance(ours, router) == feasibility.after_sending(sent, before)
        and table.distance(ours, stranger) == before
        and table.distance(other, router) == before
    )


@theorem("feasibility/forgotten", "RTG-FD-02", "RTG-FEAS-04")
def forgotten(given: Given) -> bool:
    """Once a line is collected, every Update of its source is feasible."""
    prefix, router = IPv6Network("2001:db8:1::/48"), b"router-1"
    table = SourceTable(capacity=8)
    table.on_sent(prefix, router, distance(given, "sent"))
    table.remove(prefix, router)
    return feasibility.is_feasible(any_distance(given, "offered"), table.distance(prefix, router))
