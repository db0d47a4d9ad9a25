# SPDX-License-Identifier: GPL-2.0-only
"""Set up what a make goal needs, and nothing else: the virtual environment, its packages, Debian's packages.

make runs this with whatever ``python3`` the machine has, before anything is installed: standard library only.
It says what it does on stderr, does nothing when nothing has changed, and ends with exit status 0 (ready) or
2 (not ready: one line says what is missing and how to get it).

    python3 tools/setup.py conformance --target babeld
    python3 tools/setup.py test
"""

import argparse
import configparser
import fcntl
import hashlib
import html.parser
import importlib.util
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
OLDEST_PYTHON = (3, 11)
LEVELS = ("run", "test")
"""Sets of Python packages, each with the ones before it; ``requirements/LEVEL.txt`` pins them with hashes."""

SYSTEM_PATH = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/sbin"])
"""Daemons live in sbin, which an ordinary user's PATH leaves out."""

PROBES: dict[str, tuple[str, ...]] = {
    "babeld": ("babeld",),
    "bird2": ("bird", "birdc"),
    "chromium": ("chromium",),
    "frr": ("/usr/lib/frr/zebra", "/usr/lib/frr/babeld", "vtysh"),
    "iproute2": ("ip",),
    "libfaketime": ("/usr/lib/*/faketime/libfaketime.so.1",),
    "tshark": ("tshark",),
    "wireguard-go": ("wireguard-go",),
    "wireguard-tools": ("wg",),
}
"""Debian package to the commands, or files, that show it is there (so that one's own build counts too)."""

OF_TARGET: dict[str, tuple[str, ...]] = {
    "babeld": ("babeld", "iproute2", "libfaketime"),
    "bird": ("bird2", "iproute2", "libfaketime"),
    "frr": ("frr", "iproute2", "libfaketime"),
    "live": ("iproute2",),
}
"""Target to the Debian packages it needs; every other target needs none."""

UNITS = {"babeld": "babeld.service", "bird2": "bird.service", "frr": "frr.service"}
"""What a freshly installed package would start at the next boot."""

POLICY = Path("/usr/sbin/policy-rc.d")


class SetupError(Exception):
    """Not ready: one line that says what is missing and how to get it."""


def say(text: str) -> None:
    """One line of progress on stderr, so that stdout stays free for verdicts."""
    sys.stderr.write(f"set-up: {text}\n")
    sys.stderr.flush()


# --- Debian packages ---------------------------------------------------------------------------------------


def present(probe: str) -> bool:
    """Whether a command is on the path, or a file (a glob pattern that starts with ``/``) exists."""
    if probe.startswith("/"):
        return any(Path("/").glob(probe[1:]))
    return shutil.which(probe, path=SYSTEM_PATH) is not None


def missing_packages(wanted: Sequence[str]) -> list[str]:
    """Those of the Debian packages of which something is missing."""
    return [package for package in wanted if not all(present(probe) for probe in PROBES[package])]


def packages_for(goal: str, target: str) -> tuple[str, ...]:
    """The Debian packages that a goal needs."""
    if goal == "test":
        return tuple(sorted(PROBES))
    if goal == "conformance":
        return OF_TARGET.get(target, ())
    return ()


def require_debian(wanted: Sequence[str]) -> None:
    """Make sure that what is missing can be installed.

    Raises:
        SetupError: not root, or no apt-get.
    """
    missing = missing_packages(wanted)
    if not missing:
        return
    if shutil.which("apt-get") is None:
        needs = ", ".join(f"{package} ({', '.join(PROBES[package])})" for package in missing)
        raise SetupError(f"not found, and no apt-get to install it with: {needs}")
    if os.geteuid() != 0:
        advice = f"as root: apt-get install --no-install-recommends {' '.join(missing)}"
        raise SetupError(f"not installed: {', '.join(missing)}; {advice}")


def install_debian(wanted: Sequence[str], log: Path) -> None:
    """Install what is missing.

    Raises:
        SetupError: apt-get failed, or left something out.
    """
    missing = missing_packages(wanted)
    if not missing:
        return
    names = " ".join(missing)
    say(f"installing Debian packages: {names}")
    with services_held_back(missing):
        run([*APT, "update"], log, "apt-get update")
        run([*APT, "install", "--yes", "--no-install-recommends", *missing], log, f"apt-get install {names}")
    still = missing_packages(missing)
    if still:
        raise SetupError(f"{still[0]} was installed, and yet not found: {', '.join(PROBES[still[0]])}")


