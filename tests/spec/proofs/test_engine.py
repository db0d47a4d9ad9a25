# SPDX-License-Identifier: GPL-2.0-only
"""The prover refutes what is false, in every construct of the language, and refuses what it cannot see."""

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
import z3

from althea_spec.spec.proofs.engine import obligations, powers
from althea_spec.spec.proofs.engine.errors import ProofError
from althea_spec.spec.proofs.engine.given import Concrete, Given
from althea_spec.spec.proofs.engine.obligations import Kind, Obligation
from althea_spec.spec.proofs.engine.outcome import Outcome, Verdict
from althea_spec.spec.proofs.engine.proving import prove
from althea_spec.spec.proofs.engine.solvers import Answer, ask, ask_cvc5, library, script
from althea_spec.spec.proofs.engine.symbols import order_of_quotients

from .toys import kernels

PAIRS = [name for name in vars(kernels) if f"{name}_wrong" in vars(kernels)]
BLIND = [
    "identity",
    "its_type",
    "its_other_type",
    "real_division",
    "real_number",
    "words",
    "formatted",
    "key",
    "set_member",
    "exclusive_or",
    "any_mask",
    "count_of_bits",
    "long_range",
    "rounded",
    "swallowing",
    "truth_as_number",
    "divisor_below_zero",
]


def obligation(claim: Callable[[Given], bool], kind: Kind = Kind.THEOREM) -> Obligation:
    claim.__doc__ = "A claim."
    return Obligation("test/claim", kind, (), claim)


def outcome_of(function: Callable[[int, int], Any], *arguments: int) -> Any:
    try:
        return function(*arguments)
    except ValueError:
        return -1


def same(first: Callable[[int, int], Any], second: Callable[[int, int], Any]) -> Outcome:
    def claim(given: Given) -> bool:
        x, y = given.integer("x", 0, 1001), given.integer("y", 0, 1000)
        return bool(outcome_of(first, x, y) == outcome_of(second, x, y))

    return prove(obligation(claim))


@pytest.mark.usefixtures("tests_are_reference")
@pytest.mark.parametrize("name", PAIRS)
def test_a_function_does_what_it_does(name: str) -> None:
    function = vars(kernels)[name]
    outcome = same(function, function)
    assert (outcome.z3, outcome.cvc5) == (Verdict.PROVED, Verdict.PROVED), outcome.why
    assert outcome.functions == (f"kernels.{name}",)


@pytest.mark.usefixtures("tests_are_reference")
@pytest.mark.parametrize("name", PAIRS)
def test_a_planted_fault_is_found(name: str) -> None:
    right, wrong = vars(kernels)[name], vars(kernels)[f"{name}_wrong"]
    outcome = same(right, wrong)
    assert outcome.z3 is Verdict.REFUTED, outcome.why
    values = outcome.example
    assert outcome_of(right, values["x"], values["y"]) != outcome_of(wrong, values["x"], values["y"])


@pytest.mark.usefixtures("tests_are_reference")
@pytest.mark.parametrize("name", BLIND)
def test_what_has_no_model_proves_nothing(name: str) -> None:
    def claim(given: Given) -> bool:
        function = vars(kernels)[name]
        return bool(function(given.integer("x", 0, 1000), given.integer("y", 0, 1000))) or True

    outcome = prove(obligation(claim))
    assert outcome.z3 is Verdict.BROKEN
    assert not outcome.is_good
    assert outcome.why


