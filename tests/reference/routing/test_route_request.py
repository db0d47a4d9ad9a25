# SPDX-License-Identifier: GPL-2.0-only
from althea_spec.reference.routing import route_request


def test_the_first_dump_is_due_at_once_and_the_next_half_an_interval_later() -> None:
    assert route_request.next_full_dump(1_000, None, 500) == 1_000
    assert route_request.next_full_dump(1_000, 900, 500) == 1_400
    assert route_request.next_full_dump(2_000, 900, 500) == 2_000
