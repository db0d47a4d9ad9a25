# SPDX-License-Identifier: GPL-2.0-only
"""Seqno Requests that come, that go through, and that start here."""

from althea_spec.reference.routing.config import Limits
from althea_spec.reference.routing.events import InterfaceDown
from althea_spec.reference.routing.feasibility import Distance
from althea_spec.reference.routing.messages import RouterId, SeqnoRequest, Update

from .machine import (
    ORIGIN,
    OTHER_ORIGIN,
    OWN_ID,
    OWN_PREFIX,
    PREFIX,
    SECOND,
    Machine,
    Peer,
    Sent,
    machine,
    prefixes,
)


def requests(router: Machine) -> list[Sent]:
    return [one for one in router.sent if isinstance(one.message, SeqnoRequest)]


def ask(
    peer: Peer, seqno: int, router_id: RouterId = ORIGIN, hop_count: int = 64, prefix: object = PREFIX
) -> None:
    peer.say(SeqnoRequest(prefix, seqno % 65536, hop_count, router_id))


def chain() -> tuple[Machine, Peer, Peer]:
    """A router that has a route by a, and somebody who asks on b."""
    router = machine("abc")
    peer, asking = router.peer("a", 2), router.peer("b", 3)
    peer.announce(metric=100)
    router.run(1)
    router.mark()
    return router, peer, asking


def test_our_own_seqno_grows_by_one_for_each_newer_one_asked_for() -> None:
    router = machine(originates=(OWN_PREFIX,))
    asking = router.peer("a", 2)
    own = router.router.state.seqno
    router.run(1)
    for wanted, expected in ((own + 200, own + 1), (own + 1, own + 1), (own, own + 1), (own + 2, own + 2)):
        router.mark()
        started = router.now
        ask(asking, wanted, OWN_ID, prefix=OWN_PREFIX)
        router.run(0.3)
        (answer,) = [one for one in router.sent if isinstance(one.message, Update)]
        assert answer.message.seqno == expected % 65536
        assert answer.destination == asking.address
        assert answer.time - started <= 200_000


def test_what_we_have_is_answered_and_what_we_do_not_is_not() -> None:
    router, _, asking = chain()
    for seqno, router_id in ((10, ORIGIN), (9, ORIGIN), (60, OTHER_ORIGIN)):
        router.mark()
        ask(asking, seqno, router_id)
        router.run(0.3)
        assert [(one.seqno, one.metric) for one in router.updates()] == [(10, 196)]
    router.mark()
    ask(asking, 1, prefix=OWN_PREFIX)
    router.run(3)
    assert router.updates(OWN_PREFIX) == []
    assert requests(router) == []


def test_a_request_is_forwarded_once_to_one_neighbour_and_its_answer_comes_back() -> None:
    router, peer, asking = chain()
    started = router.now
    ask(asking, 11, hop_count=5)
    ask(asking, 11, hop_count=5)
    router.run(1)
    (sent,) = requests(router)
    assert sent.message == SeqnoRequest(PREFIX, 11, 4, ORIGIN)
    assert sent.destination == peer.address
    assert sent.time - started <= 200_000
    started = router.now
    peer.announce(metric=100, seqno=11)
    router.run(0.3)
    answers = [one for one in router.sent if isinstance(one.message, Update) and one.message.seqno == 11]
    assert [one.destination for one in answers] == [asking.address]
    assert answers[0].time - started <= 200_000
    assert len(router.router.state.requests) == 0


def test_two_who_ask_for_the_same_both_get_the_answer() -> None:
    router, peer, asking = chain()
    other = router.peer("c", 4)
    ask(asking, 11)
    ask(other, 11)
    router.run(0.3)
    assert len(requests(router)) == 1
    peer.announce(metric=100, seqno=11)
    router.run(0.3)
    got = {
        one.destination for one in router.sent if isinstance(one.message, Update) and one.message.seqno == 11
    }
    assert {asking.address, other.address} <= got


