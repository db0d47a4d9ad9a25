# SPDX-License-Identifier: GPL-2.0-only
"""The live router's management socket: what it says about a real router, and that nobody can disturb it."""

import select
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from ipaddress import IPv6Address, IPv6Network
from pathlib import Path
from threading import Thread

import pytest

from althea_spec.hw_conformance.live.errors import LiveError
from althea_spec.hw_conformance.live.status_lines import settings_lines, status_lines
from althea_spec.hw_conformance.live.status_server import (
    StatusServer,
    StatusSource,
    differences,
    parse_address,
)
from althea_spec.hw_conformance.management_socket import ManagementSocket, Tables, connect
from althea_spec.reference.routing import events, packet_builder
from althea_spec.reference.routing.config import InterfaceConfig, RouterConfig
from althea_spec.reference.routing.messages import IHU, Hello, Message, Update
from althea_spec.reference.routing.profile import Profile
from althea_spec.reference.routing.randomness import SplitMix
from althea_spec.reference.routing.router import Router

OWN = IPv6Address("fe80::d:1")
PEER = IPv6Address("fe80::b:1")
PREFIX = IPv6Network("2001:db8:a::/48")
OWN_PREFIX = IPv6Network("2001:db8:d::/48")
PEER_ID = bytes.fromhex("020000fffe000b01")
SECOND = 1_000_000


def router(profile: Profile) -> Router:
    """With one neighbour that has announced one prefix."""
    config = RouterConfig(
        router_id=bytes.fromhex("020000fffe000001"),
        interfaces={"eth0": InterfaceConfig(rtt=True), "eth1": InterfaceConfig()},
        originates=(OWN_PREFIX,),
        profile=profile,
        price=0 if profile is Profile.RFC8966 else 7,
    )
    made = Router(config, SplitMix(1), 0)
    made.step(events.InterfaceUp("eth0", OWN), 0)
    price = None if profile is Profile.RFC8966 else 103
    unit = config.price_unit if profile is Profile.ALTHEA else None
    for seqno in range(3):
        now = (seqno + 1) * SECOND
        stamp = (now - 1000) % (1 << 32)
        say(made, Hello(False, seqno, 400, stamp, unit), IHU(OWN, 96, 1200, now - 4000, now - 2000), now=now)
    say(made, Update(PREFIX, 1600, 1, 96, PEER_ID, None, price, 5000), now=4 * SECOND)
    return made


def say(to: Router, *messages: Message, now: int) -> None:
    profile = to.state.config.profile
    for payload in packet_builder.build_packets(
        messages, maximum_payload=1400, source_ipv4=None, profile=profile
    ):
        to.step(events.DatagramReceived("eth0", PEER, 6696, OWN, payload), now)


def source(of: Router) -> StatusSource:
    name = "ALTHEA 0.1" if of.state.config.profile is Profile.ALTHEA_2018 else "BABEL 1.0"
    greeting = f"{name}\nversion test\nhost here\nmy-id 02:00:00:ff:fe:00:00:01\n"
    state = of.state
    return StatusSource(greeting, lambda: settings_lines(state), lambda: status_lines(state), of.counters)


@contextmanager
def served(status: StatusSource, address: str) -> Iterator[StatusServer]:
    """A server in a thread of its own, as it is in the loop of the daemon."""
    server = StatusServer(address, status)
    stop = []

    def loop() -> None:
        while not stop:
            ready, room, _ = select.select(server.readers(), server.writers(), [], 0.01)
            for one in ready:
                server.on_readable(one)
            for one in room:
                server.on_writable(one)
            server.on_change()

    thread = Thread(target=loop)
    thread.start()
    try:
        yield server
    finally:
        stop.append(True)
        thread.join()
        server.close()


def dump(profile: Profile, folder: Path) -> tuple[Tables, ManagementSocket]:
    path = str(folder / "status")
    with served(source(router(profile)), path), connect(path) as management:
        return management.dump(), management


