# SPDX-License-Identifier: GPL-2.0-only
"""How far whole networks of reference routers scale, and what real daemons need for the same network.

Run it as ``python benchmarks/network.py [--routers 25,50,100,200] [--plot FILE.svg] [--babeld] [--json]``.

Each network is random with average degree 4; every router announces one prefix and learns those of all the
others, with the intervals that RFC 8966 recommends.  Two phases are timed: until everybody knows everything,
and two Update intervals in which that is only kept up.  The exponent of growth is the slope of a straight
line through the logarithms; what grows is the cost of keeping up and the state, of one router.  Absolute
rates mean little on a shared machine: what is measured is processor time.

With ``--babeld`` the smallest network is also made of real babeld processes in namespaces of their own, and
the two are compared: babeld's time is that of the clock on the wall, since it mostly waits.
"""

import argparse
import json
import subprocess
import sys
import time
from math import log
from pathlib import Path
from random import Random

import psutil
from attrs import asdict, frozen
from rich.console import Console
from rich.table import Table

from althea_spec.reference.network.network import Network
from althea_spec.reference.network.scenario import Scenario
from althea_spec.reference.network.specs import LinkSpec, NodeSpec
from althea_spec.reference.routing.config import InterfaceConfig

SECOND = 1_000_000
DEGREE = 4
KEEPING_UP = 32 * SECOND
"""Two Update intervals."""
LONGEST_LEARNING = 120 * SECOND
OCTETS_PER_KIB = 1024
MEMORY = "memory in KiB"


@frozen
class Run:
    """One network."""

    routers: int
    links: int
    converged_at: float
    """Simulated seconds until everybody knew everything."""
    learning_seconds: float
    """Processor time for that."""
    keeping_seconds: float
    """Processor time for keeping it up for 32 simulated seconds."""
    events: int
    """Taken by routers while keeping up."""
    lines_per_router: float
    """Of the route table and the source table together."""
    kib_per_router: float
    """Of memory that the process needs more than before."""

    @property
    def simulated_per_second(self) -> float:
        return KEEPING_UP / SECOND / self.keeping_seconds

    @property
    def events_per_second(self) -> float:
        return self.events / self.keeping_seconds

    @property
    def microseconds_per_router(self) -> float:
        """Processor time that one router needs for one simulated second."""
        return self.keeping_seconds * SECOND * SECOND / KEEPING_UP / self.routers


@frozen
class Babeld:
    """The same network of babeld processes."""

    seconds: float
    """On the wall, from the start of the last process until everybody knew everything."""
    kib_per_router: float
    """Of memory that is not shared."""


def edges(routers: int, seed: int = 1) -> list[tuple[int, int]]:
    """A random connected graph with average degree 4: a random tree, and random edges."""
    random = Random(seed)
    found = {(random.randrange(number), number) for number in range(1, routers)}
    while len(found) < routers * DEGREE // 2:
        one, other = sorted(random.sample(range(routers), 2))
        found.add((one, other))
    return sorted(found)


def scenario(routers: int) -> Scenario:
    """That graph, of routers with default intervals."""
    links = [LinkSpec(f"{a}-{b}", (f"r{a}", f"r{b}"), InterfaceConfig()) for a, b in edges(routers)]
    return Scenario(1, [NodeSpec(f"r{number}") for number in range(routers)], links)


def knows_everything(network: Network) -> bool:
    nodes = network.state.nodes
    return all(len(node.table) == len(nodes) - 1 for node in nodes.values())