@pytest.mark.usefixtures("tests_are_reference")
def test_bits_are_shifted_masked_and_counted() -> None:
    def claim(given: Given) -> bool:
        row, wrong = given.bits("row", 8), given.bits("other", 8)
        kernels.equality(0, 0)
        split = (row & 0xA5).bit_count() + (row & 0x5A).bit_count()
        same_row = (row << 3 & 0xFF) >> 3 == row & 0x1F
        return bool(split == row.bit_count() and same_row and ((row | 4) & 4 == 4) and wrong >> 8 == 0)

    def false(given: Given) -> bool:
        kernels.equality(0, 0)
        return bool((given.bits("row", 8) & 0x7F).bit_count() == given.bits("row", 8).bit_count())

    assert prove(obligation(claim)).is_good
    refuted = prove(obligation(false))
    assert refuted.z3 is Verdict.REFUTED
    assert refuted.example["row"] >= 128


@pytest.mark.usefixtures("tests_are_reference")
def test_assumptions_that_contradict_one_another_prove_nothing() -> None:
    def claim(given: Given) -> bool:
        x = given.integer("x", 0, 10)
        given.assume(kernels.equality(x, 0) > 5, "x is large")
        given.assume(x < 3, "x is small")
        return False

    outcome = prove(obligation(claim))
    assert outcome.z3 is Verdict.BROKEN
    assert "contradict" in outcome.why
    assert [one.example for one in outcome.assumptions] == [None, None]


@pytest.mark.usefixtures("tests_are_reference")
def test_each_assumption_has_an_example() -> None:
    def claim(given: Given) -> bool:
        x = given.integer("x", 0, 10)
        given.assume(x > 5, "x is large")
        return kernels.equality(x, 1) > 6

    outcome = prove(obligation(claim))
    assert outcome.is_good
    ((text, example),) = [(one.text, one.example) for one in outcome.assumptions]
    assert text == "x is large"
    assert example is not None
    assert example["x"] > 5


def test_a_claim_that_calls_nothing_proves_nothing() -> None:
    outcome = prove(obligation(lambda given: given.integer("x", 0, 1) >= 0))
    assert outcome.z3 is Verdict.BROKEN
    assert "no function" in outcome.why


@pytest.mark.usefixtures("tests_are_reference")
def test_a_function_that_remembers_is_found_out_when_replayed() -> None:
    runs: list[int] = []

    def claim(given: Given) -> bool:
        runs.append(1)
        return kernels.equality(given.integer("x", 0, 9), len(runs)) >= 0

    outcome = prove(obligation(claim))
    assert outcome.z3 is Verdict.BROKEN
    assert "replayed" in outcome.why


@pytest.mark.usefixtures("tests_are_reference")
def test_a_witness_is_found_or_missed() -> None:
    def there(given: Given) -> bool:
        return bool(kernels.power(given.integer("x", 0, 99), 0) == 49)

    def gone(given: Given) -> bool:
        return bool(kernels.power(given.integer("x", 0, 99), 0) == 50)

    found = prove(obligation(there, Kind.WITNESS))
    assert (found.z3, found.cvc5, found.example) == (Verdict.WITNESSED, Verdict.WITNESSED, {"x": 7})
    missed = prove(obligation(gone, Kind.WITNESS))
    assert (missed.z3, missed.cvc5) == (Verdict.NO_WITNESS, Verdict.NOT_ASKED)


@pytest.mark.usefixtures("tests_are_reference")
def test_an_unknown_is_no_proof(monkeypatch: pytest.MonkeyPatch) -> None:
    from althea_spec.spec.proofs.engine import proving

    monkeypatch.setattr(proving, "ask_cvc5", lambda *_: Answer.UNKNOWN)
    outcome = same(kernels.order, kernels.order)
    assert (outcome.z3, outcome.cvc5) == (Verdict.PROVED, Verdict.UNKNOWN)
    assert not outcome.is_good
    monkeypatch.setattr(proving, "ask", lambda *_: (Answer.UNKNOWN, None))
    assert not same(kernels.order, kernels.order).is_good


