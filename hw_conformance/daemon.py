# SPDX-License-Identifier: GPL-2.0-only
"""A real daemon as a target: what one kind of daemon must tell, and the laboratory that all kinds share."""

import os
import shutil
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from importlib.metadata import version as package_version
from pathlib import Path
from typing import Final, Literal

import psutil
from attrs import field, frozen

from althea_spec.conformance.lab import (
    Address,
    Description,
    DeviceConfig,
    Feature,
    FibEntry,
    LabError,
    LinkName,
    Microseconds,
    Pace,
    SeenFrame,
)

from . import faketime
from .clock import Clock
from .fib import Interface, Kernel, far_end, plan_interfaces
from .hello_watch import carries_hello
from .link import Links
from .namespace import House, PrepareMounts, Process, check_rights

_FOLDER: Final = "device"
"""In the work folder of the laboratory: the device's own."""
_EVIDENCE_CHARACTERS: Final = 200_000
"""Of one log; the end of it is what matters."""
_TAIL_CHARACTERS: Final = 300
_POLL_SECONDS: Final = 0.05
_ANSWER_SECONDS: Final = 3.0
SEARCH_FOLDERS: Final = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/lib/frr")
"""Daemons live where a user's PATH does not look."""


@frozen
class Program:
    """Something that must be installed."""

    name: str
    package: str
    """Debian's."""

    def path(self) -> str:
        """Where it is.

        Raises:
            LabError: nowhere.
        """
        search = os.pathsep.join([os.environ.get("PATH", os.defpath), *SEARCH_FOLDERS])
        found = shutil.which(self.name, path=search)
        if found is None:
            raise LabError(f"{self.name}: not installed; apt-get install {self.package}")
        return found

    def package_version(self) -> str:
        """As dpkg knows it; empty where it does not."""
        command = ["dpkg-query", "--show", "--showformat", "${Version}", self.package]
        try:
            result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return result.stdout.strip() if result.returncode == 0 else ""


@frozen
class Rates:
    """How much faster than the wall a device's clock may run at each pace; measured, whole numbers."""

    real: int = 1
    fast: int = 1
    faster: int = 1

    def at(self, pace: Pace) -> int:
        return {Pace.REAL: self.real, Pace.FAST: self.fast, Pace.FASTER: self.faster}[pace]


@frozen
class Room:
    """Where a daemon is started: its namespaces, its work folder, its clock."""

    house: House
    device: DeviceConfig
    interfaces: tuple[Interface, ...]
    rate: int
    """Of the device's clock."""
    keeps_own_clock: bool = False
    """The device is told the rate, and needs nothing preloaded."""
    processes: dict[str, Process] = field(factory=dict)

    def start(self, name: str, command: Sequence[str], environment: Mapping[str, str] | None = None) -> None:
        """Start one of the device's own processes, on the device's clock; its words go to ``NAME.log``."""
        self.processes[name] = self.house.spawn(
            command,
            output=self.house.workdir / f"{name}.log",
            environment={**self._clock_environment(), **(environment or {})},
        )

    def _clock_environment(self) -> dict[str, str]:
        return {} if self.keeps_own_clock else faketime.environment(self.rate)

    def fail_if_ended(self) -> None:
        """Raise :class:`LabError` with the last words of a process that has ended."""
        for name, process in self.processes.items():
            status = process.status()
            if status is not None:
                words = " ".join(self.log(name)[-_TAIL_CHARACTERS:].split()) or "without a word"
                raise LabError(f"{name}: {how_it_ended(status)} while starting: {words}")

    def connect(self, name: str) -> socket.socket:
        """A connection to a local socket that the device has in its work folder.

        Raises:
            OSError: it does not answer.
        """
        folder = os.open(self.house.workdir, os.O_PATH)
        connection = socket.socket(socket.AF_UNIX)
        try:
            connection.settimeout(_ANSWER_SECONDS)
            # A socket's path has room for 107 octets, a work folder's may be longer.
            connection.connect(f"/proc/self/fd/{folder}/{name}")
        except OSError:
            connection.close()
            raise
        finally:
            os.close(folder)
        return connection

    def log(self, name: str) -> str:
        """The last of what a process has printed."""
        return tail(self.house.workdir / f"{name}.log")


