# SPDX-License-Identifier: GPL-2.0-only
"""What a wheel installs is one package, whole, that works far away from the checkout."""

import shutil
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("reference", "spec", "conformance", "hw_conformance")


def tracked(*folders: str) -> list[str]:
    """Tracked files below these folders, from the root of the checkout."""
    command = ["git", "ls-files", "-z", "--", *folders]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).exists()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of the tracked files only, as they are in the checkout."""
    source = tmp_path_factory.mktemp("source")
    for name in tracked("."):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, source / name, follow_symlinks=False)
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        folder,
        source,
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of a fresh environment with the wheel in it, and its dependencies from ours."""
    folder = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    python = folder / "bin" / "python"
    options = ["--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run([sys.executable, "-m", "pip", "--python", python, "install", *options, wheel], check=True)
    place = next((folder / "lib").glob("python*/site-packages"))
    (place / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder / "bin"


def test_it_holds_one_package(wheel: Path) -> None:
    names = {name.partition("/")[0] for name in zipfile.ZipFile(wheel).namelist()}
    assert {name for name in names if not name.endswith(".dist-info")} == {"althea_spec"}
    assert len(names) == 2


def test_it_holds_each_file_of_each_room(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    missing = [name for name in tracked(*ROOMS) if f"althea_spec/{name}" not in names]
    assert not missing, "not in the wheel (see package-data in pyproject.toml): " + ", ".join(missing)


def test_it_holds_its_licences(wheel: Path) -> None:
    names = {name.rpartition(".dist-info/")[2] for name in zipfile.ZipFile(wheel).namelist()}
    assert {f"licenses/{name}" for name in ("LICENSE", "NOTICE", "LICENSES/MIT.txt")} < names
    assert "licenses/LICENSES/GPL-2.0-only.txt" in names


def test_the_program_runs_from_it(installed: Path, tmp_path: Path) -> None:
    place = "import althea_spec; print(althea_spec.__file__)"
    done = subprocess.run(
        [installed / "python", "-c", place], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert Path(done.stdout).is_relative_to(installed.parent)
    command = [installed / "althea-spec", "conformance", "--help"]
    done = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--target" in done.stdout
