# SPDX-License-Identifier: GPL-2.0-only
"""A house for one device: user, network, mount and process namespaces that die with their maker.

The calling process (the worker) moves into a user namespace of its own, in which it is root and needs no
privilege, and into an empty network namespace: the tester's side.  Its first child is the first process of a
new process namespace and stands in a second network namespace, the device's, with a mount namespace whose
``/run`` is empty but for the work folder.  When the worker ends, however it ends, the kernel kills that
process; when that process ends, the kernel kills everything else in the house.  Nothing has a name outside.
"""

import errno
import os
import resource
import select
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NoReturn

from althea_spec.conformance.lab import LabError

from . import system_calls
from .noise import Noise

INSIDE: Final = Path("/run/lab")
"""The work folder as the device's processes see it: short enough for a socket, the same on every machine."""

_START_SECONDS: Final = 10
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


class House:
    """Namespaces around one device.  One process can hold one house in its life."""

    def __init__(self, workdir: Path, prepare_mounts: PrepareMounts | None = None) -> None:
        """Enter the tester's namespaces and start the first process of the device's.

        ``prepare_mounts`` runs in the device's mount namespace, standing in the work folder.

        Raises:
            LabError: no right to make namespaces, or the kernel lacks them.
        """
        self.workdir = workdir.absolute()
        self.noise = Noise()
        self._children: list[subprocess.Popen[bytes]] = []
        self._forked: list[int] = []
        _enter_tester_side()
        lifeline, self._lifeline = os.pipe()
        self.first_process = self._fork_first_process(lifeline, prepare_mounts)
        os.close(lifeline)
        self._descriptor = os.pidfd_open(self.first_process)

    def _fork_first_process(self, lifeline: int, prepare_mounts: PrepareMounts | None) -> int:
        report_read, report_write = os.pipe()
        process = os.fork()
        if process == 0:
            _be_first_process(lifeline, report_write, self.workdir, prepare_mounts, self.noise)
        os.close(report_write)
        ready, _, _ = select.select([report_read], [], [], _START_SECONDS)
        report = os.read(report_read, 4096).decode() if ready else "no answer from its first process"
        os.close(report_read)
        if report != "ready":
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            raise LabError(f"namespaces: {report or 'the first process ended at once'}")
        return process

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
        self,
        command: Sequence[str],
        output: Path | None = None,
        environment: Mapping[str, str] | None = None,
        pipe: bool = False,
    ) -> subprocess.Popen[bytes]:
        """Start a program in the device's namespaces, in the work folder as :data:`INSIDE`.

        It is in a session of its own, so that Ctrl-C at the terminal reaches the worker alone.

        Raises:
            LabError: the program cannot be started.
        """
        sink = output.open("ab") if output is not None else None
        standard_output = sink if sink is not None else subprocess.PIPE if pipe else subprocess.DEVNULL
        try:
            child = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=standard_output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
                preexec_fn=self._move_in,
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise LabError(f"{command[0]}: cannot be started: {error}") from error
        finally:
            if sink is not None:
                sink.close()
        self._children.append(child)
        return child

    def fork(self, work: Callable[[], None], *descriptors: int) -> None:
        """Run ``work`` in a process of its own, which keeps these open files only and dies with the house."""
        process = os.fork()
        if process == 0:
            try:
                system_calls.die_with_parent()
                os.setsid()
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                _keep_only(*descriptors)
                work()
            except OSError:
                os._exit(1)
            finally:
                os._exit(0)
        self._forked.append(process)

    def _move_in(self) -> None:
        system_calls.setns(self._descriptor, system_calls.CLONE_NEWNET | system_calls.CLONE_NEWNS)
        os.chdir(INSIDE)
        _, hard = resource.getrlimit(resource.RLIMIT_CORE)
        resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))

    def ask(
        self, command: Sequence[str], seconds: float = 5.0, environment: Mapping[str, str] | None = None
    ) -> str:
        """What a short command in the device's namespaces prints, or one line that says why nothing."""
        try:
            child = self.spawn(command, environment=environment, pipe=True)
        except LabError as error:
            return f"{error}\n"
        try:
            printed, _ = child.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            child.kill()
            child.communicate()
            return f"{command[0]}: no answer within {seconds:g} s\n"
        finally:
            self._children.remove(child)
        return printed.decode(errors="replace")

    def close(self) -> None:
        """Kill everything in the house, and wait until it is gone."""
        if self._lifeline < 0:
            return
        os.close(self._lifeline)
        self._lifeline = -1
        os.kill(self.first_process, signal.SIGKILL)
        # The kernel lets the first process of a namespace be reaped only after all the others are gone, and
        # those that we started are ours to reap.
        for child in self._children:
            child.kill()
            child.wait()
            if child.stdout is not None:
                child.stdout.close()
        for process in self._forked:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        os.waitpid(self.first_process, 0)
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
            os.write(write, b"ready")
        except LabError as error:
            os.write(write, str(error).encode())
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        report = pipe.read().decode()
    os.waitpid(process, 0)
    if report != "ready":
        raise LabError(report or "namespaces: the trial ended without a word")


