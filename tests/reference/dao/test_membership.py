# SPDX-License-Identifier: GPL-2.0-only
"""Who is on the list: one address, one account, both of the subnet and both once."""

from ipaddress import IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from althea_spec.reference.dao import address_allocation, community, membership, rules, subnet
from althea_spec.reference.dao.action import (
    AddMember,
    AddOrganizer,
    EditMember,
    RemoveMember,
    RemoveOrganizer,
    SetWeight,
)
from althea_spec.reference.dao.community import MemberRemoved
from althea_spec.reference.dao.governance import Leave, Propose
from althea_spec.reference.dao.membership import Member, MemberList, Organizer
from althea_spec.reference.dao.proposal import Status
from althea_spec.reference.dao.rejection import Rejection

from .communities import PREFIX, account, address, town

EVERYTHING = IPv6Network("fd00:a17e::/32")


@pytest.mark.parametrize(
    ("prefix", "others", "reason"),
    [
        ("fd00:a17e:1::/64", (), None),
        ("fd00:a17e::/63", (), Rejection.NOT_A_SUBNET),
        ("fd00:a17e:1::/65", (), Rejection.NOT_A_SUBNET),
        ("fd00:a17f::/64", (), Rejection.OUTSIDE_RANGE),
        ("fd00:a17e:1::/64", ("fd00:a17e:1::/64",), Rejection.SUBNET_TAKEN),
        ("fd00:a17e:1::/64", ("fd00:a17e:1:1::/64", "fd00:a17e::/64"), None),
        ("fd00:a17e:1::/64", ("fd00:a17e::/40",), Rejection.SUBNET_TAKEN),
    ],
)
def test_a_community_has_a_subnet_of_its_own(
    prefix: str, others: tuple[str, ...], reason: Rejection | None
) -> None:
    known = tuple(IPv6Network(one) for one in others)
    assert subnet.refusal_of_prefix(IPv6Network(prefix), EVERYTHING, known) is reason


@given(
    first=st.integers(0, 2**128 - 1),
    bits=st.integers(0, 128),
    second=st.integers(0, 2**128 - 1),
    more=st.integers(0, 128),
)
def test_prefixes_overlap_as_the_standard_library_has_it(
    first: int, bits: int, second: int, more: int
) -> None:
    networks = [
        IPv6Network((value, length), strict=False) for value, length in ((first, bits), (second, more))
    ]
    numbers = [(int(one.network_address), one.prefixlen) for one in networks]
    assert subnet.overlap(*numbers[0], *numbers[1]) == networks[0].overlaps(networks[1])


@given(
    value=st.one_of(st.integers(0, 2**128 - 1), st.integers(-2, 2**64 + 2).map(lambda n: int(PREFIX[0]) + n))
)
def test_an_address_is_in_the_subnet_as_the_standard_library_has_it(value: int) -> None:
    assert subnet.holds(PREFIX, IPv6Address(value)) == (IPv6Address(value) in PREFIX)


@pytest.mark.parametrize(
    ("nickname", "at", "who", "notes", "reason"),
    [
        ("Barn", 2, "barn", "", None),
        ("Barn", -1, "barn", "", Rejection.ADDRESS_OUTSIDE),
        ("Barn", 2**64, "barn", "", Rejection.ADDRESS_OUTSIDE),
        ("Barn", 0, "barn", "", Rejection.ADDRESS_RESERVED),
        ("Barn", 0xFDFFFFFFFFFFFF80, "barn", "", Rejection.ADDRESS_RESERVED),
        ("Barn", 0xFDFFFFFFFFFFFFFF, "barn", "", Rejection.ADDRESS_RESERVED),
        ("Barn", 0xFE00000000000000, "barn", "", None),
        ("Barn", 1, "barn", "", Rejection.ADDRESS_TAKEN),
        ("Barn", 2, "hill", "", Rejection.ACCOUNT_TAKEN),
        ("", 2, "barn", "", Rejection.TEXT_OUT_OF_RANGE),
        ("B" * 64, 2, "barn", "n" * 1024, None),
        ("B" * 65, 2, "barn", "", Rejection.TEXT_OUT_OF_RANGE),
        ("Barn", 2, "barn", "n" * 1025, Rejection.TEXT_OUT_OF_RANGE),
    ],
)
def test_an_entry_is_refused_for_its_reason_and_changes_nothing(
    nickname: str, at: int, who: str, notes: str, reason: Rejection | None
) -> None:
    place = town("Ann")
    hill = place.add_member("Hill", at=address(1))
    before = dict(place.community.members.by_address)
    outcome = place.send("Ann", Propose(AddMember(nickname, account(who), address(at), notes)))
    assert outcome.rejection is reason
    assert (place.community.members.by_address == before) == (reason is not None)
    assert (len(place.community.proposals) == 1) == (reason is not None)
    assert hill in place.community.members.by_address


