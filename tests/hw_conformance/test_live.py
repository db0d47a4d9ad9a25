# SPDX-License-Identifier: GPL-2.0-only
"""The reference router as a daemon: what it does to a kernel, and what it leaves behind."""

import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv6Address, IPv6Network
from pathlib import Path
from typing import Any

import pytest
from pyroute2 import IPRoute

from althea_spec.conformance.lab import (
    SECOND,
    DeviceConfig,
    FibEntry,
    LinkConfig,
    Pace,
    PriceConfig,
    PriceLab,
    Profile,
)
from althea_spec.hw_conformance import system_calls
from althea_spec.hw_conformance.daemons.live import LiveLab
from althea_spec.hw_conformance.daemons.live import target as live
from althea_spec.hw_conformance.live.forwarding_table import NEXT_HOP_PRIORITY, REFUSAL_PRIORITY
from althea_spec.hw_conformance.live.settings import MAIN_TABLE, PROTOCOL
from althea_spec.hw_conformance.management_socket import ManagementSocket, Tables
from althea_spec.hw_conformance.namespace import House
from althea_spec.hw_conformance.route_change import RouteChanger
from althea_spec.hw_conformance.route_dump import dump_routes, open_route_socket

from .conftest import InWorker
from .fake import Fake, run_until_installed

FAR = IPv6Network("2001:db8:a::/48")
NEAR = IPv6Address("fe80::b:1")
TWO_LINKS = DeviceConfig(links=(LinkConfig("left"), LinkConfig("right")))
WILDCARD_RETRACTION = bytes.fromhex("080a00000000")
INFINITE = bytes.fromhex("ffff")


@contextmanager
def laboratory(workdir: Path, device: DeviceConfig = TWO_LINKS) -> Iterator[LiveLab]:
    with live.open(device, Pace.FAST, workdir) as lab:
        yield lab


def with_a_route(lab: LiveLab) -> Fake:
    fake = Fake(lab, "left", 1).attach()
    run_until_installed(lab, [fake], [FAR], 60)
    return fake


def ask(lab: LiveLab) -> Tables:
    with ManagementSocket(lab.room.connect("router.socket")) as management:
        return management.dump()