@pytest.mark.parametrize("profile", Profile)
def test_what_a_router_knows_is_read_back(profile: Profile, tmp_path: Path) -> None:
    tables, management = dump(profile, tmp_path)
    assert management.greeting.dialect == ("ALTHEA" if profile is Profile.ALTHEA_2018 else "BABEL")
    assert management.greeting.router_id == "02:00:00:ff:fe:00:00:01"
    assert tables.interfaces["eth0"].ipv6 == OWN
    assert not tables.interfaces["eth1"].is_up
    (neighbour,) = tables.neighbours.values()
    assert (neighbour.address, neighbour.interface, neighbour.reach) == (PEER, "eth0", 0b111)
    assert neighbour.rtt is not None
    assert (neighbour.rxcost, neighbour.txcost) == (96, 96)
    (own,) = tables.own_prefixes.values()
    assert own.prefix == OWN_PREFIX
    (route,) = tables.routes.values()
    assert (route.prefix, route.next_hop, route.refmetric, route.router_id) == (PREFIX, PEER, 96, PEER_ID)
    assert route.metric == 96 + neighbour.cost
    assert route.is_installed


def test_plain_babel_says_nothing_of_prices(tmp_path: Path) -> None:
    tables, management = dump(Profile.RFC8966, tmp_path)
    assert tables.fee is None
    assert not {"price", "fee", "full-path-rtt"} & set(management.transcript().split())


@pytest.mark.parametrize("profile", [Profile.ALTHEA, Profile.ALTHEA_2018])
def test_price_is_what_the_next_hop_asks_and_fee_what_we_add(profile: Profile, tmp_path: Path) -> None:
    tables, _ = dump(profile, tmp_path)
    (route,), (neighbour,) = tables.routes.values(), tables.neighbours.values()
    assert (route.price, route.fee) == (103, 7)
    assert neighbour.rtt is not None
    assert route.full_path_rtt == 5000 + neighbour.rtt


@pytest.mark.parametrize("profile", [Profile.ALTHEA, Profile.ALTHEA_2018])
def test_a_router_with_prices_begins_with_fee_and_metric_factor(profile: Profile, tmp_path: Path) -> None:
    tables, management = dump(profile, tmp_path)
    assert (tables.fee, tables.metric_factor) == (7, 1900)
    assert management.transcript().splitlines()[5:7] == ["local fee 7", "metric factor 1900"]


def test_a_watcher_hears_of_what_changes(tmp_path: Path) -> None:
    made = router(Profile.RFC8966)
    path = str(tmp_path / "status")
    with served(source(made), path), connect(path) as management:
        tables = management.monitor()
        say(made, Update(PREFIX, 1600, 1, 65535, None, None), now=5 * SECOND)
        heard = list(management.changes(0.3))
        assert [type(one.what).__name__.removesuffix("Line").lower() for one in heard] == ["route"]
        assert heard[0].verb == "change"
        tables.apply(heard[0])
        (route,) = tables.routes.values()
        assert (route.metric, route.is_installed) == (65535, False)
        assert management.command("unmonitor").word == "ok"


def test_only_changes_are_told() -> None:
    before = {("route", "1"): "a", ("route", "2"): "b", ("xroute", "3"): "c"}
    after = {("route", "2"): "b", ("xroute", "3"): "d", ("route", "4"): "e"}
    assert list(differences(before, after)) == ["flush route 1 a", "change xroute 3 d", "add route 4 e"]
    assert list(differences(after, after)) == []


@pytest.mark.parametrize("words", ["fee 3", "metric-factor 2000", "interface eth9", "flush interface eth0"])
def test_nothing_can_be_changed(words: str, tmp_path: Path) -> None:
    made = router(Profile.ALTHEA_2018)
    path = str(tmp_path / "status")
    with served(source(made), path), connect(path) as management:
        before = list(status_lines(made.state))
        assert management.command(words).word == "no"
        assert list(status_lines(made.state)) == before


