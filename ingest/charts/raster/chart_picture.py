"""A picture of a chart, read by what it shows and what stands on it.

The ink of pixels goes the same way as that of a page: what can't be trusted is not told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ingest.charts.axes import Scale, find_scales, taken_by
from ingest.charts.bars import find_bars
from ingest.charts.categories import YEAR
from ingest.charts.ink import Box, Colour, Fill, Ink, Label, Stroke, hue_of, size_of
from ingest.charts.legend import find_legend
from ingest.charts.numbers import amount
from ingest.charts.raster.palette import Mask, Palette, is_drawn, palette_of
from ingest.charts.raster.places import places_of
from ingest.charts.raster.plot import Seen, dots_in, is_within, lines_in, pixels_of, plot_of
from ingest.charts.raster.samples import ink_of, is_hidden, unclaimed
from ingest.charts.raster.shapes import rules_of
from ingest.charts.raster.traces import Band, Trace, points_at
from ingest.charts.raster.wedges import pies_of, wedges_of
from ingest.charts.raster.words import labels_of, ocr_mask_of, tinted, without_samples
from ingest.charts.read import read_charts
from ingest.charts.table import (
    NO_TITLE,
    SERIES_UNNAMED,
    Chart,
    NoChartError,
    UnreadableChartError,
    unread_names,
)
from ingest.layout.layout import Line
from rag.protocols import Pixels


def charts_of_picture(pixels: Pixels, lines: Sequence[Line]) -> list[Chart]:
    """Return what a picture, shape (height, width, 3), tells as charts; none where it is none.

    `lines` are its lettering. Raises UnreadableChartError where it looks like a chart but can't
    be read for sure.
    """
    height_px, width_px = pixels.shape[:2]
    labels = labels_of(lines, width_px, height_px)
    has_axes = sum(amount(label.text) is not None for label in labels) > 1
    is_small = min(height_px, width_px) < 120
    if is_small or not labels or not (has_axes or is_drawn(pixels)):
        return []
    ocr_mask = ocr_mask_of(labels, width_px, height_px)
    palette = palette_of(pixels, ocr_mask)
    labels = tinted(labels, pixels, palette.colours[palette.grounds[0]])
    labels = without_samples(labels, Ink(labels=labels).em)
    ocr_mask = ocr_mask_of(labels, width_px, height_px)
    if wedges := wedges_of(palette, ocr_mask):
        return [_titled(chart, labels) for chart in pies_of(palette, labels, wedges)]
    if not has_axes:
        return []
    ink, doubts = _seen(pixels, palette, labels, ocr_mask)
    legend = find_legend(ink, taken_by(find_scales(ink, 1), find_scales(ink, 0)))
    more = unclaimed(legend, ink.labels, ink.em)
    return [_titled(_warned(chart, doubts, more), labels) for chart in read_charts(ink)]


def _titled(chart: Chart, labels: Sequence[Label]) -> Chart:
    """Return a chart with the words above all others, that are none of it, as its title."""
    level = sorted((x for x in labels if not x.angle), key=lambda x: x.box[1])
    cells = {cell for row in chart.grid for cell in row}
    if chart.title or len(level) < 2 or level[0].text in cells:
        return chart
    first, second = level[0], level[1]
    if amount(first.text) is not None or first.middle[1] > second.box[1]:
        return chart
    head, *rows = chart.grid
    named = [head[0], first.text] if head[1:] == [NO_TITLE] else head
    return replace(chart, title=first.text, grid=[named, *rows])


def _warned(chart: Chart, known: Sequence[str], names: Sequence[str]) -> Chart:
    """Return a chart with its doubts, `known` ones before; `names` may be those of series."""
    values = [value for row in chart.grid[1:] for value in row[1:]]
    amounts = [0.0, *(found.value for value in values if (found := amount(value)) is not None)]
    off, span = amount(chart.within), max(amounts) - min(amounts)
    share = off.value / span if off and span else 0.0
    if chart.kind == "bar chart" and len(amounts) <= 3 and share > 0.05:
        raise NoChartError("what may be its bars is as small as the lines of a grid")
    warnings = [*chart.warnings, *known]
    if share > 0.02:
        warnings.append("it is drawn small: values may be off by more than 2 % of the largest")
    warnings += unread_names(chart, names)
    if not all(values):
        warnings.append("what may belong in its empty cells was not read")
    return replace(chart, warnings=warnings)


def _seen(
    pixels: Pixels, palette: Palette, labels: Sequence[Label], ocr_mask: Mask
) -> tuple[Ink, list[str]]:
    """Return all that a picture shows, and what of it can't be read."""
    em = Ink(labels=labels).em
    ink, rules = ink_of(palette, labels), rules_of(palette, pixels)
    still = replace(ink, strokes=[*rules, *ink.strokes])
    upright, level = find_scales(still, 1), find_scales(still, 0)
    legend = find_legend(still, taken_by(upright, level))
    samples = set(map(id, legend.samples))
    kept = [stroke for stroke in ink.strokes if id(stroke) in samples]
    shown = [fill for fill in ink.fills if not is_hidden(fill, legend, em)]
    doubts = ["what its legend hides was not read"] if len(shown) < len(ink.fills) else []
    bare = replace(ink, strokes=[*rules, *kept], fills=shown)
    bars = find_bars(bare, legend.samples, [*upright[:1], *level[:1]])
    if bars and not all(_is_small(bar.box, em) for bar in bars.all):
        return bare, doubts
    if upright:
        seen = Seen(ink=bare, palette=palette, legend=legend, ocr_mask=ocr_mask)
        return _with_lines(seen, upright[0], level[0] if level else None)
    below_lines = level and (
        level[0].kind == "date" or all(YEAR.fullmatch(label.text) for label in level[0].labels)
    )
    if below_lines or len(legend.names) > 1:
        raise NoChartError("it has no axis of numbers that fit where they stand", lacking="numbers")
    return bare, doubts


