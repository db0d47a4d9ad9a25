# SPDX-License-Identifier: GPL-2.0-only
"""What a device may say of a route, given what it was told (RFC 8966 sections 3.2.2, 3.5.2 and 3.7)."""

from collections.abc import Callable, Iterator
from typing import Any

from althea_spec.conformance.observe import INFINITY, WILDCARD
from althea_spec.conformance.recording import Recording

from .occasion import Occasion, sent_tlvs, tlvs


def _finite_updates(recording: Recording) -> Iterator[tuple[Any, Any]]:
    for entry, tlv in tlvs(recording, "update"):
        if tlv["metric"] != INFINITY and tlv.get("network") not in (None, WILDCARD):
            yield entry, tlv


def _told(recording: Recording) -> dict[Any, list[tuple[int, bytes, int, int]]]:
    """Prefix to (entry number, router-id, seqno, metric) of every finite Update that we sent."""
    told: dict[Any, list[tuple[int, bytes, int, int]]] = {}
    for entry, tlv in sent_tlvs(recording, "update"):
        network = tlv.get("network")
        if tlv["metric"] != INFINITY and network not in (None, WILDCARD):
            told.setdefault(network, []).append((entry.number, tlv.get("by"), tlv["seqno"], tlv["metric"]))
    return told


def _copied(recording: Recording) -> Iterator[Occasion]:
    """Router-id and seqno of a learned route are those that some neighbour announced."""
    told = _told(recording)
    for entry, tlv in _finite_updates(recording):
        heard = [one for one in told.get(tlv["network"], ()) if one[0] < entry.number]
        if not heard or tlv["network"] in recording.trace.device.originates:
            continue
        right = any((one[1], one[2]) == (tlv["by"], tlv["seqno"]) for one in heard)
        by = tlv["by"].hex() if tlv["by"] else "unknown"
        wrong = f"{tlv['network']} with router-id {by} and seqno {tlv['seqno']}, which nobody announced"
        yield Occasion(entry, None if right else wrong)


def _metric_grows(recording: Recording) -> Iterator[Occasion]:
    """The metric of a learned route is above the smallest announced for the same source and seqno."""
    told = _told(recording)
    for entry, tlv in _finite_updates(recording):
        if tlv["network"] in recording.trace.device.originates:
            continue
        heard = [
            metric
            for number, router_id, seqno, metric in told.get(tlv["network"], ())
            if number < entry.number and (router_id, seqno) == (tlv["by"], tlv["seqno"])
        ]
        if heard:
            wrong = f"{tlv['network']} with metric {tlv['metric']}, announced to it with {min(heard)}"
            yield Occasion(entry, None if tlv["metric"] > min(heard) else wrong)


def _own_updates(recording: Recording) -> Iterator[tuple[Any, Any]]:
    told = _told(recording)
    for entry, tlv in _finite_updates(recording):
        if tlv["network"] in recording.trace.device.originates and tlv["network"] not in told:
            yield entry, tlv


def _one_router_id(recording: Recording) -> Iterator[Occasion]:
    """All prefixes of the device's own carry one and the same router-id."""
    first: bytes | None = None
    for entry, tlv in _own_updates(recording):
        if first is None:
            first = tlv["by"]
        wrong = (
            f"router-id {tlv['by'].hex() if tlv['by'] else 'none'} after {first.hex() if first else 'none'}"
        )
        yield Occasion(entry, None if first is not None and tlv["by"] == first else wrong)


def _steady_seqno(recording: Recording) -> Iterator[Occasion]:
    """The device's own seqno stays as it is while nobody asks for a newer one."""
    last: tuple[int, int] | None = None
    asked = [entry.number for entry, _tlv in sent_tlvs(recording, "seqno_request")]
    for entry, tlv in _own_updates(recording):
        if last is not None and not any(number < entry.number for number in asked):
            wrong = None if tlv["seqno"] == last[1] else f"seqno {tlv['seqno']} after {last[1]}, unasked"
            yield Occasion(entry, wrong)
        last = (entry.number, tlv["seqno"])


RULES: tuple[tuple[str, str, Callable[[Recording], Iterator[Occasion]]], ...] = (
    ("RTG-NODE-01", "one router-id for all prefixes of its own", _one_router_id),
    ("RTG-SEQ-03", "an unchanged seqno while nobody asks for a newer one", _steady_seqno),
    ("RTG-METRIC-02", "a metric above the one that was announced to it", _metric_grows),
    ("RTG-ADV-05", "router-id and seqno as they were announced to it", _copied),
)
