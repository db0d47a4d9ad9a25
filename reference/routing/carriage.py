# SPDX-License-Identifier: MIT
"""Which packets of a tunnel carry a probe: a coin is thrown for each, whatever its length and its time.

A probe that waited for the next packet would ride on those that come after a pause, and a relay would only
have to treat these well.  So every packet has the same chance.  A share is the chance in 65536ths.
"""

from typing import Final, TypeAlias

from .messages import Microseconds
from .randomness import RandomSource

Share: TypeAlias = int
"""0 to ``ALWAYS``."""
ALWAYS: Final = 1 << 16
PATIENT_ANSWERS: Final = 128
"""With so many waiting answers every packet carries one; with fewer, fewer in proportion."""


def hello_share(packets: int, elapsed: Microseconds, interval: Microseconds) -> Share:
    """The share of packets that carry a Remote Hello, so that one leaves every ``interval`` on average.

    ``packets`` were sent in the ``elapsed`` microseconds before the measurement; it is not changed while the
    measurement goes on, whatever the traffic does.

    Requirement: STEALTH-RIDE-01
    """
    return min(ALWAYS * elapsed // max(packets * interval, 1), ALWAYS)


def answer_share(waiting: int) -> Share:
    """The share of packets that carry a Remote IHU while so many wait.

    The more wait, the sooner each leaves; but never does one leave because the Remote Hello came just now.

    Requirement: STEALTH-RIDE-03
    """
    return min(ALWAYS * waiting // PATIENT_ANSWERS, ALWAYS)


def rides(share: Share, random: RandomSource) -> bool:
    """Throw the coin.

    Requirement: STEALTH-RIDE-01, STEALTH-RIDE-03
    """
    return random.below(ALWAYS) < share
