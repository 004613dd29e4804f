"""One PDF page taken apart: figures, tables and paragraphs in reading order. Pure.

Knows what stands where, not what it is for: roles that need the whole document (headings,
running heads, captions) are given by roles.py. Footnotes stand at the foot of a column, and are
read after all columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from ingest.layout import layout
from ingest.layout.layout import Line
from ingest.layout.paragraphs import paragraphs
from ingest.layout.rotation import Turn
from ingest.parsers.pdf.drawn.drawings import Drawings, Paths
from ingest.parsers.pdf.drawn.figures import Areas, PdfFigure, find_figures
from ingest.parsers.pdf.letters.geometry import Frame, Rect, area, intersection, share_inside
from ingest.parsers.pdf.letters.words import Letters, Piece
from ingest.parsers.pdf.tables.cells import PdfTable
from ingest.parsers.pdf.tables.grids import find_grids
from ingest.parsers.pdf.tables.tables import find_ruled, find_tables
from rag.datamodel import Element

_STAND_IN: Final = "a figure or a table stands here"
"""Text of the line that keeps a figure's or table's place while the page is ordered."""

_SCRAPS: Final = 250
"""A page with fewer letters that is mostly one picture is read from its picture."""

_VOWEL: Final = re.compile(r"[aeiouyäöüáàâãåéèêëíìîïóòôõøúùûæœ]", re.IGNORECASE)
_LATIN: Final = re.compile(r"[a-zA-Z\u00c0-\u024f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    """What was read of one page. `number` counts from 1."""

    number: int
    frame: Frame
    pieces: tuple[Piece, ...]
    drawings: Drawings
    letters: Letters
    comments: tuple[Element, ...] = ()
    paths: Paths = field(default_factory=Paths)
    areas: Areas | None = None
    turn: Turn = 0
    """How far the page was turned to the left, in degrees, so that its text is upright."""

    @property
    def rect(self) -> Rect:
        return (0.0, 0.0, self.frame.width_pt, self.frame.height_pt)


Placed = PdfFigure | PdfTable
Item = Placed | tuple[Line, ...]
"""A figure, a table, or the lines of a paragraph."""


def wants_ocr(page: RawPage) -> bool:
    """Whether the page is better read from its picture: no letters, noise, or scraps."""
    drawn = page.drawings
    if page.letters.count == 0:
        return bool(drawn.pictures or drawn.shapes)
    if is_noise(page.letters):
        return True
    covered = sum(map(area, drawn.pictures))
    return page.letters.count < _SCRAPS and covered > 0.55 * area(page.rect)


def turn_of(pieces: Sequence[Piece]) -> Turn:
    """Return how far most of the text is turned to the right: 0, 90, 180 or 270 degrees."""
    letters: Counter[int] = Counter()
    for piece in pieces:
        letters[piece.angle] += len(piece.text)
    turns: tuple[Turn, ...] = (90, 180, 270)
    return next((turn for turn in turns if 2 * letters[turn] > letters.total()), 0)


def is_noise(letters: Letters) -> bool:
    """Whether a text layer says something else than the page shows.

    Signs: letters that the font does not map to any character, and Latin letters among which
    vowels are far rarer, or far more frequent, than in any language.
    """
    if letters.unmapped > 0.1 * letters.count and letters.unmapped > 5:
        return True
    latin = len(_LATIN.findall(letters.text))
    if latin < 150:
        return False
    vowels = len(_VOWEL.findall(letters.text))
    return not 0.18 * latin < vowels < 0.68 * latin


def items_of(
    page: RawPage, *, running: Sequence[Piece], is_ornament: Callable[[Rect], bool]
) -> list[Item]:
    """Return what stands on the page in reading order.

    `running` are its running heads: left out, unless a table repeats its header there.
    `is_ornament` says which pictures to leave out.
    """
    drawn = page.drawings
    tables = find_grids(drawn, page.pieces, closed=True)
    left = [piece for piece in _without(page.pieces, tables) if piece not in running]
    figures = [
        figure
        for figure in find_figures(
            drawn, left, page=page.rect, ignored=is_ornament, paths=page.paths, areas=page.areas
        )
        if not any(share_inside(figure.rect, table.rect) > 0.6 for table in tables)
    ]
    left = _without(left, figures)
    ruled = find_ruled(drawn, left, width_pt=page.frame.width_pt)
    tables += _fullest(find_grids(drawn, left, closed=False), ruled)
    left = _without(left, tables)
    upright = [piece for piece in left if piece.angle == 0]  # turned: stamps in the margin
    left = upright if 2 * len(upright) >= len(left) else left
    return _ordered(page, left, [*figures, *tables])


def _fullest(grids: Sequence[PdfTable], ruled: Sequence[PdfTable]) -> list[PdfTable]:
    """Return the tables; where two readings claim the same words, that which holds more."""
    kept: list[PdfTable] = []
    for table in sorted([*grids, *ruled], key=lambda t: (-len(t.pieces), len(t.rows))):
        if not any(intersection(table.rect, other.rect) > 4 for other in kept):
            kept.append(table)
    return kept


def _without(pieces: Sequence[Piece], taken: Sequence[Placed]) -> list[Piece]:
    gone = {piece for thing in taken for piece in thing.pieces}
    return [piece for piece in pieces if piece not in gone]


def _ordered(page: RawPage, pieces: Sequence[Piece], placed: Sequence[Placed]) -> list[Item]:
    lines, stands_for = _lines(pieces, placed, page.frame)
    for column in layout.columns(lines):
        inside = [stands_for[id(line)] for line in column]
        column_pieces = [piece for piece in inside if isinstance(piece, Piece)]
        placed = [*placed, *find_tables(column_pieces, page.drawings.horizontal)]
    lines, stands_for = _lines(_without(pieces, placed), placed, page.frame)
    items: list[Item] = []
    run: list[Line] = []
    for line in footnotes_last(layout.columns(lines)):
        thing = stands_for[id(line)]
        if isinstance(thing, Piece):
            run.append(line)
        else:
            items += [*paragraphs(run), thing]
            run = []
    return [*items, *paragraphs(run)]


def _lines(
    pieces: Sequence[Piece], placed: Sequence[Placed], frame: Frame
) -> tuple[list[Line], dict[int, Piece | Placed]]:
    """Return a line for each thing, and what each line stands for by the line's identity."""
    lines = []
    stands_for: dict[int, Piece | Placed] = {}
    for thing in (*pieces, *placed):
        line = line_of(thing, frame)
        if line is not None and line.text:
            lines.append(line)
            stands_for[id(line)] = thing
    return lines, stands_for