@pytest.mark.usefixtures("tests_are_reference")
def test_a_counterexample_is_a_test_that_fails() -> None:
    def claim(given: Given) -> bool:
        x = given.integer("x", 0, 1000)
        return kernels.equality_wrong(x, 1) == kernels.equality(x, 1)

    outcome = prove(obligation(claim))
    assert outcome.example == {"x": 617}
    assert not claim(Concrete(outcome.example))
    compile(outcome.as_test(), "test", "exec")
    assert "Concrete({'x': 617})" in outcome.as_test()


def test_what_is_taken_for_true_of_powers_is_true() -> None:
    """Of every power and product of small numbers, by calculation."""
    number = z3.Function("power", z3.IntSort(), z3.IntSort(), z3.IntSort())
    times = z3.Function("product", z3.IntSort(), z3.IntSort(), z3.IntSort())
    made = [(number(x, e), x**e) for x, e in product(range(6), range(4))]
    made += [(times(x, y), x * y) for x, y in product(range(6), range(6))]
    for term, value in made:
        for fact in powers.facts(term):
            assert z3.is_true(z3.simplify(z3.substitute(fact, (term, z3.IntVal(value))))), (term, fact)
    for (one, first), (other, second) in product(made, made):
        if not z3.eq(one, other):
            for fact in powers.order(one, other):
                known = z3.substitute(fact, (one, z3.IntVal(first)), (other, z3.IntVal(second)))
                assert z3.is_true(z3.simplify(known)), (one, other, fact)


def test_what_is_taken_for_true_of_quotients_is_true() -> None:
    """By calculation of small ones, below 0 too, and for all by both solvers."""
    x, y, u, v = z3.Ints("x y u v")
    for a, b, c, d in product(range(-3, 6), range(1, 4), range(-3, 6), range(1, 4)):
        for fact in [*order_of_quotients(x / u, y / v), *order_of_quotients(x / u, y / u)]:
            known = z3.substitute(
                fact, *((n, z3.IntVal(i)) for n, i in zip((x, u, y, v), (a, b, c, d), strict=True))
            )
            assert z3.is_true(z3.simplify(known)), (a, b, c, d, fact)
    low, high, rest, more = z3.Ints("low high rest more")
    divided = [
        u > 0,
        v > 0,
        rest >= 0,
        rest < u,
        more >= 0,
        more < v,
        x == u * low + rest,
        y == v * high + more,
    ]
    grows = [*divided, x <= y, x >= 0, u >= v, z3.Not(low <= high)]
    assert ask(grows)[0] is Answer.UNSATISFIABLE
    assert ask_cvc5(script(grows)) is Answer.UNSATISFIABLE


def test_what_the_induction_on_exponents_needs_is_true() -> None:
    """With x < y and x**e < y**e also x**(e+1) < y**(e+1); and no power falls below its base."""
    x, y, low, high = z3.Ints("x y low high")
    step = [x >= 0, x < y, low >= 0, low < high, z3.Not(x * low < y * high)]
    grows = [x >= 1, low >= x, z3.Not(x * low >= x)]
    same = [x >= 0, x <= y, low >= 0, low <= high, z3.Not(x * low <= y * high)]
    strict = [x >= 1, low >= 1, x <= y, low <= high, z3.Or(x < y, low < high), z3.Not(x * low < y * high)]
    for question in (step, grows, same, strict):
        assert ask(question)[0] is Answer.UNSATISFIABLE
        assert ask_cvc5(script(question)) is Answer.UNSATISFIABLE


def test_a_solver_that_is_missing_is_one_line() -> None:
    with pytest.raises(ProofError, match="solver nosuchsolver: expected it to be installed"):
        library("nosuchsolver")


def test_an_obligation_has_an_id_and_a_sentence() -> None:
    def claim(given: Given) -> bool:
        return bool(given)

    with pytest.raises(ValueError, match="expected an id such as"):
        obligations.theorem("No Id")(claim)
    with pytest.raises(ValueError, match="expected a docstring of one sentence"):
        obligations.theorem("test/no-sentence")(claim)
    assert "test/no-sentence" not in obligations.registered()
