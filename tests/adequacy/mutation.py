# SPDX-License-Identifier: GPL-2.0-only
"""Small faults in the kernels of routing, one at a time, and which layers notice each.

``python -m tests.adequacy.mutation`` plants faults, asks each layer in a process of its own, keeps what they
said in ``.mutation_cache/`` so that a run may be interrupted, and writes ``docs/mutation.md``.

    --per-function N   at most so many faults of a function, chosen by hash (default 4; 0: all)
    --minutes N        plant no further ones after so long
    --report           only write the report of what is known

The tools that there are for this do not fit: mutmut names what it changes after the file, which here is not
the name of the module (the package is made of links to the rooms), and cosmic-ray changes the files
themselves.  Neither can ask a proof, which runs the function's own code on symbolic numbers.
"""

import argparse
import ast
import gc
import hashlib
import json
import os
import pickle
import resource
import signal
import sys
import time
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from attrs import asdict, frozen

from ..spec.proofs.mutants import Mutant, function_named, mutants_of, planted
from .mutation_layers import LAYERS, kernels, prepare
from .mutation_report import report

ROOT: Final = Path(__file__).resolve().parents[2]
RESULTS: Final = ROOT / ".mutation_cache" / "results.jsonl"
PAGE: Final = ROOT / "docs" / "mutation.md"
JUDGEMENTS: Final = Path(__file__).parent / "mutation_judgements.toml"
SECONDS: Final = {"proof": 12, "test": 10, "vector": 4, "trace": 8}
"""Of processor time for each layer and fault; without a fault none takes much more than half of that."""


@frozen
class Noticed:
    """What became of one fault."""

    function: str
    fault: str
    source: str
    """Hash of the function as it is: a changed one is tried anew."""
    layers: dict[str, str]
    """By layer: what noticed it first; empty where nothing did."""


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.adequacy.mutation")
    parser.add_argument("--per-function", type=int, default=4)
    parser.add_argument("--minutes", type=float, default=600)
    parser.add_argument("--report", action="store_true")
    asked = parser.parse_args(words)
    known = {(one.function, one.fault, one.source): one for one in _read()}
    prepare()
    gc.freeze()
    functions = kernels()
    chosen = [one for name in functions for one in _chosen(name, asked.per_function)]
    chosen.sort(key=lambda one: (one[0], _hash(f"{one[1].function} {one[1].fault}")))
    deadline = time.monotonic() + 60 * asked.minutes
    for _, mutant, source in chosen:
        if asked.report or time.monotonic() > deadline:
            break
        key = (mutant.function, mutant.fault, source)
        if key not in known:
            known[key] = Noticed(*key, {name: _asked(name, mutant) for name in LAYERS})
            _append(known[key])
            print(mutant.function, mutant.fault, known[key].layers, flush=True)  # noqa: T201
    current = [known[key] for _, one, source in chosen if (key := (one.function, one.fault, source)) in known]
    total = sum(len(list(mutants_of(name))) for name in functions)
    judged = tomllib.loads(JUDGEMENTS.read_text(encoding="utf-8")) if JUDGEMENTS.exists() else {}
    PAGE.write_text(report([asdict(one) for one in current], total, len(functions), judged), encoding="utf-8")
    return 0


def _chosen(function: str, most: int) -> Iterator[tuple[int, Mutant, str]]:
    """The faults that are tried, each with its turn: first one of each function, then a second, and so on."""
    source = _hash(ast.dump(ast.parse(_text(function))))
    found = sorted(mutants_of(function), key=lambda one: _hash(f"{one.function} {one.fault}"))
    for turn, one in enumerate(found[: most or None]):
        yield turn, one, source


def _text(function: str) -> str:
    import inspect
    import textwrap

    return textwrap.dedent(inspect.getsource(function_named(function)))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _asked(layer: str, mutant: Mutant) -> str:
    """What a layer says, in a process that ends with it.

    This one must not have asked z3 anything: what z3 leaves running does not live on in the other.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        seconds = SECONDS[layer]
        resource.setrlimit(resource.RLIMIT_CPU, (_taken() + seconds, _taken() + seconds + 2))
        signal.alarm(60 * seconds)
        try:
            with planted(mutant):
                said = LAYERS[layer](mutant.function)
        except BaseException as error:
            said = f"fails: {type(error).__name__}"
        os.write(writing, pickle.dumps(said))
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        octets = stream.read()
    _, status = os.waitpid(child, 0)
    if octets:
        return str(pickle.loads(octets))
    late = os.WIFSIGNALED(status) and os.WTERMSIG(status) in {signal.SIGXCPU, signal.SIGKILL, signal.SIGALRM}
    if late and layer == "proof":
        return ""  # a prover that finds no end has noticed nothing
    return "does not end" if late else "breaks down"


def _taken() -> int:
    """Seconds of processor time that this process has had."""
    return int(time.process_time()) + 1


def _read() -> list[Noticed]:
    if not RESULTS.exists():
        return []
    rows: list[dict[str, Any]] = [json.loads(line) for line in RESULTS.read_text("utf-8").splitlines()]
    return [Noticed(**row) for row in rows]


def _append(one: Noticed) -> None:
    RESULTS.parent.mkdir(exist_ok=True)
    with RESULTS.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(asdict(one)) + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
