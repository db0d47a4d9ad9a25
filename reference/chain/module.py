# SPDX-License-Identifier: MIT
"""How other systems live on the chain: a module takes messages, moves coins of its own account, and may act
when a block ends."""

from enum import Enum
from typing import Protocol

from attrs import frozen

from ..payments.identity import ChainAddress
from ..routing.messages import Microseconds
from .bank import Bank
from .block import Height
from .transactions import Message


@frozen
class Context:
    """What a module sees and may change."""

    bank: Bank
    height: Height
    """Of the block that is being made."""
    time: Microseconds
    """Of the block before it; when a block ends, its own."""


class Module(Protocol):
    """A part of the chain with messages of its own.

    A module that refuses a message must not have changed anything: check first, then act.
    """

    def messages(self) -> tuple[type[Message], ...]:
        """The kinds of messages that come to this module."""

    def handle(self, context: Context, sender: ChainAddress, message: Message) -> Enum | None:
        """Do what the message asks, or say why not."""

    def end_block(self, context: Context) -> None:
        """Act before the block is closed."""
