# SPDX-License-Identifier: GPL-2.0-only
"""Communities on the chain: what their module takes, what it refuses, and what follows from a vote."""

from ipaddress import IPv6Network
from typing import Any

import pytest

from althea_spec.reference.chain import bank as banks
from althea_spec.reference.chain import canonical
from althea_spec.reference.chain.accounts import module_account
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.chain import Chain
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.module import Context
from althea_spec.reference.chain.parameters import Parameters
from althea_spec.reference.chain.rejection import Rejection as ChainRejection
from althea_spec.reference.chain.transactions import Message, Transaction
from althea_spec.reference.dao import community, escrow_membership, fee_schedule, governance
from althea_spec.reference.dao.action import AddMember, RemoveMember, StakeListing
from althea_spec.reference.dao.community import Community
from althea_spec.reference.dao.community_module import (
    CollectFees,
    CommunityModule,
    Contract,
    Give,
    Govern,
    PayEscrow,
    Reclaim,
    WithdrawEscrow,
)
from althea_spec.reference.dao.escrow import Escrow
from althea_spec.reference.dao.escrow_line import Subscriber
from althea_spec.reference.dao.escrow_rules import EscrowRules
from althea_spec.reference.dao.membership import Organizer
from althea_spec.reference.dao.registry import Registry
from althea_spec.reference.dao.registry_module import Register, RegistryModule
from althea_spec.reference.dao.registry_rules import RegistryRules
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.dao.rules import DEFAULT
from althea_spec.reference.dao.treasury import Reason

from .communities import COIN, PREFIX, account

ANN, HILL = account("Ann"), account("Hill")
TOKEN = "ualtg"
NODE = Subscriber(PREFIX[1], HILL)


class Town:
    """A chain with one community, and some money."""

    def __init__(self) -> None:
        rules = RegistryRules(100, 11, 5_000, 5_000, 1, 2, 2, 2)
        self.registry = Registry(IPv6Network("fd00:a17e::/32"), TOKEN, "althea1company", rules)
        made = community.founded("Town", PREFIX, (Organizer("Ann", ANN),), DEFAULT, 5, COIN)
        assert isinstance(made, Community)
        escrow = Escrow(PREFIX, COIN, EscrowRules(2, 10, 0), fee_schedule.begun(5, 0))
        self.community, self.escrow = made, escrow
        self.module = CommunityModule(self.registry, {PREFIX: Contract(made, escrow)})
        genesis = {(one, coin): 1_000 for one in (ANN, HILL) for coin in (COIN, TOKEN)}
        modules = (self.module, RegistryModule(self.registry))
        self.chain = Chain(Parameters(least_fees={COIN: 0}), genesis, modules)

    def send(self, sender: str, message: Message) -> Any:
        sequence = self.chain.next_sequence(sender)
        return self.chain.deliver(Transaction("althea-1", sender, sequence, Coin(COIN, 0), message)).rejection

    def vote(self, action: Any) -> Any:
        return self.send(ANN, Govern(PREFIX, governance.Propose(action)))

    def wait(self, blocks: int) -> None:
        for _ in range(blocks):
            self.chain.end_block(self.chain.time + 6_000_000)

    def holds(self, name: str, denomination: str = COIN) -> int:
        return self.chain.balance(name, denomination)


def test_a_transaction_that_names_a_subnet_has_a_name() -> None:
    """Given messages with prefixes and addresses in them, then the chain takes them, each by another hash."""
    town = Town()
    assert town.send(ANN, Register(PREFIX, 200)) is None
    assert town.send(HILL, PayEscrow(PREFIX, NODE, 30)) is None
    assert town.send(HILL, PayEscrow(PREFIX, Subscriber(PREFIX[2], HILL), 30)) is None
    assert len(town.chain.receipts) == 3


def test_addresses_and_prefixes_have_rows_of_their_own() -> None:
    """Given values that look alike, then each has other octets."""
    alike = (
        PREFIX.network_address,
        PREFIX,
        IPv6Network("fd00:a17e:1::/63"),
        str(PREFIX),
        PREFIX.network_address.packed,
        int(PREFIX.network_address),
    )
    assert len({canonical.octets(one) for one in alike}) == len(alike)


