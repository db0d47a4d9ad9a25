# SPDX-License-Identifier: GPL-2.0-only
"""The two processes that keep a house: one that starts programs for the worker, and the first inside.

The worker cannot be the parent of the device's processes itself: a process may make its children live in a
new process namespace once in its life only, and a worker may want a second house.  So it forks the *keeper*,
whose children live in the new namespace.  The keeper's first child is the *first process*: when it ends, the
kernel kills everything else in there.  The keeper dies with the worker, the first process with the keeper.
"""

import errno
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from resource import RLIMIT_CORE, getrlimit, setrlimit
from typing import Final, NoReturn

from attrs import define, field, frozen

from . import system_calls
from .noise import Noise

INSIDE: Final = Path("/run/lab")
"""The work folder as the device's processes see it: short enough for a socket, the same on every machine."""

_SETTINGS: Final = {
    "net/ipv4/ip_forward": "1",
    "net/ipv6/conf/all/forwarding": "1",
    "net/ipv6/route/max_size": "2147483647",
}
_IPV4_INTERFACE_SETTINGS: Final = {"rp_filter": "0", "accept_redirects": "0", "send_redirects": "0"}
_IPV6_INTERFACE_SETTINGS: Final = {
    "disable_ipv6": "0",
    "forwarding": "1",
    "accept_dad": "0",  # an address is usable at once
    "dad_transmits": "0",
    "accept_ra": "0",
    "router_solicitations": "0",
    "accept_redirects": "0",
}

PrepareMounts = Callable[[], None]


@frozen
class Plan:
    """How a house is furnished."""

    workdir: Path
    prepare_mounts: PrepareMounts | None
    """Runs in the device's mount namespace, standing in the work folder."""
    noise: Noise


@frozen
class Spawn:
    """Start a program; the answer is its process number, or a line that says why there is none."""

    command: Sequence[str]
    environment: Mapping[str, str]
    output: Path


@frozen
class Ask:
    """Run a short program; the answer is what it prints."""

    command: Sequence[str]
    environment: Mapping[str, str]
    seconds: float


@frozen
class Status:
    """The answer is how a program has ended, as :class:`subprocess.Popen` says it; ``None`` while it runs."""

    process: int


Request = Spawn | Ask | Status


@define
class _Keeper:
    first_process: int
    descriptor: int
    """A pidfd of the first process: through it its namespaces are entered."""
    processor: int = field(factory=lambda: _one_of(os.sched_getaffinity(0)))
    """The one on which the device runs, so that its packets stay in order."""
    children: dict[int, "subprocess.Popen[bytes]"] = field(factory=dict)

    def answer(self, request: Request) -> int | str | None:
        if isinstance(request, Spawn):
            return self._spawn(request)
        if isinstance(request, Ask):
            return self._ask(request)
        return self.children[request.process].poll()

    def _spawn(self, request: Spawn) -> int | str:
        try:
            with request.output.open("ab") as sink:
                child = self._start(request.command, request.environment, sink.fileno())
        except (OSError, subprocess.SubprocessError) as error:
            return f"{request.command[0]}: cannot be started: {error}"
        self.children[child.pid] = child
        return child.pid

    def _ask(self, request: Ask) -> str:
        program = request.command[0]
        try:
            child = self._start(request.command, request.environment, subprocess.PIPE)
        except (OSError, subprocess.SubprocessError) as error:
            return f"{program}: cannot be started: {error}\n"
        try:
            printed, _ = child.communicate(timeout=request.seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return f"{program}: no answer within {request.seconds:g} s\n"
        return printed.decode(errors="replace")

    def _start(
        self, command: Sequence[str], environment: Mapping[str, str], output: int
    ) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=True,
            preexec_fn=self._move_in,
        )

    def _move_in(self) -> None:
        system_calls.setns(self.descriptor, system_calls.CLONE_NEWNET | system_calls.CLONE_NEWNS)
        os.chdir(INSIDE)
        # A process that changes processors while packets wait in the old one's queue overtakes itself.
        os.sched_setaffinity(0, {self.processor})
        _, hard = getrlimit(RLIMIT_CORE)
        setrlimit(RLIMIT_CORE, (hard, hard))

    def end(self) -> None:
        """Kill the first process, and with it everything; return when all are gone."""
        os.kill(self.first_process, signal.SIGKILL)
        # The kernel lets the first process of a namespace be reaped only after all the others.
        for child in self.children.values():
            child.wait()
        os.waitpid(self.first_process, 0)


