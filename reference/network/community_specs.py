# SPDX-License-Identifier: MIT
"""Communities in a scenario: who decides, which routers belong where, and what people do in the course of
it."""

from ipaddress import IPv6Network
from typing import Any, Final, TypeAlias

from attrs import Attribute, field, frozen
from attrs.validators import ge

from ..dao import admission, escrow_rules, registry_rules
from ..dao.admission import Limits
from ..dao.escrow_rules import EscrowRules
from ..dao.registry_rules import RegistryRules
from ..dao.rules import DEFAULT, Rules
from ..payments.identity import ChainAddress
from ..payments.money import Amount, Denomination
from . import identity
from .community_acts import Act, CommunityName, PersonName
from .identity import NodeName

DEFAULT_ESCROW: Final = EscrowRules(notice=6, allowance=0, minimum=0)
DEFAULT_REGISTRY: Final = RegistryRules(
    minimum_stake=1_000,
    fee=100,
    company_parts=5_000,
    voter_parts=5_000,
    quorum=1,
    commit_blocks=6,
    reveal_blocks=6,
    rest_blocks=60,
)
DEFAULT_LIMITS: Final = Limits(refresh=30_000_000)
Names: TypeAlias = tuple[str, ...]


def _name(_: object, attribute: "Attribute[Any]", value: str) -> None:
    if not value or not isinstance(value, str):
        raise ValueError(f"{attribute.name}: expected a name, got {value!r}")


def account_of_person(name: PersonName) -> ChainAddress:
    """The account that a person signs with; routers have accounts of their own."""
    return f"althea1person-{name}"


@frozen
class PersonSpec:
    """Somebody with an account: an organizer, a holder of tokens, or both."""

    name: PersonName = field(validator=_name)
    router: NodeName | None = None
    """Messages leave from there, while it reaches the chain; ``None``: from somewhere on the internet."""
    coins: Amount = field(default=0, validator=ge(0))
    """In the beginning, of the economy's coin."""
    tokens: Amount = field(default=0, validator=ge(0))
    """In the beginning, of the registry's token."""

    @property
    def account(self) -> ChainAddress:
        return account_of_person(self.name)


@frozen
class OrganizerSpec:
    """Somebody who decides from the beginning."""

    person: PersonName
    weight: int = 1


@frozen
class CommunitySpec:
    """A community as it is founded, and the routers whose operators want to be in it."""

    name: CommunityName = field(validator=_name)
    prefix: IPv6Network
    organizers: tuple[OrganizerSpec, ...]
    rules: Rules = DEFAULT
    fee: Amount = field(default=1, validator=ge(0))
    """Per block, of the economy's coin."""
    escrow: EscrowRules = DEFAULT_ESCROW
    routers: Names = ()
    """Set up for this community, on its list or not."""
    members: Names = ()
    """Of these, those that the first organizers propose, and vote for, at the very beginning."""
    deposit: Amount = field(default=100, validator=ge(1))
    """Up to so much a router keeps in the escrow; it pays when it has less than half of that there."""
    collects_every: int = field(default=6, validator=ge(1))
    """Blocks between two collections of what was earned."""

    def __attrs_post_init__(self) -> None:
        if self.prefix.prefixlen != 64:
            raise ValueError(f"prefix: expected a /64, got {self.prefix}")
        if escrow_rules.refusal_of_rules(self.escrow, 0) is not None:
            raise ValueError("escrow: expected notice, allowance and minimum of 0 or more")


@frozen
class RegistrySpec:
    """The registry above all communities."""

    denomination: Denomination = field(default="ualtg", validator=_name)
    company: ChainAddress = "althea1company"
    rules: RegistryRules = DEFAULT_REGISTRY
    everything: IPv6Network = identity.MESH

    def __attrs_post_init__(self) -> None:
        if registry_rules.refusal_of_rules(self.rules) is not None:
            raise ValueError(
                "registry: expected minimum_stake, quorum, commit_blocks and reveal_blocks of 1 or more, "
                "nothing below 0, and parts of at most 10000"
            )


@frozen
class PlannedAct:
    """Something that somebody does, and when."""

    at: int = field(validator=ge(0))
    act: Act


@frozen
class GovernanceSpec:
    """All communities of a network.

    Raises:
        ValueError: something names what is not there, or two things do not fit together.
    """

    communities: tuple[CommunitySpec, ...]
    people: tuple[PersonSpec, ...] = ()
    registry: RegistrySpec = RegistrySpec()
    limits: Limits = DEFAULT_LIMITS
    """How often routers read lists, and how long an old one serves."""
    acts: tuple[PlannedAct, ...] = ()

    def __attrs_post_init__(self) -> None:
        admission.check_limits(self.limits)
        if not self.communities:
            raise ValueError("communities: expected at least one, got none")

    def community(self, name: CommunityName) -> CommunitySpec:
        return next(one for one in self.communities if one.name == name)
