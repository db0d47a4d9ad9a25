# SPDX-License-Identifier: GPL-2.0-only
"""One device in several roles: a chain of tunnels, packet by packet, and nobody is charged twice.

    user - gateway - exit - beside

The gateway is a relay and a user of the exit, the exit is a relay as well, and the last is a user beside it.

Requirement: EXIT-ROLES-01, EXIT-ROLES-02, EXIT-ROLES-03, EXIT-RETURN-01, METER-WHAT-01
"""

from collections import Counter
from collections.abc import Callable
from ipaddress import IPv6Address, IPv6Network
from itertools import pairwise
from typing import TypeAlias

import pytest
from hypothesis import Phase, example, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from althea_spec.reference.payments import book, exit_billing, metering
from althea_spec.reference.payments.book import Book, Counting, Side
from althea_spec.reference.payments.counters import Count, Reading
from althea_spec.reference.payments.exit_billing import ExitTariff, ExitTraffic, Origin

CHAIN = ("user", "gateway", "exit", "beside")
OWN = {"user": 7, "gateway": 20, "exit": 5, "beside": 3}
"""What each asks for passing data on."""
USERS = ("user", "gateway", "beside")
TARIFF = ExitTariff(upstream=10, downstream=4)
SECOND = 1_000_000

Packet: TypeAlias = tuple[str, str, int, Origin]
"""Of the mesh: source, target, octets, and what it is to the exit if that sends it."""
Surf: TypeAlias = tuple[str, int, int]
"""A user's packet to the internet and one back: user, octets up, octets down."""


def prefix(name: str) -> IPv6Network:
    return IPv6Network((int(IPv6Address("fd00:a17e::")) | CHAIN.index(name) << 64, 64))


def way(source: str, target: str) -> list[str]:
    start, end = CHAIN.index(source), CHAIN.index(target)
    return list(CHAIN[start : end + 1] if start <= end else CHAIN[end : start + 1][::-1])


def asked(seller: str, target: str) -> int:
    """The own prices of all that pass data on from there, the seller among them."""
    return sum(OWN[name] for name in way(seller, target)[:-1])


def mesh_packets(surfs: list[Surf], transits: list[tuple[str, str, int]]) -> list[Packet]:
    packets = [(source, target, octets, Origin.OWN) for source, target, octets in transits]
    for user, up, down in surfs:
        packets.append((user, "exit", exit_billing.carried(up), Origin.OWN))
        packets.append(("exit", user, exit_billing.carried(down), Origin.EXIT_TUNNEL))
    return packets


def owed(packets: list[Packet], debtor: str, creditor: str, side: Side) -> int:
    """What one node owes its neighbour, in the book of either of them."""
    octets: Counter[str] = Counter()
    count: Counter[str] = Counter()
    for source, target, size, _ in packets:
        if (debtor, creditor) in pairwise(way(source, target)):
            octets[target] += size
            count[target] += 1
    one = Book(side, Counting(10**9), 0)
    for name in CHAIN:
        book.say_price(one, prefix(name), asked(creditor, name), 0)
    lines = {prefix(name)[1]: Count(octets[name], count[name]) for name in octets}
    return metering.read(one, Reading(SECOND, 0, lines)).charge


def origin_at_exit(packet: Packet) -> Origin:
    return packet[3] if packet[0] == "exit" else Origin.FORWARDED


def exit_charge(surfs: list[Surf], packets: list[Packet], user: str) -> int:
    """What the exit charges a user."""
    mine = [(up, down) for name, up, down in surfs if name == user]
    hop = way("exit", user)[1]
    passed_on = [
        one
        for one in packets
        if one[1] == user
        and ("exit", hop) in pairwise(way(one[0], user))
        and exit_billing.is_passed_on(origin_at_exit(one))
    ]
    traffic = ExitTraffic(
        sum(up for up, _ in mine),
        len(mine),
        sum(down for _, down in mine),
        len(mine),
        owed(passed_on, "exit", hop, Side.BUYER),
    )
    charge = exit_billing.charge(TARIFF, traffic)
    return charge.service + charge.passed_on