APT = ("apt-get", "--quiet", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=300")


@contextmanager
def services_held_back(packages: Sequence[str]) -> Iterator[None]:
    """Keep Debian from starting a daemon that is installed only to be judged, now and at the next boot.

    A routing daemon that starts by itself would begin to change the routes of the machine.
    """
    ours = not POLICY.exists() and not POLICY.is_symlink()
    if ours:
        POLICY.write_text("#!/bin/sh\nexit 101\n", encoding="ascii")
        POLICY.chmod(0o755)
    try:
        yield
    finally:
        if ours:
            POLICY.unlink(missing_ok=True)
    units = [UNITS[package] for package in packages if package in UNITS]
    systemctl = shutil.which("systemctl")
    if units and systemctl:
        subprocess.run([systemctl, "--quiet", "disable", *units], check=False, capture_output=True)


# --- the virtual environment -------------------------------------------------------------------------------


PIP_OPTIONS = ("--disable-pip-version-check", "--quiet", "--no-input")


class Environment:
    """The virtual environment in ``.venv/`` and the stamp that says what it holds."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self.stamp = self.folder / "set-up.json"
        self.log = self.folder / "set-up.log"

    def fingerprint(self, level: str) -> str:
        """Changes when something that decides what is installed changes."""
        digest = hashlib.sha256(str(self.root).encode())
        for name in (f"requirements/{level}.txt", "pyproject.toml"):
            digest.update(read(self.root / name))
        return digest.hexdigest()

    def ready(self, level: str) -> bool:
        """Whether this level was installed completely, and nothing has changed since."""
        try:
            stamps = json.loads(self.stamp.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return False
        later = LEVELS[LEVELS.index(level) :]
        return self.works() and any(stamps.get(name) == self.fingerprint(name) for name in later)

    def works(self) -> bool:
        """Whether its interpreter starts and is new enough."""
        return version_of(self.python) >= OLDEST_PYTHON

    def has_pip(self) -> bool:
        return succeeds([str(self.python), "-m", "pip", "--version"])

    def make(self) -> None:
        """Make the environment if it is not there, with pip in it.

        Raises:
            SetupError: no way to make it worked.
        """
        if self.works() and self.has_pip():
            return
        self.remove()
        say("making .venv")
        failures = []
        for name, way in WAYS.items():
            try:
                way(self)
            except SetupError as error:
                failures.append(f"{name}: {error}")
                self.remove()
                continue
            if failures:
                say(f"made .venv with {name}")
            return
        advice = "as root: apt-get install python3-venv, and try again"
        raise SetupError(f"cannot make .venv ({'; '.join(failures)}); {advice}")

    def remove(self) -> None:
        """Remove what a broken or interrupted set-up left.

        Raises:
            SetupError: ``.venv`` is something else, which is not ours to remove.
        """
        if self.folder.is_symlink() or (self.folder.exists() and not self.folder.is_dir()):
            raise SetupError(f"{self.folder}: expected a folder; move it away and try again")
        if not self.folder.exists():
            return
        if any(self.folder.iterdir()) and not (self.folder / "pyvenv.cfg").exists():
            raise SetupError(f"{self.folder}: not a virtual environment; move it away and try again")
        shutil.rmtree(self.folder)

    def install(self, level: str) -> None:
        """Install the pinned packages of a level, then this package, editable.

        Raises:
            SetupError: pip failed.
        """
        self.stamp.unlink(missing_ok=True)
        say(f"installing the Python packages pinned in requirements/{level}.txt")
        pip = [str(self.python), "-m", "pip", *PIP_OPTIONS, "install"]
        pins = str(self.root / "requirements" / f"{level}.txt")
        run([*pip, "--require-hashes", "--prefer-binary", "-r", pins], self.log, f"pip install -r {pins}")
        run([*pip, "--no-deps", "--no-build-isolation", "-e", str(self.root)], self.log, "pip install -e .")
        self.stamp.write_text(json.dumps({level: self.fingerprint(level)}) + "\n", encoding="utf-8")


def with_ensurepip(environment: Environment) -> None:
    """The ordinary way; on Debian it needs the package python3-venv."""
    if importlib.util.find_spec("ensurepip") is None:
        raise SetupError("this python3 has no ensurepip")
    create(environment, [sys.executable, "-m", "venv", str(environment.folder)])
    if not environment.has_pip():
        raise SetupError("it left no pip")


def with_other_pip(environment: Environment) -> None:
    """An environment without pip, into which the machine's own pip installs one."""
    if not succeeds([sys.executable, "-m", "pip", "--version"]):
        raise SetupError("this python3 has no pip")
    create(environment, [sys.executable, "-m", "venv", "--without-pip", str(environment.folder)])
    pip = [sys.executable, "-m", "pip", *PIP_OPTIONS, "--python", str(environment.python)]
    pins = str(environment.root / "requirements" / "pip.txt")
    run([*pip, "install", "--require-hashes", "-r", pins], environment.log, "pip install pip")


def with_downloaded_pip(environment: Environment) -> None:
    """An environment without pip, and the pinned wheel of pip, which can install itself."""
    create(environment, [sys.executable, "-m", "venv", "--without-pip", str(environment.folder)])
    with tempfile.TemporaryDirectory() as folder:
        wheel = download_pip(environment.root / "requirements" / "pip.txt", Path(folder))
        pip = [str(environment.python), f"{wheel}/pip", *PIP_OPTIONS]
        run([*pip, "install", "--no-index", "--no-deps", str(wheel)], environment.log, "pip install pip")


def with_debian_package(environment: Environment) -> None:
    """Debian's python3-venv, installed first."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise SetupError("not root")
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "apt.log"
        run([*APT, "update"], log, "apt-get update")
        install = [*APT, "install", "--yes", "--no-install-recommends", "python3-venv"]
        run(install, log, "apt-get install python3-venv")
    create(environment, [sys.executable, "-m", "venv", str(environment.folder)])


WAYS: dict[str, Callable[[Environment], None]] = {
    "python3 -m venv": with_ensurepip,
    "pip from the machine's own pip": with_other_pip,
    "pip from the package index": with_downloaded_pip,
    "Debian's python3-venv": with_debian_package,
}
"""How an environment can be made, the least intrusive way first."""


def create(environment: Environment, command: Sequence[str]) -> None:
    """Make the environment with this command; its output is kept only in the error."""
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode != 0 or not environment.works():
        raise SetupError(gist(done.stdout + done.stderr) or f"exit status {done.returncode}")


# --- pip's wheel, fetched without pip ----------------------------------------------------------------------


class _Links(html.parser.HTMLParser):
    """Every target of a link on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.targets: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.targets += [value for name, value in attrs if tag == "a" and name == "href" and value]


def download_pip(pins: Path, folder: Path) -> Path:
    """Fetch the pinned wheel of pip from the index that pip itself would use, and check its hash.

    Raises:
        SetupError: no index has it, or what came is something else.
    """
    text = read(pins).decode()
    found = re.search(r"^pip==(\S+)", text, re.MULTILINE)
    if found is None:
        raise SetupError(f"{pins}: expected a line 'pip==VERSION'")
    name = f"pip-{found.group(1)}-py3-none-any.whl"
    hashes = re.findall(r"--hash=sha256:([0-9a-f]{64})", text)
    failures = []
    for index in package_indexes():
        page = index.rstrip("/") + "/pip/"
        try:
            links = _Links()
            links.feed(fetch(page).decode("utf-8", "replace"))
            files = [link for link in links.targets if urllib.parse.urlsplit(link).path.endswith("/" + name)]
            if not files:
                raise SetupError(f"no {name}")
            content = fetch(urllib.parse.urljoin(page, files[0]))
        except (OSError, ValueError, SetupError) as error:
            failures.append(f"{page}: {getattr(error, 'reason', None) or error}")
            continue
        if hashlib.sha256(content).hexdigest() not in hashes:
            raise SetupError(f"{page}: {name} has another hash than requirements/pip.txt")
        wheel = folder / name
        wheel.write_bytes(content)
        return wheel
    raise SetupError("; ".join(failures))


def fetch(url: str) -> bytes:
    """What is at that address, trusting the certificates that pip would trust."""
    certificates = pip_setting("cert")
    context = ssl.create_default_context(cafile=certificates) if certificates else None
    with urllib.request.urlopen(url, timeout=60, context=context) as answer:
        content: bytes = answer.read()
    return content


def package_indexes() -> list[str]:
    """The package indexes that pip would ask."""
    return [pip_setting("index-url") or "https://pypi.org/simple", *pip_setting("extra-index-url").split()]


def pip_setting(name: str) -> str:
    """A setting of pip: from the environment, else from its configuration files; empty when it is not set."""
    value = os.environ.get("PIP_" + name.upper().replace("-", "_"), "")
    if value:
        return value
    home = Path.home()
    configured = os.environ.get("XDG_CONFIG_HOME") or str(home / ".config")
    files = [
        Path(os.environ.get("PIP_CONFIG_FILE") or os.devnull),
        Path(configured) / "pip" / "pip.conf",
        home / ".pip" / "pip.conf",
        Path("/etc/xdg/pip/pip.conf"),
        Path("/etc/pip.conf"),
    ]
    for file in files:
        parser = configparser.RawConfigParser(strict=False)
        try:
            parser.read(file, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        for section in ("install", "global"):
            if parser.has_option(section, name):
                return parser.get(section, name)
    return ""


# --- small things ------------------------------------------------------------------------------------------


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SetupError(f"{path}: cannot be read: {error.strerror}") from error


def version_of(python: Path) -> tuple[int, ...]:
    """Major and minor version of an interpreter; empty when it does not start."""
    try:
        command = [str(python), "-c", "import sys; print(*sys.version_info[:2])"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        return tuple(int(part) for part in done.stdout.split()) if done.returncode == 0 else ()
    except (OSError, ValueError):
        return ()


def succeeds(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except OSError:
        return False


def run(command: Sequence[str], log: Path, name: str) -> None:
    """Run a command with its output in the log.

    Raises:
        SetupError: it failed; says why in its own words, and where all of them are.
    """
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive"},
    )
    try:
        output = process.communicate()[0].decode("utf-8", "replace")
    except KeyboardInterrupt:
        # dpkg must not be killed in the middle of a package: ask, and wait.
        process.send_signal(signal.SIGINT)
        process.communicate()
        raise
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(command)}\n{output}")
    if process.returncode != 0:
        reason = gist(output) or f"exit status {process.returncode}"
        raise SetupError(f"{name} failed: {reason} (all of it: {log})")


def gist(output: str) -> str:
    """The line of a command's output that says what went wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    told = [line for line in lines if re.match(r"(ERROR|E|Error|error|fatal):", line)]
    return (told or lines or [""])[-1]


def interrupted(_number: int, _frame: FrameType | None) -> None:
    """Turn a request to end into an exception, so that what was begun is tidied up."""
    raise KeyboardInterrupt


def prepare(goal: str, target: str) -> None:
    """Everything that a goal needs."""
    if sys.version_info < OLDEST_PYTHON:
        wanted = ".".join(map(str, OLDEST_PYTHON))
        advice = f"expected {wanted} or newer: make PYTHON=python{wanted} …"
        raise SetupError(f"{sys.executable} is Python {sys.version.split()[0]}; {advice}")
    level = "run" if goal == "conformance" else "test"
    packages = packages_for(goal, target)
    require_debian(packages)
    environment = Environment(ROOT)
    with (ROOT / "pyproject.toml").open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not environment.ready(level):
            environment.make()
            environment.install(level)
        install_debian(packages, environment.log)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one goal's set-up; returns the exit status."""
    parser = argparse.ArgumentParser(
        description="Set up what a make goal needs.",
        epilog="example: python3 tools/setup.py conformance --target bird",
    )
    parser.add_argument("goal", choices=("conformance", "check", "test"))
    parser.add_argument("--target", default="reference", help="the target of the goal conformance")
    given = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, interrupted)
    try:
        prepare(given.goal, given.target)
    except SetupError as error:
        say(str(error))
        return 2
    except OSError as error:
        say(f"{error.filename or 'the machine'}: {error.strerror or error}")
        return 2
    except KeyboardInterrupt:
        say("interrupted; run it again and it goes on")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
