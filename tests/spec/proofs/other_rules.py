# SPDX-License-Identifier: GPL-2.0-only
"""Rules that somebody might have written instead, each with the obligation that must refute it.

They are for what no small fault breaks: one that still is an order, say, is still transitive.
"""

from collections.abc import Iterator
from typing import Final

from .mutants import Mutant, rewritten

OTHERS: Final = [
    ("accuracy/rounding", "accuracy.of", "ONE if measured <= claimed else -(-claimed * ONE // measured)"),
    ("accuracy/two-units", "accuracy.averaged", "(old + new + 1) // 2"),
    ("accuracy/shading-adds-up", "accuracy.averaged", "(3 * old + new) // 4"),
    ("accuracy/shading-adds-up", "accuracy.averaged", "(old + new + 3) // 2"),
    ("accuracy/shading-adds-up", "accuracy.averaged", "max(old, new)"),
    ("accuracy/score-within-three", "accuracy.score", "sum(accuracies) // len(accuracies) - 3"),
    ("share/range", "share.moved", "value + (2 * ONE * success - value) // weight"),
    ("share/rounding", "share.moved", "value + ((ONE if success else 0) - value) // weight - 1"),
    ("share/more-is-no-less-precise", "share.is_precise", "trials < WINDOW and value > ONE // 2"),
    (
        "probe/left-over-range",
        "remote_probe.left_over",
        "half if half.rtt is None else Quality(2 * observed.rtt - half.rtt, 0)",
    ),
    ("order/transitive", "extended_metric.precedes", "first[0] < second[0] or first[1] < second[1]"),
    ("probe/left-over-time", "remote_probe.left_over", "Quality(observed.rtt - half.rtt // 2, 0)"),
    ("probe/left-over-delivery", "remote_probe.left_over", "Quality(0, observed.delivery)"),
    ("path/end-to-end", "path_quality.onward", "Quality(max(path.rtt, link.rtt), path.delivery)"),
    (
        "selection/current-is-kept",
        "priced_selection.may_replace",
        "rank(better, weight) < rank(current, weight)",
    ),
    (
        "selection/current-is-kept",
        "priced_selection.may_replace",
        "smoothed_rank(better, weight) < smoothed_rank(current, weight)",
    ),
    ("codec/hello", "encode._encode_hello", "_hello(tlv.flags, tlv.interval, tlv.seqno)"),
    ("codec/too-wide", "encode._encode_hello", "_hello(tlv.flags, tlv.seqno % 65536, tlv.interval)"),
    ("codec/update", "encode._encode_update", "_update(1, tlv.flags, tlv.prefix_length, 0, 0, 0, 0)"),
    ("codec/router-id", "encode._encode_router_id", "tlv.router_id + _reserved(tlv.reserved)"),
    ("codec/bits-beyond", "parser_state.whole_address", "octets.ljust(ADDRESS_OCTETS[encoding], b'\\0')"),
    ("codec/derived-router-id", "parser_state.derived_router_id", "address[:8].ljust(8, b'\\0')"),
    ("codec/compression", "update_compression.shared_octets", "4 if default[0] == octets[0] else 0"),
    ("codec/prefix-size", "address_encoding.prefix_size", "(prefix_length + 7) // 8 - omitted"),
]
ARGUMENTS: Final = {
    "extended_metric.precedes": "first, second, weight",
    "accuracy.of": "claimed, measured",
    "accuracy.averaged": "old, new",
    "accuracy.score": "accuracies",
    "priced_selection.may_replace": "better, current, hysteresis, weight",
    "share.moved": "value, weight, *, success",
    "share.is_precise": "value, trials",
    "remote_probe.left_over": "observed, half",
    "path_quality.onward": "path, link",
    "parser_state.whole_address": "encoding, prefix_length, octets",
    "parser_state.derived_router_id": "address",
    "update_compression.shared_octets": "default, octets",
    "address_encoding.prefix_size": "encoding, prefix_length, omitted=0",
}


def rules_for(obligation: str) -> Iterator[Mutant]:
    """The other rules that this obligation is to refute."""
    for identifier, function, rule in OTHERS:
        if identifier == obligation:
            name, arguments = function.rpartition(".")[2], ARGUMENTS.get(function, "tlv")
            yield rewritten(function, f"def {name}({arguments}):\n    return {rule}")
