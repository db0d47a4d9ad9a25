# SPDX-License-Identifier: GPL-2.0-only
"""A target file: how to start a routing daemon that the suite has never heard of, or where to find a box.

``examples/babeld.toml`` shows every field of a daemon.
"""

import os
import re
import shutil
import signal
import tomllib
from collections.abc import Sequence
from ipaddress import IPv6Address, IPv6Network
from pathlib import Path
from string import Formatter
from types import MappingProxyType
from typing import Annotated, Final

from attrs import frozen
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_validator,
    model_validator,
)

from althea_spec.conformance.lab import DeviceConfig, Feature, FibEntry, LabError, LinkConfig, Target

from .cable import EXPECTED_FEATURES, CableTarget, box_address
from .daemon import SEARCH_FOLDERS, Daemon, DaemonTarget, Program, Rates, Room, printed_version
from .fib import STUB, Interface, plan_interfaces
from .management_socket import ManagementSocket, fib_entries
from .namespace import INSIDE

CONFIGURATION: Final = "device.conf"
PLACEHOLDERS: Final = ("links", "config", "workdir")
_LIST_PLACEHOLDER: Final = "{links}"
_templates: Final = SandboxedEnvironment(
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def _feature(value: object) -> object:
    if value not in set(Feature):
        raise ValueError(f"expected features out of {', '.join(sorted(Feature))}; got '{value}'")
    return value


def _signal(value: object) -> object:
    if value not in {one.name for one in signal.Signals}:
        raise ValueError(f"expected the name of a signal, such as SIGTERM; got '{value}'")
    return value


FeatureName = Annotated[Feature, BeforeValidator(_feature)]
SignalName = Annotated[str, BeforeValidator(_signal)]
Rate = Annotated[int, Field(ge=1, le=100)]
Words = Annotated[tuple[str, ...], Field(min_length=1)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileRates(_Model):
    """How much faster than the wall the daemon's clock may run at each pace."""

    real: Rate = 1
    fast: Rate = 1
    faster: Rate = 1


class DaemonFile(_Model):
    """A daemon that the suite starts on links of its own making."""

    name: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9._-]*$")
    """By default the file's name."""
    command: Words
    """Program and arguments; it must stay in the foreground.  ``{links}`` as a whole argument becomes one for
    each interface; ``{config}`` and ``{workdir}`` may stand within one."""
    config: str = ""
    """A Jinja template of its configuration; see :func:`render`."""
    environment: dict[str, str] = {}
    features: tuple[FeatureName, ...]
    concurrency: int = Field(1, ge=1, le=64)
    faketime: bool = False
    """Whether libfaketime may be preloaded: not into a program that is statically linked or setuid."""
    rates: FileRates = FileRates()
    ready_timeout: float = Field(15.0, gt=0, le=300)
    """Wall seconds until it must have sent a Hello on every link."""
    stop_signal: SignalName = "SIGTERM"
    version_command: Words | None = None
    management: str | None = None
    """Path of its management socket, in babeld's dialect (``{workdir}/my.socket``): then its routes are read
    there and not in the kernel, and what it tells is evidence."""
    tables: dict[Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]+$")], Words] = {}
    """Evidence: file name to a command, run beside the daemon, whose output goes there."""
    install: str = ""
    """What to do when the program is missing: ``apt-get install my-router``."""

    @field_validator("command")
    @classmethod
    def _known_placeholders(cls, command: tuple[str, ...]) -> tuple[str, ...]:
        for argument in command:
            names = [name for _, name, _, _ in Formatter().parse(argument) if name is not None]
            for name in names:
                if name not in PLACEHOLDERS:
                    expected = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
                    raise ValueError(f"expected the placeholders {expected}; got '{{{name}}}'")
            if "links" in names and argument != _LIST_PLACEHOLDER:
                raise ValueError("expected {links} to be an argument of its own")
        return command

    @field_validator("management")
    @classmethod
    def _in_the_work_folder(cls, management: str | None) -> str | None:
        if management is not None and not re.fullmatch(r"\{workdir\}/[A-Za-z0-9._-]+", management):
            raise ValueError(f"expected a path such as {{workdir}}/router.socket; got '{management}'")
        return management

    @model_validator(mode="after")
    def _rates_need_faketime(self) -> "DaemonFile":
        if not self.faketime and self.rates != FileRates():
            raise ValueError("expected 'faketime = true' where a rate is above 1")
        return self


class CableFile(_Model):
    """A box on a cable."""

    name: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9._-]*$")
    cable: dict[str, str] = Field(min_length=1)
    """Interface to the box's link-local address there."""
    features: tuple[FeatureName, ...] | None = None
    """By default what a router on Ethernet may be expected to do."""
    reset_command: tuple[str, ...] = ()
    """Makes the box fresh, and returns when that is done; run before every trace."""
    ready_timeout: float = Field(12.0, gt=0, le=300)
    management: str | Words | None = None
    """Its management socket, in babeld's dialect: ``[::1]:6872``, a path, or a command that leads there, such
    as ``["ssh", "root@box", "nc", "::1", "6872"]``."""
    own_interfaces: dict[str, str] = {}
    """Our interface to the name that the box has for the other end: ``{ eth1 = "wg0" }``."""

    @model_validator(mode="after")
    def _routes_need_a_socket(self) -> "CableFile":
        if self.features is not None and Feature.FIB in self.features and self.management is None:
            raise ValueError("expected 'management' beside the feature 'fib': a cable shows no routes")
        if self.management is not None and set(self.own_interfaces) != set(self.cable):
            expected = ", ".join(sorted(self.cable))
            raise ValueError(f"expected 'own_interfaces' for {expected} beside 'management'")
        return self


