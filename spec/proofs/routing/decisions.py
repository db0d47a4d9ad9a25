# SPDX-License-Identifier: MIT
"""The smaller decisions of a router: what an Update does, what is told and when, what is asked and
answered.
"""

from itertools import pairwise
from typing import Final

from althea_spec.reference.routing import (
    acquisition,
    hold,
    ihu,
    preference_request,
    seqno,
    seqno_request,
    split_horizon,
    timing,
    update_policy,
)
from althea_spec.reference.routing.acquisition import Action
from althea_spec.reference.routing.hello_history import HelloHistory
from althea_spec.reference.routing.path_quality import UNKNOWN
from althea_spec.reference.routing.preference_request import Asked
from althea_spec.reference.routing.seqno_request import Answer, Known, NextHop
from althea_spec.reference.routing.update_policy import Selected, Urgency

from ..engine.given import Given
from ..engine.logic import all_of, implies
from ..engine.obligations import theorem, witness
from .values import INFINITY, NEIGHBOURS, TIME, any_metric, any_seqno

_IDS: Final = (b"router-1", b"router-2", b"router-3")
_INTERVALS: Final = 65535


def _action(
    given: Given, known: bytes | None, router_id: bytes, own: bytes
) -> tuple[Action, int, bool, bool]:
    metric, feasible = any_metric(given, "metric"), bool(given.boolean("feasible"))
    selected = known is not None and bool(given.boolean("selected"))
    action = acquisition.action(
        known_router_id=known,
        selected=selected,
        router_id=router_id,
        own_router_id=own,
        metric=metric,
        feasible=feasible,
    )
    return action, metric, selected, feasible


@theorem("update/action", "RTG-ROUTE-03", "RTG-ROUTE-04", "RTG-ROUTE-05", "RTG-ROUTE-06", "RTG-ROUTE-07")
def update_action(given: Given) -> bool:
    """A retraction never makes a route and always retracts one; an unfeasible Update of the same source
    leaves the selected route alone; every other one is taken into the table.
    """
    known = given.choice("known", (None, *_IDS[:2]))
    action, metric, selected, feasible = _action(given, known, _IDS[0], _IDS[2])
    if metric == INFINITY:
        return action is (Action.IGNORE if known is None else Action.RETRACT)
    if known is None:
        return action is Action.CREATE
    spoils = selected and not feasible and known == _IDS[0]
    return action is (Action.IGNORE if spoils else Action.REPLACE)


@theorem("update/own-source", "RTG-ROUTE-05")
def own_source(given: Given) -> bool:
    """An Update that names ourselves as its source never makes a route, whatever its metric."""
    known = given.choice("known", (None, *_IDS[:2]))
    action, _, _, _ = _action(given, known, _IDS[0], _IDS[0])
    return action is (Action.IGNORE if known is None else Action.RETRACT)


@theorem("update/room", "RTG-HOST-05")
def room(given: Given) -> bool:
    """Tables that are within their bounds stay so when one more route is made."""
    routes, theirs = given.integer("routes", 0, TIME), given.integer("of_neighbour", 0, TIME)
    most, most_theirs = given.integer("most", 0, TIME), given.integer("most_of_neighbour", 0, TIME)
    may = acquisition.has_room(routes, theirs, most, most_theirs)
    return may == all_of(routes + 1 <= most, theirs + 1 <= most_theirs)


def _selected(given: Given, name: str, router_id: bytes) -> Selected:
    price = given.optional(f"{name}_price", lambda: given.integer(f"{name}_price", 0, 0xFFFF))
    return Selected(router_id, any_metric(given, f"{name}_metric"), price, price is None or price != 0xFFFF)


@theorem("telling/urgency", "RTG-TRIG-01", "RTG-TRIG-05")
def urgency(given: Given) -> bool:
    """A lost prefix and a new source are told until everybody knows, a new prefix soon, and what was not and
    is not announced never.
    """
    old = given.optional("old", lambda: _selected(given, "old", _IDS[0]))
    new = given.optional("new", lambda: _selected(given, "new", given.choice("source", _IDS[:2])))
    told = update_policy.urgency(old, new)
    if new is None:
        return told is (Urgency.NONE if old is None else Urgency.RELIABLE)
    if old is None:
        return told is Urgency.URGENT
    return (told is Urgency.RELIABLE) == (old.router_id != new.router_id)


