# SPDX-License-Identifier: GPL-2.0-only
"""Whom a router connects to: list, account and key have to agree, and the list must not be too old."""

from ipaddress import IPv6Address

import pytest

from althea_spec.reference.dao import admission, neighbourhood
from althea_spec.reference.dao.admission import DAY, MINUTE, Binding, Freshness, Limits
from althea_spec.reference.dao.neighbourhood import Connected, Disconnected, Neighbourhood
from althea_spec.reference.dao.rejection import Rejection
from althea_spec.reference.payments.identity import Identity

from .communities import PREFIX, account, address

ENTRIES = {address(1): account("Own"), address(2): account("Barn"), address(3): account("Mill")}
NOW = 10 * MINUTE


def identity(at: int | IPv6Address, name: str, key: int = 7) -> Identity:
    return Identity(address(at) if isinstance(at, int) else at, account(name), bytes([key]) * 32)


def claim(
    at: int | IPv6Address, name: str, key: int = 7, serial: int = 1, signer: str | None = ""
) -> Binding:
    """Signed by the account itself, unless somebody or nobody else is named."""
    by = account(name) if signer == "" else signer
    return Binding(identity(at, name, key), serial, by)


def router(read: bool = True) -> Neighbourhood:
    made = Neighbourhood(PREFIX, identity(1, "Own"))
    if read:
        assert neighbourhood.read_list(made, ENTRIES, 10, True, NOW) == ()
    return made


def test_a_member_with_a_key_that_its_account_signed_is_connected() -> None:
    own = router()
    shown = claim(2, "Barn")
    assert neighbourhood.shake_hands(own, shown, shown.identity.tunnel_key, NOW) == (
        Connected(shown.identity),
    )
    assert neighbourhood.shake_hands(own, shown, shown.identity.tunnel_key, NOW) == ()


OUTSIDE = IPv6Address("fd00:a17e:2::2")


@pytest.mark.parametrize(
    ("shown", "proven", "reason"),
    [
        (claim(OUTSIDE, "Barn"), 7, Rejection.OTHER_SUBNET),
        (claim(9, "Barn"), 7, Rejection.NOT_LISTED),
        (claim(2, "Mill"), 7, Rejection.OTHER_ACCOUNT),
        (claim(2, "Barn", signer=None), 7, Rejection.BINDING_NOT_SIGNED),
        (claim(2, "Barn", signer=account("Mill")), 7, Rejection.BINDING_NOT_SIGNED),
        (claim(2, "Barn"), 8, Rejection.OTHER_KEY),
    ],
)
def test_each_part_alone_is_not_believed(shown: Binding, proven: int, reason: Rejection) -> None:
    own = router()
    assert neighbourhood.shake_hands(own, shown, bytes([proven]) * 32, NOW) is reason
    assert not own.connected
    assert not own.latest


def test_a_router_that_is_not_on_the_list_connects_to_nobody() -> None:
    own = router()
    shown = claim(2, "Barn")
    neighbourhood.shake_hands(own, shown, shown.identity.tunnel_key, NOW)
    without = {key: value for key, value in ENTRIES.items() if key != address(1)}
    gone = neighbourhood.read_list(own, without, 11, True, NOW)
    assert gone == (Disconnected(shown.identity, Rejection.SELF_NOT_LISTED),)
    again = neighbourhood.shake_hands(own, shown, shown.identity.tunnel_key, NOW)
    assert again is Rejection.SELF_NOT_LISTED
    assert neighbourhood.refusal_of_self(own) is Rejection.SELF_NOT_LISTED


def test_a_stolen_key_is_refused_once_a_newer_one_is_known() -> None:
    own = router()
    old, new = claim(2, "Barn", key=7, serial=5), claim(2, "Barn", key=8, serial=6)
    assert neighbourhood.shake_hands(own, old, old.identity.tunnel_key, NOW) == (Connected(old.identity),)
    assert neighbourhood.shake_hands(own, new, new.identity.tunnel_key, NOW) == (
        Disconnected(old.identity, Rejection.BINDING_REPLACED),
        Connected(new.identity),
    )
    stolen = neighbourhood.shake_hands(own, old, old.identity.tunnel_key, NOW)
    assert stolen is Rejection.BINDING_REPLACED
    twin = claim(2, "Barn", key=9, serial=6)
    assert neighbourhood.shake_hands(own, twin, twin.identity.tunnel_key, NOW) is Rejection.BINDING_REPLACED
    assert admission.is_replaced(twin, new)
    assert own.connected[address(2)] == new


def test_what_is_remembered_of_keys_outlives_the_tunnel() -> None:
    own = router()
    old, new = claim(2, "Barn", key=7, serial=5), claim(2, "Barn", key=8, serial=6)
    neighbourhood.shake_hands(own, new, new.identity.tunnel_key, NOW)
    without = {key: value for key, value in ENTRIES.items() if key != address(2)}
    neighbourhood.read_list(own, without, 11, True, NOW)
    neighbourhood.read_list(own, ENTRIES, 12, True, NOW)
    again = neighbourhood.shake_hands(own, old, old.identity.tunnel_key, NOW)
    assert again is Rejection.BINDING_REPLACED


