"""Pictures that are charts, as the tables that are read off them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from msgspec import structs

from ingest.charts.raster.chart_picture import charts_of_picture
from ingest.charts.raster.packed import smoothed
from ingest.charts.table import (
    SERIES_UNNAMED,
    Chart,
    LostWordsError,
    UnreadableChartError,
    UnscaledBarsError,
    UnscaledLinesError,
    doubts,
    form_of,
    note,
    refusal,
    shared_form,
    without_unnamed,
)
from ingest.layout.layout import Line
from ingest.ocr.closer import EDGES, QUARTERS, closer_lines
from rag.datamodel import CELL_SEPARATOR, Element, Provenance, Role
from rag.protocols import Ocr, Pixels

logger: Final = logging.getLogger(__name__)


def chart_elements(
    pixels: Pixels, lines: Sequence[Line], figure: Element, *, ocr: Ocr
) -> list[Element]:
    """Return a figure, and the table of each chart that it shows with its note, at its place.

    `pixels` and `lines` are upright. The figure alone where it is no chart, or one that can't be
    trusted.
    """
    return elements_read(lambda: charts_seen(pixels, lines, ocr), figure)


def charts_seen(pixels: Pixels, lines: Sequence[Line], ocr: Ocr) -> list[Chart]:
    """Return the charts of a picture, without series whose names are not known.

    Raises UnreadableChartError where it looks like a chart but can't be read for sure.
    """
    return [without_unnamed(chart) for chart in _charts(smoothed(pixels), lines, ocr)]


def _charts(pixels: Pixels, lines: Sequence[Line], ocr: Ocr) -> list[Chart]:
    """Return the charts of a picture; numbers and names that lack are looked for more closely."""
    try:
        charts = charts_of_picture(pixels, lines)
    except (UnscaledBarsError, UnscaledLinesError, LostWordsError) as error:
        parts = QUARTERS if isinstance(error, LostWordsError) else EDGES
        closer = closer_lines(pixels, lines, ocr, parts)
        if closer is None:
            raise
        return charts_of_picture(pixels, closer)
    return _named(charts, pixels, lines, ocr) if _unnamed(charts) else charts


def _named(charts: list[Chart], pixels: Pixels, lines: Sequence[Line], ocr: Ocr) -> list[Chart]:
    """Return charts with the names of their series, where a closer look finds them."""
    closer = closer_lines(pixels, lines, ocr, QUARTERS)
    if closer is None:
        return charts
    try:
        found = charts_of_picture(pixels, closer)
    except UnreadableChartError:
        return charts
    return found if len(found) == len(charts) and _unnamed(found) < _unnamed(charts) else charts


def _unnamed(charts: Sequence[Chart]) -> int:
    return sum(SERIES_UNNAMED in chart.warnings for chart in charts)


def elements_read(read: Callable[[], Sequence[Chart]], figure: Element) -> list[Element]:
    """Return a figure with its kind and its remark, and what is read of it as tables with notes.

    The figure alone where `read` raises: an odd picture must not cost its lettering.
    """
    try:
        charts = read()
    except UnreadableChartError as error:
        logger.info("a picture of a chart is not read as values: %s", error)
        return [replace(figure, remark=refusal(error))]
    except Exception:
        logger.exception("a picture of a chart is not read as values")
        return [figure]
    kind = shared_form(map(form_of, charts)) or figure.kind
    tables = [made for chart in charts for made in _elements(chart, figure)]
    return [replace(figure, kind=kind, remark=doubts(charts)), *tables]


def _elements(chart: Chart, figure: Element) -> list[Element]:
    rows = [CELL_SEPARATOR.join(map(_cell, row)) for row in chart.grid]
    table = _element("chart", "\n".join(rows), figure)
    return [replace(table, kind=form_of(chart)), _element("caption", note(chart), figure)]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "¦")


def _element(role: Role, text: str, figure: Element) -> Element:
    """Return an element at the place of a figure, with its confidence, a provenance a line."""
    where = figure.provenances[0] if figure.provenances else Provenance()
    places = []
    start = 0
    for line in text.split("\n"):
        span = (start, start + len(line))
        places.append(structs.replace(where, bbox=figure.bbox, span=span))
        start = span[1] + 1
    return Element(role=role, text=text, provenances=tuple(places), confidence=figure.confidence)
