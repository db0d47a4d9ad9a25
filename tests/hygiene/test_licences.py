# SPDX-License-Identifier: GPL-2.0-only
"""Every package that a run imports goes with GPL-2.0-only, is declared, is pinned, and is named in NOTICE."""

import ast
import re
import sys
import tomllib
from importlib.metadata import Distribution, distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.licenses import canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
OUR_NAME = "althea-spec"

COMPATIBLE = {
    "0BSD", "BSD-2-Clause", "BSD-3-Clause", "GPL-2.0-only", "GPL-2.0-or-later", "ISC", "LGPL-2.1-or-later",
    "MIT", "MPL-2.0", "PSF-2.0", "Zlib",
}  # fmt: skip
"""SPDX names of licences whose works may be combined with GPL-2.0-only ones; Apache-2.0 is none of them."""

OLD_WAYS = {
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "MIT": "MIT",
    "BSD-3-Clause": "BSD-3-Clause",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
}
"""How packages said it before there were licence expressions, in a classifier or as free text."""


def licence_of(found: Distribution) -> str:
    """The SPDX expression of a package's licence.

    Raises:
        LookupError: its metadata do not say it in a form that is known here.
    """
    metadata = found.metadata
    if "License-Expression" in metadata:
        return canonicalize_license_expression(metadata["License-Expression"])
    classifiers = [line.split(" :: ") for line in metadata.get_all("Classifier") or []]
    said = [line[-1] for line in classifiers if line[0] == "License"]
    for words in [*said, *(metadata.get_all("License") or [])]:
        if words in OLD_WAYS:
            return OLD_WAYS[words]
    raise LookupError(f"{metadata['Name']}: its licence is not told in a known form: {said}")


def compatible(expression: str) -> bool:
    """Whether one of the alternatives of an expression consists of compatible licences only."""
    alternatives = re.sub(r"[()]", "", expression).split(" OR ")
    return any(all(part in COMPATIBLE for part in one.split(" AND ")) for one in alternatives)


def runtime_packages() -> dict[str, Distribution]:
    """What is installed for a run: the dependencies, and theirs, by canonical name."""
    found: dict[str, Distribution] = {}
    waiting = declared()
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        found[name] = distribution(name)
        waiting += [Requirement(text) for text in found[name].requires or []]
    return found


def declared() -> list[Requirement]:
    """The dependencies that pyproject.toml declares for a run."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return [Requirement(text) for text in project["dependencies"]]


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        ("MIT", True),
        ("GPL-2.0-or-later OR Apache-2.0", True),
        ("Apache-2.0 OR BSD-2-Clause", True),
        ("Apache-2.0", False),
        ("GPL-3.0-or-later", False),
        ("MIT AND Apache-2.0", False),
    ],
)
def test_what_goes_with_gpl_2_only(expression: str, verdict: bool) -> None:
    assert compatible(expression) is verdict


def test_each_runtime_package_goes_with_scapy() -> None:
    licences = {name: licence_of(found) for name, found in runtime_packages().items()}
    assert "scapy" in licences
    assert not {name: licence for name, licence in licences.items() if not compatible(licence)}


def test_notice_names_each_runtime_package() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    named = {canonicalize_name(name) for name in re.findall(r"^  (\S+)  +\S", notice, re.MULTILINE)}
    assert named == set(runtime_packages()) | {"setuptools"}


def test_each_runtime_package_is_pinned_and_installed_as_pinned() -> None:
    text = (ROOT / "requirements" / "run.txt").read_text(encoding="utf-8")
    pins = dict(re.findall(r"^([\w.-]+)==([^\s;]+)", text, re.MULTILINE))
    installed = {name: found.version for name, found in runtime_packages().items()}
    assert {name: pins.get(name) for name in installed} == installed


def test_each_imported_package_is_declared() -> None:
    """A package that is there only because another one needs it may go away with it."""
    owners = packages_distributions()
    allowed = {canonicalize_name(requirement.name) for requirement in declared()} | {OUR_NAME}
    found = []
    for room in ("reference", "spec", "conformance", "hw_conformance", "althea_spec"):
        for path in sorted((ROOT / room).rglob("*.py")):
            foreign = sorted(imports(path) - sys.stdlib_module_names)
            undeclared = [
                one for one in foreign if not allowed & set(map(canonicalize_name, owners.get(one, [])))
            ]
            found += [f"{path.relative_to(ROOT)}: imports {name}" for name in undeclared]
    assert not found, "not among the dependencies in pyproject.toml:\n" + "\n".join(found)


def imports(path: Path) -> set[str]:
    """The top-level names that a module imports absolutely."""
    names = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.partition(".")[0])
    return names
