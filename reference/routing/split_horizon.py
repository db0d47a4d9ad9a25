# SPDX-License-Identifier: MIT
"""Not telling a link what was learned from it (RFC 8966 section 3.7.4)."""


def suppresses(enabled: bool, learned_over: str | None, interface: str) -> bool:
    """Whether an unsolicited Update stays unsent on an interface.

    ``learned_over`` is the interface of the selected route, ``None`` for our own prefixes and for
    retractions.  An explicit request is answered all the same (section 3.8.1.1).

    Requirement: RTG-SPLIT-01, RTG-SPLIT-02
    """
    return enabled and learned_over == interface
