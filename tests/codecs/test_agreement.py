# SPDX-License-Identifier: GPL-2.0-only
"""The reference codec and the scapy layer, written independently, say the same of every packet."""

import pytest
from hypothesis import given, settings

from .examples import EXAMPLES, example
from .neutral import from_reference, from_scapy
from .strategies import packets


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str) -> None:
    assert from_scapy(example(name)) == from_reference(example(name))


@settings(max_examples=max(300, settings().max_examples))
@given(packets())
def test_made_packets(payload: bytes) -> None:
    assert from_scapy(payload) == from_reference(payload)
