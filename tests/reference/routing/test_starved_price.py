# SPDX-License-Identifier: GPL-2.0-only
"""Exactly when a request for a new sequence number frees a cheap long route from a dear short one."""

from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.messages import SeqnoRequest
from althea_spec.reference.routing.profile import Profile

from .machine import ORIGIN, PREFIX, Machine, Peer, machine

SEQNO = 10
SHORT_METRIC, LONG_METRIC, DEAR, CHEAP = 100, 900, 500, 3


def starved() -> tuple[Machine, Peer, Peer]:
    """A router that has announced the short dear route, and has asked for the long cheap one."""
    made = machine("abc", profile=Profile.ALTHEA, weight=Weight(1, 20))
    short, cheap = made.peer("a", 5), made.peer("b", 6)
    short.announce(metric=SHORT_METRIC, seqno=SEQNO, price=DEAR)
    made.run(10)
    made.mark()
    cheap.announce(metric=LONG_METRIC, seqno=SEQNO, price=CHEAP)
    made.run(1)
    assert uses(made) == short
    assert [one.seqno for one in made.messages(SeqnoRequest, "b")] == [SEQNO + 1]
    return made, short, cheap


def uses(made: Machine) -> Peer | None:
    line = made.forwarding.get(PREFIX)
    return next((one for one in made.peers if line == (one.interface, one.address)), None)


def test_the_cheap_route_is_used_when_its_new_number_comes_first() -> None:
    made, short, cheap = starved()
    cheap.announce(metric=LONG_METRIC, seqno=SEQNO + 1, price=CHEAP)
    made.run(1)
    assert uses(made) == cheap
    short.announce(metric=SHORT_METRIC, seqno=SEQNO + 1, price=DEAR)
    made.run(40)
    assert uses(made) == cheap


def test_and_when_it_comes_second_but_before_anything_is_announced() -> None:
    made, short, cheap = starved()
    short.announce(metric=SHORT_METRIC, seqno=SEQNO + 1, price=DEAR)
    cheap.announce(metric=LONG_METRIC, seqno=SEQNO + 1, price=CHEAP)
    made.run(1)
    assert uses(made) == cheap


def test_not_once_the_short_route_has_been_announced_with_it() -> None:
    made, short, cheap = starved()
    short.announce(metric=SHORT_METRIC, seqno=SEQNO + 1, price=DEAR)
    made.run(20)
    cheap.announce(metric=LONG_METRIC, seqno=SEQNO + 1, price=CHEAP)
    made.run(1)
    assert uses(made) == short


def test_nor_when_somebody_else_has_asked_for_the_number() -> None:
    """Who has been asked must answer, and with that the short route has been announced."""
    made, short, cheap = starved()
    other = made.peer("c", 7)
    other.say(SeqnoRequest(PREFIX, SEQNO + 1, 60, ORIGIN))
    made.run(0.5)
    short.announce(metric=SHORT_METRIC, seqno=SEQNO + 1, price=DEAR)
    made.run(0.5)
    cheap.announce(metric=LONG_METRIC, seqno=SEQNO + 1, price=CHEAP)
    made.run(1)
    assert uses(made) == short
