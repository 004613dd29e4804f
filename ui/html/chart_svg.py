"""A chart of table cells as SVG: a line over time, horizontal bars over categories.

All x are per cent of the width and all y pixels, so that it is as wide as its place without a view
box (which the chat's sanitiser drops). Pure: knows the values of a chart; knows no page.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from rag.parts.charts import AnswerChart, ChartPoint
from ui.html.escape import escaped
from ui.html.language import say

_LIGHT: Final = ("#3f51d8", "#c2410c", "#0f766e", "#9d174d")
_DARK: Final = ("#9aa6ff", "#fdba74", "#5eead4", "#f9a8d4")
"""The colours of the series."""


def _coloured(colours: Sequence[str]) -> str:
    """Return the rules of the series, without variables: what draws SVG elsewhere has none."""
    rules = (f".s{n}{{fill:{colour};stroke:{colour}}}" for n, colour in enumerate(colours))
    return "".join(rules)


STYLE: Final = (
    "svg{font:12px system-ui,'DejaVu Sans',sans-serif;background:#fff}text{fill:#1c2430}"
    f".grid{{stroke:#e3e7ec}}.zero{{stroke:#646e7e}}{_coloured(_LIGHT)}"
    "@media(prefers-color-scheme:dark){svg{background:#1a2028}text{fill:#e8ebf0}"
    f".grid{{stroke:#2b333e}}{_coloured(_DARK)}}}"
)
"""The looks of a chart that stands alone; in the chat they are the page's."""

LINE_PX: Final = 280
_TOP, _BOTTOM = 44, 226
"""The y of the highest and the lowest tick of a line chart, in pixels."""

SPOT_PX: Final = 12.0
"""Height of what is clicked of a point of a line; more would cover other lines' points."""

_LEFT, _RIGHT = 11.0, 97.0
"""The x of the first and the last point of a line chart, in per cent."""

_NAMES: Final = 34.0
"""Bars begin here at the earliest, in per cent; the categories are called left of it."""

