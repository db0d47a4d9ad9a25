# SPDX-License-Identifier: GPL-2.0-only
from althea_spec.reference.routing import split_horizon


def test_only_the_interface_it_was_learned_over_is_spared() -> None:
    assert split_horizon.suppresses(True, "a", "a")
    assert not split_horizon.suppresses(True, "a", "b")
    assert not split_horizon.suppresses(True, None, "a")
    assert not split_horizon.suppresses(False, "a", "a")
