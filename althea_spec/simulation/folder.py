# SPDX-License-Identifier: GPL-2.0-only
"""Where the report of a simulation goes: written beside its place and put there in one piece."""

import shutil
import tempfile
from pathlib import Path

from ..conformance.plain import one_line
from ..conformance.report.folder import ReportError

_MARK = "economy.json"
"""A folder that has this is an older report of ours, and may be replaced."""


def check_place(place: Path) -> None:
    """Make sure before the run that its report can be written.

    Raises:
        ReportError: it cannot, or something that is no such report is already there.
    """
    try:
        if place.is_symlink() or (place.exists() and not place.is_dir()):
            raise ReportError(f"{place}: expected a folder or nothing; this is another thing")
        if place.is_dir() and any(place.iterdir()) and not (place / _MARK).is_file():
            raise ReportError(
                f"{place}: holds something that is no such report; name another folder, or empty it"
            )
        with tempfile.TemporaryDirectory(prefix=f".{place.name}-", dir=place.absolute().parent):
            pass
    except OSError as error:
        raise _cannot(place, error) from error


def write(place: Path, page: str, document: str) -> None:
    """Write both files; a report that was there before is there still if that fails.

    Raises:
        ReportError: the disk is full, for example.
    """
    target = place.absolute()
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
        try:
            staging.chmod(0o755)
            (staging / "index.html").write_text(page, encoding="utf-8")
            (staging / _MARK).write_text(document, encoding="utf-8")
            if target.exists():
                shutil.rmtree(target)
            staging.rename(target)
        finally:
            shutil.rmtree(staging, ignore_errors=True)
    except OSError as error:
        raise _cannot(place, error) from error


def _cannot(place: Path, error: OSError) -> ReportError:
    reason = error.strerror or one_line(str(error))
    return ReportError(f"{place}: the report cannot be written: {reason}; name another folder with --report")
