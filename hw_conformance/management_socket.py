# SPDX-License-Identifier: GPL-2.0-only
"""Asking a router over babeld's management socket: a path, a port, or a command that leads there.

Firmware in the field often offers nothing else: ``ssh root@box nc ::1 6872`` reads its route table.
"""

import socket
import subprocess
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from attrs import define, field, frozen

from althea_spec.conformance.lab import FibEntry, Network

from .management_lines import (
    Answer,
    Change,
    InterfaceLine,
    LocalFee,
    ManagementError,
    MetricFactor,
    NeighbourLine,
    OwnPrefixLine,
    RouteLine,
    parse_line,
)

DIALECTS: Final = (("BABEL", "1.0"), ("ALTHEA", "0.1"))
_ANSWER_SECONDS: Final = 5.0
_OCTETS: Final = 1 << 16
_REMEMBERED_LINES: Final = 100_000
_LARGEST_LINE: Final = 1 << 16
_INFINITY: Final = 65535
_Line = TypeVar("_Line")


@frozen
class Greeting:
    """What a router says of itself."""

    dialect: str
    """``BABEL`` or ``ALTHEA``."""
    dialect_version: str
    version: str
    host: str
    router_id: str


@define
class Tables:
    """What a router has told so far."""

    interfaces: dict[str, InterfaceLine] = field(factory=dict)
    neighbours: dict[str, NeighbourLine] = field(factory=dict)
    own_prefixes: dict[str, OwnPrefixLine] = field(factory=dict)
    routes: dict[str, RouteLine] = field(factory=dict)
    fee: int | None = None
    metric_factor: int | None = None

    def apply(self, line: Change | LocalFee | MetricFactor) -> None:
        """Know what this line says, too."""
        match line:
            case LocalFee(fee):
                self.fee = fee
            case MetricFactor(thousandths):
                self.metric_factor = thousandths
            case Change(verb, InterfaceLine() as one):
                _put(self.interfaces, verb, one.name, one)
            case Change(verb, NeighbourLine() as one):
                _put(self.neighbours, verb, one.identifier, one)
            case Change(verb, OwnPrefixLine() as one):
                _put(self.own_prefixes, verb, one.identifier, one)
            case Change(verb, RouteLine() as one):
                _put(self.routes, verb, one.identifier, one)

    def installed(self) -> dict[Network, RouteLine]:
        """The route in use for each prefix; one with an infinite metric is refused."""
        return {one.prefix: one for one in self.routes.values() if one.is_installed}


def _put(table: dict[str, _Line], verb: str, key: str, value: _Line) -> None:
    if verb == "flush":
        table.pop(key, None)
    else:
        table[key] = value