@pytest.mark.parametrize(
    ("entries", "reason"),
    [
        ({address(1): account("Own"), address(3): account("Mill")}, Rejection.NOT_LISTED),
        ({**ENTRIES, address(2): account("Thief")}, Rejection.OTHER_ACCOUNT),
    ],
)
def test_who_is_removed_while_connected_is_disconnected(
    entries: dict[IPv6Address, str], reason: Rejection
) -> None:
    own = router()
    barn, mill = claim(2, "Barn"), claim(3, "Mill")
    for shown in (barn, mill):
        neighbourhood.shake_hands(own, shown, shown.identity.tunnel_key, NOW)
    assert neighbourhood.read_list(own, entries, 11, True, NOW) == (Disconnected(barn.identity, reason),)
    assert list(own.connected) == [address(3)]


def test_lists_without_a_proof_and_older_ones_change_nothing() -> None:
    own = router()
    for proven, height, reason in ((False, 11, Rejection.LIST_NOT_PROVEN), (True, 9, Rejection.LIST_OLDER)):
        assert neighbourhood.read_list(own, {}, height, proven, NOW + 1) is reason
        assert (own.entries, own.height, own.read_at) == (ENTRIES, 10, NOW)
    assert neighbourhood.read_list(own, ENTRIES, 10, True, NOW + 1) == ()
    assert own.read_at == NOW + 1


# --- time ---------------------------------------------------------------------------------------------------


def test_before_the_first_list_nobody_is_connected() -> None:
    shown = claim(2, "Barn")
    own = router(read=False)
    refused = neighbourhood.shake_hands(own, shown, shown.identity.tunnel_key, NOW)
    assert refused is Rejection.LIST_UNKNOWN
    assert admission.refusal_of_age(None, Limits()) is Rejection.LIST_UNKNOWN
    assert neighbourhood.tick(own, NOW) == ()


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        (0, Freshness.CURRENT),
        (MINUTE, Freshness.CURRENT),
        (MINUTE + 1, Freshness.CACHED),
        (DAY, Freshness.CACHED),
        (DAY + 1, Freshness.STALE),
        (7 * DAY, Freshness.STALE),
        (7 * DAY + 1, Freshness.EXPIRED),
    ],
)
def test_what_a_list_is_good_for(age: int, expected: Freshness) -> None:
    assert admission.freshness(age, Limits()) is expected
    assert neighbourhood.is_expired(age, Limits()) == (expected is Freshness.EXPIRED)


@pytest.mark.parametrize(("age", "reason"), [(DAY, None), (DAY + 1, Rejection.LIST_TOO_OLD)])
def test_without_the_chain_members_are_admitted_for_a_day(age: int, reason: Rejection | None) -> None:
    own, shown = router(), claim(2, "Barn")
    outcome = neighbourhood.shake_hands(own, shown, shown.identity.tunnel_key, NOW + age)
    assert outcome == (reason or (Connected(shown.identity),))
    assert admission.refusal_of_age(age, Limits()) is reason


def test_without_the_chain_links_stay_for_a_week() -> None:
    own = router()
    barn, mill = claim(2, "Barn"), claim(3, "Mill")
    for shown in (barn, mill):
        neighbourhood.shake_hands(own, shown, shown.identity.tunnel_key, NOW)
    week = 604_800_000_000
    assert neighbourhood.tick(own, NOW + week) == ()
    assert neighbourhood.tick(own, NOW + week + 1) == (
        Disconnected(barn.identity, Rejection.LIST_TOO_OLD),
        Disconnected(mill.identity, Rejection.LIST_TOO_OLD),
    )
    assert neighbourhood.tick(own, NOW + week + 2) == ()


@pytest.mark.parametrize("limits", [Limits(0, 1, 1), Limits(2, 1, 3), Limits(1, 3, 2)])
def test_limits_that_contradict_one_another_are_refused(limits: Limits) -> None:
    with pytest.raises(
        ValueError, match=r"^limits: expected 0 < refresh <= admit <= keep in microseconds, got "
    ):
        admission.check_limits(limits)
    admission.check_limits(Limits(1, 1, 1))


def test_the_kernels_say_why() -> None:
    prefix = int(PREFIX.network_address)
    assert admission.refusal_of_entry(address(2), account("Barn"), prefix, account("Barn")) is None
    assert admission.refusal_of_entry(OUTSIDE, account("Barn"), prefix, None) is Rejection.OTHER_SUBNET
    shown = claim(2, "Barn")
    assert admission.refusal_of_binding(shown, shown.identity.tunnel_key, None) is None
