# SPDX-License-Identifier: GPL-2.0-only
"""The longest prefix decides, and a refusal is not a hole."""

from ipaddress import IPv6Address, IPv6Network, ip_address, ip_network

from althea_spec.reference.network.forwarding_table import ForwardingTable, Line
from althea_spec.reference.routing.events import InstallRoute, InstallUnreachable, RemoveRoute

NEXT = IPv6Address("fe80::1")
OTHER = IPv6Address("fe80::2")
WIDE, NARROW = IPv6Network("fd00::/32"), IPv6Network("fd00:0:0:7::/64")
INSIDE, OUTSIDE = ip_address("fd00:0:0:7::9"), ip_address("fd01::1")


def table() -> ForwardingTable:
    made = ForwardingTable()
    made.carry_out(InstallRoute(WIDE, "wide", NEXT))
    made.carry_out(InstallRoute(NARROW, "narrow", OTHER))
    return made


def test_the_longest_prefix_decides() -> None:
    """Given a /32 and a /64 inside it, then the /64 takes its own and the /32 the rest."""
    assert table().look_up(INSIDE) == Line("narrow", OTHER)
    assert table().look_up(ip_address("fd00::1")) == Line("wide", NEXT)
    assert table().look_up(OUTSIDE) is None


def test_a_refused_prefix_hides_the_shorter_one() -> None:
    """Given a /64 that is refused, then its packets do not follow the /32; once removed, they do."""
    made = table()
    assert made.carry_out(InstallUnreachable(NARROW)) == NARROW
    assert made.look_up(INSIDE) is None
    assert made.match(INSIDE) == NARROW
    made.carry_out(RemoveRoute(NARROW))
    assert made.look_up(INSIDE) == Line("wide", NEXT)


def test_families_do_not_mix() -> None:
    """Given an IPv4 default route, then IPv6 packets do not follow it."""
    made = ForwardingTable()
    made.carry_out(InstallRoute(ip_network("0.0.0.0/0"), "four", NEXT))
    assert made.look_up(ip_address("192.0.2.1")) == Line("four", NEXT)
    assert made.look_up(INSIDE) is None


def test_other_effects_change_nothing_and_a_new_start_forgets() -> None:
    """Given an effect that is not about routes, then nothing happens; a cleared table is empty."""
    made = table()
    assert len(made) == 2
    assert made.lines()[WIDE] == Line("wide", NEXT)
    assert made.get(NARROW) == Line("narrow", OTHER)
    made.clear()
    assert len(made) == 0
    assert made.look_up(INSIDE) is None
