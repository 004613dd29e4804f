"""A chart whose values are not printed on it, as the table that was read off its picture. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.attachments.chart import ChartRow, LetteredChart
from rag.attachments.pieces import LetteringPiece
from rag.datamodel import CELL_SEPARATOR, FULL_PAGE, Document, Element, Provenance

_UNPRINTED = "values within"
"""Stands in what is told of a table whose values were measured."""


def with_read_values(chart: LetteredChart | None, document: Document) -> LetteredChart | None:
    """Return a chart with the values that were measured on its picture, where none are printed.

    What its lettering gave for rows are then the labels of its axes. Their error is told with them.
    """
    pairs = pairwise(document.elements)
    found = next((pair for pair in pairs if pair[0].role == "chart"), None)
    if found is None or _UNPRINTED not in found[1].text:
        return chart
    table, note = found
    header = table.text.partition("\n")[0].split(CELL_SEPARATOR)
    return LetteredChart(
        title=chart.title if chart else "",
        subtitle=" ".join(filter(None, (chart.subtitle if chart else "", f"({note.text}.)"))),
        names=tuple(header[1:]),
        rows=_rows(table),
        head=chart.head if chart else (),
    )


def _rows(table: Element) -> tuple[ChartRow, ...]:
    lines = table.text.split("\n")[1:]
    places = table.provenances[1:]
    cells = [line.split(CELL_SEPARATOR) for line in lines]
    return tuple(
        _row(label, values, line, place)
        for (label, *values), line, place in zip(cells, lines, places, strict=True)
    )


def _row(label: str, values: Sequence[str], line: str, place: Provenance) -> ChartRow:
    box = place.bbox or FULL_PAGE
    piece = LetteringPiece(text=line, bbox=box, level=(box.y0 + box.y1) / 2, place=place)
    return ChartRow(label=label, values=tuple(values), pieces=(piece,))
