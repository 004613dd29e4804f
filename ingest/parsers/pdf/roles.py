"""What the parts of a PDF are for: titles, headings, lists, captions; tables over pages. Pure.

A table's part on the next page stays there, so that what is found there is shown there; what it
repeats of the page before (the header, the label of a row that the page's end divides) has no place
of its own.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest
from typing import Final

from msgspec import structs

from ingest.charts.table import Chart, UnreadableChartError, doubts, form_of, refusal, shared_form
from ingest.layout.layout import Line
from ingest.layout.paragraphs import join_lines, starts_list_item
from ingest.parsers.base.elements import text_element
from ingest.parsers.pdf.charts import chart_elements, charts_of
from ingest.parsers.pdf.document_stats import DocumentStats, half_points
from ingest.parsers.pdf.drawn.figures import CAPTION, PdfFigure, divided_title
from ingest.parsers.pdf.letters.words import Piece
from ingest.parsers.pdf.pages import Item, RawPage, line_of
from ingest.parsers.pdf.tables.cells import PdfTable, is_number, is_year, rows_of
from rag.datamodel import CELL_SEPARATOR, Element, Provenance, Role

logger = logging.getLogger(__name__)

_NUMBERED: Final = re.compile(r"(?:(\d{1,2}(?:\.\d{1,2}){0,3})\.?|[A-Z](?:\.\d{1,2}){0,2}\.?)\s+\S")
_NAMED: Final = re.compile(
    r"(?:item|part|note|section|chapter|article|appendix|kapitel|chapitre)\s+\w{1,4}\b",
    re.IGNORECASE,
)
_MIN_LETTERS: Final = 3
_CAPTION_REACH: Final = 0.08
"""How far above or below its figure a caption may stand, in fractions of the page."""


def elements_of(items: Sequence[Item], page: RawPage, stats: DocumentStats) -> list[Element]:
    """Return the page's elements; each caption directly follows its figure or table."""
    made: list[Element] = []
    sizes: dict[int, float] = {}
    charts: dict[int, list[Chart]] = {}
    for item, following in zip_longest(items, items[1:]):
        if isinstance(item, PdfTable):
            made += _table(item, page)
        elif isinstance(item, PdfFigure):
            if figure := _figure(item, page):
                charts[len(made)], remark = _charts(item, page)
                made += [replace(figure[0], remark=remark), *figure[1:]]
        elif paragraph := _paragraph(item, following, page, stats):
            sizes[len(made)] = item[0].size_pt
            made.append(paragraph)
    headings = [n for n in sizes if made[n].role == "heading"]
    if page.number == 1 and headings:  # the biggest is the title
        n = max(headings, key=lambda n: (half_points(sizes[n]), -n))
        made[n] = replace(made[n], role="title", level=None)
    return _arranged(made, charts)


def _charts(figure: PdfFigure, page: RawPage) -> tuple[list[Chart], str]:
    try:
        charts = charts_of(figure, page)
    except UnreadableChartError as error:
        logger.info("page %d: a chart is not read as values: %s", page.number, error)
        return [], refusal(error)
    except Exception:  # an odd drawing must not cost the page
        logger.exception("page %d: a chart is not read as values", page.number)
        return [], ""
    return charts, doubts(charts)


def title_of(elements: Sequence[Element], *, claimed: str) -> str:
    """Return the document's title: the claimed one if its words stand on the first pages."""
    opening = " ".join(e.text for e in elements if (e.page or 1) <= 2).lower()
    words = re.findall(r"\w{3,}", claimed.lower())
    stands = 2 * sum(word in opening for word in words) >= len(words)
    if claimed and (stands or len(opening) < 100):
        return claimed
    return next((e.text for e in elements if e.role == "title"), "")


def _table(table: PdfTable, page: RawPage) -> list[Element]:
    element = table.element(page=page.number, frame=page.frame)
    if element is None or not table.title.lines:
        return [element] if element else []
    box = page.frame.fractions(table.title.rect)
    return [element, *text_element(table.title.text, "caption", page=page.number, bbox=box)]


def _figure(figure: PdfFigure, page: RawPage) -> list[Element]:
    """Return a figure whose picture is yet to be made, and the title that stands in its box."""
    box = page.frame.fractions(figure.rect)
    if box is None:
        return []
    title, labels = divided_title(figure)
    text = "" if figure.unread else _joined(labels, page)[0]
    span = (0, len(text)) if text else None
    element = Element(
        role="figure",
        text=text,
        provenances=(Provenance(page=page.number, bbox=box, span=span),),
        pending=True,
    )
    caption, caption_places = _joined(title, page)
    if not caption:
        return [element]
    return [element, Element(role="caption", text=caption, provenances=caption_places)]


