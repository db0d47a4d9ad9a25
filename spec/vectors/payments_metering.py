# SPDX-License-Identifier: MIT
"""Vectors for metering, billing and exits: what is counted, what it costs, and how far counts may differ."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Final

from althea_spec.reference.payments import (
    billing,
    counters,
    disagreement,
    exit_account,
    exit_billing,
    metering,
    money,
    overhead,
    price_history,
    reconciliation,
    relay_margin,
)
from althea_spec.reference.payments.counters import BURST, Count
from althea_spec.reference.payments.disagreement import LinkTerms
from althea_spec.reference.payments.exit_account import ExitAccount
from althea_spec.reference.payments.exit_billing import ExitTariff, ExitTraffic, Origin
from althea_spec.reference.payments.price_history import Former, PriceHistory
from althea_spec.reference.payments.reconciliation import Mark, Reconciliation
from althea_spec.reference.routing.profile import Profile

from .draw import Draw
from .family import Arguments, Family

_SECOND: Final = 1_000_000
_UNITS: Final = (1, 7, 1_000_000, 2**64 - 1)
_CHARGES: Final = (-1_000_001, -1, 0, 1, 999_999, 1_000_000, 4_500_000, 2**80)
_PRICES: Final = (0, 1, 50, 65534)
_WIDTHS: Final = (32, 64)
_TERMS: Final = LinkTerms(
    rate=12_500_000,
    interval=5_000_000,
    transit=1_000_000,
    grace=58_000_000,
    loss=10_000,
    report_interval=60_000_000,
)
_BURSTING: Final = LinkTerms(
    rate=999_999, interval=7, transit=3, grace=11, loss=333_333, report_interval=13, burst=1580
)
_TELLING: Final = (_TERMS, _BURSTING, LinkTerms(rate=1, interval=0, transit=0))
_HOST: Final = IPv6Address("fd00:a17e:0:7::1")
_PREFIXES: Final = (
    IPv6Network("::/0"),
    IPv6Network("fd00:a17e:0:7::/64"),
    IPv6Network("fd00:a17e:0:7::1/128"),
    IPv6Network("fd00:a17e:0:8::/64"),
)
_OFFERS: Final = (None, 0, 3, 5, 65534)
_HISTORIES: Final = (
    PriceHistory(None),
    PriceHistory(0),
    PriceHistory(5),
    PriceHistory(5, 1, (Former(3, 0, 10),)),
    PriceHistory(5, 1, (Former(8, 0, 10),)),
    PriceHistory(None, 1, (Former(3, 0, 10),)),
    PriceHistory(5, 3, (Former(3, 0, 10), Former(9, 1, 12), Former(1, 2, 11))),
)
_MOMENTS: Final = (0, 9, 10, 11, 12)
_TARIFFS: Final = (ExitTariff(0, 0), ExitTariff(10, 10), ExitTariff(3, 5))
_ACCOUNTS: Final = (
    ExitAccount(),
    ExitAccount(paid=93_200),
    ExitAccount(paid=93_199),
    ExitAccount(paid=93_199, advance=1),
    ExitAccount(paid=200_000, charged=106_800),
    ExitAccount(paid=200_000, charged=106_800, is_stopped=True),
    ExitAccount(advance=93_200, is_stopped=True),
)
_RECONCILED: Final = (
    Reconciliation(),
    Reconciliation((Mark(0, 1000),), 1, -5),
    Reconciliation((Mark(1, 1000), Mark(2, 2000)), 3, 7),
    Reconciliation(tuple(Mark(one, 10 * one) for one in range(2, 10)), 10, 0),
)


def _count(draw: Draw, width: int) -> Count:
    most = (1 << width) - 1
    return Count(draw.integer(0, most), draw.integer(0, most))


def _two_counts(draw: Draw) -> Arguments:
    width = draw.choice(_WIDTHS)
    return {"before": _count(draw, width), "now": _count(draw, width), "width": width}


def _history(draw: Draw) -> PriceHistory:
    formers = tuple(
        Former(draw.integer(0, 65534), number, draw.integer(0, 20)) for number in range(draw.below(4))
    )
    return PriceHistory(draw.integer(0, 65534) if draw.truth() else None, len(formers), formers)


def _charged(draw: Draw) -> Arguments:
    return {
        "price": draw.integer(0, 65534),
        "octets": draw.integer(0, 2**50),
        "packets": draw.integer(0, 2**40),
    }


def _topping(draw: Draw) -> Arguments:
    low = draw.integer(0, 10**9)
    charged = draw.integer(0, 10**12)
    return {
        "paid": max(charged + draw.near(low, 3) - 1, 0),
        "charged": charged,
        "low": low,
        "high": low + draw.integer(0, 10**9),
        "unit_octets": draw.choice(_UNITS),
    }


def _bound(draw: Draw) -> Arguments:
    return {
        "terms": draw.choice(_TELLING),
        "price": draw.integer(0, 65534),
        "spread": draw.integer(0, 65534),
        "changes": draw.below(4),
        "restarts": draw.below(3),
    }


FAMILIES: Final = (
    Family(
        id="money/charge-of",
        function=money.charge_of,
        grid={"price": _PRICES, "octets": (0, 1, 1_500_000, 2**50)},
    ),
    Family(
        id="money/worth", function=money.worth, grid={"amount": (0, 1, 4, 2**256 - 1), "unit_octets": _UNITS}
    ),
    Family(id="money/payable", function=money.payable, grid={"charge": _CHARGES, "unit_octets": _UNITS}),
    Family(id="money/rest", function=money.rest, grid={"charge": _CHARGES, "unit_octets": _UNITS}),
    Family(
        id="metering/octets-within",
        function=counters.octets_within,
        grid={"rate": (1, 3, 125_000_000), "duration": (0, 1, 333_333, 333_334, _SECOND, 86_400 * _SECOND)},
    ),
    Family(
        id="metering/capacity",
        function=counters.capacity,
        grid={"rate": (1, 125_000_000), "elapsed": (0, 1, _SECOND)},
    ),
    Family(
        id="metering/longest-interval",
        function=counters.longest_interval,
        grid={"width": (8, *_WIDTHS), "rate": (1, 3, 125_000_000, 1_250_000_000)},
    ),
    Family(
        id="metering/difference",
        function=counters.difference,
        grid={"before": (0, 1, 2**32 - 1), "now": (0, 4, 2**32 - 1), "width": _WIDTHS},
    ),
    Family(
        id="metering/refusal",
        function=counters.refusal,
        grid={"read_at": (10,), "run": (1,), "now": (9, 10, 11), "now_run": (0, 1, 2)},
    ),
    Family(
        id="metering/is-in-range",
        function=counters.is_in_range,
        cases={
            f"{octets}-{packets}-{width}": {"count": Count(octets, packets), "width": width}
            for octets in (-1, 0, 1, 2**32 - 1, 2**32, 2**64 - 1, 2**64)
            for packets in (-1, 0, 1, 2**32 - 1, 2**32, 2**64 - 1, 2**64)
            for width in _WIDTHS
        },
    ),
    Family(
        id="metering/base",
        function=counters.base,
        grid={"last": (None, Count(1000, 10)), "is_same_run": (False, True)},
    ),
    Family(id="metering/advance", function=counters.advance, draw=_two_counts),
    Family(
        id="metering/implausible",
        function=counters.implausible,
        grid={
            "moved": (
                Count(0, 0),
                Count(1000, 25),
                Count(1000, 26),
                Count(1001, 1),
                Count(0, 1),
                Count(39, 1),
            ),
            "most": (0, 1000, BURST),
        },
    ),
    Family(
        id="metering/billed",
        function=overhead.billed,
        grid={"octets": (0, 1000, 2**50), "packets": (0, 1, 10, 2**40)},
    ),
    Family(
        id="metering/is-metered",
        function=overhead.is_metered,
        grid={
            "destination": (
                _HOST,
                IPv6Address("fe80::1"),
                IPv6Address("ff02::1:6"),
                IPv6Address("ff0e::1"),
                IPv6Address("febf::1"),
                IPv6Address("fec0::1"),
                IPv4Address("10.0.0.1"),
                IPv4Address("169.254.0.1"),
                IPv4Address("224.0.0.1"),
            )
        },
    ),
    Family(id="price-history/grace", function=price_history.grace, grid={"interval": (0, 1, 3, 1600, 65535)}),
    Family(
        id="price-history/changed",
        function=price_history.changed,
        grid={"history": _HISTORIES, "price": _OFFERS, "now": (8,), "grace": (0, 5)},
    ),
    Family(
        id="price-history/acknowledged",
        function=price_history.acknowledged,
        grid={"history": _HISTORIES, "number": (0, 1, 2, 3), "now": (9, 11, 13)},
    ),
    Family(
        id="price-history/forgotten",
        function=price_history.forgotten,
        grid={"history": _HISTORIES, "since": _MOMENTS},
    ),
    Family(
        id="price-history/least",
        function=price_history.least,
        grid={"history": _HISTORIES, "since": _MOMENTS},
        draw=lambda draw: {"history": _history(draw), "since": draw.integer(0, 20)},
    ),
    Family(
        id="price-history/greatest",
        function=price_history.greatest,
        grid={"history": _HISTORIES, "since": _MOMENTS},
        draw=lambda draw: {"history": _history(draw), "since": draw.integer(0, 20)},
    ),
    Family(
        id="price-history/next-change",
        function=price_history.next_change,
        grid={"history": _HISTORIES, "now": _MOMENTS},
    ),
    Family(
        id="billing/offer",
        function=billing.offer,
        grid={
            "price": (None, 0, 1, 65534, 65535, 2**32 - 2, 2**32 - 1),
            "profile": (Profile.ALTHEA, Profile.ALTHEA_2018),
        },
    ),
    Family(
        id="billing/covering",
        function=billing.covering,
        grid={
            "prefixes": (
                (),
                _PREFIXES,
                _PREFIXES[:1],
                _PREFIXES[1:2],
                tuple(reversed(_PREFIXES)),
                _PREFIXES[3:],
            ),
            "destination": (
                _HOST,
                IPv6Address("fd00:a17e:0:7::2"),
                IPv6Address("fd00:a17e:0:8::1"),
                IPv4Address("10.0.0.1"),
            ),
        },
    ),
    Family(
        id="billing/traffic",
        function=billing.traffic,
        grid={
            "destination": (_HOST, IPv6Address("fe80::1")),
            "history": (None, *_HISTORIES),
            "now": _MOMENTS,
        },
    ),
    Family(
        id="billing/charge",
        function=billing.charge,
        cases={"nothing-offered": {"price": None, "octets": 1000, "packets": 10}},
        draw=_charged,
    ),
    Family(
        id="billing/sold",
        function=billing.sold,
        grid={"history": _HISTORIES, "since": (0, 11), "octets": (0, 1000), "packets": (0, 10)},
    ),
    Family(
        id="billing/bought",
        function=billing.bought,
        grid={"history": _HISTORIES, "since": (0, 11), "octets": (0, 1000), "packets": (0, 10)},
    ),
    Family(
        id="billing/margin",
        function=relay_margin.margin,
        grid={"sold": (None, 0, 50), "bought": (None, 0, 30, 80)},
    ),
    Family(
        id="billing/loss-window",
        function=relay_margin.window,
        requirements=("BILL-LOSS-01",),
        grid={"grace": (0, 58 * _SECOND), "interval": (0, 1, _SECOND)},
    ),
    Family(
        id="billing/largest-loss",
        function=relay_margin.largest_loss,
        grid={
            "rise": (0, 20, 21, 50),
            "own": (0, 20),
            "rate": (1, 12_500_000),
            "duration": (0, 1, 58 * _SECOND),
            "burst": (0, 1580),
        },
    ),
    Family(
        id="disagreement/within",
        function=disagreement.within,
        grid={"terms": _TELLING, "duration": (0, 1, _SECOND)},
    ),
    Family(id="disagreement/unread", function=disagreement.unread, grid={"terms": _TELLING}),
    Family(id="disagreement/lost", function=disagreement.lost, grid={"terms": _TELLING}),
    Family(id="disagreement/disputed", function=disagreement.disputed, grid={"terms": _TELLING}),
    Family(
        id="disagreement/seller-ahead",
        function=disagreement.seller_ahead,
        grid={"terms": _TELLING, "price": _PRICES, "restarts": (0, 1, 2)},
    ),
    Family(id="disagreement/buyer-ahead", function=disagreement.buyer_ahead, draw=_bound),
    Family(id="disagreement/largest", function=disagreement.largest, draw=_bound),
    Family(
        id="metering/missed",
        function=metering.missed,
        grid={"price": _PRICES, "most": (0, 1, 39, 40, 4000, 2**50)},
    ),
    Family(
        id="reconciliation/mark",
        function=reconciliation.mark,
        requirements=("METER-MARK-04",),
        grid={"state": _RECONCILED, "booked": (0, 3000)},
    ),
    Family(
        id="reconciliation/believed",
        function=reconciliation.believed,
        grid={"booked": (0, 1000), "reported": (0, 990, 1000, 1004, 1005, 1006, 2000), "missed": (0, 5)},
    ),
    Family(
        id="reconciliation/report",
        function=reconciliation.report,
        grid={
            "state": _RECONCILED,
            "number": (0, 1, 2, 3, 9),
            "reported": (-1, 0, 990, 3000),
            "missed": (0, 5),
        },
    ),
    Family(
        id="exit/service",
        function=exit_billing.service,
        grid={
            "tariff": _TARIFFS,
            "traffic": (
                ExitTraffic(1_250_000, 1000, 5_600_000, 4000, 313_600_000),
                ExitTraffic(1, 0, 0, 1, 0),
            ),
        },
    ),
    Family(
        id="exit/charge",
        function=exit_billing.charge,
        grid={
            "tariff": _TARIFFS,
            "traffic": (
                ExitTraffic(1_250_000, 1000, 5_600_000, 4000, 313_600_000),
                ExitTraffic(1, 0, 0, 1, 0),
            ),
        },
    ),
    Family(id="exit/is-passed-on", function=exit_billing.is_passed_on, grid={"origin": tuple(Origin)}),
    Family(
        id="exit/carried",
        function=exit_billing.carried,
        grid={"octets": (0, 1, 15, 16, 17, 1250, 1400, 1420, 65535)},
    ),
    Family(
        id="exit/downstream-cost",
        function=exit_billing.downstream_cost,
        grid={"tariff": _TARIFFS, "route_price": (0, 50, 65534), "octets": (40, 1400)},
    ),
    Family(
        id="exit/upstream-cost",
        function=exit_billing.upstream_cost,
        grid={"tariff": _TARIFFS, "octets": (40, 1250)},
    ),
    Family(
        id="exit/is-returnable",
        function=exit_billing.is_returnable,
        grid={"route_price": (0, 50, 51, 65534), "ceiling": (None, 0, 50)},
    ),
    Family(id="exit-account/left", function=exit_account.left, grid={"account": _ACCOUNTS}),
    Family(
        id="exit-account/is-served",
        function=exit_account.is_served,
        grid={"account": _ACCOUNTS, "cost": (0, 1, 93_199, 93_200, 93_201)},
    ),
    Family(
        id="exit-account/is-stopped",
        function=exit_account.is_stopped,
        grid={
            "was_stopped": (False, True),
            "left": (0, 9, 10, 11, 19, 20, 21),
            "cost": (0, 10, 21),
            "resume": (0, 20),
        },
    ),
    Family(
        id="exit-account/served",
        function=exit_account.served,
        grid={"account": _ACCOUNTS, "cost": (1, 93_200, 93_201), "resume": (0, 93_200, 93_201)},
    ),
    Family(
        id="exit-account/prepaid",
        function=exit_account.prepaid,
        grid={"paid": (0, 1, 10), "charged": (0, 1, 2, 10, 11)},
    ),
    Family(
        id="exit-account/top-up",
        function=exit_account.top_up,
        cases={
            "law": {
                "paid": 10_000_000,
                "charged": 9_000_000,
                "low": 2_000_000,
                "high": 5_000_000,
                "unit_octets": 1_000_000,
            },
            "at-the-low-mark": {"paid": 12, "charged": 10, "low": 2, "high": 5, "unit_octets": 1},
            "above-the-low-mark": {"paid": 13, "charged": 10, "low": 2, "high": 5, "unit_octets": 1},
        },
        draw=_topping,
    ),
)
