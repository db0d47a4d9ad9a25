# SPDX-License-Identifier: GPL-2.0-only
"""``dao check``, ``dao init`` and ``dao show``: what they find, write and print, and how they end.

Requirement: VOTE-FILE-01, VOTE-FILE-02
"""

import json
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from althea_spec.cli import cli
from althea_spec.dao_command import rule_of, short_of
from althea_spec.reference.dao import charter as charters
from althea_spec.reference.dao import rules as rulebook
from althea_spec.spec.dao_rules.file import charter_text, load_charter

Command = Callable[..., Any]

CHARTER = """\
name = "Clatskanie"
prefix = "fd00:a17e:1::/64"
fee = 10
fee_denomination = "uusd"

[[organizers]]
name = "Ann"
account = "althea1ann"

[[organizers]]
name = "Bob"
account = "althea1bob"

[[organizers]]
name = "Cy"
account = "althea1cy"
"""
STATE = (
    """\
height = 120
"""
    + CHARTER
    + """
[[members]]
nickname = "Hill"
address = "fd00:a17e:1::1"
account = "althea1hill"
notes = "behind [the] church"

[[members]]
nickname = "Barn"
address = "fd00:a17e:1::2"
account = "althea1barn"

[[proposals]]
number = 1
action = "remove_member"
address = "fd00:a17e:1::2"
account = "althea1barn"
proposer = "althea1ann"
opened = 110
in_favour = ["althea1ann"]

[[proposals]]
number = 2
action = "disburse"
recipient = "althea1roofer"
amount = 60
denomination = "uusd"
purpose = "a relay"
proposer = "althea1bob"
opened = 100
in_favour = ["althea1bob"]
against = ["althea1cy"]
status = "voted_down"

[[treasury]]
amount = 4000
denomination = "uusd"
"""
)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    """A file with a text."""

    def write(text: str, name: str = "dao.toml") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def rules(text: str) -> str:
    return f"{CHARTER}\n{text}\n"


# --- check --------------------------------------------------------------------------------------------------


def test_the_default_rules_of_three_have_no_error(command: Command, file: Callable[..., Path]) -> None:
    done = command("dao", "check", str(file(CHARTER)))
    assert (done.code, done.err) == (0, "")
    assert "Clatskanie · organizers: 3 · errors: 0 · warnings: 0" in done.out


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (
            '[rules.disburse]\nmore_than = "1/1"',
            "never-passes",
            "disburse can never pass, even if all 3 organizers",
        ),
        (
            "[rules.add_organizer]\nsignatures = 1",
            "minority-takes-over",
            "Ann, at most half of the weight, first adds",
        ),
        (
            "[rules.change_rules]\nsignatures = 1",
            "minority-takes-over",
            "Ann, at most half of the weight, can rewrite",
        ),
        (
            "[rules.disburse]\nsignatures = 1",
            "minority-takes-the-money",
            "can empty the treasury against all others",
        ),
        (
            '[rules.change_rules]\nmore_than = "1/2"\nturnout = "1/4"',
            "minority-while-others-sleep",
            "can rewrite the rules while nobody else votes",
        ),
        (
            "[rules.disburse]\nsignatures = 3",
            "nobody-can-go",
            "no organizer can resign or be removed: disburse",
        ),
        (
            "".join(
                f'[rules.{one}]\nat_least = "1/1"\n'
                for one in ("add_organizer", "remove_organizer", "set_weight", "change_rules")
            ),
            "frozen-for-ever",
            "if Ann never votes again",
        ),
    ],
)
def test_what_can_go_wrong_is_found_with_an_example(
    command: Command, file: Callable[..., Path], text: str, kind: str, words: str
) -> None:
    path = file(rules(text))
    done = command("dao", "check", str(path), "--json")
    found = json.loads(done.out)
    (one,) = [one for one in found["findings"] if one["kind"] == kind]
    assert words in one["text"]
    assert done.code == (1 if any(one["severity"] == "error" for one in found["findings"]) else 0)
    assert found["sound"] == (done.code == 0)


