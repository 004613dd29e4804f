"""Rows, cells and tables of a PDF page as values, and their text. Pure.

What finds tables (`grids` by crossing rules, `tables` by level ones or alignment) makes these.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeVar

from ingest.layout.layout import grouped
from ingest.layout.paragraphs import starts_list_item
from ingest.parsers.pdf.letters.geometry import Frame, Rect, around, vertical_overlap
from ingest.parsers.pdf.letters.words import Piece, Word, as_read
from rag.datamodel import CELL_SEPARATOR, Element, Provenance
from rag.text import RECENT_YEAR

_CELL_GAP_EM: Final = 0.85
"""Words further apart than this many of their sizes stand in different cells."""

_LEVEL: Final = 0.5
"""Boxes that share more of the lower one's height stand side by side."""

_OPEN_ROWS: Final = 2
"""Pieces of one row are not all equally high: the last rows may still get some."""

_NUMBER: Final = re.compile(
    r"[-\u2013\u2014\u2212+(<>~\u2248$€£¥\s]*+"
    r"(?:\d[\d.,:/\s]*(?:\s?[-\u2013]\s?\d[\d.,]*)?(?:\s?(?:%|[)*†‡]|x|bn?|m|k|pp|bps|pts?))*"
    r"|(?:(?<=[-\u2013\u2014\u2212])|(?<=[-\u2013\u2014\u2212]\s))[%)]*|n/?a|nm|nil|[✓✗✔✘×√•])",
    re.IGNORECASE,
)
_MEASURE: Final = re.compile(
    r"[-\u2013\u2212+±<>~\u2248$€£¥\s]*\d[\d.,\s]*(?:[-\u2013]\s?\d[\d.,]*)?\s?"
    r"(?:°\s?[CF]?|K|[mcdkµn]?m[²³23]?|(?:k?m|mi|ft)/h|[mk]?m/s|mph|kn|ft|in|mi|ha|ac|[hs]|min|ms|hrs?"
    r"|[kmµ]?g|t|lbs?|oz|[mc]?l|[kMG]?W(?:h|p)?|[mk]?V|m?Ah?|[kMG]?Hz|dB|[hk]?Pa|[kMGT]i?B|J|kJ|kcal"
    r"|px|dpi|%|‰|per\s?cent|percent|EUR|USD|GBP|CHF|euros?|dollars?|[mb]illion|trillion|mn|€|£|¥)?"
    r"(?:\s?\([^()]{1,30}\))?"
)
_YEAR: Final = re.compile(rf"(?:FY\s?)?{RECENT_YEAR}[AEF]?(?:\s?\([^()]{{1,30}}\))?")
_SIGN_BEFORE: Final = frozenset({"$", "€", "£", "¥", "(", "$(", "-", "\u2212", "C$", "US$", "Rs."})
_DASHES: Final = frozenset({"-", "\u2212"})
"""A minus is close to its number: one far from it says that a cell is empty."""

_CURRENCIES: Final = frozenset({"$", "€", "£", "¥"})
_SIGN_AFTER: Final = re.compile(r"[)%*†‡]+|\(\d\)|\(\w\)|%\)|pp|bps")
_NUMBER_ENDS: Final = frozenset("0123456789.)\u2013\u2014-")
_SECTION_NUMBER: Final = re.compile(r"\(?(?:\d+(?:\.\d+)*|[A-Za-z]|[ivx]+)[.)]?|[•◦▪–—*-]")


Thing = TypeVar("Thing", Piece, Word)


@dataclass(frozen=True, kw_only=True)
class PdfCell:
    """Words of one cell, line by line. A cell without lines is empty."""

    lines: tuple[tuple[Word, ...], ...]

    @cached_property
    def text(self) -> str:
        lines = (" ".join(word.text for word in as_read(line)) for line in self.lines)
        return re.sub(r"\s+", " ", " ".join(lines)).replace("|", "¦").strip()

    @cached_property
    def rect(self) -> Rect:
        return around([word.rect for line in self.lines for word in line])

    def plus(self, other: PdfCell) -> PdfCell:
        """Return both as one cell, `other` below."""
        return PdfCell(lines=self.lines + other.lines)


EMPTY: Final = PdfCell(lines=())


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfTable:
    """Rows of cells, header first, all rows of one length. `title` is what stands over them."""

    rect: Rect
    rows: tuple[tuple[PdfCell, ...], ...]
    pieces: tuple[Piece, ...]
    title: PdfCell = EMPTY

    def element(self, *, page: int, frame: Frame) -> Element | None:
        """Return the table as an element, one provenance a cell; None if it has no words."""
        text, provenances = "", []
        for row in self.rows:
            filled = max((n for n, cell in enumerate(row) if cell.lines), default=-1)
            if filled < 0:
                continue
            text += "\n" if text else ""
            for n, cell in enumerate(row[: filled + 1]):
                text += CELL_SEPARATOR if n else ""
                if cell.lines:
                    span = (len(text), len(text) + len(cell.text))
                    bbox = frame.fractions(cell.rect)
                    provenances.append(Provenance(page=page, bbox=bbox, span=span))
                    text += cell.text
        if not text:
            return None
        return Element(role="table", text=text, provenances=tuple(provenances))


