# SPDX-License-Identifier: GPL-2.0-only
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from althea_spec.reference.routing import extended_metric
from althea_spec.reference.routing import price as prices
from althea_spec.reference.routing.extended_metric import LARGEST_WEIGHT_PART, Weight
from althea_spec.reference.routing.profile import Profile

USUAL = Weight(19, 10)
WEIGHTS = st.builds(
    lambda top, bottom: extended_metric.parse(f"{top}/{bottom}"),
    st.integers(1, LARGEST_WEIGHT_PART),
    st.integers(1, LARGEST_WEIGHT_PART),
)
EDGES = st.sampled_from((0, 1, 2, 3, 96, 0xFFFE, 0xFFFF, 0xFFFF_FFFE))
METRICS = EDGES | st.integers(0, 0xFFFF_FFFF)
PRICES = EDGES | st.integers(0, 0xFFFF_FFFF)
ROUTES = st.tuples(METRICS, PRICES)
SMALL = st.integers(0, 12)


def paper_difference(first: tuple[int, int], second: tuple[int, int], weight: Weight) -> Decimal:
    """b·m' of the first less b·m' of the second, as the paper writes it; 0 only when they are equal.

    Different values are at most 1280 bits long, so that 450 digits tell any two of them apart.
    """
    for digits in (30, 450):
        with localcontext(prec=digits):
            difference = _paper(*first, weight) - _paper(*second, weight)
        if abs(difference) > Decimal(10) ** (20 - digits):
            return difference
    return Decimal(0)


def _paper(metric: int, price: int, weight: Weight) -> Decimal:
    return weight.numerator * Decimal(max(metric, 1)).ln() + weight.denominator * Decimal(max(price, 1)).ln()


@given(first=ROUTES, second=ROUTES, weight=WEIGHTS)
def test_the_order_is_that_of_the_formula(
    first: tuple[int, int], second: tuple[int, int], weight: Weight
) -> None:
    orders_as_the_formula(first, second, weight)


def orders_as_the_formula(first: tuple[int, int], second: tuple[int, int], weight: Weight) -> None:
    ours = extended_metric.value(*first, weight) - extended_metric.value(*second, weight)
    theirs = paper_difference(first, second, weight)
    assert (ours > 0) - (ours < 0) == (theirs > 0) - (theirs < 0)


@given(base=st.integers(2, 1000), weight=WEIGHTS, other=st.integers(1, 1000))
def test_what_the_formula_calls_equal_is_equal(base: int, weight: Weight, other: int) -> None:
    """A metric of base^b less is worth a price of base^a more, exactly: no rounding decides."""
    a, b = weight.numerator, weight.denominator
    cheap = extended_metric.value(other * base**b, other, weight)
    dear = extended_metric.value(other, other * base**a, weight)
    assert cheap == dear


def test_half_the_metric_is_worth_two_to_the_n_times_the_price() -> None:
    for n in range(1, LARGEST_WEIGHT_PART + 1):
        weight = Weight(n)
        assert extended_metric.value(100, 2**n, weight) == extended_metric.value(200, 1, weight)
        assert extended_metric.precedes((100, 2**n - 1), (200, 1), weight)
        assert not extended_metric.precedes((100, 2**n + 1), (200, 1), weight)


def test_the_words_and_the_formula_agree_at_one_and_two_only() -> None:
    worth = {}
    for n in range(1, LARGEST_WEIGHT_PART + 1):
        dearest = max(price for price in range(1, 4 * n) if not _beats_half(price, Weight(n)))
        worth[n] = dearest if dearest < 4 * n - 1 else None
    assert [n for n, dearest in worth.items() if dearest == 2 * n] == [1, 2]
    assert extended_metric.precedes((100, 7), (200, 1), Weight(3)), "by the words at most 6 are paid"


def _beats_half(price: int, weight: Weight) -> bool:
    """Whether the full metric at price 1 is strictly better than half the metric at this price."""
    return extended_metric.value(200, 1, weight) < extended_metric.value(100, price, weight)


def test_a_free_route_does_not_beat_everything() -> None:
    assert extended_metric.precedes((1, 1), (65534, 0), USUAL)
    assert extended_metric.precedes((1, 1), (65534, 0), Weight(1, 20))
    assert extended_metric.value(96, 0, USUAL) == extended_metric.value(96, 1, USUAL)
    assert extended_metric.value(0, 7, USUAL) == extended_metric.value(1, 7, USUAL)
    assert extended_metric.precedes((96, 0), (96, 1), USUAL), "the tie-break still prefers the free one"


def test_a_price_that_wraps_turns_the_dearest_route_into_the_cheapest() -> None:
    asked, own = 65000, 600
    wrapped, saturated = (asked + own) % 2**16, prices.onward(asked, own, Profile.ALTHEA)
    assert (wrapped, saturated) == (64, 0xFFFF)
    assert extended_metric.precedes((96, wrapped), (96, 65), USUAL)
    assert extended_metric.precedes((96, asked), (96, 0xFFFF), USUAL)
    assert 9 * 5 * 10**8 % 2**32 < 5 * 10**8, "nine hops at a price from the field"
    assert prices.onward(8 * 5 * 10**8, 5 * 10**8, Profile.ALTHEA_2018) == 2**32 - 1


