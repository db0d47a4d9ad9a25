# SPDX-License-Identifier: GPL-2.0-only
"""Bundles: everything that a stranger needs to see, and to repeat, what went wrong in one trace.

A bundle is a ``tar.gz`` with one folder: ``trace.yaml`` (the questions), ``verdict.json`` (what was found, by
which suite, on which target, with which versions), ``conversation.txt``, ``capture.pcapng``, and below
``target/`` the device's configuration, output, tables and crash reports.
"""

import gzip
import io
import tarfile
import zlib
from pathlib import Path
from typing import IO, Annotated, Any, Literal

import yaml
from attrs import frozen
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .plain import one_line, printable
from .report.document import Suite, TargetVersion, TraceRecord, evidence_name
from .trace import Trace, TraceError
from .verdict import ConversationRow, TraceResult

_LARGEST_MEMBER = 16 * 1024 * 1024
"""Octets of a trace or a verdict that are read from a bundle, which may come from anybody."""
_MOST_MEMBERS = 100


class BundleError(Exception):
    """A bundle cannot be written or read: one line that names the file and what is wrong."""


class BundleVerdict(BaseModel):
    """``verdict.json`` of a bundle."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    suite: Suite
    target: TargetVersion
    target_argument: Annotated[str, Field(min_length=1)]
    """What ``--target`` was."""
    environment: dict[str, str]
    started: str
    trace: TraceRecord


@frozen
class Bundle:
    """What is needed to replay."""

    trace: Trace
    verdict: BundleVerdict


def write_bundle(path: Path, trace: Trace, result: TraceResult, verdict: BundleVerdict) -> None:
    """Write one bundle; the same contents give the same octets.

    Raises:
        OSError: it cannot be written.
    """
    members = {
        "trace.yaml": trace_yaml(trace).encode(),
        "verdict.json": (verdict.model_dump_json(indent=2) + "\n").encode(),
        "conversation.txt": conversation_text(result.conversation).encode(),
        "capture.pcapng": result.capture,
        **{
            f"target/{_file_name(name)}": text.encode(errors="backslashreplace")
            for name, text in sorted(result.files.items())
        },
    }
    with (
        path.open("wb") as file,
        gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive,
    ):
        for name, content in members.items():
            member = tarfile.TarInfo(f"{evidence_name(trace.id)}/{name}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def read_bundle(path: Path) -> Bundle:
    """Read the trace and the verdict of a bundle; nothing is unpacked onto the disk.

    Raises:
        BundleError: it cannot be read, is not a bundle, or its trace or verdict breaks the schema.
    """
    try:
        with path.open("rb") as file:
            members = _first_members(path, file)
    except OSError as error:
        raise BundleError(f"{path}: cannot be read: {error.strerror or one_line(str(error))}") from error
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise BundleError(f"{path}: expected a bundle (tar.gz): {one_line(str(error))}") from error
    for name in ("trace.yaml", "verdict.json"):
        if name not in members:
            raise BundleError(f"{path}: expected a bundle with {name}; it has none")
    try:
        return Bundle(
            trace=trace_from_yaml(f"{path}: trace.yaml", members["trace.yaml"].decode()),
            verdict=BundleVerdict.model_validate_json(members["verdict.json"]),
        )
    except UnicodeDecodeError as error:
        raise BundleError(f"{path}: trace.yaml: expected UTF-8") from error
    except ValidationError as error:
        raise BundleError(f"{path}: verdict.json: {_first_problem(error)}") from error
    except TraceError as error:
        raise BundleError(str(error)) from error


def trace_yaml(trace: Trace) -> str:
    """A trace as a trace file; what has its default value is left out."""
    data = trace.model_dump(mode="json", exclude_unset=True)
    return yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=100)


def trace_from_yaml(name: str, text: str) -> Trace:
    """The other way round.

    Raises:
        TraceError: it is not YAML or breaks the schema; ``name`` stands for the file.
    """
    try:
        return Trace.model_validate(yaml.safe_load(text))
    except (yaml.YAMLError, RecursionError) as error:
        raise TraceError(f"{name}: not YAML: {one_line(str(error))}") from error
    except ValidationError as error:
        raise TraceError(f"{name}: {_first_problem(error)}") from error


def conversation_text(rows: tuple[ConversationRow, ...]) -> str:
    """One line for each row, aligned, for reading without Wireshark."""
    arrows = {"sent": "->", "received": "<-", "looked": "??"}
    return "".join(
        f"{row.time / 1_000_000:12.6f} s  {arrows[row.direction]} {row.link:<4} {row.neighbour:<6} "
        f"{row.role:<10} {one_line(row.summary)}"
        f"{'  [' + ' '.join(row.requirements) + ']' if row.requirements else ''}\n"
        for row in rows
    )


def _first_members(path: Path, file: IO[bytes]) -> dict[str, bytes]:
    # A stream, so that a bundle of unknown origin is read no further than needed.
    wanted: dict[str, bytes] = {}
    with tarfile.open(fileobj=file, mode="r|gz") as archive:
        for index, member in enumerate(archive):
            name = member.name.rpartition("/")[2]
            if name in {"trace.yaml", "verdict.json"} and member.isfile() and name not in wanted:
                if member.size > _LARGEST_MEMBER:
                    too_large = f"{member.size} octets; expected at most {_LARGEST_MEMBER}"
                    raise BundleError(f"{path}: {name}: {too_large}")
                content = archive.extractfile(member)
                wanted[name] = content.read() if content else b""
            if len(wanted) == 2 or index >= _MOST_MEMBERS:
                break
    return wanted


def _first_problem(error: ValidationError) -> str:
    first: Any = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or "(top)"
    return f"{where}: {one_line(first['msg'])}"


def _file_name(name: str) -> str:
    flat = printable(name).replace("/", "--").lstrip(".")
    return flat or "unnamed"
