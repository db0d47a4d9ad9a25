# SPDX-License-Identifier: GPL-2.0-only
"""Exits: prices in both directions, the way back, and what happens at zero."""

from collections.abc import Callable

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from althea_spec.reference.payments import billing, exit_account, exit_billing
from althea_spec.reference.payments.exit_account import ExitAccount
from althea_spec.reference.payments.exit_billing import ExitTariff, ExitTraffic, Origin

UNIT = 1_000_000
TARIFF = ExitTariff(upstream=10, downstream=10)


def test_a_packet_is_padded_and_wrapped() -> None:
    assert [exit_billing.carried(one) for one in (0, 1, 16, 17, 1250, 1400)] == [80, 96, 96, 112, 1344, 1488]


def test_service_is_charged_in_both_directions_and_the_way_back_is_passed_on() -> None:
    traffic = ExitTraffic(1_250_000, 1000, 5_600_000, 4000, returned=313_600_000)
    charge = exit_billing.charge(TARIFF, traffic)
    assert (charge.service, charge.passed_on) == (72_500_000, 313_600_000)
    assert exit_billing.charge(ExitTariff(10, 0), traffic).service == 13_300_000


def test_the_cost_of_a_packet_is_known_before_it_is_sent() -> None:
    assert exit_billing.downstream_cost(TARIFF, 50, 1400) == 14_800 + 78_400
    assert exit_billing.upstream_cost(TARIFF, 1250) == 13_300


def test_only_packets_of_an_exit_tunnel_are_passed_on_to_its_user() -> None:
    assert [one for one in Origin if exit_billing.is_passed_on(one)] == [Origin.EXIT_TUNNEL]


@pytest.mark.parametrize(("price", "ceiling", "goes"), [(50, 50, True), (51, 50, False), (65534, None, True)])
def test_a_ceiling_of_the_user(price: int, ceiling: int | None, goes: bool) -> None:
    assert exit_billing.is_returnable(price, ceiling) is goes


def test_what_happens_at_zero() -> None:
    account = exit_account.served(ExitAccount(paid=100_000), 93_200, 5 * UNIT)
    assert (exit_account.left(account), account.is_stopped) == (6_800, False)
    stopped = exit_account.served(account, 93_200, 5 * UNIT)
    assert (exit_account.left(stopped), stopped.is_stopped) == (6_800, True)
    assert exit_account.served(stopped, 1, 5 * UNIT) == stopped
    assert exit_account.served(stopped.with_payment(1, UNIT), 1, 5 * UNIT).is_stopped
    paid = exit_account.served(stopped.with_payment(5, UNIT), 93_200, 5 * UNIT)
    assert (exit_account.left(paid), paid.is_stopped) == (6_800 + 5 * UNIT - 93_200, False)


def test_a_packet_that_costs_just_what_is_left_passes() -> None:
    assert exit_account.is_served(ExitAccount(paid=93_200), 93_200)
    assert not exit_account.is_served(ExitAccount(paid=93_199), 93_200)
    assert exit_account.is_served(ExitAccount(advance=93_200), 93_200)


def test_a_low_resuming_level_does_not_open_an_account_for_a_dear_packet() -> None:
    assert exit_account.served(ExitAccount(paid=10, is_stopped=True), 11, 5).is_stopped


@pytest.mark.parametrize(
    ("paid", "charged", "amount"),
    [
        (10 * UNIT, 9 * UNIT, 4),
        (10 * UNIT, 8 * UNIT, 3),
        (10 * UNIT, 8 * UNIT - 1, 0),
        (0, 0, 5),
        (0, UNIT - 1, 5),
        (0, UNIT, 6),
    ],
)
def test_topping_up(paid: int, charged: int, amount: int) -> None:
    assert exit_account.top_up(paid, charged, 2 * UNIT, 5 * UNIT, UNIT) == amount
    assert exit_account.prepaid(paid, charged) == max(paid - charged, 0)


PACKETS = st.lists(
    st.one_of(
        st.tuples(st.just("up"), st.integers(40, 1420)),
        st.tuples(st.just("down"), st.integers(40, 1420)),
        st.tuples(st.just("pay"), st.integers(1, 2)),
        st.tuples(st.just("route"), st.integers(0, 3000)),
    ),
    max_size=30,
)


def wallet(events: list[tuple[str, int]], advance: int, resume: int) -> tuple[int, int, int]:
    """What the exit has got from a user, what it has paid its next hop, and what its service was worth."""
    account, route_price, spent, service = ExitAccount(advance=advance), 50, 0, 0
    got = 0
    for kind, value in events:
        if kind == "route":
            route_price = value
            continue
        if kind == "pay":
            account = account.with_payment(value, UNIT)
            got += value * UNIT
            continue
        down = kind == "down"
        cost = (
            exit_billing.downstream_cost(TARIFF, route_price, value)
            if down
            else exit_billing.upstream_cost(TARIFF, value)
        )
        after = exit_account.served(account, cost, resume)
        if not after.is_stopped:
            service += 10 * (value + 80)
            spent += billing.charge(route_price, exit_billing.carried(value), 1) if down else 0
        account = after
    assert account.charged == spent + service
    return got, spent, service


def exit_is_safe(events: list[tuple[str, int]], advance: int) -> bool:
    got, spent, service = wallet(events, advance, resume=UNIT // 2)
    return spent + service <= got + advance


@given(events=PACKETS, advance=st.integers(0, 300_000))
def test_an_exit_spends_no_more_than_it_got_and_the_advance(
    events: list[tuple[str, int]], advance: int
) -> None:
    assert exit_is_safe(events, advance)


SABOTAGE: list[tuple[str, object, str, Callable[..., object]]] = [
    ("serves one packet too many", exit_account, "is_stopped", lambda *_: False),
    ("forgets what was charged", exit_account, "left", lambda account: account.paid + account.advance),
    ("gives the advance twice", exit_account, "left", lambda one: one.paid + 2 * one.advance - one.charged),
    ("the way back is free", exit_billing, "downstream_cost", lambda *_: 0),
]


@pytest.mark.parametrize(
    ("module", "name", "fault"), [one[1:] for one in SABOTAGE], ids=[one[0] for one in SABOTAGE]
)
def test_a_fault_is_found(
    module: object, name: str, fault: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, name, fault)
    if name == "is_stopped":
        monkeypatch.setattr(exit_account, "is_served", lambda *_: True)
    try:
        find(
            st.tuples(PACKETS, st.integers(0, 300_000)),
            lambda one: not exit_is_safe(*one),
            settings=settings(max_examples=200, derandomize=True, database=None, phases=[Phase.generate]),
        )
    except NoSuchExample:
        pytest.fail("nobody noticed")
    except AssertionError:
        return


@pytest.mark.parametrize("name", ["paid", "charged", "advance"])
def test_an_account_below_zero_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' must be >= 0: -1"):
        ExitAccount(**{name: -1})
