# SPDX-License-Identifier: MIT
"""Vectors for accounts: what is owed, what is paid, what is credited, and who is served."""

from ipaddress import IPv6Address
from typing import Final

from attrs import evolve

from althea_spec.reference.payments import (
    account_machine,
    allowance,
    balance,
    enforcement,
    identity,
    payment,
    receipt,
    thresholds,
)
from althea_spec.reference.payments.account_config import AccountConfig
from althea_spec.reference.payments.account_events import (
    Admitted,
    ChainScanned,
    Event,
    Metered,
    PaymentClaimed,
    PaymentConfirmed,
    PaymentFailed,
    PaymentReceived,
    Resumed,
    Tick,
    WalletChanged,
)
from althea_spec.reference.payments.allowance import Allowance, Bucket
from althea_spec.reference.payments.balance import Totals
from althea_spec.reference.payments.enforcement import Purpose, Standing
from althea_spec.reference.payments.identity import Identity
from althea_spec.reference.payments.ledger import Ledger
from althea_spec.reference.payments.receipt import Terms, Transfer
from althea_spec.reference.payments.thresholds import SECOND, Conditions, Thresholds

from .draw import Draw
from .family import Arguments, Case, Family
from .machine import Machine, Scenario

_COIN: Final = 1_000_000
_PAY: Final = 50 * _COIN
_CONDITIONS: Final = Conditions(3 * _COIN, 5 * SECOND, 20 * SECOND, 15 * _COIN, False, 300 * SECOND)
_MUTUAL: Final = evolve(_CONDITIONS, is_mutual=True)
_LIMITS: Final = evolve(thresholds.least(_CONDITIONS, _PAY, _COIN), block=200 * _COIN)
_BROKEN: Final = {
    "fits": {},
    "coin": {"pay": _COIN - 1},
    "resume": {"resume": _LIMITS.resume - 1},
    "hysteresis": {"resume": _LIMITS.limit - _PAY + 1},
    "honest": {"limit": _LIMITS.limit - 1},
    "block": {"block": _LIMITS.limit - 1},
    "outage": {"outage": 0},
}
_BALANCES: Final = (-(2**70), -_COIN, -1, 0, 1, _COIN, 2**70)
_TIMES: Final = (0, 1, 14 * SECOND, 15 * SECOND, 15 * SECOND + 1, 2**50)


def _who(letter: str) -> Identity:
    return Identity(IPv6Address(f"fd00::{letter}"), f"althea1{letter}", letter.encode() * 32)


_US, _ANN, _BOB = _who("a"), _who("b"), _who("c")
_TERMS: Final = Terms(_US.account, "udai", 1)
_CONFIG: Final = AccountConfig(
    _US, "udai", _COIN, _LIMITS, confirmations=1, stale_after=15 * SECOND, recovery=45 * SECOND
)


def opened(config: AccountConfig) -> Ledger:
    """A node that has no accounts yet."""
    return Ledger(config)


# --- drawing ------------------------------------------------------------------------------------------------


def _charge(draw: Draw) -> int:
    return draw.integer(-(2**80), 2**80)


def _totals(draw: Draw) -> Totals:
    return Totals(*(draw.integer(0, 2**72) for _ in range(2)), *(draw.integer(0, 2**50) for _ in range(2)))


def _conditions(draw: Draw) -> Conditions:
    return Conditions(
        draw.integer(0, 2**40),
        draw.integer(1, 60 * SECOND),
        draw.integer(0, 600 * SECOND),
        draw.integer(0, 2**40),
        draw.truth(),
        draw.integer(0, 3600 * SECOND),
    )


def _thresholds(draw: Draw) -> Thresholds:
    pay, resume, limit, block = sorted(draw.integer(0, 2**40) for _ in range(4))
    return Thresholds(pay, resume, limit, block, outage=draw.integer(0, 2**40))


def _standing(draw: Draw) -> Arguments:
    limits = _thresholds(draw)
    names = (limits.resume, limits.limit, limits.block, limits.block + limits.outage)
    return {
        "before": draw.choice(tuple(Standing)),
        "owed": draw.near(draw.choice(names)),
        "thresholds": limits,
        "relaxed": draw.truth(),
    }


