# SPDX-License-Identifier: MIT
"""Vectors for the chain: its kernels one by one, and whole lives of a chain with a few accounts."""

from collections.abc import Mapping
from typing import Final, TypeAlias

from attrs import evolve, frozen

from althea_spec.reference.chain import (
    accounts,
    admission,
    bank,
    block,
    coin,
    fees,
    liveness,
    parameters,
    punishment,
    rewards,
    shares,
    slashing,
    staking,
    transactions,
    voting_power,
)
from althea_spec.reference.chain.bank import Bank, SupplyReason
from althea_spec.reference.chain.block import Block, Evidence, Height, Payment, RefusedEvidence, Status
from althea_spec.reference.chain.chain import Chain
from althea_spec.reference.chain.coin import Coin
from althea_spec.reference.chain.parameters import MILLION, Parameters
from althea_spec.reference.chain.rejection import Rejection
from althea_spec.reference.chain.stake import Unbonding, Validator
from althea_spec.reference.chain.stake_messages import (
    CreateValidator,
    Delegate,
    Undelegate,
    Unjail,
    WithdrawCommission,
    WithdrawRewards,
)
from althea_spec.reference.chain.transactions import Sequence, Transaction, Transfer
from althea_spec.reference.payments.identity import ChainAddress
from althea_spec.reference.payments.money import LARGEST_AMOUNT, Amount, Denomination
from althea_spec.reference.routing.messages import Microseconds

from .draw import Draw
from .family import Arguments, Family
from .machine import Machine, Scenario

_ANNA, _BERTA, _CARL, _DORA = (f"althea1{name}" for name in ("anna", "berta", "carl", "dora"))
_STAKE, _FEE = "ualtg", "udai"
_WIDE: Final = 2**128

# --- balances -------------------------------------------------------------------------------------------


@frozen
class Books:
    """What is left to see of a bank of one denomination."""

    held: dict[ChainAddress, Amount]
    supply: Amount
    minted: Amount
    burned: Amount


def _bank(held: Mapping[ChainAddress, Amount]) -> Bank:
    books = Bank()
    for holder, amount in held.items():
        if amount:
            bank.mint(books, holder, Coin(_FEE, amount), SupplyReason.GENESIS)
    return books


def _seen(books: Bank) -> Books:
    held = {holder: amount for (holder, _), amount in books.balances.items() if amount}
    return Books(held, bank.supply(books, _FEE), sum(books.minted.values()), sum(books.burned.values()))


def after_send(
    held: dict[ChainAddress, Amount], sender: ChainAddress, recipient: ChainAddress, amount: int
) -> Books | Rejection:
    """The books after a coin was moved, or why it was not."""
    books = _bank(held)
    return bank.send(books, sender, recipient, Coin(_FEE, amount)) or _seen(books)


def after_mint(held: dict[ChainAddress, Amount], recipient: ChainAddress, amount: int) -> Books | Rejection:
    """The books after a coin was made, or why it was not."""
    books = _bank(held)
    return bank.mint(books, recipient, Coin(_FEE, amount), SupplyReason.BRIDGED_IN) or _seen(books)


def after_burn(held: dict[ChainAddress, Amount], holder: ChainAddress, amount: int) -> Books | Rejection:
    """The books after a coin was burned, or why it was not."""
    books = _bank(held)
    return bank.burn(books, holder, Coin(_FEE, amount), SupplyReason.BRIDGED_OUT) or _seen(books)


_HELD: Final = ({_ANNA: 100, _BERTA: 10}, {_ANNA: 1}, {_ANNA: LARGEST_AMOUNT - 5})
_AMOUNTS: Final = (-1, 0, 1, 5, 6, 10, 11, 100, 101, 110, 111)

