# SPDX-License-Identifier: GPL-2.0-only
"""Every rule is seen to pass and seen to fail, on packets of a device of a few lines."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from itertools import accumulate
from typing import Any

import pytest
from attrs import field, frozen

from althea_spec.conformance.lab import SECOND, FibEntry
from althea_spec.conformance.layers import babel
from althea_spec.conformance.oracle import RULES
from althea_spec.conformance.player import Player
from althea_spec.conformance.verdict import Verdict

from .scripted import DEVICE, GROUP, ScriptedLab, a_trace, ihu, polite

PREFIX = IPv6Network("2001:db8:1::/64")
OWN = IPv6Network("2001:db8:d::/64")
SIX = list(IPv6Network("2001:db8:6::/48").subnets(new_prefix=64))[:6]
A = IPv6Address("fe80::a:1")
RID = bytes(7) + b"\x01"
OTHER = bytes(7) + b"\x02"

Script = Callable[[ScriptedLab], None]


def says(*tlvs: Any, **how: Any) -> Script:
    return lambda lab: lab.say("a", *tlvs, **how)


def each(*scripts: Script) -> Script:
    def script(lab: ScriptedLab) -> None:
        for one in scripts:
            one(lab)

    return script


def update(network: IPv6Network = PREFIX, **fields: Any) -> Any:
    defaults = {"ae": 2, "plen": 64, "interval": 1600, "seqno": 7, "metric": 200}
    return babel.BabelUpdate(**{**defaults, "prefix": network.network_address.packed[:8], **fields})


def routed(router_id: bytes = RID, network: IPv6Network = PREFIX, **fields: Any) -> list[Any]:
    return [babel.BabelRouterId(router_id=router_id), update(network, **fields)]


def hello(seqno: int = 1, **fields: Any) -> Any:
    return babel.BabelHello(**{"seqno": seqno, "interval": 400, **fields})


def hellos(*times: tuple[int, int], to: IPv6Address = GROUP, **fields: Any) -> Script:
    """Hellos at those tenths of a second, with those seqnos."""
    return each(*(says(hello(seqno, **fields), to=to, after=when * SECOND // 10) for when, seqno in times))


def learned(**fields: Any) -> Script:
    """What the device says of the prefix once A has announced it (seqno 7, metric 100)."""
    return says(*routed(**fields), after=2 * SECOND)


def padded(octet: int) -> Script:
    return says(babel.BabelPadN(mbz=bytes([octet] * 3)))


def stamped_hello() -> Any:
    return hello(subtlvs=[babel.BabelTimestampHello(transmit=1)])


def stamped_ihu() -> Any:
    stamp = babel.BabelTimestampIHU(origin=1, receive=2)
    return babel.BabelIHU(ae=3, rxcost=96, interval=1200, address=A.packed[8:], subtlvs=[stamp])


WILDCARD = babel.BabelUpdate(ae=0, plen=0, metric=65535, interval=65535)


@frozen
class Case:
    kept: Script
    broken: Script
    trace: dict[str, Any] = field(factory=dict)
    announced: dict[str, Any] = field(factory=dict)
    """What A says of its prefix beside what it always says."""
    looks: bool = False
    """Whether the forwarding table is looked at."""


REAL = {"pace": "real"}
MEASURED = {"device": {"links": {"a": {"rtt": True}, "b": {}, "c": {}}}}
CASES: dict[str, Case] = {
    "RTG-SEND-01": Case(
        says(hello()), says(hello(), source=IPv4Address("198.18.0.1"), to=IPv4Address("224.0.0.111"))
    ),
    "RTG-SEND-02": Case(says(hello()), says(hello(), source=IPv6Address("2001:db8::d"))),
    "RTG-PKT-01": Case(says(hello()), says(hello(), hop_limit=2)),
    "RTG-PKT-02": Case(says(hello()), says(hello(), ports=(6697, 6696))),
    "RTG-PKT-07": Case(
        says(*(babel.BabelPadN(mbz=bytes(239)) for _ in range(6))),
        says(*(babel.BabelPadN(mbz=bytes(242)) for _ in range(6))),
    ),
    "RTG-PKT-10": Case(says(ihu(A)), says(ihu(DEVICE))),
    "RTG-DATA-01": Case(says(hello()), says(payload=bytes.fromhex("2a02080004060000000101 90"))),
    "RTG-DATA-02": Case(says(*routed()), says(babel.BabelRouterId(router_id=bytes(8)))),
    "RTG-DATA-03": Case(
        says(ihu(A)),
        says(payload=bytes.fromhex("2a02000c050a03000060 04b0 00000000".replace(" ", ""))),
    ),
    "RTG-DATA-04": Case(
        says(*routed()), says(payload=bytes.fromhex("2a02000e080c0200400006400001ffff2001".replace(" ", "")))
    ),
    "RTG-TLV-03": Case(padded(0), padded(1)),
    "RTG-ACK-02": Case(says(babel.BabelAck(opaque=1), to=A), says(babel.BabelAck(opaque=1))),
    "RTG-ACK-05": Case(
        each(hellos((1, 1)), *(says(babel.BabelAckRequest(opaque=1)) for _ in range(10))),
        each(*(says(babel.BabelAckRequest(opaque=1)) for _ in range(10))),
    ),
    "RTG-ACK-07": Case(says(babel.BabelAckRequest(interval=1)), says(babel.BabelAckRequest(interval=0))),
    "RTG-HELLO-03": Case(
        hellos((0, 65535), (40, 0), flags=0x8000, to=A), hellos((0, 5), (40, 5), flags=0x8000, to=A)
    ),
    "RTG-HELLO-04": Case(
        hellos(*((40 * n, n) for n in range(5))), hellos((0, 1), (42, 2), (80, 3), (120, 4), (160, 5)), REAL
    ),
    "RTG-HELLO-16": Case(says(hello()), says(hello(flags=0x0100))),
    "RTG-HELLO-17": Case(hellos((0, 65535), (40, 0)), hellos((0, 5), (40, 5))),
    "RTG-HELLO-18": Case(
        says(hello()),
        says(hello(), to=A),
        {"neighbours": {"A": {"link": "a"}, "B": {"link": "a"}}},
    ),
    "RTG-HELLO-19": Case(says(hello(flags=0x8000), to=A), says(hello(flags=0x8000))),
    "RTG-HELLO-20": Case(says(hello(1)), says(hello(1), hello(2))),
    "RTG-IHU-17": Case(says(ihu(A)), says(babel.BabelIHU(ae=3, interval=0, address=A.packed[8:]))),
    "RTG-NH-01": Case(
        says(babel.BabelNextHop(ae=3, next_hop=A.packed[8:])),
        says(babel.BabelNextHop(ae=2, next_hop=A.packed)),
    ),
    "RTG-NH-02": Case(says(babel.BabelNextHop(ae=3, next_hop=A.packed[8:])), says(babel.BabelNextHop(ae=0))),
    "RTG-UPD-01": Case(
        says(babel.BabelUpdate(ae=3, plen=128, prefix=bytes(8))),
        says(babel.BabelUpdate(ae=3, plen=128, omitted=1, prefix=bytes(7))),
    ),
    "RTG-UPD-02": Case(says(*routed()), says(*routed(interval=0))),
    "RTG-UPD-04": Case(says(*routed(flags=0x80)), says(*routed(flags=0x20))),
    "RTG-UPD-16": Case(says(WILDCARD), says(babel.BabelUpdate(ae=0, metric=5))),
    "RTG-UPD-18": Case(says(WILDCARD), says(babel.BabelUpdate(ae=0, plen=8, metric=65535, prefix=b""))),
    "RTG-SREQ-17": Case(
        says(babel.BabelSeqnoRequest(ae=2, plen=64, router_id=RID, prefix=PREFIX.network_address.packed[:8])),
        says(babel.BabelSeqnoRequest(ae=0, plen=0, router_id=RID)),
    ),
    "RTG-SREQ-18": Case(
        says(babel.BabelSeqnoRequest(ae=0, hop_count=1, router_id=RID)),
        says(babel.BabelSeqnoRequest(ae=0, hop_count=0, router_id=RID)),
    ),
    "RTG-SEND-04": Case(
        says(babel.BabelRouterId(router_id=RID), *(update(one) for one in SIX), after=SECOND),
        each(*(says(*routed(network=one), after=SECOND + n) for n, one in enumerate(SIX))),
    ),
    "RTG-SEND-06": Case(
        each(says(ihu(A), after=SECOND), says(ihu(A), after=12 * SECOND)),
        each(says(ihu(A), after=SECOND), says(ihu(A), after=14 * SECOND)),
        REAL,
    ),
    "RTT-STAMP-01": Case(says(stamped_hello()), says(hello()), MEASURED),
    "RTT-STAMP-03": Case(says(stamped_hello(), stamped_ihu()), says(hello(), stamped_ihu()), MEASURED),
    "RTG-NODE-01": Case(
        each(says(*routed(network=OWN)), says(*routed(network=OWN), after=SECOND)),
        each(says(*routed(network=OWN)), says(*routed(OTHER, network=OWN), after=SECOND)),
        {"device": {"originates": [str(OWN)]}},
    ),
    "RTG-SEQ-03": Case(
        each(says(*routed(network=OWN)), says(*routed(network=OWN), after=SECOND)),
        each(says(*routed(network=OWN)), says(*routed(network=OWN, seqno=8), after=SECOND)),
        {"device": {"originates": [str(OWN)]}},
    ),
    "RTG-METRIC-02": Case(learned(metric=101), learned(metric=100)),
    "RTG-ADV-05": Case(learned(), learned(seqno=8)),
}


def priced(*subs: tuple[int, str]) -> dict[str, Any]:
    """Sub-TLVs of an Update, as type and octets."""
    made = [babel.BabelSubTLV(type=kind, value=bytes.fromhex(body)) for kind, body in subs]
    return {"subtlvs": made}


def table(prefix: IPv6Network) -> Script:
    return lambda lab: lab.table.append(FibEntry(prefix, "via", A, "a"))


def probes(*times: int, octets: int = 20) -> Script:
    """Remote Hellos at those milliseconds."""
    sequence = bytes((240, octets - 2)) + bytes(octets - 2)

    def script(lab: ScriptedLab) -> None:
        for one in times:
            lab.say_through_tunnel(PREFIX, sequence, after=one * SECOND // 1000)

    return script


def spread(*gaps: int) -> list[int]:
    """Sixty Remote Hellos with those gaps in turn."""
    return list(accumulate((gaps * 60)[:60], initial=100))


UNIT = babel.BabelSubTLV(type=121, value=bytes.fromhex("00000000000f42400001"))
ALTHEA: dict[str, Any] = {"profile": "althea", "device": {"price": 7}}
ALTHEA_OWN: dict[str, Any] = {"profile": "althea", "device": {"originates": [str(OWN)]}}
OLD: dict[str, Any] = {"profile": "althea-2018"}
FAR_END = {"D": {"prefix": str(PREFIX), "data": 500}}
RIDING: dict[str, Any] = {"profile": "althea", "far_ends": FAR_END}
ALONE: dict[str, Any] = {
    "profile": "althea",
    "far_ends": FAR_END,
    "device": {"verification": {"carrier_patience": 0, "probe_interval": 100}},
}
UPDATE_2018 = "08 16 02 00 40 00 0640 0007 00c8 00000011 20010db800010000"
CASES |= {
    "PRICE-SUM-01": Case(
        learned(**priced((250, "0011"))), learned(**priced((250, "0012"))), ALTHEA, {"price": 10}
    ),
    "PRICE-SUM-02": Case(
        learned(**priced((250, "ffff"))), learned(**priced((250, "0001"))), ALTHEA, {"price": 65530}
    ),
    "PRICE-UNIT-01": Case(says(hello(subtlvs=[UNIT])), says(hello()), ALTHEA),
    "PRICE-SALE-01": Case(table(SIX[1]), table(PREFIX), OLD, {"price": 0xFFFFFFFF}, looks=True),
    "PRTT-OWN-01": Case(
        says(*routed(network=OWN, **priced((250, "0000"), (120, "00000000"), (122, "ffff")))),
        says(*routed(network=OWN, **priced((250, "0000"), (120, "00000001"), (122, "ffff")))),
        ALTHEA_OWN,
    ),
    "PRTT-SUM-01": Case(
        learned(**priced((120, "00000400"))), learned(**priced((120, "00000300"))), ALTHEA, {"path_rtt": 1000}
    ),
    "PRTT-SUM-02": Case(learned(), learned(**priced((120, "00000300"))), ALTHEA),
    "PRTT-SUM-04": Case(
        learned(**priced((122, "0300"))), learned(**priced((122, "0400"))), ALTHEA, {"path_delivery": 1000}
    ),
    "PRICE-WIRE-02": Case(
        learned(**priced((250, "0011"))), learned(**priced((250, "0011"), (250, "0011"))), ALTHEA
    ),
    "PRICE-WIRE-07": Case(learned(metric=65535), learned(metric=65535, **priced((250, "ffff"))), ALTHEA),
    "PROBE-WIRE-01": Case(says(hello()), says(babel.BabelTLV(type=240, value=bytes(18))), ALTHEA),
    "F2018-UPD-01": Case(
        says(payload=bytes.fromhex("2a02 0018" + UPDATE_2018)),
        says(payload=bytes.fromhex("2a02 0019" + UPDATE_2018.replace("08 16", "08 17") + "07")),
        OLD,
    ),
    "F2018-UPD-03": Case(
        says(WILDCARD), says(payload=bytes.fromhex("2a02 0010 080e 0000 0000 ffff 0000 ffff 0000 0000")), OLD
    ),
    "F2018-UPD-07": Case(says(hello()), says(hello(subtlvs=[UNIT])), OLD),
    "STEALTH-RIDE-01": Case(probes(505, 1005), probes(505, 510), RIDING),
    "STEALTH-TIME-01": Case(probes(*spread(50, 70, 90, 110, 130, 149)), probes(*spread(100)), ALONE),
    "PROBE-WIRE-03": Case(probes(505), probes(505, octets=21), RIDING),
}


def verdict_of(requirement: str, script: Script, case: Case) -> Verdict | None:
    lab = ScriptedLab()
    script(lab)
    announce = {
        "by": "A",
        "prefix": str(PREFIX),
        "router_id": RID.hex(),
        "seqno": 7,
        "metric": 100,
        "once": True,
        **case.announced,
    }
    many = [{"router_id": {"router_id": RID.hex()}}, *({"update": {"prefix": str(one)}} for one in SIX)]
    steps = [
        {"announce": announce},
        {"send": {"by": "A", "tlvs": many}},
        {"keepalive": {"by": "A", "hello": True}},
        {"never": {"fib": {"prefix": str(OWN)}, "during": "18 s"}} if case.looks else {"wait": "18 s"},
    ]
    result = Player(a_trace(*steps, **case.trace), lab).play()
    assert result.error is None
    found = [one.verdict for one in result.findings if one.requirement == requirement]
    return found[0] if found else None


def test_there_is_a_case_for_every_rule() -> None:
    assert set(CASES) == set(RULES)


@pytest.mark.parametrize("requirement", sorted(CASES))
def test_a_rule_that_is_kept_passes(requirement: str) -> None:
    case = CASES[requirement]
    assert verdict_of(requirement, case.kept, case) is Verdict.PASS


@pytest.mark.parametrize("requirement", sorted(CASES))
def test_a_rule_that_is_broken_fails(requirement: str) -> None:
    case = CASES[requirement]
    assert verdict_of(requirement, case.broken, case) is Verdict.FAIL


@pytest.mark.parametrize("requirement", sorted(set(CASES)))
def test_a_silent_device_passes_nothing(requirement: str) -> None:
    lab = ScriptedLab()
    result = Player(a_trace({"wait": "20 s"}, **CASES[requirement].trace), lab).play()
    assert requirement not in {one.requirement for one in result.findings}


def test_a_rule_about_time_is_inconclusive_on_a_slow_host() -> None:
    lab = ScriptedLab(polite, slow=SECOND)
    hellos((0, 1), (42, 2))(lab)
    result = Player(a_trace({"wait": "5 s"}, **REAL), lab).play()
    (finding,) = [one for one in result.findings if one.requirement == "RTG-HELLO-04"]
    assert finding.verdict is Verdict.INCONCLUSIVE


def test_a_device_that_stops_sending_hellos_breaks_its_promise() -> None:
    lab = ScriptedLab(polite)
    hellos((0, 1), (40, 2))(lab)
    result = Player(a_trace({"wait": "18 s"}, {"keepalive": {"by": "A", "hello": True}}, **REAL), lab).play()
    (finding,) = [one for one in result.findings if one.requirement == "RTG-HELLO-04"]
    assert finding.verdict is Verdict.FAIL
    assert "no further Hello" in finding.came
