# SPDX-License-Identifier: GPL-2.0-only
from ipaddress import ip_address

import pytest

from althea_spec.reference.routing import ihu
from althea_spec.reference.routing.hello_history import HelloHistory

OWN = (ip_address("fe80::1"), ip_address("192.0.2.1"))


def test_only_our_own_addresses_and_none_at_all_are_for_us() -> None:
    assert ihu.is_for_us(None, OWN)
    assert ihu.is_for_us(ip_address("192.0.2.1"), OWN)
    assert not ihu.is_for_us(ip_address("fe80::2"), OWN)


def test_a_miss_or_a_short_history_counts_as_loss() -> None:
    assert not ihu.is_lossy(HelloHistory(0b1111))
    assert ihu.is_lossy(HelloHistory(0b111))
    assert ihu.is_lossy(HelloHistory(0b1011))


@pytest.mark.parametrize(
    ("lossy", "hellos_without", "ihu_interval", "expected"),
    [
        (True, 0, 1200, True),
        (False, 0, 1200, False),
        (False, 1, 1200, False),
        (False, 2, 1200, True),
        (False, 0, 400, True),
        (False, 0, 900, False),
        (False, 1, 900, True),
        (False, 2, 60_000, True),
    ],
)
def test_every_third_hello_unless_the_link_or_the_interval_asks_for_more(
    lossy: bool, hellos_without: int, ihu_interval: int, expected: bool
) -> None:
    assert ihu.goes_with_hello(lossy, hellos_without, 400, ihu_interval) is expected
