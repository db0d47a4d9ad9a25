# SPDX-License-Identifier: GPL-2.0-only
"""Plots as plain data: where each line, tick and bar goes.  The template only writes them down as SVG.

All places are in the units of the picture, with one decimal, from the upper left corner.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from attrs import frozen

WIDTH, HEIGHT = 720, 260
LEFT, RIGHT, TOP, BOTTOM = 76, 16, 14, 34
ROW = 26
"""The height of one row of a timeline."""
COLOURS: Final = 8
"""The style sheet has so many; lines beyond them are not drawn, and said to be missing."""
_TICKS: Final = 5
_MOST_POINTS: Final = 240
_SECONDS: Final = 1_000_000
_STEPS: Final = (1, 2, 5)
_TIME_STEPS: Final = (
    1,
    2,
    5,
    10,
    15,
    30,
    60,
    120,
    300,
    600,
    900,
    1800,
    3600,
    7200,
    10800,
    14400,
    21600,
    43200,
)
"""Seconds between two ticks of time."""


@frozen
class Tick:
    """A number beside an axis."""

    place: float
    label: str


@frozen
class Line:
    """One curve: its points as SVG writes them, and what it is called."""

    name: str
    colour: int
    points: str
    last: str
    """The value that it ends with."""


@frozen
class Bar:
    """A stretch of time in a row."""

    x: float
    width: float
    colour: int
    told: str


@frozen
class Row:
    """One row of a timeline."""

    name: str
    y: float
    bars: tuple[Bar, ...]


@frozen
class LinePlot:
    """Amounts over time."""

    title: str
    unit: str
    lines: tuple[Line, ...]
    left_out: int
    """Curves there was no room for."""
    ticks: tuple[Tick, ...]
    times: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT


@frozen
class Timeline:
    """What was the case when."""

    title: str
    rows: tuple[Row, ...]
    times: tuple[Tick, ...]
    kinds: tuple[tuple[str, int], ...]
    """What the colours mean."""
    height: int
    width: int = WIDTH


def line_plot(
    title: str, unit: str, times: Sequence[int], curves: Mapping[str, Sequence[int]], *, steps: bool = False
) -> LinePlot:
    """Curves of whole numbers over times in microseconds; those that vary most are drawn.

    Args:
        title: above the plot.
        unit: of the values.
        times: of the samples, ascending.
        curves: name to as many values as there are times.
        steps: values hold until the next sample, instead of being joined.
    """
    ranked = sorted(curves, key=lambda name: (-_size(curves[name]), name))
    drawn = sorted(ranked[:COLOURS], key=list(curves).index)
    values = [value for name in drawn for value in curves[name]]
    ticks = nice_ticks(min([0, *values]), max([1, *values]))
    low, high = ticks[0], ticks[-1]
    first, last = _ends(times)
    chosen = thinned(len(times))

    def y(value: int) -> float:
        return round(HEIGHT - BOTTOM - (value - low) * (HEIGHT - TOP - BOTTOM) / (high - low), 1)

    lines = []
    for colour, name in enumerate(drawn):
        points = [(_x(times[index], first, last), y(curves[name][index])) for index in chosen]
        lines.append(
            Line(name, colour, _path(points, steps=steps), counted(curves[name][-1]) if times else "")
        )
    shown = tuple(Tick(y(value), counted(value)) for value in ticks)
    return LinePlot(title, unit, tuple(lines), len(curves) - len(drawn), shown, time_ticks(first, last))


def timeline(
    title: str, end: int, rows: Mapping[str, Sequence[tuple[int, int, str]]], kinds: Sequence[str]
) -> Timeline:
    """Rows of stretches ``(from, to, kind)`` between time 0 and ``end``, in microseconds.

    A kind beyond the number of colours gets the last one: its words stand in the picture all the same.
    """
    colours = {kind: min(index, COLOURS - 1) for index, kind in enumerate(kinds)}
    made = []
    for index, (name, stretches) in enumerate(rows.items()):
        bars = [
            Bar(
                _x(start, 0, end),
                round(_x(stop, 0, end) - _x(start, 0, end), 1),
                colours.get(kind, COLOURS - 1),
                f"{kind}: {clock(start)} to {clock(stop)}",
            )
            for start, stop, kind in stretches
        ]
        made.append(Row(name, TOP + index * ROW, tuple(bars)))
    height = TOP + max(len(made), 1) * ROW + BOTTOM
    return Timeline(title, tuple(made), time_ticks(0, end), tuple(colours.items()), height)


def thinned(count: int) -> list[int]:
    """Which of so many samples are drawn: evenly spread, the first and the last among them."""
    if count <= _MOST_POINTS:
        return list(range(count))
    return [index * (count - 1) // (_MOST_POINTS - 1) for index in range(_MOST_POINTS)]


def nice_ticks(low: int, high: int) -> list[int]:
    """Round numbers from at most ``low`` to at least ``high``, which is more; about five of them."""
    step = 1
    for exponent in range(40):
        step = next((s * 10**exponent for s in _STEPS if (high - low) <= s * 10**exponent * _TICKS), 0)
        if step:
            break
    return list(range(low // step * step, -(-high // step) * step + 1, step))


def time_ticks(first: int, last: int) -> tuple[Tick, ...]:
    """Round times, at most ten of them."""
    span = max((last - first) // _SECONDS, 1)
    step = next((one for one in _TIME_STEPS if span <= one * 10), 86_400 * (span // 864_000 + 1)) * _SECONDS
    start = -(-first // step) * step
    return tuple(Tick(_x(time, first, last), clock(time)) for time in range(start, last + 1, step))


def clock(time: int) -> str:
    """A time in microseconds as hours, minutes and seconds."""
    seconds = time // _SECONDS
    return f"{seconds // 3600}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")


def counted(value: int) -> str:
    """A whole number in groups of three."""
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _size(values: Sequence[int]) -> int:
    return max((abs(value) for value in values), default=0)


def _ends(times: Sequence[int]) -> tuple[int, int]:
    return (times[0], max(times[-1], times[0] + 1)) if times else (0, 1)


def _x(time: int, first: int, last: int) -> float:
    return round(LEFT + (time - first) * (WIDTH - LEFT - RIGHT) / max(last - first, 1), 1)


def _path(points: Sequence[tuple[float, float]], *, steps: bool) -> str:
    if not points:
        return ""
    start = "M{} {}".format(*points[0])
    if steps:
        return start + "".join(f"H{x}V{y}" for x, y in points[1:])
    return start + "".join(f"L{x} {y}" for x, y in points[1:])
