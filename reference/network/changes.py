# SPDX-License-Identifier: MIT
"""What may happen to a network while it runs."""

from typing import TypeAlias

from attrs import field, frozen
from attrs.validators import ge

from ..routing.extended_metric import Weight
from ..routing.messages import Microseconds, Prefix, Price
from .conduct import Conduct
from .identity import LinkName, NodeName
from .misbehaviour import Misbehaviour
from .quality import LinkQuality
from .specs import LinkSpec, NodeSpec


@frozen
class Join:
    """A node comes, with its links; the other members of these are there already."""

    node: NodeSpec
    links: tuple[LinkSpec, ...]


@frozen
class Leave:
    """A node goes: it says so, or it is just switched off."""

    node: NodeName
    says_so: bool = True


@frozen
class Restart:
    """A node's router starts anew and remembers nothing; its forwarding table is empty."""

    node: NodeName


@frozen
class CounterRestart:
    """The counters of all tunnels of a node begin anew: its kernel started again, or an interface was made
    anew.  What they had counted since they were last read is lost; its router and its accounts go on.
    """

    node: NodeName


@frozen
class Renew:
    """A node comes back in the same place as somebody else: nothing it has or is says who it was."""

    node: NodeName


@frozen
class Cut:
    """Nothing passes a link any more; nobody is told."""

    link: LinkName


@frozen
class Heal:
    """A link that was cut works again."""

    link: LinkName


@frozen
class Detach:
    """One member is cut off from a link, and is not told."""

    link: LinkName
    node: NodeName


@frozen
class Attach:
    """A member that was cut off from a link is back on it."""

    link: LinkName
    node: NodeName


@frozen
class ChangeQuality:
    """What a link does to the packets of all its members is another from now on."""

    link: LinkName
    quality: LinkQuality


@frozen
class ChangeCost:
    """A member announces another rxcost on a link."""

    link: LinkName
    node: NodeName
    rxcost: int


@frozen
class ChangePrice:
    """A node asks another price for passing data on."""

    node: NodeName
    price: Price


@frozen
class ChangeWeight:
    """A node's operator counts quality against price in another way."""

    node: NodeName
    weight: Weight


@frozen
class Announce:
    """A node announces a prefix, its own or somebody else's."""

    node: NodeName
    prefix: Prefix


@frozen
class Retract:
    """A node announces a prefix no longer."""

    node: NodeName
    prefix: Prefix


@frozen
class Misbehave:
    """A node turns bad, or good again with the honest behaviour."""

    node: NodeName
    misbehaviour: Misbehaviour


@frozen
class Deposit:
    """Somebody pays money into a node's account on the chain, from outside."""

    node: NodeName
    amount: int = field(validator=ge(1))
    """Smallest units of the coin."""


@frozen
class ChangeConduct:
    """A node deals with money in another way from now on."""

    node: NodeName
    conduct: Conduct


Change: TypeAlias = (
    Join
    | Leave
    | Restart
    | CounterRestart
    | Renew
    | Cut
    | Heal
    | Detach
    | Attach
    | ChangeQuality
    | ChangeCost
    | ChangePrice
    | ChangeWeight
    | Announce
    | Retract
    | Misbehave
    | Deposit
    | ChangeConduct
)


@frozen
class Planned:
    """A change and its time."""

    at: Microseconds
    change: Change
