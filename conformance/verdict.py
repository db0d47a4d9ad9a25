# SPDX-License-Identifier: GPL-2.0-only
"""What the suite says about a requirement, and why."""

from enum import StrEnum
from typing import Literal

from attrs import field, frozen


class Verdict(StrEnum):
    """Ordered from what a reader must see first."""

    FAIL = "FAIL"
    XPASS = "XPASS"  # declared as KNOWN, and passes: the declaration is out of date
    INCONCLUSIVE = "INCONCLUSIVE"
    KNOWN = "KNOWN"  # fails exactly as declared; still not conformant
    UNSUPPORTED = "UNSUPPORTED"
    NEW = "NEW"
    PASS = "PASS"


@frozen
class Finding:
    """One requirement judged by one trace."""

    requirement: str
    trace: str
    verdict: Verdict
    step: int | None = None
    """Index of the step that decided, from 0; ``None`` for a rule that watches the whole trace."""
    sent: str = ""
    """The last thing sent before the verdict, in words."""
    allowed: str = ""
    """What the requirement allows at this point."""
    came: str = ""
    """What was seen instead (or, on PASS, what was seen)."""
    reason: str = ""
    """Why it is inconclusive, unsupported or known."""
    link: str = ""
    """For KNOWN: where the deviation is documented."""
    repeated: bool = True
    """False for a failure that did not come again when the trace was played once more."""


@frozen
class ConversationRow:
    """One thing that was sent, seen or looked at: what a person reads in place of the capture."""

    time: int
    """Microseconds of protocol time since the laboratory was opened."""
    direction: Literal["sent", "received", "looked"]
    """``sent`` to the device, ``received`` from it; ``looked``: no frame (table, process, memory)."""
    link: str
    summary: str
    """The frame in words, decoded: ``Hello seqno 3 interval 4 s; Update 2001:db8::/64 metric 96 …``."""
    role: str = ""
    """``send``, ``expect``, ``never``, ``barrier``, ``keepalive`` …: why this row is here."""
    requirements: tuple[str, ...] = ()
    """The requirements on which this row was evidence."""
    neighbour: str = ""
    """The neighbour that sent it, or at which it was seen."""
    step: int | None = None
    """Index of the step that sent or judged it, from 0."""
    frame: int | None = None
    """Its number in the capture, from 1."""


@frozen
class TraceResult:
    """Everything that one run of one trace left behind."""

    trace: str
    findings: tuple[Finding, ...]
    wall_seconds: float
    protocol_seconds: float
    capture: bytes = b""
    """A pcapng file whose frames carry role and requirement as comments."""
    conversation: tuple[ConversationRow, ...] = ()
    """The same conversation in words, in order of time."""
    files: dict[str, str] = field(factory=dict)
    """Evidence of the laboratory: file name to text."""
    error: str | None = None
    """The harness failed: one line."""
