# SPDX-License-Identifier: MIT
"""The part of a router that connects and disconnects neighbours as the list of its subnet says."""

from collections.abc import Mapping
from ipaddress import IPv6Address
from typing import TypeAlias

from attrs import define, field, frozen

from ..chain.block import Height
from ..payments.identity import ChainAddress, Identity, TunnelKey
from ..routing.messages import Microseconds
from . import admission
from .admission import Binding, Freshness, Limits
from .rejection import Rejection
from .subnet import SubnetPrefix

Entries: TypeAlias = Mapping[IPv6Address, ChainAddress]
"""The list of a subnet, as far as admission needs it."""


@define
class Neighbourhood:
    """What a router knows of its subnet, and whom it is connected to."""

    prefix: SubnetPrefix
    own: Identity
    limits: Limits = admission.DEFAULT_LIMITS
    entries: Entries = field(factory=dict)
    height: Height = 0
    """Of the block after which the list was so."""
    read_at: Microseconds | None = None
    """When it was read last, even if it was what it had been; ``None``: never."""
    latest: dict[ChainAddress, Binding] = field(factory=dict)
    """The latest binding of each account; kept when the tunnel goes."""
    connected: dict[IPv6Address, Binding] = field(factory=dict)


@frozen
class Connected:
    """Traffic may go through the tunnel from now on."""

    identity: Identity


@frozen
class Disconnected:
    """The tunnel comes down and with it all routes through it; what is owed stays owed."""

    identity: Identity
    reason: Rejection


Effect: TypeAlias = Connected | Disconnected


def shake_hands(
    state: Neighbourhood, claim: Binding, proven: TunnelKey, now: Microseconds
) -> Rejection | tuple[Effect, ...]:
    """A tunnel has come up whose far end has proved a key and shows a binding.

    Requirement: ADMIT-CHECK-01, ADMIT-CHECK-06, ADMIT-KEY-02, ADMIT-CACHE-04
    """
    identity = claim.identity
    age = None if state.read_at is None else now - state.read_at
    reason = (
        admission.refusal_of_age(age, state.limits)
        or refusal_of_self(state)
        or _refusal_of_entry(state, identity)
        or admission.refusal_of_binding(claim, proven, state.latest.get(identity.account))
    )
    if reason is not None:
        return reason
    replaced = state.connected.get(identity.mesh)
    state.latest[identity.account] = claim
    state.connected[identity.mesh] = claim
    if replaced == claim:
        return ()
    ended = () if replaced is None else (Disconnected(replaced.identity, Rejection.BINDING_REPLACED),)
    return (*ended, Connected(identity))


def read_list(
    state: Neighbourhood, entries: Entries, height: Height, proven: bool, now: Microseconds
) -> Rejection | tuple[Effect, ...]:
    """A list has come, from the chain or through a neighbour; ``proven``: headers of the chain vouch for it.

    A neighbour that is not on it any more, or with another account, is disconnected at once.

    Requirement: ADMIT-REMOVE-01, ADMIT-LIST-01, ADMIT-LIST-02
    """
    if not proven:
        return Rejection.LIST_NOT_PROVEN
    if height < state.height:
        return Rejection.LIST_OLDER
    state.entries, state.height, state.read_at = dict(entries), height, now
    return tuple(
        _disconnect(state, claim.identity, reason)
        for claim in list(state.connected.values())
        if (reason := refusal_of_self(state) or _refusal_of_entry(state, claim.identity)) is not None
    )


def tick(state: Neighbourhood, now: Microseconds) -> tuple[Effect, ...]:
    """Time has passed: with a list that is good for nothing any more, nobody stays connected.

    Requirement: ADMIT-CACHE-03
    """
    if state.read_at is None or not is_expired(now - state.read_at, state.limits):
        return ()
    everybody = [one.identity for one in state.connected.values()]
    return tuple(_disconnect(state, one, Rejection.LIST_TOO_OLD) for one in everybody)


def is_expired(age: Microseconds, limits: Limits) -> bool:
    """Whether a list of this age keeps nobody connected any more.

    Requirement: ADMIT-CACHE-03
    """
    return admission.freshness(age, limits) is Freshness.EXPIRED


def refusal_of_self(state: Neighbourhood) -> Rejection | None:
    """Why this router may not connect to anybody: it is not on the list itself.

    Requirement: ADMIT-CHECK-06
    """
    listed = state.entries.get(state.own.mesh)
    return None if listed == state.own.account else Rejection.SELF_NOT_LISTED


def _refusal_of_entry(state: Neighbourhood, identity: Identity) -> Rejection | None:
    prefix = int(state.prefix.network_address)
    listed = state.entries.get(identity.mesh)
    return admission.refusal_of_entry(identity.mesh, identity.account, prefix, listed)


def _disconnect(state: Neighbourhood, identity: Identity, reason: Rejection) -> Disconnected:
    del state.connected[identity.mesh]
    return Disconnected(identity, reason)
