"""Figures of a PDF page that are charts, read as tables. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from math import hypot
from typing import Final

from ingest.charts.ink import Ink, Label
from ingest.charts.read import read_charts
from ingest.charts.table import Chart, form_of, note
from ingest.layout.layout import grouped
from ingest.parsers.base.elements import table_element, text_element
from ingest.parsers.pdf.drawn.figures import PdfFigure
from ingest.parsers.pdf.letters.geometry import Rect, around, grown, vertical_overlap
from ingest.parsers.pdf.letters.words import Piece, Word
from ingest.parsers.pdf.pages import RawPage
from rag.datamodel import Element

_LABEL_GAP_EM: Final = 0.5
"""Words of one label stand closer than this many of their sizes; ticks stand further apart."""

_SPACE_EM: Final = 0.2
_MARGIN_PT: Final = 6.0
_SIGNS: Final = frozenset("-\u2212\u2013")


def charts_of(figure: PdfFigure, page: RawPage) -> list[Chart]:
    """Return what a figure tells as charts; none where nothing is drawn in it, or no words stand.

    Raises UnreadableChartError where it looks like a chart but can't be read for sure.
    """
    if figure.unread or not figure.pieces:
        return []
    ink = ink_of(figure, page)
    if len(ink.strokes) + len(ink.fills) < 3:
        return []
    return read_charts(ink)


def ink_of(figure: PdfFigure, page: RawPage) -> Ink:
    """Return all that a figure shows, in points of the page."""
    rect = grown(figure.rect, _MARGIN_PT)
    return Ink(
        strokes=[s for s in page.paths.strokes if _is_in(s.box, rect)],
        fills=[f for f in page.paths.fills if _is_in(f.box, rect)],
        labels=list(labels_of(figure.pieces)),
    )


def _is_in(box: Rect, rect: Rect) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return rect[0] <= x <= rect[2] and rect[1] <= y <= rect[3]


def labels_of(pieces: Iterable[Piece]) -> Iterator[Label]:
    """Yield the labels that words of a chart make: they stand closer than those of a text."""
    words = [word for piece in pieces for word in piece.words]
    runs = grouped(words, lambda run, word: _goes_on(run[-1], word))
    signs = [run for run in runs if set(_text(run)) <= _SIGNS]
    for run in runs:
        if run in signs:
            continue
        box = around([word.rect for word in run])
        sign = "-" if any(_is_sign_of(sign, box) for sign in signs) else ""
        yield Label(text=sign + _text(run), box=box, angle=run[0].angle)


def _is_sign_of(sign: Sequence[Word], box: Rect) -> bool:
    """Whether a minus that is drawn apart stands right before a number, or reaches into it."""
    x0, y0, x1, y1 = around([word.rect for word in sign])
    return box[1] < (y0 + y1) / 2 < box[3] and x0 < box[0] - 1 and box[0] - x1 < 2 < x1 - x0 + 2


def _text(run: Sequence[Word]) -> str:
    """Return the words of a label; fonts whose cells are tight stand apart without a space."""
    text = run[0].text
    for last, word in pairwise(run):
        gap = _turned_gap(last, word) if word.angle else word.rect[0] - last.rect[2]
        text += f" {word.text}" if gap > _SPACE_EM * word.size_pt else word.text
    return text


def _slant_gap(last: Word, word: Word) -> float:
    rising = last.angle > 180
    end = (last.rect[2], last.rect[1] if rising else last.rect[3])
    begin = (word.rect[0], word.rect[3] if rising else word.rect[1])
    return hypot(begin[0] - end[0], begin[1] - end[1])


def _turned_gap(last: Word, word: Word) -> float:
    return max(last.rect[1], word.rect[1]) - min(last.rect[3], word.rect[3])


def _goes_on(last: Word, word: Word) -> bool:
    if last.angle != word.angle:
        return False
    size = max(last.size_pt, word.size_pt, 1.0)
    if word.angle:
        if word.angle % 180 == 90:
            across = min(last.rect[2], word.rect[2]) - max(last.rect[0], word.rect[0])
            return across > 0.5 * size and _turned_gap(last, word) < _LABEL_GAP_EM * size
        return _slant_gap(last, word) < 1.2 * size
    gap = word.rect[0] - last.rect[2]
    return -0.3 * size < gap < _LABEL_GAP_EM * size and vertical_overlap(last.rect, word.rect) > 0.4


def chart_elements(chart: Chart, figure: Element, caption: str) -> list[Element]:
    """Return a chart's table and what it was read from, at its figure's place."""
    table = table_element(chart.grid, page=figure.page, bbox=figure.bbox)
    words = text_element(note(chart, caption), "caption", page=figure.page, bbox=figure.bbox)
    return [*(replace(one, role="chart", kind=form_of(chart)) for one in table), *words]
