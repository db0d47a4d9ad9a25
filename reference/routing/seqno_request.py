# SPDX-License-Identifier: MIT
"""Answering, forwarding and making Seqno Requests (RFC 8966 sections 3.8.1.2 and 3.8.2)."""

from collections.abc import Sequence
from enum import Enum, auto

from attrs import frozen

from . import seqno as seqnos
from .messages import RouterId
from .neighbours import NeighbourKey


class Answer(Enum):
    """What to do with a Seqno Request."""

    IGNORE = auto()
    UPDATE = auto()
    """Send an Update for the prefix."""
    INCREMENT = auto()
    """Increase our own seqno by one, then send an Update."""
    FORWARD = auto()


@frozen
class Known:
    """The selected route for the requested prefix, or our own prefix; its metric is finite."""

    router_id: RouterId
    seqno: int


def satisfies(known: Known, router_id: RouterId, seqno: int) -> bool:
    """Whether this is what the request is after: another router-id, or a seqno that is not older.

    Requirement: RTG-SREQ-03
    """
    return known.router_id != router_id or not seqnos.less(known.seqno, seqno)


def answer(
    known: Known | None, own_router_id: RouterId, router_id: RouterId, seqno: int, hop_count: int
) -> Answer:
    """Decide on a request for a prefix that is announced as ``known`` (``None``: it is not).

    Requirement: RTG-SREQ-03, RTG-SREQ-04, RTG-SREQ-06, RTG-SREQ-07, RTG-SREQ-24
    """
    if known is None:
        return Answer.IGNORE
    if satisfies(known, router_id, seqno):
        return Answer.UPDATE
    if router_id == own_router_id:
        return Answer.INCREMENT
    return Answer.FORWARD if hop_count >= 2 else Answer.IGNORE


@frozen
class NextHop:
    """A neighbour with a finite route to the requested prefix."""

    neighbour: NeighbourKey
    is_requester: bool
    feasible: bool
    metric: int


def forward_to(next_hops: Sequence[NextHop]) -> NextHop | None:
    """The one neighbour that a request is forwarded to, never the one it came from.

    Feasible routes first, then unfeasible ones; the smallest metric among each.

    Requirement: RTG-SREQ-07, RTG-SREQ-08, RTG-SREQ-15, RTG-SREQ-16
    """
    others = [one for one in next_hops if not one.is_requester]
    return min(others, key=lambda one: (not one.feasible, one.metric), default=None)


def is_redundant(seqno: int, forwarded_seqno: int, age: int, memory: int) -> bool:
    """Whether a request of the same prefix and router-id that asked for no less was forwarded recently.

    ``age`` and ``memory`` are microseconds.

    Requirement: RTG-SREQ-12
    """
    return age <= memory and not seqnos.less(forwarded_seqno, seqno)


def wanted_seqno(feasibility_seqno: int) -> int:
    """What to ask for: one more than in the source table (section 3.8.2.1).

    Requirement: RTG-STARV-04
    """
    return seqnos.plus(feasibility_seqno, 1)


def incremented(own_seqno: int) -> int:
    """Our seqno after a request for a newer one: one more, however far ahead the request is.

    Requirement: RTG-SREQ-05
    """
    return seqnos.plus(own_seqno, 1)


def is_starved(selected: bool, unfeasible_left: int) -> bool:
    """Whether a prefix has lost all its feasible routes while unexpired unfeasible ones are left (section
    3.8.2.1).

    Requirement: RTG-STARV-02
    """
    return not selected and unfeasible_left > 0


def is_worth_asking(feasible: bool, is_selected: bool, metric: int, selected_metric: int) -> bool:
    """Whether an unfeasible Update calls for a request to its sender (section 3.8.2.2).

    It does when it came for the selected route, or when it would beat the selected one (65535: there is
    none).

    Requirement: RTG-STARV-10, RTG-STARV-11
    """
    return not feasible and (is_selected or metric < selected_metric)
