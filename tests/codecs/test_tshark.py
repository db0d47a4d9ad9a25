# SPDX-License-Identifier: GPL-2.0-only
"""tshark, the third opinion, says the same as our codecs, except where it is known to be wrong."""

from ipaddress import IPv6Address

import pytest
from attrs import evolve
from hypothesis import given, settings

from althea_spec.conformance import tshark
from althea_spec.conformance.frames import Datagram, build_frame

from .defects import RULES, Defect, explain, load_defects
from .differences import differences
from .examples import EXAMPLES, example
from .neutral import SENDER, NeutralPacket, TsharkPacket, Value, from_reference, from_tshark
from .strategies import packets

EXAMPLES_TO_MAKE, DISTINCT_PACKETS = {"default": (300, 150), "long": (30_000, 10_000)}[
    settings.get_current_profile_name()
]
"""Hypothesis repeats itself, so it has to make more packets than are wanted."""
DEFECTS = load_defects()


def opinions(payloads: list[bytes]) -> list[TsharkPacket]:
    """What tshark says of each payload; one process reads them all."""
    return [from_tshark(one) for one in tshark.dissect([_frame(payload) for payload in payloads])]


def _frame(payload: bytes) -> bytes:
    return build_frame(
        Datagram(
            source_mac="02:00:00:00:00:01",
            destination_mac="33:33:00:01:00:06",
            source=SENDER,
            destination=IPv6Address("ff02::1:6"),
            source_port=6696,
            destination_port=6696,
            hop_limit=1,
            payload=payload,
        )
    )


def unexplained(ours: NeutralPacket, theirs: TsharkPacket) -> list[str]:
    return [str(one) for one, reason in explain(differences(ours, theirs)).items() if reason is None]


@pytest.fixture(scope="module")
def example_opinions() -> dict[str, TsharkPacket]:
    return dict(zip(EXAMPLES, opinions([example(name) for name in EXAMPLES]), strict=True))


@pytest.fixture(scope="module")
def witness_opinions() -> dict[str, TsharkPacket]:
    return dict(zip((one.id for one in DEFECTS), opinions([one.witness for one in DEFECTS]), strict=True))


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples(name: str, example_opinions: dict[str, TsharkPacket]) -> None:
    assert not unexplained(from_reference(example(name)), example_opinions[name])


def test_made_packets() -> None:
    made: set[bytes] = set()

    @settings(max_examples=EXAMPLES_TO_MAKE)
    @given(packets())
    def make(payload: bytes) -> None:
        made.add(payload)

    make()
    assert len(made) >= DISTINCT_PACKETS
    payloads = sorted(made)
    disagreements = {
        payload.hex(): found
        for payload, theirs in zip(payloads, opinions(payloads), strict=True)
        if (found := unexplained(from_reference(payload), theirs))
    }
    assert not disagreements


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda one: one.id)
def test_defect_is_still_there(defect: Defect, witness_opinions: dict[str, TsharkPacket]) -> None:
    reasons = explain(differences(from_reference(defect.witness), witness_opinions[defect.id])).values()
    assert defect.id in reasons, f"tshark {tshark.version()} reads the witness right: remove the entry"
    assert None not in reasons


def test_each_defect_has_one_rule() -> None:
    assert [one.id for one in DEFECTS] == list(RULES)


def _changed(value: Value) -> Value:
    if isinstance(value, bytes):
        return bytes([value[0] ^ 1]) + value[1:] if value else b"\x01"
    assert isinstance(value, int)
    return value ^ 1


@pytest.mark.parametrize("name", [name for name in EXAMPLES if "beyond" not in name])
def test_a_wrong_codec_would_be_noticed(name: str, example_opinions: dict[str, TsharkPacket]) -> None:
    """Each field that tshark shows, changed in our record, is a disagreement that no defect excuses."""
    ours, theirs = from_reference(example(name)), example_opinions[name]
    for place, tlv in enumerate(ours.body):
        shown = tlv.fields.keys() & theirs.body[place].fields.keys()
        assert shown
        for field in shown:
            wrong = evolve(tlv, fields={**tlv.fields, field: _changed(tlv.fields[field])})
            packet = evolve(ours, body=(*ours.body[:place], wrong, *ours.body[place + 1 :]))
            assert unexplained(packet, theirs), field
        if ours.meanings[place] not in {None, "*"}:
            other = evolve(ours, meanings=(*ours.meanings[:place], "192.0.2.99", *ours.meanings[place + 1 :]))
            assert unexplained(other, theirs)
