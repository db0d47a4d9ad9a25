# SPDX-License-Identifier: MIT
"""Whether a router connects to a neighbour: the list of the subnet, the account and the tunnel's key agree.

The list on the chain says which account an address belongs to.  The account's signature says which key its
router has.  The tunnel itself proves the key.  With one of the three missing, somebody could carry traffic,
or run up debts, under another's name.
"""

from enum import Enum, unique
from ipaddress import IPv6Address
from typing import Final

from attrs import frozen

from ..payments.identity import ChainAddress, Identity, TunnelKey
from ..routing.messages import Microseconds
from . import subnet
from .rejection import Rejection

MINUTE: Final = 60_000_000
DAY: Final = 24 * 60 * MINUTE


@frozen
class Binding:
    """What a neighbour shows when a tunnel to it comes up."""

    identity: Identity
    serial: int
    """Counted up by the account with each key that it signs."""
    signer: ChainAddress | None
    """The account whose signature over identity and serial has been checked; ``None``: none is valid."""


@frozen
class Limits:
    """How long a list that was read serves while the chain can not be reached."""

    refresh: Microseconds = MINUTE
    """The list is read again this often."""
    admit: Microseconds = DAY
    """New neighbours are admitted by a list up to this age."""
    keep: Microseconds = 7 * DAY
    """Neighbours that are connected stay so by a list up to this age."""


DEFAULT_LIMITS: Final = Limits()


@unique
class Freshness(Enum):
    """What a list is still good for."""

    CURRENT = "for everything"
    CACHED = "for admitting neighbours, and to be read again"
    STALE = "for keeping neighbours that are connected"
    EXPIRED = "for nothing"


def check_limits(limits: Limits) -> None:
    """Refuse limits that contradict one another.

    Raises:
        ValueError: not ``0 < refresh <= admit <= keep``; one line.

    Requirement: ADMIT-CACHE-05
    """
    if not 0 < limits.refresh <= limits.admit <= limits.keep:
        got = f"{limits.refresh}, {limits.admit}, {limits.keep}"
        raise ValueError(f"limits: expected 0 < refresh <= admit <= keep in microseconds, got {got}")


def freshness(age: Microseconds, limits: Limits) -> Freshness:
    """What a list is good for that was read so long ago.

    Requirement: ADMIT-CACHE-01, ADMIT-CACHE-02, ADMIT-CACHE-03
    """
    if age <= limits.refresh:
        return Freshness.CURRENT
    if age <= limits.admit:
        return Freshness.CACHED
    return Freshness.STALE if age <= limits.keep else Freshness.EXPIRED


def refusal_of_age(age: Microseconds | None, limits: Limits) -> Rejection | None:
    """Why nobody new is admitted by a list of this age; ``None`` as age: it was never read.

    Requirement: ADMIT-CACHE-01, ADMIT-CACHE-02, ADMIT-CACHE-04
    """
    if age is None:
        return Rejection.LIST_UNKNOWN
    good = freshness(age, limits)
    return Rejection.LIST_TOO_OLD if good in (Freshness.STALE, Freshness.EXPIRED) else None


def refusal_of_entry(
    mesh: IPv6Address, account: ChainAddress, prefix: int, listed: ChainAddress | None
) -> Rejection | None:
    """Why the list does not speak for an address and an account.

    Args:
        mesh: the address that is claimed.
        account: the account that is claimed.
        prefix: of the subnet, as a number of 128 bits.
        listed: whose address it is by the list, ``None``: nobody's.

    Requirement: ADMIT-CHECK-01, ADMIT-CHECK-02, ADMIT-CHECK-03
    """
    if subnet.interface_of(int(mesh), prefix) is None:
        return Rejection.OTHER_SUBNET
    if listed is None:
        return Rejection.NOT_LISTED
    return None if listed == account else Rejection.OTHER_ACCOUNT


def refusal_of_binding(claim: Binding, proven: TunnelKey, known: Binding | None) -> Rejection | None:
    """Why the account does not speak for the key of a tunnel.

    Args:
        claim: what the neighbour shows.
        proven: the key that the tunnel's handshake has proved.
        known: the latest binding of this account that was ever accepted.

    Requirement: ADMIT-CHECK-04, ADMIT-CHECK-05, ADMIT-KEY-01
    """
    if claim.signer is None or claim.signer != claim.identity.account:
        return Rejection.BINDING_NOT_SIGNED
    if known is not None and is_replaced(claim, known):
        return Rejection.BINDING_REPLACED
    return None if proven == claim.identity.tunnel_key else Rejection.OTHER_KEY


def is_replaced(claim: Binding, known: Binding) -> bool:
    """Whether the account has signed something else since; of two with one serial the first that came counts.

    Requirement: ADMIT-KEY-01
    """
    if claim.serial == known.serial:
        return claim.identity != known.identity
    return claim.serial < known.serial
