"""Pictures that are charts, as the tables that are read off them.

Words that are too small to be found at first are looked for once more. Where bars are seen that
have neither an axis nor values, the edges are read again, enlarged: small numbers are missed more
often than misread, single digits most. Where names lack, all of it is read again in parts.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Final

import numpy as np
from msgspec import structs

from ingest.charts.numbers import amount
from ingest.charts.raster.chart_picture import charts_of_picture
from ingest.charts.raster.palette import smoothed
from ingest.charts.table import (
    SERIES_UNNAMED,
    Chart,
    UnreadableChartError,
    doubts,
    form_of,
    note,
    refusal,
    shared_form,
    without_unnamed,
)
from ingest.layout.layout import Line
from rag.datamodel import CELL_SEPARATOR, BBox, Element, Provenance, Role
from rag.protocols import Ocr, Pixels

logger: Final = logging.getLogger(__name__)

EDGES: Final = (BBox(x0=0.0, y0=0.0, x1=0.2, y1=1.0), BBox(x0=0.0, y0=0.8, x1=1.0, y1=1.0))
"""Where numbers of an axis stand: left of a plot, or below it."""

QUARTERS: Final = tuple(
    BBox(x0=x, y0=y, x1=x + 0.55, y1=y + 0.55) for y in (0.0, 0.45) for x in (0.0, 0.45)
)
"""All of a picture: names of series stand anywhere."""

_CUT: Final = 0.01
"""What ends so near the inner side of a part may be cut off by it."""


def _closer_lines(
    pixels: Pixels, lines: Sequence[Line], ocr: Ocr, parts: Sequence[BBox]
) -> list[Line] | None:
    """Return lines and what else is read in parts of a picture; None where that is nothing.

    What was read of a word alone gives way to the whole word.
    """
    height, width = pixels.shape[:2]
    found = list(lines)
    for part in parts:
        known = list(found)
        rows = slice(round(part.y0 * height), round(part.y1 * height))
        own = pixels[rows, round(part.x0 * width) : round(part.x1 * width)]
        for read in ocr.read(np.ascontiguousarray(own)):
            line = Line(text=read.text, bbox=read.bbox.within(part), confidence=read.confidence)
            others = [other for other in known if _overlap(line.bbox, other.bbox)]
            is_more = all(x.text in line.text and x.text != line.text for x in others)
            if is_more and read.confidence >= 0.6 and not _is_cut(line.bbox, part):
                found = [*(one for one in found if one not in others), line]
    return found if found != list(lines) else None


def _is_cut(box: BBox, part: BBox) -> bool:
    """Whether what is read in a part ends at a side that is not the picture's own."""
    return (
        (box.x0 < part.x0 + _CUT and part.x0 > 0)
        or (box.y0 < part.y0 + _CUT and part.y0 > 0)
        or (box.x1 > part.x1 - _CUT and part.x1 < 1)
        or (box.y1 > part.y1 - _CUT and part.y1 < 1)
    )


def _overlap(one: BBox, other: BBox) -> bool:
    """Whether boxes share more than an edge: boxes of lines below each other may touch."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    down = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across > 0 and down > 0.25 * min(one.y1 - one.y0, other.y1 - other.y0)


def without_ticks(lines: Sequence[Line], read: Sequence[Element]) -> list[Line]:
    """Return lines without the numbers of axes: what tables were read by, and do not say."""
    rows = [row for one in read if one.role == "chart" for row in one.text.split("\n")]
    cells = {cell for row in rows for cell in row.split(CELL_SEPARATOR)}
    return [line for line in lines if not cells or amount(line.text) is None or line.text in cells]


def charts_seen(pixels: Pixels, lines: Sequence[Line], ocr: Ocr) -> list[Chart]:
    """Return the charts of a picture, without series whose names are not known.

    `pixels` and `lines`, its lettering, are upright. Raises UnreadableChartError where it looks
    like a chart but can't be read for sure.
    """
    return [without_unnamed(chart) for chart in _charts(smoothed(pixels), lines, ocr)]


def _charts(pixels: Pixels, lines: Sequence[Line], ocr: Ocr) -> list[Chart]:
    """Return the charts of a picture; numbers and names that lack are looked for more closely."""
    try:
        charts = charts_of_picture(pixels, lines)
    except UnreadableChartError as error:
        parts = {"": (), "numbers": EDGES, "names": QUARTERS}[error.lacking]
        closer = _closer_lines(pixels, lines, ocr, parts)
        if closer is None:
            raise
        return charts_of_picture(pixels, closer)
    unnamed = sum(SERIES_UNNAMED in chart.warnings for chart in charts)
    closer = _closer_lines(pixels, lines, ocr, QUARTERS) if unnamed else None
    with suppress(UnreadableChartError):
        found = charts_of_picture(pixels, closer) if closer else []
        left = sum(SERIES_UNNAMED in chart.warnings for chart in found)
        return found if len(found) == len(charts) and left < unnamed else charts
    return charts


def elements_read(
    read: Callable[[], Sequence[Chart]], figure: Element, box: BBox | None
) -> list[Element]:
    """Return a figure with its kind and its remark, and what is read of it as tables with notes.

    `box` is where all of it stands. The figure alone where `read` raises: an odd picture must not
    cost its lettering.
    """
    try:
        charts = read()
    except UnreadableChartError as error:
        logger.info("a picture of a chart is not read as values: %s", error)
        return [replace(figure, remark=refusal(error))]
    except Exception:
        logger.exception("a picture of a chart is not read as values")
        return [figure]
    found = [
        replace(
            figure, kind=shared_form(map(form_of, charts)) or figure.kind, remark=doubts(charts)
        )
    ]
    for chart in charts:
        cells = [[" ".join(cell.split()).replace("|", "¦") for cell in row] for row in chart.grid]
        table = "\n".join(map(CELL_SEPARATOR.join, cells))
        found.append(replace(_element("chart", table, figure, box), kind=form_of(chart)))
        found.append(_element("caption", note(chart), figure, box))
    return found


def _element(role: Role, text: str, figure: Element, box: BBox | None) -> Element:
    """Return an element at the place of a figure, with its confidence, a provenance a line."""
    where = figure.provenances[0] if figure.provenances else Provenance()
    places = []
    start = 0
    for line in text.split("\n"):
        span = (start, start + len(line))
        places.append(structs.replace(where, bbox=box, span=span))
        start = span[1] + 1
    return Element(role=role, text=text, provenances=tuple(places), confidence=figure.confidence)
