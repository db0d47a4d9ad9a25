# SPDX-License-Identifier: GPL-2.0-only
"""What a router asks, pays and tells, among neighbours that a test plays."""

from ipaddress import ip_network
from typing import Any

import pytest

from althea_spec.reference.routing import extended_metric, price
from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.constants import TLV_HELLO
from althea_spec.reference.routing.events import DatagramReceived, Originate, SetPrice, SetWeight
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.menu import Table
from althea_spec.reference.routing.messages import Hello, PriceUnit, SeqnoRequest
from althea_spec.reference.routing.profile import Profile

from .machine import ORIGIN, OTHER_ORIGIN, OWN_PREFIX, PREFIX, SECOND, Machine, Peer, machine

UNIT = PriceUnit(10**9, 0)
OTHER_UNITS = [None, PriceUnit(10**6, 0), PriceUnit(10**9, 1)]


def priced(**config: Any) -> tuple[Machine, Peer, Peer]:
    """A router with prices, a neighbour on each of two links, and a third link to be told on."""
    router = machine("abc", profile=config.pop("profile", Profile.ALTHEA), **config)
    return router, router.peer("a", 2), router.peer("b", 3)


def used(router: Machine, prefix: Any = PREFIX) -> str | None:
    """The interface that the forwarding table sends a prefix to."""
    line = router.forwarding.get(prefix)
    return None if line is None else line[0]


# --- what is announced --------------------------------------------------------------------------------------


def test_our_price_is_added_to_what_the_neighbour_asks() -> None:
    router, peer, _ = priced(price=5)
    peer.announce(price=7)
    router.run(3)
    assert {one.price for one in router.updates(interface="c")} == {12}


def test_plain_babel_says_no_price() -> None:
    router = machine(originates=(OWN_PREFIX,))
    router.peer("a", 2).announce()
    router.run(20)
    told = router.updates(interface="b") + router.updates(OWN_PREFIX)
    assert {(one.price, one.path_rtt, one.path_delivery) for one in told} == {(None, None, None)}
    assert {one.price_unit for one in router.messages(Hello)} == {None}


@pytest.mark.parametrize(
    ("profile", "asked", "most"),
    [(Profile.ALTHEA, 65_000, 65_535), (Profile.ALTHEA_2018, 4_294_967_000, 4_294_967_295)],
)
def test_a_sum_that_does_not_fit_is_not_for_sale_and_still_a_route(
    profile: Profile, asked: int, most: int
) -> None:
    router, peer, _ = priced(price=600, profile=profile)
    peer.announce(price=asked)
    router.run(3)
    told = router.updates(interface="c")[-1]
    assert (told.price, told.metric) == (most, 96)
    assert used(router) == "a"


def test_own_prefixes_have_a_price_of_their_own() -> None:
    router, _, _ = priced(price=7, originates=(OWN_PREFIX,))
    router.run(20)
    assert {one.price for one in router.updates(OWN_PREFIX)} == {0}
    router, _, _ = priced(price=7, originated_price=40, originates=(OWN_PREFIX,))
    router.run(20)
    assert {one.price for one in router.updates(OWN_PREFIX)} == {40}


def test_own_prefixes_without_a_price_are_heard_by_plain_routers() -> None:
    """Every router between may not, because the price is in a sub-TLV that they must not overlook."""
    router, peer, _ = priced(price=7, originated_price=None, originates=(OWN_PREFIX,))
    peer.announce(price=3)
    router.run(20)
    plain = machine("ab", router_id=OTHER_ORIGIN)
    other = plain.peer("a", 9)
    for _, datagram in router.datagrams:
        if datagram.interface == "c" and datagram.payload[4] != TLV_HELLO:
            arrival = DatagramReceived("a", other.address, 6696, other.address, datagram.payload)
            plain.step(arrival)
    assert used(plain, OWN_PREFIX) == "a"
    assert used(plain) is None


# --- what is used -------------------------------------------------------------------------------------------


def test_the_product_decides() -> None:
    router, dear, cheap = priced()
    dear.announce(metric=104, price=38)
    cheap.announce(metric=304, price=10)
    assert used(router) == "b"  # 200 and 400 with the link: 2^1.9 is 3.73
    dear.announce(metric=104, price=37)
    assert used(router) == "a"