def line_of(thing: Piece | Placed, frame: Frame) -> Line | None:
    """Return a piece of the page as a line, or what keeps a thing's place; None off the page."""
    bbox = frame.fractions(thing.rect)
    if bbox is None:
        return None
    if isinstance(thing, Piece):
        return Line(text=thing.text, bbox=bbox, size_pt=thing.size_pt, bold=thing.bold)
    return Line(text=_STAND_IN, bbox=bbox)


_MARK: Final = re.compile(r"(?:\d{1,3}|[*\u2217†‡§¶]{1,3})[.)]?\s?[^\W\d_]")
_SMALLER: Final = 0.93
"""Footnotes are set smaller than this part of the text's size."""


def footnotes_last(columns: Sequence[Sequence[Line]]) -> list[Line]:
    """Return the lines column by column, and the footnotes of all of them at the end."""
    size_pt = _usual_size_pt(columns)
    words: list[Line] = []
    notes: list[Line] = []
    for column in columns:
        start = _first_note(column, size_pt)
        if start < len(column) and _is_at_foot(column[start], columns):
            words += column[:start]
            notes += column[start:]
        else:
            words += column
    return words + notes


def _usual_size_pt(columns: Sequence[Sequence[Line]]) -> float:
    letters: Counter[float] = Counter()
    for line in chain(*columns):
        letters[line.size_pt] += len(line.text)
    return letters.most_common(1)[0][0] if letters else 0.0


def _first_note(column: Sequence[Line], size_pt: float) -> int:
    """Return where the small lines at the end begin that follow a note's mark; else the end."""
    first = at = len(column)
    while at and 0 < column[at - 1].size_pt < _SMALLER * size_pt:
        at -= 1
        first = at if _MARK.match(column[at].text) else first
    return first


def _is_at_foot(note: Line, columns: Sequence[Sequence[Line]]) -> bool:
    return not any(
        line.bbox.y0 >= note.bbox.y1
        and line.size_pt > note.size_pt
        and min(line.bbox.x1, note.bbox.x1) > max(line.bbox.x0, note.bbox.x0)
        for line in chain(*columns)
    )
