# SPDX-License-Identifier: MIT
"""Vectors for the list of a subnet, for whom a router connects to, and for the amounts of a treasury."""

from ipaddress import IPv6Address, IPv6Network
from typing import Final, TypeAlias

from attrs import frozen

from althea_spec.reference.dao import (
    address_allocation,
    admission,
    community,
    membership,
    neighbourhood,
    subnet,
    treasury,
)
from althea_spec.reference.dao.admission import DAY, MINUTE, Binding, Limits
from althea_spec.reference.dao.neighbourhood import Effect, Neighbourhood
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.payments.identity import Identity, TunnelKey

from ..draw import Draw
from ..family import Arguments, Family
from ..machine import Machine, Scenario

PREFIX: Final = IPv6Network("fd00:a17e:1::/64")
_START: Final = int(PREFIX.network_address)
_RANGE: Final = IPv6Network("fd00:a17e::/32")
_RESERVED: Final = (0, 1, 0xFDFF_FFFF_FFFF_FF7F, 0xFDFF_FFFF_FFFF_FF80, 0xFDFF_FFFF_FFFF_FFFF, 0xFE << 56)
_ANYCAST: Final = 0xFDFF_FFFF_FFFF_FF80
_LENGTHS: Final = ((1, 0), (64, 1024), (0, 0), (65, 0), (1, 1025))


def _address(interface: int) -> IPv6Address:
    return IPv6Address(_START + interface)


# --- the list -----------------------------------------------------------------------------------------------

_PREFIXES: Final = tuple(
    IPv6Network(one)
    for one in ("fd00:a17e:1::/64", "fd00:a17e:1:1::/64", "fd00:a17e:1::/65", "fd00:a17e::/63", "fd01::/64")
)


def _two_prefixes(draw: Draw) -> Arguments:
    bits = draw.integer(0, 128), draw.integer(0, 128)
    first = draw.integer(0, 2**128 - 1) >> 128 - bits[0] << 128 - bits[0]
    near = first if draw.truth() else draw.integer(0, 2**128 - 1)
    second = near >> 128 - bits[1] << 128 - bits[1]
    return {"first": first, "first_bits": bits[0], "second": second, "second_bits": bits[1]}


_LIST: Final = (
    Family(
        id="subnet/interface",
        function=subnet.interface_of,
        grid={
            "address": (_START - 1, _START, _START + 1, _START + 2**64 - 1, _START + 2**64),
            "prefix": (_START,),
        },
        draw=lambda draw: {
            "address": draw.integer(0, 2**128 - 1),
            "prefix": draw.integer(0, 2**64 - 1) << 64,
        },
    ),
    Family(
        id="subnet/holds",
        function=subnet.holds,
        requirements=("SUBNET-PREFIX-02",),
        grid={"prefix": (PREFIX,), "address": tuple(_address(at) for at in (-1, 0, 2**64 - 1, 2**64))},
    ),
    Family(id="subnet/overlap", function=subnet.overlap, draw=_two_prefixes),
    Family(
        id="subnet/prefix",
        function=subnet.refusal_of_prefix,
        grid={
            "prefix": _PREFIXES,
            "everything": (_RANGE,),
            "others": ((), (_PREFIXES[0],), (_PREFIXES[1], IPv6Network("fd00:a17e::/64"))),
        },
        hints={"others": tuple[IPv6Network, ...]},
    ),
    Family(
        id="subnet/assignable",
        function=address_allocation.is_assignable,
        grid={"interface": (*_RESERVED, 2**64 - 1)},
    ),
    Family(
        id="subnet/after",
        function=address_allocation.after,
        grid={
            "interface": (0, 1, *range(_ANYCAST - 3, _ANYCAST + 1), _ANYCAST + 126, _ANYCAST + 127, 2**64 - 1)
        },
    ),
    Family(
        id="subnet/allocate",
        function=address_allocation.allocate,
        grid={
            "prefix": (PREFIX,),
            "start": (1, 3, 0xFDFF_FFFF_FFFF_FF7F, 2**64 - 1, 2**64),
            "taken": ((), tuple(map(_address, (1, 2, 3, 0xFDFF_FFFF_FFFF_FF7F, 2**64 - 1)))),
        },
        hints={"taken": tuple[IPv6Address, ...]},
        covers=(address_allocation.after,),
    ),
    Family(
        id="members/entry",
        function=membership.refusal_of_entry,
        grid={
            "interface": (None, *_RESERVED),
            "same_address": (False, True),
            "same_account": (False, True),
            "lengths": _LENGTHS,
        },
    ),
    Family(
        id="members/texts",
        function=membership.refusal_of_texts,
        grid={"nickname": (0, 1, 64, 65), "notes": (0, 1024, 1025)},
    ),
    Family(
        id="organizers/new",
        function=membership.refusal_of_organizer,
        grid={
            "known": (False, True),
            "organizers": (0, 999, 1000),
            "weight": (0, 1, 1_000_000, 1_000_001),
            "length_of_name": (0, 1, 64, 65),
        },
    ),
    Family(
        id="organizers/departure",
        function=membership.refusal_of_departure,
        grid={"known": (False, True), "organizers": (1, 2, 3)},
    ),
)