def test_a_member_pays_is_charged_and_has_the_rest_back() -> None:
    """Given a member that has paid ahead, then each block costs the fee, and who is voted out has the rest.

    Requirement: ESCROW-REFUSE-01, VOTE-REFUSED-01
    """
    town = Town()
    assert town.vote(AddMember("Hill", HILL)) is None
    assert town.send(HILL, PayEscrow(PREFIX, NODE, 50)) is None
    member = town.community.members.by_account[HILL]
    assert escrow_membership.is_paid_up(town.escrow, member, 1)
    town.wait(3)
    assert town.send(HILL, WithdrawEscrow(PREFIX, PREFIX[1], 5)) is None
    assert town.send(HILL, WithdrawEscrow(PREFIX, PREFIX[1], 31)) is Rejection.ESCROW_TOO_SMALL
    assert town.send(HILL, CollectFees(PREFIX)) is None
    treasury = town.community.treasury.account
    assert (town.holds(treasury), town.holds(town.escrow.account), town.holds(HILL)) == (15, 30, 955)
    assert town.vote(RemoveMember(PREFIX[1], HILL)) is None
    assert (town.holds(town.escrow.account), town.holds(HILL)) == (0, 985)
    assert [type(one.effect).__name__ for one in town.module.told if one.height == 4] == [
        "ProposalMade",
        "MemberRemoved",
        "ProposalCarriedOut",
    ]


def test_the_treasury_stakes_all_that_was_voted_for_but_the_fee() -> None:
    """Given tokens in the treasury and a vote, then the registry has them in the same block."""
    town = Town()
    assert town.send(HILL, Give(PREFIX, Coin(TOKEN, 300))) is None
    assert town.vote(StakeListing(Coin(TOKEN, 90))) is None
    listing = module_account(f"dao/{PREFIX}/listing")
    assert (town.registry.listings, town.holds(listing, TOKEN)) == ({}, 90)
    assert town.vote(StakeListing(Coin(TOKEN, 30))) is None
    assert town.registry.listings[PREFIX].stake == 109
    assert (town.holds(listing, TOKEN), town.holds("althea1company", TOKEN)) == (0, 5)


def test_what_lies_idle_for_the_listing_goes_back() -> None:
    """Given tokens that the registry did not take, then anybody may have them sent back, once.

    Requirement: SUB-STAKE-01
    """
    town = Town()
    town.send(HILL, Give(PREFIX, Coin(TOKEN, 300)))
    town.vote(StakeListing(Coin(TOKEN, 90)))
    treasury = town.community.treasury
    assert town.send(HILL, Reclaim(PREFIX)) is None
    assert (town.holds(treasury.listing_account, TOKEN), town.holds(treasury.account, TOKEN)) == (0, 300)
    assert treasury.journal[-1].reason is Reason.RETURNED
    assert town.send(HILL, Reclaim(PREFIX)) is Rejection.AMOUNT_NOT_POSITIVE


@pytest.mark.parametrize(
    ("sender", "message", "reason"),
    [
        (HILL, Govern(PREFIX, governance.Propose(AddMember("Hill", HILL))), Rejection.NOT_AN_ORGANIZER),
        (HILL, Govern(PREFIX, governance.Leave()), Rejection.NOT_A_MEMBER),
        (HILL, PayEscrow(PREFIX, NODE, 1_001), Rejection.FUNDS_TOO_SMALL),
        (HILL, WithdrawEscrow(PREFIX, PREFIX[1], 1), Rejection.NO_LINE),
        (HILL, Give(PREFIX, Coin(COIN, 1_001)), Rejection.PAYER_TOO_POOR),
        (HILL, Give(PREFIX, Coin(COIN, 0)), ChainRejection.AMOUNT_NOT_POSITIVE),
        (HILL, CollectFees(IPv6Network("fd00:a17e:9::/64")), ChainRejection.UNKNOWN_MESSAGE),
    ],
)
def test_what_is_refused_has_one_reason_and_moves_nothing(sender: str, message: Message, reason: Any) -> None:
    town = Town()
    before = dict(town.chain.bank.balances)
    assert town.send(sender, message) is reason
    assert {key: amount for key, amount in town.chain.bank.balances.items() if amount} == before


def test_a_message_of_another_system_is_a_mistake_of_the_chain() -> None:
    town, bank = Town(), Bank()
    banks.mint(bank, ANN, Coin(COIN, 1), SupplyReason.GENESIS)
    with pytest.raises(TypeError, match="expected one for a community, got Register"):
        town.module.handle(Context(bank, 1, 0), ANN, Register(PREFIX, 1))
