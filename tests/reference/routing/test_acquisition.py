# SPDX-License-Identifier: GPL-2.0-only
import pytest

from althea_spec.reference.routing import acquisition
from althea_spec.reference.routing.acquisition import Action

OWN, ONE, OTHER = b"own-own-", b"one-one-", b"other---"


@pytest.mark.parametrize(
    ("known", "selected", "router_id", "metric", "feasible", "expected"),
    [
        (None, False, ONE, 100, True, Action.CREATE),
        (None, False, ONE, 100, False, Action.CREATE),
        (None, False, ONE, 65535, True, Action.IGNORE),
        (None, False, OWN, 0, True, Action.IGNORE),
        (ONE, True, ONE, 100, True, Action.REPLACE),
        (ONE, True, ONE, 100, False, Action.IGNORE),
        (ONE, True, OTHER, 100, False, Action.REPLACE),
        (ONE, False, ONE, 100, False, Action.REPLACE),
        (ONE, True, ONE, 65535, True, Action.RETRACT),
        (ONE, False, None, 65535, True, Action.RETRACT),
        (ONE, True, OWN, 100, True, Action.RETRACT),
    ],
)
def test_what_an_update_does(
    known: bytes | None,
    selected: bool,
    router_id: bytes | None,
    metric: int,
    feasible: bool,
    expected: Action,
) -> None:
    found = acquisition.action(
        known_router_id=known,
        selected=selected,
        router_id=router_id,
        own_router_id=OWN,
        metric=metric,
        feasible=feasible,
    )
    assert found is expected


@pytest.mark.parametrize(("routes", "of_neighbour", "room"), [(9, 4, True), (10, 0, False), (5, 5, False)])
def test_room_for_one_more(routes: int, of_neighbour: int, room: bool) -> None:
    assert acquisition.has_room(routes, of_neighbour, 10, 5) is room
