# SPDX-License-Identifier: GPL-2.0-only
"""The machine of small networks where routers ask prices: these change, lie, and saturate."""

from attrs import evolve
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule

from althea_spec.reference.network.changes import ChangePrice, ChangeWeight, Misbehave
from althea_spec.reference.network.misbehaviour import Misbehaviour
from althea_spec.reference.network.state import Watch
from althea_spec.reference.routing.config import DEFAULT_WEIGHT
from althea_spec.reference.routing.extended_metric import Weight
from althea_spec.reference.routing.profile import Profile

from .network_machine import SECOND, STABLE, NetworkMachine, Tally, aims, picks, waits
from .price_watch import NOT_FOR_SALE, Prices, assert_bought, assert_price_sums
from .watches import assert_none, assert_sums, tables

PRICES = (0, 1, 3, 5, 7, 11, 100, 9_000, 30_000, 65_534, NOT_FOR_SALE)
COMMON_PRICES = st.sampled_from((*PRICES[:7], *PRICES, *PRICES[7:], NOT_FOR_SALE, NOT_FOR_SALE))
WEIGHTS = (Weight(1, 20), Weight(1), Weight(19, 10), Weight(20))
PREFERENCE_PAUSE = 15 * SECOND
"""A quarter of the default, as all times are here."""
LONGEST_PAUSE = 2 * PREFERENCE_PAUSE
"""Much shorter than by default: so long may it take until somebody gets what it prefers."""


class PricedMachine(NetworkMachine):
    """Profile althea: prices are summed, never wrap, and what is reachable and affordable is bought."""

    tally = Tally()
    first_prices: tuple[int, ...] = PRICES[:9]
    router = evolve(
        NetworkMachine.router,
        profile=Profile.ALTHEA,
        price=5,
        preference_pause=PREFERENCE_PAUSE,
        longest_preference_pause=LONGEST_PAUSE,
    )

    def __init__(self) -> None:
        super().__init__()
        self.prices = Prices()

    def watches(self) -> list[Watch]:
        return [self.prices]

    def look(self) -> None:
        super().look()
        self.judge("price is the sum as heard", lambda: assert_none(self.prices.broken))
        self.judge("not for sale", lambda: assert_none(self.prices.bought))

    @initialize(choices=st.lists(picks, min_size=8, max_size=8))
    def set_prices(self, choices: list[int]) -> None:
        """Everybody asks something of their own."""
        if self.network is None:
            return
        for name, choice in zip(self.net.state.nodes, choices, strict=False):
            self.net.apply(ChangePrice(name, self.first_prices[choice % len(self.first_prices)]))

    @rule(aimed=aims, pick=picks, price=COMMON_PRICES, wait=waits)
    def change_price(self, aimed: bool, pick: int, price: int, wait: int) -> None:
        """An operator asks another price; the largest is: not for sale."""
        name = self.pick_node(aimed, pick)
        self.act("change price", ChangePrice(name, price), name, wait)

    @rule(aimed=aims, pick=picks, price=st.sampled_from((0, 1, 40_000, NOT_FOR_SALE)), wait=waits)
    def lie_about_price(self, aimed: bool, pick: int, price: int, wait: int) -> None:
        """A router asks for everything what it likes, whatever it pays itself."""
        name = self.pick_node(aimed, pick)
        if name != self.source:
            self.act("lie on price", Misbehave(name, Misbehaviour(price=price)), name, wait)

    @rule(weight=st.sampled_from(WEIGHTS), aimed=aims, pick=picks, wait=waits)
    def change_weight(self, weight: Weight, aimed: bool, pick: int, wait: int) -> None:
        """An operator counts quality against price in another way than the others do."""
        name = self.source if aimed else self.pick_node(aimed, pick)
        self.act("change n", ChangeWeight(name, weight), name, wait)

    def end_attacks(self) -> None:
        super().end_attacks()
        for name in self.net.state.nodes:
            self.net.apply(ChangeWeight(name, DEFAULT_WEIGHT))

    def assert_stable(self) -> None:
        """Nothing changes any more, once everybody has had the time to ask for what it prefers.

        Who gets it offers something else to others, who may then prefer that: one after the other.
        """
        for _ in self.net.state.nodes:
            before = tables(self.net)
            self.net.run(LONGEST_PAUSE + STABLE)
            if tables(self.net) == before:
                return
        raise AssertionError("the choice of routes is not stable")

    def assert_quiet(self) -> None:
        self.judge("circles end", self.assert_no_circles)
        self.judge("metric is the sum", lambda: assert_sums(self.net))
        self.judge("price is the sum", lambda: assert_price_sums(self.net))
        self.judge("bought", lambda: assert_bought(self.net, {}))


class DearMachine(PricedMachine):
    """The same where hardly anybody is cheap: most sums saturate."""

    first_prices = (30_000, 60_000, NOT_FOR_SALE)