def _joined(pieces: Sequence[Piece], page: RawPage) -> tuple[str, tuple[Provenance, ...]]:
    lines = [line_of(piece, page.frame) for row in rows_of(pieces) for piece in row]
    return join_lines([line for line in lines if line], page=page.number)


def _paragraph(
    lines: Sequence[Line], following: Item | None, page: RawPage, stats: DocumentStats
) -> Element | None:
    text, provenances = join_lines(lines, page=page.number, vocabulary=stats.words)
    if not text:
        return None
    role: Role = "list" if starts_list_item(text) else "paragraph"
    level = None
    if CAPTION.match(text):
        role = "caption"
    elif (level := _heading_level(lines, text, following, stats)) is not None:
        role = "heading"
    return Element(role=role, text=text, provenances=provenances, level=level)


def _heading_level(
    lines: Sequence[Line], text: str, following: Item | None, stats: DocumentStats
) -> int | None:
    """Return the depth of a heading, from 1; None for what is none."""
    is_long = len(text) > 160 or len(lines) > 4
    if is_long or sum(map(str.isalpha, text)) < _MIN_LETTERS:
        return None
    depth = stats.outline.get(normalised(text))
    if depth is not None:
        return depth
    size, body = lines[0].size_pt, stats.body_pt
    stands_out = lines[0].bold and not stats.is_bold and size > 0.85 * body
    if size < 1.15 * body and not stands_out:
        return None
    closed = text[-1] in ",;-" or (text[-1] == "." and not _NAMED.match(text))
    if closed or _goes_on_below(lines, following) or text[0].islower():
        return None
    numbered = _NUMBERED.match(text)
    if numbered and numbered[1]:
        return min(6, numbered[1].count(".") + 1)
    return min(6, 1 + sum(s > half_points(size) for s in stats.sizes if s >= 1.15 * body))


def _goes_on_below(lines: Sequence[Line], following: Item | None) -> bool:
    if following is None or isinstance(following, PdfTable | PdfFigure):
        return False
    last, first = lines[-1], following[0]
    gap = first.bbox.y0 - last.bbox.y1
    return 0 > -last.height < gap < 0.5 * last.height and first.text[:1].islower()


def normalised(text: str) -> str:
    """Return a heading's letters and digits, for comparing it with the outline's entries."""
    return re.sub(r"[\W_]+", "", text).lower()


def _arranged(elements: Sequence[Element], charts: Mapping[int, Sequence[Chart]]) -> list[Element]:
    """Move each caption to its figure or table, and the tables of charts after it.

    A caption of nothing becomes a paragraph. `charts` are by the numbers of their figures.
    """
    caption_of = _matched(elements)
    ordered: list[Element] = []
    for n, element in enumerate(elements):
        if n in caption_of.values():
            continue
        role: Role = "paragraph" if element.role == "caption" else element.role
        read = charts.get(n, ())
        kind = shared_form(map(form_of, read)) or element.kind
        captions = [elements[caption_of[n]]] if n in caption_of else []
        ordered += [replace(element, role=role, kind=kind), *captions]
        for chart in read:
            ordered += chart_elements(chart, element, captions[0].text if captions else "")
    return ordered


def _matched(elements: Sequence[Element]) -> dict[int, int]:
    """Return for figures and tables their captions; those with the least choice choose first."""
    captions = [n for n, element in enumerate(elements) if element.role == "caption"]
    choices = {n: _owners(n, elements) for n in captions}
    caption_of: dict[int, int] = {}
    for n in sorted(captions, key=lambda n: (len(choices[n]), min(choices[n], default=(1.0, 0)))):
        free = [owner for owner in sorted(choices[n]) if owner[1] not in caption_of]
        if free:
            caption_of[free[0][1]] = n
    return caption_of


def _owners(number: int, elements: Sequence[Element]) -> list[tuple[float, int]]:
    """Return (how far, number) of the figures or tables that a caption may belong to.

    Those of the kind that the caption names, if there are any near: others are misread.
    """
    caption = elements[number]
    kind = "table" if caption.text.lower().startswith("tab") else "figure"
    near = [
        (gap, n, element.role == kind)
        for n, element in enumerate(elements)
        if element.role in {"figure", "table"} and (gap := _gap(caption, element)) < _CAPTION_REACH
    ]
    own = [(gap, n) for gap, n, same in near if same]
    return own or [(gap, n) for gap, n, _ in near if gap < _CAPTION_REACH / 2]


