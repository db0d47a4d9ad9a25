# SPDX-License-Identifier: GPL-2.0-only
"""Which price counts, for whom and for how long."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest

from althea_spec.reference.payments import billing, price_history
from althea_spec.reference.payments.billing import Traffic
from althea_spec.reference.payments.price_history import NEVER_OFFERED, Former, PriceHistory
from althea_spec.reference.routing.profile import Profile

SECOND = 1_000_000
GRACE = 58 * SECOND
HOST = IPv6Address("fd00:a17e:0:7::1")
TOLD_50_THEN_70 = price_history.changed(PriceHistory(50), 70, 10 * SECOND, GRACE)


def test_the_grace_of_updates_every_16_seconds_is_58_seconds() -> None:
    assert price_history.grace(1600) == GRACE


@pytest.mark.parametrize(("since", "charged"), [(0, 50), (67, 50), (68, 70)])
def test_a_former_price_counts_until_its_grace_is_over(since: int, charged: int) -> None:
    assert price_history.least(TOLD_50_THEN_70, since * SECOND) == charged


@pytest.mark.parametrize(("since", "booked"), [(0, 70), (9, 70), (11, 70)])
def test_a_buyer_goes_by_what_it_has_heard(since: int, booked: int) -> None:
    history = price_history.changed(PriceHistory(50), 70, 10 * SECOND)
    assert price_history.greatest(history, since * SECOND) == booked
    falling = price_history.changed(PriceHistory(70), 50, 10 * SECOND)
    assert price_history.greatest(falling, since * SECOND) == (70 if since < 10 else 50)


def test_an_acknowledgment_ends_the_grace() -> None:
    history = price_history.acknowledged(TOLD_50_THEN_70, 1, 11 * SECOND)
    assert price_history.least(history, 11 * SECOND) == 70
    assert price_history.least(history, 11 * SECOND - 1) == 50


def test_an_acknowledgment_of_an_older_price_ends_only_older_ones() -> None:
    history = price_history.changed(TOLD_50_THEN_70, 90, 12 * SECOND, GRACE)
    history = price_history.acknowledged(history, 1, 13 * SECOND)
    assert price_history.least(history, 13 * SECOND) == 70


def test_the_same_price_again_is_no_change() -> None:
    assert price_history.changed(TOLD_50_THEN_70, 70, 20 * SECOND, GRACE) is TOLD_50_THEN_70


def test_what_is_withdrawn_leaves_its_last_price_and_what_is_new_leaves_none() -> None:
    withdrawn = price_history.changed(PriceHistory(50), None, SECOND, GRACE)
    assert withdrawn == PriceHistory(None, 1, (Former(50, 0, SECOND + GRACE),))
    assert price_history.changed(NEVER_OFFERED, 50, SECOND, GRACE) == PriceHistory(50, 1)


@pytest.mark.parametrize(
    ("history", "now", "kind"),
    [
        (None, 0, Traffic.NOT_OFFERED),
        (NEVER_OFFERED, 0, Traffic.NOT_OFFERED),
        (PriceHistory(0), 0, Traffic.OFFERED),
        (TOLD_50_THEN_70, 0, Traffic.OFFERED),
        (price_history.changed(PriceHistory(50), None, 0, GRACE), GRACE - 1, Traffic.WITHDRAWN),
        (price_history.changed(PriceHistory(50), None, 0, GRACE), GRACE, Traffic.NOT_OFFERED),
    ],
)
def test_what_a_neighbour_has_sent(history: PriceHistory | None, now: int, kind: Traffic) -> None:
    assert billing.traffic(HOST, history, now) is kind
    assert billing.traffic(IPv6Address("fe80::1"), history, now) is Traffic.LINK


@pytest.mark.parametrize(
    ("price", "profile", "offered"),
    [
        (None, Profile.ALTHEA, 0),
        (0, Profile.ALTHEA, 0),
        (65534, Profile.ALTHEA, 65534),
        (65535, Profile.ALTHEA, None),
        (65535, Profile.ALTHEA_2018, 65535),
        (2**32 - 1, Profile.ALTHEA_2018, None),
    ],
)
def test_what_an_update_offers(price: int | None, profile: Profile, offered: int | None) -> None:
    assert billing.offer(price, profile) == offered


def test_prefixes_of_the_other_family_do_not_cover() -> None:
    prefixes = [IPv6Network("::/0"), IPv6Network("fd00::/8")]
    assert billing.covering(prefixes, HOST) == IPv6Network("fd00::/8")
    assert billing.covering(prefixes, IPv4Address("10.0.0.1")) is None


def test_a_buyer_books_what_it_was_told_whatever_its_maximum() -> None:
    assert billing.bought(PriceHistory(50), 0, 920, 1) == 50 * 1000
    assert billing.bought(NEVER_OFFERED, 0, 920, 1) == 0
