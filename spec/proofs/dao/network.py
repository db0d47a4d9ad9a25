# SPDX-License-Identifier: MIT
"""Communities in a network: how long news of a vote takes, and which bindings are believed again."""

from ipaddress import IPv6Address

from althea_spec.reference.chain import block
from althea_spec.reference.dao import admission, neighbourhood
from althea_spec.reference.dao.admission import Binding, Limits
from althea_spec.reference.network import community_admission
from althea_spec.reference.payments.identity import Identity

from ..engine import logic
from ..engine.given import Given
from ..engine.obligations import theorem, witness

_TIME = 2**62
_HEIGHT = 2**62
_MESH = IPv6Address("fd00:a17e:1::1")
_MOVED = IPv6Address("fd00:a17e:1::5")
_KEY = bytes(32)


def _time(given: Given, name: str, least: int = 1) -> int:
    return given.integer(name, least, _TIME)


def _last_reading(given: Given, confirmations: int) -> tuple[int, int]:
    """When the first reading comes after which a router can know, counted from the block; and the bound.

    Blocks come and readings are made as late as a step of time allows.
    """
    interval, refresh, tick = _time(given, "interval"), _time(given, "refresh"), _time(given, "tick")
    proved = 0
    for number in range(confirmations):
        gap = _time(given, f"gap{number}")
        given.assume(
            gap <= interval + tick, f"block {number + 1} after it comes a step after its time at most"
        )
        proved = proved + gap
    before, after = given.integer("before", -_TIME, _TIME), _time(given, "after", 0)
    given.assume(before < proved, "the last reading that did not show it was before it was proved")
    given.assume(after - before <= refresh + tick, "the next one comes a step after its time at most")
    return after, community_admission.known_within(confirmations, interval, refresh, tick)


@theorem("network/news-in-time", "SUB-CUT-01", "SUB-JOIN-01")
def news_in_time(given: Given) -> bool:
    """Whatever the moments of blocks and readings, a router in reach goes by a block within the bound."""
    after, bound = _last_reading(given, given.choice("confirmations", (0, 1, 2, 3)))
    return after <= bound


@theorem("network/news-as-late-as-that", "SUB-CUT-01")
def news_as_late(given: Given) -> bool:
    """The bound is not larger than needed: with all blocks late, and a reading a microsecond before the last
    of them, the next reading comes a microsecond before the bound.
    """
    interval, refresh, tick = _time(given, "interval"), _time(given, "refresh"), _time(given, "tick")
    confirmations = given.choice("confirmations", (0, 1, 2, 3))
    proved = sum([interval + tick] * confirmations)
    after = proved - 1 + refresh + tick
    return after == community_admission.known_within(confirmations, interval, refresh, tick) - 1


@theorem("network/vote-in-time", "SUB-CUT-02")
def vote_in_time(given: Given) -> bool:
    """From the vote it takes one block more, whatever the interval and the step."""
    interval, refresh, tick = _time(given, "interval"), _time(given, "refresh"), _time(given, "tick")
    confirmations = given.integer("confirmations", 0, 100)
    vote, closed = _time(given, "vote", 0), _time(given, "closed", 0)
    given.assume(closed - vote <= interval + tick, "its block closes a step after its time at most")
    known = closed + community_admission.known_within(confirmations, interval, refresh, tick)
    return known <= vote + community_admission.decided_within(confirmations, interval, refresh, tick)


@theorem("network/read-in-time", "SUB-READ-01")
def read_in_time(given: Given) -> bool:
    """If a reading was not due at one step, the list is younger than refresh and step at the next."""
    refresh, tick = _time(given, "refresh"), _time(given, "tick")
    read_at, earlier, later = (_time(given, name, 0) for name in ("read_at", "earlier", "later"))
    given.assume(not community_admission.is_due(read_at, earlier, refresh), "it was not due")
    given.assume(later - earlier <= tick, "the next step comes in time")
    return later - read_at < refresh + tick


@theorem("network/proved-by-blocks", "SUB-READ-02")
def proved_by_blocks(given: Given) -> bool:
    """The list that is read is of the last block that is final, or of the beginning."""
    closed, confirmations = given.integer("closed", 0, _HEIGHT), given.integer("confirmations", 0, 100)
    height = community_admission.proven_height(closed, confirmations)
    is_latest = logic.no(block.is_final(height + 1, closed, confirmations))
    return bool(
        logic.all_of(
            height >= 0,
            logic.any_of(height == 0, block.is_final(height, closed, confirmations)),
            is_latest,
        )
    )


@theorem("network/forgotten-in-time", "SUB-CUT-03")
def forgotten_in_time(given: Given) -> bool:
    """If a list still served at one step, then at the next its age is within the bound, and once it is beyond
    what a list serves, nobody is kept.
    """
    keep, tick = _time(given, "keep"), _time(given, "tick")
    limits = Limits(1, 1, keep)
    earlier, later = _time(given, "earlier", 0), _time(given, "later", 0)
    given.assume(not neighbourhood.is_expired(earlier, limits), "the list still served")
    given.assume(later - earlier <= tick, "the next step comes in time")
    in_time = later <= community_admission.forgotten_within(keep, tick)
    return bool(logic.all_of(in_time, neighbourhood.is_expired(later, limits) == (later > keep)))


@theorem("network/both-ends", "SUB-LINK-01")
def both_ends(given: Given) -> bool:
    """A tunnel that is up was admitted at both ends, and it is the same from either."""
    one, other = given.choice("one", (False, True)), given.choice("other", (False, True))
    up = community_admission.is_up(one, other)
    return up == community_admission.is_up(other, one) and up == (one and other)


def _bindings(given: Given, serial: int) -> bool:
    """Whether an account whose address has changed is refused by who knows any earlier binding of it."""
    known_serial = given.integer("known", 0, _HEIGHT)
    given.assume(known_serial <= given.integer("signed", 0, _HEIGHT), "what is known was signed before")
    known = Binding(Identity(_MESH, "althea1hill", _KEY), known_serial, "althea1hill")
    claim = Binding(Identity(_MOVED, "althea1hill", _KEY), serial, "althea1hill")
    return admission.is_replaced(claim, known)


@theorem("network/new-address-is-believed", "SUB-BIND-01")
def new_address_is_believed(given: Given) -> bool:
    """With the next number a binding for another address is taken by all who know an earlier one."""
    signed = given.integer("signed", 0, _HEIGHT)
    return not _bindings(given, community_admission.next_serial(signed))


@witness("network/new-address-without-number", "SUB-BIND-01")
def new_address_without_number(given: Given) -> bool:
    """Without counting up, a member that was added again at another address is refused."""
    return _bindings(given, given.integer("signed", 0, _HEIGHT))