def _enter_tester_side() -> None:
    try:
        try:
            system_calls.become_root_of_a_user_namespace()
        except OSError:
            # Real root can do without where user namespaces are switched off.
            if os.geteuid() != 0:
                raise
        system_calls.unshare(system_calls.CLONE_NEWNET)
        system_calls.unshare(system_calls.CLONE_NEWPID)
        system_calls.stay_inspectable()
        _write_setting("net/ipv6/conf/default/disable_ipv6", "1")
        _write_setting("net/ipv6/conf/all/disable_ipv6", "1")
    except OSError as error:
        raise LabError(_advice(error)) from error


def _advice(error: OSError) -> str:
    if error.errno == errno.EINVAL:
        return (
            "namespaces: this process already holds a laboratory or has several threads; "
            "open each laboratory in a fresh process"
        )
    if error.errno == errno.EROFS:
        return f"{error.filename}: read-only; run outside the container, or with --privileged"
    return (
        f"namespaces: {error.strerror or error}; allow user namespaces for this user "
        "(sysctl -w user.max_user_namespaces=65536 kernel.unprivileged_userns_clone=1, or a container "
        "with --privileged), or run as root"
    )


def _be_first_process(
    lifeline: int, report: int, workdir: Path, prepare_mounts: PrepareMounts | None, noise: Noise
) -> NoReturn:
    try:
        system_calls.die_with_parent()
        os.setsid()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        # Orphans become our children; nobody asks how they ended.
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        _keep_only(lifeline, report)
        system_calls.unshare(system_calls.CLONE_NEWNET | system_calls.CLONE_NEWNS)
        system_calls.stay_inspectable()
        _furnish(workdir, prepare_mounts)
        os.write(report, b"ready")
        os.close(report)
        noise.watch(lifeline)
    except OSError as error:
        os.write(report, f"{error.filename or ''} {error.strerror or error}".strip().encode())
    finally:
        os._exit(0)


def _keep_only(*kept: int) -> None:
    """Close every other descriptor: who waits for the end of a pipe of the worker must not wait for us."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for standard in range(3):
        os.dup2(nothing, standard)
    for descriptor in [int(name) for name in os.listdir("/proc/self/fd")]:  # noqa: PTH208
        if descriptor > 2 and descriptor not in kept:
            try:
                os.close(descriptor)
            except OSError as error:
                if error.errno != errno.EBADF:
                    raise


def _furnish(workdir: Path, prepare_mounts: PrepareMounts | None) -> None:
    system_calls.keep_mounts_private()
    os.chdir(workdir)
    # libfaketime keeps files there that are named by process number, and every house counts from 1.
    system_calls.mount("none", "/dev/shm", "tmpfs", 0)
    system_calls.mount("none", "/run", "tmpfs", 0)
    INSIDE.mkdir()
    system_calls.bind(".", str(INSIDE))
    if prepare_mounts is not None:
        prepare_mounts()
    for name, value in _SETTINGS.items():
        _write_setting(name, value)
    for scope in ("all", "default"):
        for name, value in _IPV4_INTERFACE_SETTINGS.items():
            _write_setting(f"net/ipv4/conf/{scope}/{name}", value)
        for name, value in _IPV6_INTERFACE_SETTINGS.items():
            _write_setting(f"net/ipv6/conf/{scope}/{name}", value)


def _write_setting(name: str, value: str) -> None:
    """A sysctl of the network namespace in which we stand; one that this kernel lacks does not matter."""
    path = Path("/proc/sys") / name
    if path.exists():
        path.write_text(value)
