# SPDX-License-Identifier: GPL-2.0-only
"""Faults that no vector can notice, each with the reason: the function gives the same for all values."""

from typing import Final

_TEXT: Final = "only the words of the refusal are others, and they are for people"
_AGAIN: Final = "the weight that is made refuses the same again"
_SATURATES: Final = "the sum is cut to infinity all the same"
_FIRST: Final = "before the first Hello nothing is received, so there is nothing to shift"
_ZERO: Final = "a distance of 0 has no sign"
_NOTHING_SENT: Final = "to send, mint or burn nothing is refused, and changes nothing"
_ONE_OF_ITS_TYPE: Final = "sub-TLVs of a type that occurs twice are refused before; there is only one here"
_NO_NUMBER: Final = "no sub-TLV that has a body has this number either"
_NO_PRICE: Final = "routes without a price are compared with one another only, and all count alike"

JUDGED: Final[dict[str, str]] = {
    "routing.seqno.difference: computes Sub in later - earlier + _HALF": (
        "half the circle forward is half the circle back"
    ),
    "routing.cost.cost_etx: compares by Gt in rxcost >= INFINITY": _SATURATES,
    "routing.cost.cost_etx: adds 1 to INFINITY in INFINITY": _SATURATES,
    "routing.cost.cost_two_out_of_three: compares by Gt in txcost >= INFINITY": "the cost is the txcost",
    "routing.cost.cost_two_out_of_three: adds 1 to INFINITY in INFINITY": "the cost is the txcost",
    "routing.extended_metric.parse: takes the branch False in if not all((1 <= part <= "
    "LARGEST_WEIGHT_PART for part in parts)):\n    raise _wrong(_quoted(text))": _AGAIN,
    "routing.extended_metric.parse: calls any in all": _AGAIN,
    "routing.extended_metric.parse: counts 0 in 1": _AGAIN,
    "routing.extended_metric.parse: adds 1 to LARGEST_WEIGHT_PART in LARGEST_WEIGHT_PART": _AGAIN,
    "routing.extended_metric._wrong: adds 1 to LARGEST_WEIGHT_PART in LARGEST_WEIGHT_PART": _TEXT,
    "routing.extended_metric._quoted: takes the branch True in text if len(text) <= _LONGEST_QUOTE else "
    "f'{text[:_LONGEST_QUOTE]}…'": _TEXT,
    "routing.extended_metric._quoted: takes the branch False in text if len(text) <= _LONGEST_QUOTE else "
    "f'{text[:_LONGEST_QUOTE]}…'": _TEXT,
    "routing.extended_metric._quoted: compares by Lt in len(text) <= _LONGEST_QUOTE": _TEXT,
    "routing.extended_metric._quoted: compares by Gt in len(text) <= _LONGEST_QUOTE": _TEXT,
    "routing.extended_metric._quoted: adds 1 to _LONGEST_QUOTE in _LONGEST_QUOTE": _TEXT,
    "routing.hello_history.on_received: counts 1 in 0": _FIRST,
    "routing.hello_history.on_received: counts -1 in 0": _FIRST,
    "routing.hello_history.on_received: compares by LtE in gap < 0": "a shift by 0 is the same either way",
    "routing.hysteresis.value: compares by GtE in smoothed.offset > 0": _ZERO,
    "routing.hysteresis.value: counts -1 in 0": _ZERO,
    "routing.metric.through: takes the branch False in if cost >= INFINITY or advertised >= INFINITY:\n"
    "    return INFINITY": _SATURATES,
    "routing.metric.through: joins by And in cost >= INFINITY or advertised >= INFINITY": _SATURATES,
    "routing.metric.through: compares by Gt in cost >= INFINITY": _SATURATES,
    "routing.metric.through: compares by Gt in advertised >= INFINITY": _SATURATES,
    "routing.metric.through: adds 1 to INFINITY in INFINITY": _SATURATES,
    "routing.path_quality.is_significant: joins by And in before is None or after is None": (
        "when one is not known the other is not either"
    ),
    "routing.preference_request.after_selecting: takes the branch True in evolve(asked, kept_since=None) "
    "if asked.kept_since is not None else asked": "a copy with the same fields",
    "routing.price.check: takes the branch True in f'0 to {most}' if most else '0'": _TEXT,
    "routing.price.check: takes the branch False in f'0 to {most}' if most else '0'": _TEXT,
    "routing.priced_selection._rank: counts 1 in 0": _NO_PRICE,
    "routing.priced_selection._rank: counts -1 in 0": _NO_PRICE,
    "routing.rtt.penalty: compares by Gt in rtt >= maximum": "the line ends in the greatest penalty",
    "routing.share.has_changed: adds 1 to LEAST_VARIANCE in LEAST_VARIANCE": (
        "no whole number lies between the two bounds"
    ),
    "chain.rewards.withdraw: takes the branch True in if amount:\n    banks.send(bank, "
    "REWARDS, delegator, Coin(denomination, amount))": _NOTHING_SENT,
    "chain.rewards.withdraw_commission: takes the branch True in if amount:\n    "
    "banks.send(bank, REWARDS, validator.operator, Coin(denomination, amount))": _NOTHING_SENT,
    "chain.fees.distribute: takes the branch True in if left:\n    banks.send(bank, "
    "FEE_COLLECTOR, COMMUNITY_POOL, Coin(denomination, left))": _NOTHING_SENT,
    "chain.fees.distribute: takes the branch True in if amount:\n    _give(bank, "
    "stake.validators[operator], Coin(denomination, amount))": _NOTHING_SENT,
    "chain.staking.pay_out: takes the branch True in if amount:\n    banks.send(bank, "
    "UNBONDING, key[0], Coin(denomination, amount))": _NOTHING_SENT,
    "chain.punishment._burn: takes the branch True in if coin.amount:\n    banks.burn(bank, "
    "holder, coin, reason)": _NOTHING_SENT,
    "chain.parameters._check_range: takes the branch True in f'{least} or more' if most is "
    "None else f'{least} to {most}'": _TEXT,
    "chain.parameters._check_range: takes the branch False in f'{least} or more' if most is "
    "None else f'{least} to {most}'": _TEXT,
    "dao.registry._send: takes the branch True in if amount:\n    banks.send(bank, sender, "
    "recipient, Coin(registry.denomination, amount))": _NOTHING_SENT,
    "dao.escrow.leave: takes the branch True in if rest:\n    banks.send(bank, "
    "escrow.account, subscriber.account, Coin(escrow.denomination, rest))": _NOTHING_SENT,
    "routing.decode.decode_packet: takes the branch False in if body_end == len(payload):\n"
    "    return Packet(body)": "a trailer of no octets has no TLVs",
    "routing.interpret.interpret: says False in True": "where a TLV stood is no part of the answer",
    "routing.extension_checks.rtt_too_short: counts -1 in 0": _ONE_OF_ITS_TYPE,
    "routing.extension_checks.delivery_too_short: counts -1 in 0": _ONE_OF_ITS_TYPE,
    "routing.extensions._path: counts -1 in 0": "the only field of a structure is its last as well",
    "routing.extensions._body: counts 2 in 1": _NO_NUMBER,
    "routing.extensions._body: counts 0 in 1": _NO_NUMBER,
    "routing.extensions._body: counts -1 in 0": _ONE_OF_ITS_TYPE,
    "routing.carriage.answer_share: adds 1 to ALWAYS in ALWAYS": "a 128th of it is a whole number",
    "routing.price_bounds.check_settles: computes Mult in THOUSAND // (2 * delay + 1)": _TEXT,
    "routing.remote_answer.on_hello: compares by GtE in ahead > 0": "one that is not ahead changes no window",
    "routing.remote_answer.on_hello: counts -1 in 0": "one that is not ahead changes no window",
}
