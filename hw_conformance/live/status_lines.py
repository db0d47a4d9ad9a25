# SPDX-License-Identifier: GPL-2.0-only
"""What a router knows, in the words of babeld's management socket.

Each line is named by a kind and an identifier, so that a watcher can be told what has changed.
"""

from collections.abc import Iterator
from hashlib import blake2b
from typing import Final

from attrs import frozen

from althea_spec.reference.routing import rtt
from althea_spec.reference.routing.messages import Microseconds, Prefix, RouterId
from althea_spec.reference.routing.neighbours import Neighbour, NeighbourKey
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.route_table import Route
from althea_spec.reference.routing.state import Interface, RouterState

_EVERYWHERE: Final = {4: "0.0.0.0/0", 6: "::/0"}
"""The source prefix of a route that does not look at the source."""
_IDENTIFIER_OCTETS: Final = 6
_THOUSAND: Final = 1000


@frozen
class StatusLine:
    """One object of the router."""

    kind: str
    """``interface``, ``neighbour``, ``xroute`` or ``route``."""
    identifier: str
    words: str
    """What is to be said of it, from its first field on."""


def status_lines(state: RouterState) -> Iterator[StatusLine]:
    """Everything, in babeld's order: interfaces, neighbours, own prefixes, routes."""
    for name in state.config.interfaces:
        yield _interface(name, state.interfaces.get(name))
    for neighbour in state.neighbours:
        yield _neighbour(state, neighbour)
    for prefix in tuple(state.originated):
        yield _own_prefix(state, prefix)
    for neighbour in state.neighbours:
        for prefix in state.routes.prefixes_of(neighbour.key):
            route = state.routes.get(prefix, neighbour.key)
            if route is not None:
                yield _route(state, route)


def settings_lines(state: RouterState) -> Iterator[str]:
    """What a router with prices says before everything else: own price, and weight in thousandths."""
    if state.config.profile is not Profile.RFC8966:
        weight = state.weight
        yield f"local fee {state.price}"
        yield f"metric factor {weight.numerator * _THOUSAND // weight.denominator}"


def colons(router_id: RouterId) -> str:
    """``02:00:00:ff:fe:00:00:01``."""
    return router_id.hex(":")


def milliseconds(microseconds: Microseconds) -> str:
    """With three digits after the point: exact."""
    return f"{microseconds // 1000}.{microseconds % 1000:03d}"


def _interface(name: str, interface: Interface | None) -> StatusLine:
    if interface is None:
        return StatusLine("interface", name, "up false")
    words = "up true"
    for address in interface.own_addresses:
        words += f" ipv{address.version} {address}"
    return StatusLine("interface", name, words)


def _neighbour(state: RouterState, neighbour: Neighbour) -> StatusLine:
    key = neighbour.key
    words = f"address {key.address} if {key.interface}"
    words += f" reach {neighbour.multicast.received:04x} ureach {neighbour.unicast.received:04x}"
    words += f" rxcost {neighbour.rxcost} txcost {neighbour.txcost}"
    interface = state.interfaces.get(key.interface)
    if neighbour.rtt is not None and interface is not None:
        config = interface.config
        penalty = rtt.penalty(
            neighbour.rtt, config.rtt_minimum, config.rtt_maximum, config.maximum_rtt_penalty
        )
        words += f" rtt {milliseconds(neighbour.rtt)} rttcost {penalty}"
    return StatusLine("neighbour", _identifier(key), f"{words} cost {neighbour.cost}")


def _own_prefix(state: RouterState, prefix: Prefix) -> StatusLine:
    source = _EVERYWHERE[prefix.version]
    words = f"prefix {prefix} from {source} metric {state.config.originated_metric}"
    return StatusLine("xroute", f"{prefix}-{source}", words)


def _route(state: RouterState, route: Route) -> StatusLine:
    is_installed = state.routes.is_selected(route.prefix, route.neighbour)
    words = f"prefix {route.prefix} from {_EVERYWHERE[route.prefix.version]}"
    words += f" installed {'yes' if is_installed else 'no'} id {colons(route.router_id)}"
    words += f" metric {route.metric}{_price(state, route)} refmetric {route.advertised_metric}"
    words += f"{_path_rtt(state, route)} via {route.next_hop} if {route.neighbour.interface}"
    return StatusLine("route", _identifier(route.neighbour, route.prefix), words)


def _price(state: RouterState, route: Route) -> str:
    """What the next hop asks, and what we add; nothing is said of a price that is not named."""
    if state.config.profile is Profile.RFC8966 or route.price is None:
        return ""
    return f" price {route.price} fee {state.price}"


def _path_rtt(state: RouterState, route: Route) -> str:
    """With our own link; the old dialect says 0 for "not known"."""
    neighbour = state.neighbours.get(route.neighbour)
    link = None if neighbour is None else neighbour.rtt
    if link is not None and route.path_rtt is not None:
        return f" full-path-rtt {milliseconds(route.path_rtt + link)}"
    return " full-path-rtt 0.000" if state.config.profile is Profile.ALTHEA_2018 else ""


def _identifier(neighbour: NeighbourKey, prefix: Prefix | None = None) -> str:
    """The same for the same object in every process; babeld uses an address in its memory."""
    text = f"{neighbour.interface} {neighbour.address} {prefix}"
    return blake2b(text.encode(), digest_size=_IDENTIFIER_OCTETS).hexdigest()
