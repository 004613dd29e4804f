"""What of a picture may be bars or samples of a legend, before lines are followed through it.

And which shapes are no data: letters, hatches, what a legend hides; what fills samples, and names
that run over several lines: those beside one sample are one label.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from ingest.charts.ink import Box, Fill, Ink, Label, Stroke, around, holds, hue_of, size_of
from ingest.charts.legend import Legend, is_level
from ingest.charts.numbers import amount
from ingest.charts.raster.masks import part_of
from ingest.charts.raster.palette import Palette, is_grey
from ingest.charts.raster.shapes import (
    Patch,
    rectangles_of,
    regions_of,
    sample_of,
    with_pieces_joined,
)
from ingest.layout.layout import grouped

_BLUR_PX: Final = 1.0
"""How far an edge of pixels may stand beside what it draws."""


def ink_of(palette: Palette, labels: Sequence[Label]) -> Ink:
    """Return the shapes and the names that a picture shows, before its lines are followed."""
    em = Ink(labels=labels).em
    fills, samples = shapes_in(palette, labels, em)
    fills += _filled_samples(labels, [*fills, *samples], palette, em)
    drawn = [*fills, *samples]
    named = _with_whole_names(_cut_free(labels, drawn), drawn, em)
    return Ink(strokes=samples, fills=fills, labels=named, blur=_BLUR_PX)


def shapes_in(
    palette: Palette, labels: Sequence[Label], em: float
) -> tuple[list[Fill], list[Stroke]]:
    """Return rectangles, and small shapes that may be samples of a legend."""
    fills: list[Fill] = []
    samples: list[Stroke] = []
    for region in regions_of(palette):
        if _is_letter(region, labels):
            continue
        found = rectangles_of(region, em)
        sample = sample_of(region, em)
        fills += found
        if not found and sample is not None:
            samples.append(sample)
    joined = with_pieces_joined(fills, palette.ground, em)
    return joined, [x for x in samples if not _is_hatch(x, fills)]


def is_hidden(fill: Fill, legend: Legend, em: float) -> bool:
    """Whether a shape runs to the legend, whose panel may hide its end, and is no sample."""
    if not legend.samples or any(fill is sample for sample in legend.samples):
        return False
    panel = around([*(x.box for x in legend.samples), *(x.box for x in legend.labels)])
    x0, y0, x1, y1 = fill.box
    by = 0.6 * em
    across = x0 < panel[2] + by and panel[0] - by < x1
    return across and y0 < panel[3] + by and panel[1] - by < y1


def _is_hatch(sample: Stroke, fills: Sequence[Fill]) -> bool:
    """Whether a short stroke without a hue is of the pattern of a shape, or of its outline."""
    begin, end = sample.points
    is_bare = is_grey(sample.colour) or max(sample.colour) < 64  # the shade beside black has a hue
    return is_bare and any(
        holds(f.box, begin, margin=4) and holds(f.box, end, margin=4) for f in fills
    )


def _is_letter(region: Patch, labels: Sequence[Label]) -> bool:
    """Whether a shape stands in the box of a label, and is no sample of a legend."""
    x0, y0, x1, y1 = map(float, region.box)
    own = [
        label
        for label in labels
        if holds(label.box, (x0, y0), margin=1.0) and holds(label.box, (x1, y1), margin=1.0)
    ]
    is_sample = hue_of(region.colour) > 48 and region.mask.mean() > 0.8
    return bool(own) and not is_sample and not all(_begins_with(region, label) for label in own)


def _begins_with(region: Patch, label: Label) -> bool:
    """Whether a filled square stands where a label begins, read as a part of it."""
    least, most = sorted(region.mask.shape)
    is_square = least >= 4 and most <= 1.6 * least and region.mask.mean() > 0.85
    return is_square and _is_at_begin(region.box, label.box)


def _is_at_begin(sample: Box, name: Box) -> bool:
    """Whether a sample, of a line or a square one, stands at the left end of a name's box."""
    height = size_of(name)[1]
    level = abs(sample[1] + sample[3] - name[1] - name[3]) < 0.6 * height
    begins = -0.2 * height < sample[0] - name[0] < 0.5 * height
    wide, high = size_of(sample)
    return level and begins and wide < (2.5 if high < 0.35 * height else 0.9) * height


def _cut_free(labels: Sequence[Label], drawn: Sequence[Stroke | Fill]) -> list[Label]:
    """Return labels, each without the sample that was read as a part of its line."""
    found = []
    for label in labels:
        x0, y0, x1, y1 = label.box
        own = [one.box for one in drawn if not label.angle and _is_at_begin(one.box, label.box)]
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
