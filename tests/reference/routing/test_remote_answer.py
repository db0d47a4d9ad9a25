# SPDX-License-Identifier: GPL-2.0-only
"""The far end counts Remote Hellos in any order and across the wrap of the seqno."""

from ipaddress import IPv6Address
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.routing import remote_answer
from althea_spec.reference.routing.messages import RemoteHello
from althea_spec.reference.routing.path_quality import UNKNOWN, Quality
from althea_spec.reference.routing.remote_answer import Heard

HELLO = RemoteHello(IPv6Address("fe80::1"), 7, 3, 10, 2**32 - 1)


def heard(seqnos: list[int]) -> Heard:
    found: Heard | None = None
    for one in seqnos:
        found = remote_answer.on_hello(found, one % 65536)
    assert found is not None
    return found


@given(st.integers(0, 65535), st.sets(st.integers(0, 300), min_size=1), st.randoms(use_true_random=False))
def test_every_order_gives_the_same_counts(start: int, numbers: set[int], random: Random) -> None:
    order = sorted(numbers)
    random.shuffle(order)
    found = heard([start + one for one in order])
    assert found == Heard(
        newest=(start + max(numbers)) % 65536,
        received=len(numbers),
        window=max(numbers) - min(numbers) + 1,
    )


def test_counts_stop_at_the_width_of_the_field() -> None:
    full = Heard(newest=5, received=65535, window=65535)
    assert remote_answer.on_hello(full, 6) == Heard(newest=6, received=65535, window=65535)


def test_an_answer_returns_what_it_was_asked_and_says_its_own_way() -> None:
    answer = remote_answer.answer(HELLO, Heard(3, 2, 4), 2**32 + 5, 2**32 + 9, Quality(11, 12))
    assert (answer.through, answer.route, answer.seqno) == (HELLO.through, 7, 3)
    assert (answer.received, answer.window) == (2, 4)
    assert (answer.origin_timestamp, answer.receive_timestamp, answer.transmit_timestamp) == (2**32 - 1, 5, 9)
    assert (answer.return_rtt, answer.return_delivery) == (11, 12)
    unknown = remote_answer.answer(HELLO, Heard(3), 0, 0, UNKNOWN)
    assert (unknown.return_rtt, unknown.return_delivery) == (None, None)
