# SPDX-License-Identifier: GPL-2.0-only
"""What holds for every test: nothing is skipped, and what is random is repeatable (unless asked not to)."""

import os
import signal
from collections.abc import Generator

import pytest
from hypothesis import settings

settings.register_profile("default", derandomize=True, deadline=None, database=None, max_examples=100)
settings.register_profile("long", deadline=None, print_blob=True, max_examples=20_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


LONGEST_ID_OCTETS = 24


def pytest_configure() -> None:
    """A shell lets what it starts in the background ignore interrupts; some tests are about interrupts."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_make_parametrize_id(val: object) -> str | None:
    """Long octets as a name are no name, and differ from worker to worker where a clock went into them."""
    if isinstance(val, bytes) and len(val) > LONGEST_ID_OCTETS:
        return f"{len(val)} octets"
    return None


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """A test that cannot run proves nothing: make it a failure that says why it wanted to stop.

    That holds for a test that is expected to fail, too: what is expected is what a test asserts.
    """
    if report.outcome != "skipped":
        return
    reason = getattr(report, "wasxfail", "")
    if reason:
        del report.wasxfail
    elif isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
    report.outcome = "failed"
    report.longrepr = f"not run, and nothing may be skipped: {reason or report.longrepr}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many ran: a suite that has lost half of its tests must not look as it did."""
    outcomes = ("passed", "failed", "error", "skipped", "deselected")
    counts = ", ".join(f"{len(terminalreporter.stats.get(outcome, []))} {outcome}" for outcome in outcomes)
    terminalreporter.write_line(f"profile {settings.get_current_profile_name()}: {counts}")
