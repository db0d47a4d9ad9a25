# SPDX-License-Identifier: GPL-2.0-only
"""The terms of accounts, as an operator writes them, and the command that keeps to them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from althea_spec.hw_conformance.live.account_settings import load
from althea_spec.hw_conformance.live.errors import LiveError
from althea_spec.reference.payments.account_config import least_recovery
from althea_spec.reference.payments.thresholds import Conditions, Thresholds

DOCUMENT = Path(__file__).parents[2] / "docs" / "accounts.md"
SECOND = 1_000_000


def terms() -> str:
    """The example of the documentation, with an account and a key."""
    text = DOCUMENT.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    return text.replace('account = "althea1…"', 'account = "althea1us"').replace('"…"', f'"{"a7" * 32}"')


def written(folder: Path, old: str = "", new: str = "") -> Path:
    path = folder / "accounts.toml"
    text = terms()
    assert old in text
    path.write_text(text.replace(old, new, 1) if old else text, encoding="utf-8")
    return path


def test_the_example_of_the_documentation_is_good(tmp_path: Path) -> None:
    config = load(written(tmp_path))
    assert config.us.account == "althea1us"
    assert config.thresholds == Thresholds(50_000_000, 60_000_000, 400_000_000, 500_000_000, 100_000_000)
    conditions = Conditions(1_000_000, 2 * SECOND, 70 * SECOND, 5_000_000, outage=100 * SECOND)
    assert config.recovery >= least_recovery(conditions)
    assert (config.denomination, config.unit_octets, config.confirmations) == ("uusd", 1_000_000, 1)


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("limit = 400_000_000", "limit = 60_000_001", "thresholds: "),
        ("block = 500_000_000", "block = 1", "thresholds: "),
        ("rate = 1_000_000", "rate = 90_000_000", "thresholds: "),
        ("pay = 50_000_000", "pay = 1.5", "thresholds.pay: "),
        ("pay = 50_000_000", 'pay = "50"', "thresholds.pay: "),
        ("interval = 2", "interval = -2", "conditions.interval: expected seconds"),
        ('mesh = "fd00::1"', 'mesh = "here"', "us.mesh: expected an address such as fd00::1, got 'here'"),
        ('account = "althea1us"', 'account = "Althea"', "us: account: expected lower-case text"),
        ("a7a7", "xyz", "us.tunnel-key: expected 64 hexadecimal digits"),
        ("a7a7", "", "us: tunnel_key: expected 32 octets, got 30"),
        ("confirmations = 1", "colour = 1", "colour: extra inputs are not permitted; got 1"),
        ("[us]", "[us", "not TOML: "),
        ('denomination = "uusd"', 'denomination = ""', "denomination: expected the name of a coin"),
    ],
)
def test_a_mistake_is_one_line(old: str, new: str, line: str, tmp_path: Path) -> None:
    path = written(tmp_path, old, new)
    with pytest.raises(LiveError) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}: {line}")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(LiveError, match=r"missing: cannot be read: No such file or directory$"):
        load(tmp_path / "missing")


def accounts(folder: Path, said: list[object], *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "althea_spec", "accounts", "-c", str(folder / "accounts.toml")]
    return subprocess.run(
        [*command, "--ledger", str(folder / "ledger"), *options],
        input="".join(one if isinstance(one, str) else json.dumps(one) + "\n" for one in said),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


PEER = {"mesh": "fd00::2", "account": "althea1peer", "tunnel_key": "b3" * 32}


def said(now: int, kind: str, **fields: object) -> dict[str, object]:
    return {"now": now * SECOND, "event": {"type": kind, **fields}}


def test_the_command_pays_what_is_owed_and_remembers_it(tmp_path: Path) -> None:
    written(tmp_path)
    first = accounts(
        tmp_path,
        [
            said(1, "Resumed"),
            said(2, "Admitted", identity=PEER),
            said(3, "ChainScanned", height=7),
            said(4, "Metered", identity=PEER, by_us=120_000_000, by_them=0),
            said(5, "PaymentConfirmed", number=9),
            "{\n",
            {"now": 6 * SECOND, "event": {"type": "Wish"}},
        ],
        "--new",
    )
    assert first.returncode == 0, first.stderr
    answers = [json.loads(line) for line in first.stdout.splitlines()]
    pay = {"type": "Pay", "number": 0, "identity": PEER, "amount": 120}
    assert pay in answers[3]["effects"]
    assert answers[4] == {"rejected": "UNKNOWN_PAYMENT"}
    assert all("error" in one for one in answers[5:])
    assert len(answers) == 7
    second = accounts(tmp_path, [said(1, "Resumed")])
    assert pay in json.loads(second.stdout)["effects"]


def test_the_command_refuses_in_one_line(tmp_path: Path) -> None:
    written(tmp_path)
    missing = accounts(tmp_path, [])
    assert (missing.returncode, missing.stdout) == (2, "")
    assert missing.stderr.count("\n") == 1
    assert "expected a ledger; there is none" in missing.stderr
    assert not (tmp_path / "ledger").exists()
    assert accounts(tmp_path, [], "--new").returncode == 0
    again = accounts(tmp_path, [], "--new")
    assert again.returncode == 2
    assert "a ledger is never replaced" in again.stderr
