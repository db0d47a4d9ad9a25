# SPDX-License-Identifier: GPL-2.0-only
from ipaddress import IPv6Network, ip_network
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import menu
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.menu import Table

WIDE = Table(ip_network("fd00::/8"), Weight(1))
NARROW = Table(ip_network("fd00:1::/32"), Weight(3))
FOURTH = Table(ip_network("10.0.0.0/8"), Weight(5))
DEFAULT = Weight(19, 10)


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("fd00:1:2::/64", 3),
        ("fd00:1::/32", 3),
        ("fd00::/31", 1),
        ("fd77::1/128", 1),
        ("fc00::/7", 19),
        ("::/0", 19),
        ("2001:db8::/32", 19),
        ("10.1.0.0/16", 5),
        ("0.0.0.0/0", 19),
    ],
)
def test_the_most_specific_table_around_a_prefix_counts(prefix: str, expected: int) -> None:
    for tables in permutations((WIDE, NARROW, FOURTH)):
        assert menu.weight_for(ip_network(prefix), tables, DEFAULT).numerator == expected


@given(
    st.integers(0, 2**128 - 1),
    st.integers(0, 128),
    st.integers(0, 2**128 - 1),
    st.integers(0, 128),
    st.data(),
)
def test_containing_is_being_a_subnet(
    one: int, length: int, other: int, longer: int, data: st.DataObject
) -> None:
    network = IPv6Network((one, length), strict=False)
    address = data.draw(st.sampled_from([one, other]))
    prefix = IPv6Network((address, longer), strict=False)
    assert menu.contains(network, prefix) == prefix.subnet_of(network)


def test_a_network_is_in_the_menu_once() -> None:
    menu.check([WIDE, NARROW])
    with pytest.raises(ValueError, match=r"^tables: expected each network once, got fd00::/8 twice$"):
        menu.check([WIDE, NARROW, Table(WIDE.network, DEFAULT)])