class Daemon(ABC):
    """One kind of routing daemon."""

    name: str
    programs: tuple[Program, ...]
    features: frozenset[Feature]
    rates: Rates
    laboratories_per_core: int
    """How many may run at once on each processor before they delay each other; measured at rate 10."""
    ready_seconds: float = 15.0
    """Of wall time, until it must have sent a Hello on every link."""
    keeps_own_clock: bool = False
    """It can be told to run faster than the wall, and needs no library for that."""
    number: int = 1
    """1 to 255: tells it from other routers of its kind in one network, and goes into its router-id."""

    @abstractmethod
    def version(self) -> str:
        """As it says itself."""

    @abstractmethod
    def files(self, device: DeviceConfig, interfaces: Sequence[Interface]) -> dict[str, str]:
        """Configuration files to write into the work folder: name to text."""

    @abstractmethod
    def start(self, room: Room) -> None:
        """Start its processes.

        Raises:
            LabError: one cannot be started, or does not take its configuration.
        """

    @abstractmethod
    def tables(self, room: Room) -> dict[str, str]:
        """What the daemon itself says about neighbours and routes: file name to text."""

    def fib(self, room: Room) -> Sequence[FibEntry] | None:  # noqa: ARG002
        """Its routes as it tells them itself; ``None``: the kernel is asked.

        Raises:
            LabError: it does not tell.
        """
        return None

    def concurrency(self) -> int:
        """How many of its laboratories this machine can stand at once."""
        return self.laboratories_per_core * len(os.sched_getaffinity(0))

    def stop(self, room: Room) -> None:
        """Ask for a graceful end, and return at once."""
        for process in room.processes.values():
            process.send_signal(signal.SIGTERM)

    def prepare_mounts(self) -> PrepareMounts | None:
        """What must be mounted in the device's own mount namespace, if anything."""
        return None


class DaemonTarget:
    """A daemon of this machine, started afresh for every trace."""

    def __init__(self, daemon: Daemon) -> None:
        self.daemon = daemon

    @property
    def name(self) -> str:
        return self.daemon.name

    @property
    def concurrency(self) -> int:
        return self.daemon.concurrency()

    @property
    def attempts(self) -> int:
        """A host that was too slow once may be fast enough the next time."""
        return 3

    def describe(self) -> Description:
        packages = [
            f"{program.package} {known}"
            for program in self.daemon.programs
            if (known := program.package_version())
        ]
        own = self.daemon.version()
        return Description(
            target=self.name,
            version=f"{own} ({', '.join(dict.fromkeys(packages))})" if packages else own,
            environment=describe_environment(),
        )

    def supports(self, feature: str) -> bool:
        return feature in set(self.daemon.features)

    def check(self) -> None:
        for program in self.daemon.programs:
            program.path()
        if not self.daemon.keeps_own_clock and any(self.daemon.rates.at(pace) != 1 for pace in Pace):
            faketime.library()
        check_rights()

    def open(self, device: DeviceConfig, pace: Pace, workdir: Path) -> "DaemonLab":
        return DaemonLab(self.daemon, device, self.daemon.rates.at(pace), workdir)


