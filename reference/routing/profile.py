# SPDX-License-Identifier: MIT
"""Which dialect of Babel is spoken on the wire.

A profile decides where a price travels and how wide it is.  Nothing on the wire names the profile: routers
that are to understand one another are configured alike, and whoever hears the wrong layout has to notice.
"""

from enum import StrEnum
from typing import Final


class Profile(StrEnum):
    """The wire profiles; the values are the names on the command line."""

    RFC8966 = "rfc8966"
    """Plain Babel: no prices."""
    ALTHEA = "althea"
    """Price, path RTT and path delivery in sub-TLVs of the Update; Remote Hello and Remote IHU in tunnels."""
    ALTHEA_2018 = "althea-2018"
    """The layout in the field: a 32-bit price in the Update itself, the path RTT in sub-TLV 45."""


NOT_FOR_SALE: Final = {Profile.ALTHEA: 0xFFFF, Profile.ALTHEA_2018: 0xFFFF_FFFF}
"""The largest value of a price on the wire: the route exists, and nobody may use it."""