_BALANCES: Final = (
    Family(
        id="bank/send",
        function=after_send,
        requirements=("BANK-SEND-01", "BANK-SEND-02", "BANK-AMOUNT-02"),
        covers=(bank.send, bank.refusal),
        grid={"held": _HELD[:2], "sender": (_ANNA, _BERTA), "recipient": (_ANNA, _BERTA), "amount": _AMOUNTS},
    ),
    Family(
        id="bank/mint",
        function=after_mint,
        requirements=("BANK-SUPPLY-01", "BANK-SUPPLY-02", "BANK-SUPPLY-04", "BANK-AMOUNT-02"),
        covers=(bank.mint,),
        grid={"held": _HELD, "recipient": (_ANNA, _BERTA), "amount": _AMOUNTS},
    ),
    Family(
        id="bank/burn",
        function=after_burn,
        requirements=("BANK-SUPPLY-01", "BANK-SUPPLY-02", "BANK-SUPPLY-03", "BANK-AMOUNT-02"),
        covers=(bank.burn,),
        grid={"held": _HELD[:2], "holder": (_ANNA, _BERTA), "amount": _AMOUNTS},
    ),
    Family(
        id="bank/refusal", function=bank.refusal, grid={"held": (0, 10, _WIDE), "amount": (-1, 0, 10, 11)}
    ),
    Family(
        id="coin/is-whole",
        function=coin.is_whole,
        cases={
            "number": {"amount": 5},
            "negative": {"amount": -5},
            "truth": {"amount": True},
            "text": {"amount": "5"},
            "fraction": {"amount": "3/2"},
            "nothing": {"amount": None},
        },
    ),
    Family(id="coin/refusal", function=coin.refusal_of_amount, grid={"amount": (-_WIDE, -1, 0, 1, _WIDE)}),
    Family(
        id="accounts/is-module",
        function=accounts.is_module,
        grid={"address": ("module:escrow", "module:", "althea1module", _ANNA)},
    ),
)

# --- admission and blocks -------------------------------------------------------------------------------

_WRONG_TERMS: Final[dict[str, dict[str, object]]] = {
    "defaults": {},
    "evidence-as-old-as-an-unbonding": {"unbonding_period": 20, "evidence_age": 20},
    "evidence-older-than-an-unbonding": {"unbonding_period": 20, "evidence_age": 21},
    "slash-of-all": {"double_sign_fraction": MILLION},
    "slash-of-nearly-all": {"downtime_fraction": MILLION - 1},
    "all-may-be-missed": {"signing_window": 4, "most_missed": 4},
    "fee-below-nothing": {"least_fees": {_FEE: -1}},
    "nobody-votes": {"most_validators": 0},
    "final-before-it-is-there": {"confirmations": -1},
}

_ADMISSION: Final = (
    Family(
        id="chain-admission/fee",
        function=admission.refusal_of_fee,
        grid={
            "fee": (0, 4, 5, 9, 10),
            "denomination": (_FEE, _STAKE, "uatom"),
            "least": ({_FEE: 5, _STAKE: 0},),
            "held": (0, 5, 9),
        },
    ),
    Family(
        id="chain-admission/sequence",
        function=admission.is_next,
        grid={"sequence": (-1, 0, 1, 6, 7, 8, _WIDE), "expected": (0, 7)},
    ),
    Family(
        id="chain-block/is-final",
        function=block.is_final,
        grid={"included": (7,), "committed": (6, 7, 8, 10, 11, 99), "confirmations": (0, 1, 4)},
    ),
    Family(
        id="chain-parameters/check",
        function=parameters.check,
        cases={
            name: {"parameters": evolve(Parameters(), **changes)}  # type: ignore[arg-type]
            for name, changes in _WRONG_TERMS.items()
        },
    ),
)

# --- stake ----------------------------------------------------------------------------------------------


def _pool(draw: Draw) -> tuple[Amount, int]:
    """Tokens and shares that can come about."""
    tokens = draw.integer(1, _WIDE)
    return tokens, tokens + draw.integer(0, tokens)


def _issued(draw: Draw) -> Arguments:
    tokens, total = _pool(draw)
    return {"amount": draw.integer(1, _WIDE), "tokens": tokens, "shares": total}


