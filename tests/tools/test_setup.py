# SPDX-License-Identifier: GPL-2.0-only
"""Set-up on machines that lack something: what is done instead, and what the user is told."""

import hashlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
PIP_MAIN = """
import shutil, sys, sysconfig
from pathlib import Path
if "--version" not in sys.argv:
    place = Path(sysconfig.get_path("purelib"), "pip")
    place.mkdir(parents=True)
    for name in ("__init__.py", "__main__.py"):
        place.joinpath(name).write_bytes(__loader__.get_data(str(Path(__file__).parent / name)))
"""


@pytest.fixture
def setup() -> ModuleType:
    """tools/setup.py as a module of its own for each test."""
    spec = importlib.util.spec_from_file_location("project_setup", ROOT / "tools" / "setup.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with the files that decide what is installed."""
    root = tmp_path / "project"
    (root / "requirements").mkdir(parents=True)
    (root / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    for name in ("run", "test"):
        (root / "requirements" / f"{name}.txt").write_text("\n", encoding="utf-8")
    return root


@pytest.fixture
def index(tmp_path: Path, project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package index with a pip 99 that can do no more than install itself; requirements/pip.txt pins it."""
    folder = tmp_path / "index" / "pip"
    folder.mkdir(parents=True)
    wheel = folder / "pip-99-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("pip/__init__.py", "")
        archive.writestr("pip/__main__.py", PIP_MAIN)
    page = folder / "index.html"
    page.write_text(f'<a href="{wheel.as_uri()}#sha256=0">pip-99</a>', encoding="utf-8")
    pins = f"pip==99 \\\n    --hash=sha256:{hashlib.sha256(wheel.read_bytes()).hexdigest()}\n"
    (project / "requirements" / "pip.txt").write_text(pins, encoding="utf-8")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PIP_INDEX_URL", (tmp_path / "index").as_uri())
    return wheel


@pytest.fixture
def fetched(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of a ``file:`` index: a web server would look for the page of a folder by itself."""
    fetch = setup.fetch
    monkeypatch.setattr(setup, "fetch", lambda url: fetch(url + "index.html" if url.endswith("/") else url))


def on_path(folder: Path, *names: str) -> str:
    """A folder of do-nothing commands, as a value of PATH."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    return str(folder)


class TestDebianPackages:
    @pytest.mark.parametrize(
        ("goal", "target", "packages"),
        [
            ("conformance", "reference", ()),
            ("conformance", "my-router.toml", ()),
            ("conformance", "babeld", ("babeld", "iproute2", "libfaketime")),
            ("conformance", "bird", ("bird2", "iproute2", "libfaketime")),
            ("conformance", "frr", ("frr", "iproute2", "libfaketime")),
            ("conformance", "live", ("iproute2",)),
            ("check", "reference", ()),
        ],
    )
    def test_only_what_the_goal_needs(
        self, setup: ModuleType, goal: str, target: str, packages: tuple[str, ...]
    ) -> None:
        assert setup.packages_for(goal, target) == packages

    def test_tests_need_every_target_and_tools_for_reports_and_tunnels(self, setup: ModuleType) -> None:
        needed = set(setup.packages_for("test", "reference"))
        of_targets = {one for packages in setup.OF_TARGET.values() for one in packages}
        tools = {"tshark", "chromium", "wireguard-go", "wireguard-tools"}
        assert needed == of_targets | tools

    def test_a_package_is_missing_when_one_of_its_commands_is(
        self, setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(setup, "SYSTEM_PATH", on_path(tmp_path / "bin", "babeld", "bird"))
        assert setup.missing_packages(["babeld", "bird2"]) == ["bird2"]

    def test_without_root_the_command_is_told_and_nothing_is_done(
        self, setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(setup, "SYSTEM_PATH", "")
        monkeypatch.setenv("PATH", on_path(tmp_path / "bin", "apt-get"))
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        with pytest.raises(setup.SetupError) as caught:
            setup.require_debian(["babeld", "iproute2"])
        assert str(caught.value) == (
            "not installed: babeld, iproute2;"
            " as root: apt-get install --no-install-recommends babeld iproute2"
        )

    def test_without_apt_the_commands_are_told(
        self, setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(setup, "SYSTEM_PATH", "")
        monkeypatch.setenv("PATH", on_path(tmp_path / "bin"))
        with pytest.raises(setup.SetupError) as caught:
            setup.require_debian(["bird2"])
        assert str(caught.value) == "not found, and no apt-get to install it with: bird2 (bird, birdc)"

    def test_what_is_there_is_not_installed_again(
        self, setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(setup, "SYSTEM_PATH", on_path(tmp_path / "bin", "babeld"))
        monkeypatch.setattr(setup, "run", lambda *_: pytest.fail("ran a command"))
        setup.require_debian(["babeld"])
        setup.install_debian(["babeld"], tmp_path / "log")

    def test_installed_daemons_are_held_back_and_the_policy_goes_away_again(
        self, setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        policy = tmp_path / "policy-rc.d"
        disabled = tmp_path / "disabled"
        systemctl = tmp_path / "bin" / "systemctl"
        on_path(systemctl.parent)
        systemctl.write_text(f'#!/bin/sh\necho "$@" >{disabled}\n', encoding="utf-8")
        systemctl.chmod(0o755)
        monkeypatch.setenv("PATH", str(systemctl.parent))
        monkeypatch.setattr(setup, "POLICY", policy)
        with setup.services_held_back(["bird2", "iproute2"]):
            assert subprocess.run([policy], check=False).returncode == 101
        assert not policy.exists()
        assert disabled.read_text(encoding="utf-8").split() == ["--quiet", "disable", "bird.service"]

    def test_the_policy_goes_away_when_the_installation_fails(
        self, setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(setup, "POLICY", tmp_path / "policy-rc.d")
        with pytest.raises(setup.SetupError), setup.services_held_back(["babeld"]):
            raise setup.SetupError("apt-get failed")
        assert not setup.POLICY.exists()

    def test_a_policy_of_the_machine_stays(
        self, setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        policy = tmp_path / "policy-rc.d"
        policy.write_text("theirs", encoding="utf-8")
        monkeypatch.setattr(setup, "POLICY", policy)
        with setup.services_held_back([]):
            pass
        assert policy.read_text(encoding="utf-8") == "theirs"


class TestEnvironment:
    def test_it_is_ready_until_something_that_decides_changes(self, setup: ModuleType, project: Path) -> None:
        environment = setup.Environment(project)
        environment.python.parent.mkdir(parents=True)
        environment.python.symlink_to(sys.executable)
        assert not environment.ready("run")
        environment.stamp.write_text(json.dumps({"test": environment.fingerprint("test")}), encoding="utf-8")
        assert environment.ready("test")
        assert environment.ready("run")
        with (project / "requirements" / "test.txt").open("a", encoding="utf-8") as pins:
            pins.write("# another\n")
        assert not environment.ready("test")
        assert not environment.ready("run")

    def test_the_set_for_running_does_not_do_for_testing(self, setup: ModuleType, project: Path) -> None:
        environment = setup.Environment(project)
        environment.python.parent.mkdir(parents=True)
        environment.python.symlink_to(sys.executable)
        environment.stamp.write_text(json.dumps({"run": environment.fingerprint("run")}), encoding="utf-8")
        assert environment.ready("run")
        assert not environment.ready("test")

    def test_a_folder_that_is_something_else_is_left_alone(self, setup: ModuleType, project: Path) -> None:
        precious = project / ".venv" / "thesis.tex"
        precious.parent.mkdir()
        precious.write_text("years", encoding="utf-8")
        with pytest.raises(setup.SetupError, match="not a virtual environment; move it away"):
            setup.Environment(project).make()
        assert precious.exists()

    def test_a_broken_one_is_made_again(self, setup: ModuleType, project: Path) -> None:
        environment = setup.Environment(project)
        environment.python.parent.mkdir(parents=True)
        environment.python.symlink_to("/nowhere/python3")
        (environment.folder / "pyvenv.cfg").write_text("", encoding="utf-8")
        setup.WAYS = {"a way": lambda one: setup.create(one, venv_without_pip(one.folder))}
        environment.make()
        assert environment.works()

    def test_the_next_way_is_taken_when_one_fails(
        self, setup: ModuleType, project: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def fails(_: object) -> None:
            raise setup.SetupError("not today")

        setup.WAYS = {"first": fails, "second": lambda one: setup.create(one, venv_without_pip(one.folder))}
        setup.Environment(project).make()
        assert capsys.readouterr().err.splitlines() == [
            "set-up: making .venv",
            "set-up: made .venv with second",
        ]

    def test_when_every_way_fails_each_says_why(self, setup: ModuleType, project: Path) -> None:
        def fails(_: object) -> None:
            raise setup.SetupError("not today")

        setup.WAYS = {"first": fails, "second": fails}
        with pytest.raises(setup.SetupError) as caught:
            setup.Environment(project).make()
        assert str(caught.value) == (
            "cannot make .venv (first: not today; second: not today);"
            " as root: apt-get install python3-venv, and try again"
        )

    @pytest.mark.usefixtures("fetched")
    def test_pip_comes_from_the_index_when_python_has_none(
        self, setup: ModuleType, project: Path, index: Path
    ) -> None:
        environment = setup.Environment(project)
        setup.with_downloaded_pip(environment)
        assert index.exists()
        assert environment.has_pip()


@pytest.mark.usefixtures("fetched")
class TestDownload:
    def test_the_pinned_wheel_is_fetched(
        self, setup: ModuleType, project: Path, index: Path, tmp_path: Path
    ) -> None:
        wheel = setup.download_pip(project / "requirements" / "pip.txt", tmp_path)
        assert wheel.read_bytes() == index.read_bytes()

    def test_a_wheel_with_another_hash_is_refused(
        self, setup: ModuleType, project: Path, index: Path, tmp_path: Path
    ) -> None:
        index.write_bytes(index.read_bytes() + b"?")
        with pytest.raises(setup.SetupError, match="has another hash than requirements"):
            setup.download_pip(project / "requirements" / "pip.txt", tmp_path)
        assert not (tmp_path / index.name).exists()

    def test_each_index_that_lacks_it_is_named(
        self, setup: ModuleType, project: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PIP_EXTRA_INDEX_URL", (tmp_path / "nothing").as_uri())
        index.with_name("index.html").write_text("<a href='pip-98-py3-none-any.whl'>", encoding="utf-8")
        with pytest.raises(setup.SetupError) as caught:
            setup.download_pip(project / "requirements" / "pip.txt", tmp_path)
        assert "/index/pip/: no pip-99-py3-none-any.whl" in str(caught.value)
        assert "/nothing/pip/: " in str(caught.value)

    def test_settings_of_pip_come_from_the_environment_first(
        self, setup: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        configuration = tmp_path / "pip.conf"
        configuration.write_text("[global]\nindex-url = https://file.example/simple\n", encoding="utf-8")
        monkeypatch.setenv("PIP_CONFIG_FILE", str(configuration))
        monkeypatch.delenv("PIP_INDEX_URL", raising=False)
        assert setup.package_indexes()[0] == "https://file.example/simple"
        monkeypatch.setenv("PIP_INDEX_URL", "https://variable.example/simple")
        assert setup.package_indexes()[0] == "https://variable.example/simple"


class TestMessages:
    def test_an_old_python_is_named(
        self, setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr(setup, "OLDEST_PYTHON", (4, 0))
        assert setup.main(["test"]) == 2
        told = capsys.readouterr().err.splitlines()
        assert len(told) == 1
        assert "expected 4.0 or newer: make PYTHON=python4.0" in told[0]

    def test_a_failed_command_is_told_in_one_line_with_its_own_words(
        self, setup: ModuleType, tmp_path: Path
    ) -> None:
        log = tmp_path / "log"
        command = [
            sys.executable,
            "-c",
            "print('much'); print('ERROR: no space left'); print('hint'); raise SystemExit(3)",
        ]
        with pytest.raises(setup.SetupError) as caught:
            setup.run(command, log, "pip install")
        assert str(caught.value) == f"pip install failed: ERROR: no space left (all of it: {log})"
        assert log.read_text(encoding="utf-8").splitlines()[1:] == ["much", "ERROR: no space left", "hint"]


RUN_AND_BE_INTERRUPTED = """
import runpy, sys
from pathlib import Path
setup = runpy.run_path(sys.argv[1])
setup["run"](["sh", "-c", sys.argv[2]], Path(sys.argv[3]), "apt-get install")
"""


def test_an_interrupted_command_may_end_in_order(tmp_path: Path) -> None:
    """In a process of its own: in one with other threads the interrupt may reach one of those."""
    ready, tidy = tmp_path / "ready", tmp_path / "tidy"
    script = f"trap 'sleep 1; touch {tidy}; exit 1' INT; touch {ready}; while true; do sleep 0.05; done"
    command = [sys.executable, "-c", RUN_AND_BE_INTERRUPTED, ROOT / "tools" / "setup.py", script]
    with subprocess.Popen([*command, tmp_path / "log"], stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + 60
        while not ready.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in said
    assert tidy.exists()


def venv_without_pip(folder: Path) -> list[str]:
    return [sys.executable, "-m", "venv", "--without-pip", str(folder)]


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
    assert script.splitlines()[-1] == "exec make test"
    assert "make test" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_a_target_with_blanks_and_quotes_reaches_the_program_as_it_is(tmp_path: Path) -> None:
    program = tmp_path / "python3"
    program.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\nexit 1\n', encoding="utf-8")
    program.chmod(0o755)
    target = "my \"box\" 'a'; echo $HOME"
    command = ["make", "--silent", "conformance", f"PYTHON={program}", f"TARGET={target.replace('$', '$$')}"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["tools/setup.py", "conformance", "--target", target]