def test_a_json_file_is_read_as_well(command: Command, file: Callable[..., Path]) -> None:
    data = tomllib.loads(CHARTER)
    done = command("dao", "check", str(file(json.dumps(data), "dao.json")), "--json")
    assert done.code == 0
    by_name = {one["action"]: one for one in json.loads(done.out)["actions"]}
    assert by_name["add_member"] == {"action": "add_member", "in_favour": 1, "absent": 3}
    assert by_name["add_organizer"] == {"action": "add_organizer", "in_favour": 2, "absent": 2}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            rules("[rules.remove_member]\nsignatures = 4"),
            "rules.remove_member.signatures: expected at most 3, as many as there are organizers, "
            "or or_all = true; got 4",
        ),
        (
            CHARTER.replace("fee = 10", "fee = -1"),
            "fee: expected a whole number from 0 to 9223372036854775807, got -1",
        ),
        (CHARTER.replace("fee = 10", "fee = 1.5"), "fee: expected a whole number from 0 to"),
        (CHARTER.replace("1::/64", "1::/48"), "prefix: expected a /64, got 'fd00:a17e:1::/48'"),
        (CHARTER.replace("fd00:a17e:1::/64", "ten"), "prefix: expected an IPv6 prefix such as"),
        (CHARTER.replace("althea1bob", "althea1ann"), "organizers[1].account: expected each account once"),
        (
            'name = "x"\nprefix = "fd00::/64"\nfee_denomination = "u"',
            "organizers: expected 1 to 1000 of them, got 0",
        ),
        (
            CHARTER.replace('name = "Clatskanie"', ""),
            "name: expected a text of 1 to 64 printable characters, got None",
        ),
        (rules("[rules.dissolve]\nsignatures = 1"), "rules.dissolve: expected one of add_member"),
        (rules("[rules.disburse]\nsignature = 1"), "rules.disburse.signature: expected one of at_least"),
        (
            rules("[rules.disburse]\nperiod = 5"),
            "rules.disburse: expected one of signatures, more_than, at_least",
        ),
        (rules('[rules.disburse]\nsignatures = 1\nmore_than = "1/2"'), "got signatures and more_than"),
        (rules("[rules.disburse]\nsignatures = true"), "rules.disburse.signatures: expected a whole number"),
        (
            rules('[rules.disburse]\nmore_than = "3/2"'),
            "rules.disburse.more_than: expected a share such as '1/2'",
        ),
        (
            rules('[rules.disburse]\nmore_than = "half"'),
            "rules.disburse.more_than: expected a share such as '1/2'",
        ),
        (
            rules('[rules.disburse]\nsignatures = 1\nturnout = "1/2"'),
            "rules.disburse.turnout: expected it beside",
        ),
        (
            rules('[rules.disburse]\nmore_than = "1/2"\nor_all = true'),
            "rules.disburse.or_all: expected it beside",
        ),
        (
            rules("[rules.disburse]\nsignatures = 1\nperiod = 0"),
            "rules.disburse.period: expected a whole number",
        ),
        (rules("[rules]\nmost_open = 0"), "rules.most_open: expected a whole number from 1 to 1000, got 0"),
        (
            CHARTER.replace('account = "althea1ann"', 'account = "althea1ann"\nweight = 0'),
            "organizers[0].weight",
        ),
        (f"{CHARTER}\n[rules]\nadd_member = 1", "rules.add_member: expected a table, got 1"),
        ("organizers = 3", "expected"),
        ("= broken", "file: expected readable TOML"),
    ],
)
def test_a_file_that_is_no_charter_is_one_line(
    command: Command, file: Callable[..., Path], text: str, line: str
) -> None:
    path = file(text)
    done = command("dao", "check", str(path))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"althea-spec: {path}: ")
    assert line in done.err
    assert done.err.count("\n") == 1


def test_a_file_that_is_not_there_is_one_line(command: Command, tmp_path: Path) -> None:
    for words in (("check",), ("show",)):
        done = command("dao", *words, str(tmp_path / "nothing.toml"))
        assert (done.code, done.out) == (2, "")
        assert "nothing.toml: file: expected readable TOML" in done.err
        assert done.err.count("\n") == 1


# --- init ---------------------------------------------------------------------------------------------------

PEOPLE = ("--organizer", "Ann=althea1ann", "--organizer", "Bob=althea1bob*2")