def _gap(caption: Element, element: Element) -> float:
    """Return how far above or below one another two elements are; 1 if they are side by side."""
    one, other = caption.bbox, element.bbox
    if one is None or other is None or min(one.x1, other.x1) <= max(one.x0, other.x0):
        return 1.0
    return max(other.y0 - one.y1, one.y0 - other.y1, 0.0)


_LOW: Final = 0.6
"""A table that goes on ends below this part of its page's height."""

_HIGH: Final = 0.3
"""... and begins above this part of the next page's."""

_CONTINUED: Final = re.compile(r"\bcont(?:inued|'d|’d|\.)|\bfortsetzung\b|\bsuite\b", re.IGNORECASE)
_SHORT_LETTERS: Final = 40
_MIN_COLUMNS: Final = 3
"""Of two columns (contents, an index, a list of names) the first row is seldom a header."""

_ALIGNED: Final = 0.02
"""Columns of both parts begin or end at the same places, in fractions of the page's width."""


def _rows(table: Element) -> list[list[str]]:
    return [line.split(CELL_SEPARATOR) for line in table.text.split("\n")]


def _amounts(row: Sequence[str]) -> int:
    return sum(is_number(cell) and not is_year(cell) for cell in row[1:])


def _columns(table: Element) -> dict[int, tuple[float, float]]:
    """Return where a table's columns stand, left and right, by number."""
    columns: dict[int, tuple[float, float]] = {}
    for place in table.provenances:
        if place.span and place.bbox:
            n = table.text[: place.span[0]].rpartition("\n")[2].count(CELL_SEPARATOR)
            left, right = columns.get(n, (place.bbox.x0, place.bbox.x1))
            columns[n] = (min(left, place.bbox.x0), max(right, place.bbox.x1))
    return columns


def with_headers(elements: Sequence[Element]) -> list[Element]:
    """Return the elements; tables that go on from the page before with that page's header."""
    done: list[Element] = []
    above: Element | None = None
    for element in elements:
        if above is not None and _follows(above, element):
            done.append(_continued(above, element))
        else:
            done.append(element)
        if element.role == "table":
            above = done[-1]
        elif element.role != "caption" and not _CONTINUED.search(element.text[-_SHORT_LETTERS:]):
            above = None
    return done


def _follows(above: Element, below: Element) -> bool:
    if below.role != "table" or None in {above.page, below.page}:
        return False
    ends = [p.bbox.y1 for p in above.provenances if p.bbox is not None]
    begins = [p.bbox.y0 for p in below.provenances if p.bbox is not None]
    next_page = (above.page or 0) + 1 == below.page
    return next_page and max(ends, default=0) > _LOW and min(begins, default=1) < _HIGH


def _continued(above: Element, below: Element) -> Element:
    """Return a table with the header of the one above, and a divided row's label: without place."""
    former, part = _rows(above), _rows(below)
    header, first = former[0], part[0]
    bodies = [_amounts(row) for row in former[1:]]
    has_header = _amounts(first) == 0 and 2 * sum(map(bool, bodies)) > len(bodies)
    is_same = [*map(normalised, header)] == [*map(normalised, first)]
    width = max(map(len, former))
    aligned = width == max(map(len, part)) and width >= _MIN_COLUMNS and _are_aligned(above, below)
    if _amounts(header) or is_same or has_header or not aligned:
        return below
    goes_on = not first[0] and any(cell[:1].islower() for cell in first[1:])
    words = CELL_SEPARATOR.join(header) + "\n" + (former[-1][0] if goes_on else "")
    moved = tuple(
        structs.replace(p, span=(p.span[0] + len(words), p.span[1] + len(words))) if p.span else p
        for p in below.provenances
    )
    return replace(below, text=words + below.text, provenances=moved)


def _are_aligned(above: Element, below: Element) -> bool:
    """Whether most columns of both begin, or end, at the same places."""
    former, part = _columns(above), _columns(below)
    shared = former.keys() & part.keys()
    pairs = [zip(former[n], part[n], strict=True) for n in shared]
    aligned = sum(min(abs(one - other) for one, other in pair) < _ALIGNED for pair in pairs)
    return aligned >= max(2, len(shared) - 1)