@pytest.mark.parametrize("own", [0, 1000])
def test_our_own_price_does_not_choose(own: int) -> None:
    """Added to both, 1000 would make the nearer one the better buy."""
    assert extended_metric.precedes((396, 1), (196, 10), Weight(19, 10))
    assert extended_metric.precedes((196, 1010), (396, 1001), Weight(19, 10))
    router, near, far = priced(price=own)
    near.announce(metric=100, price=10)
    far.announce(metric=300, price=1)
    assert used(router) == "b"


def test_neither_unfeasible_nor_infinite_routes_are_bought() -> None:
    router, first, second = priced()
    first.announce(metric=100, price=50)
    router.run(1)  # 196 has been announced
    second.announce(metric=196, price=0)
    assert used(router) == "a"
    first.retract()
    assert used(router) is None
    second.retract()
    assert used(router) is None


def test_a_price_changes_no_feasibility_distance() -> None:
    router, first, second = priced(price=5)
    first.announce(metric=100, price=50)
    router.run(1)
    first.announce(metric=100, price=50_000)
    router.run(3)
    assert router.updates(interface="c")[-1].price == 50_005
    second.announce(metric=195, price=60_000)
    first.retract()
    assert used(router) == "b"


def test_what_is_not_for_sale_is_kept_and_not_used() -> None:
    router, peer, _ = priced()
    peer.announce(price=65_535)
    router.run(3)
    assert used(router) is None
    assert [one for one in router.updates(interface="c") if one.metric < 65_535] == []
    assert router.router.state.routes.get(PREFIX, peer.key) is not None
    peer.announce(price=65_534)
    assert used(router) == "a"


def test_a_route_that_is_sold_no_longer_is_lost_like_a_retracted_one() -> None:
    router, peer, _ = priced()
    peer.announce(price=10)
    router.run(3)
    router.mark()
    peer.announce(price=65_535)
    assert router.forwarding[PREFIX] is None
    router.run(0.2)
    assert [one.metric for one in router.updates(interface="c")] == [65_535]


def test_what_is_too_dear_is_not_used() -> None:
    router, dear, other = priced(maximum_price=100)
    dear.announce(metric=1, price=101)
    assert used(router) is None
    other.announce(metric=9_000, price=100)
    assert used(router) == "b"
    dear.announce(metric=1, price=100)
    router.run(40)
    assert used(router) == "a"


def test_unpriced_routes_come_last() -> None:
    router, plain, dear = priced()
    plain.announce(metric=1)
    assert used(router) == "a"
    dear.announce(metric=60_000, price=60_000)
    assert used(router) == "b"
    dear.announce(metric=60_000, price=65_535)
    assert used(router) == "a"


def test_without_a_class_of_their_own_unpriced_routes_would_beat_priced_ones() -> None:
    plain, dear = (10_000, 0), (2_000, 40)
    assert extended_metric.precedes(plain, dear, Weight(19, 10))
    router, one, other = priced()
    one.announce(metric=plain[0] - 96)
    other.announce(metric=dear[0] - 96, price=dear[1])
    assert used(router) == "b"


def test_an_unpriced_route_is_passed_on_at_our_own_price() -> None:
    router, plain, _ = priced(price=9)
    plain.announce()
    router.run(3)
    assert {one.price for one in router.updates(interface="c")} == {9}


def test_unpriced_routes_may_be_refused() -> None:
    router, plain, _ = priced(unpriced="refuse")
    plain.announce()
    router.run(3)
    assert used(router) is None
    plain.announce(price=3)
    assert used(router) == "a"
    plain.announce()
    assert used(router) is None


def test_each_address_has_the_weight_of_its_table() -> None:
    prefixes = [ip_network(text) for text in ("fd01::1/128", "fd02::1/128", "fd03::1/128")]
    tables = (
        Table(ip_network("fd01::/16"), Weight(1, 20)),
        Table(ip_network("fd02::/16"), Weight(20)),
    )
    router, near, far = priced(tables=tables, weight=Weight(1, 20))
    for prefix in prefixes:
        near.announce(prefix, metric=104, price=60_000)
        far.announce(prefix, metric=304, price=2)
    assert [used(router, prefix) for prefix in prefixes] == ["b", "a", "b"]
    router.step(SetWeight(Weight(20)))
    assert [used(router, prefix) for prefix in prefixes] == ["b", "a", "a"]


def test_hysteresis_holds_back_a_metric_that_has_just_fallen_and_no_price() -> None:
    router, steady, other = priced()
    steady.announce(metric=200, price=10)
    other.announce(metric=900, price=10)
    router.run(1)
    other.announce(metric=100, price=10)
    assert used(router) == "a"
    router.run(40)
    assert used(router) == "b"
    steady.announce(metric=180, price=1)
    assert used(router) == "a"


