# SPDX-License-Identifier: GPL-2.0-only
"""The management socket: babeld's protocol, for reading only.

One command on a line, each answer ends with ``ok``, ``bad`` or ``no``.  Who reads slowly costs no memory: the
lines of a long answer are made only as they can be sent.
"""

import errno
import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from attrs import define, field, frozen

from .errors import LiveError
from .status_lines import StatusLine

_LARGEST_COMMAND: Final = 4096
_CLIENTS: Final = 16
_WAITING_OCTETS: Final = 1 << 16
_BACKLOG_LINES: Final = 1 << 16
"""A watcher so far behind is let go."""
_WRITING_COMMANDS: Final = frozenset(
    [
        "check-xroutes",
        "clear",
        "default",
        "diversity",
        "diversity-factor",
        "fee",
        "flush",
        "in",
        "install",
        "interface",
        "kernel-check-interval",
        "key",
        "link-detect",
        "log-file",
        "metric-factor",
        "out",
        "redistribute",
        "reopen-logfile",
        "smoothing-half-life",
    ]
)

Key = tuple[str, str]


@frozen
class StatusSource:
    """Where the answers come from."""

    greeting: str
    """The lines before the first ``ok``."""
    settings: Callable[[], Iterable[str]]
    """Whole lines that come before the objects."""
    lines: Callable[[], Iterable[StatusLine]]
    counters: Callable[[], Mapping[str, int]]
    """What has been refused, by reason."""


@define(eq=False)
class _Client:
    connection: socket.socket
    heard: bytes = b""
    waiting: bytes = b""
    answers: "deque[Iterator[str]]" = field(factory=deque)
    changes: int = 0
    """Lines about changes that have not been sent."""
    watches: bool = False
    is_leaving: bool = False


class StatusServer:
    """A listening socket and its clients, all without ever waiting for anybody."""

    def __init__(self, address: str, source: StatusSource) -> None:
        """Listen at a path, or at ``[::1]:PORT``; only this machine can be given an answer.

        Raises:
            LiveError: the address cannot be listened at.
        """
        self._source = source
        self._path: Path | None = None
        self._clients: dict[int, _Client] = {}
        self._known: dict[Key, str] = {}
        self._listener = self._listen(address)
        self._listener.setblocking(False)

    def _listen(self, address: str) -> socket.socket:
        place = parse_address(address)
        listener: socket.socket | None = None
        try:
            if isinstance(place, Path):
                listener = socket.socket(socket.AF_UNIX)
                remove_stale(place)
                listener.bind(str(place))
                self._path = place
            else:
                listener = socket.socket(socket.AF_INET6)
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                listener.bind(place)
            listener.listen()
        except OSError as error:
            if listener is not None:
                listener.close()
            raise LiveError(f"status: {address}: cannot be listened at: {error.strerror or error}") from error
        return listener

    # --- the loop's part ----------------------------------------------------------------------------------

    def readers(self) -> list[int]:
        """Descriptors to wait for input on."""
        return [self._listener.fileno(), *self._clients]

    def writers(self) -> list[int]:
        """Descriptors to wait for room on."""
        return [number for number, client in self._clients.items() if client.waiting or client.answers]

    @property
    def is_watched(self) -> bool:
        """Whether anybody wants to hear of changes."""
        return any(client.watches for client in self._clients.values())

    def on_readable(self, descriptor: int) -> None:
        """Accept a client, or obey one."""
        if descriptor == self._listener.fileno():
            self._accept()
        elif descriptor in self._clients:
            self._hear(self._clients[descriptor])

    def on_writable(self, descriptor: int) -> None:
        """Go on with an answer."""
        if descriptor in self._clients:
            self._say(self._clients[descriptor])

    def on_change(self) -> None:
        """Tell the watchers what is no longer as they were told."""
        if not self.is_watched:
            return
        now = {(line.kind, line.identifier): line.words for line in self._source.lines()}
        news = list(differences(self._known, now))
        self._known = now
        for client in list(self._clients.values()):
            if client.watches and news:
                client.changes += len(news)
                client.answers.append(iter(news))
                self._say(client)

    def close(self) -> None:
        """Hang up."""
        for client in list(self._clients.values()):
            self._drop(client)
        self._listener.close()
        if self._path is not None:
            with suppress(OSError):
                self._path.unlink()

    # --- clients ------------------------------------------------------------------------------------------

    def _accept(self) -> None:
        with suppress(OSError):  # it has gone again
            connection, _ = self._listener.accept()
            if len(self._clients) >= _CLIENTS:
                connection.close()
                return
            connection.setblocking(False)
            client = self._clients[connection.fileno()] = _Client(connection)
            client.answers.append(iter([*self._source.greeting.splitlines(), "ok"]))
            self._say(client)

    def _hear(self, client: _Client) -> None:
        try:
            octets = client.connection.recv(_LARGEST_COMMAND)
        except BlockingIOError:
            return
        except OSError:
            octets = b""
        client.heard += octets
        *lines, client.heard = client.heard.split(b"\n")
        for line in lines:
            self._obey(client, line.decode(errors="replace").split())
        if not octets or len(client.heard) > _LARGEST_COMMAND:
            self._drop(client)
        else:
            self._say(client)

    def _obey(self, client: _Client, words: list[str]) -> None:
        match words:
            case []:
                client.answers.append(iter(["ok"]))
            case ["dump"]:
                client.answers.append(self._everything())
            case ["monitor"]:
                if not self.is_watched:
                    self._known = {(one.kind, one.identifier): one.words for one in self._source.lines()}
                client.watches = True
                client.answers.append(self._everything())
            case ["unmonitor"]:
                client.watches = False
                client.answers.append(iter(["ok"]))
            case ["counters"]:
                counted = self._source.counters().items()
                client.answers.append(iter([*(f"counter {name} {count}" for name, count in counted), "ok"]))
            case ["quit"]:
                client.is_leaving = True
            case [command, *_] if command in _WRITING_COMMANDS:
                client.answers.append(iter(["no this socket is for reading only"]))
            case _:
                client.answers.append(iter(["bad"]))

    def _everything(self) -> Iterator[str]:
        yield from self._source.settings()
        for line in self._source.lines():
            yield f"add {line.kind} {line.identifier} {line.words}"
        yield "ok"

    def _say(self, client: _Client) -> None:
        """Send as much as fits."""
        try:
            while _refill(client):
                client.waiting = client.waiting[client.connection.send(client.waiting) :]
        except BlockingIOError:
            pass
        except OSError:
            self._drop(client)
            return
        if client.changes > _BACKLOG_LINES or (client.is_leaving and not client.waiting):
            self._drop(client)

    def _drop(self, client: _Client) -> None:
        del self._clients[client.connection.fileno()]
        client.connection.close()


