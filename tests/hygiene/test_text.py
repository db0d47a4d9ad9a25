# SPDX-License-Identifier: GPL-2.0-only
"""What must hold for every tracked file: its licence, its size, and that it speaks of the project only."""

import ast
import re
import subprocess
import tokenize
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LARGEST_OCTETS = 1_000_000
MIT_ROOMS = {"reference", "spec"}
STANDARD_FOR_REFERENCE = {
    "__future__", "abc", "bisect", "collections", "dataclasses", "enum", "fractions", "functools", "hashlib",
    "heapq", "hmac", "ipaddress", "itertools", "json", "math", "operator", "struct", "types", "typing",
}  # fmt: skip
"""The part of the standard library that computes and does nothing else."""
NOT_OURS = re.compile(
    r"/work/|/tmp/h/|/root/|shared/facts|\b(Claude|Anthropic|ChatGPT|OpenAI|Copilot|LLM|language model)\b",
    re.IGNORECASE,
)
"""Paths of somebody's machine, and tools that a reader does not have."""


def tracked_files() -> list[Path]:
    """Every file that git tracks, and that is a file of its own (not a link to a room)."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def python_files(*rooms: str) -> list[Path]:
    """Tracked Python files below these folders."""
    paths = [path for path in tracked_files() if path.suffix == ".py"]
    return [path for path in paths if path.relative_to(ROOT).parts[0] in rooms]


def test_each_python_file_names_its_licence() -> None:
    wrong = []
    for path in tracked_files():
        if path.suffix != ".py":
            continue
        text = path.read_text(encoding="utf-8")
        room = path.relative_to(ROOT).parts[0]
        expected = f"# SPDX-License-Identifier: {'MIT' if room in MIT_ROOMS else 'GPL-2.0-only'}"
        if text.strip() and text.splitlines()[0] != expected:
            wrong.append(f"{path.relative_to(ROOT)}:1: expected '{expected}'")
    assert not wrong, "\n".join(wrong)


def test_no_tracked_file_is_large() -> None:
    sizes = {path.relative_to(ROOT).as_posix(): path.stat().st_size for path in tracked_files()}
    assert not {name: size for name, size in sizes.items() if size > LARGEST_OCTETS}


def test_files_speak_of_the_project_only() -> None:
    found = []
    for path in tracked_files():
        if path == Path(__file__) or path.suffix == ".png":  # compressed octets spell anything
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if NOT_OURS.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}")
    assert not found, "\n".join(found)


def test_the_reference_silences_no_checker() -> None:
    found = []
    for path in python_files("reference"):
        with path.open("rb") as file:
            comments = [token for token in tokenize.tokenize(file.readline) if token.type == tokenize.COMMENT]
        silencing = [token for token in comments if re.search(r"type:\s*ignore|noqa|pragma", token.string)]
        found += [f"{path.relative_to(ROOT)}:{token.start[0]}: {token.string}" for token in silencing]
    assert not found, "\n".join(found)


def imports(path: Path) -> list[tuple[int, str]]:
    """Line and top-level name of each absolute import of a module."""
    found = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name.partition(".")[0]) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.append((node.lineno, (node.module or "").partition(".")[0]))
    return found


def test_the_reference_imports_attrs_and_what_only_computes() -> None:
    allowed = STANDARD_FOR_REFERENCE | {"attrs"}
    found = [
        f"{path.relative_to(ROOT)}:{line}: imports {name}"
        for path in python_files("reference")
        for line, name in imports(path)
        if name not in allowed
    ]
    assert not found, "\n".join(found)


def test_rooms_are_imported_by_one_name_only() -> None:
    """``import reference`` works by accident from the checkout, and nowhere else."""
    rooms = {"reference", "spec", "conformance", "hw_conformance"}
    found = [
        f"{path.relative_to(ROOT)}:{line}: import it as althea_spec.{name}"
        for path in python_files(*rooms, "althea_spec", "tests", "benchmarks", "tools")
        for line, name in imports(path)
        if name in rooms
    ]
    assert not found, "\n".join(found)


def test_each_module_of_the_reference_has_its_tests() -> None:
    """One of its own name, or one that imports it; numbers and records are tested by what uses them."""
    tests = python_files("tests")
    named = {path.stem for path in tests}
    imported = {name for path in tests for name in modules_imported(path)}
    modules = [path for path in python_files("reference") if "def " in path.read_text(encoding="utf-8")]
    untested = [
        path.relative_to(ROOT).as_posix()
        for path in modules
        if path.stem != "__init__"
        and f"test_{path.stem}" not in named
        and "althea_spec." + ".".join(path.relative_to(ROOT).with_suffix("").parts) not in imported
    ]
    assert modules
    assert not untested, f"no test_<module>.py, and no test that imports it: {', '.join(untested)}"


def modules_imported(path: Path) -> set[str]:
    """Full names of what a module imports absolutely; of ``from a import b``, both ``a`` and ``a.b``."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def test_links_in_the_documents_lead_somewhere() -> None:
    broken = []
    for path in tracked_files():
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8")):
            if re.match(r"[a-z]+:|#", target):
                continue
            if not (path.parent / target.partition("#")[0]).exists():
                broken.append(f"{path.relative_to(ROOT)}: {target}")
    assert not broken, "\n".join(broken)
