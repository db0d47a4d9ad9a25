# SPDX-License-Identifier: GPL-2.0-only
"""What the solvers said last, as ``althea-spec prove`` keeps it or ``prove --json`` prints it."""

import json
from pathlib import Path

from attrs import field, frozen

DEFAULT = Path(".prove_cache") / "verdicts.json"


@frozen
class ProofVerdict:
    """One obligation when it was proved last."""

    statement: str
    functions: tuple[str, ...]
    paths: int
    z3: str
    cvc5: str
    seconds: float


@frozen
class ProofRun:
    """A run of all or some of them."""

    verdicts: dict[str, ProofVerdict] = field(factory=dict)
    """By the id of the obligation."""
    problem: str = ""
    """Why there are none, in one line."""


def last_proofs(path: Path = DEFAULT) -> ProofRun:
    """What the file says; a file that is missing or of another form is a problem to be told, not an error."""
    hint = (
        "'althea-spec prove' writes it"
        if path == DEFAULT
        else f"'althea-spec prove --json > {path}' writes it"
    )
    try:
        found = json.loads(path.read_text(encoding="utf-8"))["obligations"]
        verdicts = {
            str(one["id"]): ProofVerdict(
                statement=str(one["statement"]),
                functions=tuple(str(name) for name in one["functions"]),
                paths=int(one["paths"]),
                z3=str(one["z3"]),
                cvc5=str(one["cvc5"]),
                seconds=float(one["seconds"]),
            )
            for one in found
        }
    except FileNotFoundError:
        return ProofRun(problem=f"No proof verdicts yet: {path} does not exist; {hint}.")
    except (OSError, ValueError, KeyError, TypeError) as error:
        return ProofRun(
            problem=f"{path}: not what 'prove --json' prints ({type(error).__name__}); {hint} anew."
        )
    return ProofRun(verdicts)
