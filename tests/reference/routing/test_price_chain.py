# SPDX-License-Identifier: GPL-2.0-only
"""Prices and paths along a few routers in a row."""

from ipaddress import ip_network
from itertools import pairwise
from typing import Any

import pytest

from althea_spec.reference.routing import metric, update_policy
from althea_spec.reference.routing.config import InterfaceConfig
from althea_spec.reference.routing.events import SetPrice
from althea_spec.reference.routing.messages import Prefix
from althea_spec.reference.routing.profile import Profile

from .chain import SECOND, Chain, joined

OWN = [3, 5, 7, 11, 13]
ENDS = [ip_network(f"fd00::{number}/128") for number in range(5)]
PROFILES = [Profile.ALTHEA, Profile.ALTHEA_2018]
TIMED = InterfaceConfig(rtt=True)


def five(profile: Profile, own: list[int], delays: tuple[int, ...] = (1_000,) * 4, **config: Any) -> Chain:
    """Five routers in a row, each with an address and a price of its own."""
    links = {(number, number + 1): delay for number, delay in enumerate(delays)}
    interface = config.pop("interface", None)
    configs = [
        {"profile": profile, "price": price, "originates": (end,)} | config
        for price, end in zip(own, ENDS, strict=True)
    ]
    return joined(links, configs, interface)


@pytest.mark.parametrize("profile", PROFILES)
def test_every_router_hears_the_sum_of_the_prices_between(profile: Profile) -> None:
    chain = five(profile, OWN)
    chain.run(60)
    for payer, next_hop in [*pairwise(range(5)), *pairwise(range(4, -1, -1))]:
        for far, end in enumerate(ENDS):
            if (far - payer) * (next_hop - payer) > 0:
                between = range(min(payer, far) + 1, max(payer, far))
                expected = sum(OWN[number] for number in between)
                assert chain.last(payer, next_hop, end).price == expected
                assert chain.path(payer, end)[-1] == far


@pytest.mark.parametrize("profile", PROFILES)
def test_a_long_dear_path_is_not_for_sale_and_never_cheap(profile: Profile) -> None:
    """Nine hops at 5·10^8 wrap the field of 2018; here four relays are too many."""
    most = {Profile.ALTHEA: 65_535, Profile.ALTHEA_2018: 2**32 - 1}[profile]
    chain = five(profile, [most // 3 + 1] * 5)
    chain.run(60)
    assert chain.last(1, 2, ENDS[4]).price == (most // 3 + 1) * 2
    assert chain.last(0, 1, ENDS[4]).price == most
    assert chain.path(1, ENDS[4]) == [2, 3, 4]
    assert ENDS[4] not in chain.next_hops[0]


def first_heard(chain: Chain, since: int, end: Prefix, *, price: int | None, cost: int | None) -> int:
    """When router 0 hears of a price or of a metric, microseconds after ``since``."""
    times = [
        when - since
        for when, by, _, update in chain.heard
        if when >= since and by == 0 and update.prefix == end
        if price in (None, update.price) and cost in (None, update.metric)
    ]
    assert times != [], "it never hears"
    return times[0]


def change_heard_after(*, dearer: bool) -> int:
    """How long it takes until the near end hears that the last relay has changed its price, or its link."""
    chain = five(Profile.ALTHEA, OWN)
    chain.run(60)
    since = chain.now
    before = chain.last(0, 1, ENDS[4])
    assert before.price is not None
    if dearer:
        chain.step(3, SetPrice(OWN[3] + 1_000))
    else:
        link = chain.routers[4].state.config.interfaces["3"]
        for effect in chain.routers[4].reconfigure(
            "3", InterfaceConfig(rxcost=link.rxcost + 1_000), chain.now
        ):
            chain.carry_out(4, effect)
    chain.run(60)
    if dearer:
        return first_heard(chain, since, ENDS[4], price=before.price + 1_000, cost=None)
    return first_heard(chain, since, ENDS[4], price=None, cost=metric.through(1_000, before.metric))


def test_a_price_is_heard_of_as_fast_as_a_metric() -> None:
    """Within half a Hello interval for each hop, and not with the next full updates."""
    limit = 3 * 2 * SECOND + 4 * 1_000
    assert change_heard_after(dearer=True) <= limit
    assert change_heard_after(dearer=False) <= limit


def test_a_price_without_a_trigger_takes_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update_policy, "is_significant_price", lambda *_: False)
    with pytest.raises(AssertionError):
        test_a_price_is_heard_of_as_fast_as_a_metric()


@pytest.mark.parametrize("profile", PROFILES)
def test_the_path_rtt_is_the_sum_of_the_links(profile: Profile) -> None:
    delays = (1_000, 20_000, 5_000, 300)
    chain = five(profile, OWN, delays, interface=TIMED)
    chain.run(120)
    heard = chain.last(0, 1, ENDS[4])
    assert heard.path_rtt == 2 * sum(delays[1:])
    assert chain.last(3, 4, ENDS[4]).path_rtt == 0
    # Nobody has said how much these links lose.
    assert heard.path_delivery is None
    assert chain.last(3, 4, ENDS[4]).path_delivery == (65_535 if profile is Profile.ALTHEA else None)


def test_one_link_without_timestamps_leaves_the_path_unknown() -> None:
    chain = joined(
        {(0, 1): 1_000, (1, 2): 1_000},
        [
            {"profile": Profile.ALTHEA, "originates": (ENDS[0],), "interfaces": {"1": InterfaceConfig()}},
            {"profile": Profile.ALTHEA, "interfaces": {"0": InterfaceConfig(), "2": TIMED}},
            {"profile": Profile.ALTHEA, "originates": (ENDS[2],), "interfaces": {"1": TIMED}},
        ],
    )
    chain.run(60)
    assert chain.last(0, 1, ENDS[2]).path_rtt == 2_000
    assert chain.last(2, 1, ENDS[0]).path_rtt is None