def _due(draw: Draw) -> Arguments:
    octets, pay = draw.integer(1, 2**40), draw.integer(1, 2**50)
    debt = draw.choice((draw.near(pay), draw.integer(-(2**60), 2**60)))
    spendable = draw.choice((None, draw.near(debt // octets), draw.near(pay // octets)))
    return {"debt": debt, "pay": pay, "unit_octets": octets, "spendable": spendable}


def _transfer(draw: Draw) -> Arguments:
    committed = draw.integer(1, 1000)
    transfer = Transfer(
        draw.octets(32),
        draw.choice((_ANN.account, _ANN.account, _ANN.account, _US.account)),
        draw.choice((_US.account, _US.account, _US.account, _BOB.account)),
        draw.choice((0, 1, draw.integer(1, 2**40), 2**256 - 1, 2**256)),
        draw.choice(("udai", "udai", "udai", "uother")),
        draw.near(committed, 3),
    )
    scanned = draw.near(transfer.height, 2)
    return {
        "transfer": transfer,
        "terms": evolve(_TERMS, confirmations=draw.below(3)),
        "committed": committed,
        "scanned": scanned,
        "is_known": draw.chance(1, 4),
    }


def _bucket(draw: Draw) -> Arguments:
    terms = Allowance(draw.integer(0, 2**20), draw.integer(0, 2**20))
    bucket = Bucket(draw.integer(0, terms.capacity * SECOND), draw.integer(0, 2**40))
    return {"bucket": bucket, "allowance": terms, "now": bucket.at + draw.integer(0, 100 * SECOND)}


def _taken(draw: Draw) -> Arguments:
    given = dict(_bucket(draw))
    there = allowance.level(given["bucket"], given["allowance"], given["now"]) // SECOND
    return {**given, "octets": draw.near(there)}


def _identities(draw: Draw) -> tuple[Identity, Identity]:
    first, second = draw.choice((_ANN, _BOB)), draw.choice((_ANN, _BOB))
    changed = evolve(
        first,
        mesh=draw.choice((first.mesh, second.mesh, _US.mesh)),
        account=draw.choice((first.account, second.account, _US.account)),
        tunnel_key=draw.choice((first.tunnel_key, second.tunnel_key, _US.tunnel_key)),
    )
    return changed, second


def _event(draw: Draw, height: int, number: int) -> Event:
    who = draw.choice((_ANN, _ANN, _ANN, _BOB, _US, evolve(_ANN, mesh=_BOB.mesh)))
    coins = draw.choice((0, 1, 49, 50, 51, 151, 201))
    transfer = Transfer(
        draw.choice((b"one", b"two", draw.octets(4))),
        draw.choice((_ANN.account, _BOB.account, _who("d").account)),
        draw.choice((_US.account, _US.account, _US.account, _BOB.account)),
        draw.choice((0, 1, 50, 500)),
        "udai",
        height + draw.below(3),
    )
    events: tuple[Event, ...] = (
        Admitted(who),
        Metered(who, coins * _COIN, draw.below(2 * _COIN)),
        Metered(who, draw.choice((-1, 0, 7)), coins * _COIN),
        PaymentReceived(transfer, transfer.height + draw.below(3)),
        PaymentClaimed(who, transfer.transaction),
        PaymentConfirmed(draw.below(number + 1)),
        PaymentFailed(draw.below(number + 1)),
        WalletChanged(draw.choice((None, 0, 60, 10**6))),
        Tick(),
        Resumed(),
    )
    return draw.choice(events)


def _scenario(draw: Draw) -> Scenario:
    """A life of a node: neighbours, use, and a chain that now and then shows no new block."""
    height, number, now = 1, 0, 60 * SECOND
    begin: list[Event] = [Admitted(_ANN), ChainScanned(1)]
    steps: list[Arguments] = [{"event": one, "now": 0} for one in begin]
    for _ in range(24):
        now += draw.choice((0, SECOND, 5 * SECOND, 12 * SECOND))
        if draw.chance(1, 2):
            height += 1
            steps.append({"event": ChainScanned(height), "now": now})
        event = _event(draw, height, number)
        number += isinstance(event, Metered) and number < 3
        steps.append({"event": event, "now": now})
    return Scenario({"config": _CONFIG}, steps, ("ACCT-REJECT-01", "ACCT-TOTAL-01", "PAY-CREDIT-02"))


# --- scenarios that tell a story --------------------------------------------------------------------------


def _steps(*events: tuple[int, Event]) -> tuple[Arguments, ...]:
    """Events at seconds, of a node that sees a block each ten seconds and has done so for a minute."""
    first = [(0, Admitted(_ANN)), *((10 * one, ChainScanned(one + 1)) for one in range(7))]
    return tuple({"event": event, "now": second * SECOND} for second, event in (*first, *events))


def _paid(name: str, amount: int, height: int, sender: Identity = _ANN) -> PaymentReceived:
    return PaymentReceived(
        Transfer(name.encode(), sender.account, _US.account, amount, "udai", height), height + 1
    )


def _we(coins: int) -> Metered:
    return Metered(_ANN, coins * _COIN, 0)


def _ann(charge: int) -> Metered:
    return Metered(_ANN, 0, charge)


_STORIES: Final = {
    "pays-at-the-threshold-and-waits": Scenario(
        {"config": _CONFIG},
        _steps(
            (61, Metered(_ANN, _PAY - 1, 0)),
            (62, _we(1)),
            (63, _we(80)),
            (64, PaymentConfirmed(0)),
            (65, PaymentConfirmed(0)),
            (66, PaymentConfirmed(1)),
        ),
        ("PAY-DUE-01", "PAY-DUE-02", "PAY-FLIGHT-01", "PAY-FLIGHT-03"),
    ),
    "hands-the-same-in-again": Scenario(
        {"config": _CONFIG},
        _steps(
            (60, _we(50)),
            (70, ChainScanned(8)),
            (80, ChainScanned(9)),
            (89, Tick()),
            (90, Tick()),
            (91, Resumed()),
        ),
        ("PAY-FLIGHT-02", "PAY-FAIL-02", "ENF-KEEP-01"),
    ),
    "a-payment-fails-and-turns-up": Scenario(
        {"config": _CONFIG},
        _steps(
            (60, _we(100)),
            (61, PaymentFailed(0)),
            (70, ChainScanned(8)),
            (70, Tick()),
            (71, Tick()),
            (72, PaymentConfirmed(0)),
            (73, PaymentConfirmed(1)),
            (74, _we(149)),
            (75, _we(1)),
            (76, PaymentFailed(2)),
            (80, ChainScanned(9)),
            (86, Tick()),
            (87, PaymentConfirmed(3)),
            (88, PaymentConfirmed(2)),
        ),
        ("PAY-FAIL-01", "PAY-LATE-01", "PAY-LATE-02"),
    ),
    "a-wallet-that-is-nearly-empty": Scenario(
        {"config": _CONFIG},
        _steps(
            (61, WalletChanged(70)),
            (62, _we(60)),
            (63, PaymentConfirmed(0)),
            (64, _we(90)),
            (65, WalletChanged(50)),
            (66, Tick()),
            (67, WalletChanged(-1)),
        ),
        ("PAY-DUE-03",),
    ),
    "what-was-not-paid-can-be-spent-again": Scenario(
        {"config": _CONFIG},
        _steps(
            (60, WalletChanged(70)),
            (61, _we(60)),
            (62, PaymentFailed(0)),
            (72, Tick()),
        ),
        ("PAY-FAIL-01", "PAY-DUE-03"),
    ),
    "two-neighbours-are-paid": Scenario(
        {"config": _CONFIG},
        _steps(
            (60, Admitted(_BOB)),
            (61, _we(60)),
            (62, Metered(_BOB, 70 * _COIN, 0)),
            (63, PaymentConfirmed(1)),
            (64, PaymentConfirmed(0)),
        ),
        ("PAY-FLIGHT-01", "PAY-LATE-02"),
    ),
    "looked-up-before-its-block": Scenario(
        {"config": _CONFIG},
        _steps(
            (60, _paid("hasty", 5, 9)),
            (70, ChainScanned(8)),
            (71, _paid("hasty", 5, 9)),
            (80, ChainScanned(9)),
            (81, _paid("hasty", 5, 9)),
        ),
        ("PAY-CREDIT-02", "PAY-CREDIT-05"),
    ),
    "credited-once-to-whoever-sent-it": Scenario(
        {"config": _CONFIG},
        _steps(
            (61, Admitted(_BOB)),
            (62, PaymentClaimed(_ANN, b"of Bob")),
            (63, _paid("of Bob", 9, 8, _BOB)),
            (64, _paid("of Bob", 9, 8, _BOB)),
            (65, PaymentClaimed(_ANN, b"of Bob")),
            (70, ChainScanned(8)),
            (71, _paid("of Bob", 9, 8, _BOB)),
            (72, ChainScanned(8)),
        ),
        ("PAY-CREDIT-01", "PAY-CREDIT-02", "PAY-CREDIT-04", "PAY-CREDIT-05"),
    ),
    "paid-before-it-was-admitted": Scenario(
        {"config": _CONFIG},
        _steps(
            (61, _paid("early", 30, 8, _BOB)),
            (62, Admitted(evolve(_BOB, tunnel_key=_ANN.tunnel_key))),
            (63, Admitted(_BOB)),
            (64, Admitted(_BOB)),
            (65, Admitted(_US)),
            (66, Metered(_who("d"), 1, 1)),
        ),
        ("ACCT-UNCL-01", "ACCT-IDENT-01", "ACCT-IDENT-02", "ACCT-START-01", "ACCT-REJECT-01"),
    ),
    "too-much-is-credit": Scenario(
        {"config": _CONFIG},
        _steps(
            (61, _ann(100 * _COIN)),
            (62, _paid("much", 1000, 8)),
            (63, _we(10)),
            (64, _ann(900 * _COIN)),
            (65, _ann(1)),
            (66, Metered(_ANN, -11 * _COIN, 0)),
            (67, Metered(_ANN, -10 * _COIN, 0)),
            (68, Metered(_ANN, 0, -1)),
        ),
        ("ACCT-CREDIT-01", "ACCT-CREDIT-02", "ACCT-TOTAL-01", "ACCT-TOTAL-02"),
    ),
    "limited-blocked-and-served-again": Scenario(
        {"config": _CONFIG},
        _steps(
            (61, _ann(_LIMITS.limit)),
            (62, _ann(1)),
            (63, _ann(_LIMITS.block - _LIMITS.limit)),
            (64, _paid("a unit", 1, 8)),
            (65, _paid("nearly", 134, 8)),
            (66, _paid("enough", 1, 8)),
        ),
        ("ENF-STATE-01", "ENF-STATE-02", "ENF-STATE-03", "ENF-STATE-04", "ENF-NEW-01"),
    ),
    "the-chain-is-away": Scenario(
        {"config": _CONFIG},
        _steps(
            (76, _ann(_LIMITS.block + 1)),
            (89, Tick()),
            (90, ChainScanned(8)),
            (105, ChainScanned(9)),
            (120, ChainScanned(10)),
            (134, Tick()),
            (135, Tick()),
        ),
        ("ENF-STALE-01", "ENF-STALE-02", "ENF-STALE-03"),
    ),
    "the-chain-is-away-for-long": Scenario(
        {"config": _CONFIG},
        _steps(
            (76, _ann(_LIMITS.block + _LIMITS.outage)),
            (77, _ann(1)),
            (90, ChainScanned(8)),
            (91, _paid("nearly all", 1035, 9)),
            (92, _paid("the rest", 1, 9)),
        ),
        ("ENF-STALE-01", "ENF-STATE-04"),
    ),
    "nothing-is-paid-on-old-news": Scenario(
        {"config": _CONFIG},
        _steps((75, _we(49)), (76, _we(11)), (80, Tick()), (90, ChainScanned(8)), (91, Tick())),
        ("PAY-STALE-01",),
    ),
    "holds-itself-back": Scenario(
        {"config": _CONFIG},
        _steps(
            (60, WalletChanged(0)),
            (61, Metered(_ANN, _LIMITS.limit, 0)),
            (62, Metered(_ANN, 1, 0)),
            (63, WalletChanged(None)),
            (64, Tick()),
            (65, PaymentConfirmed(0)),
        ),
        ("ENF-SELF-01",),
    ),
    "a-year-of-silence": Scenario(
        {"config": _CONFIG},
        _steps((61, _ann(500 * _COIN)), (31_536_000, Tick()), (31_536_001, Resumed()), (31_536_000, Tick())),
        ("ACCT-KEEP-01", "ENF-KEEP-01"),
    ),
}


FAMILIES: Final = (
    Family(
        id="account-balance/unpaid",
        requirements=("ACCT-DEBT-02",),
        function=balance.unpaid,
        grid={"used": (0, 1, _COIN, 2**70), "paid": (0, 1, 2**60), "unit_octets": (1, _COIN)},
    ),
    Family(
        id="account-balance/debt",
        requirements=("ACCT-DEBT-01", "ACCT-CREDIT-01"),
        function=balance.debt,
        grid={"unpaid_by_us": _BALANCES, "unpaid_by_them": _BALANCES},
    ),
    Family(
        id="account-balance/credit",
        requirements=("ACCT-CREDIT-01",),
        function=balance.credit,
        grid={"unpaid_by_them": _BALANCES},
    ),
    Family(
        id="account-balance/debt-of",
        requirements=("ACCT-DEBT-01", "ACCT-DEBT-02", "ACCT-NET-01"),
        function=balance.debt_of,
        cases={
            "the-example-at-the-buyer": {
                "totals": Totals(120 * _COIN, 20 * _COIN, 100, 0),
                "unit_octets": _COIN,
            },
            "the-example-at-the-seller": {
                "totals": Totals(20 * _COIN, 114 * _COIN, 0, 100),
                "unit_octets": _COIN,
            },
        },
        draw=lambda draw: {"totals": _totals(draw), "unit_octets": draw.integer(1, 2**30)},
    ),
    Family(
        id="account-balance/credit-of",
        requirements=("ACCT-CREDIT-01", "ACCT-CREDIT-02"),
        function=balance.credit_of,
        draw=lambda draw: {"totals": _totals(draw), "unit_octets": draw.integer(1, 2**30)},
    ),
    Family(
        id="account-balance/used",
        requirements=("ACCT-TOTAL-01", "ACCT-NET-01"),
        function=balance.used,
        draw=lambda draw: {
            "totals": _totals(draw),
            "by_us": _charge(draw),
            "by_them": draw.integer(0, 2**80),
        },
    ),
    Family(
        id="account-balance/paid",
        requirements=("ACCT-TOTAL-01", "ACCT-NET-01"),
        function=balance.paid,
        draw=lambda draw: {"totals": _totals(draw), "amount": draw.integer(0, 2**60)},
    ),
    Family(
        id="account-balance/received",
        requirements=("ACCT-TOTAL-01", "ACCT-NET-01", "ACCT-CREDIT-02"),
        function=balance.received,
        draw=lambda draw: {"totals": _totals(draw), "amount": draw.integer(0, 2**60)},
    ),
    Family(
        id="account-identity/conflicting",
        requirements=("ACCT-IDENT-02",),
        function=identity.conflicting,
        cases={"nobody-is-known": {"identity": _ANN, "known": ()}},
        draw=lambda draw: dict(
            zip(("identity", "known"), ((pair := _identities(draw))[0], (_US, pair[1])), strict=True)
        ),
        hints={"known": tuple[Identity, ...]},
    ),
    Family(
        id="account-identity/shares-a-part",
        requirements=("ACCT-IDENT-02",),
        function=identity.shares_a_part,
        draw=lambda draw: dict(zip(("first", "second"), _identities(draw), strict=True)),
    ),
    Family(
        id="account-identity/check",
        requirements=("ACCT-IDENT-03",),
        function=identity.check,
        cases={
            "good": {"name": "peer", "identity": _ANN},
            "multicast": {"name": "peer", "identity": evolve(_ANN, mesh=IPv6Address("ff02::1"))},
            "unspecified": {"name": "peer", "identity": evolve(_ANN, mesh=IPv6Address("::"))},
            "no-account": {"name": "peer", "identity": evolve(_ANN, account="")},
            "capitals": {"name": "peer", "identity": evolve(_ANN, account="Althea1b")},
            "spaces": {"name": "peer", "identity": evolve(_ANN, account="althea1 b")},
            "space-behind": {"name": "peer", "identity": evolve(_ANN, account="althea1b ")},
            "short-key": {"name": "peer", "identity": evolve(_ANN, tunnel_key=b"b" * 31)},
            "long-key": {"name": "peer", "identity": evolve(_ANN, tunnel_key=b"b" * 33)},
        },
    ),
    Family(
        id="account-payment/amount-due",
        requirements=("PAY-DUE-01", "PAY-DUE-02", "PAY-DUE-03"),
        function=payment.amount_due,
        grid={
            "debt": (-1, 0, _PAY - 1, _PAY, _PAY + 700_000, 137 * _COIN + 1),
            "pay": (_PAY,),
            "unit_octets": (_COIN,),
            "spendable": (None, 0, 49, 50, 51, 60, 1000),
        },
        draw=_due,
    ),
    Family(
        id="account-payment/is-to-be-repeated",
        requirements=("PAY-FLIGHT-02",),
        function=payment.is_to_be_repeated,
        grid={"handed_in_at": (0, 7), "now": (29_999_999, 30_000_000, 30_000_007), "patience": (30_000_000,)},
    ),
    Family(
        id="account-payment/may-turn-up",
        requirements=("PAY-LATE-02",),
        function=payment.may_turn_up,
        grid={"number": (0, 1, 2, 2**40), "confirmed": (0, 1, 2, 2**40)},
    ),
    Family(
        id="account-receipt/rejection",
        requirements=("PAY-CREDIT-02", "PAY-CREDIT-03"),
        function=receipt.rejection,
        draw=_transfer,
        drawn=80,
    ),
    Family(
        id="account-receipt/is-final",
        requirements=("PAY-CREDIT-03",),
        function=receipt.is_final,
        grid={"height": (7, 8), "committed": (6, 7, 8, 9, 10), "confirmations": (0, 1, 2)},
    ),
    Family(
        id="account-receipt/repetition",
        requirements=("PAY-CREDIT-02", "PAY-CREDIT-05"),
        function=receipt.repetition,
        grid={"height": (7, 8, 9), "scanned": (0, 8), "is_known": (False, True)},
    ),
    Family(
        id="account-receipt/must-be-kept",
        requirements=("PAY-CREDIT-05",),
        function=receipt.must_be_kept,
        grid={"height": (7, 8, 9), "scanned": (0, 8)},
    ),
    Family(
        id="account-thresholds/most-used",
        requirements=("ENF-HONEST-01",),
        function=thresholds.most_used,
        grid={"rate": (0, 1, 3 * _COIN, 999_999), "duration": (0, 1, SECOND, 5 * SECOND + 1, 1_000_001)},
    ),
    Family(
        id="account-thresholds/most-left",
        requirements=("ENF-HONEST-01",),
        function=thresholds.most_left,
        grid={
            "unit_octets": (1, _COIN),
            "per_delay": (0, 60 * _COIN),
            "tolerance": (0, 15 * _COIN),
            "is_mutual": (False, True),
        },
    ),
    Family(
        id="account-thresholds/most-owed",
        requirements=("ENF-HONEST-01",),
        function=thresholds.most_owed,
        grid={
            "pay": (1, _PAY, 100 * _COIN),
            "per_interval": (0, 15 * _COIN),
            "per_delay": (0, 60 * _COIN),
            "left": (0, _COIN - 1),
        },
    ),
    Family(
        id="account-thresholds/most-counted",
        requirements=("ENF-HONEST-01",),
        function=thresholds.most_counted,
        draw=lambda draw: {
            "pay": draw.integer(1, 2**40),
            "conditions": _conditions(draw),
            "unit_octets": draw.integer(1, 2**30),
        },
    ),
    Family(
        id="account-thresholds/sides",
        requirements=("ENF-CHECK-01", "ENF-HONEST-01", "ENF-HONEST-02"),
        function=thresholds.sides,
        draw=lambda draw: {
            "thresholds": _thresholds(draw),
            "conditions": _conditions(draw),
            "unit_octets": draw.integer(1, 2**30),
        },
    ),
    Family(
        id="account-thresholds/failing",
        requirements=("ENF-CHECK-01", "ENF-HONEST-01", "ENF-HONEST-02"),
        function=thresholds.failing,
        grid={
            "thresholds": tuple(evolve(_LIMITS, **change) for change in _BROKEN.values()),
            "conditions": (_CONDITIONS, _MUTUAL),
            "unit_octets": (_COIN,),
        },
    ),
    Family(
        id="account-thresholds/check",
        requirements=("ENF-CHECK-01",),
        function=thresholds.check,
        cases=[
            Case(
                name,
                {
                    "thresholds": evolve(_LIMITS, **change),
                    "conditions": _CONDITIONS,
                    "unit_octets": _COIN,
                },
            )
            for name, change in _BROKEN.items()
        ],
    ),
    Family(
        id="account-thresholds/least",
        requirements=("ENF-CHECK-02", "ENF-HONEST-01", "ENF-HONEST-02"),
        function=thresholds.least,
        cases={
            "the-example": {"conditions": _CONDITIONS, "pay": _PAY, "unit_octets": _COIN},
            "the-example-both-ways": {"conditions": _MUTUAL, "pay": _PAY, "unit_octets": _COIN},
            "nothing-is-used": {"conditions": Conditions(0, 1, 0, 0), "pay": 0, "unit_octets": _COIN},
        },
        draw=lambda draw: {
            "conditions": _conditions(draw),
            "pay": draw.integer(0, 2**40),
            "unit_octets": draw.integer(1, 2**30),
        },
    ),
    Family(
        id="account-standing/standing",
        requirements=("ENF-STATE-01", "ENF-STATE-02", "ENF-STATE-03", "ENF-STATE-04", "ENF-STALE-01"),
        function=enforcement.standing,
        grid={
            "before": tuple(Standing),
            "owed": tuple(
                one + more
                for one in (
                    _LIMITS.resume,
                    _LIMITS.limit,
                    _LIMITS.block,
                    _LIMITS.block + _LIMITS.outage,
                )
                for more in (0, 1)
            ),
            "thresholds": (_LIMITS,),
            "relaxed": (False, True),
        },
        draw=_standing,
    ),
    Family(
        id="account-standing/most-unpaid",
        requirements=("ENF-BOUND-01", "ENF-BOUND-02"),
        function=enforcement.most_unpaid,
        grid={"thresholds": (_LIMITS, evolve(_LIMITS, outage=0)), "most_at_once": (0, 15 * _COIN)},
    ),
    Family(
        id="account-standing/is-stale",
        requirements=("ENF-STALE-02",),
        function=enforcement.is_stale,
        grid={"scanned_at": (None, 0, 5 * SECOND), "now": _TIMES, "stale_after": (15 * SECOND,)},
    ),
    Family(
        id="account-standing/is-relaxed",
        requirements=("ENF-STALE-01", "ENF-STALE-03"),
        function=enforcement.is_relaxed,
        grid={
            "fresh_since": (None, 0, SECOND),
            "now": _TIMES,
            "recovery": (15 * SECOND,),
            "stale": (False, True),
        },
    ),
    Family(
        id="account-standing/may-pass",
        requirements=("ENF-BLOCK-01", "ENF-BLOCK-02", "ENF-ALLOW-01"),
        function=enforcement.may_pass,
        grid={
            "standing": tuple(Standing),
            "purpose": tuple(Purpose),
            "within_allowance": (False, True),
        },
    ),
    Family(
        id="account-allowance/full",
        requirements=("ENF-ALLOW-01",),
        function=allowance.full,
        grid={"allowance": (Allowance(), Allowance(0, 0)), "now": (0, 7)},
    ),
    Family(
        id="account-allowance/level",
        requirements=("ENF-ALLOW-01",),
        function=allowance.level,
        draw=_bucket,
    ),
    Family(
        id="account-allowance/taken",
        requirements=("ENF-ALLOW-01", "ENF-ALLOW-02"),
        function=allowance.taken,
        cases={
            "a-part-of-an-octet-too-little": {
                "bucket": Bucket(SECOND - 1, 0),
                "allowance": Allowance(),
                "now": 0,
                "octets": 1,
            }
        },
        draw=_taken,
        drawn=48,
    ),
    Family(
        id="account-allowance/most-free",
        requirements=("ENF-ALLOW-02",),
        function=allowance.most_free,
        grid={"allowance": (Allowance(), Allowance(0, 3)), "duration": (0, 999_999, SECOND, 86_400 * SECOND)},
    ),
    Machine(
        id="account/step",
        requirements=tuple(sorted({one for story in _STORIES.values() for one in story.requirements})),
        start=opened,
        step=account_machine.step,
        covers=(account_machine.may_pay, *account_machine.HANDLERS.values()),
        scenarios=_STORIES,
        draw=_scenario,
        drawn=14,
    ),
)