@theorem("telling/significant", "RTG-TRIG-07", "RTG-TRIG-08")
def significant(given: Given) -> bool:
    """A metric is told anew exactly when it changes by half of what it was, and by 128 at least."""
    old, new = any_metric(given, "old"), any_metric(given, "new")
    moved = abs(new - old)
    return update_policy.is_significant(old, new) == all_of(2 * moved >= old, moved >= 128)


@theorem("telling/bounded-error", "RTG-TRIG-08")
def bounded_error(given: Given) -> bool:
    """What neighbours believe of a metric without being told is off by less than half of it, or less than
    128.
    """
    old, new = any_metric(given, "old"), any_metric(given, "new")
    given.assume(not update_policy.is_significant(old, new), "the change is not told")
    return 2 * abs(new - old) < max(old, 256)


@theorem("telling/price", "PRICE-TRIG-01", "PRICE-TRIG-02")
def price(given: Given) -> bool:
    """A price is told at once when it changes by half, comes to be named or ceases to be, or comes for sale
    or off it; and never when nothing changes.
    """
    old, new = _selected(given, "old", _IDS[0]), _selected(given, "new", _IDS[0])
    told = update_policy.is_significant_price(old, new)
    if (old.price is None) != (new.price is None):
        return told
    if old.price is None or new.price is None:
        return not told
    halved = all_of(2 * abs(new.price - old.price) >= old.price, new.price != old.price)
    off_or_on = (old.price == 0xFFFF) != (new.price == 0xFFFF)
    return told == (True if off_or_on else halved)


@theorem("telling/everything", "RTG-TRIG-08", "PRICE-TRIG-01")
def everything(given: Given) -> bool:
    """A route of the same source is told anew exactly when its metric or its price changes significantly."""
    old = Selected(
        _IDS[0], any_metric(given, "old_metric"), given.integer("old_price", 0, 0xFFFE), True, UNKNOWN
    )
    new = Selected(
        _IDS[0], any_metric(given, "new_metric"), given.integer("new_price", 0, 0xFFFE), True, UNKNOWN
    )
    metric = update_policy.is_significant(old.metric, new.metric)
    told = metric or update_policy.is_significant_price(old, new)
    return update_policy.urgency(old, new) is (Urgency.ORDINARY if told else Urgency.NONE)


@theorem("telling/copies", "RTG-TRIG-03")
def copies(given: Given) -> bool:
    """An urgent Update is sent at most as often as it may be."""
    sent, most = given.integer("sent", 0, 100), given.integer("most", 1, 100)
    return not update_policy.may_copy_again(sent, most) or sent + 1 <= most


@theorem("hold/over", "RTG-HOLD-02", "RTG-HOLD-03")
def hold_over(given: Given) -> bool:
    """A lost prefix is held for the minimum time at least, and from then on until it has expired or all have
    acknowledged.
    """
    expired, waiting = given.boolean("expired"), given.integer("waiting_for", 0, 1000)
    age, minimum = given.integer("age", 0, TIME), given.integer("minimum", 0, TIME)
    over = hold.is_over(expired=bool(expired), waiting_for=waiting, age=age, minimum=minimum)
    if age < minimum:
        return not over
    return over == (True if expired else waiting == 0)


@theorem("hold/may-use-us", "RTG-HOLD-03")
def may_use_us(given: Given) -> bool:
    """Of the neighbours that there were, exactly those may still use us that have neither acknowledged the
    retraction nor retracted the prefix themselves, whether they can be heard or not.
    """
    acknowledged, retracted = given.boolean("acknowledged"), given.boolean("retracted")
    return bool(hold.may_use_us(acknowledged, retracted)) == bool(not (acknowledged or retracted))


@theorem("hold/must-be-told", "RTG-HOLD-04")
def must_be_told(given: Given) -> bool:
    """The hold waits for exactly those neighbours that hear us and have not retracted the prefix
    themselves.
    """
    reachable, retracted = given.boolean("reachable"), given.boolean("retracted_it_too")
    return bool(hold.must_be_told(reachable, retracted)) == bool(reachable and not retracted)


@theorem("asking/answer", "RTG-SREQ-03", "RTG-SREQ-04", "RTG-SREQ-06", "RTG-SREQ-07", "RTG-SREQ-24")
def answer(given: Given) -> bool:
    """A request is answered exactly when what is announced satisfies it; otherwise only the router that it
    names raises its number, and the others pass it on while it has hops left.
    """
    own, wanted = _IDS[0], given.choice("wanted_id", _IDS[:2])
    known = given.optional(
        "known", lambda: Known(given.choice("known_id", _IDS[:2]), any_seqno(given, "known_seqno"))
    )
    number, hops = any_seqno(given, "wanted"), given.integer("hop_count", 0, 255)
    said = seqno_request.answer(known, own, wanted, number, hops)
    if known is None:
        return said is Answer.IGNORE
    if seqno_request.satisfies(known, wanted, number):
        return said is Answer.UPDATE
    if wanted == own:
        return said is Answer.INCREMENT
    return said is (Answer.FORWARD if hops >= 2 else Answer.IGNORE)