class ManagementSocket:
    """A connection.  A context manager."""

    def __init__(self, connection: socket.socket, process: "subprocess.Popen[bytes] | None" = None) -> None:
        """Read the greeting.

        Args:
            connection: to the router, or to a program that leads there; closed with this object.
            process: that program.

        Raises:
            ManagementError: nobody answers, or it is not this protocol.
        """
        self._connection = connection
        self._process = process
        self._heard = b""
        self._transcript: deque[str] = deque(maxlen=_REMEMBERED_LINES)
        try:
            connection.settimeout(_ANSWER_SECONDS)
            self.greeting = self._read_greeting()
        except BaseException:
            self.close()
            raise

    def _read_greeting(self) -> Greeting:
        lines: list[str] = []
        while not lines or lines[-1] != "ok":
            lines.append(self._line(_ANSWER_SECONDS))
            dialect, _, number = lines[0].partition(" ")
            if (dialect, number) not in DIALECTS:
                expected = " or ".join(" ".join(one) for one in DIALECTS)
                raise ManagementError(f"management socket: expected {expected} first, got {lines[0]!r}")
        values = dict(line.partition(" ")[::2] for line in lines[1:-1])
        known = (values.get(name, "") for name in ("version", "host", "my-id"))
        return Greeting(dialect, number, *known)

    def dump(self) -> Tables:
        """Everything there is now.

        Raises:
            ManagementError: the router refuses, stops in the middle, or says what this dialect does not have.
        """
        tables = Tables()
        for line in self._ask("dump"):
            tables.apply(line)
        return tables

    def monitor(self) -> Tables:
        """Everything there is now; changes come from :meth:`changes`.

        Raises:
            ManagementError: as :meth:`dump`.
        """
        tables = Tables()
        for line in self._ask("monitor"):
            tables.apply(line)
        return tables

    def changes(self, seconds: float) -> Iterator[Change]:
        """What changes within that time, as it comes.

        Raises:
            ManagementError: the router hangs up, or says what this dialect does not have.
        """
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                line = parse_line(self._line(left))
            except TimeoutError:
                return
            if isinstance(line, Change):
                yield line

    def transcript(self) -> str:
        """The last lines that have come, as they came."""
        return "".join(f"{line}\n" for line in self._transcript)

    def command(self, words: str) -> Answer:
        """Send one line, and give how the answer ends; for commands that are answered in one word.

        Raises:
            ManagementError: nobody answers.
        """
        self._send(words)
        while True:
            line = parse_line(self._line(_ANSWER_SECONDS))
            if isinstance(line, Answer):
                return line

    def _ask(self, words: str) -> Iterator[Change | LocalFee | MetricFactor]:
        self._send(words)
        while True:
            line = parse_line(self._line(_ANSWER_SECONDS))
            if not isinstance(line, Answer):
                yield line
            elif line.word == "ok":
                return
            else:
                told = f"{line.word} {line.reason}".strip()
                raise ManagementError(f"management socket: '{words}' is answered with '{told}'")

    def _send(self, words: str) -> None:
        try:
            self._connection.sendall(words.encode() + b"\n")
        except OSError as error:
            raise ManagementError(f"management socket: {error.strerror or error}") from error

    def _line(self, seconds: float) -> str:
        """The next line.

        Raises:
            TimeoutError: none within that time (an answer that does not come is a ManagementError).
            ManagementError: the router hangs up.
        """
        give_up = time.monotonic() + seconds
        while b"\n" not in self._heard:
            self._hear(give_up)
        line, _, self._heard = self._heard.partition(b"\n")
        text = line.decode(errors="replace")
        self._transcript.append(text)
        return text

    def _hear(self, give_up: float) -> None:
        self._connection.settimeout(max(give_up - time.monotonic(), 0.001))
        try:
            octets = self._connection.recv(_OCTETS)
        except TimeoutError:
            raise _SilenceError("management socket: no answer") from None
        except OSError as error:
            raise ManagementError(f"management socket: {error.strerror or error}") from error
        if not octets:
            raise ManagementError("management socket: the router hangs up")
        self._heard += octets
        if len(self._heard) > _LARGEST_LINE and b"\n" not in self._heard:
            raise ManagementError(f"management socket: expected a line of at most {_LARGEST_LINE} octets")

    def __enter__(self) -> "ManagementSocket":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._connection.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()


class _SilenceError(ManagementError, TimeoutError):
    """No answer in time."""


def connect(place: str | Sequence[str]) -> ManagementSocket:
    """Ask a router.

    Args:
        place: a path, ``[ADDRESS]:PORT``, or a command whose standard input and output are the socket.

    Raises:
        ManagementError: nobody is there, or it is not this protocol.
    """
    if not isinstance(place, str):
        return _through(place)
    try:
        if place.startswith("["):
            host, _, port = place[1:].rpartition("]:")
            connection = socket.create_connection((host, int(port)), _ANSWER_SECONDS)
        else:
            connection = _connect_to_path(Path(place))
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise ManagementError(f"management socket {place}: {why}") from error
    return ManagementSocket(connection)


def _connect_to_path(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.settimeout(_ANSWER_SECONDS)
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection


def _through(command: Sequence[str]) -> ManagementSocket:
    ours, theirs = socket.socketpair()
    with theirs:
        try:
            end = theirs.fileno()
            process = subprocess.Popen(list(command), stdin=end, stdout=end, stderr=subprocess.DEVNULL)
        except OSError as error:
            ours.close()
            raise ManagementError(f"management socket: {command[0]}: {error.strerror}") from error
    return ManagementSocket(ours, process)


def fib_entries(tables: Tables, links: dict[str, str]) -> list[FibEntry]:
    """The routes in use, as a forwarding table has them.

    Args:
        tables: what the router has told.
        links: names of its interfaces to those of the trace's links.
    """
    entries = []
    for prefix, route in tables.installed().items():
        if route.metric == _INFINITY:
            entries.append(FibEntry(prefix, "unreachable"))
        else:
            entries.append(FibEntry(prefix, "via", route.next_hop, links.get(route.interface)))
    return entries


def read_until_ok(connection: socket.socket) -> str:
    """The text of one answer, unread.

    Raises:
        OSError: it does not come.
    """
    give_up = time.monotonic() + _ANSWER_SECONDS
    text = b""
    while not text.endswith(b"ok\n"):
        octets = connection.recv(_OCTETS)
        text += octets
        if not octets or time.monotonic() > give_up:
            raise ConnectionError("it stopped in the middle of an answer")
    return text.decode(errors="replace")