def measure(routers: int) -> Run:
    """Run one network.

    Raises:
        SystemExit: it does not converge.
    """
    process = psutil.Process()
    before, start = process.memory_info().rss, time.process_time()
    network = Network(scenario(routers))
    while not knows_everything(network):
        if network.now >= LONGEST_LEARNING:
            raise SystemExit(f"{routers} routers do not know everything after {LONGEST_LEARNING // SECOND} s")
        network.run(SECOND // 2)
    converged_at, learning = network.now / SECOND, time.process_time() - start
    events, start = network.state.steps, time.process_time()
    network.run(KEEPING_UP)
    keeping = time.process_time() - start
    states = [node.router.state for node in network.state.nodes.values()]
    return Run(
        routers=routers,
        links=len(network.state.links),
        converged_at=converged_at,
        learning_seconds=learning,
        keeping_seconds=keeping,
        events=network.state.steps - events,
        lines_per_router=sum(len(one.routes) + len(one.sources) for one in states) / routers,
        kib_per_router=(process.memory_info().rss - before) / OCTETS_PER_KIB / routers,
    )


def exponent(points: list[tuple[float, float]]) -> float:
    """The slope of the straight line through the logarithms, by least squares."""
    xs, ys = [log(x) for x, _ in points], [log(y) for _, y in points]
    middle_x, middle_y = sum(xs) / len(xs), sum(ys) / len(ys)
    above = sum((x - middle_x) * (y - middle_y) for x, y in zip(xs, ys, strict=True))
    return above / sum((x - middle_x) ** 2 for x in xs)


BABELD = r"""
set -e
mount -t tmpfs none /run
mkdir -p /run/netns
exec 9>&1 >/dev/null
for n in $NODES; do
  ip netns add n$n
  ip -n n$n link set lo up
  ip -n n$n addr add fd00:a17e:0:$n::1/128 dev lo
  ip netns exec n$n sysctl -qw net.ipv6.conf.all.forwarding=1 net.ipv6.conf.all.accept_dad=0 \
    net.ipv6.conf.default.accept_dad=0
done
for e in $EDGES; do
  a=${e%-*}; b=${e#*-}
  ip link add e$e netns n$a type veth peer name e$e netns n$b
  ip -n n$a link set e$e up; ip -n n$b link set e$e up
done
sleep 3
for n in $NODES; do
  links=$(ip -n n$n -br link | sed -n 's/^\(e[^@ ]*\).*/\1/p')
  ip netns exec n$n babeld -S '' -I /run/b$n.pid -C 'redistribute local if lo' \
    -C 'redistribute local deny' -C 'default type wired' $links >/run/b$n.log 2>&1 &
done
start=$(date +%s%N)
for try in $(seq 2000); do
  done=1
  for n in $NODES; do
    known=$(ip -n n$n -6 route show proto babel | grep -c '^fd00:a17e' || true)
    if [ "$known" -lt "$WANTED" ]; then done=0; break; fi
  done
  [ $done = 1 ] && break
  sleep 0.1
done
end=$(date +%s%N)
memory=0
for n in $NODES; do
  own=$(awk '/^Private/ {sum += $2} END {print sum}' /proc/$(cat /run/b$n.pid)/smaps_rollup)
  memory=$((memory + own))
done
echo $done $(((end - start) / 1000000)) $memory >&9
"""
"""In a mount, network and process namespace of its own: when the shell ends, everything in it does."""


def babeld(routers: int) -> Babeld:
    """Make the same network of babeld processes; needs root.

    Raises:
        SystemExit: it cannot be made, or does not converge.
    """
    environment = {
        "NODES": " ".join(str(number) for number in range(routers)),
        "EDGES": " ".join(f"{a}-{b}" for a, b in edges(routers)),
        "WANTED": str(routers - 1),
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    }
    command = ["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "--kill-child", "bash", "-c"]
    done = subprocess.run([*command, BABELD], env=environment, capture_output=True, text=True, check=False)
    words = done.stdout.split()
    if done.returncode or len(words) != 3 or words[0] != "1":
        raise SystemExit(f"babeld: expected a network that converges, got {done.stdout}{done.stderr[-500:]}")
    return Babeld(int(words[1]) / 1000, int(words[2]) / routers)


def plot(runs: list[Run], file: Path, other: Babeld | None = None) -> None:
    """What one router needs against the size of the network, all axes logarithmic; dashed: as many times as
    much as there are routers.
    """
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams |= {"svg.hashsalt": "althea-spec", "svg.fonttype": "none"}  # the same numbers, the same file
    from matplotlib import pyplot
    from matplotlib.ticker import NullFormatter, NullLocator, StrMethodFormatter

    figure, panels = pyplot.subplots(1, 3, figsize=(9.5, 3.4))
    sizes = [one.routers for one in runs]
    for axes, (label, values) in zip(panels, curves(runs).items(), strict=True):
        slope = exponent(list(zip(sizes, values, strict=True)))
        linear = [values[0] * size / sizes[0] for size in sizes]
        axes.loglog(sizes, linear, linestyle="--", color="0.7")
        axes.loglog(sizes, values, marker="o", color="#1f5fbf", label="the reference")
        for size, value in zip(sizes, values, strict=True):
            axes.annotate(
                f"{value:,.0f}", (size, value), (0, -13), textcoords="offset points", ha="center", fontsize=8
            )
        if label == MEMORY and other is not None:
            axes.plot(sizes[:1], [other.kib_per_router], marker="s", color="#c05010", label="babeld")
            axes.legend(loc="upper left", frameon=False)
        axes.set_title(f"{label}\n$n^{{{slope:.2f}}}$", fontsize=10)
        axes.set_xticks(sizes, [str(one) for one in sizes])
        axes.xaxis.set_minor_locator(NullLocator())
        axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
        axes.yaxis.set_minor_formatter(NullFormatter())
        axes.set_ylim(min(values) / 2, max(values) * 2)
        axes.margins(x=0.15)
        axes.grid(visible=True, which="major", alpha=0.3)
    figure.supxlabel("routers in the network (average degree 4)", fontsize=10)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


def curves(runs: list[Run]) -> dict[str, list[float]]:
    """What grows, of one router, by name."""
    return {
        "processor µs per simulated second": [one.microseconds_per_router for one in runs],
        "lines in its tables": [one.lines_per_router for one in runs],
        MEMORY: [one.kib_per_router for one in runs],
    }


def table(runs: list[Run]) -> Table:
    shown = Table(title="Networks of reference routers, by processor time")
    for heading in ("routers", "links", "converged", "learning", "sim s/s", "events/s", "lines", "KiB"):
        shown.add_column(heading, justify="right")
    for one in runs:
        shown.add_row(
            str(one.routers),
            str(one.links),
            f"{one.converged_at:.1f} s",
            f"{one.learning_seconds:.1f} s",
            f"{one.simulated_per_second:.2f}",
            f"{one.events_per_second:,.0f}",
            f"{one.lines_per_router:.0f}",
            f"{one.kib_per_router:,.0f}",
        )
    return shown


def sizes(text: str) -> list[int]:
    """Numbers of routers.

    Raises:
        argparse.ArgumentTypeError: fewer than two, or one below 6.
    """
    try:
        found = [int(one) for one in text.split(",")]
    except ValueError:
        found = []
    if len(set(found)) < 2 or min(found) < DEGREE + 2:
        raise argparse.ArgumentTypeError(f"expected two numbers or more from 6 on, got {text!r}")
    return sorted(found)


def main() -> int:
    """Print the table, the exponents, and the comparison."""
    parser = argparse.ArgumentParser(description="How whole networks of reference routers scale.")
    parser.add_argument("--routers", type=sizes, default=[25, 50, 100, 200], help="sizes, as 25,50,100,200")
    parser.add_argument("--plot", type=Path, help="an SVG file to draw the growth into")
    parser.add_argument("--babeld", action="store_true", help="compare the smallest with babeld; needs root")
    parser.add_argument("--json", action="store_true", help="print the numbers as JSON")
    options = parser.parse_args()
    runs = [measure(size) for size in options.routers]
    growth = {
        name: exponent(list(zip(options.routers, values, strict=True)))
        for name, values in curves(runs).items()
    }
    other = babeld(options.routers[0]) if options.babeld else None
    if options.plot:
        plot(runs, options.plot, other)
    if options.json:
        numbers = {"runs": [asdict(one) for one in runs], "exponents": growth}
        print(json.dumps(numbers | {"babeld": other and asdict(other)}))  # noqa: T201
        return 0
    console = Console()
    console.print(table(runs))
    for name, slope in growth.items():
        console.print(f"{name}: grows with n^{slope:.2f}")
    if other is not None:
        wall = runs[0].learning_seconds / other.seconds
        memory = runs[0].kib_per_router / other.kib_per_router
        console.print(f"{runs[0].routers} babeld: converged after {other.seconds:.1f} s on the wall")
        console.print(
            f"the reference needs {wall:.2f} of that in processor time, and {memory:.1f} times the memory"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