def test_the_worked_example_of_the_law() -> None:
    place = town("Ann")
    given_out = [place.add_member(name) for name in ("Hill", "Barn", "Mill")]
    assert given_out == [address(1), address(2), address(3)]
    place.propose("Ann", RemoveMember(address(2), account("Barn")))
    assert place.add_member("Farm") == address(4)


def test_allocation_passes_over_what_is_taken_or_reserved_and_ends_at_the_last() -> None:
    taken = {address(1), address(2), address(4)}
    assert address_allocation.allocate(PREFIX, 1, taken) == (address(3), 4)
    first = address_allocation.ANYCAST_FIRST
    assert address_allocation.allocate(PREFIX, first - 1, {address(first - 1)}) == (
        address(0xFE00000000000000),
        0xFE00000000000001,
    )
    assert address_allocation.allocate(PREFIX, 2**64 - 1, ()) == (address(2**64 - 1), 2**64)
    assert address_allocation.allocate(PREFIX, 2**64, ()) is None
    full = town("Ann")
    full.community.members.next_interface = 2**64
    outcome = full.send("Ann", Propose(AddMember("Hill", account("Hill"))))
    assert outcome.rejection is Rejection.NO_ADDRESS_LEFT


def test_who_is_removed_is_gone_by_either_key_and_may_come_back() -> None:
    place = town("Ann")
    hill = place.add_member("Hill")
    place.propose("Ann", RemoveMember(hill, account("Hill")))
    assert not place.community.members.by_address
    assert not place.community.members.by_account
    assert place.add_member("Hill", at=hill) == hill


def test_both_tables_hold_the_same_entries() -> None:
    members = MemberList(PREFIX)
    hill = Member("Hill", address(1), account("Hill"))
    membership.add(members, hill)
    assert membership.refusal_of_member(members, hill) is Rejection.ADDRESS_TAKEN
    renamed = membership.edited(hill, "Hill 2", "on the roof")
    membership.add(members, renamed)
    assert list(members.by_address.values()) == list(members.by_account.values()) == [renamed]
    assert membership.remove(members, address(1)) == renamed


def test_names_and_notes_change_and_nothing_else_does() -> None:
    place = town("Ann")
    hill = place.add_member("Hill")
    place.propose("Ann", EditMember(hill, "Hilltop", "behind the church"))
    assert place.community.members.by_address[hill] == Member(
        "Hilltop", hill, account("Hill"), "behind the church"
    )
    for action, reason in (
        (EditMember(address(9), "Hill", ""), Rejection.NOT_A_MEMBER),
        (EditMember(hill, "", ""), Rejection.TEXT_OUT_OF_RANGE),
    ):
        assert place.send("Ann", Propose(action)).rejection is reason


def test_a_proposal_about_somebody_who_is_not_there_is_refused() -> None:
    place = town("Ann")
    hill = place.add_member("Hill")
    for action in (RemoveMember(address(7), account("Hill")), RemoveMember(hill, account("Barn"))):
        assert place.send("Ann", Propose(action)).rejection is Rejection.NOT_A_MEMBER
    assert place.send("Ann", Propose(RemoveOrganizer(account("Bob")))).rejection is Rejection.NOT_AN_ORGANIZER
    assert place.send("Ann", Propose(SetWeight(account("Bob"), 2))).rejection is Rejection.NOT_AN_ORGANIZER


