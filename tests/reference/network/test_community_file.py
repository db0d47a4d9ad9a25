# SPDX-License-Identifier: GPL-2.0-only
"""Communities in a scenario file: what is read, and one line for each mistake."""

import tomllib
from copy import deepcopy
from ipaddress import IPv6Network
from typing import Any

import pytest

from althea_spec.reference.dao.threshold import Fraction, Share
from althea_spec.reference.network import community_acts as acts
from althea_spec.reference.network import community_checks
from althea_spec.reference.network.economy_specs import EconomySpec
from althea_spec.reference.network.scenario_file import ScenarioError, read_scenario

from .economies import SCENARIOS, SECOND

FILE: dict[str, Any] = tomllib.loads((SCENARIOS / "community.toml").read_text())


def test_a_file_says_who_decides_what_and_when() -> None:
    """Given the scenario of the village, then its communities, people and acts are what it says.

    Requirement: SUB-FILE-01
    """
    spec = read_scenario(FILE).governance
    assert spec is not None
    village, inn = spec.communities
    assert (village.name, village.prefix) == ("Village", IPv6Network("fd00:a17e:1::/64"))
    assert (village.fee, village.deposit, village.escrow.notice, inn.escrow.notice) == (2, 200, 10, 6)
    assert village.rules.disburse.threshold == Fraction(Share(2, 3, exceed=False))
    assert [one.person for one in village.organizers] == ["Ann", "Bob", "Cyd"]
    assert spec.limits.refresh == 60 * SECOND
    assert spec.registry.rules.commit_blocks == 10
    wishes = [one.act.wish for one in spec.acts if isinstance(one.act, acts.Propose)]
    assert acts.Spend("mast", 500, "a higher mast") in wishes
    assert acts.Judge("Moe", "Inn", keeps=True, votes=800) in [one.act for one in spec.acts]
    assert acts.Flash("stray", acts.Firmware.ROGUE) in [one.act for one in spec.acts]


def _acts(**fields: Any) -> Any:
    def change(data: dict[str, Any]) -> None:
        data["governance"]["acts"] = [fields]

    return change


def _at(*path: Any, value: Any) -> Any:
    def change(data: dict[str, Any]) -> None:
        here: Any = data
        for part in path[:-1]:
            here = here[part]
        here[path[-1]] = value

    return change


VILLAGE = ("governance", "communities", 0)
REMOVE = {"act": "propose", "by": "Ann", "community": "Village", "action": "remove_member", "node": "cave"}
WRONG = [
    (_at("governance", value=[]), "governance: expected a table, got []"),
    (_at("governance", "votes", value=1), "governance.votes: expected one of acts, communities, limits"),
    (_at("governance", "communities", value=[]), "governance: communities: expected at least one, got none"),
    (_at(*VILLAGE, "prefix", value="fd00:a17e:1::/63"), "governance.communities[0].prefix: expected a /64"),
    (
        _at(*VILLAGE, "prefix", value="fd00:a17e:1::1/64"),
        "governance.communities[0].prefix: expected an IPv6 prefix such as fd00:a17e:1::/64",
    ),
    (
        _at(*VILLAGE, "prefix", value="fd00:beef::/64"),
        "governance.communities[0].prefix: expected a /64 within fd00:a17e::/32, got fd00:beef::/64",
    ),
    (
        _at("governance", "communities", 1, "prefix", value="fd00:a17e:1::/64"),
        "governance.communities[1].prefix: expected one of its own, got fd00:a17e:1::/64 again",
    ),
    (
        _at("governance", "communities", 1, "name", value="Village"),
        "governance.communities[1].name: expected a name of its own, got 'Village' again",
    ),
    (_at(*VILLAGE, "fee", value=1.5), "governance.communities[0].fee: expected a whole number from 0 to"),
    (_at(*VILLAGE, "organizers", value=[]), "governance.communities[0].organizers: expected at least one"),
    (
        _at(*VILLAGE, "organizers", value=[{"person": "Zoe"}]),
        "governance.communities[0].organizers[0].person: expected the name of a person, got 'Zoe'",
    ),
    (
        _at(*VILLAGE, "organizers", value=[{"person": "Ann"}, {"person": "Ann"}]),
        "governance.communities[0].organizers[1].person: expected each once, got 'Ann' again",
    ),
    (
        _at(*VILLAGE, "rules", value={"add_member": {"signatures": 4}}),
        "governance.communities[0].rules.add_member: expected a rule that 3 organizers can meet",
    ),
    (
        _at(*VILLAGE, "rules", value={"add_member": {"signature": 4}}),
        "governance.communities[0].rules.add_member.signature: expected one of",
    ),
    (
        _at(*VILLAGE, "routers", value=["ana", "zoe"]),
        "governance.communities[0].routers: expected the name of a node, got 'zoe'",
    ),
    (
        _at(*VILLAGE, "members", value=["inn"]),
        "governance.communities[0].members: expected the name of a router of this community, got 'inn'",
    ),
    (_at(*VILLAGE, "members", value="ana"), "governance.communities[0].members: expected a list of names"),
    (
        _at(*VILLAGE, "escrow", value={"notice": -1}),
        "governance.communities[0].escrow.notice: expected a whole number from 0 to",
    ),
    (
        _at("governance", "registry", "quorum", value=0),
        "governance: registry: expected minimum_stake, quorum, commit_blocks and reveal_blocks of 1 or more",
    ),
    (
        _at("governance", "registry", "denomination", value="uusd"),
        "governance.registry.denomination: expected another than the coin of the economy, got 'uusd'",
    ),
    (
        _at("governance", "limits", "refresh", value=0),
        "governance: limits: expected 0 < refresh <= admit <= keep in microseconds, got 0",
    ),
    (
        _at("governance", "people", 0, "router", value="zoe"),
        "governance.people[0].router: expected the name of a node, got 'zoe'",
    ),
    (
        _at("governance", "people", 0, "name", value="ana"),
        "governance.people[0].name: expected a name that no node has, got 'ana'",
    ),
    (_at("governance", "people", 1, "name", value="Ann"), "governance.people[1].name: expected a name of"),
    (_acts(act="dance"), "governance.acts[0].act: expected one of challenge, contribute, delist"),
    (_acts(**(REMOVE | {"at": -1})), "governance.acts[0].at: expected a whole number from 0 to"),
    (_acts(**(REMOVE | {"by": "Zoe"})), "governance.acts[0].by: expected the name of a person, got 'Zoe'"),
    (
        _acts(**(REMOVE | {"supporters": ["Zoe"]})),
        "governance.acts[0].supporters: expected the name of a person, got 'Zoe'",
    ),
    (
        _acts(**(REMOVE | {"community": "Town"})),
        "governance.acts[0].community: expected the name of a community, got 'Town'",
    ),
    (
        _acts(**(REMOVE | {"node": "zoe"})),
        "governance.acts[0].node: expected the name of a node, got 'zoe'",
    ),
    (_acts(**(REMOVE | {"fee": 1})), "governance.acts[0].fee: expected one of"),
    (_acts(**(REMOVE | {"action": "expel"})), "governance.acts[0].action: expected one of add_member"),
    (
        _acts(act="propose", by="Ann", community="Village", action="disburse", recipient="Zoe", amount=1),
        "governance.acts[0].recipient: expected the name of a node or a person, got 'Zoe'",
    ),
    (
        _acts(act="propose", by="Ann", community="Village", action="disburse", recipient="mast"),
        "governance.acts[0].amount: expected a whole number",
    ),
    (
        _acts(act="propose", by="Ann", community="Village", action="add_organizer", person="Zoe"),
        "governance.acts[0].person: expected the name of a person, got 'Zoe'",
    ),
    (
        _acts(act="flash", node="ana", firmware="new"),
        "governance.acts[0].firmware: expected one of standard, open, rogue, got 'new'",
    ),
    (_acts(act="top_up", node="ana", on=1), "governance.acts[0].on: expected true or false, got 1"),
]


