# SPDX-License-Identifier: GPL-2.0-only
"""How a command ends: bad input, an interrupt, a reader that went away, or a mistake of our own.

Nobody who typed a command wants a traceback.  Each of these is one line and an exit code.
"""

import errno
import os
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable
from types import FrameType
from typing import NoReturn

import click

from .conformance.evidence import BundleError
from .conformance.fates import CoverageError
from .conformance.judging import LawError
from .conformance.known import KnownError
from .conformance.lab import LabError
from .conformance.plain import one_line
from .conformance.report.folder import ReportError
from .conformance.report.summary import ExitCode
from .conformance.selection import SelectionError
from .conformance.trace import TraceError
from .conformance.vectors_file import VectorsError
from .hw_conformance.live.errors import LiveError
from .spec.dao_rules.file import DaoFileError
from .spec.figures.pages import FigureError
from .spec.index.lock import LockError
from .spec.index.marks import MarkError
from .spec.proofs.engine.errors import ProofError
from .spec.requirements import RequirementError
from .spec.vectors.errors import VectorError
from .target_finding import TargetError

PROGRAM = "althea-spec"
_RAISE_AGAIN_SECONDS = 0.3
BAD_INPUT = (
    BundleError,
    CoverageError,
    FigureError,
    DaoFileError,
    KnownError,
    LabError,
    LawError,
    LiveError,
    LockError,
    MarkError,
    ProofError,
    ReportError,
    RequirementError,
    SelectionError,
    TargetError,
    TraceError,
    VectorError,
    VectorsError,
)
"""What is wrong with what the user gave, or with this machine: its text is the one line."""


class Stopped(BaseException):
    """SIGINT, SIGTERM or SIGHUP: unwinds, so that nothing is left.

    Not KeyboardInterrupt, which libraries on the way catch and turn into something else.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def run_command(command: Callable[[], object]) -> NoReturn:
    """Run a command to its exit code.

    Args:
        command: what to run; it may raise anything, and may return an exit code.
    """
    _unwind_on_signals()
    try:
        code = command()
        sys.stdout.flush()
    except BAD_INPUT as error:
        _say(str(error))
        code = ExitCode.HARNESS_FAILED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message())
        code = ExitCode.CONFORMANT
    except click.ClickException as error:
        _say(_usage_line(error))
        code = ExitCode.HARNESS_FAILED
    except click.exceptions.Exit as error:
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _say("interrupted")
        code = ExitCode.INTERRUPTED
    except Stopped as error:
        _say("interrupted" if error.number == signal.SIGINT else "terminated")
        code = 128 + error.number
    except BrokenPipeError:
        # The reader has seen enough.  What is still buffered must not raise again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 128 + signal.SIGPIPE
    except Exception as error:
        full = isinstance(error, OSError) and error.errno == errno.ENOSPC
        _say("cannot write: no space left; make room and run it again" if full else _unexpected(error))
        code = ExitCode.HARNESS_FAILED
    _exit(code)


def _exit(code: object) -> NoReturn:
    signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(int(code) if isinstance(code, int) else 0)


def _unwind_on_signals() -> None:
    """Let the first of these signals unwind the program, and later ones not disturb the unwinding.

    An exception out of a signal handler can be lost: Python ignores it where it happens to run a finalizer or
    a hook of ``fork``.  So a timer raises it again until it is seen to be handled.
    """
    numbers = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    main_process = os.getpid()
    first: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        if os.getpid() != main_process:
            os._exit(128 + number)  # a child that has not come far enough to have a way of its own
        first.append(number)
        if not _is_unwinding():
            signal.setitimer(signal.ITIMER_REAL, _RAISE_AGAIN_SECONDS)
            raise Stopped(first[0])

    for number in numbers:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, stop)
    signal.signal(signal.SIGALRM, stop)


def _is_unwinding() -> bool:
    """Whether some ``finally`` or ``except`` is at work on a :class:`Stopped` right now."""
    error = sys.exc_info()[1]
    while error is not None and not isinstance(error, Stopped):
        error = error.__context__
    return error is not None


def _say(line: str) -> None:
    click.echo(f"{PROGRAM}: {one_line(line)}", err=True)


def _usage_line(error: click.ClickException) -> str:
    message = error.format_message().rstrip(".")
    if isinstance(error, click.UsageError) and error.ctx is not None:
        return f"{message}; `{error.ctx.command_path} --help` shows an example"
    return message


def _unexpected(error: Exception) -> str:
    what = f"unexpected {type(error).__name__}: {error}"
    try:
        with tempfile.NamedTemporaryFile(
            "w", prefix="althea-spec-traceback-", suffix=".txt", delete=False, encoding="utf-8"
        ) as file:
            traceback.print_exception(error, file=file)
    except OSError:
        return f"{what}; the traceback could not be written anywhere"
    return f"{what}; this is a mistake of the suite, please report it with {file.name}"