def _worth(draw: Draw) -> Arguments:
    tokens, total = _pool(draw)
    return {"owned": draw.integer(1, total), "tokens": tokens, "shares": total}


def _redeemed(draw: Draw) -> Arguments:
    tokens, total = _pool(draw)
    owned = draw.integer(1, total)
    most = owned * tokens // total
    return {"amount": draw.near(most, 3, low=1), "owned": owned, "tokens": tokens, "shares": total}


def _validator(name: str, tokens: Amount, jailed: bool = False, tombstoned: bool = False) -> Validator:
    return Validator(f"althea1{name}", 0, tokens, tokens, 7 if jailed else None, tombstoned)


_THREE: Final = (_validator("carl", 10), _validator("anna", 30), _validator("berta", 20))

_STAKING: Final = (
    Family(
        id="shares/issued",
        function=shares.issued,
        cases={
            "first": {"amount": 7, "tokens": 0, "shares": 0},
            "slashed": {"amount": 100, "tokens": 950, "shares": 1000},
        },
        draw=_issued,
    ),
    Family(
        id="shares/worth",
        function=shares.worth,
        cases={
            "nobody": {"owned": 0, "tokens": 0, "shares": 0},
            "slashed": {"owned": 105, "tokens": 1050, "shares": 1105},
        },
        draw=_worth,
    ),
    Family(
        id="shares/redeemed",
        function=shares.redeemed,
        cases={
            "part": {"amount": 50, "owned": 105, "tokens": 1050, "shares": 1105},
            "all": {"amount": 99, "owned": 105, "tokens": 1050, "shares": 1105},
            "all-and-a-rest": {"amount": 1, "owned": 15, "tokens": 10, "shares": 100},
        },
        draw=_redeemed,
    ),
    Family(
        id="staking/create",
        function=staking.refusal_of_validator,
        grid={
            "known": (False, True),
            "rate": (-1, 0, MILLION, MILLION + 1),
            "held": (10,),
            "amount": (0, 10, 11),
        },
    ),
    Family(
        id="staking/delegate",
        function=staking.refusal_of_delegation,
        grid={
            "validator": (
                None,
                _validator("anna", 5),
                _validator("anna", 5, jailed=True),
                _validator("anna", 5, jailed=True, tombstoned=True),
            ),
            "held": (10,),
            "amount": (-1, 0, 10, 11),
        },
    ),
    Family(
        id="staking/undelegate",
        function=staking.refusal_of_undelegation,
        grid={"amount": (-1, 0, 10, 11), "value": (10,), "entries": (0, 6, 7, 8), "most": (7,)},
    ),
    Family(
        id="staking/entries-beside",
        function=staking.entries_beside,
        grid={
            "entries": ((), (Unbonding(3, 10, 8),), (Unbonding(2, 1, 1), Unbonding(3, 10, 8))),
            "now": (3, 4),
        },
    ),
    Family(
        id="staking/with-entry",
        function=staking.with_entry,
        grid={
            "entries": ((), (Unbonding(3, 10, 8),), (Unbonding(2, 1, 1), Unbonding(3, 10, 8))),
            "entry": (Unbonding(3, 5, 5), Unbonding(4, 5, 5)),
        },
    ),
    Family(
        id="staking/is-mature",
        function=staking.is_mature,
        grid={"created": (5,), "now": (5, 14, 15, 16), "period": (1, 10)},
    ),
    Family(
        id="voting-power/active-set",
        function=voting_power.active_set,
        covers=(voting_power.may_vote,),
        grid={
            "validators": (
                _THREE,
                (*_THREE, _validator("dora", 40, jailed=True)),
                (*_THREE, _validator("dora", 40, tombstoned=True)),
                (*_THREE, _validator("dora", 20)),
                (_validator("berta", 5), _validator("anna", 5), _validator("carl", 0), _validator("dora", 1)),
                (),
            ),
            "most": (1, 2, 3, 100),
        },
    ),
)