# --- money --------------------------------------------------------------------------------------------------

_MONEY: Final = (
    Family(
        id="treasury/spend",
        function=treasury.refusal,
        grid={"held": (0, 1, 100), "amount": (-1, 0, 1, 99, 100, 101)},
    ),
    Family(id="treasury/account", function=treasury.opened, grid={"prefix": _PREFIXES[:2]}),
    Family(
        id="treasury/fee",
        function=community.refusal_of_fee,
        grid={"fee": (-1, 0, 1, 2**63 - 1, 2**63)},
    ),
    Family(
        id="treasury/books",
        function=treasury.expected,
        draw=lambda draw: {"received": draw.integer(50, 2**64), "spent": draw.integer(0, 50)},
    ),
)

# --- admission ----------------------------------------------------------------------------------------------

_KEYS: Final = (bytes([7]) * 32, bytes([8]) * 32)
_NAMES: Final = ("althea1own", "althea1barn", "althea1mill")


def _binding(at: int, name: str, key: int = 0, serial: int = 1, signer: str | None = "") -> Binding:
    identity = Identity(_address(at), name, _KEYS[key])
    return Binding(identity, serial, name if signer == "" else signer)


_BARN: Final = _binding(2, _NAMES[1])
_CLAIMS: Final = (
    _BARN,
    _binding(2, _NAMES[1], serial=0),
    _binding(2, _NAMES[1], key=1),
    _binding(2, _NAMES[1], key=1, serial=2),
    _binding(2, _NAMES[1], signer=None),
    _binding(2, _NAMES[1], signer=_NAMES[2]),
    _binding(3, _NAMES[1]),
)
_AGES: Final = (0, MINUTE, MINUTE + 1, DAY, DAY + 1, 7 * DAY, 7 * DAY + 1)

_ADMISSION: Final = (
    Family(
        id="neighbours/entry",
        function=admission.refusal_of_entry,
        grid={
            "mesh": (_address(-1), _address(2), _address(2**64)),
            "account": _NAMES[1:],
            "prefix": (_START,),
            "listed": (None, _NAMES[1]),
        },
    ),
    Family(
        id="neighbours/binding",
        function=admission.refusal_of_binding,
        grid={"claim": _CLAIMS, "proven": _KEYS, "known": (None, _BARN, _CLAIMS[3])},
        covers=(admission.is_replaced,),
    ),
    Family(
        id="neighbours/freshness",
        function=admission.freshness,
        grid={"age": _AGES, "limits": (Limits(), Limits(1, 1, 1))},
        covers=(neighbourhood.is_expired,),
    ),
    Family(
        id="neighbours/age",
        function=admission.refusal_of_age,
        grid={"age": (None, *_AGES), "limits": (Limits(),)},
    ),
    Family(
        id="neighbours/limits",
        function=admission.check_limits,
        grid={"limits": (Limits(), Limits(0, 1, 1), Limits(2, 1, 3), Limits(1, 3, 2), Limits(1, 1, 1))},
    ),
)


@frozen
class ShakeHands:
    """A tunnel has come up."""

    claim: Binding
    proven: TunnelKey


@frozen
class Entry:
    """A line of the list of a subnet."""

    address: IPv6Address
    account: str


@frozen
class ReadList:
    """A list has come."""

    entries: tuple[Entry, ...]
    height: int
    proven: bool = True


@frozen
class Tick:
    """Time has passed."""


Event: TypeAlias = ShakeHands | ReadList | Tick


def begun(own: Identity) -> Neighbourhood:
    """A router that has read nothing yet."""
    return Neighbourhood(PREFIX, own)


