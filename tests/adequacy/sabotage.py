# SPDX-License-Identifier: GPL-2.0-only
"""Reference routers of which one rule has been broken, and what the suite says of them.

A check counts once it has been seen red.  Every sabotage breaks one rule: either one kernel of the reference
is replaced, or what stands between the router and the wire falsifies one thing.  The suite must fail that
rule and no other.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

import pytest
from attrs import evolve, frozen

from althea_spec import conformance
from althea_spec.conformance.frames import Datagram
from althea_spec.conformance.lab import Address, DeviceConfig, LinkName, Network, Profile
from althea_spec.conformance.oracle import RULES
from althea_spec.conformance.player import Player
from althea_spec.conformance.runner import device_config
from althea_spec.conformance.selection import in_profile
from althea_spec.conformance.targets import embedded
from althea_spec.conformance.targets.embedded import EmbeddedTarget, MemoryLab
from althea_spec.conformance.trace import Trace, load_traces
from althea_spec.conformance.verdict import Finding, Verdict
from althea_spec.spec import requirements as law

PROSE = law.load()

Patch = Callable[[pytest.MonkeyPatch], None]
Tamper = Callable[[MemoryLab, LinkName, Datagram], Iterable[Datagram]]


@frozen
class Sabotage:
    """One broken rule."""

    name: str
    """In a few words, as it would stand in a bug report."""
    breaks: str
    """The requirement (the primary one of its class) that must fail, and no other."""
    patch: Patch
    profile: Profile = Profile.RFC8966
    """In which the broken router is played."""
    drags: tuple[str, ...] = ()
    """Classes that cannot hold when this one is broken so: that they fail too is no leak."""
    seen_in: str = ""
    """A trace that gives a rule which watches every packet its occasion, where few do."""


def all_traces(profile: Profile = Profile.RFC8966) -> list[Trace]:
    """Every trace that a router of that profile is asked."""
    return in_profile(_loaded(), profile)


@cache
def _loaded() -> tuple[Trace, ...]:
    return tuple(load_traces(Path(conformance.__path__[0]) / "traces"))


def play(traces: Iterable[Trace], target: EmbeddedTarget | None = None) -> Iterator[Finding]:
    """What the suite finds in the embedded router as it is now."""
    target = target or embedded.target
    for trace in traces:
        if any(not target.supports(feature) for feature in trace.needs):
            continue
        lab = target.open(device_config(trace), trace.pace, Path())
        result = Player(trace, lab, keep_capture=False).play()
        assert result.error is None, result.error
        yield from result.findings


def failed(findings: Iterable[Finding]) -> dict[str, list[str]]:
    """Classes that fail, each with the traces that found it."""
    found: dict[str, list[str]] = {}
    for one in findings:
        if one.verdict is Verdict.FAIL:
            found.setdefault(class_of(one.requirement), []).append(f"{one.trace}: {one.came}")
    return found


def class_of(requirement: str) -> str:
    """The primary requirement of its class."""
    return law.class_of(PROSE, requirement)


def classes(ids: str) -> tuple[str, ...]:
    """Requirements from one text."""
    return tuple(ids.split())


def judging(requirement: str, traces: Sequence[Trace]) -> list[Trace]:
    """The traces that judge that class; for a rule that watches every packet, all of them may."""
    wanted = class_of(requirement)
    if wanted in RULES:
        return list(traces)
    return [trace for trace in traces if wanted in {class_of(one) for one in trace.requirements}]


def replaces(place: str, value: object) -> Patch:
    """A patch of one name: ``feasibility.is_feasible`` in the reference's routing room."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(f"althea_spec.reference.routing.{place}", value)

    return patch


def wraps(place: str, wrapper: Callable[..., object]) -> Patch:
    """A patch whose ``wrapper(original, *arguments)`` takes the place of a function of the reference."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        name = f"althea_spec.reference.routing.{place}"
        original = _resolve(name)
        monkeypatch.setattr(name, lambda *args, **kwargs: wrapper(original, *args, **kwargs))

    return patch


def _resolve(name: str) -> Callable[..., object]:
    module, _, attribute = name.rpartition(".")
    parts = attribute.split(".")
    found: object = __import__(module, fromlist=[parts[0]])
    for part in parts:
        found = getattr(found, part)
    assert callable(found)
    return found


def tampers(tamper: Tamper) -> Patch:
    """A patch that changes what the device puts on the wire: the tamper gives what is sent instead."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        original = MemoryLab._transmit

        def transmit(lab: MemoryLab, link: LinkName, datagram: Datagram) -> None:
            for one in tamper(lab, link, datagram):
                original(lab, link, one)

        monkeypatch.setattr(MemoryLab, "_transmit", transmit)

    return patch


def delivers(tamper: Tamper) -> Patch:
    """A patch that changes what the device gets from the wire."""

    def patch(monkeypatch: pytest.MonkeyPatch) -> None:
        original = MemoryLab._deliver

        def deliver(lab: MemoryLab, link: LinkName, datagram: Datagram) -> None:
            for one in tamper(lab, link, datagram):
                original(lab, link, one)

        monkeypatch.setattr(MemoryLab, "_deliver", deliver)

    return patch


def payload_tamper(change: Callable[[bytes], bytes]) -> Patch:
    """A patch of every Babel payload that the device sends."""

    def tamper(_lab: MemoryLab, _link: LinkName, datagram: Datagram) -> Iterable[Datagram]:
        yield evolve(datagram, payload=change(datagram.payload)) if datagram.is_babel else datagram

    return tampers(tamper)


def tlvs_of(payload: bytes) -> Iterator[tuple[int, int]]:
    """Offset and size of every TLV in the body of a well-formed packet."""
    offset, end = 4, 4 + int.from_bytes(payload[2:4], "big")
    while offset < end:
        size = 1 if payload[offset] == 0 else 2 + payload[offset + 1]
        yield offset, size
        offset += size


def rewrite(kind: int, change: Callable[[bytearray], None]) -> Patch:
    """A patch that changes every TLV of that type in place, Type and Length octets included."""

    def rewritten(payload: bytes) -> bytes:
        octets = bytearray(payload)
        for offset, size in tlvs_of(payload):
            if payload[offset] == kind:
                tlv = octets[offset : offset + size]
                change(tlv)
                octets[offset : offset + size] = tlv
        return bytes(octets)

    return payload_tamper(rewritten)


class SilentLab(MemoryLab):
    """A router that does nothing at all."""

    def __init__(self, device: DeviceConfig, seed: int) -> None:
        super().__init__(device, seed)
        self._outbox.clear()

    def _transmit(self, link: LinkName, datagram: Datagram) -> None:
        del link, datagram

    def _encrypt(self, prefix: Network, link: LinkName, next_hop: Address, sequence: bytes) -> None:
        del prefix, link, next_hop, sequence