# --- fees -----------------------------------------------------------------------------------------------


def _split(draw: Draw) -> Arguments:
    names = draw.some((_ANNA, _BERTA, _CARL, _DORA))
    return {"amount": draw.integer(0, 10**6), "powers": {name: draw.integer(0, 10**9) for name in names}}


def _accrued(draw: Draw) -> Arguments:
    total = draw.integer(1, 10**12)
    return {"amount": draw.integer(0, 10**9), "shares": total, "carry": draw.integer(0, total)}


def _owed(draw: Draw) -> Arguments:
    start = draw.integer(0, 10**30)
    return {"shares": draw.integer(0, 10**12), "ratio": start + draw.integer(0, 10**20), "start": start}


_FEES: Final = (
    Family(
        id="fees/split",
        function=fees.split,
        requirements=("DIST-FEE-01", "DIST-FEE-02"),
        covers=(fees.part,),
        cases={
            "example": {"amount": 100, "powers": {_ANNA: 500, _BERTA: 300, _CARL: 100}},
            "nobody": {"amount": 100, "powers": {}},
            "no-power": {"amount": 100, "powers": {_ANNA: 0}},
            "less-than-voters": {"amount": 1, "powers": {_ANNA: 1, _BERTA: 1, _CARL: 1}},
        },
        draw=_split,
    ),
    Family(
        id="fees/commission",
        function=fees.commission,
        grid={"amount": (0, 1, 9, 55, 10**18 + 1), "rate": (0, 1, 100_000, MILLION - 1, MILLION)},
    ),
    Family(
        id="rewards/accrued",
        function=rewards.accrued,
        cases={"example": {"amount": 50, "shares": 3, "carry": 0}},
        draw=_accrued,
    ),
    Family(
        id="rewards/owed",
        function=rewards.owed,
        cases={
            "example": {"shares": 2, "ratio": 16666666666666666666, "start": 0},
            "again": {"shares": 2, "ratio": 5, "start": 5},
        },
        draw=_owed,
    ),
)

# --- faults ---------------------------------------------------------------------------------------------

_SLASHING: Final = (
    Family(
        id="slashing/burned",
        function=slashing.burned,
        grid={"tokens": (0, 1, 19, 20, 1000, _WIDE), "fraction": (0, 100, 50_000, MILLION - 1)},
    ),
    Family(
        id="slashing/burned-of-unbonding",
        function=slashing.burned_of_unbonding,
        grid={
            "entry": (
                Unbonding(8, 200, 200),
                Unbonding(12, 300, 300),
                Unbonding(12, 10, 4),
                Unbonding(12, 10, 0),
            ),
            "fault": (7, 8, 9, 12, 13),
            "fraction": (0, 50_000, 600_000),
        },
    ),
    Family(
        id="slashing/evidence",
        function=slashing.refusal_of_evidence,
        grid={
            "fault": (79, 80, 100, 101),
            "now": (100,),
            "evidence_age": (20,),
            "voted": (True, False),
            "tombstoned": (True, False),
        },
    ),
    Family(
        id="slashing/release",
        function=slashing.refusal_of_release,
        grid={"jailed_until": (None, 9, 10, 11), "tombstoned": (True, False), "now": (10,)},
    ),
    Family(
        id="liveness/recorded",
        function=liveness.recorded,
        grid={"missed": (0, 1, 0b0101, 0b1000, 0b1111), "absent": (True, False), "window": (4, 5)},
    ),
    Family(
        id="liveness/is-down",
        function=liveness.is_down,
        requirements=("SLASH-DOWN-02",),
        grid={"missed": (0, 1, 0b1010, 0b1011), "most": (0, 1, 2)},
    ),
)

# --- whole lives ----------------------------------------------------------------------------------------

_Message: TypeAlias = (
    Transfer | CreateValidator | Delegate | Undelegate | WithdrawRewards | WithdrawCommission | Unjail
)


