# SPDX-License-Identifier: GPL-2.0-only
"""A process for each laboratory, as the runner does it."""

import os
import traceback
from collections.abc import Callable
from multiprocessing import get_context
from typing import Any, TypeAlias

import psutil
import pytest

WALL_SECONDS = 40
PATIENT_WALL_SECONDS = 260

InWorker: TypeAlias = Callable[..., Any]


def _child(work: Callable[..., Any], arguments: tuple[Any, ...], pipe: Any) -> None:
    try:
        value = work(*arguments)
        left = [one.cmdline() for one in psutil.Process().children(recursive=True)]
        assert not left, f"processes are left behind: {left}"
        pipe.send(("value", value))
    except BaseException:
        pipe.send(("error", traceback.format_exc()))
    finally:
        os._exit(0)


def _runner(seconds: float) -> InWorker:
    context = get_context("fork")

    def run(work: Callable[..., Any], *arguments: Any) -> Any:
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_child, args=(work, arguments, theirs))
        process.start()
        theirs.close()
        answered = ours.poll(seconds)
        kind, value = ours.recv() if answered else ("error", f"no answer within {seconds:g} s")
        process.kill()
        process.join()
        assert kind == "value", value
        return value

    return run


@pytest.fixture
def in_worker() -> InWorker:
    """Run a function in a fresh forked process; it must leave no process of its own behind."""
    return _runner(WALL_SECONDS)


@pytest.fixture
def in_patient_worker() -> InWorker:
    """The same for a whole network of routers that may heal slowly."""
    return _runner(PATIENT_WALL_SECONDS)
