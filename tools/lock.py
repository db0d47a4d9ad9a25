# SPDX-License-Identifier: GPL-2.0-only
"""Pin the newest versions that pyproject.toml allows, with the hashes of all their files, for every platform.

Writes ``requirements/run.txt``, ``requirements/test.txt`` and ``requirements/pip.txt``.  It is run by a
maintainer and asks the package index; the resolver (uv) lives in a throw-away environment, not in ``.venv``.

    python3 tools/lock.py
"""

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RESOLVER = "uv==0.13.8"
RUN = ("pyproject.toml", "requirements/build.in")
OUTPUTS: dict[str, tuple[str, ...]] = {
    "run.txt": RUN,
    "test.txt": (*RUN, "--extra", "test", "--constraint", "requirements/run.txt"),
    "pip.txt": ("requirements/pip.in",),
}
"""File of pins to what it is resolved from; later ones build on earlier ones."""
OPTIONS = ("--quiet", "--upgrade", "--universal", "--generate-hashes", "--no-annotate", "--no-header")
HEADER = "# Written by: make lock"


def main() -> int:
    """Write every file of pins; returns the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        tools = Path(folder) / "bin"
        try:
            subprocess.run([tools / "pip", "install", "--quiet", RESOLVER], check=True)
            for name, sources in OUTPUTS.items():
                path = ROOT / "requirements" / name
                command = [str(tools / "uv"), "pip", "compile", *OPTIONS, "--python-version", "3.11"]
                output = ["--output-file", str(path), *sources]
                subprocess.run([*command, *output], check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
                path.write_text(f"{HEADER}\n{path.read_text(encoding='utf-8')}", encoding="utf-8")
        except subprocess.CalledProcessError as error:
            sys.stderr.write(f"lock: {Path(error.cmd[0]).name} ended with {error.returncode}; see above\n")
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