@frozen
class Delivered:
    """A transaction comes."""

    chain_id: str
    sender: ChainAddress
    sequence: Sequence
    fee: Coin
    message: _Message


@frozen
class Ended:
    """The block ends."""

    time: Microseconds
    absent: tuple[ChainAddress, ...] = ()
    evidence: tuple[Evidence, ...] = ()


@frozen
class Outcome:
    """What became of a transaction that is in a block."""

    status: Status
    reason: Rejection | None


@frozen
class Paid:
    """A payment that is final."""

    sender: ChainAddress
    recipient: ChainAddress
    coin: Coin
    height: Height


@frozen
class Closed:
    """What a block says of itself."""

    height: Height
    refused: tuple[RefusedEvidence, ...]
    jailed: tuple[ChainAddress, ...]
    final: tuple[Paid, ...]


@frozen
class Holding:
    """What an account has of a denomination."""

    account: ChainAddress
    denomination: Denomination
    amount: Amount


@frozen
class Standing:
    """What is known of a validator."""

    operator: ChainAddress
    tokens: Amount
    shares: int
    jailed: bool
    tombstoned: bool


@frozen
class Seen:
    """What is shown of a chain."""

    holdings: tuple[Holding, ...]
    """Those that are not nothing, by account and denomination."""
    validators: tuple[Standing, ...]
    votes: dict[ChainAddress, Amount]


def start_chain(terms: Parameters, genesis: tuple[Holding, ...]) -> Chain:
    """A chain before its first block."""
    return Chain(terms, {(one.account, one.denomination): one.amount for one in genesis})


def step_chain(chain: Chain, event: Delivered | Ended) -> tuple[Chain, Outcome | Closed] | Rejection:
    """Deliver a transaction, or end the block."""
    if isinstance(event, Delivered):
        receipt = chain.deliver(
            Transaction(event.chain_id, event.sender, event.sequence, event.fee, event.message)
        )
        reason = receipt.rejection if isinstance(receipt.rejection, Rejection) else None
        if receipt.status is Status.REJECTED and reason is not None:
            return reason
        return chain, Outcome(receipt.status, reason)
    made = chain.end_block(event.time, event.absent, event.evidence)
    return (chain, _closed(made)) if isinstance(made, Block) else made


def _closed(made: Block) -> Closed:
    return Closed(made.height, made.refused, made.jailed, tuple(map(_paid, made.final)))


def _paid(one: Payment) -> Paid:
    return Paid(one.sender, one.recipient, one.coin, one.height)


def see_chain(chain: Chain) -> Seen:
    """What is shown after each step."""
    held = sorted((key, amount) for key, amount in chain.bank.balances.items() if amount)
    known = sorted(chain.stake.validators.items())
    return Seen(
        tuple(Holding(account, denomination, amount) for (account, denomination), amount in held),
        tuple(
            Standing(name, one.tokens, one.shares, one.jailed_until is not None, one.is_tombstoned)
            for name, one in known
        ),
        dict(chain.stake.active),
    )


_TERMS: Final = Parameters(
    chain_id="althea-vectors",
    stake_denomination=_STAKE,
    least_fees={_FEE: 1, _STAKE: 2},
    most_validators=2,
    unbonding_period=4,
    most_unbondings=2,
    evidence_age=4,
    signing_window=4,
    most_missed=1,
    downtime_jail=2,
    double_sign_fraction=50_000,
    downtime_fraction=10_000,
)
_GENESIS: Final = tuple(
    Holding(name, kind, 10_000) for name in (_ANNA, _BERTA, _CARL) for kind in (_STAKE, _FEE)
)
_BLOCK: Final = 6_000_000


