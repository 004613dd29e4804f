"""Plots of a report as inline SVG, drawn by hand: bars with intervals, curves, times.

Colours are classes that the page's style sheet names for light and for dark; the browser's own
tooltip tells a mark's figures. Knows values to draw; knows nothing of questions.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rag.evaluation.html.parts import figure, interval, signed, text
from rag.evaluation.html.words import Words, stage_name
from rag.evaluation.records.report import Bin, Difference, Estimate, Quantiles

WIDTH: Final = 360
LABEL_PX: Final = 100
WIDE_LABEL_PX: Final = 150
ROW_PX: Final = 24
AXIS_PX: Final = 22
_SQUARE: Final = (44.0, 12.0, 300.0, 220.0)
"""Left, top, width and height of the plane of a curve."""

_LETTERS_A_PX: Final = 0.18
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)


def bars(title: str, groups: Mapping[str, Estimate], words: Words) -> str:
    """Return a bar from 0 to 1 for each group, its 95 % interval as a whisker."""
    rows = "".join(
        _bar_row(position, group, value, words)
        for position, (group, value) in enumerate(groups.items())
    )
    height = ROW_PX * len(groups) + AXIS_PX
    ticks = [(t, f"{100 * t:g} %" if words.unit == "percent" else f"{t:g}") for t in (0, 0.5, 1)]
    axis = _value_axis(ticks, height=height)
    return _plot(title, axis + rows, height=height)


def _bar_row(position: int, group: str, value: Estimate, words: Words) -> str:
    top, left = position * ROW_PX, _along(0)
    middle = top + ROW_PX / 2
    told = (
        f"{group}: {figure(value.value, words.unit)}, "
        f"95 % interval {interval(value.low, value.high, words.unit)}, {value.n} questions"
    )
    return (
        f"<g><title>{text(told)}</title>{_row_label(group, f'n {value.n}', middle)}"
        f'<rect class="bar" x="{left}" y="{top + 5}" rx="2" '
        f'width="{max(0.5, _along(value.value) - left):.1f}" height="{ROW_PX - 10}"/>'
        f"{_whisker(_along(value.low), _along(value.high), middle)}</g>"
    )


def differences(title: str, found: Mapping[str, Difference]) -> str:
    """Return a dot for each difference of shares, its interval as a whisker around zero."""
    most = max((abs(edge) for d in found.values() for edge in (d.low, d.high)), default=0.0)
    step = _step(max(most, 0.01), most_steps=2)
    count = max(1, math.ceil(most / step - 1e-9))
    reach = step * count
    height = ROW_PX * len(found) + AXIS_PX
    ticks = [
        ((at / count + 1) / 2, f"{100 * step * at:+g}".replace("-", "−") if at else "0")
        for at in range(-count, count + 1)
    ]
    rows = "".join(
        _difference_row(position, label, difference, reach)
        for position, (label, difference) in enumerate(found.items())
    )
    return _plot(title, _value_axis(ticks, height=height, left=WIDE_LABEL_PX) + rows, height=height)


def _difference_row(position: int, label: str, found: Difference, reach: float) -> str:
    middle = position * ROW_PX + ROW_PX / 2
    value, low, high = (
        _along((edge / reach + 1) / 2, left=WIDE_LABEL_PX)
        for edge in (found.value, found.low, found.high)
    )
    told = (
        f"{label}: {signed(found.value, 'percent')}, 95 % interval "
        f"{signed(found.low, 'percent')} to {signed(found.high, 'percent')}, p {found.p:.3f}"
    )
    return (
        f"<g><title>{text(told)}</title>{_row_label(label, '', middle, left=WIDE_LABEL_PX)}"
        f"{_whisker(low, high, middle)}"
        f'<circle class="dot" cx="{value:.1f}" cy="{middle}" r="4.5"/></g>'
    )


def latencies(title: str, stages: Mapping[str, Quantiles]) -> str:
    """Return a bar for the median of each stage, a line on to its 95th percentile, in seconds."""
    longest = max((q.p95 for q in stages.values()), default=0.0) or 1.0
    step = _step(longest)
    top_s = step * math.ceil(longest / step - 1e-9)
    height = ROW_PX * len(stages) + AXIS_PX
    count = round(top_s / step)
    ticks = [(i / count, f"{i * step:g} s") for i in range(count + 1)]
    rows = "".join(
        _time_row(position, stage, found, top_s)
        for position, (stage, found) in enumerate(stages.items())
    )
    return _plot(title, _value_axis(ticks, height=height) + rows, height=height)


def _time_row(position: int, stage: str, found: Quantiles, top_s: float) -> str:
    top, left = position * ROW_PX, _along(0)
    middle, p50, p95 = top + ROW_PX / 2, _along(found.p50 / top_s), _along(found.p95 / top_s)
    told = f"{stage_name(stage)}: half within {found.p50:.3f} s, 95 % within {found.p95:.3f} s"
    return (
        f"<g><title>{text(told)}</title>{_row_label(stage.replace('_', ' '), '', middle)}"
        f'<rect class="bar" x="{left}" y="{top + 5}" rx="2" width="{max(0.5, p50 - left):.1f}" '
        f'height="{ROW_PX - 10}"/><path class="whisker" d="M{p50:.1f} {middle}H{p95:.1f}'
        f'M{p95:.1f} {middle - 4}v8"/></g>'
    )


def risk_coverage(title: str, points: Sequence[tuple[float, float]]) -> str:
    """Return the curve of wrong answers over the share of questions answered."""
    drawn = " ".join(f"{_x(c):.1f},{_y(r):.1f}" for c, r in points)
    marks = "".join(_point(c, r) for c, r in (points[-1:] or ()))
    line = f'<polyline class="line" points="{drawn}"/>' if points else ""
    return _plane(title, line + marks, across="share of questions answered", up="wrong among these")


def _point(coverage: float, risk: float) -> str:
    told = f"{100 * coverage:.0f} % answered, {100 * risk:.0f} % of these wrong"
    return _dot(coverage, risk, radius=4, told=told) + (
        f'<text class="soft" x="{min(_x(coverage), _SQUARE[0] + _SQUARE[2] - 4):.1f}" '
        f'y="{_y(risk) - 9:.1f}" text-anchor="end">{text(told)}</text>'
    )


def reliability(title: str, bins: Sequence[Bin]) -> str:
    """Return a dot for each bin, larger for more questions; on the diagonal all is as told."""
    diagonal = f'<path class="dashed" d="M{_x(0)} {_y(0)}L{_x(1)} {_y(1)}"/>'
    most = max((b.n for b in bins), default=1)
    dots = "".join(
        _dot(b.confidence, b.accuracy, radius=3 + 8 * math.sqrt(b.n / most), told=_bin_told(b))
        for b in bins
    )
    return _plane(title, diagonal + dots, across="stated confidence", up="share right")


def _bin_told(found: Bin) -> str:
    return (
        f"{found.n} questions: confidence {100 * found.confidence:.0f} %, "
        f"right {100 * found.accuracy:.0f} %"
    )


def _dot(across: float, up: float, *, radius: float, told: str) -> str:
    return (
        f'<circle class="dot" cx="{_x(across):.1f}" cy="{_y(up):.1f}" r="{radius:.1f}">'
        f"<title>{text(told)}</title></circle>"
    )


def _plane(title: str, marks: str, *, across: str, up: str) -> str:
    """Return a plane whose axes both go from 0 to 100 %."""
    left, top, width, height = _SQUARE
    lines = "".join(
        f'<path class="grid" d="M{left} {_y(t):.1f}h{width}M{_x(t):.1f} {top}v{height}"/>'
        f'<text class="soft" x="{left - 6}" y="{_y(t) + 4:.1f}" text-anchor="end">'
        f"{100 * t:g}</text>"
        f'<text class="soft" x="{_x(t):.1f}" y="{top + height + 15}" text-anchor="middle">'
        f"{100 * t:g}</text>"
        for t in (0, 0.25, 0.5, 0.75, 1)
    )
    names = (
        f'<text x="{left + width / 2}" y="{top + height + 34}" text-anchor="middle">'
        f"{text(across)}, %</text>"
        f'<text transform="translate(12 {top + height / 2}) rotate(-90)" text-anchor="middle">'
        f"{text(up)}, %</text>"
    )
    return _plot(title, lines + names + marks, height=int(top + height + 42))


def _x(share: float) -> float:
    return _SQUARE[0] + share * _SQUARE[2]


def _y(share: float) -> float:
    return _SQUARE[1] + (1 - share) * _SQUARE[3]


def _along(share: float, *, left: int = LABEL_PX) -> float:
    """Return the place of a share on the axis of a bar plot; a hair is kept on the right."""
    return left + min(1.0, max(0.0, share)) * (WIDTH - left - 14)


def _value_axis(ticks: Iterable[tuple[float, str]], *, height: int, left: int = LABEL_PX) -> str:
    bottom = height - AXIS_PX
    return "".join(
        f'<path class="grid" d="M{_along(at, left=left):.1f} 0V{bottom}"/>'
        f'<text class="soft" x="{_along(at, left=left):.1f}" y="{bottom + 15}" '
        f'text-anchor="middle">{text(label)}</text>'
        for at, label in ticks
    )


def _row_label(label: str, count: str, middle: float, *, left: int = LABEL_PX) -> str:
    letters = round(left * _LETTERS_A_PX) - len(count)
    short = label if len(label) <= letters else label[: letters - 1] + "…"
    more = f' <tspan class="soft">{text(count)}</tspan>' if count else ""
    return f'<text x="{left - 7}" y="{middle + 4}" text-anchor="end">{text(short)}{more}</text>'


def _whisker(low: float, high: float, middle: float) -> str:
    return (
        f'<path class="whisker" d="M{low:.1f} {middle}H{high:.1f}'
        f'M{low:.1f} {middle - 4}v8M{high:.1f} {middle - 4}v8"/>'
    )


def _step(longest: float, *, most_steps: int = 5) -> float:
    """Return a round step that cuts the axis into at most so many."""
    size = 10.0 ** math.floor(math.log10(longest / most_steps))
    return next(size * s for s in _STEPS if size * s * most_steps >= longest - 1e-9)


def _plot(title: str, marks: str, *, height: int) -> str:
    return (
        f'<figure class="plot"><figcaption>{text(title)}</figcaption>'
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{text(title)}">{marks}</svg>'
        "</figure>"
    )
