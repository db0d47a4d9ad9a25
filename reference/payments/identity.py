# SPDX-License-Identifier: MIT
"""Who a neighbour is: one address to route to, one account to pay, and one key of the tunnel, bound together.

The tunnel proves the key with every packet; the binding says which account that key spends for and which
address it may be reached at.  None of the three is believed alone: a stranger who uses one of them with parts
of his own is another identity, and is refused while the first one is known.
"""

from collections.abc import Iterable
from ipaddress import IPv6Address
from typing import Final, TypeAlias

from attrs import frozen

ChainAddress: TypeAlias = str
"""Text that the chain knows an account by, in lower case; nothing is read out of it."""
TunnelKey: TypeAlias = bytes
"""The public key of one end of a WireGuard tunnel: 32 octets."""

TUNNEL_KEY_OCTETS: Final = 32


@frozen
class Identity:
    """Two are the same neighbour exactly when all three parts are equal."""

    mesh: IPv6Address
    account: ChainAddress
    tunnel_key: TunnelKey


def conflicting(identity: Identity, known: Iterable[Identity]) -> Identity | None:
    """A known neighbour who has one or two parts of an identity, but not all; ``None``: there is none.

    Requirement: ACCT-IDENT-02
    """
    return next((one for one in known if one != identity and shares_a_part(one, identity)), None)


def shares_a_part(first: Identity, second: Identity) -> bool:
    """Whether two identities have the address, the account or the key in common.

    Requirement: ACCT-IDENT-02
    """
    return (
        first.mesh == second.mesh or first.account == second.account or first.tunnel_key == second.tunnel_key
    )


def check(name: str, identity: Identity) -> None:
    """Refuse an identity that nobody can have.

    Raises:
        ValueError: one line with the part, what was expected, and what there is.

    Requirement: ACCT-IDENT-03
    """
    if identity.mesh.is_multicast or identity.mesh.is_unspecified:
        raise ValueError(f"{name}: mesh: expected the address of one node, got {identity.mesh}")
    account = identity.account
    if not account or account != account.lower() or account.split() != [account]:
        raise ValueError(f"{name}: account: expected lower-case text without spaces, got {account!r}")
    if len(identity.tunnel_key) != TUNNEL_KEY_OCTETS:
        octets = len(identity.tunnel_key)
        raise ValueError(f"{name}: tunnel_key: expected {TUNNEL_KEY_OCTETS} octets, got {octets}")
