# SPDX-License-Identifier: GPL-2.0-only
"""The accounts of a live node: an event is a step of the reference, then a transaction, then its effects."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, TextIO

from althea_spec.conformance.plain import one_line
from althea_spec.reference.payments import account_machine
from althea_spec.reference.payments.account_config import AccountConfig
from althea_spec.reference.payments.account_events import Effect, Event
from althea_spec.reference.payments.account_rejection import AccountRejection
from althea_spec.reference.payments.ledger import Ledger, restored
from althea_spec.reference.routing.messages import Microseconds
from althea_spec.spec.vectors.errors import VectorError
from althea_spec.spec.vectors.reading import from_json
from althea_spec.spec.vectors.writing import to_json

from .ledger_file import LedgerFile

_EVENT: Final[Any] = Event
_EFFECT: Final[Any] = Effect


class Accountant:
    """Keeps the accounts of one node in a file."""

    def __init__(self, file: LedgerFile, config: AccountConfig) -> None:
        """Go on where the file ends."""
        self._file = file
        self.ledger: Ledger = restored(config, file.rows)

    def happen(self, event: Event, now: Microseconds) -> tuple[Effect, ...] | AccountRejection:
        """Let one thing happen; what comes back is to be carried out, and is already written down.

        Raises:
            LiveError: it cannot be written; nothing may be carried out any more.
            ValueError: time went backwards.
        """
        _, outcome = account_machine.step(self.ledger, event, now)
        if isinstance(outcome, AccountRejection):
            return outcome
        if outcome.changes:
            self._file.write(outcome.changes)
        return outcome.effects


def serve(path: Path, config: AccountConfig, questions: Iterable[str], answers: TextIO) -> None:
    """Answer one line for each line, to the end of the input.

    ``{"now": MICROSECONDS, "event": {"type": "Metered", …}}`` is answered with ``{"effects": […]}``, with
    ``{"rejected": REASON}``, or with ``{"error": LINE}`` when it was no event.  Once the answer is there,
    what it says is on the disk.  Whoever asks begins with ``Resumed``, also after a crash of its own.

    Raises:
        LiveError: the ledger cannot be opened or written.
    """
    with LedgerFile(path, config) as file:
        accountant = Accountant(file, config)
        for line in questions:
            answers.write(json.dumps(_answer(accountant, line)) + "\n")
            answers.flush()


def _answer(accountant: Accountant, line: str) -> dict[str, Any]:
    try:
        question = json.loads(line)
        if not isinstance(question, dict) or set(question) != {"now", "event"}:
            raise VectorError(f"line: expected an object with 'now' and 'event'; got {line.strip()[:80]}")
        now = from_json(question["now"], int, "now")
        event = from_json(question["event"], _EVENT, "event")
        outcome = accountant.happen(event, now)
    except (VectorError, ValueError) as error:
        return {"error": one_line(str(error))}
    if isinstance(outcome, AccountRejection):
        return {"rejected": outcome.name}
    return {"effects": [to_json(one, _EFFECT) for one in outcome]}
