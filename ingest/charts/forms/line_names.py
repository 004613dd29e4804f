"""Names of lines: by the legend's colour, at their ends, or right beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from ingest.charts.categories import blocks_of
from ingest.charts.ink import Box, Colour, Ink, Label, around, holds, hue_of
from ingest.charts.legend import Legend
from ingest.charts.lines import DrawnLine
from ingest.charts.numbers import amount

_FAR_EM: Final = 4.0
"""A name stands no further from its line, ..."""

_COLOURED: Final = 40
_SAME_TINT: Final = 48
"""Letters are thin: their colour is told no more exactly, in levels of a channel."""

_ABOVE_EM: Final = 3.0
_TITLE: Final = 0.4
"""What stands further above all lines is a title; so is what stands above them and is so wide, in
parts of them."""

_CLEARER: Final = 1.5
"""... and so many times nearer to it than to any other."""


def names_of_lines(
    ink: Ink,
    lines: Sequence[DrawnLine],
    legend: Legend,
    labels: Sequence[Label],
    *,
    floor: float,
) -> list[str]:
    """Return the name of each line, "" for one without. `labels` are of no axis or legend.

    Names stand above the `floor`: what names the places along the lines.
    """
    named = [legend.name(line.colour) for line in lines]
    if all(named):
        return named
    ends = [_at_end(ink, line, lines) for line in lines]
    if any(ends):
        return [name or end for name, end in zip(named, ends, strict=True)]
    if any(named):
        return named
    x0, y0, x1, y1 = around([line.box for line in lines])
    low = min(y1 + _FAR_EM * ink.em, floor)
    room = (x0, y0 - _ABOVE_EM * ink.em, x1, low)
    near = [x for x in labels if holds(room, x.middle) and not _is_title(x, (x0, y0, x1, y1))]
    tinted = _of_colour(lines, near, ink.em)
    return tinted if any(tinted) else _adjacent_words(lines, near, ink.em)


def _is_title(label: Label, lines: Box) -> bool:
    """Whether words stand above all lines, and reach over much of them."""
    x0, _, x1, y1 = label.box
    return y1 < lines[1] and x1 - x0 > _TITLE * (lines[2] - lines[0])


def _at_end(ink: Ink, line: DrawnLine, lines: Sequence[DrawnLine]) -> str:
    x, y = line.points[-1]
    near = [
        (abs(label.middle[1] - y), label.text)
        for label in ink.labels
        if -0.2 * ink.em < label.box[0] - x < 2 * ink.em
        and label.box[1] - 0.3 * ink.em < y < label.box[3] + 0.3 * ink.em
        and amount(label.text) is None
    ]
    ends = [other.points[-1] for other in lines if other is not line]
    if any(abs(x - ox) < ink.em and abs(y - oy) < 0.8 * ink.em for ox, oy in ends):
        return ""
    words = min(near)[1].split() if near else []
    return " ".join(word for word in words if amount(word) is None)


def _of_colour(lines: Sequence[DrawnLine], labels: Sequence[Label], em: float) -> list[str]:
    """Return for each line the words whose letters have its colour; "" where not one alone has."""
    words = [x for x in labels if x.tint and hue_of(x.tint) > _COLOURED and amount(x.text) is None]
    names: list[list[str]] = [[] for _ in lines]
    for block in blocks_of(words, em):
        off = [_difference(block[0].tint, line.colour) for line in lines]
        first, second = [*sorted(off), np.inf][:2]
        if first < _SAME_TINT and second > _CLEARER * first:
            names[off.index(first)].append(" ".join(label.text for label in block))
    return [own[0] if len(own) == 1 else "" for own in names]


def _difference(one: Colour | None, other: Colour) -> float:
    return max((abs(a - b) for a, b in zip(one or (), other, strict=False)), default=np.inf)


def _adjacent_words(lines: Sequence[DrawnLine], labels: Sequence[Label], em: float) -> list[str]:
    """Return the words that stand beside each line; none where not every line has its own."""
    words = [x for x in labels if not (x.angle or all(map(amount, x.text.split())))]
    names: list[list[str]] = [[] for _ in lines]
    for group in blocks_of(words, em):
        box = around([label.box for label in group])
        gaps = [_gap(line, box) for line in lines]
        first, second = [*sorted(gaps), np.inf][:2]
        if first > _FAR_EM * em:
            continue
        if second < _CLEARER * first + 0.2 * em:
            return [""] * len(lines)
        names[gaps.index(first)].append(" ".join(label.text for label in group))
    return [own[0] for own in names] if all(len(own) == 1 for own in names) else [""] * len(lines)


def _gap(line: DrawnLine, box: Box) -> float:
    """Return how far a line is from a box, above it or below; infinite beside its ends."""
    found = [line.at(x) for x in np.linspace(box[0], box[2], 9)]
    ys = [y for y in found if y is not None]
    return min((max(box[1] - y, y - box[3], 0.0) for y in ys), default=np.inf)
