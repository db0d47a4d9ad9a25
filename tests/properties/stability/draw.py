# SPDX-License-Identifier: GPL-2.0-only
"""Draw the witnesses: networks, with a panel for each stable assignment, and prices as they move.

python -m tests.properties.stability.draw docs/images
"""

import sys
from math import cos, pi, sin
from pathlib import Path

from attrs import frozen

from althea_spec.reference.routing.price_bounds import Bounds
from althea_spec.reference.routing.price_strategy_demand import Demand

from . import search
from .assignments import DESTINATION, Assignment, Network, stable
from .prices import State, single_user

WIDTH, HEIGHT, RADIUS, NODE = 330, 330, 92, 19
MIDDLE = 178
"""Height of the middle of the circle, below the title."""
MOST_DRAWN = 300
"""The top of a picture of prices."""
INK, FAINT, CHOSEN, PAPER = "#1f2933", "#9aa5b1", "#c2410c", "#ffffff"
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
    'height="{height}" font-family="sans-serif" font-size="13">'
)
ARROW = (
    f'<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
    f'markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="{CHOSEN}"/></marker></defs>'
)


@frozen
class Point:
    x: float
    y: float

    def towards(self, other: "Point", distance: float) -> "Point":
        length = ((other.x - self.x) ** 2 + (other.y - self.y) ** 2) ** 0.5
        share = distance / length
        return Point(self.x + share * (other.x - self.x), self.y + share * (other.y - self.y))


def places(network: Network, left: int) -> dict[int, Point]:
    """All on a circle, the destination at the bottom, in the order of a walk along the links."""
    order = [DESTINATION]
    while len(order) <= len(network.fees):
        here = order[-1]
        rest = [one for one in network.routers if one not in order]
        order.append(min(rest, key=lambda one: ((min(here, one), max(here, one)) not in network.costs, one)))
    middle = Point(left + WIDTH / 2, MIDDLE)
    turn = 2 * pi / len(order)
    return {
        node: Point(middle.x - RADIUS * sin(index * turn), middle.y + RADIUS * cos(index * turn))
        for index, node in enumerate(order)
    }


def line(start: Point, end: Point, style: str) -> str:
    return f'<line x1="{start.x:.1f}" y1="{start.y:.1f}" x2="{end.x:.1f}" y2="{end.y:.1f}" {style}/>'


def text(place: Point, words: str, style: str = "") -> str:
    return f'<text x="{place.x:.1f}" y="{place.y:.1f}" text-anchor="middle" {style}>{words}</text>'


def panel(network: Network, assignment: Assignment | None, title: str, left: int) -> list[str]:
    """Links with their costs; the next hops in use as arrows; what each router asks, and its weight."""
    at = places(network, left)
    middle = Point(left + WIDTH / 2, MIDDLE)
    drawn = [text(Point(left + WIDTH / 2, 18), title, f'fill="{INK}" font-weight="bold"')]
    for one, other in network.costs:
        drawn.append(line(at[one], at[other], f'stroke="{FAINT}" stroke-width="1.5"'))
    for path in assignment or ():
        start, end = at[path[0]], at[path[1]]
        arrow = line(
            start.towards(end, NODE),
            end.towards(start, NODE + 2),
            f'stroke="{CHOSEN}" stroke-width="3" marker-end="url(#to)"',
        )
        drawn.append(arrow)
    for (one, other), cost in network.costs.items():
        half = at[one].towards(at[other], 0.5 * _distance(at[one], at[other]) + 9)
        box = f'x="{half.x - 9:.1f}" y="{half.y - 9:.1f}" width="18" height="18" rx="9" fill="{PAPER}"'
        drawn += [f"<rect {box}/>", text(Point(half.x, half.y + 5), str(cost), f'fill="{INK}"')]
    for node, place in at.items():
        fill = INK if node == DESTINATION else PAPER
        ring = f'cx="{place.x:.1f}" cy="{place.y:.1f}" r="{NODE}" fill="{fill}" stroke="{INK}"'
        name = "D" if node == DESTINATION else str(node)
        ink = PAPER if node == DESTINATION else INK
        drawn.append(f'<circle {ring} stroke-width="1.5"/>')
        drawn.append(text(Point(place.x, place.y + 5), name, f'fill="{ink}" font-weight="bold"'))
        outside = place.towards(middle, -NODE - 27)
        for number, words in enumerate(_words(network, node)):
            below = Point(outside.x, outside.y + 13 * number - 2)
            drawn.append(text(below, words, f'fill="{INK}" font-size="11"'))
    return drawn