# --- what a price means -------------------------------------------------------------------------------------


def test_every_hello_says_the_unit() -> None:
    router, _, _ = priced(price_unit=PriceUnit(2**64 - 1, 65_535))
    router.run(20)
    assert len(router.messages(Hello)) > 3
    assert {one.price_unit for one in router.messages(Hello)} == {PriceUnit(2**64 - 1, 65_535)}


@pytest.mark.parametrize("unit", OTHER_UNITS)
def test_prices_in_another_unit_buy_nothing_until_the_units_agree(unit: PriceUnit | None) -> None:
    router, peer, _ = priced(price_unit=UNIT)
    peer.unit = unit
    peer.hello()
    peer.announce(price=1)
    assert used(router) is None
    peer.unit = UNIT
    peer.hello()
    assert used(router) == "a"
    peer.unit = unit
    peer.hello()
    assert used(router) is None


def test_an_unpriced_route_needs_no_unit() -> None:
    router, peer, _ = priced(price_unit=UNIT)
    peer.unit = None
    peer.hello()
    peer.announce()
    assert used(router) == "a"


def test_the_unit_of_2018_goes_without_saying() -> None:
    router, peer, _ = priced(profile=Profile.ALTHEA_2018)
    assert peer.unit is None
    peer.announce(price=1)
    assert used(router) == "a"
    router.run(8)
    assert {one.price_unit for one in router.messages(Hello)} == {None}


@pytest.mark.parametrize("interface", ["wired", "unicast"])
def test_hellos_between_the_scheduled_ones_say_the_unit_too(interface: str) -> None:
    """Such as go along with an IHU that needs a timestamp."""
    config = InterfaceConfig(rtt=True, unicast_hello_interval=300 if interface == "unicast" else None)
    router = machine({"a": config}, profile=Profile.ALTHEA)
    peer = router.peer("a", 2, up=False)
    peer.rtt = 1_000
    for _ in range(5):
        peer.hello(rxcost=96)
        router.run(1)
    hellos = router.messages(Hello)
    assert any(one.unicast if interface == "unicast" else one.interval == 0 for one in hellos)
    assert {one.price_unit for one in hellos} == {router.router.state.config.price_unit}


# --- changes ------------------------------------------------------------------------------------------------


def told_after(change: Any, **config: Any) -> list[int | None]:
    """The prices told on another link within half a Hello interval of a change."""
    router, peer, _ = priced(**config)
    peer.announce(price=1000)
    router.run(3)
    router.mark()
    change(router, peer)
    router.run(2)
    return [one.price for one in router.updates(interface="c")]


@pytest.mark.parametrize(("asked", "expected"), [(2000, [2000]), (500, [500]), (1499, []), (1500, [1500])])
def test_a_price_that_changes_by_half_is_told_soon(asked: int, expected: list[int]) -> None:
    assert told_after(lambda _, peer: peer.announce(price=asked)) == expected


def test_small_changes_add_up() -> None:
    router, peer, _ = priced()
    peer.announce(price=100)
    router.run(3)
    router.mark()
    for asked in (120, 140, 160):
        peer.announce(price=asked)
        router.run(2)
    assert [one.price for one in router.updates(interface="c")] == [160]


def test_a_route_that_can_no_longer_be_sold_on_is_told_soon() -> None:
    router, peer, _ = priced(price=5_000)
    peer.announce(price=60_000)
    router.run(3)
    router.mark()
    peer.announce(price=60_600)
    router.run(2)
    assert [one.price for one in router.updates(interface="c")] == [65_535]
    peer.announce(price=60_000)
    router.run(2)
    assert [one.price for one in router.updates(interface="c")] == [65_535, 65_000]


def test_our_own_price_changes_for_all_routes_at_once() -> None:
    assert told_after(lambda router, _: router.step(SetPrice(1000))) == [2000]
    assert told_after(lambda router, _: router.step(SetPrice(65_535))) == [65_535]
    router, _, _ = priced(price=7, originates=(OWN_PREFIX,))
    router.step(SetPrice(50))
    router.run(20)
    assert {one.price for one in router.updates(OWN_PREFIX)} == {0}


@pytest.mark.parametrize("asked", [-1, 65_536])
def test_a_price_out_of_range_is_not_set(asked: int) -> None:
    router, _, _ = priced(price=7)
    with pytest.raises(ValueError, match=f"^price: expected 0 to 65535 in profile althea, got {asked}$"):
        router.step(SetPrice(asked))
    assert router.router.state.price == 7