def by_books(surfs: list[Surf], transits: list[tuple[str, str, int]]) -> dict[str, int]:
    """What each has earned, by all books and accounts."""
    packets = mesh_packets(surfs, transits)
    earned = dict.fromkeys(CHAIN, 0)
    for one, other in pairwise(CHAIN):
        for debtor, creditor in ((one, other), (other, one)):
            charge = owed(packets, debtor, creditor, Side.BUYER)
            assert charge == owed(packets, debtor, creditor, Side.SELLER)
            earned[debtor] -= charge
            earned[creditor] += charge
    for user in USERS:
        charge = exit_charge(surfs, packets, user)
        earned[user] -= charge
        earned["exit"] += charge
    return earned


def by_packets(surfs: list[Surf], transits: list[tuple[str, str, int]]) -> dict[str, int]:
    """What each should earn: who passes a packet on gets its price, whose packet it is pays, once."""
    earned = dict.fromkeys(CHAIN, 0)
    for source, target, octets, origin in mesh_packets(surfs, transits):
        payer = target if origin is Origin.EXIT_TUNNEL else source
        for relay in way(source, target)[1:-1]:
            earned[relay] += OWN[relay] * (octets + 80)
            earned[payer] -= OWN[relay] * (octets + 80)
    for user, up, down in surfs:
        service = 10 * (up + 80) + 4 * (down + 80)
        earned[user] -= service
        earned["exit"] += service
    return earned


SIZES = st.integers(40, 1420)
SURFS = st.lists(st.tuples(st.sampled_from(USERS), SIZES, SIZES), max_size=6)
TRANSITS = st.lists(
    st.tuples(st.sampled_from(CHAIN), st.sampled_from(CHAIN), SIZES).filter(lambda one: one[0] != one[1]),
    max_size=6,
)


@given(surfs=SURFS, transits=TRANSITS)
@example(surfs=[("gateway", 1250, 1400)], transits=[])
@example(surfs=[("beside", 1250, 1400)], transits=[("user", "beside", 100)])
def test_each_octet_is_charged_once_whatever_roles_there_are(
    surfs: list[Surf], transits: list[tuple[str, str, int]]
) -> None:
    assert by_books(surfs, transits) == by_packets(surfs, transits)


def test_a_user_beside_its_exit_pays_the_exits_price_and_nothing_for_the_way() -> None:
    assert by_books([("beside", 1250, 1400)], [])["beside"] == -(10 * 1330 + 4 * 1480)


def test_a_gateway_is_not_charged_as_user_for_what_it_passes_on() -> None:
    alone = by_books([("gateway", 1250, 1400)], [])
    busy = by_books([("gateway", 1250, 1400), ("user", 1250, 1400)], [])
    passed_on = OWN["gateway"] * (1344 + 80 + 1488 + 80)
    assert busy["gateway"] - alone["gateway"] == passed_on


SABOTAGE: list[tuple[str, str, Callable[..., object]]] = [
    ("transit is passed on to users", "is_passed_on", lambda origin: origin is not Origin.OWN),
    ("the exit pays the way back itself", "is_passed_on", lambda _: False),
    ("everything is passed on", "is_passed_on", lambda _: True),
]


@pytest.mark.parametrize(("name", "fault"), [one[1:] for one in SABOTAGE], ids=[one[0] for one in SABOTAGE])
def test_a_fault_is_found(name: str, fault: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exit_billing, name, fault)
    try:
        find(
            st.tuples(SURFS, TRANSITS),
            lambda one: by_books(*one) != by_packets(*one),
            settings=settings(max_examples=100, derandomize=True, database=None, phases=[Phase.generate]),
        )
    except NoSuchExample:
        pytest.fail("nobody noticed")