def picture(network: Network) -> str:
    """The whole picture, as SVG."""
    outcomes: list[Assignment | None] = [*stable(network.rankings())] or [None]
    drawn = [HEAD.format(width=WIDTH * len(outcomes), height=HEIGHT), ARROW]
    drawn.append(f'<rect width="{WIDTH * len(outcomes)}" height="{HEIGHT}" fill="{PAPER}"/>')
    for index, outcome in enumerate(outcomes):
        title = "no stable outcome" if outcome is None else f"outcome {index + 1}"
        drawn += panel(network, outcome, title, index * WIDTH)
    return "\n".join([*drawn, "</svg>", ""])


def swapping(strategy: Demand, hysteresis_percent: int, intervals: int) -> str:
    """What two relays ask in each interval while one user sends all by the cheaper; dots: who carries it."""
    left, top, bottom, gap = 60, 40, 200, 34
    most, bounds = MOST_DRAWN, strategy.bounds
    state: State = (bounds.floor, bounds.floor, 0)
    states = [state]
    for _ in range(intervals):
        states.append(single_user(strategy, 1000, hysteresis_percent)(states[-1]))
    width = left + gap * intervals + 110
    drawn = [
        HEAD.format(width=width, height=bottom + 50),
        f'<rect width="{width}" height="{bottom + 50}" fill="{PAPER}"/>',
    ]
    for price in (bounds.floor, bounds.ceiling):
        height = bottom - (bottom - top) * price / most
        drawn.append(line(Point(left, height), Point(left + gap * intervals, height), f'stroke="{FAINT}"'))
        drawn.append(text(Point(left - 24, height + 5), str(price), f'fill="{INK}"'))
    for relay, colour in ((0, CHOSEN), (1, INK)):
        points = [
            Point(left + gap * i, bottom - (bottom - top) * one[relay] / most) for i, one in enumerate(states)
        ]
        path = " ".join(f"{point.x:.1f},{point.y:.1f}" for point in points)
        drawn.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>')
        for point, one in zip(points, states, strict=True):
            if one[2] == relay:
                drawn.append(f'<circle cx="{point.x:.1f}" cy="{point.y:.1f}" r="5" fill="{colour}"/>')
        name = Point(points[-1].x + 50, points[-1].y + 5)
        drawn.append(text(name, f"relay {relay + 1}", f'fill="{colour}" font-weight="bold"'))
    axis = "intervals; a dot: carries the user's data"
    drawn.append(text(Point(left + gap * intervals / 2, bottom + 30), axis, f'fill="{INK}"'))
    return "\n".join([*drawn, "</svg>", ""])


def pictures() -> dict[str, str]:
    """All of them, by file name."""
    drawn = {
        f"stability-{name}.svg": picture(search.from_data(data)) for name, data in search.witnesses().items()
    }
    for name, ceiling in (("swapping", MOST_DRAWN), ("resting", 199)):
        strategy = Demand(Bounds(100, ceiling, step=100), idle=500, busy=500, gain=60, steepness=16)
        drawn[f"stability-{name}.svg"] = swapping(strategy, 50, 24)
    return drawn


def main(arguments: list[str]) -> int:
    """Write all pictures into a folder."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        sys.stderr.write(f"expected one folder that exists; got {' '.join(arguments) or 'nothing'}\n")
        return 2
    for name, drawn in pictures().items():
        Path(arguments[0], name).write_text(drawn, encoding="utf-8")
    return 0


def _distance(one: Point, other: Point) -> float:
    return float(((one.x - other.x) ** 2 + (one.y - other.y) ** 2) ** 0.5)


def _words(network: Network, node: int) -> tuple[str, ...]:
    if node == DESTINATION:
        return ("names no price",) if network.plain_destination else ()
    weight = network.weights[node - 1]
    return f"asks {network.fees[node - 1]}", f"n = {str(weight).removesuffix('/1')}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