def test_a_member_leaves_by_its_own_account_only() -> None:
    place = town("Ann", "Bob")
    place.add_member("Hill")
    assert place.leave("Ann") is Rejection.NOT_A_MEMBER
    outcome = place.send("Hill", Leave())
    assert [type(one) for one in outcome.effects] == [MemberRemoved]
    assert place.leave("Hill") is Rejection.NOT_A_MEMBER


# --- organizers ---------------------------------------------------------------------------------------------


def test_the_last_organizer_stays() -> None:
    place = town("Ann")
    assert place.send("Ann", Propose(RemoveOrganizer(account("Ann")))).rejection is Rejection.LAST_ORGANIZER
    assert place.resign("Ann") is Rejection.LAST_ORGANIZER
    place.propose("Ann", AddOrganizer("Bob", account("Bob")))
    assert place.resign("Ann") is None
    assert list(place.community.organizers) == [account("Bob")]


def test_organizers_are_listed_once_and_weigh_something() -> None:
    place = town("Ann")
    for action, reason in (
        (AddOrganizer("Ann", account("Ann")), Rejection.ALREADY_AN_ORGANIZER),
        (AddOrganizer("Bob", account("Bob"), 0), Rejection.WEIGHT_OUT_OF_RANGE),
        (AddOrganizer("Bob", account("Bob"), 1_000_001), Rejection.WEIGHT_OUT_OF_RANGE),
        (AddOrganizer("", account("Bob")), Rejection.TEXT_OUT_OF_RANGE),
        (SetWeight(account("Ann"), 0), Rejection.WEIGHT_OUT_OF_RANGE),
    ):
        assert place.send("Ann", Propose(action)).rejection is reason
    assert membership.refusal_of_organizer(False, 1000, 1, 3) is Rejection.TOO_MANY_ORGANIZERS
    assert membership.refusal_of_organizer(False, 999, 1_000_000, 3) is None
    place.propose("Ann", SetWeight(account("Ann"), 1_000_000))
    assert place.community.organizers[account("Ann")].weight == 1_000_000


@pytest.mark.parametrize(
    ("organizers", "prefix", "fee", "reason"),
    [
        ((), "fd00::/64", 0, Rejection.LAST_ORGANIZER),
        ((Organizer("Ann", "a"), Organizer("Bob", "a")), "fd00::/64", 0, Rejection.ALREADY_AN_ORGANIZER),
        ((Organizer("Ann", "a", 0),), "fd00::/64", 0, Rejection.WEIGHT_OUT_OF_RANGE),
        ((Organizer("Ann", "a"),), "fd00::/63", 0, Rejection.NOT_A_SUBNET),
        ((Organizer("Ann", "a"),), "fd00::/64", -1, Rejection.FEE_OUT_OF_RANGE),
        ((Organizer("Ann", "a"),), "fd00::/64", 2**63, Rejection.FEE_OUT_OF_RANGE),
    ],
)
def test_what_no_community_begins_with(
    organizers: tuple[Organizer, ...], prefix: str, fee: int, reason: Rejection
) -> None:
    assert community.founded("Town", IPv6Network(prefix), organizers, rules.DEFAULT, fee, "uusd") is reason


def test_two_votes_about_one_address_and_the_second_fails() -> None:
    place = town("Ann", "Bob")
    hill = place.add_member("Hill")
    first = place.propose("Ann", RemoveMember(hill, account("Hill")))
    second = place.propose("Bob", RemoveMember(hill, account("Hill")))
    assert place.vote("Bob", first) is None
    assert place.vote("Ann", second) is None
    found = place.community.proposals[second]
    assert (found.status, found.failure) == (Status.FAILED, Rejection.NOT_A_MEMBER)
