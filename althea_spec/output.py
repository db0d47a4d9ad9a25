# SPDX-License-Identifier: GPL-2.0-only
"""Writing to stdout, so that a reader which goes away is noticed.

Left to themselves, click drops that error in silence (and the command ends with 0), rich ends the program
with 1, and an unbuffered Python loses what a pipe did not take; each of these would be taken for a verdict.
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console

_WIDTH_WITHOUT_TERMINAL = 120
"""Columns for logs, where nobody can widen a window."""


@contextmanager
def terminal() -> Iterator[Console]:
    """A console whose output is written to stdout, styled where that is a terminal, when the block ends.

    Logs get a fixed width unless ``COLUMNS`` says another one.

    Raises:
        OSError: it cannot be written.
    """
    fixed = not sys.stdout.isatty() and "COLUMNS" not in os.environ
    console = Console(width=_WIDTH_WITHOUT_TERMINAL if fixed else None)
    with console.capture() as captured:
        yield console
    write_text(captured.get())


def write_text(text: str) -> None:
    """Write data to stdout as it is.

    Raises:
        OSError: it cannot be written.
    """
    sys.stdout.flush()
    left = text.encode(sys.stdout.encoding, errors="replace")
    while left:
        left = left[sys.stdout.buffer.write(left) :]
    sys.stdout.flush()


def write_json(value: Any) -> None:
    """Write a value as JSON, and a newline.

    Raises:
        OSError: it cannot be written.
    """
    write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")
