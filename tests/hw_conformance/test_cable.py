# SPDX-License-Identifier: GPL-2.0-only
"""A box on a cable: here a babeld in a house of the test's, of which the suite knows only the cables."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from althea_spec.conformance.lab import SECOND, DeviceConfig, Feature, FibEntry, LabError, LinkConfig, Pace
from althea_spec.hw_conformance.cable import CableTarget, parse_cable
from althea_spec.hw_conformance.custom import load_target_file
from althea_spec.hw_conformance.daemons.babeld import Babeld
from althea_spec.hw_conformance.fib import Kernel, far_end
from althea_spec.hw_conformance.hello_watch import carries_hello
from althea_spec.hw_conformance.namespace import House

from .conftest import InWorker
from .fake import Fake, hello_links
from .test_daemons import FAR_6

BOX = DeviceConfig(links=(LinkConfig("x", hello_interval=100), LinkConfig("y", hello_interval=100)))
WANTED = DeviceConfig(links=(LinkConfig("a"), LinkConfig("b")))


def _with_box(use: Callable[[str], Any], workdir: Path, speaks: bool = True) -> Any:
    """Call with the argument that means the box."""
    house = House(workdir)
    try:
        kernel = Kernel(house, BOX)
        (workdir / "babeld.conf").write_text(Babeld().files(BOX, kernel.interfaces)["babeld.conf"])
        names = [one.name for one in kernel.interfaces]
        if speaks:
            words = ["babeld", "-c", "babeld.conf", "-S", "/run/state", "-G", "/run/lab/its.socket", *names]
            house.spawn(words, workdir / "babeld.log")
        argument = ",".join(f"{far_end(one)}={one.address}" for one in kernel.interfaces)
        try:
            return use(argument)
        except LabError as error:
            return str(error)
        finally:
            kernel.close()
    finally:
        house.close()


def _converse(argument: str) -> dict[str, Any]:
    target = parse_cable(argument)
    target.check()
    with target.open(WANTED, Pace.FASTER, Path()) as lab:
        early = {one.link for one in lab.receive(lab.now()) if carries_hello(one.frame)}
        a, b = Fake(lab, "a", 1), Fake(lab, "b", 2)
        for fake in (a, b):
            lab.attach(fake.link, fake.mac, [fake.address])
        needle = FAR_6.network_address.packed[:6]
        announced = set()
        for seqno in range(1, 9):
            for fake in (a, b):
                lab.send(fake.link, fake.frame(fake.hello(seqno)))
            lab.send("a", a.frame(a.update(FAR_6)))
            pause = lab.now() + SECOND // 2
            while frames := lab.receive(pause):
                announced |= {one.link for one in frames if needle in one.frame}
        return {
            "early": early,
            "mac": lab.device_mac("b"),
            "address": str(lab.device_address("b")),
            "hellos": hello_links(lab, 2),
            "announced": announced,
            "alive": lab.alive(),
            "evidence": lab.evidence()["links.txt"],
        }


def test_a_box_is_found_and_announces_on_one_link_what_it_hears_on_the_other(
    tmp_path: Path, in_worker: InWorker
) -> None:
    seen = in_worker(_with_box, _converse, tmp_path)
    assert isinstance(seen, dict), seen
    assert seen["early"] == {"a", "b"}
    assert seen["mac"] == "02:00:00:00:00:02"
    assert seen["address"] == "fe80::ff:fe00:2"
    assert seen["hellos"] == {"a", "b"}
    assert "b" in seen["announced"]
    assert seen["alive"]
    assert "b: to-eth1 02:00:00:00:00:02 fe80::ff:fe00:2\n" in seen["evidence"]


def _read_routes(argument: str, path: Path) -> dict[str, Any]:
    pairs = [one.split("=") for one in argument.split(",")]
    cables = ", ".join(f'{interface} = "{address}"' for interface, address in pairs)
    path.write_text(
        f"cable = {{ {cables} }}\n"
        f'management = "{path.parent}/its.socket"\n'
        'own_interfaces = { to-eth0 = "eth0", to-eth1 = "eth1" }\n',
        encoding="ascii",
    )
    target = load_target_file(path)
    with target.open(WANTED, Pace.FASTER, Path()) as lab:
        target.check()
        fake = Fake(lab, "a", 1)
        lab.attach("a", fake.mac, [fake.address])
        for seqno in range(1, 5):
            lab.send("a", fake.frame(fake.hello(seqno) + fake.update(FAR_6)))
            lab.receive(lab.now() + SECOND // 2)
        return {"fib": lab.fib(), "fake": fake.address, "evidence": lab.evidence()["management.txt"]}


def test_a_box_with_a_management_socket_shows_its_routes(tmp_path: Path, in_worker: InWorker) -> None:
    seen = in_worker(_with_box_and_file, tmp_path)
    assert isinstance(seen, dict), seen
    assert seen["fib"] == [FibEntry(FAR_6, "via", seen["fake"], "a")]
    assert seen["evidence"].startswith("BABEL 1.0\n")


def _with_box_and_file(workdir: Path) -> Any:
    return _with_box(lambda argument: _read_routes(argument, workdir / "box.toml"), workdir)


def _ask_nobody(argument: str) -> None:
    target = parse_cable(argument.replace("fe00:2", "fe00:9"))
    CableTarget(target.cables, seconds_to_answer=1).open(WANTED, Pace.REAL, Path())


def _ask_for_more_links(argument: str) -> None:
    parse_cable(argument.split(",")[0]).open(WANTED, Pace.REAL, Path())


def _listen_briefly(argument: str) -> None:
    target = parse_cable(argument)
    CableTarget(target.cables, seconds_to_hello=0.5).open(WANTED, Pace.REAL, Path())


def test_an_address_that_nobody_has_is_one_line(tmp_path: Path, in_worker: InWorker) -> None:
    line = in_worker(_with_box, _ask_nobody, tmp_path)
    assert re.match(r"^to-eth1: nobody answers for fe80::ff:fe00:9 within 1 s; is the box on", line)


def test_too_few_cables_is_one_line(tmp_path: Path, in_worker: InWorker) -> None:
    line = in_worker(_with_box, _ask_for_more_links, tmp_path)
    assert line == "cable: the trace needs 2 links, the box has 1; give more INTERFACE=ADDRESS pairs"


def test_a_box_without_babel_is_one_line(tmp_path: Path, in_worker: InWorker) -> None:
    line = in_worker(_with_box, _listen_briefly, tmp_path, False)
    assert re.match(r"^to-eth0, to-eth1: no Babel Hello within 0\.5 s", line)


@pytest.mark.parametrize(
    ("argument", "line"),
    [
        ("eth0", "'eth0': expected INTERFACE=LINK-LOCAL-ADDRESS"),
        ("=fe80::1", "'=fe80::1': expected INTERFACE=LINK-LOCAL-ADDRESS"),
        ("eth0=fe80::1,", "'': expected INTERFACE=LINK-LOCAL-ADDRESS"),
        ("eth0=fe80::x", "eth0=fe80::x: expected INTERFACE=LINK-LOCAL-ADDRESS"),
        ("eth0=2001:db8::1", "eth0=2001:db8::1: not a link-local IPv6 address; expected"),
        ("eth0=192.0.2.1", "eth0=192.0.2.1: not a link-local IPv6 address; expected"),
        ("eth0=fe80::1%eth1", "eth0=fe80::1%eth1: the zone after '%' must be eth0"),
        ("eth0=fe80::1,eth0=fe80::2", "'eth0=fe80::1,eth0=fe80::2': eth0 is given twice"),
    ],
)
def test_a_wrong_argument_is_one_line(argument: str, line: str) -> None:
    with pytest.raises(LabError, match=f"^{re.escape(line)}"):
        parse_cable(argument)


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (("sh", "-c", "echo no such box >&2; exit 4"), r"^sh: the reset command ended with 4: no such box$"),
        (("no-such-command",), r"^no-such-command: the reset command: .*No such file"),
    ],
)
def test_a_reset_that_fails_is_one_line(command: tuple[str, ...], line: str) -> None:
    target = CableTarget(parse_cable("lo=fe80::1,eth0=fe80::2").cables, reset_command=command)
    with pytest.raises(LabError, match=line):
        target.open(WANTED, Pace.REAL, Path())


def _check_missing() -> str:
    try:
        parse_cable("no-such-port=fe80::1").check()
    except LabError as error:
        return str(error)
    return "it exists"


def test_an_interface_that_does_not_exist_is_one_line(in_worker: InWorker) -> None:
    assert re.match(r"^no-such-port: no such interface; there are: .*\blo\b", in_worker(_check_missing))


def test_what_a_box_is_not_asked() -> None:
    target = parse_cable("eth0=fe80::1%eth0")
    assert not any(target.supports(one) for one in (Feature.FIB, Feature.GRACEFUL_STOP, "feature"))
    assert target.supports(Feature.FORWARDING)
    assert target.concurrency == 1
    assert "not restarted between traces" in target.describe().version
