# SPDX-License-Identifier: MIT
"""All that a running economy consists of, beside the network."""

from collections.abc import Callable

from attrs import Factory, define, field

from ..payments import overhead
from ..payments.account_config import AccountConfig, least_recovery
from ..payments.identity import ChainAddress
from ..payments.money import Amount, Charge, Octets
from ..payments.thresholds import Thresholds
from ..routing.messages import Microseconds, PriceUnit
from ..routing.randomness import SplitMix
from . import economy_terms, identity, member
from .bulk import Batch
from .economy_specs import EconomySpec
from .exit_service import ExitUse
from .history import History
from .identity import NodeName
from .member import Member
from .node import Node
from .promises import Watchlist
from .settlement import Settlement
from .state import NetworkState
from .tariffs import Tariffs


@define
class Tally:
    """What one place in the network has done, whoever it was at the time."""

    forwarded: Octets = 0
    """Billed octets of others that it passed on and that arrived at its next hop."""
    sold: Charge = 0
    """Its own price for these."""
    kept: Charge = 0
    """What others owe it for packets that did not arrive at its next hop: it owes nothing for them."""
    own: Charge = 0
    """What it has bought for packets that begin at it: nobody else has sent it these."""
    delivered: Octets = 0
    """Octets of its users that arrived, in both directions, if it is a user."""
    paid: Amount = 0
    received: Amount = 0
    paid_to_exits: Amount = 0
    received_from_users: Amount = 0
    """Of these, what is about the exit and not about forwarding."""


@define
class EconomyState:
    """One economy."""

    spec: EconomySpec
    network: NetworkState
    tariffs: Tariffs
    settlement: Settlement
    unit: PriceUnit
    thresholds: Thresholds
    chance: SplitMix
    members: dict[NodeName, Member] = field(factory=dict)
    former: list[Member] = field(factory=list)
    """Identities that are there no more; their debts stay."""
    uses: dict[tuple[int, int], ExitUse] = field(factory=dict)
    """By the numbers of exit and user."""
    tallies: dict[NodeName, Tally] = field(factory=dict)
    really_paid: dict[tuple[ChainAddress, ChainAddress], Amount] = field(factory=dict)
    """By payer and payee: what the chain has made final."""
    deposited: Amount = 0
    """All that was ever paid in."""
    history: History = field(factory=History)
    watchlist: Watchlist = field(default=Factory(lambda self: Watchlist(self.unit.octets), takes_self=True))
    payments: int = 0
    asks_on: Callable[[Node], bool] | None = None
    """Whether questions to the chain are passed on for a node over its links themselves; ``None``: never."""

    @property
    def now(self) -> Microseconds:
        return self.network.now

    def tally(self, name: NodeName) -> Tally:
        return self.tallies.setdefault(name, Tally())

    def config_of(self, number: int) -> AccountConfig:
        """What every node's operator has settled: the same for all, but who it is."""
        spec = self.spec
        return AccountConfig(
            identity.money_identity(number),
            spec.coin,
            self.unit.octets,
            self.thresholds,
            confirmations=self.settlement.chain.parameters.confirmations,
            stale_after=4 * (spec.block_interval + spec.tick),
            recovery=least_recovery(economy_terms.conditions_of(spec)),
            patience=4 * (spec.block_interval + spec.tick),
            pause=spec.tick,
        )


def billed_octets(batch: Batch, packets: int) -> Octets:
    """What some packets of a batch are billed as."""
    return overhead.billed(packets * batch.octets, packets)


def update_members(state: EconomyState) -> None:
    """Whoever has come since is a member from now on, and whoever has gone is one no more."""
    for name in [*state.members]:
        node = state.network.nodes.get(name)
        if node is None or node.number != state.members[name].number:
            state.members[name].gone_at = state.now
            state.former.append(state.members.pop(name))
    for name, node in state.network.nodes.items():
        if name not in state.members:
            phase = state.chance.below(state.spec.reading_interval)
            config = state.config_of(node.number)
            new = member.new_member(name, node.number, config, state.now, phase)
            new.scanned = state.settlement.blocks
            state.members[name] = new
        state.members[name].has_cheated |= not node.conduct.is_honest or node.is_bad


def is_honest(state: EconomyState, one: Member) -> bool:
    """Whether what the law promises to the honest is promised to somebody.

    Who has cheated once may have books that are wrong for good.
    """
    return not one.has_cheated and state.members.get(one.name) is one
