# SPDX-License-Identifier: GPL-2.0-only
"""The work of a message does not grow with the number of members."""

import gc
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from althea_spec.reference.dao import membership
from althea_spec.reference.dao.action import AddMember, EditMember, RemoveMember
from althea_spec.reference.dao.governance import Leave, Propose, Vote
from althea_spec.reference.dao.membership import Member

from .communities import Town, account, address, town

SMALL, LARGE = 10, 20_000


def populated(members: int) -> Town:
    place = town("Ann", "Bob")
    for at in range(1, members + 1):
        membership.add(place.community.members, Member(f"Node {at}", address(at), account(f"node{at}")))
    place.community.members.next_interface = members + 1
    return place


def lines(call: Callable[[], Any]) -> int:
    """How many lines of Python a call runs: its steps, whatever the machine.

    Nothing is collected meanwhile: what others have asked to be told of that runs lines too.
    """
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    gc.disable()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
        gc.enable()
    return count


MESSAGES: dict[str, Callable[[Town], Any]] = {
    "add": lambda place: place.send("Ann", Propose(AddMember("New", account("new")))),
    "add at": lambda place: place.send("Ann", Propose(AddMember("New", account("new"), address(10**6)))),
    "edit": lambda place: place.send("Ann", Propose(EditMember(address(5), "Five", ""))),
    "propose to remove": lambda place: place.send("Ann", Propose(RemoveMember(address(5), account("node5")))),
    "vote": lambda place: place.send("Bob", Vote(1)),
    "leave": lambda place: place.send("node7", Leave()),
}


@pytest.mark.parametrize("message", MESSAGES)
def test_steps_do_not_depend_on_the_number_of_members(message: str) -> None:
    counts = []
    for members in (SMALL, LARGE):
        place = populated(members)
        if message == "vote":
            MESSAGES["propose to remove"](place)
        counts.append(lines(lambda here=place: MESSAGES[message](here)))
        assert len(place.community.members.by_address) != members or message in ("edit", "propose to remove")
    assert counts[0] == counts[1] > 10