def wait_until(lab: LiveLab, condition: Callable[[], bool], seconds: int = 30) -> bool:
    """Of protocol time."""
    end = lab.now() + seconds * SECOND
    while not condition() and lab.now() < end:
        lab.receive(lab.now() + SECOND // 4)
    return condition()


def own_routes(lab: LiveLab) -> list[FibEntry]:
    return list(lab.fib())


# --- the end of it ------------------------------------------------------------------------------------------


def stopped(workdir: Path, number: signal.Signals) -> dict[str, Any]:
    with laboratory(workdir) as lab:
        with_a_route(lab)
        before = own_routes(lab)
        lab.receive(lab.now())
        lab.room.processes["router"].send_signal(number)
        said = b""
        end = lab.now() + 20 * SECOND
        while lab.alive() and lab.now() < end:
            said += b"".join(one.frame for one in lab.receive(lab.now() + SECOND // 4) if one.link == "left")
        return {
            "before": before,
            "status": lab.room.processes["router"].status(),
            "after": own_routes(lab),
            "retractions": said.count(WILDCARD_RETRACTION),
            "socket": (lab.house.workdir / "router.socket").exists(),
            "log": lab.room.log("router"),
        }


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_graceful_stop_retracts_and_takes_its_routes_along(
    number: signal.Signals, tmp_path: Path, in_worker: InWorker
) -> None:
    seen = in_worker(stopped, tmp_path, number)
    assert [one.kind for one in seen["before"]] == ["via"]
    assert seen["status"] == 0, seen["log"]
    assert seen["after"] == []
    assert seen["retractions"] >= 2
    assert not seen["socket"]
    assert "Traceback" not in seen["log"]


def killed_and_started_again(workdir: Path) -> dict[str, Any]:
    with laboratory(workdir) as lab:
        with_a_route(lab)
        process = lab.room.processes["router"]
        process.send_signal(signal.SIGKILL)
        assert wait_until(lab, lambda: process.status() is not None)
        left_behind = own_routes(lab)
        foreign = IPv6Network("2001:db8:f::/48")
        with lab.house.device_network():
            changer = RouteChanger(MAIN_TABLE, 99)
            changer.refuse(foreign, 7)
        live.daemon.start(lab.room)
        new = lab.room.processes["router"]
        wait_until(lab, lambda: [one.prefix for one in own_routes(lab)] == [foreign], 100)
        return {"left": left_behind, "now": own_routes(lab), "status": new.status(), "foreign": foreign}


def test_what_a_killed_predecessor_left_is_cleared_away_and_nothing_else(
    tmp_path: Path, in_worker: InWorker
) -> None:
    seen = in_worker(killed_and_started_again, tmp_path)
    assert [one.prefix for one in seen["left"]] == [FAR]
    assert seen["now"] == [FibEntry(seen["foreign"], "unreachable")]
    assert seen["status"] is None


def second_instance(workdir: Path) -> tuple[str, str, bool]:
    with laboratory(workdir) as lab:
        command = [sys.executable, "-m", "althea_spec.router_command", "-i", "eth0"]
        same = lab.house.ask(command)
        other = lab.house.ask([*command, "--table", "7000"])
        return same, other, lab.alive()


def test_one_router_for_each_table_and_each_port(tmp_path: Path, in_worker: InWorker) -> None:
    same, other, alive = in_worker(second_instance, tmp_path)
    taken = "table 254: another althea-spec router has it; stop that one, or give another --table"
    assert same == f"althea-spec: {taken}\n"
    assert other == "althea-spec: eth0: another program has UDP port 6696; stop it first\n"
    assert alive


def without_rights(workdir: Path) -> str:
    workdir.mkdir(exist_ok=True)
    house = House(workdir)
    try:
        drop = ["setpriv", "--inh-caps=-all", "--ambient-caps=-all", "--bounding-set=-all"]
        return house.ask([*drop, sys.executable, "-m", "althea_spec.router_command", "-i", "lo"])
    finally:
        house.close()


def test_no_right_to_the_table_is_one_line(tmp_path: Path, in_worker: InWorker) -> None:
    line = in_worker(without_rights, tmp_path / "house")
    assert line.startswith(
        "althea-spec: table 254: Operation not permitted; run as root or with CAP_NET_ADMIN"
    )


# --- the kernel's table -------------------------------------------------------------------------------------


def watched_hold(workdir: Path) -> list[tuple[str, ...]]:
    """The kinds of our routes to the prefix, looked at all the time while it is retracted."""
    with laboratory(workdir) as lab:
        fake = with_a_route(lab)
        with lab.house.device_network():
            netlink = open_route_socket()
        seen: list[tuple[str, ...]] = []
        retraction = fake.update(FAR)
        lab.send("left", fake.frame(retraction[: -2 - 6] + INFINITE + retraction[-6:]))
        end = time.monotonic() + 1.0
        while time.monotonic() < end:
            routes = dump_routes(netlink, 10, frozenset(range(256)) - {PROTOCOL}, MAIN_TABLE)
            kinds = tuple(
                sorted("refused" if one.kind == 7 else "via" for one in routes if one.prefix == FAR)
            )
            if not seen or seen[-1] != kinds:
                seen.append(kinds)
            lab.receive(lab.now())
            if kinds == ("refused",):
                break
        netlink.close()
        return seen


def test_a_lost_prefix_is_refused_without_a_gap(tmp_path: Path, in_worker: InWorker) -> None:
    seen = in_worker(watched_hold, tmp_path)
    assert seen[0] == ("via",)
    assert seen[-1] == ("refused",)
    assert () not in seen
    assert NEXT_HOP_PRIORITY < REFUSAL_PRIORITY


def interface_gone_and_back(workdir: Path) -> dict[str, Any]:
    with laboratory(workdir) as lab:
        fake = with_a_route(lab)
        with lab.house.device_network():
            route: Any = IPRoute()
        index = route.link_lookup(ifname="eth0")[0]
        route.link("set", index=index, state="down")
        down = wait_until(lab, lambda: not ask(lab).interfaces["eth0"].is_up)
        lost = wait_until(lab, lambda: all(one.kind != "via" for one in own_routes(lab)))
        other = ask(lab).interfaces["eth1"].is_up
        route.link("set", index=index, state="up")
        with lab.house.device_network():
            system_calls.notice_carrier("eth0")
        up = wait_until(lab, lambda: ask(lab).interfaces["eth0"].is_up)
        lab.attach("left", fake.mac, [fake.address, fake.ipv4])
        again = run_until_installed(lab, [fake], [FAR], 60)
        route.close()
        return {
            "down": down,
            "lost": lost,
            "other": other,
            "up": up,
            "again": again,
            "log": lab.room.log("router"),
        }


def test_an_interface_may_go_and_come_back(tmp_path: Path, in_worker: InWorker) -> None:
    seen = in_worker(interface_gone_and_back, tmp_path)
    assert seen["down"]
    assert seen["lost"]
    assert seen["other"]
    assert seen["up"]
    assert [one.next_hop for one in seen["again"]] == [NEAR]
    assert "warning" not in seen["log"]


def interface_that_comes_later(workdir: Path) -> tuple[bool, bool]:
    with laboratory(workdir) as lab:
        path = lab.house.workdir / "later.toml"
        path.write_text("table = 7000\n[interfaces.later0]\n", encoding="ascii")
        command = [sys.executable, "-m", "althea_spec.router_command", "-c", "later.toml", "-v"]
        lab.house.spawn([*command, "--status", "/run/lab/later"], lab.house.workdir / "later.log")
        assert wait_until(lab, lambda: (lab.house.workdir / "later").exists(), 100)
        with ManagementSocket(lab.room.connect("later")) as management:
            before = management.dump().interfaces["later0"].is_up
        with lab.house.device_network(), IPRoute() as route:
            route.link("add", ifname="later0", kind="veth", peer={"ifname": "later1"})
            for name in ("later0", "later1"):
                route.link("set", index=route.link_lookup(ifname=name)[0], state="up")
                system_calls.notice_carrier(name)
        log = lab.house.workdir / "later.log"
        return before, wait_until(lab, lambda: "later0: up, " in log.read_text(encoding="utf-8"), 50)


def test_an_interface_may_come_after_the_router(tmp_path: Path, in_worker: InWorker) -> None:
    assert in_worker(interface_that_comes_later, tmp_path) == (False, True)


# --- settings that follow -----------------------------------------------------------------------------------


def price_by_hang_up(workdir: Path) -> list[int | None]:
    device = DeviceConfig(TWO_LINKS.links, profile=Profile.ALTHEA, prices=PriceConfig(price=5))
    with laboratory(workdir, device) as lab:
        assert isinstance(lab, PriceLab)
        fees = [ask(lab).fee]
        lab.set_price(77)
        wait_until(lab, lambda: ask(lab).fee == 77)
        fees.append(ask(lab).fee)
        (lab.house.workdir / "router.toml").write_text("price = x", encoding="ascii")
        lab.room.processes["router"].send_signal(signal.SIGHUP)
        refused = "warning: not read again: router.toml: not TOML"
        assert wait_until(lab, lambda: refused in lab.room.log("router"))
        return [*fees, ask(lab).fee]


def test_hang_up_puts_a_new_price_into_effect_and_a_broken_file_changes_nothing(
    tmp_path: Path, in_worker: InWorker
) -> None:
    assert in_worker(price_by_hang_up, tmp_path) == [5, 77, 77]


IDLE_MARKET = """
[price-strategy]
kind = "demand"
floor = 10
ceiling = 200
step = 30
idle = 0.2
busy = 0.8
gain = 200
steepness = 5
capacity = 1_000_000_000
"""


def price_without_demand(workdir: Path) -> tuple[list[int], str]:
    device = DeviceConfig(links=(LinkConfig("left"),), profile=Profile.ALTHEA, prices=PriceConfig(price=100))
    with live.open(device, Pace.FASTER, workdir) as lab:
        path = lab.house.workdir / "router.toml"
        text = path.read_text(encoding="utf-8")
        top, _, interfaces = text.partition("[interfaces")
        path.write_text(f"{top}{IDLE_MARKET}\n[interfaces{interfaces}", encoding="utf-8")
        lab.room.processes["router"].send_signal(signal.SIGHUP)
        fees: list[int] = []

        def is_at_the_floor() -> bool:
            fees.append(ask(lab).fee or 0)
            return fees[-1] == 10

        wait_until(lab, is_at_the_floor, 600)
        return list(dict.fromkeys(fees)), lab.room.log("router")


def test_a_price_that_follows_demand_walks_to_its_floor_when_nobody_buys(
    tmp_path: Path, in_worker: InWorker
) -> None:
    """Each minute of its own time the idle router asks a step less, and tells so."""
    fees, log = in_worker(price_without_demand, tmp_path)
    assert fees == [100, 70, 40, 10], log
    assert log.index("price 70") < log.index("price 40") < log.index("price 10")
