# SPDX-License-Identifier: GPL-2.0-only
"""Declared deviations: what a released router is known to do wrong, kept as data.

A file ``known/<target>-<version>.toml`` holds what one version of one router was found to do, with the exact
reason and a place where it is documented.  A failure that matches its declaration becomes KNOWN: shown, still
not conformant, but no news.  A declared failure that is gone becomes XPASS and breaks the run, so that a
repaired router, or a changed suite, never goes unnoticed.
"""

import re
import tomllib
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated

from attrs import evolve, frozen
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from .lab import Description
from .plain import one_line
from .trace import RequirementId
from .verdict import Finding, TraceResult, Verdict

EVERY_TRACE = "*"
FOLDER = Path(__file__).parent / "known"


class KnownError(Exception):
    """A file of declared deviations is wrong: one line with the file, the entry and what was expected."""


def _compiles(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"expected a regular expression: {error}") from error
    return value


class Deviation(BaseModel):
    """One requirement that one or several traces show to be broken in one way."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    requirement: RequirementId
    traces: Annotated[tuple[str, ...], Field(min_length=1)]
    """Ids of traces; ``*`` stands for every trace, for a rule that watches each of them."""
    came: Annotated[str, Field(min_length=1), AfterValidator(_compiles)]
    """A regular expression that what came must match somewhere: a failure of another kind is news."""
    reason: Annotated[str, Field(min_length=1)]
    sometimes: bool = False
    """It shows in some runs only (a matter of chance or of load in the router): then a pass is no news, and
    does not unsay it."""
    link: Annotated[str, Field(min_length=1)]
    """Where the deviation is documented: an upstream issue, or a heading of docs/findings.md."""


class KnownFile(BaseModel):
    """What one version of one target is known to do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    target: Annotated[str, Field(min_length=1)]
    version: Annotated[str, Field(min_length=1)]
    """Must occur as a whole word in the version that the target states."""
    known: tuple[Deviation, ...] = ()


@frozen
class Deviations:
    """What is declared for the target at hand; empty when nothing is."""

    source: Path | None = None
    entries: tuple[Deviation, ...] = ()

    def apply(self, result: TraceResult) -> TraceResult:
        """The same result, with declared failures as KNOWN and declared failures that are gone as XPASS."""
        everywhere = {one.requirement: one for one in self.entries if EVERY_TRACE in one.traces}
        here = {one.requirement: one for one in self.entries if result.trace in one.traces}
        declared = everywhere | here
        still_fails = {one.requirement for one in result.findings if one.verdict is Verdict.FAIL}
        findings = tuple(
            _judged(finding, declared[finding.requirement], finding.requirement in still_fails)
            if finding.requirement in declared
            else finding
            for finding in result.findings
        )
        return evolve(result, findings=tuple(_unless_it_repeats(finding) for finding in findings))

    def stand(self, results: Sequence[TraceResult]) -> list[TraceResult]:
        """The results of a run, in which a deviation that shows only sometimes is KNOWN also when it did not.

        A verdict is about the router and not about one run: of each such requirement that nothing else has
        decided, the first finding that passed says so.
        """
        decided = {
            one.requirement
            for result in results
            for one in result.findings
            if one.verdict in {Verdict.FAIL, Verdict.KNOWN}
        }
        settled = list(results)
        for entry in self.entries:
            if entry.sometimes and entry.requirement not in decided and _stands(entry, settled):
                decided.add(entry.requirement)
        return settled


def _stands(entry: Deviation, results: list[TraceResult]) -> bool:
    """Put KNOWN in the place of the first finding that could have shown a deviation, if there is one."""
    for position, result in enumerate(results):
        if not ({result.trace, EVERY_TRACE} & set(entry.traces)):
            continue
        for index, finding in enumerate(result.findings):
            if finding.requirement == entry.requirement and finding.verdict is Verdict.PASS:
                reason = f"{entry.reason}; it did not show in this run"
                known = evolve(finding, verdict=Verdict.KNOWN, reason=reason, link=entry.link)
                findings = (*result.findings[:index], known, *result.findings[index + 1 :])
                results[position] = evolve(result, findings=findings)
                return True
    return False