def test_a_prefix_announced_later_has_the_new_price() -> None:
    router, peer, _ = priced(price=7)
    router.step(SetPrice(8))
    router.step(Originate(OWN_PREFIX))
    peer.announce(price=1)
    router.run(3)
    assert {one.price for one in router.updates(interface="c")} == {9}


# --- starvation ---------------------------------------------------------------------------------------------


def requests(router: Machine) -> list[tuple[str, bytes]]:
    """The Seqno Requests since the mark: where they went, and what about."""
    return [
        (one.interface, one.message.router_id) for one in router.sent if isinstance(one.message, SeqnoRequest)
    ]


def unfeasible_offer(router: Machine, selected: Peer, offering: Peer, **offer: Any) -> None:
    """A route in use, and an unfeasible one of the same source beside it."""
    selected.announce(metric=100, price=50)
    router.run(1)
    router.mark()
    offering.announce(metric=500, **offer)
    router.run(0.3)


def test_who_loses_the_last_route_by_its_price_asks_those_who_could_be_paid() -> None:
    router, first, second = priced(maximum_price=60)
    unfeasible_offer(router, first, second, price=55)
    assert requests(router) == []  # it is worse than what is in use
    first.announce(metric=100, price=61)
    router.run(0.3)
    assert requests(router) == [("b", ORIGIN)]


@pytest.mark.parametrize("asked", [61, 65_535])
def test_who_could_not_be_paid_is_not_asked(asked: int) -> None:
    router, first, second = priced(maximum_price=60)
    unfeasible_offer(router, first, second, price=asked)
    first.retract()
    router.run(20)
    assert requests(router) == []


def test_a_cheaper_unfeasible_route_is_asked_for_seldom() -> None:
    """At once, then after 60 s, then after 120 s more, however often it is offered."""
    router, first, second = priced()
    first.announce(metric=100, price=50_000)
    router.run(1)
    router.mark()
    times: list[float] = []
    for second_number in range(400):
        first.announce(metric=100, price=50_000)
        second.announce(metric=500, price=1)
        router.run(1)
        times += [second_number] * len(requests(router))
        router.mark()
    assert used(router) == "a"
    assert times == [0, 60, 180]


def test_what_is_not_wanted_is_not_asked_for_however_much_better() -> None:
    router, first, second = priced(maximum_price=100)
    first.announce(metric=100, price=50)
    router.run(1)
    first.hello(rxcost=10_000)
    for asked, expected in ((101, []), (100, [("b", ORIGIN)])):
        router.mark()
        second.announce(metric=300, price=asked)
        router.run(1)
        assert requests(router) == expected


def test_who_starves_does_not_wait_for_the_pause() -> None:
    """The first request goes out for a preference, those after it because nothing else is left."""
    router, first, second = priced()
    unfeasible_offer(router, first, second, price=1)
    assert requests(router) == [("b", ORIGIN)]
    first.retract()
    router.run(35)  # the repeated requests have come to their end
    router.mark()
    second.announce(metric=500, price=1)
    router.run(1)
    assert requests(router) == [("b", ORIGIN)]


def asked_and_answered(router: Machine, dear: Peer, cheap: Peer) -> None:
    """The cheap route is asked for, and is selected for its newer seqno."""
    unfeasible_offer(router, dear, cheap, price=1)
    assert requests(router) == [("b", ORIGIN)]
    cheap.announce(metric=500, price=1, seqno=11)
    assert used(router) == "b"


def keep(router: Machine, cheap: Peer, times: int) -> None:
    """The cheap route goes on being announced, every 10 s."""
    for _ in range(times):
        router.run(10)
        cheap.announce(metric=500, price=1, seqno=11)


def test_a_route_that_was_asked_for_and_kept_makes_the_pause_short_again() -> None:
    for times, pause in ((5, 120), (6, 60)):
        router, dear, cheap = priced()
        asked_and_answered(router, dear, cheap)
        keep(router, cheap, times)
        cheap.retract()
        dear.announce(metric=100, price=50_000, seqno=11)
        router.run(20)
        cheap.announce(metric=500, price=1, seqno=11)
        assert router.router.state.preferences[PREFIX][ORIGIN].pause == pause * SECOND


