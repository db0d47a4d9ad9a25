# SPDX-License-Identifier: GPL-2.0-only
"""What tshark reads in frames: a third opinion on any packet, and a check that our captures open elsewhere.

One tshark process reads any number of frames; starting it costs far more than dissecting.
"""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from xml.etree import ElementTree

from attrs import frozen
from scapy.utils import RawPcapWriter

LINKTYPE_ETHERNET = 1
PAST_THE_END = "field length invalid!"
"""What tshark writes for the octets of a field that reaches past the end of the frame."""

LUA_FAULT = re.compile(rb"Lua(?:: syntax error|: error| Error): [^\n\"]*")
"""tshark goes on without a script that fails."""


class TsharkError(Exception):
    """tshark is missing or refuses to work: one line that says what, and what to do."""


@frozen
class DissectedField:
    """One line of tshark's tree."""

    name: str
    """tshark's name for filters, such as ``babel.message.seqno``; empty for a line that is only text."""
    show: str
    """The value as tshark prints it; the whole text for a line without a name."""
    octets: bytes
    """The octets that tshark highlights for it; none where they reach past the end of the frame."""
    fields: tuple["DissectedField", ...] = ()

    def find(self, name: str) -> "DissectedField | None":
        """The first field of that name here or below."""
        if self.name == name:
            return self
        return next((found for field in self.fields if (found := field.find(name))), None)


@frozen
class Dissection:
    """What tshark made of one frame."""

    protocol: tuple[DissectedField, ...] | None
    """The tree below the protocol asked for; ``None`` when tshark does not see that protocol in the frame."""
    malformed: bool
    """Whether tshark gave up somewhere in the frame."""


def executable() -> str:
    """Where tshark is.

    Raises:
        TsharkError: it is not installed.
    """
    path = shutil.which("tshark")
    if path is None:
        raise TsharkError("tshark: not found on PATH; install the Debian package 'tshark'")
    return path


@cache
def version() -> str:
    """The version of tshark, such as ``4.0.17``.

    Raises:
        TsharkError: it is not installed, or does not say.
    """
    done = subprocess.run([executable(), "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\d+\.\d+\.\d+", done.stdout)
    if found is None:
        raise TsharkError(f"tshark: no version in the output of 'tshark --version': {done.stdout[:60]!r}")
    return found[0]


def write_capture(path: Path, frames: Iterable[bytes]) -> None:
    """Write whole Ethernet frames as a pcap file; the times are the frames' numbers, in seconds."""
    with RawPcapWriter(str(path), linktype=LINKTYPE_ETHERNET) as writer:
        writer.write_header(None)
        for number, frame in enumerate(frames):
            writer.write_packet(frame, sec=number, usec=0)


def extension_options(profile: str) -> list[str]:
    """Options with which tshark reads the extensions of a profile, as the protocol ``althea``."""
    script = files("althea_spec.conformance").joinpath("wireshark/althea.lua")
    return ["-X", f"lua_script:{script}", "-o", f"althea.profile:{profile}"]


def dissect(
    frames: Sequence[bytes], protocol: str = "babel", options: Sequence[str] = ()
) -> list[Dissection]:
    """Dissect whole Ethernet frames with one tshark process.

    Args:
        frames: whole Ethernet frames.
        protocol: the one whose tree is wanted.
        options: more of tshark's command line.

    Raises:
        TsharkError: tshark is missing, fails, runs a faulty script, or does not answer for every frame.
    """
    if not frames:
        return []
    with tempfile.TemporaryDirectory(prefix="tshark-") as folder:
        capture, answer = Path(folder, "frames.pcap"), Path(folder, "frames.pdml")
        write_capture(capture, frames)
        command = [executable(), "-n", "-r", str(capture), "-T", "pdml", "-J", f"{protocol} _ws.malformed"]
        command += options
        # a home of its own: the preferences of whoever runs the suite must not change what tshark says
        environment = {**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder}
        with answer.open("wb") as output:
            done = subprocess.run(
                command, stdout=output, stderr=subprocess.PIPE, env=environment, check=False
            )
        if done.returncode != 0:
            complaint = done.stderr.decode(errors="replace").strip().splitlines() or ["no message"]
            raise TsharkError(f"tshark: exit {done.returncode}: {complaint[-1]}")
        fault = LUA_FAULT.search(done.stderr + answer.read_bytes())
        if fault is not None:
            raise TsharkError(f"tshark: {fault[0].decode(errors='replace')}")
        dissections = list(_read_pdml(answer, protocol))
    if len(dissections) != len(frames):
        raise TsharkError(f"tshark: {len(frames)} frames given, {len(dissections)} dissected")
    return dissections


def _read_pdml(path: Path, protocol: str) -> Iterator[Dissection]:
    try:
        for _, element in ElementTree.iterparse(path):
            if element.tag == "packet":
                yield _dissection(element, protocol)
                element.clear()
    except ElementTree.ParseError as error:
        raise TsharkError(f"tshark: its PDML cannot be read: {error}") from error


def _dissection(packet: ElementTree.Element, protocol: str) -> Dissection:
    trees = {proto.get("name"): proto for proto in packet.findall("proto")}
    tree = trees.get(protocol)
    return Dissection(
        protocol=None if tree is None else _fields(tree),
        malformed="_ws.malformed" in trees,
    )


def _field(element: ElementTree.Element) -> DissectedField:
    value = element.get("value", "")
    return DissectedField(
        name=element.get("name", ""),
        show=element.get("show", ""),
        octets=b"" if value == PAST_THE_END else bytes.fromhex(value),
        fields=_fields(element),
    )


def _fields(element: ElementTree.Element) -> tuple[DissectedField, ...]:
    # "filtered" stands for what belongs to another protocol
    return tuple(_field(one) for one in element if one.get("name") != "filtered")
