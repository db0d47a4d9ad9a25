# SPDX-License-Identifier: GPL-2.0-only
"""What is known of a requirement in real implementations: from their last runs, and from what is declared."""

from collections.abc import Collection, Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from attrs import frozen
from pydantic import ValidationError

from .known import FOLDER, load_known
from .report.document import VerdictsDocument


class Source(StrEnum):
    """Where a verdict stands."""

    RUN = "run"
    DECLARED = "declared"


@frozen
class Said:
    """One word on one implementation."""

    source: Source
    implementation: str
    """Name and version."""
    when: str
    """Of a run; empty for a declaration."""
    verdict: str
    requirement: str = ""
    trace: str = ""
    allowed: str = ""
    came: str = ""
    """What was seen, or the reason of a declaration."""
    link: str = ""


@frozen
class Report:
    """The last run in one folder."""

    folder: Path
    title: str
    """Empty: there is no run that can be read."""
    problem: str
    said: tuple[Said, ...]


def last_run(family: Collection[str], folder: Path) -> Report:
    """What the run in a report folder found on a class of requirements."""
    path = folder / "verdicts.json"
    try:
        document = VerdictsDocument.model_validate_json(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problem = f"No verdicts yet: {path} does not exist; 'make conformance' writes it."
        return Report(folder, "", problem, ())
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        kind = "breaks its schema" if isinstance(error, ValidationError) else f"cannot be read: {error}"
        return Report(folder, "", f"{path}: {kind}; 'make conformance' writes it anew.", ())
    title = f"{document.target.name} {document.target.version}, {document.started}"
    return Report(folder, title, "", tuple(_found(document, family)))


def _found(document: VerdictsDocument, family: Collection[str]) -> Iterator[Said]:
    for run in document.traces:
        for one in run.findings:
            if one.requirement in family:
                yield Said(
                    source=Source.RUN,
                    implementation=f"{document.target.name} {document.target.version}",
                    when=document.started,
                    verdict=one.verdict.value,
                    requirement=one.requirement,
                    trace=run.id,
                    allowed=one.allowed,
                    came=one.came or one.reason,
                    link=one.link,
                )


def declared(family: Collection[str], folder: Path = FOLDER) -> Iterator[Said]:
    """What released routers are declared to do about a class of requirements: at least a line for each.

    Raises:
        KnownError: a file of declarations is wrong.
    """
    for path in sorted(folder.glob("*.toml")):
        known = load_known(path)
        name = f"{known.target} {known.version}"
        found = [one for one in known.known if one.requirement in family]
        for one in found:
            verdict = "KNOWN (in some runs)" if one.sometimes else "KNOWN"
            yield Said(
                source=Source.DECLARED,
                implementation=name,
                when="",
                verdict=verdict,
                requirement=one.requirement,
                trace=", ".join(one.traces),
                came=one.reason,
                link=one.link,
            )
        if not found:
            yield Said(Source.DECLARED, name, "", "no deviation declared")


def as_json(said: Iterable[Said]) -> list[dict[str, str]]:
    """For programs, without what is empty."""
    names = ("implementation", "when", "verdict", "requirement", "trace", "allowed", "came", "link")
    return [
        {"source": one.source.value, **{name: getattr(one, name) for name in names if getattr(one, name)}}
        for one in said
    ]
