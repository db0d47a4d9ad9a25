# SPDX-License-Identifier: MIT
"""No forwarding loop: an invariant that every step of every router keeps.

Two routers, ``here`` and ``there``, stand for any two neighbours in a network of any number.  The invariant,
for one prefix and one originator:

- *promise*: whatever ``there`` has ever said that is still on its way to ``here`` or in the route table of
  ``here``, the feasibility distance of ``there`` is at least as good;
- *selection*: the route that ``here`` has selected was said by a neighbour to be strictly better than the
  feasibility distance of ``here``, if that has one.

So along selected next hops the feasibility distances get strictly better, and with ``feasibility/rank`` no
row of them ends where it began, whatever its length: there is no loop.  A router that nobody has heard of
the prefix from is nobody's next hop; the originator has no next hop.

The channel may lose, repeat, delay and reorder: of what is on its way nothing is assumed but the promise.
Each assumption has a witness below that shows the loop without it: one originator (``two-originators``), the
window of seqnos (``no-window``), links that cost something (``free-link``), state that outlives what rests on
it (``restart``, ``early-collection``).
"""

from ipaddress import IPv6Network
from typing import Final

from attrs import frozen

from althea_spec.reference.routing import acquisition, feasibility, metric, selection, timing
from althea_spec.reference.routing.acquisition import Action
from althea_spec.reference.routing.constants import (
    MICROSECONDS_PER_CENTISECOND,
    SOURCE_GARBAGE_COLLECTION_MICROSECONDS,
)
from althea_spec.reference.routing.feasibility import Distance
from althea_spec.reference.routing.selection import Candidate
from althea_spec.reference.routing.source_table import SourceTable

from ..engine.given import Given
from ..engine.logic import all_of
from ..engine.obligations import theorem, witness
from .values import (
    INFINITY,
    NEIGHBOURS,
    SEQNOS,
    TIME,
    any_distance,
    any_metric,
    any_seqno,
    distance,
    optional_distance,
)

_ORIGINATOR: Final = b"origin-1"


@frozen
class Pair:
    """All that matters of two neighbours."""

    here: Distance | None
    """The feasibility distance of ``here``."""
    there: Distance | None
    on_its_way: Distance | None
    """Any one of the Updates that ``there`` has sent."""
    line: Distance | None
    """What the route table of ``here`` says of ``there``; ``None``: no finite line."""
    is_selected: bool
    """Whether ``here`` uses that line."""


def _rank(given: Given, one: Distance) -> int:
    """Where a distance stands in the window: by ``feasibility/rank`` the smaller is the better one."""
    steps = (one.seqno - any_seqno(given, "window_start")) % SEQNOS
    return one.metric - SEQNOS * steps


def _at_least_as_good(given: Given, first: Distance | None, second: Distance) -> bool:
    return first is not None and _rank(given, first) <= _rank(given, second)


def _promise(given: Given, pair: Pair) -> bool:
    said = [one for one in (pair.on_its_way, pair.line) if one is not None]
    return all_of(*(_at_least_as_good(given, pair.there, one) for one in said))


def _selection(given: Given, pair: Pair) -> bool:
    if not pair.is_selected:
        return True
    if pair.line is None:
        return False
    return pair.here is None or _rank(given, pair.line) < _rank(given, pair.here)


def _any_pair(given: Given) -> Pair:
    """Any state that satisfies the invariant."""
    there = optional_distance(given, "there")
    on_its_way = optional_distance(given, "on_its_way") if there is not None else None
    line = optional_distance(given, "line") if there is not None else None
    selected = line is not None and given.boolean("is_selected")
    pair = Pair(optional_distance(given, "here"), there, on_its_way, line, bool(selected))
    given.assume(_promise(given, pair), "the promise held before")
    given.assume(_selection(given, pair), "the selection was right before")
    return pair


def _keeps(given: Given, pair: Pair) -> bool:
    return all_of(_promise(given, pair), _selection(given, pair))