def test_requests_about_two_sources_are_both_forwarded() -> None:
    router, peer, asking = chain()
    ask(asking, 11)
    peer.announce(metric=100, router_id=OTHER_ORIGIN, seqno=3)
    ask(asking, 4, OTHER_ORIGIN)
    router.run(0.5)
    assert {one.message.router_id for one in requests(router)} == {ORIGIN, OTHER_ORIGIN}


def test_a_lost_request_is_forwarded_again_when_it_is_resent() -> None:
    router, _, asking = chain()
    for expected in (1, 2, 3):
        ask(asking, 11)
        router.run(2)
        assert len(requests(router)) == expected


def test_a_forwarded_request_is_forgotten_when_nobody_answers() -> None:
    router, peer, asking = chain()
    ask(asking, 11)
    router.run(1)
    assert len(router.router.state.requests) == 1
    router.run(30)
    assert len(router.router.state.requests) == 0
    peer.announce(metric=100, seqno=11)
    router.mark()
    router.run(0.3)
    assert asking.address not in {one.destination for one in router.sent}


def test_no_hops_left_or_nobody_else_means_no_forwarding() -> None:
    router, peer, asking = chain()
    ask(asking, 11, hop_count=1)
    ask(peer, 11)
    router.run(3)
    assert requests(router) == []


def test_from_the_next_hop_itself_it_goes_to_another_even_unfeasible_one() -> None:
    router, peer, _ = chain()
    other = router.peer("c", 4)
    other.announce(metric=900)
    router.mark()
    ask(peer, 11)
    router.run(0.5)
    assert [one.destination for one in requests(router)] == [other.address]


def test_starvation_asks_everybody_with_an_unfeasible_route_again_and_again_then_stops() -> None:
    router, peer, asking = chain()
    other = router.peer("c", 4)
    asking.announce(metric=900, interval=60_000)
    other.announce(metric=800, interval=60_000)
    router.run(3)
    router.mark()
    started = router.now
    peer.retract()
    router.run(60)
    for target in (asking, other):
        sent = [one for one in requests(router) if one.destination == target.address]
        assert {one.message for one in sent} == {SeqnoRequest(PREFIX, 11, 64, ORIGIN)}
        seconds = [round((one.time - started) / SECOND) for one in sent]
        assert seconds == [0, 2, 6, 14]
    assert len(router.router.state.requests) == 0
    assert router.forwarding.get(PREFIX) is None


def test_starvation_ends_with_a_newer_seqno() -> None:
    router, peer, asking = chain()
    asking.announce(metric=900)
    router.run(3)
    peer.retract()
    router.run(1)
    asking.announce(metric=900, seqno=11)
    assert router.forwarding[PREFIX] == ("b", asking.address)
    router.mark()
    router.run(20)
    assert requests(router) == []


def test_a_starving_prefix_is_asked_about_by_the_source_that_is_left_too() -> None:
    router, peer, asking = chain()
    peer.announce(metric=100, router_id=OTHER_ORIGIN, seqno=50)
    router.run(1)
    asking.announce(metric=900, router_id=ORIGIN)
    router.run(3)
    router.mark()
    peer.retract()
    router.run(0.5)
    assert {(one.message.router_id, one.message.seqno) for one in requests(router)} == {
        (ORIGIN, 11),
        (OTHER_ORIGIN, 51),
    }


def test_without_any_route_left_nobody_is_asked() -> None:
    router, peer, _ = chain()
    peer.retract()
    router.run(20)
    assert requests(router) == []


def test_an_unfeasible_update_for_the_selected_route_is_answered_by_a_request() -> None:
    router, peer, _ = chain()
    peer.announce(metric=500)
    router.run(0.5)
    (sent,) = requests(router)
    assert (sent.destination, sent.message) == (peer.address, SeqnoRequest(PREFIX, 11, 64, ORIGIN))
    router.mark()
    peer.announce(metric=100, seqno=11)
    router.run(20)
    assert requests(router) == []


