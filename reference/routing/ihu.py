# SPDX-License-Identifier: MIT
"""I Heard You: what is told to whom, and which of them speak to us (RFC 8966 section 3.4.2)."""

from .constants import LOSSLESS_HELLOS_PER_IHU
from .hello_history import HelloHistory
from .messages import Address, Centiseconds

_RECENT_HELLOS = 4


def is_for_us(address: Address | None, own_addresses: tuple[Address, ...]) -> bool:
    """Whether an IHU speaks to this interface; one without an address speaks to whoever receives it (section
    4.6.6).

    Requirement: RTG-IHU-14
    """
    return address is None or address in own_addresses


def is_lossy(multicast: HelloHistory) -> bool:
    """Whether one of the last few Multicast Hellos was missed; a short history counts as lossy."""
    recent = (1 << _RECENT_HELLOS) - 1
    return multicast.received & recent != recent


def goes_with_hello(
    lossy: bool, hellos_without: int, hello_interval: Centiseconds, ihu_interval: Centiseconds
) -> bool:
    """Whether the next scheduled Hello takes an IHU along (appendix B): each on a lossy link, else every
    third.

    ``hellos_without`` counts the Hellos since the last IHU; an announced IHU interval of less than three
    Hello intervals is kept all the same.

    Requirement: RTG-IHU-02, RTG-IHU-04, RTG-IHU-08
    """
    hellos_per_ihu = min(LOSSLESS_HELLOS_PER_IHU, ihu_interval // hello_interval)
    return lossy or hellos_without + 1 >= hellos_per_ihu
