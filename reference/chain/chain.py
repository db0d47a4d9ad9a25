# SPDX-License-Identifier: MIT
"""The chain as a machine: transactions are delivered into the block that is being made, and blocks end.

Nothing here knows of consensus: that all honest validators make the same blocks is taken for granted.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from enum import Enum

from ..payments.identity import ChainAddress
from ..payments.money import Amount, Denomination
from ..routing.messages import Microseconds
from . import accounts, admission, fees, punishment, staking, transactions, voting_power
from . import bank as banks
from . import block as blocks
from . import parameters as terms
from .bank import Bank, SupplyReason
from .block import Block, Evidence, Height, Payment, Receipt, Status
from .coin import Coin
from .module import Context, Module
from .parameters import Parameters
from .rejection import Rejection
from .stake import Stake
from .stake_messages import Staking
from .transactions import Message, Sequence, Transaction, TransactionHash, Transfer


class Chain:
    """One chain.  ``deliver`` and ``end_block`` change it; modules of other systems live on it."""

    def __init__(
        self,
        parameters: Parameters,
        genesis: Mapping[tuple[ChainAddress, Denomination], Amount],
        modules: Iterable[Module] = (),
        time: Microseconds = 0,
    ) -> None:
        """A chain before its first block.

        Raises:
            ValueError: terms that break a promise, or an amount that is no amount; one line.

        Requirement: BANK-SUPPLY-02, CHAIN-CONF-01
        """
        terms.check(parameters)
        self.parameters = parameters
        self.bank = Bank()
        self.stake = Stake()
        self.height: Height = 0
        """Of the last block that is closed."""
        self.time = time
        self.receipts: dict[TransactionHash, Receipt] = {}
        """Of all transactions that are in a block."""
        self._modules = (Staking(self.stake, parameters), *modules)
        self._handlers = {kind: one for one in self._modules for kind in one.messages()}
        self._sequences: dict[ChainAddress, Sequence] = {}
        self._open: list[tuple[Transaction, Receipt]] = []
        self._unconfirmed: deque[tuple[Height, tuple[Payment, ...]]] = deque()
        for (holder, denomination), amount in genesis.items():
            self._endow(holder, Coin(denomination, amount))

    def _endow(self, holder: ChainAddress, coin: Coin) -> None:
        reason = banks.mint(self.bank, holder, coin, SupplyReason.GENESIS)
        if reason is not None:
            raise ValueError(f"genesis, {coin.denomination} of {holder}: {reason.value}, got {coin.amount}")

    # --- queries ------------------------------------------------------------------------------------------

    def balance(self, address: ChainAddress, denomination: Denomination) -> Amount:
        """What an account holds now."""
        return banks.balance(self.bank, address, denomination)

    def next_sequence(self, address: ChainAddress) -> Sequence:
        """What the account's next transaction has to say."""
        return self._sequences.get(address, 0)

    def is_final(self, transaction: TransactionHash) -> bool:
        """Whether a transaction is in a block and cannot be taken back."""
        receipt = self.receipts.get(transaction)
        if receipt is None:
            return False
        return blocks.is_final(receipt.height, self.height, self.parameters.confirmations)

    # --- transactions -------------------------------------------------------------------------------------

    def deliver(self, transaction: Transaction) -> Receipt:
        """Put a transaction into the block that is being made, or refuse it.

        What is refused before it is in the block has changed nothing.  What fails in the block has paid its
        fee and used its sequence number, and its message has changed nothing.

        Requirement: CHAIN-ANTE-01, CHAIN-FAIL-01, CHAIN-SEQ-01, CHAIN-FEE-01
        """
        name = transactions.hash_of(transaction)
        rejection: Enum | None = Rejection.AMOUNT_NOT_WHOLE if name is None else self._refusal(transaction)
        if name is None or rejection is not None:
            return self._receipt(name or b"", transaction, Status.REJECTED, rejection)
        self._sequences[transaction.sender] = transaction.sequence + 1
        if transaction.fee.amount:
            banks.send(self.bank, transaction.sender, accounts.FEE_COLLECTOR, transaction.fee)
        rejection = self._do(transaction.sender, transaction.message)
        status = Status.SUCCEEDED if rejection is None else Status.FAILED
        self.receipts[name] = self._receipt(name, transaction, status, rejection)
        self._open.append((transaction, self.receipts[name]))
        return self.receipts[name]

    def _refusal(self, transaction: Transaction) -> Rejection | None:
        if (reason := transactions.refusal_without_state(transaction)) is not None:
            return reason
        sender, fee = transaction.sender, transaction.fee
        if transaction.chain_id != self.parameters.chain_id:
            return Rejection.WRONG_CHAIN
        if accounts.is_module(sender):
            return Rejection.SENDER_IS_MODULE
        if sender not in self.bank.known:
            return Rejection.UNKNOWN_ACCOUNT
        if not isinstance(transaction.message, Transfer) and type(transaction.message) not in self._handlers:
            return Rejection.UNKNOWN_MESSAGE
        if not admission.is_next(transaction.sequence, self.next_sequence(sender)):
            return Rejection.WRONG_SEQUENCE
        held = self.balance(sender, fee.denomination)
        return admission.refusal_of_fee(fee.amount, fee.denomination, self.parameters.least_fees, held)

    def _do(self, sender: ChainAddress, message: Message) -> Enum | None:
        if isinstance(message, Transfer):
            if accounts.is_module(message.recipient):
                return Rejection.RECIPIENT_IS_MODULE
            if not banks.is_known(self.bank, message.coin.denomination):
                return Rejection.UNKNOWN_DENOMINATION
            return banks.send(self.bank, sender, message.recipient, message.coin)
        return self._handlers[type(message)].handle(self._context(), sender, message)

    def _context(self) -> Context:
        return Context(self.bank, self.height + 1, self.time)

    def _receipt(
        self, name: TransactionHash, transaction: Transaction, status: Status, rejection: Enum | None
    ) -> Receipt:
        sender, sequence, fee = transaction.sender, transaction.sequence, transaction.fee
        return Receipt(name, sender, sequence, self.height + 1, fee, status, rejection)

    # --- blocks -------------------------------------------------------------------------------------------

    def end_block(
        self,
        time: Microseconds,
        absent: Collection[ChainAddress] = (),
        evidence: Iterable[Evidence] = (),
    ) -> Block | Rejection:
        """Close the block: fees are shared out, faults punished, unbondings paid, and the next voters chosen.

        Args:
            time: of the block; later than that of the one before.
            absent: members of the active set whose votes on this block did not come.
            evidence: of double signatures, in the order in which it is judged.

        Requirement: CHAIN-BLOCK-01, CHAIN-BLOCK-02, CHAIN-FINAL-01, DIST-FEE-03
        """
        if time <= self.time:
            return Rejection.TIME_NOT_LATER
        if any(one not in self.stake.active for one in absent):
            return Rejection.VOTE_NOT_EXPECTED
        self.height, self.time = self.height + 1, time
        fees.distribute(self.bank, self.stake, absent, self.parameters.least_fees)
        jailed = punishment.note_absences(self.bank, self.stake, absent, self.height, self.parameters)
        caught, refused = punishment.weigh(self.bank, self.stake, evidence, self.height, self.parameters)
        staking.pay_out(
            self.bank,
            self.stake,
            self.height,
            self.parameters.stake_denomination,
            self.parameters.unbonding_period,
        )
        for module in self._modules:
            module.end_block(Context(self.bank, self.height, time))
        voting_power.choose(self.stake, self.height + 1, self.parameters.most_validators)
        voting_power.forget(self.stake, self.height - self.parameters.evidence_age)
        made = self._open
        self._open = []
        self._unconfirmed.append((self.height, _payments(made)))
        return Block(
            self.height,
            time,
            tuple(transaction for transaction, _ in made),
            tuple(receipt for _, receipt in made),
            tuple(refused),
            (*jailed, *caught),
            self._confirmed(),
        )

    def _confirmed(self) -> tuple[Payment, ...]:
        final: list[Payment] = []
        depth = self.parameters.confirmations
        while self._unconfirmed and blocks.is_final(self._unconfirmed[0][0], self.height, depth):
            final.extend(self._unconfirmed.popleft()[1])
        return tuple(final)


def _payments(made: Iterable[tuple[Transaction, Receipt]]) -> tuple[Payment, ...]:
    return tuple(
        Payment(
            receipt.transaction,
            transaction.sender,
            transaction.message.recipient,
            transaction.message.coin,
            receipt.height,
        )
        for transaction, receipt in made
        if isinstance(transaction.message, Transfer) and receipt.status is Status.SUCCEEDED
    )
