# SPDX-License-Identifier: MIT
"""The forwarding table follows the selected routes and the holds."""

from .events import InstallRoute, InstallUnreachable, RemoveRoute
from .messages import Prefix
from .route_table import Route
from .state import Installed, RouterState


def use(state: RouterState, route: Route) -> None:
    """Packets for the prefix go to the route's next hop."""
    line = Installed(route.neighbour, route.next_hop)
    if state.installed.get(route.prefix) != line:
        state.installed[route.prefix] = line
        state.effects.append(InstallRoute(route.prefix, route.neighbour.interface, route.next_hop))


def refuse(state: RouterState, prefix: Prefix) -> None:
    """Packets for the prefix are refused, and do not follow a shorter one (RFC 8966 section 3.5.4)."""
    if state.installed.get(prefix) != Installed():
        state.installed[prefix] = Installed()
        state.effects.append(InstallUnreachable(prefix))


def remove(state: RouterState, prefix: Prefix) -> None:
    """Packets for the prefix follow whatever else the table says."""
    if state.installed.pop(prefix, None) is not None:
        state.effects.append(RemoveRoute(prefix))
