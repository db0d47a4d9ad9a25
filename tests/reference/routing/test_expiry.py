# SPDX-License-Identifier: GPL-2.0-only
"""Every timer that there is leads to its procedure, once and in the order in which timers are due."""

from ipaddress import IPv6Address
from typing import Any, get_args

import pytest

from althea_spec.reference.routing import expiry
from althea_spec.reference.routing.config import RouterConfig
from althea_spec.reference.routing.neighbours import NeighbourKey
from althea_spec.reference.routing.randomness import SplitMix
from althea_spec.reference.routing.state import Interface, new_state
from althea_spec.reference.routing.timer_keys import (
    AcknowledgmentMissing,
    AnswerDue,
    CarrierMissing,
    CorrectionOver,
    DumpDue,
    HelloDue,
    HelloMissed,
    HoldCheck,
    IHUExpired,
    MeasurementOver,
    NeighbourIdle,
    PacketDue,
    ProbeDue,
    ReadmissionDue,
    RequestDue,
    RouteExpired,
    RouteRefresh,
    SelectAgain,
    SourceExpired,
    TimerKey,
    UnicastHelloDue,
    UpdateDue,
    VerifyDue,
)

from .machine import OWN_ID, PREFIX, WIRED

NEIGHBOUR = NeighbourKey("a", IPv6Address("fe80::2"))
PROCEDURES = {
    HelloDue("a"): "interface_maintenance.on_hello_due",
    UpdateDue("a"): "announcements.on_update_due",
    DumpDue("a"): "announcements.full_update",
    PacketDue("a"): "transmission.flush",
    UnicastHelloDue(NEIGHBOUR): "neighbour_maintenance.on_unicast_hello_due",
    HelloMissed(NEIGHBOUR, unicast=False): "neighbour_maintenance.on_hello_missed",
    IHUExpired(NEIGHBOUR): "neighbour_maintenance.on_ihu_expired",
    NeighbourIdle(NEIGHBOUR): "neighbour_maintenance.on_idle",
    RouteExpired(PREFIX, NEIGHBOUR): "route_maintenance.on_expired",
    RouteRefresh(PREFIX, NEIGHBOUR): "route_maintenance.on_refresh_due",
    SourceExpired(PREFIX, OWN_ID): "route_selection.reselect",
    RequestDue(PREFIX, OWN_ID): "seqno_exchange.on_request_due",
    AcknowledgmentMissing(7): "holding.on_acknowledgment_missing",
    HoldCheck(PREFIX): "holding.check",
    SelectAgain(PREFIX): "route_selection.reselect",
    VerifyDue(): "verification.on_verify_due",
    ProbeDue(PREFIX, NEIGHBOUR): "verification.on_probe_due",
    CarrierMissing(PREFIX, NEIGHBOUR): "verification.on_carrier_missing",
    MeasurementOver(PREFIX, NEIGHBOUR): "verification.on_measurement_over",
    AnswerDue(PREFIX): "verification.on_answer_due",
    CorrectionOver(PREFIX, NEIGHBOUR): "judgement.on_correction_over",
    ReadmissionDue(NEIGHBOUR): "judgement.on_readmission_due",
}


def test_the_table_has_every_timer() -> None:
    assert {type(one) for one in PROCEDURES} == set(get_args(TimerKey))


@pytest.mark.parametrize("key", list(PROCEDURES), ids=lambda key: type(key).__name__)
def test_a_timer_leads_to_its_procedure(key: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[str] = []
    for name in set(PROCEDURES.values()):
        place = f"althea_spec.reference.routing.{name}"
        monkeypatch.setattr(place, lambda *_, name=name: called.append(name))
    state = new_state(RouterConfig(router_id=OWN_ID, interfaces={"a": WIRED}), SplitMix(1), 0)
    state.interfaces["a"] = Interface("a", WIRED, IPv6Address("fe80::1"), None, 0)
    state.timers.set(key, 5)
    expiry.run_timers(state)
    assert called == []
    state.now = 5
    expiry.run_timers(state)
    expiry.run_timers(state)
    assert called == [PROCEDURES[key]]


def test_timers_run_in_the_order_in_which_they_are_due(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[tuple[str, int]] = []
    place = "althea_spec.reference.routing.neighbour_maintenance.on_hello_missed"
    monkeypatch.setattr(place, lambda _state, key, _unicast, due: called.append((key.interface, due)))
    state = new_state(RouterConfig(router_id=OWN_ID, interfaces={}), SplitMix(1), 0)
    for name, due in (("late", 9), ("early", 3), ("later", 10)):
        state.timers.set(HelloMissed(NeighbourKey(name, NEIGHBOUR.address), unicast=False), due)
    state.now = 9
    expiry.run_timers(state)
    assert called == [("early", 3), ("late", 9)]