def test_prices_of_different_units_cannot_be_compared() -> None:
    per_megabyte, per_gigabyte = 3, 2000
    assert extended_metric.precedes((96, per_megabyte), (96, per_gigabyte), USUAL)
    assert Fraction(per_megabyte, 10**6) == Fraction(3, 2) * Fraction(per_gigabyte, 10**9)


def test_the_order_is_not_isotone() -> None:
    """The better of two routes is the worse one behind the same link and the same fee."""
    near, far = (300, 1), (100, 10)
    link, fee = 96, 1000
    assert extended_metric.precedes(near, far, USUAL)
    behind = [(metric + link, price + fee) for metric, price in (near, far)]
    assert behind == [(396, 1001), (196, 1010)]
    assert extended_metric.precedes(behind[1], behind[0], USUAL)


@given(one=ROUTES, two=ROUTES, three=ROUTES, weight=WEIGHTS)
def test_preceding_is_a_strict_total_order(
    one: tuple[int, int], two: tuple[int, int], three: tuple[int, int], weight: Weight
) -> None:
    precedes: Callable[[tuple[int, int], tuple[int, int]], bool] = lambda first, second: (  # noqa: E731
        extended_metric.precedes(first, second, weight)
    )
    assert not precedes(one, one)
    assert precedes(one, two) + precedes(two, one) == (one != two)
    if precedes(one, two) and precedes(two, three):
        assert precedes(one, three)


@given(
    route=st.tuples(SMALL | METRICS, SMALL | PRICES), metric=SMALL | METRICS, price=SMALL | PRICES,
    weight=WEIGHTS,
)  # fmt: skip
def test_more_metric_and_more_price_are_never_better(
    route: tuple[int, int], metric: int, price: int, weight: Weight
) -> None:
    worse = (route[0] + metric, route[1] + price)
    assert not extended_metric.precedes(worse, route, weight)
    if metric > 0 and route[0] > 0:
        assert extended_metric.value(*route, weight) < extended_metric.value(*worse, weight)


@given(metric=METRICS, price=PRICES, weight=WEIGHTS)
def test_the_value_is_the_product_of_its_factors(metric: int, price: int, weight: Weight) -> None:
    product = 1
    for _ in range(weight.numerator):
        product *= max(metric, 1)
    for _ in range(weight.denominator):
        product *= max(price, 1)
    assert extended_metric.value(metric, price, weight) == product


def test_a_value_has_at_most_1280_bits() -> None:
    largest = 2**32 - 1
    values = [
        extended_metric.value(largest, largest, Weight(20, b)).bit_length()
        for b in range(1, LARGEST_WEIGHT_PART + 1)
        if b % 2 and b % 5
    ]
    assert max(values) == 32 * (20 + 19) <= 1280


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("1.9", Weight(19, 10)),
        ("19/10", Weight(19, 10)),
        ("38/20", Weight(19, 10)),
        ("2", Weight(2)),
        ("2.0", Weight(2)),
        (" 0.05 ", Weight(1, 20)),
        ("20", Weight(20)),
    ],
)
def test_a_weight_is_read_as_people_write_it(text: str, weight: Weight) -> None:
    assert extended_metric.parse(text) == weight
    assert extended_metric.parse(str(weight)) == weight


@pytest.mark.parametrize(
    "text",
    ["0", "0/3", "0.0", "-1", "-19/10", "1/0", "1/21", "1.95", "21", "3/1000000007", "", "n", "1e3", "1_0",
     "1/-2", "nan", "inf", "٢", "1.9.0", "9" * 5000],
)  # fmt: skip
def test_a_weight_that_is_none_gets_one_line(text: str) -> None:
    line = r"^weight: expected a number above 0.*from 1 to 20; got '"
    with pytest.raises(ValueError, match=line) as caught:
        extended_metric.parse(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("parts", [(0, 1), (-1, 1), (1, 0), (21, 1), (1, 21), (2, 2), (38, 20)])
def test_a_weight_is_made_in_lowest_terms(parts: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match=rf"^weight: .*; got {parts[0]}/{parts[1]}$"):
        Weight(*parts)


@pytest.mark.parametrize(
    "sabotage",
    [
        pytest.param(lambda m, p, w: m * w.numerator // w.denominator + p, id="the sum of 2018"),
        pytest.param(lambda m, p, w: m ** (w.numerator // w.denominator) * max(p, 1), id="whole n only"),
        pytest.param(lambda m, p, w: m**w.numerator * p**w.denominator, id="zero stays zero"),
        pytest.param(
            lambda m, p, w: max(m, 1) ** w.denominator * max(p, 1) ** w.numerator, id="n upside down"
        ),
        pytest.param(
            lambda m, p, w: (max(m, 1) ** w.numerator * max(p, 1) ** w.denominator) % 2**64, id="64 bits"
        ),
    ],
)
def test_a_wrong_value_is_noticed(
    sabotage: Callable[[int, int, Weight], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extended_metric, "value", sabotage)
    found_at_once = settings(phases=[Phase.generate])(given(ROUTES, ROUTES, WEIGHTS)(orders_as_the_formula))
    with pytest.raises(AssertionError):
        found_at_once()
