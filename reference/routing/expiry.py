# SPDX-License-Identifier: MIT
"""What happens when a timer is due."""

from . import (
    announcements,
    holding,
    interface_maintenance,
    judgement,
    neighbour_maintenance,
    route_maintenance,
    route_selection,
    seqno_exchange,
    transmission,
    verification,
)
from .messages import Microseconds
from .state import RouterState
from .timer_keys import (
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


def run_timers(state: RouterState) -> None:
    """Let everything happen that is due by now, the earliest first."""
    while (due := state.timers.pop_due(state.now)) is not None:
        _on_timer(state, *due)


def _on_timer(state: RouterState, key: TimerKey, due: Microseconds) -> None:
    match key:
        case HelloDue(name):
            interface_maintenance.on_hello_due(state, state.interfaces[name])
        case UpdateDue(name):
            announcements.on_update_due(state, state.interfaces[name])
        case DumpDue(name):
            announcements.full_update(state, state.interfaces[name])
        case PacketDue(name):
            transmission.flush(state, state.interfaces[name])
        case UnicastHelloDue(neighbour):
            neighbour_maintenance.on_unicast_hello_due(state, neighbour)
        case HelloMissed(neighbour, unicast):
            neighbour_maintenance.on_hello_missed(state, neighbour, unicast, due)
        case IHUExpired(neighbour):
            neighbour_maintenance.on_ihu_expired(state, neighbour)
        case NeighbourIdle(neighbour):
            neighbour_maintenance.on_idle(state, neighbour)
        case _:
            _on_route_timer(state, key)


def _on_route_timer(state: RouterState, key: TimerKey) -> None:
    match key:
        case RouteExpired(prefix, neighbour):
            route_maintenance.on_expired(state, prefix, neighbour)
        case RouteRefresh(prefix, neighbour):
            route_maintenance.on_refresh_due(state, prefix, neighbour)
        case SourceExpired(prefix, router_id):
            state.sources.remove(prefix, router_id)
            seqno_exchange.on_source_forgotten(state, prefix, router_id)
            route_selection.reselect(state, prefix)
        case RequestDue(prefix, router_id):
            seqno_exchange.on_request_due(state, prefix, router_id)
        case AcknowledgmentMissing(opaque):
            holding.on_acknowledgment_missing(state, opaque)
        case HoldCheck(prefix):
            holding.check(state, prefix)
        case SelectAgain(prefix):
            route_selection.reselect(state, prefix)
        case _:
            _on_verification_timer(state, key)


def _on_verification_timer(state: RouterState, key: TimerKey) -> None:
    match key:
        case VerifyDue():
            verification.on_verify_due(state)
        case ProbeDue(prefix, neighbour):
            verification.on_probe_due(state, (prefix, neighbour))
        case CarrierMissing(prefix, neighbour):
            verification.on_carrier_missing(state, (prefix, neighbour))
        case MeasurementOver(prefix, neighbour):
            verification.on_measurement_over(state, (prefix, neighbour))
        case AnswerDue(prefix):
            verification.on_answer_due(state, prefix)
        case CorrectionOver(prefix):
            judgement.on_correction_over(state, prefix)
        case ReadmissionDue(neighbour):
            judgement.on_readmission_due(state, neighbour)
