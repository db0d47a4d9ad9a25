# SPDX-License-Identifier: GPL-2.0-only
"""The socket between the router and the program that owns the tunnels."""

import select
import socket
from collections.abc import Iterator
from fractions import Fraction
from ipaddress import IPv6Address, IPv6Network
from pathlib import Path
from typing import Any

import pytest

from althea_spec.conformance.lab import (
    SECOND,
    DeviceConfig,
    LinkConfig,
    Pace,
    PriceConfig,
    Profile,
    Verification,
)
from althea_spec.hw_conformance.daemons.live import target as live
from althea_spec.hw_conformance.live.errors import LiveError
from althea_spec.hw_conformance.live.settings import load, router_config
from althea_spec.hw_conformance.live.tunnel_driver import Told, TunnelDriver, parse_line
from althea_spec.reference.routing import events

from .conftest import InWorker
from .fake import Fake, run_until_installed

PREFIX = IPv6Network("2001:db8:1::/64")
FAR = IPv6Network("2001:db8:a::/48")
NEXT_HOP = IPv6Address("fe80::1")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (f"used {PREFIX} 17", Told(events.DestinationUsed(PREFIX), 17)),
        (f"used {PREFIX} 17 eth0 fe80::1", Told(events.DestinationUsed(PREFIX, ("eth0", NEXT_HOP)), 17)),
        (f"received {PREFIX} 00ff 17", Told(events.TunnelReceived(PREFIX, b"\x00\xff"), 17)),
    ],
)
def test_what_a_driver_says(line: str, told: Told) -> None:
    assert parse_line(line) == told


def test_only_a_packet_carries() -> None:
    assert parse_line(f"used {PREFIX} 17").carrier == 17
    assert parse_line(f"received {PREFIX} 00 17").carrier is None


