# SPDX-License-Identifier: GPL-2.0-only
"""The wrapper around tshark: one process for many frames, one clear line when it cannot work."""

from pathlib import Path

import pytest
from scapy.layers.inet import UDP
from scapy.layers.inet6 import IPv6
from scapy.layers.l2 import Ether
from scapy.packet import Raw
from scapy.utils import RawPcapReader

from althea_spec.conformance import tshark
from althea_spec.conformance.layers.babel import Babel, BabelHello


def frame(payload: bytes) -> bytes:
    layers = Ether(src="02:00:00:00:00:01") / IPv6(src="fe80::1", dst="ff02::1:6", hlim=1)
    return bytes(layers / UDP(sport=6696, dport=6696) / Raw(payload))


HELLO = frame(bytes(Babel() / BabelHello(seqno=7)))


def test_the_version_is_a_version() -> None:
    assert all(part.isdigit() for part in tshark.version().split("."))


def test_one_dissection_for_each_frame_in_order() -> None:
    hello, other, broken = tshark.dissect([HELLO, frame(b"no Babel"), frame(b"\x2a\x02\x00\x09\x04\x06")])
    assert hello.protocol is not None
    message = next(field for field in hello.protocol if field.name == "babel.message")
    seqno = message.find("babel.message.seqno")
    assert seqno is not None
    assert (seqno.show, seqno.octets) == ("0x0007", b"\x00\x07")
    assert message.find("babel.message.metric") is None
    assert not hello.malformed
    assert other.protocol is None
    assert broken.malformed


def test_nothing_to_dissect_starts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert tshark.dissect([]) == []


def test_the_capture_holds_the_frames(tmp_path: Path) -> None:
    tshark.write_capture(tmp_path / "frames.pcap", [HELLO, HELLO[:30]])
    assert [read for read, _ in RawPcapReader(str(tmp_path / "frames.pcap"))] == [HELLO, HELLO[:30]]


def test_a_missing_tshark_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(tshark.TsharkError, match=r"^tshark: not found on PATH; install .*'tshark'$"):
        tshark.dissect([HELLO])


@pytest.mark.parametrize(
    ("script", "complaint"),
    [
        ("echo 'cannot do this' >&2; exit 2", r"^tshark: exit 2: cannot do this$"),
        ("exit 1", r"^tshark: exit 1: no message$"),
        ("echo '<pdml></pdml>'", r"^tshark: 1 frames given, 0 dissected$"),
        ("echo '<pdml>'", r"^tshark: its PDML cannot be read: no element found.*$"),
    ],
)
def test_a_tshark_that_fails_is_one_clear_line(
    script: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = tmp_path / "tshark"
    fake.write_text(f"#!/bin/sh\n{script}\n")
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(tshark.TsharkError, match=complaint):
        tshark.dissect([HELLO])
