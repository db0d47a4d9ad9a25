# SPDX-License-Identifier: MIT
"""The registry as a module of the chain: what may be asked of it, and by whom."""

from enum import Enum

from attrs import define, frozen

from ..chain.module import Context
from ..chain.transactions import Message
from ..payments.identity import ChainAddress
from ..payments.money import Amount
from . import registry as registries
from .challenge import ChallengeNumber
from .commitment import Commitment
from .registry import Registry
from .subnet import SubnetPrefix


@frozen
class RegistryMessage(Message):
    """Whatever the registry takes."""


@frozen
class Register(RegistryMessage):
    """Stake for a subnet, and pay the fee."""

    prefix: SubnetPrefix
    stake: Amount

    def amounts(self) -> tuple[int, ...]:
        return (self.stake,)


@frozen
class Withdraw(RegistryMessage):
    """Take a subnet off the list."""

    prefix: SubnetPrefix


@frozen
class OpenChallenge(RegistryMessage):
    """Put a deposit against a listing."""

    prefix: SubnetPrefix


@frozen
class Commit(RegistryMessage):
    """Send a sealed vote."""

    number: ChallengeNumber
    commitment: Commitment
    votes: Amount

    def amounts(self) -> tuple[int, ...]:
        return (self.votes,)


@frozen
class Reveal(RegistryMessage):
    """Open a sealed vote."""

    number: ChallengeNumber
    keeps: bool
    salt: bytes


@frozen
class Resolve(RegistryMessage):
    """Have the votes counted."""

    number: ChallengeNumber


@frozen
class Claim(RegistryMessage):
    """Take back locked tokens, and what they have earned."""

    number: ChallengeNumber


@define
class RegistryModule:
    """Takes the messages of one registry."""

    registry: Registry

    def messages(self) -> tuple[type[Message], ...]:
        return (Register, Withdraw, OpenChallenge, Commit, Reveal, Resolve, Claim)

    def handle(self, context: Context, sender: ChainAddress, message: Message) -> Enum | None:
        """Do what the message asks, or say why not.

        Requirement: REG-REFUSE-01
        """
        registry, bank, now = self.registry, context.bank, context.height
        if isinstance(message, Register):
            return registries.register(registry, bank, sender, message.prefix, message.stake)
        if isinstance(message, Withdraw):
            return registries.leave(registry, bank, sender, message.prefix)
        if isinstance(message, OpenChallenge):
            return registries.open_challenge(registry, bank, sender, message.prefix, now)
        if isinstance(message, Commit):
            votes, sealed = message.votes, message.commitment
            return registries.commit(registry, bank, sender, message.number, sealed, votes, now)
        if isinstance(message, Reveal):
            return registries.reveal(registry, sender, message.number, message.keeps, message.salt, now)
        if isinstance(message, Resolve):
            return registries.resolve(registry, bank, message.number, now)
        if isinstance(message, Claim):
            return registries.claim(registry, bank, sender, message.number)
        raise TypeError(f"message: expected one for the registry, got {type(message).__name__}")

    def end_block(self, context: Context) -> None:
        """Nothing happens by itself: whoever wants a challenge resolved asks for it."""
