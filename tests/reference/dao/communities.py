# SPDX-License-Identifier: GPL-2.0-only
"""A community for tests: Ann, Bob and whoever else is named decide, and there is some money."""

from ipaddress import IPv6Address, IPv6Network
from typing import Final

from attrs import define

from althea_spec.reference.chain import bank
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.dao import community, governance, rules, treasury
from althea_spec.reference.dao.action import Action, AddMember
from althea_spec.reference.dao.community import Community
from althea_spec.reference.dao.governance import Conclude, Leave, Message, Outcome, Propose, Resign, Vote
from althea_spec.reference.dao.membership import Organizer
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.dao.rules import Rules
from althea_spec.reference.dao.treasury import Reason

PREFIX: Final = IPv6Network("fd00:a17e:1::/64")
COIN: Final = "uusd"
PAYER: Final = "althea1payer"


def account(name: str) -> str:
    return f"althea1{name.lower()}"


def address(interface: int) -> IPv6Address:
    return IPv6Address(int(PREFIX.network_address) + interface)


@define
class Town:
    """A community and its bank, at some block."""

    community: Community
    bank: Bank
    height: int = 100

    def send(self, name: str, message: Message) -> Outcome:
        return governance.step(self.community, self.bank, account(name), message, self.height)

    def propose(self, name: str, action: Action) -> int:
        """Open a vote; its number."""
        outcome = self.send(name, Propose(action))
        assert outcome.rejection is None, outcome.rejection
        return len(self.community.proposals)

    def vote(self, name: str, number: int, in_favour: bool = True) -> Rejection | None:
        return self.send(name, Vote(number, in_favour)).rejection

    def conclude(self, number: int, name: str = "anybody") -> Rejection | None:
        return self.send(name, Conclude(number)).rejection

    def resign(self, name: str) -> Rejection | None:
        return self.send(name, Resign()).rejection

    def leave(self, name: str) -> Rejection | None:
        return self.send(name, Leave()).rejection

    def add_member(self, name: str, by: str = "Ann", at: IPv6Address | None = None) -> IPv6Address:
        """A member who is on the list at once; the address."""
        self.propose(by, AddMember(name, account(name), at))
        return self.community.members.by_account[account(name)].address

    def earn(self, amount: int) -> None:
        """A fee comes in."""
        bank.mint(self.bank, PAYER, Coin(COIN, amount), SupplyReason.GENESIS)
        refused = treasury.receive(
            self.bank, self.community.treasury, PAYER, Coin(COIN, amount), Reason.FEE, self.height
        )
        assert refused is None

    @property
    def held(self) -> int:
        return bank.balance(self.bank, self.community.treasury.account, COIN)


def town(*names: str, rules: Rules = rules.DEFAULT, weights: tuple[int, ...] = ()) -> Town:
    """A community of these organizers."""
    given = weights or (1,) * len(names)
    organizers = [Organizer(name, account(name), weight) for name, weight in zip(names, given, strict=True)]
    made = community.founded("Town", PREFIX, tuple(organizers), rules, 5, COIN)
    assert isinstance(made, Community), made
    return Town(made, Bank())
