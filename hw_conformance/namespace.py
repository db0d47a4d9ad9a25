# SPDX-License-Identifier: GPL-2.0-only
"""A house for one device: user, network, mount and process namespaces that die with their maker.

The calling process (the worker) moves into a user namespace of its own, in which it is root and needs no
privilege, and into an empty network namespace: the tester's side.  The device has a second network namespace,
a mount namespace whose ``/run`` is empty but for the work folder, and a process namespace; see
:mod:`.keeper` for how they are held.  Whatever ends the worker, the kernel clears all of it away, and
nothing has a name outside.
"""

import errno
import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import Pipe
from pathlib import Path
from typing import Final

from althea_spec.conformance.lab import LabError

from . import system_calls
from .keeper import INSIDE, Ask, Plan, PrepareMounts, Request, Spawn, Status, keep, write_setting
from .noise import Noise

__all__ = ["INSIDE", "House", "PrepareMounts", "Process", "check_rights"]

_START_SECONDS: Final = 10.0
_END_SECONDS: Final = 10.0
_SPARE_SECONDS: Final = 30.0

_tester_side: dict[str, int] = {}
"""The process that stands in a user namespace of our making; a fork of it must know that it does so too."""


class Process:
    """One program of the device."""

    def __init__(self, house: "House", number: int) -> None:
        self._house = house
        self.number = number
        """As the worker sees it."""
        self._status: int | None = None

    def status(self) -> int | None:
        """How it has ended, as :class:`subprocess.Popen` says it; ``None`` while it runs."""
        if self._status is None:
            answer = self._house.request(Status(self.number))
            self._status = answer if isinstance(answer, int) else None
        return self._status

    def send_signal(self, number: signal.Signals) -> None:
        """Nothing happens where it has already ended."""
        if self.status() is None:
            with suppress(ProcessLookupError):
                os.kill(self.number, number)


class House:
    """Namespaces around one device."""

    def __init__(self, workdir: Path, prepare_mounts: PrepareMounts | None = None) -> None:
        """Enter the tester's namespaces and make the device's.

        Raises:
            LabError: no right to make namespaces, or the kernel lacks them.
        """
        self.workdir = workdir.absolute()
        self.noise = Noise()
        self._forked: list[int] = []
        _enter_tester_side()
        self._connection, theirs = Pipe()
        self._keeper = os.fork()
        if self._keeper == 0:
            keep(theirs, Plan(self.workdir, prepare_mounts, self.noise))
        theirs.close()
        first_process = self._receive(_START_SECONDS)
        if not isinstance(first_process, int):
            self._connection.close()
            os.waitpid(self._keeper, 0)
            raise LabError(f"namespaces: {first_process}")
        self.first_process = first_process
        self._descriptor = os.pidfd_open(first_process)

    def _receive(self, seconds: float) -> int | str | None:
        try:
            if self._connection.poll(seconds):
                answer = self._connection.recv()
                assert answer is None or isinstance(answer, int | str)
                return answer
        except (EOFError, ConnectionError):
            return "the process that keeps the namespaces has ended"
        os.kill(self._keeper, signal.SIGKILL)
        return f"the process that keeps the namespaces has not answered within {seconds:g} s"

    def request(self, request: Request) -> int | str | None:
        """Ask the keeper.

        Raises:
            LabError: it is gone.
        """
        try:
            self._connection.send(request)
        except OSError as error:
            raise LabError(f"namespaces: the process that keeps them has ended: {error.strerror}") from error
        return self._receive(_SPARE_SECONDS + (request.seconds if isinstance(request, Ask) else 0))

    @contextmanager
    def device_network(self) -> Iterator[None]:
        """Stand in the device's network namespace; sockets opened meanwhile stay there."""
        home = os.open("/proc/self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
        try:
            system_calls.setns(self._descriptor, system_calls.CLONE_NEWNET)
            yield
        finally:
            system_calls.setns(home, system_calls.CLONE_NEWNET)
            os.close(home)

    def spawn(
        self, command: Sequence[str], output: Path, environment: Mapping[str, str] | None = None
    ) -> Process:
        """Start a program in the device's namespaces, in the work folder as :data:`INSIDE`.

        ``output`` gets what it prints.  It is in a session of its own, so that Ctrl-C at the terminal reaches
        the worker alone.

        Raises:
            LabError: the program cannot be started.
        """
        answer = self.request(Spawn(tuple(command), environment or {}, output))
        if not isinstance(answer, int):
            raise LabError(str(answer))
        self.noise.follow(answer)
        return Process(self, answer)

    def ask(
        self, command: Sequence[str], seconds: float = 5.0, environment: Mapping[str, str] | None = None
    ) -> str:
        """What a short command in the device's namespaces prints, or one line that says why nothing."""
        return str(self.request(Ask(tuple(command), environment or {}, seconds)))

    def fork(self, work: Callable[[], None]) -> None:
        """Run ``work`` in a process of its own that dies with the worker."""
        process = os.fork()
        if process == 0:
            try:
                system_calls.die_with_parent()
                os.setsid()
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                work()
            finally:
                os._exit(0)
        self._forked.append(process)

    def close(self) -> None:
        """Kill everything in the house, and wait until it is gone."""
        if self._keeper < 0:
            return
        keeper, self._keeper = self._keeper, -1
        for process in self._forked:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        self._connection.close()
        give_up = time.monotonic() + _END_SECONDS
        while os.waitpid(keeper, os.WNOHANG)[0] == 0:
            if time.monotonic() > give_up:
                os.kill(keeper, signal.SIGKILL)
            time.sleep(0.002)
        os.close(self._descriptor)
        self.noise.close()


def check_rights() -> None:
    """Whether this process could build a house, tried in a child that ends at once.

    Raises:
        LabError: it could not; the line says why and what to do.
    """
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            _enter_tester_side()
            system_calls.unshare(system_calls.CLONE_NEWNS | system_calls.CLONE_NEWPID)
            os.write(write, b"ready")
        except LabError as error:
            os.write(write, str(error).encode())
        except OSError as error:
            os.write(write, _advice(error).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        report = pipe.read().decode()
    os.waitpid(process, 0)
    if report != "ready":
        raise LabError(report or "namespaces: the trial ended without a word")


def _enter_tester_side() -> None:
    """A fresh network namespace; before the first one, a user namespace that lets us make it."""
    try:
        if _tester_side.get("process") != os.getpid():
            try:
                system_calls.become_root_of_a_user_namespace()
            except OSError:
                # Real root can do without where user namespaces are switched off.
                if os.geteuid() != 0:
                    raise
            _tester_side["process"] = os.getpid()
        system_calls.unshare(system_calls.CLONE_NEWNET)
        system_calls.stay_inspectable()
        write_setting("net/ipv6/conf/default/disable_ipv6", "1")
        write_setting("net/ipv6/conf/all/disable_ipv6", "1")
    except OSError as error:
        raise LabError(_advice(error)) from error


def _advice(error: OSError) -> str:
    if error.errno == errno.EINVAL:
        return "namespaces: the process has several threads; open each laboratory in a fresh process"
    if error.errno == errno.EROFS:
        return f"{error.filename}: read-only; run outside the container, or with --privileged"
    return (
        f"namespaces: {error.strerror or error}; allow user namespaces for this user "
        "(sysctl -w user.max_user_namespaces=65536 kernel.unprivileged_userns_clone=1, or a container "
        "with --privileged), or run as root"
    )