@theorem("loop/send", "RTG-FD-03", "RTG-FEAS-06")
def send(given: Given) -> bool:
    """The invariant is kept when a router announces the route that it uses, at whatever the link costs by
    now.
    """
    pair = _any_pair(given)
    given.assume(pair.is_selected and pair.line is not None, "there is a route to announce")
    cost = given.integer("cost", 1, INFINITY)
    line = pair.line or Distance(0, INFINITY)
    sent = Distance(line.seqno, metric.through(cost, line.metric))
    given.assume(sent.metric < INFINITY, "the Update is finite")
    here = feasibility.after_sending(sent, pair.here)
    return _keeps(given, Pair(here, pair.there, pair.on_its_way, line, True))


@theorem("loop/neighbour-sends", "RTG-FD-03")
def neighbour_sends(given: Given) -> bool:
    """The invariant is kept when the neighbour announces anything finite: what it says now is promised, and
    what it said before remains so.
    """
    pair, sent = _any_pair(given), distance(given, "sent")
    there = feasibility.after_sending(sent, pair.there)
    new = given.boolean("looks_at_the_new_one")
    on_its_way = sent if new else pair.on_its_way
    return _keeps(given, Pair(pair.here, there, on_its_way, pair.line, pair.is_selected))


@theorem("loop/receive", "RTG-FEAS-01", "RTG-ROUTE-04", "RTG-ROUTE-05", "RTG-ROUTE-07")
def receive(given: Given) -> bool:
    """The invariant is kept when any Update of the neighbour arrives, however late, however often and in
    whatever order, and the router selects again.
    """
    pair = _any_pair(given)
    said = pair.on_its_way
    given.assume(said is not None, "an Update is on its way")
    said = said or Distance(0, INFINITY)
    feasible = feasibility.is_feasible(said, pair.here)
    action = acquisition.action(
        known_router_id=None if pair.line is None else _ORIGINATOR,
        selected=pair.is_selected,
        router_id=_ORIGINATOR,
        own_router_id=b"router-h",
        metric=said.metric,
        feasible=feasible,
    )
    line = pair.line
    if action is Action.RETRACT:
        line = None
    elif action in (Action.CREATE, Action.REPLACE):
        line = said
    chosen = _is_chosen(given, pair.here, line)
    return _keeps(given, Pair(pair.here, pair.there, pair.on_its_way, line, chosen))


@theorem("loop/select", "RTG-SEL-01", "RTG-SEL-02", "RTG-FEAS-06")
def select(given: Given) -> bool:
    """The invariant is kept when a router selects anew, whatever its links cost by now, and whether or not it
    used the route before.
    """
    pair = _any_pair(given)
    chosen = _is_chosen(given, pair.here, pair.line)
    return _keeps(given, Pair(pair.here, pair.there, pair.on_its_way, pair.line, chosen))


@theorem("loop/lose", "RTG-ROUTE-02", "RTG-ROUTE-11", "RTG-SEL-01")
def lose(given: Given) -> bool:
    """The invariant is kept when an Update is lost, when a line expires or is retracted, which is never used
    then, and when a router forgets a feasibility distance of its own that nothing rests on any more.
    """
    pair = _any_pair(given)
    given.assume(pair.line is not None, "there is a line to lose")
    line = pair.line or Distance(0, 0)
    if _is_chosen(given, pair.here, Distance(line.seqno, INFINITY)):
        return False
    on_its_way = None if given.boolean("update_is_lost") else pair.on_its_way
    there = None if on_its_way is None and given.boolean("neighbour_forgets") else pair.there
    here = None if given.boolean("router_forgets") else pair.here
    return _keeps(given, Pair(here, there, on_its_way, None, False))


def _is_chosen(given: Given, here: Distance | None, line: Distance | None) -> bool:
    """Whether the router uses this line: it may, if the line is selectable (``loop/what-is-selected``)."""
    if line is None or not given.boolean("is_chosen"):
        return False
    computed = metric.through(given.integer("cost_of_selecting", 1, INFINITY), line.metric)
    candidate = Candidate(NEIGHBOURS[0], computed, computed, feasibility.is_feasible(line, here))
    return bool(selection.is_selectable(candidate))


