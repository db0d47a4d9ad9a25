# SPDX-License-Identifier: MIT
"""The router: one event goes in, effects come out (RFC 8966).

There is no clock, no socket and no generator in here: time is an integer, packets are octets, chance is
handed in. The same core serves the conformance suite's own target, simulations, proofs and a live daemon.
"""

from . import expiry, incoming, interface_maintenance, route_selection, verification
from . import price as prices
from .config import InterfaceConfig, RouterConfig
from .events import (
    DatagramReceived,
    DestinationUsed,
    Effect,
    Event,
    InterfaceDown,
    InterfaceUp,
    Originate,
    SetPrice,
    SetWeight,
    Shutdown,
    TunnelReceived,
    Withdraw,
)
from .messages import Microseconds, Prefix
from .randomness import RandomSource
from .state import Reason, RouterState, new_state


class Router:
    """A Babel router.

    ``now`` is microseconds and never decreases.  Call :meth:`step` with ``TimersDue()`` no later than
    :meth:`next_deadline` says, or everything that is announced will be late.
    """

    def __init__(self, config: RouterConfig, random: RandomSource, now: Microseconds) -> None:
        """Make a router without interfaces: each is brought up by an ``InterfaceUp``."""
        self.state: RouterState = new_state(config, random, now)
        for prefix in config.originates:
            route_selection.reselect(self.state, prefix)

    def step(self, event: Event, now: Microseconds) -> tuple[Effect, ...]:
        """Let one thing happen, and whatever is due by then.

        Raises:
            ValueError: time went backwards, an interface is not configured, or a price is out of range.
        """
        self._advance(now)
        if not self.state.is_stopped:
            _dispatch(self.state, event)
        return self._effects()

    def reconfigure(self, interface: str, config: InterfaceConfig, now: Microseconds) -> tuple[Effect, ...]:
        """Change an interface's configuration while it runs; its neighbours learn of it at once.

        Raises:
            ValueError: time went backwards.
        """
        self._advance(now)
        if not self.state.is_stopped:
            interface_maintenance.on_reconfigured(self.state, interface, config)
        return self._effects()

    def next_deadline(self) -> Microseconds | None:
        """When something is due at the latest, if nothing else happens; ``None``: never."""
        return self.state.timers.next_deadline()

    def counters(self) -> dict[str, int]:
        """How much of what came had no effect, by the name of the reason."""
        return {reason.name: count for reason, count in sorted(self.state.counters.items(), key=_by_name)}

    def _advance(self, now: Microseconds) -> None:
        if now < self.state.now:
            raise ValueError(f"now: expected at least {self.state.now}, got {now}")
        self.state.now = now
        expiry.run_timers(self.state)

    def _effects(self) -> tuple[Effect, ...]:
        expiry.run_timers(self.state)
        effects, self.state.effects = tuple(self.state.effects), []
        return effects


def _by_name(counted: tuple[Reason, int]) -> str:
    return counted[0].name


def _dispatch(state: RouterState, event: Event) -> None:
    match event:
        case DatagramReceived():
            incoming.on_datagram(state, event)
        case InterfaceUp():
            interface_maintenance.on_up(state, event)
        case InterfaceDown(name):
            interface_maintenance.on_down(state, name)
        case Originate(prefix):
            _on_originate(state, prefix)
        case Withdraw(prefix):
            _on_withdraw(state, prefix)
        case SetPrice(price):
            prices.check("price", price, state.config.profile)
            state.price = price
            route_selection.reselect_all(state)
        case SetWeight(weight):
            state.weight = weight
            route_selection.reselect_all(state)
        case Shutdown():
            interface_maintenance.on_shutdown(state)
        case _:
            _on_tunnel(state, event)


def _on_tunnel(state: RouterState, event: Event) -> None:
    match event:
        case DestinationUsed(prefix, by):
            verification.on_destination_used(state, prefix, by)
        case TunnelReceived(prefix, payload):
            verification.on_tunnel_received(state, prefix, payload)


def _on_originate(state: RouterState, prefix: Prefix) -> None:
    state.originated[prefix] = None
    route_selection.reselect(state, prefix)


def _on_withdraw(state: RouterState, prefix: Prefix) -> None:
    if prefix in state.originated:
        del state.originated[prefix]
        route_selection.reselect(state, prefix)
