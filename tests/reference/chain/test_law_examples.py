# SPDX-License-Identifier: GPL-2.0-only
"""The numbers of the worked examples in the law are those that the functions give."""

from pathlib import Path

import pytest

import althea_spec.spec
from althea_spec.reference.chain import fees, rewards, shares, slashing
from althea_spec.reference.chain.parameters import MILLION, Parameters
from althea_spec.reference.chain.rejection import Rejection
from althea_spec.reference.chain.stake import Unbonding

LAW = Path(althea_spec.spec.__path__[0]) / "chain"


def text_of(name: str) -> str:
    """A file of the law, in one line."""
    return " ".join((LAW / name).read_text(encoding="utf-8").split())


def stake_example() -> list[str]:
    left = 1000 - slashing.burned(1000, 50_000)
    got = shares.issued(100, left, 1000)
    tokens, total = left + 100, 1000 + got
    given_up = shares.redeemed(50, got, tokens, total)
    return [
        f"are slashed by 5 %, which leaves {left} tokens",
        f"delegates 100 and gets {got} shares; now there are {tokens} tokens and {total} shares",
        f"hers are worth {shares.worth(got, tokens, total)}",
        f"takes 50 back and gives {given_up} shares",
        f"had {shares.worth(1000, left, 1000)} tokens before Berta came",
        f"has {shares.worth(1000, tokens, total)} after either step",
        f"has {shares.worth(1000, tokens - 50, total - given_up)} after either step",
    ]


def fees_example() -> list[str]:
    parts, left = fees.split(100, {"first": 500, "second": 300, "third": 100})
    own = fees.commission(parts["first"], 100_000)
    growth, carry = rewards.accrued(parts["first"] - own, 3, 0)
    units, beyond = rewards.owed(2, growth, 0)
    assert 3 * beyond < rewards.SCALE <= 3 * beyond + 4, "almost a third"
    return [
        f"the parts are {parts['first']}, {parts['second']} and {parts['third']}, and {left} goes to",
        f"it keeps {own}, and its delegators share {parts['first'] - own}",
        f"the ratio grows by {growth}, and {carry} parts are carried",
        f"2 of them withdraws {units}",
        f"33 units, and {beyond} parts are carried",
    ]


def slashing_example() -> list[str]:
    fraction = Parameters().double_sign_fraction
    tokens = slashing.burned(1000, fraction)
    carl = slashing.burned_of_unbonding(Unbonding(8, 200, 200), 10, fraction)
    dora = slashing.burned_of_unbonding(Unbonding(12, 300, 300), 10, fraction)
    assert carl == 0
    return [
        f"Of the 1000, {tokens} are burned, of Dora's 300, {dora}, and of Carl's 200 nothing",
        f"{tokens + carl + dora} together",
    ]


def defaults() -> list[str]:
    terms = Parameters()
    return [
        f"two signed blocks of one height | {terms.double_sign_fraction * 100 // MILLION} %",
        f"more than {terms.most_missed} of the last {terms.signing_window} votes missing",
        f"| {terms.downtime_fraction / MILLION:.2%} | jailed for {terms.downtime_jail} blocks".replace(
            "%", " %"
        ),
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("stake.md", stake_example(), id="stake"),
        pytest.param("fees.md", fees_example(), id="fees"),
        pytest.param("slashing.md", slashing_example(), id="slashing"),
        pytest.param("slashing.md", defaults(), id="defaults"),
    ],
)
def test_the_law_says_what_is_computed(name: str, said: list[str]) -> None:
    text = text_of(name)
    assert [one for one in said if one not in text] == []


def test_the_checks_of_admission_are_all_listed() -> None:
    """Given the reasons for which a transaction comes into no block, then the table has each of them."""
    text = text_of("blocks.md")
    table = text[text.index("| check | reason |") : text.index("What a message asks for")]
    reasons = list(Rejection)
    ante = reasons[reasons.index(Rejection.WRONG_CHAIN) : reasons.index(Rejection.UNKNOWN_VALIDATOR)]
    listed = [one for one in Rejection if one.value in table]
    assert set(listed) == {*ante, Rejection.AMOUNT_NOT_WHOLE, Rejection.AMOUNT_NOT_POSITIVE}
