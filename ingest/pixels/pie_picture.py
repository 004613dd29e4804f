"""The wedges of a picture with their names: what may be its legend, or what stands beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ingest.charts.forms.read import read_charts
from ingest.charts.ink import Fill, Ink, Label
from ingest.charts.table import BarePieError, Chart
from ingest.pixels.bar_shapes import BLUR_PX, shapes_in
from ingest.pixels.palette import Palette
from ingest.pixels.samples import with_whole_names

_LEAST_NAMES: Final = 2


def pies_of(palette: Palette, labels: Sequence[Label], wedges: Sequence[Fill]) -> list[Chart]:
    """Return what wedges tell with their names. Raises UnreadableChartError."""
    if len(labels) < _LEAST_NAMES:
        raise BarePieError("names of its wedges were not found")
    em = Ink(labels=labels).em
    fills, samples = shapes_in(palette, labels, em)
    named = with_whole_names(labels, [*fills, *samples], em)
    ink = Ink(strokes=samples, fills=[*fills, *wedges], labels=named, blur=BLUR_PX)
    return read_charts(ink)