@theorem("loop/next-hop-is-better", "RTG-FEAS-01")
def next_hop_is_better(given: Given) -> bool:
    """In every state of the invariant the next hop's feasibility distance is strictly better than that of the
    router that uses it.
    """
    pair = _any_pair(given)
    given.assume(pair.is_selected and pair.here is not None, "the route is used, and has been announced")
    if pair.there is None or pair.here is None:
        return False
    return feasibility.is_better(pair.there, pair.here)


@theorem("loop/no-circle-of-two", "RTG-FEAS-01")
def no_circle_of_two(given: Given) -> bool:
    """Two routers never use each other."""
    one, other, forth, back = (distance(given, name) for name in ("one", "other", "forth", "back"))
    given.assume(_at_least_as_good(given, other, forth), "the second promised what the first has heard")
    given.assume(_at_least_as_good(given, one, back), "the first promised what the second has heard")
    both = feasibility.is_feasible(forth, one) and feasibility.is_feasible(back, other)
    return not both


@theorem("loop/no-circle-of-three", "RTG-FEAS-01")
def no_circle_of_three(given: Given) -> bool:
    """Of three routers that each have the next one's route in their table, not all three find it feasible."""
    routers = [distance(given, f"router_{number}") for number in range(3)]
    lines = [distance(given, f"line_{number}") for number in range(3)]
    for number in range(3):
        promised = _at_least_as_good(given, routers[(number + 1) % 3], lines[number])
        given.assume(promised, f"router {(number + 1) % 3} promised what router {number} has heard")
    return not all(feasibility.is_feasible(lines[number], routers[number]) for number in range(3))


# --- what it rests on ---------------------------------------------------------------------------------------


@theorem("loop/collection-in-time", "RTG-FD-02", "RTG-ROUTE-11")
def collection_in_time(given: Given) -> bool:
    """A feasibility distance that is kept for longer than the longest hold time plus the life of a packet
    outlives every line that rests on it.
    """
    interval = given.integer("interval", 1, INFINITY)
    life = given.integer("life_of_a_packet", 0, TIME)
    kept = given.integer("kept", 0, TIME)
    longest_hold = 7 * interval * MICROSECONDS_PER_CENTISECOND // 2
    given.assume(kept > longest_hold + life, "it is kept longer than 3.5 intervals and a packet's life")
    sent, refreshed = given.integer("sent", 0, TIME), given.integer("refreshed", 0, TIME)
    given.assume(sent <= refreshed, "sending an Update starts the time anew")
    arrived = sent + given.integer("way", 0, TIME)
    given.assume(arrived <= sent + life, "packets do not live longer than that")
    return arrived + timing.hold_time(interval) < refreshed + kept


@witness("loop/early-collection", "RTG-FD-02")
def early_collection(given: Given) -> bool:
    """With the recommended 180 s and a large interval the neighbour forgets its distance while its route is
    still in use, then takes a route back through who uses it: a loop.
    """
    interval = given.integer("interval", 1, INFINITY)
    line, back = distance(given, "line"), distance(given, "back")
    before, here = distance(given, "there"), distance(given, "here")
    given.assume(_at_least_as_good(given, before, line), "the neighbour promised the line")
    given.assume(feasibility.is_feasible(line, here), "the line is in use")
    given.assume(_at_least_as_good(given, here, back), "the router promised what comes back")
    given.assume(not feasibility.is_feasible(back, before), "the condition forbids the way back")
    in_use = timing.hold_time(interval) > SOURCE_GARBAGE_COLLECTION_MICROSECONDS
    return in_use and feasibility.is_feasible(back, None)


@theorem("loop/default-intervals", "RTG-FD-02", "RTG-ROUTE-11")
def default_intervals(given: Given) -> bool:
    """With the recommended 180 s and intervals of up to 51 s, lines are gone a second before the feasibility
    distance is.
    """
    interval = given.integer("interval", 0, 5_100)
    return timing.hold_time(interval) + 1_000_000 < SOURCE_GARBAGE_COLLECTION_MICROSECONDS