class _Story:
    """Writes down events as they are told, and plays them to know what comes next."""

    def __init__(self) -> None:
        self.chain = start_chain(_TERMS, _GENESIS)
        self.steps: list[Arguments] = []

    def tell(self, event: Delivered | Ended) -> None:
        self.steps.append({"event": event})
        step_chain(self.chain, event)

    def says(
        self, sender: str, message: _Message, fee: int = 1, later: int = 0, kind: Denomination = _FEE
    ) -> None:
        sequence = self.chain.next_sequence(sender) + later
        self.tell(Delivered(_TERMS.chain_id, sender, sequence, Coin(kind, fee), message))

    def ends(self, absent: tuple[str, ...] = (), evidence: tuple[Evidence, ...] = ()) -> None:
        self.tell(Ended(self.chain.time + _BLOCK, absent, evidence))

    def scenario(self) -> Scenario:
        return Scenario({"terms": _TERMS, "genesis": _GENESIS}, tuple(self.steps))


def _founded() -> _Story:
    story = _Story()
    story.says(_ANNA, CreateValidator(100_000, 2000))
    story.says(_BERTA, CreateValidator(0, 1000), 7)
    story.ends()
    return story


def _payments() -> Scenario:
    story = _founded()
    payment = Transfer(_DORA, Coin(_FEE, 500))
    story.says(_CARL, payment, 3)
    story.says(_CARL, payment, 3, later=-1)
    story.says(_CARL, payment, 3, later=1)
    story.says(_CARL, payment, 0)
    story.says(_CARL, payment, -1)
    story.says(_CARL, payment, 1, kind=_STAKE)
    story.says(_CARL, payment, 1, kind="uatom")
    story.says(_CARL, Transfer(_DORA, Coin(_FEE, 0)))
    story.says(_CARL, Transfer(_DORA, Coin(_FEE, 9_999)), 2)
    story.says(_CARL, Transfer("module:escrow", Coin(_FEE, 5)), 2)
    story.says(_CARL, Transfer(_DORA, Coin("ueur", 5)), 2)
    story.says(_DORA, Transfer(_DORA, Coin(_FEE, 499)))
    story.says("althea1nobody", payment)
    story.says("module:delegated", payment)
    story.tell(Delivered("another", _CARL, story.chain.next_sequence(_CARL), Coin(_FEE, 1), payment))
    for _ in range(3):
        story.ends()
    story.tell(Ended(story.chain.time))
    return story.scenario()


def _stake() -> Scenario:
    story = _founded()
    story.says(_CARL, Delegate(_ANNA, 1000), 10)
    story.says(_BERTA, CreateValidator(0, 5))
    story.ends()
    story.says(_CARL, Transfer(_BERTA, Coin(_FEE, 1)), 100)
    story.ends()
    story.says(_CARL, WithdrawRewards(_ANNA))
    story.says(_CARL, WithdrawRewards(_ANNA))
    story.says(_CARL, WithdrawRewards(_BERTA))
    story.says(_CARL, WithdrawRewards(_CARL))
    story.says(_CARL, WithdrawCommission())
    story.says(_ANNA, WithdrawCommission())
    story.says(_CARL, Undelegate(_ANNA, 1001))
    story.says(_CARL, Undelegate(_BERTA, 1))
    story.says(_CARL, Undelegate(_CARL, 1))
    story.says(_CARL, Undelegate(_ANNA, 400), 100, kind=_STAKE)
    story.says(_CARL, Undelegate(_ANNA, 1))
    story.ends()
    story.says(_CARL, Undelegate(_ANNA, 10), 50)
    story.says(_CARL, Undelegate(_ANNA, 20))
    story.ends()
    story.says(_CARL, Undelegate(_ANNA, 5))
    story.says(_CARL, WithdrawRewards(_ANNA))
    for _ in range(4):
        story.ends()
    return story.scenario()


def _leaving() -> Scenario:
    """The last delegators of a validator leave, and somebody comes to it again."""
    story = _founded()
    story.says(_CARL, Delegate(_BERTA, 2000))
    story.ends()
    story.says(_CARL, Transfer(_ANNA, Coin(_FEE, 1)), 101)
    story.ends()
    story.says(_CARL, Undelegate(_BERTA, 2000))
    story.says(_BERTA, Undelegate(_BERTA, 1000))
    story.ends()
    story.says(_CARL, Delegate(_BERTA, 7))
    for _ in range(3):
        story.ends()
    story.says(_CARL, WithdrawRewards(_BERTA))
    story.ends()
    return story.scenario()