def test_what_is_no_command_is_bad(tmp_path: Path) -> None:
    path = str(tmp_path / "status")
    with served(source(router(Profile.RFC8966)), path), connect(path) as management:
        assert management.command("dumb").word == "bad"
        assert management.command("dump now").word == "bad"
        assert management.command("").word == "ok"


def test_counters_tell_what_was_refused(tmp_path: Path) -> None:
    made = router(Profile.RFC8966)
    made.step(events.DatagramReceived("eth0", PEER, 6696, OWN, b"\x2b\x02\x00\x00"), 5 * SECOND)
    path = tmp_path / "status"
    with served(source(made), str(path)), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(b"counters\nquit\n")
        assert read_all(client).splitlines()[-2:] == ["counter MAGIC 1", "ok"]


def read_all(client: socket.socket) -> str:
    client.settimeout(5)
    text = b""
    while octets := client.recv(1 << 16):
        text += octets
    return text.decode()


def test_a_line_without_an_end_is_hung_up_on(tmp_path: Path) -> None:
    path = tmp_path / "status"
    with served(source(router(Profile.RFC8966)), str(path)), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(b"x" * 9000)
        with suppress(ConnectionResetError):
            assert read_all(client).endswith("ok\n")
        with pytest.raises(OSError):  # noqa: PT011 - a broken pipe or a reset
            client.sendall(b"x" * 9000)


def until(condition: Callable[[], bool]) -> bool:
    end = time.monotonic() + 5
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()


def test_a_client_that_does_not_read_holds_nobody_up_and_costs_little(tmp_path: Path) -> None:
    made = router(Profile.RFC8966)
    path = tmp_path / "status"
    with served(source(made), str(path)) as server, socket.socket(socket.AF_UNIX) as lazy:
        lazy.connect(str(path))
        lazy.sendall(b"dump\n" * 500)
        with connect(str(path)) as management:
            assert management.dump().routes
        waiting = [len(one.waiting) for one in server._clients.values()]
        assert max(waiting, default=0) < 1 << 18


def test_no_more_than_a_few_clients_at_once(tmp_path: Path) -> None:
    path = str(tmp_path / "status")
    with served(source(router(Profile.RFC8966)), path) as server:
        clients = [connect(path) for _ in range(16)]
        with socket.socket(socket.AF_UNIX) as one_more:
            one_more.connect(path)
            one_more.settimeout(5)
            assert one_more.recv(100) == b""
        for one in clients:
            one.close()
        assert until(lambda: len(server.readers()) == 1)


def test_a_port_of_this_machine() -> None:
    with socket.socket(socket.AF_INET6) as free:
        free.bind(("::1", 0))
        port = free.getsockname()[1]
    with served(source(router(Profile.RFC8966)), f"[::1]:{port}"), connect(f"[::1]:{port}") as management:
        assert management.dump().routes


def test_the_socket_of_a_dead_predecessor_is_replaced_and_that_of_a_live_one_is_not(tmp_path: Path) -> None:
    path = tmp_path / "status"
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(path))
    status = source(router(Profile.RFC8966))
    first = StatusServer(str(path), status)
    with pytest.raises(LiveError, match=r"status: .*: cannot be listened at: Address already in use"):
        StatusServer(str(path), status)
    first.close()
    assert not path.exists()
    path.write_text("a file", encoding="ascii")
    with pytest.raises(LiveError, match="cannot be listened at"):
        StatusServer(str(path), status)
    assert path.read_text(encoding="ascii") == "a file"


@pytest.mark.parametrize("text", ["[2001:db8::1]:6872", "[127.0.0.1]:6872", "[::1]:99999", "[::1]", "[x]:1"])
def test_only_this_machine_can_ask(text: str) -> None:
    with pytest.raises(LiveError, match=r"^status: expected a path or \[::1\]:PORT"):
        parse_address(text)
