# SPDX-License-Identifier: GPL-2.0-only
"""The management socket of routers that speak it for real: babeld's, our own, and one behind a command."""

import socket
import sys
from collections.abc import Callable
from ipaddress import IPv6Network
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from althea_spec.conformance.lab import SECOND, DeviceConfig, Feature, FibEntry, LabError, LinkConfig, Pace
from althea_spec.hw_conformance.custom import load_target_file
from althea_spec.hw_conformance.daemon import DaemonLab, DaemonTarget
from althea_spec.hw_conformance.daemons.babeld import target as babeld
from althea_spec.hw_conformance.daemons.live import target as live
from althea_spec.hw_conformance.management_lines import ManagementError, RouteLine
from althea_spec.hw_conformance.management_socket import ManagementSocket, connect, fib_entries

from .conftest import InWorker
from .fake import Fake, run_until_installed

FAR = IPv6Network("2001:db8:a::/48")
FARTHER = IPv6Network("2001:db8:b::/48")
OWN = IPv6Network("fd99::/64")
DEVICE = DeviceConfig(links=(LinkConfig("left", rtt=True), LinkConfig("right")), originates=(OWN,))
SOCKETS = {"babeld": "babeld.socket", "live": "router.socket"}
TARGETS: dict[str, DaemonTarget] = {"babeld": babeld, "live": live}
both = pytest.mark.parametrize("name", TARGETS)


def open_socket(lab: DaemonLab, name: str) -> ManagementSocket:
    return ManagementSocket(lab.room.connect(SOCKETS[name]))


def dump_of(target: DaemonTarget, workdir: Path) -> dict[str, Any]:
    with target.open(DEVICE, Pace.FAST, workdir) as lab:
        fake = Fake(lab, "left", 1).attach()
        run_until_installed(lab, [fake], [FAR], 60)
        with open_socket(lab, target.name) as management:
            tables = management.dump()
            links = {one.name: one.link for one in lab.room.interfaces}
            return {
                "tables": tables,
                "greeting": management.greeting,
                "fib": sorted(fib_entries(tables, links), key=str),
                "kernel": sorted(lab.fib(), key=str),
                "fake": fake.address,
                "own": lab.device_address("left"),
                "refused": management.command("interface eth9").word,
                "bad": management.command("dumb").word,
            }


@both
def test_a_dump_says_what_the_kernel_has(name: str, tmp_path: Path, in_worker: InWorker) -> None:
    seen = in_worker(dump_of, TARGETS[name], tmp_path)
    tables, greeting = seen["tables"], seen["greeting"]
    assert (greeting.dialect, greeting.dialect_version) == ("BABEL", "1.0")
    assert greeting.router_id == "02:00:00:ff:fe:00:00:01"
    assert greeting.version.startswith({"babeld": "babeld-", "live": "althea-spec-"}[name])
    assert tables.interfaces["eth0"].ipv6 == seen["own"]
    assert [(one.address, one.interface) for one in tables.neighbours.values()] == [(seen["fake"], "eth0")]
    assert [one.prefix for one in tables.own_prefixes.values()] == [OWN]
    assert [one.prefix for one in tables.installed().values()] == [FAR]
    assert seen["fib"] == seen["kernel"] == [FibEntry(FAR, "via", seen["fake"], "left")]
    assert (seen["refused"], seen["bad"]) == ({"babeld": "ok", "live": "no"}[name], "bad")


def watch(target: DaemonTarget, workdir: Path) -> dict[str, Any]:
    with target.open(DEVICE, Pace.FAST, workdir) as lab:
        fake = Fake(lab, "left", 1).attach()
        run_until_installed(lab, [fake], [FAR], 60)
        with open_socket(lab, target.name) as management:
            tables = management.monitor()
            before = dict(tables.routes)
            for seqno in (100, 101):
                lab.send("left", fake.frame(fake.hello(seqno) + fake.update(FARTHER)))
                lab.receive(lab.now() + SECOND)
            heard = list(management.changes(1.0))
            for one in heard:
                tables.apply(one)
            return {"before": before, "heard": heard, "after": tables.routes}


@both
def test_a_watcher_hears_of_a_new_route(name: str, tmp_path: Path, in_worker: InWorker) -> None:
    seen = in_worker(watch, TARGETS[name], tmp_path)
    assert {one.prefix for one in seen["before"].values()} == {FAR}
    added = [one.what for one in seen["heard"] if one.verb == "add" and isinstance(one.what, RouteLine)]
    assert {one.prefix for one in added} == {FARTHER}
    assert FARTHER in {one.prefix for one in seen["after"].values()}


# --- a target file --------------------------------------------------------------------------------------

OWN_SOCKET = """
name = "babeld-by-socket"
command = ["babeld", "-d", "0", "-S", "{workdir}/state", "-I", "{workdir}/pid", "-G", "{workdir}/it.socket",
           "-c", "{config}", "{links}"]
management = "{workdir}/it.socket"
features = ["fib", "wired"]
config = "default type wired\\nredistribute local deny"
"""


def routes_of_a_file(path: Path, workdir: Path) -> dict[str, Any]:
    target = load_target_file(path)
    with target.open(DeviceConfig((LinkConfig("left"),)), Pace.REAL, workdir) as lab:
        fake = Fake(lab, "left", 1).attach()
        routes = run_until_installed(lab, [fake], [FAR], 20)
        return {"routes": routes, "fake": fake.address, "evidence": lab.evidence()}


