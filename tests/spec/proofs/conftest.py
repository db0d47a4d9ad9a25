# SPDX-License-Identifier: GPL-2.0-only
"""Taking the small functions of the tests for a part of the reference."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from althea_spec.spec.proofs.engine import calls, proving

from .toys import kernels


@pytest.fixture
def tests_are_reference(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Calls to functions of ``toys`` are recorded and modelled as if they were the reference's."""
    monkeypatch.setattr(calls, "_ROOM", Path(kernels.__file__).resolve().parent)
    monkeypatch.setattr(proving, "_ROOM", kernels.__name__)
    calls._known.clear()
    yield
    calls._known.clear()
