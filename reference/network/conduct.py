# SPDX-License-Identifier: MIT
"""How a node deals with money: honest, or one of the ways to cheat that the law has to withstand.

The machine that keeps the accounts stays the honest one; a cheat changes what it is told, and what becomes of
what it decides.  What a cheat does to packets is :mod:`.misbehaviour`.
"""

from attrs import field, frozen
from attrs.validators import ge, optional

from ..routing.messages import Microseconds
from .quality import MILLION


@frozen
class Conduct:
    """Several kinds at once; the default is honest.

    Raises:
        ValueError: a field is out of its range.
    """

    pays: bool = True
    """Whether what it owes its neighbours is paid at all."""
    pays_exits: bool = True
    """Whether it pays its exits."""
    payment_delay: Microseconds = field(default=0, validator=ge(0))
    """So long after it was due is a payment handed to the chain."""
    counts_received: int = field(default=MILLION, validator=ge(0))
    """Millionths of what neighbours really sent it that it claims to have received: more than a million asks
    to be paid for what nobody sent."""
    counts_sent: int = field(default=MILLION, validator=ge(0))
    """Millionths of what it really sent that it admits."""
    claims: int = field(default=0, validator=ge(0))
    """At each reading it claims to have paid every neighbour that amount, and has not."""
    renews_every: Microseconds | None = field(default=None, validator=optional(ge(1)))
    """It comes back so often as somebody else: another mesh address, account and key."""

    @property
    def is_honest(self) -> bool:
        """Whether what the law promises to the honest is promised to it; to pay late is not honest."""
        return self == HONEST


HONEST = Conduct()