@pytest.mark.parametrize(
    "line",
    [
        "",
        "used",
        f"used {PREFIX}",
        "used x 17",
        f"used {PREFIX} soon",
        f"received {PREFIX} 0g 17",
        f"sent {PREFIX} 17",
    ],
)
def test_what_a_driver_does_not_say(line: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_line(line)


class Router:
    """The router's end, with what it complains of."""

    def __init__(self, path: Path) -> None:
        self.complaints: list[str] = []
        self.driver = TunnelDriver(path, self.complaints.append)

    def hear(self) -> list[Told]:
        """Whatever comes within a moment."""
        told: list[Told] = []
        while ready := select.select(self.driver.readers(), [], [], 0.1)[0]:
            for one in ready:
                told += self.driver.on_readable(one)
        return told


@pytest.fixture
def router(tmp_path: Path) -> Iterator[Router]:
    made = Router(tmp_path / "driver")
    yield made
    made.driver.close()
    assert not (tmp_path / "driver").exists()


def driver(tmp_path: Path, router: Router) -> socket.socket:
    made = socket.socket(socket.AF_UNIX)
    made.settimeout(5)
    made.connect(str(tmp_path / "driver"))
    router.hear()
    return made


SEND = events.SendThroughTunnel(PREFIX, "eth0", NEXT_HOP, b"\xf0\x00")


def test_lines_go_both_ways_in_pieces_and_in_bunches(tmp_path: Path, router: Router) -> None:
    with driver(tmp_path, router) as far:
        far.sendall(f"used {PREFIX} 1\nused {PREFIX} 2\nused {PREFIX}".encode())
        assert [one.monotonic for one in router.hear()] == [1, 2]
        far.sendall(b" 3\n")
        assert [one.monotonic for one in router.hear()] == [3]
        router.driver.send(SEND, 99)
        assert far.recv(4096) == f"send {PREFIX} eth0 fe80::1 f000 99\n".encode()
    assert router.complaints == []


def test_nonsense_is_complained_of_and_the_rest_is_read(tmp_path: Path, router: Router) -> None:
    with driver(tmp_path, router) as far:
        far.sendall(f"hello\nused {PREFIX} 1\n".encode())
        assert [one.monotonic for one in router.hear()] == [1]
    assert router.complaints == [
        "tunnel driver: expected 'used PREFIX TIME' or 'received PREFIX OCTETS TIME', got 'hello'"
    ]


def test_a_new_driver_takes_the_place_of_an_old_one(tmp_path: Path, router: Router) -> None:
    with driver(tmp_path, router) as old, driver(tmp_path, router) as new:
        assert old.recv(1) == b""
        router.driver.send(SEND, 1)
        assert new.recv(4) == b"send"


def test_without_a_driver_probes_are_lost_and_told_of(tmp_path: Path, router: Router) -> None:
    router.driver.send(SEND, 1)
    (line,) = router.complaints
    assert line == f"tunnel driver: nobody takes what is to go through the tunnel to {PREFIX}"
    with driver(tmp_path, router) as gone:
        gone.close()
        assert router.hear() == []
        router.driver.send(SEND, 1)
    assert len(router.complaints) == 2


def test_a_driver_that_does_not_read_costs_little(tmp_path: Path, router: Router) -> None:
    with driver(tmp_path, router):
        long = events.SendThroughTunnel(PREFIX, "eth0", NEXT_HOP, bytes(60_000))
        for _ in range(50):
            router.driver.send(long, 1)
        assert len(router.driver._waiting) < 1 << 21
        assert router.complaints


def test_a_path_that_cannot_be_listened_at_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(
        LiveError, match=r"^tunnel-driver: .*: cannot be listened at: No such file or directory$"
    ):
        TunnelDriver(tmp_path / "missing" / "driver", print)


# --- settings -----------------------------------------------------------------------------------------------

ONE = {"interfaces": {"eth0": {}}, "profile": "althea"}


def test_verification_is_configured_in_seconds_and_shares() -> None:
    wanted = {"cycle": 5, "probe-interval": 0.02, "lowest-accuracy": "3/5", "tolerance": 0.5, "probes": 64}
    config = router_config(load(None, {**ONE, "verification": wanted}), bytes(7) + b"\x01").verification
    assert (config.cycle, config.probe_interval, config.probes) == (5_000_000, 20_000, 64)
    assert (config.lowest_accuracy, config.tolerance) == (Fraction(3, 5), Fraction(1, 2))


@pytest.mark.parametrize(
    ("wanted", "line"),
    [
        ({"cycle": -1}, "--verification: expected seconds, 0 to 10000000, got -1"),
        ({"cycle": 0}, "--verification: "),
        ({"probes": 0}, "--verification: expected greater than or equal to 1, got 0"),
        ({"lowest-accuracy": "most"}, "--verification: expected a share such as 0.6 or 3/5, got 'most'"),
        ({"lowest-accuracy": 2}, "--verification: expected more than 0 and at most 1, got 2"),
        ({"colour": 2}, "--verification: no such field; expected one of answer-patience, "),
    ],
)
def test_a_mistake_in_it_is_one_line(wanted: dict[str, Any], line: str) -> None:
    with pytest.raises(LiveError) as caught:
        load(None, {**ONE, "verification": wanted})
    assert str(caught.value).startswith(line)


# --- the daemon ---------------------------------------------------------------------------------------------


def probes(workdir: Path) -> list[tuple[str, str]]:
    checked = Verification(cycle=1000, memory=60_000, probes=16, probe_interval=50, carrier_patience=10)
    device = DeviceConfig(
        (LinkConfig("left"), LinkConfig("right")),
        profile=Profile.ALTHEA,
        prices=PriceConfig(verification=checked),
    )
    with live.open(device, Pace.FAST, workdir) as lab:
        fake = Fake(lab, "left", 1).attach()
        run_until_installed(lab, [fake], [FAR], 60)
        seen: list[tuple[str, str]] = []
        end = lab.now() + 20 * SECOND
        while not seen and lab.now() < end:
            lab.send("left", fake.frame(fake.hello(lab.now() // SECOND % 65536) + fake.update(FAR)))
            lab.use_destination(FAR)
            frames = lab.receive(lab.now() + SECOND // 10)
            seen += [(one.link, str(one.tunnel)) for one in frames if one.tunnel is not None]
        return seen


def test_a_destination_in_use_is_probed_through_its_tunnel(tmp_path: Path, in_worker: InWorker) -> None:
    seen = in_worker(probes, tmp_path)
    assert set(seen) == {("left", str(FAR))}