def stepped(
    state: Neighbourhood, event: Event, now: int
) -> Rejection | tuple[Neighbourhood, tuple[Effect, ...]]:
    """What a router does about its neighbours when a tunnel comes up, a list comes, and as time passes."""
    if isinstance(event, Tick):
        return state, neighbourhood.tick(state, now)
    if isinstance(event, ShakeHands):
        came = neighbourhood.shake_hands(state, event.claim, event.proven, now)
    else:
        entries = {one.address: one.account for one in event.entries}
        came = neighbourhood.read_list(state, entries, event.height, event.proven, now)
    return came if isinstance(came, Rejection) else (state, came)


_OWN: Final = Identity(_address(1), _NAMES[0], _KEYS[0])
_LINES: Final = tuple(Entry(_address(at), name) for at, name in enumerate(_NAMES, start=1))
_WEEK: Final = 7 * DAY


def _scenario(*steps: tuple[int, Event]) -> Scenario:
    """The clock of a router shows anything when it begins."""
    return Scenario({"own": _OWN}, tuple({"event": event, "now": 5 * DAY + now} for now, event in steps))


_NEW_KEY: Final = _binding(2, _NAMES[1], key=1, serial=2)
_NEIGHBOURS: Final = Machine(
    id="neighbours/life",
    start=begun,
    step=stepped,
    requirements=(
        "ADMIT-CHECK-01",
        "ADMIT-CHECK-06",
        "ADMIT-KEY-02",
        "ADMIT-CACHE-03",
        "ADMIT-CACHE-04",
        "ADMIT-REMOVE-01",
        "ADMIT-LIST-01",
        "ADMIT-LIST-02",
    ),
    scenarios={
        "never-read": _scenario((0, ShakeHands(_BARN, _KEYS[0]))),
        "admitted": _scenario(
            (0, ReadList(_LINES, 5)), (1, ShakeHands(_BARN, _KEYS[0])), (2, ShakeHands(_BARN, _KEYS[0]))
        ),
        "removed": _scenario(
            (0, ReadList(_LINES, 5)),
            (1, ShakeHands(_BARN, _KEYS[0])),
            (2, ShakeHands(_binding(3, _NAMES[2]), _KEYS[0])),
            (3, ReadList(_LINES[:1] + _LINES[2:], 6)),
            (4, ShakeHands(_BARN, _KEYS[0])),
        ),
        "given-to-somebody-else": _scenario(
            (0, ReadList(_LINES, 5)),
            (1, ShakeHands(_BARN, _KEYS[0])),
            (2, ReadList((_LINES[0], Entry(_address(2), "althea1other")), 6)),
        ),
        "self-removed": _scenario(
            (0, ReadList(_LINES, 5)),
            (1, ShakeHands(_BARN, _KEYS[0])),
            (2, ReadList(_LINES[1:], 6)),
            (3, ShakeHands(_BARN, _KEYS[0])),
        ),
        "new-key": _scenario(
            (0, ReadList(_LINES, 5)),
            (1, ShakeHands(_BARN, _KEYS[0])),
            (2, ShakeHands(_NEW_KEY, _KEYS[1])),
            (3, ShakeHands(_BARN, _KEYS[0])),
        ),
        "unproven-and-older": _scenario(
            (0, ReadList(_LINES, 5)),
            (1, ReadList((), 6, proven=False)),
            (2, ReadList((), 4)),
            (3, ShakeHands(_BARN, _KEYS[0])),
        ),
        "no-chain": _scenario(
            (0, ReadList(_LINES, 5)),
            (DAY, ShakeHands(_BARN, _KEYS[0])),
            (DAY + 1, ShakeHands(_binding(3, _NAMES[2]), _KEYS[0])),
            (_WEEK, Tick()),
            (_WEEK + 1, Tick()),
        ),
        "the-same-block-again": _scenario(
            (0, ReadList(_LINES, 5)), (DAY, ReadList(_LINES, 5)), (2 * DAY, ShakeHands(_BARN, _KEYS[0]))
        ),
        "other-subnet": _scenario(
            (0, ReadList(_LINES, 5)), (1, ShakeHands(_binding(2**64, _NAMES[1]), _KEYS[0]))
        ),
    },
)

FAMILIES: Final = (*_LIST, *_MONEY, *_ADMISSION, _NEIGHBOURS)
