# SPDX-License-Identifier: GPL-2.0-only
"""Text from a device under test, made safe to show.

What a daemon prints ends up on a terminal, in XML and in a page.  Control characters could rewrite the
terminal, and most of them are not allowed in XML at all.
"""

import re

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)


def printable(text: str) -> str:
    r"""Control, direction-changing and unpaired characters as ``\x1b``, ``\u202e``; newline and tab stay."""
    return _UNSAFE.sub(lambda match: _escape(ord(match.group())), text)


def one_line(text: str) -> str:
    """Printable, with every run of white space as one blank."""
    return printable(" ".join(text.split()))


def _escape(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
