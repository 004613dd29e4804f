"""What of a picture may be bars or samples of a legend, before lines are followed through it.

And which shapes are no data: letters, hatches, rules, what a legend hides.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ingest.charts.ink import (
    Box,
    Colour,
    Fill,
    Label,
    Stroke,
    around,
    holds,
    hue_of,
    middle_of,
    size_of,
)
from ingest.charts.legend import Legend
from ingest.charts.raster.palette import Palette, is_grey
from ingest.charts.raster.shapes import (
    Patch,
    rectangles_of,
    regions_of,
    sample_of,
    with_pieces_joined,
)

BLUR_PX: Final = 1.0
"""How far an edge of pixels may stand beside what it draws."""


def shapes_in(
    palette: Palette, labels: Sequence[Label], em: float
) -> tuple[list[Fill], list[Stroke]]:
    """Return rectangles, and small shapes that may be samples of a legend."""
    fills: list[Fill] = []
    samples: list[Stroke] = []
    for region in regions_of(palette):
        if is_letter(region, labels):
            continue
        found = rectangles_of(region, em)
        sample = sample_of(region, em)
        fills += found
        if not found and sample is not None:
            samples.append(sample)
    joined = with_pieces_joined(fills, palette.ground, em)
    return joined, [x for x in samples if not is_hatch(x, fills)]


def _is_bare(colour: Colour) -> bool:
    """Whether a colour has no hue, or is all but black."""
    return is_grey(colour) or max(colour) < 64  # the shade beside black has a hue


def is_hidden(fill: Fill, legend: Legend, em: float) -> bool:
    """Whether a shape runs to the legend, which may hide its end, and is no sample."""
    if not legend.samples or any(fill is sample for sample in legend.samples):
        return False
    panel = around([*(x.box for x in legend.samples), *(x.box for x in legend.labels)])
    x0, y0, x1, y1 = fill.box
    by = 0.6 * em  # a legend's panel reaches beyond it
    across = x0 < panel[2] + by and panel[0] - by < x1
    return across and y0 < panel[3] + by and panel[1] - by < y1


def is_hatch(sample: Stroke, fills: Sequence[Fill]) -> bool:
    """Whether a short stroke without a colour is of the pattern of a shape, or of its outline."""
    begin, end = sample.points
    return _is_bare(sample.colour) and any(
        holds(f.box, begin, margin=4) and holds(f.box, end, margin=4) for f in fills
    )


def is_letter(region: Patch, labels: Sequence[Label]) -> bool:
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
    high, wide = region.mask.shape
    if min(high, wide) < 4 or max(high, wide) > 1.6 * min(high, wide):
        return False
    return region.mask.mean() > 0.85 and is_at_begin(region.box, label.box)  # its edge is shaded


def is_at_begin(sample: Box, name: Box) -> bool:
    """Whether a sample stands at the left end of a name's box, amid its height."""
    height = size_of(name)[1]
    level = abs(middle_of(sample)[1] - middle_of(name)[1]) < 0.3 * height
    begins = -0.2 * height < sample[0] - name[0] < 0.5 * height
    wide, high = size_of(sample)
    longest = 2.5 if high < 0.35 * height else 0.9
    return level and begins and wide < longest * height