@theorem("asking/satisfies", "RTG-SREQ-03")
def satisfies(given: Given) -> bool:
    """A request is satisfied by another router-id, by its own seqno, and by any newer one."""
    number, steps = any_seqno(given, "wanted"), given.integer("steps", 0, (1 << 15) - 1)
    newer = Known(_IDS[0], seqno.plus(number, steps))
    older = Known(_IDS[0], seqno.plus(number, -1 - given.integer("steps_back", 0, (1 << 15) - 2)))
    return (
        seqno_request.satisfies(newer, _IDS[0], number)
        and not seqno_request.satisfies(older, _IDS[0], number)
        and seqno_request.satisfies(older, _IDS[1], number)
    )


@theorem("asking/wanted", "RTG-STARV-04", "RTG-FEAS-05")
def wanted(given: Given) -> bool:
    """What a starving router asks for is newer than its feasibility distance, so that the answer is
    feasible.
    """
    known = any_seqno(given, "feasibility_seqno")
    return seqno.less(known, seqno_request.wanted_seqno(known))


@theorem("asking/increment", "RTG-SREQ-05")
def increment(given: Given) -> bool:
    """A request, however far ahead, raises the number by one, which is newer than what anybody has heard."""
    own = any_seqno(given, "own")
    raised = seqno_request.incremented(own)
    return seqno.less(own, raised) and seqno.difference(raised, own) == 1


@theorem("asking/redundant", "RTG-SREQ-12")
def redundant(given: Given) -> bool:
    """A request is not passed on again exactly when one for no less was passed on recently."""
    number, forwarded = any_seqno(given, "wanted"), any_seqno(given, "forwarded")
    age, memory = given.integer("age", 0, TIME), given.integer("memory", 0, TIME)
    is_redundant = seqno_request.is_redundant(number, forwarded, age, memory)
    return bool(is_redundant) == bool(age <= memory and not seqno.less(forwarded, number))


@theorem("asking/whom", "RTG-SREQ-07", "RTG-SREQ-08", "RTG-SREQ-15", "RTG-SREQ-16")
def whom(given: Given) -> bool:
    """A request is passed on to one neighbour, never to who sent it, and to a feasible one before any that is
    not.
    """
    hops = [
        NextHop(
            neighbour,
            bool(given.boolean(f"requester_{number}")),
            bool(given.boolean(f"feasible_{number}")),
            any_metric(given, f"metric_{number}"),
        )
        for number, neighbour in enumerate(NEIGHBOURS[:2])
    ]
    chosen = seqno_request.forward_to(hops)
    others = [one for one in hops if not one.is_requester]
    if chosen is None:
        return not others
    if chosen.is_requester:
        return False
    return all(chosen.feasible or not one.feasible for one in others) and all_of(
        *(chosen.metric <= one.metric for one in others if one.feasible == chosen.feasible)
    )


@theorem("asking/worth", "RTG-STARV-10", "RTG-STARV-11")
def worth(given: Given) -> bool:
    """Only an unfeasible Update calls for a request, and only one for the selected route or a better one."""
    feasible, selected = given.boolean("feasible"), given.boolean("is_selected")
    metric, other = any_metric(given, "metric"), any_metric(given, "selected_metric")
    asks = seqno_request.is_worth_asking(feasible, selected, metric, other)
    return bool(asks) == bool(not feasible and (selected or metric < other))


@theorem("asking/preference-pause", "PRICE-STARV-02")
def preference_pause(given: Given) -> bool:
    """Requests for a mere preference keep a pause, which doubles with each up to its bound."""
    first, longest = given.integer("first_pause", 1, TIME), given.integer("longest_pause", 1, TIME)
    given.assume(first <= longest, "the first pause is not above the longest")
    at, now = given.integer("at", 0, TIME), given.integer("now", 0, TIME)
    pause = given.integer("pause", 1, TIME)
    given.assume(all_of(first <= pause, pause <= longest), "the pause is one of the rule's")
    last = Asked(at, pause, NEIGHBOURS[0])
    after = preference_request.after_asking(last, NEIGHBOURS[1], now, first, longest)
    kept = preference_request.may_ask(last, now) == (now - at >= pause)
    return all_of(
        kept, after.pause >= pause, after.pause <= longest, after.pause <= 2 * pause, after.at == now
    )


