"""What of a picture may be bars or samples of a legend; before lines are followed through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ingest.charts.bars import find_bars
from ingest.charts.categories import names_at
from ingest.charts.ink import Fill, Ink, Label, Stroke
from ingest.charts.raster.no_data import is_hatch, is_letter
from ingest.charts.raster.palette import Palette
from ingest.charts.raster.shapes import rectangles_of, regions_of, sample_of, with_pieces_joined
from ingest.charts.table import BareBoxesError

BLUR_PX: Final = 1.0
"""How far an edge of pixels may stand beside what it draws."""

_MIN_BARS: Final = 3


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


def look_for_bars(palette: Palette, labels: Sequence[Label]) -> None:
    """Raise BareBoxesError where half of some bars have names: their numbers were not found."""
    em = Ink(labels=labels).em
    fills, _ = shapes_in(palette, labels, em)
    bars = find_bars(Ink(fills=fills, labels=labels, blur=BLUR_PX), [], [])
    if bars is None or len(bars.columns) < _MIN_BARS:
        return
    middles = [column[0].middle for column in bars.columns]
    names = names_at(middles, labels, marks=bars.box, along=bars.along, em=em)
    if names and 2 * sum(map(bool, names)) >= len(names):
        raise BareBoxesError("no numbers stand at its bars")