def _with_lines(seen: Seen, upright: Scale, level: Scale | None) -> tuple[Ink, list[str]]:
    """Return ink with the lines of data in the plot, and what of them is not read."""
    ink = seen.ink
    plot = plot_of(seen, upright)
    if not is_within(plot, seen.ocr_mask.shape):
        return ink, []  # the numbers that it would stand beside are no axis
    found = lines_in(seen, plot)
    samples = set(map(id, seen.legend.samples))
    own = [f for f in ink.fills if not _is_small(f.box, ink.em) or id(f) in samples]
    if not found:
        return replace(ink, fills=[*own, *dots_in(seen, plot)]), []
    labels = [label for label in ink.labels if label not in upright.labels]
    tops = [one.upper if isinstance(one, Band) else one for one in found]
    places = places_of(labels, level, tops, plot, ink.em)
    if len(places) < 2:
        raise UnreadableChartError("places along its lines have no names", lacking="names")
    drawn = [thing for one in found if (thing := _drawn(one, places))]
    whole = Ink(
        strokes=[*ink.strokes, *(x for x in drawn if isinstance(x, Stroke))],
        fills=[*own, *(x for x in drawn if isinstance(x, Fill))],
        labels=[*upright.labels, *labels],
        blur=ink.blur,
    )
    colours = [thing.colour for thing in drawn]
    is_other = _has_others(seen, plot, colours)
    if is_other and not any(map(seen.legend.name, colours)):
        raise UnreadableChartError(
            SERIES_UNNAMED, lacking="names"
        )  # one line alone would be taken for the only one
    return whole, ["lines of other colours were not read"] if is_other else []


def _has_others(seen: Seen, plot: Box, read: Sequence[Colour]) -> bool:
    """Whether another strong colour runs along most of the plot, as a line of dots does."""
    part = pixels_of(plot)
    for n, colour in seen.palette.drawn:
        mask = seen.palette.mask(n)[part] & ~seen.covered[part]
        rows = np.sort(mask.sum(axis=1))[::-1]
        is_grid = 2 * rows[: max(1, len(rows) // 20)].sum() > rows.sum()  # level lines
        if hue_of(colour) < 60 or colour in read or is_grid:
            continue
        columns: Mask = np.asarray(mask.any(axis=0))
        reached = np.flatnonzero(columns)
        if len(reached) and reached[-1] - reached[0] >= 0.5 * len(columns):
            halves = np.array_split(columns[reached[0] : reached[-1]], 2)
            if all(half.mean() > 0.25 for half in halves):
                return True
    return False


def _is_small(box: Box, em: float) -> bool:
    """Whether a shape is a mark on a line: marks that stand alone are not read."""
    return max(size_of(box)) < 1.5 * em


def _drawn(one: Trace | Band, places: Sequence[float]) -> Stroke | Fill | None:
    """Return a line or an area through its points at places; None where it has too few."""
    if isinstance(one, Trace):
        points = points_at(one, places)
        return Stroke(points=tuple(points), colour=one.colour) if len(points) > 1 else None
    upper, lower = points_at(one.upper, places), points_at(one.lower, places)
    if len(upper) < 2 or len(upper) != len(lower):
        return None
    return Fill(points=(*upper, *reversed(lower)), colour=one.upper.colour)