def test_an_unfeasible_update_that_would_win_is_answered_by_a_request_and_one_that_would_not_is_not() -> None:
    router = machine("ab")
    peer, other = router.peer("a", 2), router.peer("b", 3)
    other.announce(metric=0)
    router.run(1)
    other.retract()
    peer.announce(metric=1_000, seqno=10, router_id=OTHER_ORIGIN)
    router.run(1)
    router.mark()
    other.announce(metric=2_000)
    router.run(1)
    assert requests(router) == []
    other.announce(metric=200)
    router.run(1)
    (sent,) = requests(router)
    assert (sent.destination, sent.message) == (other.address, SeqnoRequest(PREFIX, 11, 64, ORIGIN))


def test_our_own_prefix_is_nobody_elses_to_ask_about() -> None:
    router, peer, asking = chain()
    router.router.state.originated[PREFIX] = None
    peer.announce(metric=5_000)
    asking.announce(metric=5_000)
    router.run(1)
    assert requests(router) == []


def test_a_full_table_of_requests_drops_the_new_ones() -> None:
    router = machine(limits=Limits(requests=2))
    peer, asking = router.peer("a", 2), router.peer("b", 3)
    for one in prefixes(5):
        peer.announce(one, metric=100)
    router.run(1)
    router.mark()
    for one in prefixes(5):
        ask(asking, 11, prefix=one)
        peer.announce(one, metric=600)
    router.run(1)
    assert len(router.router.state.requests) == 2
    assert len({one.message.prefix for one in requests(router)}) == 2


def test_so_many_requesters_are_remembered_and_no_more() -> None:
    router = machine("abc", limits=Limits(requesters=1))
    peer, asking, other = router.peer("a", 2), router.peer("b", 3), router.peer("c", 4)
    peer.announce(metric=100)
    router.run(1)
    ask(asking, 11)
    ask(other, 11)
    router.run(1)
    router.mark()
    peer.announce(metric=100, seqno=11)
    router.run(0.3)
    assert [one.destination for one in router.sent if isinstance(one.message, Update)] == [asking.address]


def test_asking_for_more_starts_anew_and_the_answer_ends_it() -> None:
    """What was announced meanwhile is newer than what is being asked for."""
    router, peer, asking = chain()
    asking.announce(metric=900, interval=60_000)
    router.run(3)
    peer.announce(metric=100, seqno=12)
    router.run(20)  # 12 has been announced
    router.mark()
    peer.announce(metric=500, seqno=12)  # unfeasible: asked for 13
    peer.retract()
    router.run(0.5)
    assert {(one.destination, one.message.seqno) for one in requests(router)} == {
        (peer.address, 13),
        (asking.address, 13),
    }
    asking.announce(metric=900, seqno=13)
    assert len(router.router.state.requests) == 0


def test_a_newer_distance_changes_what_a_starving_router_asks_for() -> None:
    router, peer, asking = chain()
    asking.announce(metric=900, interval=60_000)
    router.run(3)
    router.mark()
    peer.retract()
    router.run(1)
    state = router.router.state
    state.sources.on_sent(PREFIX, ORIGIN, Distance(20, 5))
    asking.announce(metric=900, seqno=10)
    router.run(0.9)
    assert [one.message.seqno for one in requests(router)] == [11, 21]


def test_a_target_that_is_gone_is_not_asked_again() -> None:
    router, peer, asking = chain()
    asking.announce(metric=900, interval=60_000)
    router.run(3)
    peer.retract()
    router.run(1)
    router.step(InterfaceDown("b"))
    router.peers.remove(asking)
    router.mark()
    router.run(40)
    assert requests(router) == []


def test_a_request_that_is_both_ours_and_forwarded_outlives_our_own_question() -> None:
    router, peer, asking = chain()
    peer.announce(metric=500)  # ours: one question, remembered for 2 s
    ask(asking, 11)
    router.run(3)
    assert len(router.router.state.requests) == 1
    router.mark()
    peer.announce(metric=100, seqno=11)
    router.run(0.3)
    assert asking.address in {one.destination for one in router.sent if isinstance(one.message, Update)}
    assert len(router.router.state.requests) == 0
