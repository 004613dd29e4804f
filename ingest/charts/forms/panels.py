"""Several plots in one figure: each has an axis of its own, and they share a legend."""

from __future__ import annotations

from collections.abc import Sequence

from ingest.charts.ink import Box, Ink, around, holds, middle_of
from ingest.charts.legend import Legend
from ingest.charts.scale import Scale


def divided(ink: Ink, upright: Sequence[Scale], legend: Legend) -> list[Ink]:
    """Return the ink of each plot; all of it where there is one. The legend's is left out."""
    gone = {id(thing) for thing in (*legend.samples, *legend.labels)}
    drawn = [thing.box for thing in ink.drawn]
    if not drawn:
        return [ink]
    whole = around([*drawn, *(label.box for label in ink.labels)])
    boxes = [_box(scale, upright, whole, ink.em) for scale in upright]
    plots = [_inside(ink, box, gone) for box in boxes]
    filled = [plot for plot in plots if _has_marks(plot)]
    return filled if len(filled) > 1 else [ink]


def _box(scale: Scale, scales: Sequence[Scale], whole: Box, em: float) -> Box:
    """Return the box of the plot whose axis stands at its left: as far as the next ones."""
    x0, y0, x1, y1 = scale.box
    right = [s.box[0] for s in scales if s.box[0] > x1 + em and _overlap(s.box, scale.box)]
    below = [s.box[1] for s in scales if s.box[1] > y1 and _same_column(s.box, scale.box)]
    above = [s.box[3] for s in scales if s.box[3] < y0 and _same_column(s.box, scale.box)]
    top = (max(above) + 2 * y0) / 3 if above else whole[1]
    bottom = (2 * min(below) + y1) / 3 if below else whole[3]
    return (x0 - 2.5 * em, top, min(right) - 0.2 * em if right else whole[2], bottom)


def _overlap(one: Box, other: Box) -> bool:
    return min(one[3], other[3]) - max(one[1], other[1]) > 0.5 * (one[3] - one[1])


def _same_column(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2]


def _inside(ink: Ink, box: Box, gone: set[int]) -> Ink:
    return Ink(
        strokes=[s for s in ink.strokes if holds(box, middle_of(s.box)) and id(s) not in gone],
        fills=[f for f in ink.fills if holds(box, middle_of(f.box)) and id(f) not in gone],
        labels=[x for x in ink.labels if holds(box, x.middle) and id(x) not in gone],
        blur=ink.blur,
    )


def _has_marks(ink: Ink) -> bool:
    """Whether more is drawn than rules: bars, or lines of several points."""
    bars = [fill for fill in ink.fills if not fill.is_white]
    lines = [stroke for stroke in ink.strokes if len(stroke.points) > 2 and not stroke.is_closed]
    return len(bars) > 1 or len(lines) > 0
