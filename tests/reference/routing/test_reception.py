# SPDX-License-Identifier: GPL-2.0-only
from ipaddress import IPv4Network, ip_address

import pytest

from althea_spec.reference.routing import reception
from althea_spec.reference.routing.reception import Arrival, Refusal

OWN = (ip_address("fe80::1"), ip_address("192.0.2.1"))
NETWORK = IPv4Network("192.0.2.0/24")


@pytest.mark.parametrize(
    ("source", "port", "network", "expected"),
    [
        ("fe80::2", 6696, None, None),
        ("192.0.2.2", 6696, NETWORK, None),
        ("192.0.2.2", 6696, None, Refusal.SOURCE_ADDRESS),
        ("198.51.100.2", 6696, NETWORK, Refusal.SOURCE_ADDRESS),
        ("2001:db8::2", 6696, NETWORK, Refusal.SOURCE_ADDRESS),
        ("fe80::2", 6697, None, Refusal.SOURCE_PORT),
        ("fe80::1", 6696, None, Refusal.OWN_PACKET),
        ("2001:db8::2", 6697, None, Refusal.SOURCE_PORT),
    ],
)
def test_each_reason(source: str, port: int, network: IPv4Network | None, expected: Refusal | None) -> None:
    arrival = Arrival(ip_address(source), port, OWN, network)
    assert reception.refusal(arrival) is expected


def test_every_reason_has_its_check() -> None:
    assert {reason for reason, _ in reception.CHECKS} == set(Refusal)


def test_replacing_a_function_replaces_its_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reception, "has_local_source", lambda _: True)
    assert reception.refusal(Arrival(ip_address("2001:db8::2"), 6696, OWN, None)) is None
