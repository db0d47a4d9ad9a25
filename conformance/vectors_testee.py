# SPDX-License-Identifier: GPL-2.0-only
"""A program that answers vectors: one JSON object a line in, one a line out."""

import contextlib
import json
import selectors
import shlex
import signal
import subprocess
import time
from collections.abc import Sequence
from types import TracebackType
from typing import IO, Any, Final, TypeAlias

from attrs import define, field, frozen

from .plain import one_line
from .vectors_file import VectorsError

Json: TypeAlias = Any
UNSUPPORTED: Final = "unsupported"
"""The error of a function that the program does not have."""
STARTING_SECONDS: Final = 30.0
"""Some languages take their time to begin, on a busy machine."""
LONGEST_ANSWER_OCTETS: Final = 4_000_000
_SHUTDOWN_SECONDS = 2.0


@frozen
class Question:
    """What the program is asked."""

    id: str
    function: str
    arguments: dict[str, Json]


@frozen
class Answer:
    """What it said: a result, an error, or nothing that could be used."""

    result: Json = None
    error: str | None = None
    problem: str | None = None
    """Why there is no answer."""

    @property
    def is_unsupported(self) -> bool:
        return self.error == UNSUPPORTED

    def as_json(self) -> dict[str, Json]:
        """``{"result": …}`` or ``{"error": …}``; ``{}`` where there is none."""
        if self.problem is not None:
            return {}
        return {"result": self.result} if self.error is None else {"error": self.error}


def parsed(line: str, question: Question) -> Answer:
    """An answer as it was written."""
    try:
        said = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return Answer(problem=f"expected a line of JSON; got '{_short(line)}'")
    if not isinstance(said, dict) or len({"result", "error"} & set(said)) != 1:
        return Answer(problem=f"expected an object with result or error; got '{_short(line)}'")
    if said.get("id", question.id) != question.id:
        return Answer(problem=f"expected the id '{question.id}' or none; got '{_short(repr(said['id']))}'")
    if "error" not in said:
        return Answer(result=said["result"])
    if not isinstance(said["error"], str):
        return Answer(problem=f"expected error to be a text; got '{_short(line)}'")
    return Answer(error=said["error"])


def same(first: Json, second: Json) -> bool:
    """Whether two values are equal as JSON: true is not 1, and 1.0 is not 1."""
    if type(first) is not type(second):
        return False
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(one, second[name]) for name, one in first.items())
    if isinstance(first, list):
        return len(first) == len(second) and all(map(same, first, second))
    return bool(first == second)


@define
class Program:
    """The program, started when it is first asked and again when it has died."""

    command: Sequence[str]
    seconds: float
    """The longest that one answer may take; the first after a start has ``STARTING_SECONDS`` more."""
    starts: int = field(default=0, init=False)
    _process: "subprocess.Popen[bytes] | None" = field(default=None, init=False)
    _unread: bytes = field(default=b"", init=False)
    _has_answered: bool = field(default=False, init=False)

    @classmethod
    def of(cls, command: str, seconds: float) -> "Program":
        """The program of a command line, quoted as a shell would have it.

        Raises:
            VectorsError: there is none, or a quote is not closed.
        """
        try:
            words = shlex.split(command)
        except ValueError as error:
            raise VectorsError(f"--testee: expected a command; {error}: {command!r}") from error
        if not words:
            raise VectorsError("--testee: expected a command; got nothing")
        return cls(words, seconds)

    def ask(self, question: Question) -> Answer:
        """Put a question.  A program that dies or takes too long gives no answer, and is started anew.

        Raises:
            VectorsError: it cannot be started.
        """
        process = self._running()
        asked = {"id": question.id, "function": question.function, "arguments": question.arguments}
        with contextlib.suppress(BrokenPipeError):  # what it said before it went away is still there
            stream = _stream(process.stdin)
            stream.write(json.dumps(asked, ensure_ascii=False).encode() + b"\n")
            stream.flush()
        try:
            line = self._read_line(process)
        except _NoAnswerError as error:
            self._kill()
            return Answer(problem=str(error))
        return parsed(line, question)

    def close(self) -> None:
        """End the program, by closing its input first."""
        if self._process is not None:
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                _stream(self._process.stdin).close()
                self._process.wait(_SHUTDOWN_SECONDS)
            self._kill()

    def __enter__(self) -> "Program":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None:
            try:
                self._process = subprocess.Popen(
                    self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True
                )
            except OSError as error:
                shown = shlex.join(self.command)
                raise VectorsError(f"--testee: expected a program that starts; {shown}: {error}") from error
            self.starts += 1
            self._unread, self._has_answered = b"", False
        return self._process

    def _read_line(self, process: "subprocess.Popen[bytes]") -> str:
        """One line, within the time limit."""
        stream = _stream(process.stdout)
        seconds = self.seconds + (0 if self._has_answered else STARTING_SECONDS)
        deadline = time.monotonic() + seconds
        with selectors.DefaultSelector() as selector:
            selector.register(stream, selectors.EVENT_READ)
            while b"\n" not in self._unread:
                if not selector.select(max(deadline - time.monotonic(), 0)):
                    raise _NoAnswerError(f"expected an answer within {seconds:g} s; none came")
                more = stream.read1(65536)  # type: ignore[attr-defined]
                if not more:
                    raise _NoAnswerError(_died(process))
                self._unread += more
                if len(self._unread) > LONGEST_ANSWER_OCTETS:
                    raise _NoAnswerError(
                        f"expected a line of at most {LONGEST_ANSWER_OCTETS} octets; got more"
                    )
        self._has_answered = True
        line, _, self._unread = self._unread.partition(b"\n")
        return line.decode(errors="replace")

    def _kill(self) -> None:
        if self._process is None:
            return
        with contextlib.suppress(OSError):
            self._process.send_signal(signal.SIGKILL)
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                _stream(stream).close()
        self._process.wait()
        self._process = None


class _NoAnswerError(Exception):
    pass


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    assert stream is not None
    return stream


def _died(process: "subprocess.Popen[bytes]") -> str:
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_SHUTDOWN_SECONDS)
    code = process.returncode
    how = "closed its output" if code is None else f"ended with status {code}"
    return f"expected an answer; the program {how}"


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _short(text: str) -> str:
    text = one_line(text)
    return text if len(text) <= 100 else f"{text[:97]}..."