def is_number(text: str) -> bool:
    """Whether a cell holds an amount, with its unit or without, a share, a dash for none."""
    if text.endswith(","):  # the day of a date that goes on below
        return False
    return (_NUMBER.fullmatch(text) or _MEASURE.fullmatch(text)) is not None


def is_year(text: str) -> bool:
    return _YEAR.fullmatch(text) is not None


def rows_of(things: Iterable[Thing]) -> list[tuple[Thing, ...]]:
    """Group what stands side by side, from the top; each row ordered from the left."""
    rows = grouped(
        _downwards(things),
        lambda row, thing: any(vertical_overlap(one.rect, thing.rect) > _LEVEL for one in row),
    )
    return [tuple(sorted(row, key=lambda p: p.rect[0])) for row in rows]


def rows_of_cells(pieces: Iterable[Piece]) -> list[tuple[Piece, ...]]:
    """Group the pieces of a table as `rows_of` does, but none with what it stands below.

    Where heads of one, two and three lines stand side by side, each is level with the next.
    """
    rows: list[list[Piece]] = []
    for piece in _downwards(pieces):
        n = _level_row(piece.rect, rows)
        if n is None:
            rows.append([piece])
        else:
            rows[n].append(piece)
    return [tuple(sorted(row, key=lambda p: p.rect[0])) for row in rows]


def _downwards(things: Iterable[Thing]) -> list[Thing]:
    return sorted(things, key=lambda p: (p.rect[1] + p.rect[3], p.rect[0]))


def _level_row(rect: Rect, rows: Sequence[Sequence[Piece]]) -> int | None:
    """Return which of the last rows a box is level with, by its number; None if with none."""
    best: tuple[float, int] | None = None
    for n in range(max(0, len(rows) - _OPEN_ROWS), len(rows)):
        level = [vertical_overlap(other.rect, rect) for other in rows[n]]
        fits = max(level) > _LEVEL and not any(
            share <= _LEVEL and _is_over(other.rect, rect)
            for other, share in zip(rows[n], level, strict=True)
        )
        best = max(best or (0.0, n), (max(level), n)) if fits else best
    return best[1] if best else None


def _is_over(one: Rect, other: Rect) -> bool:
    shared = min(one[2], other[2]) - max(one[0], other[0])
    return shared > 0.3 * min(one[2] - one[0], other[2] - other[0])


def cells_of(row: Sequence[Piece]) -> list[PdfCell]:
    """Divide a row at its wide gaps; signs are joined to their numbers, marks to their items."""
    return cells_in_line(
        sorted((word for piece in row for word in piece.words), key=lambda w: w.rect[0])
    )


def cells_in_line(words: Sequence[Word]) -> list[PdfCell]:
    """Divide words, ordered from the left, at their wide gaps."""
    runs = grouped(words, lambda run, word: _is_near(run[-1], word))
    return [PdfCell(lines=(tuple(run),)) for run in _join_marks(_join_signs(runs))]


def _is_near(last: Word, word: Word) -> bool:
    gap = word.rect[0] - last.rect[2]
    is_apart = gap > _CELL_GAP_EM * max(last.size_pt, word.size_pt, 4.0)
    return not is_apart and not (word.text in _CURRENCIES and is_number(last.text))


def _join_signs(runs: list[list[Word]]) -> list[list[Word]]:
    joined: list[list[Word]] = []
    before = False
    for run in runs:
        text = " ".join(word.text for word in run)
        gap = run[0].rect[0] - joined[-1][-1].rect[2] if joined else 0.0
        before = before and (joined[-1][-1].text not in _DASHES or gap < 1.6 * run[0].size_pt)
        near = bool(joined) and gap < 1.6 * run[0].size_pt
        if before or (near and _SIGN_AFTER.fullmatch(text)):
            joined[-1] += run
        else:
            joined.append(run)
        before = text in _SIGN_BEFORE
    return joined


def _join_marks(runs: list[list[Word]]) -> list[list[Word]]:
    """Join a bullet or a number of a list or section to the text that it stands before."""
    if len(runs) != 2:
        return runs
    mark, item = (" ".join(word.text for word in run) for run in runs)
    if _SECTION_NUMBER.fullmatch(mark) and not is_number(item):
        return [runs[0] + runs[1]]
    if starts_list_item(f"{mark} x") and len(mark) < 4:
        return [runs[0] + runs[1]]
    return runs


def compact(cell: PdfCell) -> PdfCell:
    """Return a cell without the space between a sign or bracket and its number."""
    text = cell.text
    if len(cell.lines) != 1 or not any(sign in text for sign in ("$ ", "( ", " )", " %", "€ ")):
        return cell
    words = list(cell.lines[0])
    merged = [words[0]]
    for word in words[1:]:
        last = merged[-1]
        after = _SIGN_AFTER.fullmatch(word.text) and last.text[-1:] in _NUMBER_ENDS
        if last.text in _SIGN_BEFORE or after:
            text = last.text + word.text
            merged[-1] = last._replace(text=text, rect=around([last.rect, word.rect]))
        else:
            merged.append(word)
    return PdfCell(lines=(tuple(merged),))