def test_flags_make_a_charter_that_check_has_passed(command: Command, tmp_path: Path) -> None:
    for suffix in (".toml", ".json"):
        path = tmp_path / f"dao{suffix}"
        words = ("--yes", "--name", 'Täl "1"', "--fee", "3", *PEOPLE, "--rule", "disburse=>2/3@1/4")
        done = command("dao", "init", str(path), *words)
        assert (done.code, done.err) == (0, "")
        charter = load_charter(path)
        assert (charter.name, charter.fee, charter.organizers[1].weight) == ('Täl "1"', 3, 2)
        assert short_of(charters.rule_data(charter.rules.disburse)) == ">2/3@1/4"
        assert charter.rules.add_member == rulebook.DEFAULT.add_member
        assert command("dao", "check", str(path)).code == 0
        assert path.read_text(encoding="utf-8") == charter_text(charter, suffix)


def test_rules_with_an_error_are_not_written(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "dao.toml"
    done = command("dao", "init", str(path), "--yes", *PEOPLE, "--rule", "disburse=1")
    assert (done.code, done.err) == (1, "")
    assert "not written: the rules have an error" in done.out
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("--yes",), "--organizer: expected at least one NAME=ACCOUNT; got none"),
        (
            ("--yes", "--organizer", "Ann"),
            "--organizer: expected NAME=ACCOUNT or NAME=ACCOUNT*WEIGHT; got 'Ann'",
        ),
        (("--yes", *PEOPLE, "--rule", "fly=1"), "--rule: expected ACTION=RULE with one of add_member"),
        (("--yes", *PEOPLE, "--rule", "disburse=many"), "--rule: expected a rule such as 2, 2+"),
        (
            ("--yes", *PEOPLE, "--prefix", "fd00::/48"),
            "prefix: expected a /64, got 'fd00::/48'; nothing is written",
        ),
        (("--yes", *PEOPLE, "--rule", "disburse=3"), "expected at most 2, as many as there are organizers"),
    ],
)
def test_answers_that_make_no_charter_are_one_line(
    command: Command, tmp_path: Path, words: tuple[str, ...], line: str
) -> None:
    done = command("dao", "init", str(tmp_path / "dao.toml"), *words)
    assert (done.code, done.out) == (2, "")
    assert line in done.err
    assert done.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_only_by_force(command: Command, file: Callable[..., Path]) -> None:
    path = file("mine")
    done = command("dao", "init", str(path), "--yes", *PEOPLE)
    assert done.code == 2
    assert "file: expected a new one; it is there (--force replaces it)" in done.err
    assert path.read_text(encoding="utf-8") == "mine"
    assert command("dao", "init", str(path), "--yes", "--force", *PEOPLE).code == 0
    assert load_charter(path).organizers[0].name == "Ann"
    missing = command("dao", "init", str(path.parent / "no" / "dao.toml"), "--yes", *PEOPLE)
    assert missing.code == 2
    assert "expected it in a folder that exists" in missing.err


