# SPDX-License-Identifier: GPL-2.0-only
from attrs import evolve

from althea_spec.reference.routing import forwarding
from althea_spec.reference.routing.events import InstallRoute, InstallUnreachable, RemoveRoute

from .machine import PREFIX, machine


def test_only_changes_are_told() -> None:
    router = machine()
    peer = router.peer("a", 2)
    peer.announce()
    state = router.router.state
    route = state.routes.selected(PREFIX)
    assert route is not None
    forwarding.use(state, route)
    assert state.effects == []
    other = evolve(route, next_hop=state.interfaces["b"].link_local)
    forwarding.use(state, other)
    forwarding.refuse(state, PREFIX)
    forwarding.refuse(state, PREFIX)
    forwarding.remove(state, PREFIX)
    forwarding.remove(state, PREFIX)
    assert state.effects == [
        InstallRoute(PREFIX, "a", other.next_hop),
        InstallUnreachable(PREFIX),
        RemoveRoute(PREFIX),
    ]
