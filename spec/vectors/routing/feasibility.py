# SPDX-License-Identifier: MIT
"""Vectors for sequence numbers and the feasibility condition."""

from typing import Final

from althea_spec.reference.routing import feasibility, seqno
from althea_spec.reference.routing.constants import INFINITY, SEQNO_MODULUS
from althea_spec.reference.routing.feasibility import Distance

from ..draw import Draw
from ..family import Arguments, Family

_HALF: Final = SEQNO_MODULUS // 2
_SEQNOS: Final = (0, 1, 2, _HALF - 1, _HALF, _HALF + 1, SEQNO_MODULUS - 1)


def _distance(draw: Draw, around: int) -> Distance:
    return Distance((around + draw.integer(0, 3) - 1) % SEQNO_MODULUS, draw.integer(0, INFINITY))


def _pair(draw: Draw) -> tuple[Distance, Distance]:
    around = draw.integer(0, SEQNO_MODULUS - 1)
    first, second = _distance(draw, around), _distance(draw, around)
    return first, Distance(second.seqno, min(draw.near(first.metric), INFINITY)) if draw.truth() else second


def _two(draw: Draw) -> Arguments:
    first, second = _pair(draw)
    return {"first": first, "second": second}


def _offered(draw: Draw) -> Arguments:
    first, second = _pair(draw)
    return {"offered": first, "feasibility": second}


def _sent(draw: Draw) -> Arguments:
    first, second = _pair(draw)
    return {"sent": first, "feasibility": second}


_EQUAL: Final = Distance(7, 100)
_DISTANCES: Final = (
    _EQUAL,
    Distance(7, 99),
    Distance(7, 101),
    Distance(8, 100),
    Distance(8, 101),
    Distance(6, 0),
    Distance(7 + _HALF, 0),
    Distance(6, INFINITY),
    Distance(7, INFINITY),
)

FAMILIES: Final = (
    Family(
        id="seqno/plus",
        requirements=("RTG-SEQ-01",),
        function=seqno.plus,
        grid={"seqno": _SEQNOS, "steps": (0, 1, -1, _HALF, SEQNO_MODULUS)},
    ),
    Family(
        id="seqno/less",
        requirements=("RTG-SEQ-01",),
        function=seqno.less,
        grid={"first": _SEQNOS, "second": _SEQNOS},
        draw=lambda draw: {"first": draw.integer(0, 65535), "second": draw.integer(0, 65535)},
    ),
    Family(
        id="seqno/difference",
        requirements=("RTG-HIST-01",),
        function=seqno.difference,
        grid={"later": _SEQNOS, "earlier": _SEQNOS},
    ),
    Family(
        id="feasibility/is-better",
        requirements=("RTG-FEAS-01", "RTG-FEAS-05"),
        function=feasibility.is_better,
        grid={"first": _DISTANCES, "second": (_EQUAL,)},
        draw=_two,
    ),
    Family(
        id="feasibility/is-feasible",
        requirements=("RTG-FEAS-01", "RTG-FEAS-02", "RTG-FEAS-03", "RTG-FEAS-04"),
        function=feasibility.is_feasible,
        cases={"no-source-entry": {"offered": _EQUAL, "feasibility": None}},
        grid={"offered": _DISTANCES, "feasibility": (_EQUAL,)},
        draw=_offered,
    ),
    Family(
        id="feasibility/after-sending",
        requirements=("RTG-FD-03",),
        function=feasibility.after_sending,
        cases={"no-source-entry": {"sent": _EQUAL, "feasibility": None}},
        grid={"sent": _DISTANCES, "feasibility": (_EQUAL,)},
        draw=_sent,
    ),
)