@theorem("ihu/with-hello", "RTG-IHU-02", "RTG-IHU-04")
def with_hello(given: Given) -> bool:
    """On a lossy link every Hello takes an IHU along, and on a lossless one every third at the latest."""
    lossy, without = given.boolean("lossy"), given.integer("hellos_without", 0, 1000)
    hello, interval = (
        given.integer("hello_interval", 1, _INTERVALS),
        given.integer("ihu_interval", 1, _INTERVALS),
    )
    goes = ihu.goes_with_hello(lossy, without, hello, interval)
    due = without >= 2 or without + 1 >= interval // hello
    return bool(goes) == bool(lossy or due)


@theorem("ihu/lossy", "RTG-IHU-04")
def lossy(given: Given) -> bool:
    """A link is lossless exactly when the last four Hellos have come."""
    history = HelloHistory(received=given.bits("history", 16))
    return ihu.is_lossy(history) == (history.received & 15 != 15)


@theorem("splitting/horizon", "RTG-SPLIT-01")
def horizon(given: Given) -> bool:
    """Split horizon keeps back exactly what was learned over the same interface, where it is in place."""
    enabled, over = given.boolean("enabled"), given.choice("over", (None, "eth0", "eth1"))
    kept = split_horizon.suppresses(enabled, over, "eth0")
    return bool(kept) == bool(enabled and over == "eth0")


@theorem("timing/hold", "RTG-IHU-11", "RTG-ROUTE-11")
def hold_time(given: Given) -> bool:
    """What was heard is believed for exactly three and a half announced intervals; an interval of 0 counts as
    1.
    """
    interval = given.integer("interval", 0, _INTERVALS)
    return 2 * timing.hold_time(interval) == 7 * 10_000 * max(interval, 1)


@theorem("timing/never-late", "RTG-HELLO-04", "RTG-ADV-06", "RTG-SEND-04")
def never_late(given: Given) -> bool:
    """Scheduled Hellos and full updates leave before the announced interval is over, spread over an eighth of
    it.
    """
    interval = given.integer("interval", 1, _INTERVALS)
    least, most = timing.periodic_delay(interval)
    announced = interval * 10_000
    return all_of(least > 0, least < most, most < announced, abs(8 * (most - least) - announced) <= 8)


@theorem("timing/refresh", "RTG-STARV-12")
def refresh(given: Given) -> bool:
    """A selected route that is not repeated is asked for twice, in this order, before it expires."""
    held = timing.hold_time(given.integer("interval", 0, _INTERVALS))
    first, second = timing.refresh_times(held)
    return all_of(first > 0, first < second, second < held)


@theorem("timing/resend", "RTG-STARV-09")
def resend(given: Given) -> bool:
    """Each resend is waited for twice as long as the one before."""
    timeout, resends = given.integer("timeout", 1, TIME), given.choice("resends", range(8))
    before = timing.resend_timeout(timeout, resends)
    return timing.resend_timeout(timeout, resends + 1) == 2 * before and before >= timeout


@theorem("timing/acknowledgment", "RTG-ACK-08")
def acknowledgment(given: Given) -> bool:
    """An Acknowledgment waits for at most a quarter of what the request allows, and for at most half of the
    urgent timeout.
    """
    interval, urgent = given.integer("interval", 1, _INTERVALS), given.integer("urgent", 0, TIME)
    least, most = timing.acknowledgment_delay(interval, urgent)
    return all_of(least == 0, 4 * most <= interval * 10_000, 2 * most <= urgent)


@witness("telling/unsaid", "RTG-TRIG-08")
def unsaid(given: Given) -> bool:
    """Small changes add up unsaid: a metric may double in steps none of which is significant."""
    steps = [any_metric(given, f"step_{number}") for number in range(4)]
    small = [not update_policy.is_significant(old, new) for old, new in pairwise(steps)]
    return all(small) and steps[0] >= 256 and steps[3] >= 2 * steps[0] and steps[3] < INFINITY


@theorem("telling/nothing-new", "RTG-TRIG-08")
def nothing_new(given: Given) -> bool:
    """A metric that stays as it is is never told anew."""
    metric = any_metric(given, "metric")
    return implies(True, not update_policy.is_significant(metric, metric))