def test_a_target_file_may_have_its_routes_read_from_the_socket(tmp_path: Path, in_worker: InWorker) -> None:
    path = tmp_path / "it.toml"
    path.write_text(OWN_SOCKET, encoding="utf-8")
    seen = in_worker(routes_of_a_file, path, tmp_path / "lab")
    assert seen["routes"] == [FibEntry(FAR, "via", seen["fake"], "left")]
    assert f"prefix {FAR} from ::/0 installed yes" in seen["evidence"]["management.txt"]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (
            OWN_SOCKET.replace('management = "{workdir}/it', 'management = "/run/it'),
            "management: expected a path such as ",
        ),
        (
            'cable = { eth1 = "fe80::1" }\nfeatures = ["fib"]',
            "(the whole file): expected 'management' beside the feature 'fib'",
        ),
        (
            'cable = { eth1 = "fe80::1" }\nmanagement = "[::1]:6872"',
            "(the whole file): expected 'own_interfaces' for eth1 beside 'management'",
        ),
    ],
)
def test_a_mistake_about_the_socket_is_one_line(text: str, line: str, tmp_path: Path) -> None:
    path = tmp_path / "it.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LabError) as caught:
        load_target_file(path)
    assert str(caught.value).startswith(f"{path}: {line}")


def test_a_box_on_a_cable_with_a_socket_has_routes_to_read(tmp_path: Path) -> None:
    path = tmp_path / "box.toml"
    path.write_text(
        'cable = { lo = "fe80::1" }\nmanagement = ["ssh", "box", "nc", "::1", "6872"]\n'
        'own_interfaces = { lo = "wg0" }',
        encoding="utf-8",
    )
    assert load_target_file(path).supports(Feature.FIB)


# --- what is at the other end -------------------------------------------------------------------------------

GREETING = b"ALTHEA 0.1\nversion babeld-1.8-5\nhost box\nmy-id 02:00:00:ff:fe:00:00:01\nok\n"
DUMP = (
    b"local fee 7\nmetric factor 1900\nadd interface wg0 up true ipv6 fe80::1\n"
    b"add route 5f1 prefix fd00::7/128 from ::/0 installed yes id 02:00:00:ff:fe:00:00:02 metric 96 "
    b"price 110 fee 7 refmetric 0 full-path-rtt 1.500 via fe80::2 if wg0\nok\n"
)


def answering(*answers: bytes) -> tuple[str, Callable[[], None]]:
    """A port at which these words come, all but the first after a command; and what to do in the end."""
    listener = socket.socket(socket.AF_INET6)
    listener.bind(("::1", 0))
    listener.listen()

    def serve() -> None:
        connection, _ = listener.accept()
        with connection:
            for number, one in enumerate(answers):
                if number:
                    connection.recv(4096)
                connection.sendall(one)

    thread = Thread(target=serve)
    thread.start()

    def end() -> None:
        thread.join()
        listener.close()

    return f"[::1]:{listener.getsockname()[1]}", end


def test_the_socket_of_firmware_in_the_field() -> None:
    place, end = answering(GREETING, DUMP)
    with connect(place) as management:
        assert management.greeting.dialect == "ALTHEA"
        tables = management.dump()
    end()
    assert (tables.fee, tables.metric_factor) == (7, 1900)
    (route,) = tables.routes.values()
    assert (route.price, route.fee, route.full_path_rtt) == (110, 7, 1500)


def test_the_socket_behind_a_command() -> None:
    script = f"import sys; print({GREETING.decode()!r}, end='', flush=True); sys.stdin.readline(); "
    script += f"print({DUMP.decode()!r}, end='', flush=True); sys.stdin.read()"
    with connect([sys.executable, "-c", script]) as management:
        assert management.dump().fee == 7


@pytest.mark.parametrize(
    ("answers", "line"),
    [
        ((b"BABEL 2.0\n",), "management socket: expected BABEL 1.0 or ALTHEA 0.1 first, got 'BABEL 2.0'"),
        (
            (b"SSH-2.0-OpenSSH\n",),
            "management socket: expected BABEL 1.0 or ALTHEA 0.1 first, got 'SSH-2.0-OpenSSH'",
        ),
        ((b"",), "management socket: the router hangs up"),
        ((GREETING, b"no not today\n"), "management socket: 'dump' is answered with 'no not today'"),
        (
            (GREETING, b"local fee x\nok\n"),
            "management socket: expected fee: a number up to 4294967295, got x in ",
        ),
        ((GREETING, b"local fee 7\n"), "management socket: the router hangs up"),
    ],
)
def test_what_does_not_speak_the_dialect_is_one_line(answers: tuple[bytes, ...], line: str) -> None:
    place, end = answering(*answers) if answers != (b"",) else answering()
    with pytest.raises(ManagementError) as caught, connect(place) as management:
        management.dump()
    end()
    assert str(caught.value).startswith(line)


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("/nowhere/at.all", "management socket /nowhere/at.all: No such file or directory"),
        ("[::1]:1", "management socket [::1]:1: Connection refused"),
        ("[::1]", "management socket [::1]: "),
        (["no-such-program"], "management socket: no-such-program: No such file or directory"),
    ],
)
def test_nobody_there_is_one_line(place: str | list[str], line: str) -> None:
    with pytest.raises(ManagementError) as caught:
        connect(place)
    assert str(caught.value).startswith(line)
