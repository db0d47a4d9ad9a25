# SPDX-License-Identifier: GPL-2.0-only
"""Unmodified programs on a clock that runs faster than the wall's, with libfaketime."""

from pathlib import Path
from typing import Final

from althea_spec.conformance.lab import LabError

_PLACES: Final = (
    "/usr/lib/*/faketime/libfaketime.so.1",  # Debian
    "/usr/lib64/faketime/libfaketime.so.1",
    "/usr/lib/faketime/libfaketime.so.1",
    "/usr/local/lib/faketime/libfaketime.so.1",
)


def library() -> Path:
    """The library to preload.

    Raises:
        LabError: it is not installed.
    """
    for place in _PLACES:
        for path in sorted(Path("/").glob(place.lstrip("/"))):
            return path
    raise LabError(f"libfaketime: not found ({_PLACES[0]}); apt-get install libfaketime")


def environment(rate: int) -> dict[str, str]:
    """What to add to a program's environment so that its clock runs ``rate`` times as fast; 1 adds nothing.

    Raises:
        LabError: libfaketime is not installed.
    """
    if rate == 1:
        return {}
    return {"LD_PRELOAD": str(library()), "FAKETIME": f"+0 x{rate}"}
