# SPDX-License-Identifier: GPL-2.0-only
"""The tables by themselves: what is put in is found again, and what is taken out leaves nothing behind."""

from ipaddress import IPv6Address, IPv6Network

from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import delivery, hysteresis, neighbours, output_queue, request_table
from althea_spec.reference.routing import route_table as routes
from althea_spec.reference.routing import source_table as sources
from althea_spec.reference.routing.feasibility import Distance
from althea_spec.reference.routing.messages import RouteRequest

from .machine import ORIGIN, OTHER_ORIGIN, PREFIX, prefixes

ONE = neighbours.NeighbourKey("a", IPv6Address("fe80::1"))
OTHER = neighbours.NeighbourKey("b", IPv6Address("fe80::1"))


def route(prefix: IPv6Network, neighbour: neighbours.NeighbourKey, metric: int = 1) -> routes.Route:
    smoothed = hysteresis.start(metric, 0)
    return routes.Route(prefix, neighbour, ORIGIN, 1, metric, neighbour.address, 1, metric, smoothed)


def test_neighbours_are_told_apart_by_interface() -> None:
    table = neighbours.NeighbourTable()
    table.add(neighbours.Neighbour(ONE))
    table.add(neighbours.Neighbour(OTHER))
    assert [one.key for one in table.on("a")] == [ONE]
    assert [one.key for one in table] == [ONE, OTHER]
    table.remove(ONE)
    table.remove(ONE)
    assert len(table) == 1
    assert table.get(ONE) is None


@given(
    moves=st.lists(
        st.tuples(
            st.sampled_from(["put", "remove", "select"]),
            st.sampled_from(prefixes(3)),
            st.sampled_from([ONE, OTHER]),
        ),
        max_size=40,
    )
)
def test_the_route_table_keeps_its_books(
    moves: list[tuple[str, IPv6Network, neighbours.NeighbourKey]],
) -> None:
    table = routes.RouteTable()
    plain: dict[tuple[IPv6Network, neighbours.NeighbourKey], routes.Route] = {}
    selected: dict[IPv6Network, neighbours.NeighbourKey] = {}
    for verb, prefix, neighbour in moves:
        if verb == "put":
            plain[prefix, neighbour] = route(prefix, neighbour)
            table.put(plain[prefix, neighbour])
        elif verb == "remove":
            plain.pop((prefix, neighbour), None)
            if selected.get(prefix) == neighbour:
                del selected[prefix]
            table.remove(prefix, neighbour)
        elif (prefix, neighbour) in plain:
            selected[prefix] = neighbour
            table.select(prefix, neighbour)
        assert len(table) == len(plain)
        for known in prefixes(3):
            assert {one.neighbour for one in table.routes_to(known)} == {n for p, n in plain if p == known}
            found = table.selected(known)
            assert (found.neighbour if found else None) == selected.get(known)
        for key in (ONE, OTHER):
            assert set(table.prefixes_of(key)) == {p for p, n in plain if n == key}
            assert table.count_of(key) == len(table.prefixes_of(key))
    for prefix in list(selected):
        table.select(prefix, None)
    assert table.selected_prefixes() == ()


def test_a_full_source_table_has_room_for_what_it_knows() -> None:
    table = sources.SourceTable(1)
    assert table.has_room_for(PREFIX, ORIGIN)
    table.on_sent(PREFIX, ORIGIN, Distance(5, 100))
    assert not table.has_room_for(PREFIX, OTHER_ORIGIN)
    assert table.has_room_for(PREFIX, ORIGIN)
    table.on_sent(PREFIX, ORIGIN, Distance(5, 200))
    assert table.distance(PREFIX, ORIGIN) == Distance(5, 100)
    table.on_sent(PREFIX, ORIGIN, Distance(6, 200))
    assert table.distance(PREFIX, ORIGIN) == Distance(6, 200)
    table.remove(PREFIX, ORIGIN)
    table.remove(PREFIX, ORIGIN)
    assert len(table) == 0
    assert table.distance(PREFIX, ORIGIN) is None


def test_requests_are_told_apart_by_router_id_and_bounded() -> None:
    table = request_table.RequestTable(2)
    first = table.open(PREFIX, ORIGIN)
    assert first is not None
    assert table.open(PREFIX, OTHER_ORIGIN) is not first
    assert table.open(PREFIX, ORIGIN) is first
    assert table.open(prefixes(1)[0], ORIGIN) is None
    assert len(table.about(PREFIX)) == len(table) == 2
    table.remove(PREFIX, ORIGIN)
    table.remove(PREFIX, ORIGIN)
    table.remove(PREFIX, OTHER_ORIGIN)
    assert len(table) == 0
    assert table.about(PREFIX) == ()


def test_an_acknowledgment_counts_for_what_was_sent_with_it_and_not_for_what_came_later() -> None:
    table = delivery.DeliveryTable()
    table.start("a", PREFIX)
    table.on_sent("a", 7, (PREFIX, prefixes(1)[0]))
    assert table.on_acknowledgment(8, ONE) == ()
    assert table.on_acknowledgment(7, OTHER) == ()
    assert table.on_acknowledgment(7, ONE) == (PREFIX,)
    table.start("a", PREFIX)
    assert table.on_acknowledgment(7, ONE) == ()
    assert table.close(7) == ("a", ())
    assert table.close(7) == ("", ())


def test_an_interface_takes_its_deliveries_along() -> None:
    table = delivery.DeliveryTable()
    table.start("a", PREFIX)
    table.start("b", PREFIX)
    table.on_sent("a", 7, (PREFIX,))
    table.on_sent("b", 8, (PREFIX,))
    table.forget_interface("a")
    assert table.get("a", PREFIX) is None
    assert table.close(7) == ("", ())
    assert table.close(8) == ("b", (PREFIX,))
    table.forget("b", PREFIX)
    assert table.get("b", PREFIX) is None


def test_a_queue_gives_the_earliest_deadline_first_and_nothing_twice() -> None:
    queue = output_queue.Queue(0)
    first, second = (output_queue.SayUpdate(one) for one in prefixes(2))
    queue.add(first, 20)
    queue.add(second, 10)
    queue.add(RouteRequest(None), 15)
    queue.add(first, 30)
    queue.add(first, 5)
    assert len(queue) == 3
    assert [queue.pop() for _ in range(4)] == [(first, 5), (second, 10), (RouteRequest(None), 15), None]
    assert len(queue) == 0
