"""Titles of axes: what stands along an axis beyond its labels."""

from __future__ import annotations

from ingest.charts.ink import Box, Ink, around
from ingest.charts.numbers import amount


def axis_title(ink: Ink, along: int, marks: Box) -> str:
    """Return the words along an axis of x (0) or y (1) values; "" where none stand there."""
    if along == 1:
        turned = [x for x in ink.labels if x.angle in {90, 270} and x.box[2] < marks[0]]
        turned = [x for x in turned if marks[1] - ink.em < x.middle[1] < marks[3] + ink.em]
        return turned[0].text if len(turned) == 1 else ""
    below = [x for x in ink.labels if not x.angle and x.box[1] > marks[3]]
    if not below:
        return ""
    last = max(below, key=lambda label: label.box[1])
    alone = [x for x in below if x.box[3] > last.box[1]]
    centre = (marks[0] + marks[2]) / 2
    others = [x.box[3] for x in below if x is not last]
    close = bool(others) and last.box[1] - max(others) < 1.5 * ink.em
    is_title = (
        close and len(alone) == 1 and len(below) > 1 and abs(last.middle[0] - centre) < 3 * ink.em
    )
    return last.text if is_title else ""


def title_above(ink: Ink) -> str:
    """Return what stands over a plot, amid it; "" where nothing does."""
    boxes = [thing.box for thing in (*ink.strokes, *ink.fills)]
    if not boxes:
        return ""
    plot = around(boxes)
    over = [x for x in ink.labels if not x.angle and x.middle[1] < plot[1] and not amount(x.text)]
    amid = [x for x in over if plot[0] < x.middle[0] < plot[2]]
    lowest = max(amid, key=lambda label: label.box[3], default=None)
    return lowest.text if lowest and plot[1] - lowest.box[3] < 1.5 * ink.em else ""
