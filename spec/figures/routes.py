# SPDX-License-Identifier: MIT
"""Figures of routes: feasibility, what is told of a change, what is answered to a request, and holds."""

from typing import Final

from attrs import evolve

from althea_spec.reference.routing import feasibility, hold, seqno, seqno_request, update_policy
from althea_spec.reference.routing.constants import INFINITY
from althea_spec.reference.routing.feasibility import Distance
from althea_spec.reference.routing.seqno_request import Known
from althea_spec.reference.routing.update_policy import Selected

from .drawing import Figure, table
from .links import finite

_A, _B = b"\x02" + bytes(6) + b"\x01", b"\x02" + bytes(6) + b"\x02"


def circle() -> str:
    """Which of two seqnos is older."""
    shown = (0, 1, 32767, 32768, 32769, 65535)
    rows = [(f"**{first}**", *(seqno.less(first, second) for second in shown)) for first in shown]
    return table(("is older than", *map(str, shown)), rows)


def feasible() -> str:
    """Updates against a feasibility distance of seqno 7 and metric 100."""
    known = Distance(7, 100)
    rows = []
    for offered in (
        Distance(7, 99),
        Distance(7, 100),
        Distance(7, 101),
        Distance(8, 5000),
        Distance(6, 1),
        Distance((7 + 32768) % 65536, 1),
        Distance(6, INFINITY),
    ):
        is_feasible = feasibility.is_feasible(offered, known)
        first = feasibility.is_feasible(offered, None)
        rows.append((offered.seqno, finite(offered.metric), is_feasible, first))
    return table(("seqno", "metric", "feasible", "feasible without a source entry"), rows)


def after_sending() -> str:
    """The feasibility distance after each of a row of Updates that are sent."""
    known: Distance | None = None
    rows = []
    for sent in (Distance(7, 100), Distance(7, 250), Distance(7, 90), Distance(8, 300), Distance(8, 120)):
        known = feasibility.after_sending(sent, known)
        rows.append((f"({sent.seqno}, {sent.metric})", f"({known.seqno}, {known.metric})"))
    return table(("sent", "feasibility distance"), rows)


_OLD: Final = Selected(_A, 1000)


def urgency() -> str:
    """How soon a change of the selected route is told."""
    changes: tuple[tuple[str, Selected | None, Selected | None], ...] = (
        ("a first route", None, _OLD),
        ("the route is lost", _OLD, None),
        ("another router-id", _OLD, evolve(_OLD, router_id=_B)),
        ("metric 1000 to 1499", _OLD, evolve(_OLD, metric=1499)),
        ("metric 1000 to 1500", _OLD, evolve(_OLD, metric=1500)),
        ("metric 1000 to 500", _OLD, evolve(_OLD, metric=500)),
        ("metric 100 to 227", evolve(_OLD, metric=100), evolve(_OLD, metric=227)),
        ("metric 100 to 228", evolve(_OLD, metric=100), evolve(_OLD, metric=228)),
        ("price 10 to 14", evolve(_OLD, price=10), evolve(_OLD, price=14)),
        ("price 10 to 15", evolve(_OLD, price=10), evolve(_OLD, price=15)),
        ("not for sale any more", evolve(_OLD, price=10), evolve(_OLD, price=10, for_sale=False)),
    )
    rows = [(what, update_policy.urgency(old, new).name.lower()) for what, old, new in changes]
    return table(("change", "urgency"), rows)


def answers() -> str:
    """What is done with a Seqno Request for seqno 8 of router A."""
    situations: tuple[tuple[str, Known | None, bytes], ...] = (
        ("no route", None, _B),
        ("route of A, seqno 7", Known(_A, 7), _B),
        ("route of A, seqno 8", Known(_A, 8), _B),
        ("route of A, seqno 9", Known(_A, 9), _B),
        ("route of another router", Known(_B, 1), _B),
        ("own prefix, seqno 7, and A is we", Known(_A, 7), _A),
    )
    rows = [
        (what, *(seqno_request.answer(known, own, _A, 8, hops).name.lower() for hops in (1, 2)))
        for what, known, own in situations
    ]
    return table(("what is known", "hop count 1", "hop count 2 or more"), rows)


def holds() -> str:
    """When a lost prefix is no longer held."""
    rows = []
    for age in (999, 1000):
        for waiting in (1, 0):
            over = (
                hold.is_over(expired=expired, waiting_for=waiting, age=age, minimum=1000)
                for expired in (False, True)
            )
            reached = "reached" if age >= 1000 else "not reached"
            rows.append((reached, "some" if waiting else "none", *over))
    return table(
        ("shortest hold", "neighbours that have not acknowledged", "over", "over when the route has expired"),
        rows,
    )


FIGURES: Final[dict[str, Figure]] = {
    "seqno/circle": circle,
    "feasibility/feasible": feasible,
    "feasibility/after-sending": after_sending,
    "updates/urgency": urgency,
    "requests/answers": answers,
    "hold/over": holds,
}
