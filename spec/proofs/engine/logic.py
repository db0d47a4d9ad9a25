# SPDX-License-Identifier: MIT
"""And, or and implies of symbolic truths, without a branch for each: for claims, not for kernels."""

from typing import cast

from .solvers import z3
from .symbols import Truth, truth_term


def all_of(*truths: bool) -> bool:
    """Whether each holds; plain truths give a plain one."""
    if all(isinstance(one, bool) for one in truths):
        return all(truths)
    return cast(bool, Truth(z3.And(*map(truth_term, truths))))


def any_of(*truths: bool) -> bool:
    """Whether one holds."""
    if all(isinstance(one, bool) for one in truths):
        return any(truths)
    return cast(bool, Truth(z3.Or(*map(truth_term, truths))))


def no(truth: bool) -> bool:
    """Whether it does not hold."""
    return not truth if isinstance(truth, bool) else cast(bool, Truth(z3.Not(truth_term(truth))))


def implies(condition: bool, truth: bool) -> bool:
    """Whether it holds, or the condition does not."""
    return any_of(no(condition), truth)
