# SPDX-License-Identifier: GPL-2.0-only
"""No packet of a trace is longer than its link carries, whatever the layout; and one is as long as that."""

from collections.abc import Iterator, Mapping
from functools import cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from althea_spec.conformance import trace as words
from althea_spec.conformance.compose import Sender, compose_packet
from althea_spec.conformance.frames import OVERHEAD
from althea_spec.conformance.lab import DeviceConfig, LabError, LinkConfig, Profile
from althea_spec.conformance.matching import MatchError
from althea_spec.conformance.neighbours import PlayedNeighbour
from althea_spec.conformance.observe import read_payload
from althea_spec.conformance.selection import in_profile
from althea_spec.conformance.targets.embedded import MemoryLab

TRACES = Path(words.__file__).parent / "traces"
DEVICE = IPv6Address("fe80::d:1")
FULL = "packet/receive-full-mtu"


@cache
def traces() -> list[words.Trace]:
    return words.load_traces(TRACES)


def saved(trace: words.Trace) -> Mapping[str, Any]:
    """Something for every name: how long a field is does not depend on what is in it."""
    sources = {name: source for step in trace.steps for name, source in _saves(step).items()}
    return {name: bytes(8) if source == "router_id" else 1 for name, source in sources.items()}


def _saves(step: words.Step) -> dict[str, str]:
    found = getattr(getattr(step, step.verb), "save", None)
    return found if isinstance(found, dict) else {}


def payloads(trace: words.Trace) -> Iterator[tuple[int, bytes]]:
    """What the steps of a trace send, each with the octets that the link has room for."""
    names = list(trace.neighbours)
    for step in trace.steps:
        if step.send is not None:
            settings = trace.neighbours[step.send.by]
            one = PlayedNeighbour.from_words(step.send.by, names.index(step.send.by), 0, settings)
            version = (step.send.transport.source or one.address).version
            room = trace.device.links[one.link].mtu - OVERHEAD[version]
            sender = Sender(
                one.address, one.ipv4, DEVICE, lambda _unicast: 1, saved(trace), trace.profile, room
            )
            yield room, compose_packet(step.send, sender)


def too_long(played: list[words.Trace], profile: Profile) -> list[str]:
    return [
        f"{trace.id}: {len(payload)} octets where {room} fit"
        for trace in in_profile(played, profile)
        for room, payload in payloads(trace)
        if len(payload) > room
    ]


@pytest.mark.parametrize("profile", Profile)
def test_no_packet_is_longer_than_its_link_carries(profile: Profile) -> None:
    assert too_long(traces(), profile) == []


def test_what_fits_in_one_layout_and_not_in_another_is_seen() -> None:
    (trace,) = (one for one in traces() if one.id == FULL)
    updates = tuple(
        words.Tlv(update=words.Update(prefix=IPv6Network(f"2001:db8:8:{number:x}::/64"), metric=100))
        for number in range(0x47)
    )
    steps = tuple(
        step.model_copy(update={"send": step.send.model_copy(update={"tlvs": updates})})
        if step.send
        else step
        for step in trace.steps
    )
    written_down = trace.model_copy(update={"steps": steps})
    assert too_long([written_down], Profile.ALTHEA) == []
    assert too_long([written_down], Profile.ALTHEA_2018) == [f"{FULL}: 1708 octets where 1452 fit"]


@pytest.mark.parametrize("profile", Profile)
def test_a_packet_is_filled_to_the_last_octet(profile: Profile) -> None:
    (trace,) = (one for one in in_profile(traces(), profile) if one.id == FULL)
    ((room, payload),) = payloads(trace)
    assert len(payload) == room
    tlvs, trailer, error = read_payload(payload, DEVICE, profile)
    assert not trailer
    assert error is None
    announced = {str(tlv["network"]) for tlv in tlvs if tlv.kind == "update"}
    expected = {str(step.expect.fib.prefix) for step in trace.steps if step.expect and step.expect.fib}
    assert expected <= announced | {"2001:db8:a::/48"}
    assert len(payload) - sum(len(one["octets"]) for one in tlvs if one.kind == "pad_n") > room - 40


@pytest.mark.parametrize("profile", Profile)
@pytest.mark.parametrize("mtu", [600, 1280, 1499, 1500])
def test_the_link_decides_how_much_that_is(profile: Profile, mtu: int) -> None:
    (trace,) = (one for one in in_profile(traces(), profile) if one.id == FULL)
    links = {**trace.device.links, "a": trace.device.links["a"].model_copy(update={"mtu": mtu})}
    changed = trace.model_copy(update={"device": trace.device.model_copy(update={"links": links})})
    ((room, payload),) = payloads(changed)
    assert len(payload) == room == mtu - 48


def test_a_fill_needs_a_prefix() -> None:
    sender = Sender(DEVICE, IPv4Address("198.18.0.10"), DEVICE, lambda _unicast: 1, {})
    fill = words.Tlv(fill=words.Fill(update=words.Update(metric=1)))
    with pytest.raises(MatchError, match="expected an Update with a prefix"):
        compose_packet(words.Send(by="A", tlvs=(fill,)), sender)


def test_a_link_in_memory_refuses_what_a_real_one_refuses() -> None:
    lab = MemoryLab(DeviceConfig((evolve(LinkConfig("a"), mtu=1500),)), 1)
    lab.send("a", bytes(1514))
    with pytest.raises(LabError, match=r"^a: a frame of 1515 octets is too long for a link with MTU 1500$"):
        lab.send("a", bytes(1515))