def test_what_cannot_be_written_leaves_nothing(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path, _target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    done = command("dao", "init", str(tmp_path / "[dao].toml"), "--yes", *PEOPLE)
    assert done.code == 2
    assert "[dao].toml: file: expected to write it; [Errno 28]" in done.err
    assert list(tmp_path.iterdir()) == []


def test_the_wizard_asks_and_has_defaults(tmp_path: Path) -> None:
    path = tmp_path / "dao.toml"
    answers = [
        "",
        "",
        "",
        "",
        "Ann=althea1ann",
        "Bob=althea1bob",
        "Cy=althea1cy",
        "",
        "n",
        *[""] * 8,
        "2/3",
        "",
    ]
    result = CliRunner().invoke(cli, ["dao", "init", str(path)], input="\n".join([*answers, ""]))
    assert result.exception is None, result.output
    charter = load_charter(path)
    assert [one.name for one in charter.organizers] == ["Ann", "Bob", "Cy"]
    assert charter.name == "My network"
    assert short_of(charters.rule_data(charter.rules.disburse)) == "2/3"
    assert charter.rules.remove_member == rulebook.DEFAULT.remove_member


def test_the_wizard_takes_the_usual_rules_on_request(tmp_path: Path) -> None:
    path = tmp_path / "dao.toml"
    answers = "Hill\nfd00:1::/64\nuusd\n7\nAnn=althea1ann\n\ny\n"
    result = CliRunner().invoke(cli, ["dao", "init", str(path)], input=answers)
    assert result.exception is None, result.output
    charter = load_charter(path)
    assert (charter.name, charter.fee, charter.rules) == ("Hill", 7, rulebook.DEFAULT)


def test_the_short_form_of_a_rule_says_the_same() -> None:
    for text in ("2", "2+", "1/2", ">1/2", ">1/2@1/4", "2/3@1/4"):
        assert short_of(rule_of(text, 5)) == text
        assert rule_of(text, 5)["period"] == 5


# --- show ---------------------------------------------------------------------------------------------------


def test_the_screens_of_a_community(command: Command, file: Callable[..., Path]) -> None:
    done = command("dao", "show", str(file(STATE)))
    assert (done.code, done.err) == (0, "")
    for words in (
        "Clatskanie · fd00:a17e:1::/64 · block 120",
        "fee 10 uusd per block",
        "Node list (2)",
        "behind [the] church",
        "Organizers (3)",
        "Voting (2)",
        "1 for, 0 against, of 3",
        "voted down",
        "Treasury (1)",
        "4000",
    ):
        assert words in done.out, words
    assert done.out.index("fd00:a17e:1::1") < done.out.index("fd00:a17e:1::2")


def test_the_screens_as_json(command: Command, file: Callable[..., Path]) -> None:
    done = command("dao", "show", str(file(STATE)), "--json")
    found = json.loads(done.out)
    first, second = found["proposals"]
    assert (first["action"], first["in_favour"], first["state"]) == (
        "remove_member",
        1,
        "open until block 100910",
    )
    assert (second["against"], second["state"]) == (1, "voted down")
    assert [one["nickname"] for one in found["members"]] == ["Hill", "Barn"]
    late = json.loads(command("dao", "show", str(file(STATE.replace("120", "100911", 1))), "--json").out)
    assert late["proposals"][0]["state"] == "too late for anything"


def test_a_charter_is_the_state_of_a_community_that_has_just_begun(
    command: Command, file: Callable[..., Path]
) -> None:
    done = command("dao", "show", str(file(CHARTER)))
    assert done.code == 0
    assert "Node list (0)" in done.out


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        (
            'fd00:a17e:1::2"\naccount',
            'fd00:a17e:2::2"\naccount',
            "members[1]: expected a member that the list takes",
        ),
        ('fd00:a17e:1::2"\naccount', 'fd00:a17e:1::1"\naccount', "another member has this address"),
        ('action = "disburse"', 'action = "dissolve"', "proposals[1].action: expected one of add_member"),
        ("number = 2", "number = 1", "proposals[1].number: expected each number once"),
        (
            '["althea1cy"]',
            '["althea1di"]',
            "proposals[1].against: expected each organizer once, got 'althea1di'",
        ),
        (
            '["althea1cy"]',
            '["althea1bob"]',
            "proposals[1].against: expected each organizer once, got 'althea1bob'",
        ),
        ('"voted_down"', '"lost"', "proposals[1].status: expected one of open"),
        ("amount = 4000", "amount = -4", "treasury[0].amount: expected a whole number"),
        ("opened = 110", "opened = 110\nrecipient = 3", "proposals[0].recipient: expected one of account"),
        ("height = 120", "height = -1", "height: expected a whole number"),
    ],
)
def test_a_file_that_is_no_state_is_one_line(
    command: Command, file: Callable[..., Path], before: str, after: str, line: str
) -> None:
    assert before in STATE
    done = command("dao", "show", str(file(STATE.replace(before, after))))
    assert (done.code, done.out) == (2, "")
    assert line in done.err
    assert done.err.count("\n") == 1


def test_each_command_has_an_example() -> None:
    group = cli.commands["dao"]
    assert isinstance(group, click.Group)
    for name in group.commands:
        assert "Example" in CliRunner().invoke(cli, ["dao", name, "--help"]).output
