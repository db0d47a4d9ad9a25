# SPDX-License-Identifier: GPL-2.0-only
"""The worked examples of the law, computed again.

Requirement: EXIT-UPSTREAM-01, BILL-PATH-01
"""

import re
from pathlib import Path

from althea_spec.reference.payments import (
    billing,
    disagreement,
    exit_billing,
    money,
    overhead,
    relay_margin,
)
from althea_spec.reference.payments.disagreement import LinkTerms
from althea_spec.reference.payments.exit_billing import ExitTariff, ExitTraffic
from althea_spec.reference.payments.price_history import PriceHistory
from althea_spec.reference.routing import price
from althea_spec.reference.routing.profile import Profile

LAW = Path(__file__).resolve().parents[3] / "spec" / "payments"
BILLING = (LAW / "billing.md").read_text(encoding="utf-8")

UP, DOWN = (1000, 1250), (4000, 1400)
OWN_B, OWN_C, EXIT = 20, 30, 10


def onward(asked: int, own: int) -> int:
    total = price.onward(asked, own, Profile.ALTHEA)
    assert total is not None
    return total


def hop(asked: int, packets: int, octets: int) -> tuple[int, int, int]:
    """Billed octets, price and charge of the packets of an exit tunnel on one link."""
    carried = exit_billing.carried(octets) * packets
    return overhead.billed(carried, packets), asked, billing.bought(PriceHistory(asked), 0, carried, packets)


def rows(text: str, columns: int) -> list[tuple[str, ...]]:
    """The rows of all tables of so many columns."""
    found = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in text.splitlines()]
    return [one for one in found if len(one) == columns]


def test_what_each_owes_in_the_example() -> None:
    up = [hop(onward(onward(0, OWN_C), OWN_B), *UP), hop(onward(0, OWN_C), *UP), hop(0, *UP)]
    down = [hop(onward(onward(0, OWN_B), OWN_C), *DOWN), hop(onward(0, OWN_B), *DOWN), hop(0, *DOWN)]
    traffic = ExitTraffic(UP[0] * UP[1], UP[0], DOWN[0] * DOWN[1], DOWN[0], returned=down[0][2])
    owed = exit_billing.charge(ExitTariff(EXIT, EXIT), traffic)
    octets = overhead.billed(UP[0] * UP[1] + DOWN[0] * DOWN[1], UP[0] + DOWN[0])
    computed = [*up, *down, (octets, EXIT, owed.service)]
    said = rows(BILLING.partition("## Whose price counts")[0], 6)[2:]
    assert [tuple(map(int, one[3:])) for one in said[:7]] == computed
    assert said[7][:3] == ("client", "exit", "passed on")
    assert int(said[7][5]) == owed.passed_on


def test_what_each_earns_in_the_example() -> None:
    said = rows(BILLING.partition("## Whose price counts")[0], 6)[2:]
    earned: dict[str, int] = {}
    for debtor, creditor, *_, charge in said:
        earned[debtor] = earned.get(debtor, 0) - int(charge)
        earned[creditor] = earned.get(creditor, 0) + int(charge)
    assert sum(earned.values()) == 0
    table = rows(BILLING.partition("## Whose price counts")[0], 3)[2:]
    assert {who: int(charge) for who, _, charge in table} == earned
    up, down = hop(0, *UP)[0], hop(0, *DOWN)[0]
    assert (earned["B"], earned["C"]) == (OWN_B * (up + down), OWN_C * (up + down))


def test_the_lengths_of_the_example() -> None:
    assert f"{exit_billing.carried(UP[1]):,} and {exit_billing.carried(DOWN[1]):,} octets" in BILLING


def test_what_the_relay_of_the_example_can_lose() -> None:
    text = BILLING.partition("## What a relay can lose")[2]
    loss = relay_margin.largest_loss(50, OWN_B, 12_500_000, relay_margin.window(58_000_000, 0))
    assert f"it loses {loss} at most, {money.payable(loss, 1_000_000)} coins" in " ".join(text.split())
    quick = relay_margin.largest_loss(50, OWN_B, 12_500_000, relay_margin.window(200_000, 0))
    assert f"it is {quick}, or {money.payable(quick, 1_000_000)} coins" in " ".join(text.split())


def test_the_bounds_of_the_example() -> None:
    terms = LinkTerms(12_500_000, 5_000_000, 1_000_000, 58_000_000, 10_000, 60_000_000)
    most = disagreement.largest(terms, 50, 20, 1)
    table = rows((LAW / "metering.md").read_text(encoding="utf-8").partition("## What is counted")[0], 3)
    said = {name: (int(charge), int(coins)) for name, charge, coins in table if re.fullmatch(r"\d+", coins)}
    assert said == {
        "seller ahead": (most.seller_ahead, money.payable(most.seller_ahead, 1_000_000)),
        "buyer ahead": (most.buyer_ahead, money.payable(most.buyer_ahead, 1_000_000)),
    }


def test_the_packet_of_the_exits_example() -> None:
    text = " ".join((LAW / "exits.md").read_text(encoding="utf-8").split())
    service = billing.charge(EXIT, DOWN[1], 1)
    back = billing.charge(50, exit_billing.carried(DOWN[1]), 1)
    assert f"{service} + {back} = {service + back}" in text
    assert exit_billing.downstream_cost(ExitTariff(EXIT, EXIT), 50, DOWN[1]) == service + back
