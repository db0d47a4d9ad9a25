# SPDX-License-Identifier: GPL-2.0-only
"""Running the command line inside the test's own process."""

import signal
from collections.abc import Callable, Iterator

import pytest
from attrs import frozen

import althea_spec.target_finding
from althea_spec.cli import main

from .stand_in import EntryPointOf, StandIn


@frozen
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Callable[..., Done]]:
    """Call with the words after ``althea-spec``; the targets are two stand-ins."""
    registered = [EntryPointOf("stand-in", StandIn()), EntryPointOf("yes-man", StandIn("yes-man", True))]
    monkeypatch.setattr(althea_spec.target_finding, "entry_points", lambda **_group: registered)
    monkeypatch.setenv("COLUMNS", "110")
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGALRM)
    handlers = {number: signal.getsignal(number) for number in numbers}

    def call(*words: str) -> Done:
        monkeypatch.setattr("sys.argv", ["althea-spec", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        return Done(ended.value.code, out, err)

    yield call
    for number, handler in handlers.items():
        signal.signal(number, handler)