def _refill(client: _Client) -> bool:
    """Have something to send, if there is anything to say."""
    while client.answers and len(client.waiting) < _WAITING_OCTETS:
        line = next(client.answers[0], None)
        if line is None:
            client.answers.popleft()
            if not client.answers:
                client.changes = 0
        else:
            client.waiting += line.encode() + b"\n"
    return bool(client.waiting)


def differences(before: Mapping[Key, str], after: Mapping[Key, str]) -> Iterator[str]:
    """The lines that turn what was said before into what is so now."""
    for kind, identifier in before.keys() - after.keys():
        yield f"flush {kind} {identifier} {before[kind, identifier]}"
    for (kind, identifier), words in after.items():
        known = before.get((kind, identifier))
        if known is None:
            yield f"add {kind} {identifier} {words}"
        elif known != words:
            yield f"change {kind} {identifier} {words}"


def parse_address(text: str) -> Path | tuple[str, int]:
    """A path, or a port of the loopback address: ``/run/router.socket``, ``[::1]:6872``.

    Raises:
        LiveError: it is neither, or it is an address that others can reach.
    """
    if not text.startswith("["):
        return Path(text)
    host, _, port = text[1:].rpartition("]:")
    try:
        address, number = ip_address(host), int(port)
    except ValueError as error:
        raise LiveError(f"status: expected a path or [::1]:PORT, got {text!r}") from error
    if address.version != 6 or not address.is_loopback or not 0 <= number <= 65535:
        raise LiveError(f"status: expected a path or [::1]:PORT (this machine only), got {text!r}")
    return str(address), number


def remove_stale(path: Path) -> None:
    """Remove a socket that nobody answers at any more.

    Raises:
        OSError: somebody does, or it is no socket.
    """
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX) as trial:
        try:
            trial.connect(str(path))
        except ConnectionRefusedError:
            path.unlink()
            return
    raise OSError(errno.EADDRINUSE, os.strerror(errno.EADDRINUSE))