@frozen
class _OwnProgram(Program):
    """A program that a target file names; the package is what the file says about installing it."""

    file: Path

    def path(self) -> str:
        if "/" in self.name:
            found = shutil.which(self.file.parent / self.name)
        else:
            search = os.pathsep.join([os.environ.get("PATH", os.defpath), *SEARCH_FOLDERS])
            found = shutil.which(self.name, path=search)
        if found is None:
            advice = self.package or "correct the first word of 'command'"
            raise LabError(f"{self.file}: command: no program {self.name}; {advice}")
        return str(Path(found).absolute())

    def package_version(self) -> str:
        return ""


class CustomDaemon(Daemon):
    """What a target file says."""

    def __init__(self, path: Path, file: DaemonFile) -> None:
        self._path = path
        self._file = file
        self.name = file.name or path.stem
        self.programs = (_OwnProgram(file.command[0], file.install, path),)
        self.features = frozenset(file.features)
        self.rates = Rates(file.rates.real, file.rates.fast, file.rates.faster)
        self.ready_seconds = file.ready_timeout

    def concurrency(self) -> int:
        return self._file.concurrency

    def version(self) -> str:
        command = self._file.version_command
        if command is None:
            return "unknown"
        return printed_version([_OwnProgram(command[0], "", self._path).path(), *command[1:]]) or "unknown"

    def files(self, device: DeviceConfig, interfaces: Sequence[Interface]) -> dict[str, str]:
        try:
            return {CONFIGURATION: render(self._file.config, device, interfaces)}
        except TemplateError as error:
            raise LabError(f"{self._path}: config: {error}") from error

    def start(self, room: Room) -> None:
        program = self.programs[0].path()
        names = [interface.name for interface in room.interfaces]
        command = [program, *expand(self._file.command[1:], names)]
        room.start(self.name, command, self._file.environment)

    def tables(self, room: Room) -> dict[str, str]:
        tables = {name: room.house.ask(command) for name, command in self._file.tables.items()}
        if self._file.management is not None:
            with self._ask(room) as management:
                management.dump()
                tables["management.txt"] = management.transcript()
        return tables

    def fib(self, room: Room) -> Sequence[FibEntry] | None:
        if self._file.management is None:
            return None
        links = {interface.name: interface.link for interface in room.interfaces}
        with self._ask(room) as management:
            return fib_entries(management.dump(), links)

    def _ask(self, room: Room) -> ManagementSocket:
        name = Path((self._file.management or "").format(workdir="")).name
        try:
            return ManagementSocket(room.connect(name))
        except OSError as error:
            raise LabError(f"{self._path}: management: {error.strerror or error}") from error

    def stop(self, room: Room) -> None:
        for process in room.processes.values():
            process.send_signal(signal.Signals[self._file.stop_signal])


