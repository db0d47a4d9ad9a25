# SPDX-License-Identifier: GPL-2.0-only
"""Every rule of the network machines is broken by some broken kernel, within the same number of examples.

The kernel is put into all routers at once, and only the one rule is judged that has to notice: a machine that
fails for another reason has shown nothing.
"""

from collections.abc import Callable
from typing import Any

import pytest
from attrs import evolve, frozen

from althea_spec.reference.routing import (
    feasibility,
    forwarding,
    holding,
    metric,
    price,
    priced_selection,
    route_maintenance,
    selection,
    seqno,
    seqno_exchange,
)
from althea_spec.reference.routing.messages import Update
from althea_spec.reference.routing.selection import Candidate
from althea_spec.reference.routing.state import RouterState

from .network_machine import BrokenRuleError, NetworkMachine
from .priced_machine import DearMachine, PricedMachine
from .test_network_machine import EXAMPLES, run


@frozen
class Sabotage:
    """One broken kernel, and the rule that has to notice."""

    name: str
    rule: str
    machine: type[NetworkMachine]
    module: Any
    function: str
    broken: Callable[..., Any]
    """Takes the true function, then its arguments."""


def _wrapping(true: Callable[..., int], cost: int, advertised: int) -> int:
    del true
    return 65535 if 65535 in (cost, advertised) else (cost + advertised) % 65536


def _plain_less(_: object, first: int, second: int) -> bool:
    return first < second


def _thrifty(_: object, asked: int, *__: object) -> bool:
    return asked < 20


def _worst(true: Callable[..., Candidate | None], candidates: Any, current: Any, *rest: Any) -> Any:
    """Anything but what is used now."""
    others = [one for one in candidates if selection.is_selectable(one) and one is not current]
    return others[0] if others else true(candidates, current, *rest)


def _forgets_hold(true: Callable[..., None], state: RouterState, prefix: Any) -> None:
    del true
    forwarding.remove(state, prefix)


def _first_price(true: Callable[..., None], state: RouterState, neighbour: Any, update: Update) -> None:
    known = state.routes.get(update.prefix, neighbour.key)
    if known is not None and update.price is not None:
        update = evolve(update, price=known.price)
    true(state, neighbour, update)


def _one_more(true: Callable[..., int], cost: int, advertised: int) -> int:
    return true(cost, min(advertised + 1, 65535))


def _wrapping_price(_: object, asked: int | None, own: int, *__: object) -> int:
    return ((asked or 0) + own) % 65536


def _forgetting_own_price(true: Callable[..., Any], asked: int | None, _: int, profile: object) -> Any:
    return true(asked, 0, profile)


def _always(*_: object) -> bool:
    return True


def _never(*_: object) -> bool:
    return False


def _nothing(*_: object, **__: object) -> None:
    return None


SABOTAGES = (
    Sabotage("all is feasible", "no loop", NetworkMachine, feasibility, "is_feasible", _always),
    Sabotage("nothing is held", "no loop", NetworkMachine, holding, "start", _forgets_hold),
    Sabotage("all is feasible", "feasible", NetworkMachine, feasibility, "is_feasible", _always),
    Sabotage("metrics wrap", "no wrap", NetworkMachine, metric, "through", _wrapping),
    Sabotage("they count to infinity", "circles end", NetworkMachine, feasibility, "is_feasible", _always),
    Sabotage("nobody asks", "reached", NetworkMachine, seqno_exchange, "ask", _nothing),
    Sabotage("seqnos are plain numbers", "reached", NetworkMachine, seqno, "less", _plain_less),
    Sabotage("a link costs one more", "metric is the sum", NetworkMachine, metric, "through", _one_more),
    Sabotage("what is used stays", "least metric", NetworkMachine, selection, "may_replace", _never),
    Sabotage("the other one is better", "stable", NetworkMachine, selection, "select", _worst),
    Sabotage("prices wrap", "price is the sum as heard", DearMachine, price, "onward", _wrapping_price),
    Sabotage(
        "no own price", "price is the sum as heard", PricedMachine, price, "onward", _forgetting_own_price
    ),
    Sabotage("all is affordable", "not for sale", DearMachine, price, "is_affordable", _always),
    Sabotage(
        "first price stays", "price is the sum", PricedMachine, route_maintenance, "on_update", _first_price
    ),
    Sabotage("20 is too dear", "bought", PricedMachine, price, "is_affordable", _thrifty),
    Sabotage("the other one is better", "stable", PricedMachine, priced_selection, "select", _worst),
)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=lambda one: f"{one.rule}: {one.name}")
def test_a_broken_kernel_breaks_the_rule(sabotage: Sabotage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given routers with a broken kernel, then the machine that judges only that rule fails."""
    true = getattr(sabotage.module, sabotage.function)
    monkeypatch.setattr(
        sabotage.module,
        sabotage.function,
        lambda *args, **facts: sabotage.broken(true, *args, **facts),
    )
    monkeypatch.setattr(sabotage.machine, "judged", frozenset({sabotage.rule}))
    with pytest.raises(BrokenRuleError, match=f"^{sabotage.rule}: "):
        run(sabotage.machine, EXAMPLES)


def test_every_rule_has_a_sabotage() -> None:
    """Given the rules that the machines judge, then each has been seen broken."""
    judged: set[str] = set()

    class Listing(NetworkMachine):
        """Takes down the names of the rules."""

        def judge(self, rule_name: str, check: Callable[[], None]) -> None:
            del check
            judged.add(rule_name)

    class PricedListing(PricedMachine):
        """The same, with prices."""

        judge = Listing.judge

    run(Listing, 1)
    run(PricedListing, 1)
    assert judged == {one.rule for one in SABOTAGES}