def _one_of(processors: set[int]) -> int:
    """Houses that are made one after another take turns: so do the numbers of their processes."""
    return sorted(processors)[os.getpid() % len(processors)]


def keep(connection: Connection, plan: Plan) -> NoReturn:
    """Be the keeper: make the house, say the number of its first process, then answer requests."""
    try:
        _leave_the_terminal()
        _keep_only(connection.fileno())
        system_calls.unshare(system_calls.CLONE_NEWPID)
        read, write = os.pipe()
        first_process = os.fork()
        if first_process == 0:
            _be_first_process(write, plan)
        os.close(write)
        report = os.read(read, 4096).decode()
        os.close(read)
        if report != "ready":
            connection.send(report or "the first process of the namespace ended at once")
            os._exit(1)
        keeper = _Keeper(first_process, os.pidfd_open(first_process))
        connection.send(first_process)
        _serve(connection, keeper)
        keeper.end()
    except OSError as error:
        connection.send(error.strerror or str(error))
    finally:
        os._exit(0)


def _serve(connection: Connection, keeper: _Keeper) -> None:
    while True:
        try:
            request = connection.recv()
        except EOFError:
            return
        connection.send(keeper.answer(request))


def _leave_the_terminal() -> None:
    """Ctrl-C is the worker's business; whatever ends the worker ends us."""
    system_calls.die_with_parent()
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


def _be_first_process(report: int, plan: Plan) -> NoReturn:
    try:
        system_calls.die_with_parent()
        _keep_only(report)
        # Orphans become our children; nobody asks how they ended.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        system_calls.unshare(system_calls.CLONE_NEWNET | system_calls.CLONE_NEWNS)
        system_calls.stay_inspectable()
        _furnish(plan)
        os.write(report, b"ready")
        os.close(report)
        plan.noise.watch()
    except OSError as error:
        os.write(report, f"{error.filename or ''} {error.strerror or error}".strip().encode())
    finally:
        os._exit(0)


def _keep_only(*kept: int) -> None:
    """Close every other descriptor: who waits for the end of a pipe of the worker must not wait for us."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    for name in list(Path("/proc/self/fd").iterdir()):
        descriptor = int(name.name)
        if descriptor > 2 and descriptor not in kept:
            try:
                os.close(descriptor)
            except OSError as error:
                if error.errno != errno.EBADF:  # the one that listed the folder
                    raise


def _furnish(plan: Plan) -> None:
    system_calls.keep_mounts_private()
    os.chdir(plan.workdir)
    # libfaketime keeps files there that are named by process number, and every house counts from 1.
    system_calls.mount("none", "/dev/shm", "tmpfs", 0)
    system_calls.mount("none", "/run", "tmpfs", 0)
    INSIDE.mkdir()
    system_calls.bind(".", str(INSIDE))
    if plan.prepare_mounts is not None:
        plan.prepare_mounts()
    for name, value in _SETTINGS.items():
        write_setting(name, value)
    for scope in ("all", "default"):
        for name, value in _IPV4_INTERFACE_SETTINGS.items():
            write_setting(f"net/ipv4/conf/{scope}/{name}", value)
        for name, value in _IPV6_INTERFACE_SETTINGS.items():
            write_setting(f"net/ipv6/conf/{scope}/{name}", value)


def write_setting(name: str, value: str) -> None:
    """A sysctl of the network namespace in which we stand; one that this kernel lacks does not matter.

    Raises:
        OSError: it cannot be written.
    """
    path = Path("/proc/sys") / name
    if path.exists():
        path.write_text(value)