class DaemonLab:
    """One daemon in a house of its own, with our packet sockets at the other ends of its links."""

    def __init__(self, daemon: Daemon, device: DeviceConfig, rate: int, workdir: Path) -> None:
        """Build the house, lay the cables, start the daemon, and wait for a Hello on every link.

        Raises:
            LabError: any of it does not work; nothing is left behind.
        """
        self._daemon = daemon
        self._device = device
        self._files = daemon.files(device, plan_interfaces(device))
        folder = workdir / _FOLDER
        _write_files(folder, self._files)
        self._house = House(folder, daemon.prepare_mounts())
        self._kernel: Kernel | None = None
        self._wire: Links | None = None
        try:
            self._kernel = Kernel(self._house, device)
            self.clock = Clock(rate)
            ends = {interface.link: far_end(interface) for interface in self._kernel.interfaces}
            self._wire = Links(ends, self.clock)
            interfaces = self._kernel.interfaces
            self._room = Room(self._house, device, interfaces, rate, daemon.keeps_own_clock)
            daemon.start(self._room)
            self._wait_until_ready(self._wire)
        except BaseException:
            self.close()
            raise

    def _wait_until_ready(self, wire: Links) -> None:
        give_up = time.monotonic() + self._daemon.ready_seconds
        silent = set(self.links)
        early: list[SeenFrame] = []
        while silent:
            frames = wire.receive(self.clock.now() + self.clock.span(int(_POLL_SECONDS * 1e9)))
            silent -= {seen.link for seen in frames if carries_hello(seen.frame)}
            early += frames
            if silent:
                self._room.fail_if_ended()
                if time.monotonic() > give_up:
                    where, seconds = ", ".join(sorted(silent)), self._daemon.ready_seconds
                    raise LabError(f"{self._daemon.name}: no Hello on {where} within {seconds:g} s")
        # What a router says first is worth judging too.
        wire.put_back(early)

    def __enter__(self) -> "DaemonLab":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def links(self) -> tuple[LinkName, ...]:
        return tuple(link.name for link in self._device.links)

    @property
    def house(self) -> House:
        """Where the device lives, for who wants to look at its kernel."""
        return self._house

    @property
    def room(self) -> Room:
        """Where it was started, and what runs there."""
        return self._room

    @property
    def _open_kernel(self) -> Kernel:
        if self._kernel is None:
            raise LabError(f"{self._daemon.name}: the laboratory is closed")
        return self._kernel

    @property
    def _open_wire(self) -> Links:
        if self._wire is None:
            raise LabError(f"{self._daemon.name}: the laboratory is closed")
        return self._wire

    def device_address(self, link: LinkName, version: Literal[4, 6] = 6) -> Address:
        interface = self._open_kernel.interface(link)
        return interface.address if version == 6 else interface.ipv4

    def device_mac(self, link: LinkName) -> str:
        return self._open_kernel.interface(link).mac

    def attach(self, link: LinkName, mac: str, addresses: Sequence[Address]) -> None:
        self._open_wire.attach(link, mac, addresses)
        self._open_kernel.introduce(link, mac, addresses)

    def now(self) -> Microseconds:
        return self.clock.now()

    def send(self, link: LinkName, frame: bytes) -> Microseconds:
        return self._open_wire.send(link, frame)

    def receive(self, deadline: Microseconds) -> Sequence[SeenFrame]:
        return self._open_wire.receive(deadline)

    def noise(self, since: Microseconds) -> Microseconds:
        """A frame that we ourselves lost makes the whole time since then worthless."""
        worst = self.clock.span(self._house.noise.worst(self.clock.monotonic(since)))
        if self._open_wire.lost_since(since):
            return max(worst, self.clock.now() - since)
        return worst

    def fib(self) -> Sequence[FibEntry]:
        told = self._daemon.fib(self._room)
        return self._open_kernel.fib() if told is None else told

    def alive(self) -> bool:
        return all(process.status() is None for process in self._room.processes.values())

    def stop_device(self) -> None:
        self._daemon.stop(self._room)

    def memory_octets(self) -> int | None:
        total = 0
        for process in self._room.processes.values():
            try:
                total += psutil.Process(process.number).memory_info().rss
            except psutil.Error:
                return None
        return total

    def evidence(self) -> dict[str, str]:
        files = dict(self._files)
        files["links.txt"] = "".join(
            f"{one.link}: {one.name} {one.mac} {one.address} {one.ipv4}/24\n" for one in self._room.interfaces
        )
        files["processes.txt"] = self._process_report()
        for name in self._room.processes:
            files[f"{name}.log"] = self._room.log(name)
        files["kernel-routes.txt"] = self._house.ask(["ip", "-6", "route", "show", "table", "all"])
        files["kernel-routes.txt"] += self._house.ask(["ip", "-4", "route", "show", "table", "all"])
        if self.alive():
            files.update(self._daemon.tables(self._room))
        return {name: text[-_EVIDENCE_CHARACTERS:] for name, text in files.items()}

    def _process_report(self) -> str:
        lines = [f"clock: {self.clock.rate} times the wall's\n"]
        for name, process in self._room.processes.items():
            status = process.status()
            lines.append(f"{name}: {'runs' if status is None else how_it_ended(status)}\n")
        lines += [
            f"core dump: {path.name}, {path.stat().st_size} octets, in {path.parent}\n"
            for path in sorted(self._house.workdir.glob("core*"))
        ]
        return "".join(lines)

    def close(self) -> None:
        if self._wire is not None:
            self._wire.close()
            self._wire = None
        if self._kernel is not None:
            self._kernel.close()
            self._kernel = None
        self._house.close()


def _write_files(folder: Path, files: Mapping[str, str]) -> None:
    """Into an empty folder: what an earlier device has left there would not be a fresh one's."""
    try:
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise LabError(f"{folder}: cannot be written: {error.strerror}") from error


def how_it_ended(status: int) -> str:
    """An exit status in words."""
    if status >= 0:
        return f"ended with status {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"


def tail(path: Path) -> str:
    """The last part of a text file; empty where there is none."""
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - _EVIDENCE_CHARACTERS, 0))
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def describe_environment() -> dict[str, str]:
    """What besides the daemon has a part in a verdict: name to version."""
    system = os.uname()
    libraries = {name: package_version(name) for name in ("scapy", "pyroute2")}
    return {
        "kernel": f"{system.sysname} {system.release} {system.machine}",
        "libfaketime": Program("libfaketime", "libfaketime").package_version() or "not installed",
        **libraries,
    }


def printed_version(command: Sequence[str]) -> str:
    """The first line that a program prints when asked for its version; empty when it prints none."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    lines = (result.stdout + result.stderr).strip().splitlines()
    return lines[0].strip() if lines else ""