def test_a_route_that_was_lost_in_between_was_not_kept() -> None:
    router, dear, cheap = priced()
    asked_and_answered(router, dear, cheap)
    keep(router, cheap, 3)
    cheap.retract()
    keep(router, cheap, 5)
    assert router.router.state.preferences[PREFIX][ORIGIN].pause == 60 * SECOND
    keep(router, cheap, 2)
    assert router.router.state.preferences == {}


def test_the_pause_belongs_to_one_source() -> None:
    router, first, second = priced()
    for origin in (ORIGIN, OTHER_ORIGIN):
        first.announce(metric=100, price=50_000, router_id=origin)
        router.run(1)
    second.announce(metric=500, price=1, router_id=OTHER_ORIGIN)
    router.run(1)
    assert requests(router) == [("b", OTHER_ORIGIN)]
    router.mark()
    second.announce(metric=500, price=1, router_id=ORIGIN)
    router.run(1)
    assert requests(router) == [("b", ORIGIN)]


def test_the_pause_is_forgotten_with_the_source() -> None:
    router, first, second = priced(source_lifetime=5_000_000)
    unfeasible_offer(router, first, second, price=1)
    assert requests(router) == [("b", ORIGIN)]
    first.retract()
    second.retract()
    assert router.router.state.preferences != {}
    router.run(10)
    assert router.router.state.preferences == {}


def test_an_answer_makes_the_cheaper_route_the_one_in_use() -> None:
    router, first, second = priced()
    unfeasible_offer(router, first, second, price=1)
    second.announce(metric=500, price=1, seqno=11)
    assert used(router) == "b"


def test_plain_babel_asks_for_every_better_unfeasible_route() -> None:
    """It has no pause; what it asks for is bounded by its neighbours' Updates."""
    router = machine("abc")
    first, second = router.peer("a", 2), router.peer("b", 3)
    first.announce(metric=100)
    router.run(1)
    first.hello(rxcost=1_000)
    router.mark()
    count = 0
    for _ in range(10):
        second.announce(metric=500)
        first.announce(metric=100)
        router.run(4, keep=False)
        second.hello()
        first.hello(rxcost=1_000)
        count += len(requests(router))
        router.mark()
    assert count == 10


# --- bounds -------------------------------------------------------------------------------------------------


def test_only_permitted_prefixes_are_learned() -> None:
    router, peer, _ = priced(permitted_prefixes=(ip_network("fd00::/8"),))
    inside, outside = ip_network("fd00:1::/64"), ip_network("2001:db8::/32")
    for prefix in (inside, outside):
        peer.announce(prefix, price=1)
    assert used(router, inside) == "a"
    assert used(router, outside) is None
    assert len(router.router.state.routes) == 1
    assert router.router.counters() == {"NOT_PERMITTED": 1}


def test_breaking_the_sum_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tests above decide through the kernels that the router uses."""
    monkeypatch.setattr(price, "onward", lambda asked, own, _: ((asked or 0) + own) % 65_536)
    with pytest.raises(AssertionError):
        test_a_sum_that_does_not_fit_is_not_for_sale_and_still_a_route(Profile.ALTHEA, 65_000, 65_535)
    monkeypatch.setattr(price, "is_affordable", lambda *_: True)
    with pytest.raises(AssertionError):
        test_what_is_not_for_sale_is_kept_and_not_used()
    with pytest.raises(AssertionError):
        test_what_is_too_dear_is_not_used()
    monkeypatch.setattr(price, "believed", lambda asked, *_: asked)
    with pytest.raises(AssertionError):
        test_prices_in_another_unit_buy_nothing_until_the_units_agree(None)


def test_an_update_that_is_ignored_still_tells_its_price() -> None:
    router, peer, _ = priced(price=5)
    peer.announce(metric=100, price=10)
    router.run(3)
    router.mark()
    peer.announce(metric=1_000, price=20)
    router.run(3)
    assert used(router) == "a"
    assert [(one.metric, one.price) for one in router.updates(interface="c")] == [(196, 25)]


def test_an_update_that_is_ignored_can_end_the_route_by_its_price_and_not_keep_it() -> None:
    router, peer, _ = priced(maximum_price=100)
    peer.announce(metric=100, price=10, interval=400)
    router.run(1)
    for _ in range(6):
        peer.announce(metric=1_000, price=10, interval=400)
        router.run(2)
    assert used(router) == "a"
    router.run(3)
    assert used(router) is None  # 14 s after the last one that counted
    peer.announce(metric=100, price=10, seqno=11)
    assert used(router) == "a"
    router.run(1)
    peer.announce(metric=1_000, price=101, seqno=11)
    assert used(router) is None