_BARS_END: Final = 86.0
_BAR_PX, _GAP_PX = 14, 12
_MOST_LABELS: Final = 12
_NAME_LETTERS: Final = 26
_TICKS: Final = 4


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a point can be clicked: x and width in per cent, y and height in pixels."""

    point: ChartPoint
    name: str
    x: float
    y: float
    width: float
    height: float


def chart_height_px(chart: AnswerChart) -> int:
    if chart.kind == "line":
        return LINE_PX
    return _bars_top(chart) + len(chart.labels) * _band_px(chart) + 24


def chart_svg(chart: AnswerChart, *, alone: bool = False) -> str:
    """Return the chart; `alone` with its looks and size, to stand in a file of its own."""
    drawn = _line if chart.kind == "line" else _bars
    height = chart_height_px(chart)
    size = f'width="{640 if alone else "100%"}" height="{height}"'
    space = ' xmlns="http://www.w3.org/2000/svg"' if alone else ""
    style = f"<style>{STYLE}</style>" if alone else ""
    return (
        f'<svg{space} {size} role="img"><title>{escaped(chart.title)}</title>'
        f"<desc>{escaped(described(chart))}</desc>{style}{''.join(drawn(chart))}</svg>"
    )


def described(chart: AnswerChart) -> str:
    """Return the chart in words, every point of it."""
    is_line = chart.kind == "line"
    kind = say("Line chart") if is_line else say("Bar chart")
    if by := chart.label_name:
        kind = (
            say("Line chart by {name}", name=by) if is_line else say("Bar chart by {name}", name=by)
        )
    told = (
        f"{one.name}: {', '.join(f'{chart.labels[p.at]} {p.text}' for p in one.points)}."
        for one in chart.series
    )
    return f"{kind}. {' '.join(told)}"


def spots(chart: AnswerChart) -> Iterator[Spot]:
    """Yield where the points are, each named by its series, label and number."""
    for number, one in enumerate(chart.series):
        for point in one.points:
            name = f"{one.name}, {chart.labels[point.at]}: {point.text}"
            yield Spot(point, name, *_box(chart, number, point))


def _box(chart: AnswerChart, number: int, point: ChartPoint) -> tuple[float, float, float, float]:
    if chart.kind == "line":
        x, y = _x(chart, point.at), _y(chart, point.value)
        return x, y - SPOT_PX / 2, 0.0, SPOT_PX
    start, end = _span(chart, point.value)
    return start, _bar_y(chart, point.at, number), end - start, float(_BAR_PX)


def _values(chart: AnswerChart) -> list[float]:
    return [point.value for one in chart.series for point in one.points]


def ticks(values: Sequence[float]) -> list[float]:
    """Return round numbers, evenly apart, from below the least of the values to above the most."""
    low, high = min(values), max(values)
    raw = (high - low or abs(high) or 1.0) / _TICKS
    power = 10.0 ** math.floor(math.log10(raw))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= raw * 0.999)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [n * step for n in range(first, max(last, first + 1) + 1)]


def _x(chart: AnswerChart, at: int) -> float:
    apart = (_RIGHT - _LEFT - 4) / max(1, len(chart.labels) - 1)
    return _LEFT + 2 + at * apart


def _y(chart: AnswerChart, value: float) -> float:
    marks = ticks(_values(chart))
    return _BOTTOM - (value - marks[0]) / (marks[-1] - marks[0]) * (_BOTTOM - _TOP)


def _line(chart: AnswerChart) -> Iterator[str]:
    yield from _legend(chart)
    for mark in ticks(_values(chart)):
        y = _y(chart, mark)
        yield f'<line class="grid" x1="{_LEFT}%" x2="{_RIGHT}%" y1="{y:.1f}" y2="{y:.1f}"/>'
        yield _text(_LEFT - 1, y + 4, short_number(mark), anchor="end")
    every = math.ceil(len(chart.labels) / _MOST_LABELS)
    for at, label in enumerate(chart.labels):
        if at % every == 0:
            yield _text(_x(chart, at), _BOTTOM + 18, _cut(label, 10), anchor="middle")
    if chart.label_name:
        yield _text((_LEFT + _RIGHT) / 2, LINE_PX - 12, chart.label_name, anchor="middle")
    for number, one in enumerate(chart.series):
        yield from _stroke(chart, one.points, look=f"s{number % 4}")


def _stroke(chart: AnswerChart, points: Sequence[ChartPoint], *, look: str) -> Iterator[str]:
    """Yield the pieces of a line; where a label has no point it is broken."""
    at = [(_x(chart, p.at), _y(chart, p.value), p.at) for p in points]
    for (x1, y1, before), (x2, y2, after) in pairwise(at):
        if after == before + 1:
            yield (
                f'<line class="{look}" stroke-width="2" x1="{x1:.2f}%" x2="{x2:.2f}%" '
                f'y1="{y1:.1f}" y2="{y2:.1f}"/>'
            )
    for x, y, _ in at:
        yield f'<circle class="{look}" cx="{x:.2f}%" cy="{y:.1f}" r="3.5"/>'


def _bars_top(chart: AnswerChart) -> int:
    return 40 if _legend_words(chart) else 16


def _band_px(chart: AnswerChart) -> int:
    return len(chart.series) * _BAR_PX + _GAP_PX


def _bar_y(chart: AnswerChart, at: int, number: int) -> float:
    return _bars_top(chart) + at * _band_px(chart) + number * _BAR_PX


def _span(chart: AnswerChart, value: float) -> tuple[float, float]:
    """Return from where to where a bar goes, in per cent; negative ones go left from zero."""
    values = _values(chart)
    low, high = min(0.0, *values), max(0.0, *values)
    scale = (_BARS_END - _NAMES) / (high - low or 1.0)
    zero, end = _NAMES + (0.0 - low) * scale, _NAMES + (value - low) * scale
    return min(zero, end), max(zero, end)


def _bars(chart: AnswerChart) -> Iterator[str]:
    yield from _legend(chart)
    zero = _span(chart, 0.0)[0]
    bottom = _bars_top(chart) + len(chart.labels) * _band_px(chart) - _GAP_PX + 4
    top = _bars_top(chart) - 4
    yield f'<line class="zero" x1="{zero:.2f}%" x2="{zero:.2f}%" y1="{top}" y2="{bottom}"/>'
    for at, label in enumerate(chart.labels):
        middle = _bar_y(chart, at, 0) + len(chart.series) * _BAR_PX / 2 + 4
        yield _text(_NAMES - 1.5, middle, _cut(label, _NAME_LETTERS), anchor="end")
    for number, one in enumerate(chart.series):
        for point in one.points:
            yield from _bar(chart, number, point)
    if chart.label_name:
        yield _text(_NAMES - 1.5, bottom + 20, chart.label_name, anchor="end")


def _bar(chart: AnswerChart, number: int, point: ChartPoint) -> Iterator[str]:
    start, end = _span(chart, point.value)
    y = _bar_y(chart, point.at, number)
    yield (
        f'<rect class="s{number % 4}" x="{start:.2f}%" width="{end - start:.2f}%" y="{y:.1f}" '
        f'height="{_BAR_PX - 2}"/>'
    )
    yield _text(end + 1, y + _BAR_PX - 4, point.text, anchor="start")


def _legend_words(chart: AnswerChart) -> list[str]:
    names = [one.name for one in chart.series] if len(chart.series) > 1 else [chart.value_name]
    return [name for name in names if name]


def _legend(chart: AnswerChart) -> Iterator[str]:
    """Yield what the numbers are: of several series each in its colour."""
    names = _legend_words(chart)
    for number, name in enumerate(names):
        x = 2 + number * 96 / len(names)
        if len(names) > 1:
            yield f'<rect class="s{number % 4}" x="{x:.2f}%" y="10" width="10" height="10"/>'
        shift = 16 if len(names) > 1 else 0
        yield _text(x, 19, _cut(name, 90 // len(names)), anchor="start", shift=shift)


def _text(x: float, y: float, words: str, *, anchor: str, shift: int = 0) -> str:
    """Return words at a place; `shift` moves them right, in pixels."""
    moved = f' dx="{shift}"' if shift else ""
    told = escaped(words)
    return f'<text x="{x:.2f}%" y="{y:.1f}"{moved} text-anchor="{anchor}">{told}</text>'


def _cut(words: str, letters: int) -> str:
    return words if len(words) <= letters else f"{words[: letters - 1].rstrip()}…"


def short_number(number: float) -> str:
    """Return a tick's number: 400k for 400,000."""
    for least, size, letter in ((1e9, 1e9, "G"), (1e6, 1e6, "M"), (1e4, 1e3, "k")):
        if abs(number) >= least:
            return f"{number / size:.6g}{letter}"
    return f"{number:.6g}"