def _unless_it_repeats(finding: Finding) -> Finding:
    """A failure that nobody declared, and that did not come again, decides nothing."""
    if finding.verdict is not Verdict.FAIL or finding.repeated:
        return finding
    reason = "failed once, and not when the trace was played again"
    return evolve(finding, verdict=Verdict.INCONCLUSIVE, reason=reason)


def _judged(finding: Finding, declared: Deviation, still_fails: bool) -> Finding:
    if finding.verdict is Verdict.FAIL:
        if re.search(declared.came, finding.came):
            return evolve(finding, verdict=Verdict.KNOWN, reason=declared.reason, link=declared.link)
        other = f"declared as KNOWN for another reason (what came does not match '{declared.came}')"
        return evolve(finding, reason=other, link=declared.link)
    if finding.verdict is Verdict.PASS and not still_fails and not declared.sometimes:
        gone = f"declared as KNOWN ({declared.reason}) but it passes: remove the declaration"
        return evolve(finding, verdict=Verdict.XPASS, reason=gone, link=declared.link)
    return finding


def load_known(path: Path) -> KnownFile:
    """Read one file.

    Raises:
        KnownError: it cannot be read, is not TOML, or breaks the schema.
    """
    try:
        return KnownFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise KnownError(f"{path}: cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise KnownError(f"{path}: not TOML: {one_line(str(error))}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"]) or "(top)"
        raise KnownError(f"{path}: {where}: {one_line(first['msg'])}") from error


def deviations_of(
    description: Description,
    judges: Mapping[str, Sequence[str]],
    rules: Container[str],
    folder: Path = FOLDER,
) -> Deviations:
    """What the folder declares for this version of this target.

    Args:
        description: the target, as it says itself.
        judges: every trace of the suite, with the requirements that it judges.
        rules: the requirements that are judged in every trace.
        folder: where the files are.

    Raises:
        KnownError: a file is wrong, names what does not exist, or two files claim the same version.
    """
    found = []
    for path in sorted(folder.glob("*.toml")):
        content = load_known(path)
        check_names(path, content, judges, rules)
        if content.target == description.target and _says(description.version, content.version):
            found.append(Deviations(source=path, entries=content.known))
    if len(found) > 1:
        names = " and ".join(str(one.source) for one in found)
        raise KnownError(f"{names}: both claim {description.target} {description.version}; expected one file")
    return found[0] if found else Deviations()


def check_names(
    path: Path, content: KnownFile, judges: Mapping[str, Sequence[str]], rules: Container[str]
) -> None:
    """Every entry names a trace that exists and a requirement that this trace judges, and none is said twice.

    Raises:
        KnownError: otherwise.
    """
    said: set[tuple[str, str]] = set()
    for index, requirement, trace in _pairs(content.known):
        where = f"{path}: known.{index}"
        if trace == EVERY_TRACE:
            if requirement not in rules:
                raise KnownError(f"{where}.traces: '*' is for rules that watch every trace")
            continue
        if trace not in judges:
            raise KnownError(f"{where}.traces: there is no trace '{trace}'")
        if requirement not in judges[trace] and requirement not in rules:
            raise KnownError(f"{where}.requirement: trace '{trace}' does not judge '{requirement}'")
        if (requirement, trace) in said:
            raise KnownError(f"{where}: '{requirement}' in '{trace}' is declared twice")
        said.add((requirement, trace))


def _pairs(entries: Iterable[Deviation]) -> Iterable[tuple[int, str, str]]:
    for index, entry in enumerate(entries):
        for trace in entry.traces:
            yield index, entry.requirement, trace


def _says(stated: str, version: str) -> bool:
    # A packager's revision may follow ("-1"), a longer upstream version may not (".4", "rc2", "~rc2").
    return re.search(rf"(?<![\w.+~]){re.escape(version)}(?![\w+~]|\.\w)", stated) is not None
