"""What a picture shows before lines are followed through it: samples of a legend, and names.

What fills samples, what a legend hides, and names that run over several lines: those beside one
sample are one label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.charts.ink import Box, Fill, Ink, Label, Stroke, around, size_of
from ingest.charts.legend import Legend, is_level
from ingest.charts.numbers import amount
from ingest.charts.raster.palette import Palette, part_of
from ingest.charts.raster.shapes import is_at_begin, shapes_in
from ingest.layout.layout import grouped


def ink_of(palette: Palette, labels: Sequence[Label]) -> Ink:
    """Return the shapes and the names that a picture shows, before its lines are followed."""
    em = Ink(labels=labels).em
    fills, samples = shapes_in(palette, labels, em)
    fills += _filled_samples(labels, [*fills, *samples], palette, em)
    drawn: list[Stroke | Fill] = [*fills, *samples]
    named = _with_whole_names(_cut_free(labels, drawn), drawn, em)
    return Ink(strokes=samples, fills=fills, labels=named, blur=1.0)


def is_hidden(fill: Fill, legend: Legend, em: float) -> bool:
    """Whether a shape runs to the legend, whose panel may hide its end, and is no sample."""
    if not legend.samples or any(fill is sample for sample in legend.samples):
        return False
    panel = around([*(x.box for x in legend.samples), *(x.box for x in legend.labels)])
    x0, y0, x1, y1 = fill.box
    by = 0.6 * em
    across = x0 < panel[2] + by and panel[0] - by < x1
    return across and y0 < panel[3] + by and panel[1] - by < y1


def _cut_free(labels: Sequence[Label], drawn: Sequence[Stroke | Fill]) -> list[Label]:
    """Return labels, each without the sample that was read as a part of its line."""
    found = []
    for label in labels:
        x0, y0, x1, y1 = label.box
        own = [one.box for one in drawn if not label.angle and is_at_begin(one.box, label.box)]
        begin = max((box[2] + 1 for box in own), default=x0)
        found.append(replace(label, box=(min(begin, x1 - 1), y0, x1, y1)) if own else label)
    return found


def _filled_samples(
    labels: Sequence[Label], drawn: Sequence[Stroke | Fill], palette: Palette, em: float
) -> list[Fill]:
    """Return what most of the samples before names is filled with, in place of their edges.

    None of what has no colour for the most part, as lines, or one of the ground.
    """
    found = []
    for name in labels:
        level = [x.box for x in drawn if is_level(x.box, name, em)]
        near = [box for box in level if _is_sample(box, name.box, em)]
        if name.angle or amount(name.text) is not None or not near:
            continue
        (x0, _, x1, _), y, by = around(near), name.middle[1], 0.25 * em
        own = palette.places[part_of((x0 + 2, y - by, x1 - 2, y + by))]
        corners = ((x0, y - by), (x1, y - by), (x1, y + by), (x0, y + by))
        found += [
            Fill(points=corners, colour=colour)
            for n, colour in palette.drawn
            if (own == n).sum() > 0.5 * own.size
        ]
    return found


def unclaimed(legend: Legend, labels: Sequence[Label], em: float) -> list[str]:
    """Return the words that go on with the names of a legend, and have no sample that is known."""
    own = set(map(id, legend.labels))
    return [
        word.text
        for word in labels
        if id(word) not in own and not word.angle and amount(word.text) is None
        if len(word.text) > 1  # a sign alone may be a mark that was read
        if any(_goes_on(word, legend.labels, em, along) for along in (0, 1))
    ]


def _goes_on(word: Label, names: Sequence[Label], em: float, along: int) -> bool:
    """Whether a word is one more of the names in a row (0) or in a column (1), as far apart."""
    off = [
        abs(x.middle[1] - word.middle[1] if along == 0 else x.box[0] - word.box[0]) for x in names
    ]
    line = sorted(x.box[along] for x, by in zip(names, off, strict=True) if by < 0.3 * em)
    apart = max((b - a for a, b in pairwise(line)), default=0.0)
    return any(abs(at - word.box[along]) < 1.5 * apart for at in line)


def _with_whole_names(
    labels: Sequence[Label], drawn: Sequence[Stroke | Fill], em: float
) -> list[Label]:
    """Return labels, lines one under the other joined where fewer samples stand beside them."""
    blocks = _blocks([x for x in labels if not x.angle and amount(x.text) is None], em)
    joined = {id(line) for block in blocks for line in block}
    found = [label for label in labels if id(label) not in joined]
    for block in blocks:
        box = around([label.box for label in block])
        boxes = [thing.box for thing in drawn if _is_sample(thing.box, box, em)]
        levels = grouped(
            sorted((one[1] + one[3]) / 2 for one in boxes), lambda own, y: y - own[0] <= 0.5 * em
        )
        found += _names(block, [own[0] for own in levels])
    return found


def _blocks(labels: Sequence[Label], em: float) -> list[list[Label]]:
    """Return lines that stand flush under each other, two or more."""
    blocks: list[list[Label]] = []
    for label in sorted(labels, key=lambda one: one.box[1]):
        for block in blocks:
            last = block[-1].box  # boxes of lettering are wider than letters: those overlap
            near = -0.7 * em < label.box[1] - last[3] < -0.1 * em and label.box[1] > last[1]
            if near and abs(label.box[0] - block[0].box[0]) < 0.3 * em:
                block.append(label)
                break
        else:
            blocks.append([label])
    return [block for block in blocks if len(block) > 1]


def _is_sample(sample: Box, block: Box, em: float) -> bool:
    """Whether a shape may be a sample right before what stands in a box."""
    width, height = size_of(sample)
    small = 0.2 * em < width < 4.5 * em and height < 1.4 * em
    near = -0.2 * em < block[0] - sample[2] < 1.6 * em
    return small and near and block[1] < (sample[1] + sample[3]) / 2 < block[3]


def _names(block: Sequence[Label], levels: Sequence[float]) -> list[Label]:
    """Give each line to the nearest sample; as many samples as lines, or none, join nothing."""
    if not levels or len(levels) >= len(block):
        return list(block)
    own: list[list[Label]] = [[] for _ in levels]
    for line in block:
        own[min(range(len(levels)), key=lambda n: abs(levels[n] - line.middle[1]))].append(line)
    found = []
    for lines, level in zip(own, levels, strict=True):
        if lines:
            x0, y0, x1, y1 = around([line.box for line in lines])
            half = max(level - y0, y1 - level)
            text = " ".join(line.text for line in lines)
            found.append(Label(text=text, box=(x0, level - half, x1, level + half)))
    return found