def expand(arguments: Sequence[str], links: Sequence[str]) -> list[str]:
    """The arguments of a command with their placeholders filled in."""
    expanded: list[str] = []
    for argument in arguments:
        if argument == _LIST_PLACEHOLDER:
            expanded += links
        else:
            expanded.append(argument.format(config=INSIDE / CONFIGURATION, workdir=INSIDE))
    return expanded


def render(template: str, device: DeviceConfig, interfaces: Sequence[Interface]) -> str:
    """Fill in the template of a configuration.

    It sees ``links`` (each with ``interface``, ``medium``, ``hello_interval`` and ``update_interval`` in
    centiseconds or none for the daemon's own default, ``mtu``, ``rtt``), ``originates`` (prefixes, each with
    ``version`` and ``prefixlen``; they are kernel routes of protocol 4 on the interface that ``stub`` names),
    ``config`` and ``workdir``.

    Raises:
        jinja2.TemplateError: it is not a template, or names something else.
    """
    links = [
        {
            "interface": interface.name,
            "medium": link.medium,
            "hello_interval": link.hello_interval,
            "update_interval": link.update_interval,
            "mtu": link.mtu,
            "rtt": link.rtt,
        }
        for interface, link in zip(interfaces, device.links, strict=True)
    ]
    return _templates.from_string(template).render(
        links=links,
        originates=device.originates,
        stub=STUB,
        config=str(INSIDE / CONFIGURATION),
        workdir=str(INSIDE),
    )


def load_target_file(path: Path) -> Target:
    """The target that a TOML file describes: a daemon (``command``) or a box (``cable``).

    Raises:
        LabError: it cannot be read, is not TOML, or has a wrong field; the line names file and field.
    """
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LabError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise LabError(f"{path}: not TOML: {error}") from error
    model: type[CableFile | DaemonFile] = CableFile if "cable" in data else DaemonFile
    try:
        file = model.model_validate(data)
    except ValidationError as error:
        raise LabError(f"{path}: {_in_words(error, model)}") from error
    return _box(path, file) if isinstance(file, CableFile) else _daemon(path, file)


def _daemon(path: Path, file: DaemonFile) -> DaemonTarget:
    daemon = CustomDaemon(path, file)
    # A mistake in the template must not wait for the first trace.
    links = (LinkConfig("a"), LinkConfig("b", "wireless", 100, 400))
    sample = DeviceConfig(links, (IPv6Network("2001:db8::/64"),))
    daemon.files(sample, plan_interfaces(sample))
    return DaemonTarget(daemon)


def _box(path: Path, file: CableFile) -> CableTarget:
    cables: dict[str, IPv6Address] = {}
    for interface, text in file.cable.items():
        try:
            cables[interface] = box_address(interface, text)
        except LabError as error:
            raise LabError(f"{path}: cable: {error}") from error
    return CableTarget(
        MappingProxyType(cables),
        name=file.name or path.stem,
        features=_features(file),
        management=file.management,
        own_interfaces=MappingProxyType(file.own_interfaces),
        reset_command=file.reset_command,
        seconds_to_hello=file.ready_timeout,
    )


def _features(file: CableFile) -> frozenset[Feature]:
    """What the file says; else what may be expected, and its routes if it has a socket that tells them."""
    if file.features is not None:
        return frozenset(file.features)
    return EXPECTED_FEATURES | ({Feature.FIB} if file.management is not None else set())


def _in_words(error: ValidationError, model: type[BaseModel]) -> str:
    """The first thing that is wrong: field, and what was expected."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "(the whole file)"
    if first["type"] == "extra_forbidden":
        known = FileRates if first["loc"][0] == "rates" else model
        return f"{where}: no such field; expected one of {', '.join(sorted(known.model_fields))}"
    message = first["msg"].removeprefix("Value error, ")
    return f"{where}: {message[0].lower()}{message[1:]}"
