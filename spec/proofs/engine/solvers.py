# SPDX-License-Identifier: MIT
"""The two solvers: z3 decides, cvc5 confirms what z3 has written down as SMT-LIB 2.

Neither library says anything about its types, so that their terms are ``Any`` here.
"""

import importlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final, TypeAlias

from .errors import ProofError

Term: TypeAlias = Any
"""A term of z3."""
TIME_LIMIT_MILLISECONDS: Final = 60_000
"""For one question to one solver, by the clock on the wall: that a machine does much else must not change
what is proved.  On a quiet one no question takes more than a few seconds."""


class Answer(StrEnum):
    """What a solver says to a set of constraints."""

    SATISFIABLE = "sat"
    UNSATISFIABLE = "unsat"
    UNKNOWN = "unknown"


def library(name: str) -> Any:
    """A solver's Python module.

    Raises:
        ProofError: it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = {"z3": "z3-solver"}.get(name, name)
        raise ProofError(
            f"solver {name}: expected it to be installed (pip install {package}); {error}"
        ) from error


z3: Final = library("z3")


def ask(constraints: Sequence[Term], milliseconds: int = TIME_LIMIT_MILLISECONDS) -> tuple[Answer, Any]:
    """What z3 says, and its model where there is one."""
    solver = z3.Solver()
    solver.set("timeout", milliseconds)
    solver.add(*constraints)
    verdict = solver.check()
    if verdict == z3.sat:
        return Answer.SATISFIABLE, solver.model()
    return (Answer.UNSATISFIABLE if verdict == z3.unsat else Answer.UNKNOWN), None


def script(constraints: Sequence[Term]) -> str:
    """The same question in SMT-LIB 2."""
    solver = z3.Solver()
    solver.add(*constraints)
    return "(set-logic ALL)\n" + str(solver.to_smt2())


def ask_cvc5(text: str, milliseconds: int = TIME_LIMIT_MILLISECONDS) -> Answer:
    """What cvc5 says to a question in SMT-LIB 2.

    Raises:
        ProofError: cvc5 is not installed.
    """
    cvc5 = library("cvc5")
    solver = cvc5.Solver()
    solver.setOption("tlimit-per", str(milliseconds))
    parser = cvc5.InputParser(solver)
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "obligation")
    answer = Answer.UNKNOWN
    while not (command := parser.nextCommand()).isNull():
        said = str(command.invoke(solver, parser.getSymbolManager())).strip()
        if said in {Answer.SATISFIABLE.value, Answer.UNSATISFIABLE.value}:
            answer = Answer(said)
    return answer
