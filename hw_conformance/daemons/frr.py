# SPDX-License-Identifier: GPL-2.0-only
"""FRR: two daemons, zebra for the kernel and babeld for the protocol, and vtysh to talk to both."""

import signal
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from althea_spec.conformance.lab import PLAIN_FEATURES, DeviceConfig, Feature, LabError, LinkConfig
from althea_spec.hw_conformance import system_calls
from althea_spec.hw_conformance.daemon import Daemon, DaemonTarget, Program, Rates, Room, printed_version
from althea_spec.hw_conformance.fib import Interface
from althea_spec.hw_conformance.namespace import INSIDE, PrepareMounts

_FRR_FOLDER: Final = "/usr/lib/frr"
_ZEBRA: Final = Program(f"{_FRR_FOLDER}/zebra", "frr")
_BABELD: Final = Program(f"{_FRR_FOLDER}/babeld", "frr")
_VTYSH: Final = Program("vtysh", "frr")
_ZEBRA_SOCKET: Final = "zserv.api"
_MILLISECONDS_PER_CENTISECOND: Final = 10
_START_SECONDS: Final = 10.0
_POLL_SECONDS: Final = 0.02
_TICK_SECONDS: Final = 0.004
_EMPTY_LINE: Final = b"\0"
_ENVIRONMENT: Final = {"VTYSH_PAGER": "cat", "HOME": str(INSIDE)}
_GROUPS: Final = "root:x:0:\nfrr:x:0:\nfrrvty:x:0:root\n"
"""In a user namespace with one user, that user must be FRR's as well."""
_TABLES: Final = {
    "frr-routes.txt": "show babel route",
    "frr-neighbours.txt": "show babel neighbor",
    "frr-interfaces.txt": "show babel interface",
    "frr-parameters.txt": "show babel parameters",
    "frr-zebra-ipv6.txt": "show ipv6 route",
    "frr-zebra-ipv4.txt": "show ip route",
    "frr-running.txt": "show running-config",
}


class Frr(Daemon):
    """FRR 8.4."""

    name = "frr"
    programs = (_BABELD, _ZEBRA, _VTYSH)
    features = PLAIN_FEATURES - {Feature.IPV4_TRANSPORT, Feature.RECONFIGURE}
    rates = Rates(fast=10, faster=40)
    laboratories_per_core = 6

    def version(self) -> str:
        return f"FRR {printed_version([_BABELD.path(), '--version'])}"

    def files(self, device: DeviceConfig, interfaces: Sequence[Interface]) -> dict[str, str]:
        blocks = [
            "\n".join([f"interface {interface.name}", *_interface_lines(link), "exit", ""])
            for interface, link in zip(interfaces, device.links, strict=True)
        ]
        return {
            "zebra.conf": "hostname zebra\n",
            "babeld.conf": "hostname babeld\n" + "".join(blocks),
            "vtysh.conf": "",
            "group": _GROUPS,
        }

    def prepare_mounts(self) -> PrepareMounts:
        return _prepare_mounts

    def start(self, room: Room) -> None:
        common = ["-u", "root", "-g", "root", "-P", "0", "--vty_socket", str(INSIDE)]
        common += ["-z", f"{INSIDE}/{_ZEBRA_SOCKET}", "--log", "stdout"]
        for name, program in (("zebra", _ZEBRA), ("babeld", _BABELD)):
            own = ["-f", f"{INSIDE}/{name}.conf", "-i", f"{INSIDE}/{name}.pid"]
            room.start(name, [program.path(), *own, *common])
            self._wait_for(room, room.house.workdir / f"{name}.vty")
        self._enable(room)
        if room.rate > 1:
            _keep_awake(room, "babeld.vty")

    def _wait_for(self, room: Room, path: Path) -> None:
        give_up = time.monotonic() + _START_SECONDS
        while not path.exists():
            room.fail_if_ended()
            if time.monotonic() > give_up:
                raise LabError(f"frr: {path.name} has not appeared within {_START_SECONDS:g} s")
            time.sleep(_POLL_SECONDS)

    def _enable(self, room: Room) -> None:
        """Switch Babel on once the interfaces are known.

        In the startup file this meets FRR's issue 13569: joining the multicast group fails and the interface
        stays deaf and dumb.
        """
        give_up = time.monotonic() + _START_SECONDS
        while not all(f"{one.name} is up" in self._show_interfaces(room) for one in room.interfaces):
            room.fail_if_ended()
            if time.monotonic() > give_up:
                raise LabError(f"frr: babeld has not heard of its interfaces within {_START_SECONDS:g} s")
            time.sleep(_POLL_SECONDS)
        words = ["configure terminal", "router babel"]
        words += [f"network {one.name}" for one in room.interfaces]
        if room.device.originates:
            words += ["redistribute ipv6 kernel", "redistribute ipv4 kernel"]
        _vtysh(room, *words)

    def _show_interfaces(self, room: Room) -> str:
        return _vtysh(room, "show babel interface")

    def tables(self, room: Room) -> dict[str, str]:
        return {name: _vtysh(room, words) for name, words in _TABLES.items()}

    def stop(self, room: Room) -> None:
        # zebra must outlive babeld, as with FRR's own script, or the last words find no kernel.
        room.processes["babeld"].send_signal(signal.SIGTERM)


def _interface_lines(link: LinkConfig) -> list[str]:
    # To FRR a tunnel is a wired link.
    lines = [" babel wireless" if link.medium == "wireless" else " babel wired"]
    if link.hello_interval is not None:
        lines.append(f" babel hello-interval {link.hello_interval * _MILLISECONDS_PER_CENTISECOND}")
    if link.update_interval is not None:
        lines.append(f" babel update-interval {link.update_interval * _MILLISECONDS_PER_CENTISECOND}")
    if link.rtt:
        lines.append(" babel enable-timestamps")
    return lines


def _vtysh(room: Room, *words: str) -> str:
    command = [_VTYSH.path(), "--vty_socket", str(INSIDE), "--config_dir", str(INSIDE)]
    for line in words:
        command += ["-c", line]
    return room.house.ask(command, environment=_ENVIRONMENT)


def _keep_awake(room: Room, name: str) -> None:
    """Make a daemon look at its timers every few milliseconds of wall time.

    FRR waits in ppoll, and libfaketime 0.9.10 passes a timeout below one second to ppoll as it is: at ten
    times the speed, a timer due in 0.9 s would come nine seconds late.  An empty line from vtysh is input
    like any other, and the daemon looks at its timers after every input.
    """
    connection = room.connect(name)
    connection.setblocking(True)

    def tick() -> None:
        while True:
            connection.sendall(_EMPTY_LINE)
            if not connection.recv(4096):
                return
            time.sleep(_TICK_SECONDS)

    room.house.fork(tick)
    connection.close()


def _prepare_mounts() -> None:
    """What FRR insists on outside its own folders: its group, and two places to write."""
    system_calls.bind("group", "/etc/group")
    system_calls.mount("none", "/var/tmp", "tmpfs", 0)
    Path("/var/tmp/frr").mkdir()
    Path("/run/frr").mkdir()


target = DaemonTarget(Frr())
