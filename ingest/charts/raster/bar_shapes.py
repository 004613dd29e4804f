"""What of a picture may be bars or samples of a legend; before lines are followed through it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ingest.charts.ink import Fill, Label, Stroke
from ingest.charts.raster.no_data import is_hatch, is_letter
from ingest.charts.raster.palette import Palette
from ingest.charts.raster.shapes import rectangles_of, regions_of, sample_of, with_pieces_joined

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