@pytest.mark.parametrize(("change", "complaint"), WRONG, ids=[complaint[:60] for _, complaint in WRONG])
def test_a_mistake_is_one_line(change: Any, complaint: str) -> None:
    """Given a file with one thing wrong, then one line names the field.

    Requirement: SUB-FILE-01
    """
    data = deepcopy(FILE)
    change(data)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(data)
    assert str(caught.value).startswith(complaint)
    assert "\n" not in str(caught.value)


def test_the_check_names_the_place() -> None:
    """Given communities without money or without their nodes, then one line says which field it is."""
    spec = read_scenario(FILE).governance
    assert spec is not None
    with pytest.raises(ValueError, match=r"^governance: expected \[economy\]"):
        community_checks.check(spec, None, ())
    with pytest.raises(ValueError, match=r"^governance.people\[0\].router: expected the name of a node"):
        community_checks.check(spec, EconomySpec(), ("exit",))


def test_communities_need_money() -> None:
    data = deepcopy(FILE)
    del data["economy"]
    for node in data["nodes"]:
        del node["wallet"]
    for flow in data["flows"]:
        del flow["upload"], flow["download"]
    with pytest.raises(ScenarioError, match=r"^governance: expected \[economy\] in a scenario with"):
        read_scenario(data)


def test_all_kinds_of_acts_are_read() -> None:
    """Given an act of each kind, then each is read as its record."""
    data = deepcopy(FILE)
    base = {"by": "Ann", "community": "Village"}
    vote = {"act": "vote", "action": "change_rules", "rules": {"disburse": {"signatures": 2}}}
    unseat = {"act": "vote", "action": "remove_organizer", "person": "Bob", "in_favour": False}
    data["governance"]["acts"] = [
        base | vote,
        base | unseat,
        base | {"act": "propose", "action": "stake_listing", "amount": 5},
        base | {"act": "contribute", "amount": 5, "tokens": True},
        base | {"act": "delist"},
        base | {"act": "recall"},
        {"act": "quit", "node": "ana", "community": "Village"},
        {"act": "take_back", "node": "ana", "community": "Village", "amount": 3},
    ]
    spec = read_scenario(data).governance
    assert spec is not None
    decide, unseat_one, stake, give, delist, recall, leave, back = (one.act for one in spec.acts)
    assert isinstance(decide, acts.Support)
    assert isinstance(decide.wish, acts.DecideBy)
    assert unseat_one == acts.Support("Ann", "Village", acts.Unseat("Bob"), in_favour=False)
    assert stake == acts.Propose("Ann", "Village", acts.Stake(5))
    assert give == acts.Contribute("Ann", "Village", 5, tokens=True)
    assert (delist, recall) == (acts.Delist("Ann", "Village"), acts.Recall("Ann", "Village"))
    assert leave == acts.Quit("ana", "Village")
    assert back == acts.TakeBack("ana", "Village", 3)
