"""Samples of a legend: what fills them, and names that run over several lines.

The lines beside one sample are one label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.charts.ink import (
    Box,
    Colour,
    Fill,
    Label,
    Stroke,
    around,
    middle_of,
    size_of,
)
from ingest.charts.legend import Legend, is_level
from ingest.charts.numbers import amount
from ingest.charts.raster.no_data import is_at_begin
from ingest.charts.raster.palette import Palette
from ingest.layout.layout import grouped


def with_whole_names(
    labels: Sequence[Label], drawn: Sequence[Stroke | Fill], em: float
) -> list[Label]:
    """Return labels, lines one under the other joined where fewer samples stand beside them."""
    blocks = _blocks([x for x in labels if not x.angle and amount(x.text) is None], em)
    joined = {id(line): block for block in blocks for line in block}
    found = [label for label in labels if id(label) not in joined]
    for block in blocks:
        found += _names(block, _levels_left(block, drawn, em))
    return found


def cut_free(labels: Sequence[Label], drawn: Sequence[Stroke | Fill]) -> list[Label]:
    """Return labels, each without the sample that was read as a part of its line."""
    return [_cut_free(label, drawn) for label in labels]


def filled_samples(
    labels: Sequence[Label], drawn: Sequence[Stroke | Fill], palette: Palette, em: float
) -> list[Fill]:
    """Return what most of the samples before names is filled with, in place of their edges."""
    names = [x for x in labels if not x.angle and amount(x.text) is None]
    places = [(x.middle[1], around(near)) for x in names if (near := _before(x, drawn, em))]
    found = []
    for y, (x0, _, x1, _) in places:
        by = 0.25 * em
        colour = _commonest(palette, (x0 + 2, y - by, x1 - 2, y + by))
        if colour is not None:
            corners = ((x0, y - by), (x1, y - by), (x1, y + by), (x0, y + by))
            found.append(Fill(points=corners, colour=colour))
    return found


def _commonest(palette: Palette, box: Box) -> Colour | None:
    """Return the colour that most of a box has; None for a ground, or where none has so much."""
    x0, y0, x1, y1 = (max(0, round(side)) for side in box)
    own = palette.places[y0:y1, x0:x1]
    counts = {n: int((own == n).sum()) for n, _ in palette.drawn}
    most = max(counts, key=lambda n: counts[n], default=None)
    # a line, or one of a grid, has less
    is_full = most is not None and counts[most] > 0.5 * own.size
    return palette.colours[most] if most is not None and is_full else None


def unclaimed(legend: Legend, labels: Sequence[Label], em: float) -> list[str]:
    """Return the words that go on with the names of a legend, and have no sample that is known."""
    own = set(map(id, legend.labels))
    words = [x for x in labels if id(x) not in own and not x.angle and amount(x.text) is None]
    words = [x for x in words if len(x.text) > 1]  # a sign alone may be a mark that was read
    return [x.text for x in words if any(_goes_on(x, legend.labels, em, k) for k in (0, 1))]


def _goes_on(word: Label, names: Sequence[Label], em: float, along: int) -> bool:
    """Whether a word is one more of the names in a row (0) or in a column (1), as far apart."""
    off = [
        abs(x.middle[1] - word.middle[1] if along == 0 else x.box[0] - word.box[0]) for x in names
    ]
    line = sorted(x.box[along] for x, by in zip(names, off, strict=True) if by < 0.3 * em)
    apart = max((b - a for a, b in pairwise(line)), default=0.0)
    return any(abs(at - word.box[along]) < 1.5 * apart for at in line)


def _before(name: Label, drawn: Sequence[Stroke | Fill], em: float) -> list[Box]:
    """Return the boxes of the samples right before a name, the nearest last."""
    level = [x.box for x in drawn if is_level(x.box, name, em)]
    return sorted((box for box in level if _is_sample(box, name.box, em)), key=lambda box: box[2])


def _cut_free(label: Label, drawn: Sequence[Stroke | Fill]) -> Label:
    if label.angle:
        return label
    own = [one.box for one in drawn if is_at_begin(one.box, label.box)]
    x0, y0, x1, y1 = label.box
    begin = max((box[2] + 1 for box in own), default=x0)
    return replace(label, box=(min(begin, x1 - 1), y0, x1, y1))


def _blocks(labels: Sequence[Label], em: float) -> list[list[Label]]:
    """Return lines that stand flush under each other, two or more."""
    blocks: list[list[Label]] = []
    for label in sorted(labels, key=lambda one: one.box[1]):
        for block in blocks:
            last = block[-1].box
            near = -0.7 * em < label.box[1] - last[3] < -0.1 * em and label.box[1] > last[1]
            if near and abs(label.box[0] - block[0].box[0]) < 0.3 * em:
                block.append(label)
                break
        else:
            blocks.append([label])
    return [block for block in blocks if len(block) > 1]


def _levels_left(block: Sequence[Label], drawn: Sequence[Stroke | Fill], em: float) -> list[float]:
    """Return the levels of the samples left of a block."""
    box = around([label.box for label in block])
    boxes = [thing.box for thing in drawn if _is_sample(thing.box, box, em)]
    levels = sorted(middle_of(one)[1] for one in boxes)
    return [group[0] for group in grouped(levels, lambda group, y: y - group[0] <= 0.5 * em)]


def _is_sample(sample: Box, block: Box, em: float) -> bool:
    width, height = size_of(sample)
    small = 0.2 * em < width < 4.5 * em and height < 1.4 * em
    near = -0.2 * em < block[0] - sample[2] < 1.6 * em
    return small and near and block[1] < middle_of(sample)[1] < block[3]


def _names(block: Sequence[Label], levels: Sequence[float]) -> list[Label]:
    """Give each line to the nearest sample; as many samples as lines, or none, join nothing."""
    if not levels or len(levels) >= len(block):
        return list(block)
    own: list[list[Label]] = [[] for _ in levels]
    for line in block:
        nearest = min(range(len(levels)), key=lambda n: abs(levels[n] - line.middle[1]))
        own[nearest].append(line)
    return [_joined(lines, at) for lines, at in zip(own, levels, strict=True) if lines]


def _joined(lines: Sequence[Label], level: float) -> Label:
    """Return lines as one, at the level of its sample."""
    x0, y0, x1, y1 = around([line.box for line in lines])
    half = max(level - y0, y1 - level)
    text = " ".join(line.text for line in lines)
    return Label(text=text, box=(x0, level - half, x1, level + half))