def _faults() -> Scenario:
    story = _founded()
    story.says(_CARL, Delegate(_ANNA, 1000))
    story.says(_CARL, Delegate(_BERTA, 1000))
    story.ends()
    story.says(_CARL, Undelegate(_ANNA, 300))
    story.ends()
    story.ends((_BERTA,))
    story.says(_CARL, Undelegate(_ANNA, 200))
    story.ends((_BERTA,), (Evidence(_ANNA, 4), Evidence(_ANNA, 4), Evidence(_ANNA, 9), Evidence(_CARL, 4)))
    story.says(_BERTA, Unjail())
    story.ends()
    story.says(_BERTA, Unjail())
    story.says(_ANNA, Unjail())
    story.says(_CARL, Delegate(_ANNA, 5))
    story.says(_CARL, Delegate(_BERTA, 100))
    for _ in range(5):
        story.ends()
    return story.scenario()


def _any_message(draw: Draw) -> _Message:
    amount, validator = draw.integer(1, 3000), draw.choice((_ANNA, _BERTA))
    messages: tuple[_Message, ...] = (
        Transfer(draw.choice((_ANNA, _CARL, _DORA)), Coin(draw.choice((_FEE, _STAKE)), amount)),
        Delegate(validator, amount),
        Delegate(validator, amount),
        Undelegate(validator, amount),
        Undelegate(validator, 1 + amount // 10),
        WithdrawRewards(validator),
        WithdrawCommission(),
        Unjail(),
    )
    return draw.choice(messages)


def _any_life(draw: Draw) -> Scenario:
    story = _founded()
    for _ in range(draw.integer(6, 14)):
        for _ in range(draw.below(4)):
            sender = draw.choice((_ANNA, _BERTA, _CARL, _DORA))
            story.says(
                sender, _any_message(draw), draw.integer(0, 120), kind=draw.choice((_FEE, _FEE, _STAKE))
            )
        evidence = (Evidence(draw.choice((_ANNA, _BERTA)), story.chain.height - draw.below(4)),)
        absent = draw.some(tuple(sorted(story.chain.stake.active))) if draw.chance(1, 2) else ()
        story.ends(absent, evidence if draw.chance(1, 8) else ())
    return story.scenario()


_LIVES: Final = (
    Machine(
        id="chain/life",
        start=start_chain,
        step=step_chain,
        observe=see_chain,
        requirements=(
            "CHAIN-ANTE-01",
            "CHAIN-SEQ-01",
            "CHAIN-FEE-01",
            "CHAIN-FINAL-01",
            "BANK-SEND-01",
            "BANK-SEND-02",
            "BANK-MODULE-01",
            "BANK-DENOM-01",
            "STAKE-SHARE-04",
            "STAKE-UNBOND-01",
            "DIST-FEE-01",
            "DIST-RATIO-02",
            "DIST-WITHDRAW-01",
            "SLASH-AMOUNT-01",
            "SLASH-REACH-01",
            "SLASH-EVIDENCE-02",
            "SLASH-TOMB-01",
            "SLASH-DOWN-02",
        ),
        covers=(
            transactions.refusal_without_state,
            staking.delegate,
            staking.undelegate,
            staking.pay_out,
            rewards.withdraw,
            rewards.withdraw_commission,
            fees.distribute,
            punishment.slash,
            punishment.note_absences,
            punishment.weigh,
            punishment.release,
        ),
        scenarios={"payments": _payments(), "stake": _stake(), "leaving": _leaving(), "faults": _faults()},
        draw=_any_life,
        drawn=8,
        title="What becomes of transactions and blocks in the life of a chain.",
    ),
)

FAMILIES: Final = (*_BALANCES, *_ADMISSION, *_STAKING, *_FEES, *_SLASHING, *_LIVES)
