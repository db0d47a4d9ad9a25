# SPDX-License-Identifier: GPL-2.0-only
"""What the daemon tells its operator, one line at a time on stderr; the same complaint not over and over."""

import sys
import time
from typing import Final

_REPEAT_SECONDS: Final = 10.0
_REMEMBERED: Final = 1000


class Log:
    """Writes lines with a level in front."""

    def __init__(self, *, verbose: bool = False) -> None:
        self._verbose = verbose
        self._last: dict[str, float] = {}

    def info(self, line: str) -> None:
        """Something that an operator who asked for more wants to see."""
        if self._verbose:
            _write(line)

    def warn(self, line: str) -> None:
        """Something is wrong, and the router goes on; said again only after a while."""
        now = time.monotonic()
        last = self._last.get(line)
        if last is not None and now - last < _REPEAT_SECONDS:
            return
        if len(self._last) >= _REMEMBERED:
            self._last.clear()
        self._last[line] = now
        _write(f"warning: {line}")


def _write(line: str) -> None:
    sys.stderr.write(f"althea-spec router: {line}\n")
    sys.stderr.flush()
