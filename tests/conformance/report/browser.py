# SPDX-License-Identifier: GPL-2.0-only
"""A headless Chromium, driven over its debugging pipe: enough to read, click, and hear complaints."""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, Self

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)
COMPLAINTS = {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"}


class Browser:
    """One browser with one page.  A context manager: leaving it ends the browser."""

    def __enter__(self) -> Self:
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        command_read, self._command = os.pipe()
        self._answer, answer_write = os.pipe()
        # Chromium reads commands on descriptor 3 and answers on 4; bash puts them there, since a Python
        # function between fork and exec is not safe beside threads (and dash cannot).
        redirect = f'exec "$0" "$@" 3<&{command_read} 4>&{answer_write}'
        command = ["bash", "-c", redirect, "chromium", *FLAGS, f"--user-data-dir={self._profile.name}"]
        self._process = subprocess.Popen(
            [*command, "about:blank"],
            pass_fds=(command_read, answer_write),
            stderr=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        os.close(command_read)
        os.close(answer_write)
        self._buffer, self._number, self._session = b"", 0, ""
        self.events: list[dict[str, Any]] = []
        pages = [one for one in self._call("Target.getTargets")["targetInfos"] if one["type"] == "page"]
        attached = self._call("Target.attachToTarget", targetId=pages[0]["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self._call(f"{domain}.enable")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._command)
        os.close(self._answer)
        self._profile.cleanup()

    def open(self, page: Path, *, width: int, fragment: str = "", dark: bool = False) -> None:
        """Load a file, at a width in CSS pixels, and wait until it is there."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", features=[scheme])
        for url in ("about:blank", page.absolute().as_uri() + fragment):
            self.events = [one for one in self.events if one["method"] != "Page.loadEventFired"]
            self._call("Page.navigate", url=url)
            while not any(one["method"] == "Page.loadEventFired" for one in self.events):
                self.events.append(self._read())

    def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression in the page; what it awaits is awaited."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def complaints(self) -> list[dict[str, Any]]:
        """What the page wrote to the console, and what it threw."""
        return [one for one in self.events if one["method"] in COMPLAINTS]

    def requests(self) -> set[str]:
        """The schemes of all that was asked for."""
        urls = [
            one["params"]["request"]["url"]
            for one in self.events
            if one["method"] == "Network.requestWillBeSent"
        ]
        return {url.partition(":")[0] for url in urls}

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._command, json.dumps(message).encode() + b"\0")
        while (answer := self._read()).get("id") != self._number:
            self.events.append(answer)
        assert "error" not in answer, answer
        result: dict[str, Any] = answer["result"]
        return result

    def _read(self) -> dict[str, Any]:
        while b"\0" not in self._buffer:
            octets = os.read(self._answer, 65536)
            assert octets, "the browser has gone; is Debian's chromium installed?"
            self._buffer += octets
        text, _, self._buffer = self._buffer.partition(b"\0")
        message: dict[str, Any] = json.loads(text)
        return message
