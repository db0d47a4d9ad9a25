# SPDX-License-Identifier: MIT
"""Putting things into the queues of the interfaces (RFC 8966 section 3.1)."""

from . import timing
from .messages import Microseconds
from .output_queue import Destination, Intention, Queue, SayHello, SayIHU
from .state import Interface, RouterState
from .timer_keys import PacketDue


def put(
    state: RouterState,
    interface: Interface,
    destination: Destination,
    intention: Intention,
    delay: tuple[Microseconds, Microseconds],
    limit: Microseconds,
) -> None:
    """Let something be said within ``limit`` microseconds, after a random delay from ``delay``.

    What does not fit is not said: a neighbour that asks for too much is not answered, and the neighbours find
    out by themselves what a flood of routes does not let us tell.
    """
    queue = interface.queues.get(destination)
    if not isinstance(intention, SayHello | SayIHU) and _is_full(state, interface, queue):
        return
    flush_at = state.now + state.draw(delay)
    if queue is None:
        queue = interface.queues[destination] = Queue(flush_at)
    queue.flush_at = min(queue.flush_at, flush_at)
    queue.add(intention, state.now + limit)
    schedule(state, interface)


def put_now(state: RouterState, interface: Interface, destination: Destination, intention: Intention) -> None:
    """Without delay: for what its timer has spread already."""
    put(state, interface, destination, intention, (0, 0), 0)


def put_urgent(
    state: RouterState, interface: Interface, destination: Destination, intention: Intention
) -> None:
    """Within the urgent timeout."""
    limit = state.config.urgent_timeout
    put(state, interface, destination, intention, timing.urgent_delay(limit), limit)


def put_ordinary(
    state: RouterState, interface: Interface, destination: Destination, intention: Intention
) -> None:
    """Within half a Multicast Hello interval."""
    hello_interval = interface.config.hello_interval
    delay = timing.ordinary_delay(hello_interval)
    put(state, interface, destination, intention, delay, timing.ordinary_limit(hello_interval))


def schedule(state: RouterState, interface: Interface) -> None:
    """Set the interface's packet timer to when its next packet may and should leave."""
    if not interface.queues:
        state.timers.cancel(PacketDue(interface.name))
        return
    earliest = min(queue.flush_at for queue in interface.queues.values())
    state.timers.set(PacketDue(interface.name), max(earliest, interface.next_packet_at))


def _is_full(state: RouterState, interface: Interface, queue: Queue | None) -> bool:
    limits = state.config.limits
    if queue is None:
        return len(interface.queues) > limits.neighbours + 1
    return len(queue) >= limits.queued