@witness("loop/restart", "RTG-FD-03")
def restart(given: Given) -> bool:
    """A router that restarts without its feasibility distances, while its route is still in use, takes a
    route through who uses it: a loop.
    """
    prefix = IPv6Network("2001:db8:1::/48")
    before, after = SourceTable(capacity=1), SourceTable(capacity=1)
    sent = distance(given, "sent")
    before.on_sent(prefix, _ORIGINATOR, sent)
    cost = given.integer("cost", 1, INFINITY)
    echo = Distance(sent.seqno, metric.through(cost, sent.metric))
    given.assume(echo.metric < INFINITY, "the neighbour announces the route that it uses")
    forbidden = not feasibility.is_feasible(echo, before.distance(prefix, _ORIGINATOR))
    return forbidden and feasibility.is_feasible(echo, after.distance(prefix, _ORIGINATOR))


@witness("loop/two-originators", "RTG-FD-01")
def two_originators(given: Given) -> bool:
    """With two originators of one prefix, two routers that both lose their own route may each take the
    other's, which is feasible for another source: a loop, until the next Updates.
    """
    prefix = IPv6Network("2001:db8:1::/48")
    one, other = SourceTable(capacity=2), SourceTable(capacity=2)
    said_by_one, said_by_other = distance(given, "said_by_one"), distance(given, "said_by_other")
    one.on_sent(prefix, b"origin-1", said_by_one)
    other.on_sent(prefix, b"origin-2", said_by_other)
    forth = feasibility.is_feasible(said_by_other, one.distance(prefix, b"origin-2"))
    back = feasibility.is_feasible(said_by_one, other.distance(prefix, b"origin-1"))
    return forth and back


@witness("loop/no-window", "RTG-SEQ-01")
def no_window(given: Given) -> bool:
    """Without the window of seqnos two routers that have each announced better than the other has heard may
    use each other.
    """
    one, other, forth, back = (any_distance(given, name) for name in ("one", "other", "forth", "back"))
    given.assume(feasibility.is_better(other, forth), "the second has announced better since")
    given.assume(feasibility.is_better(one, back), "the first has announced better since")
    given.assume(all_of(forth.metric < INFINITY, back.metric < INFINITY), "neither is a retraction")
    return feasibility.is_feasible(forth, one) and feasibility.is_feasible(back, other)


@witness("loop/free-link", "RTG-METRIC-02")
def free_link(given: Given) -> bool:
    """Over a link that costs nothing a router that announces its route has a route that is not strictly
    better than its own distance: the invariant is lost.
    """
    line = distance(given, "line")
    sent = Distance(line.seqno, metric.through(0, line.metric))
    here = feasibility.after_sending(sent, optional_distance(given, "here"))
    return not feasibility.is_better(line, here)


@witness("loop/unfeasible-route", "RTG-SEL-02", "RTG-FEAS-01")
def unfeasible_route(given: Given) -> bool:
    """Two routers that select without looking at feasibility may use each other although all else is as it
    should be.
    """
    one, other = distance(given, "one"), distance(given, "other")
    costs = [given.integer(name, 1, INFINITY - 1) for name in ("cost_forth", "cost_back")]
    forth = metric.through(costs[0], other.metric)
    back = metric.through(costs[1], one.metric)
    given.assume(one.seqno == other.seqno, "they have heard of the same seqno")
    finite = metric.is_finite(forth) and metric.is_finite(back)
    return finite and not (feasibility.is_feasible(one, other) and feasibility.is_feasible(other, one))


@theorem("loop/what-is-selected", "RTG-SEL-01", "RTG-SEL-02")
def what_is_selected(given: Given) -> bool:
    """Whatever is selected among any two routes, with or without a current one, with or without hysteresis,
    is feasible and finite.
    """
    offers = [
        Candidate(
            neighbour,
            any_metric(given, f"metric_{number}"),
            any_metric(given, f"smoothed_{number}"),
            given.boolean(f"feasible_{number}"),
        )
        for number, neighbour in enumerate(NEIGHBOURS[:2])
    ]
    current = offers[0] if given.boolean("has_current") else None
    chosen = selection.select(offers, current, given.boolean("hysteresis"))
    return chosen is None or (chosen.feasible and chosen.metric < INFINITY)
