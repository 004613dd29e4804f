"""What the pages of a PDF have in common: the size of its text, what repeats at its pages' edges.

Learnt page by page, then used page by page. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ingest.parsers.pdf.letters.geometry import Rect
from ingest.parsers.pdf.letters.words import Piece
from ingest.parsers.pdf.pages import RawPage
from ingest.parsers.pdf.tables.cells import rows_of

_MARGIN: Final = 0.1
"""Heads and feet stand in this part of the page's height, at its top and bottom."""

_MAX_LETTERS: Final = 120

_PAGE_NUMBER: Final = re.compile(
    r"(?:page|seite|p\.)?\s*+(?:[-\u2013|]\s*+)?(?:[A-Z]-)?(\d{1,4}|[ivxlc]{1,7})"
    r"(?:\s*+[-\u2013|])?(?:\s*+(?:of|/|von|de)\s*+\d{1,4})?\s*+",
    re.IGNORECASE,
)
_EDGE_NUMBER: Final = re.compile(r"^\D{0,2}(\d{1,4})\b|\b(\d{1,4})\D{0,2}$")


@dataclass(slots=True, kw_only=True)
class DocumentStats:
    """What the pages seen so far have in common. `outline` maps titles to depths from 1."""

    outline: Mapping[str, int] = field(default_factory=dict)
    pages: int = 0
    sizes: Counter[float] = field(default_factory=Counter)
    bold_letters: int = 0
    edges: Counter[tuple[str, int]] = field(default_factory=Counter)
    numbers: Counter[tuple[int, int]] = field(default_factory=Counter)
    ahead: Counter[int] = field(default_factory=Counter)
    pictures: Counter[tuple[int, ...]] = field(default_factory=Counter)
    words: set[str] = field(default_factory=set)

    def learn(self, page: RawPage) -> None:
        self.pages += 1
        for piece in page.pieces:
            self.sizes[half_points(piece.size_pt)] += len(piece.text)
            self.bold_letters += len(piece.text) * piece.bold
            self.words.update(word.text.lower().strip(".,;:()") for word in piece.words[:-1])
        edges = [piece for piece in page.pieces if _is_at_edge(piece, page)]
        self.edges.update({_edge_key(piece, page) for piece in edges})
        self.numbers.update({key for piece in edges for key in _number_keys(piece, page)})
        last = sorted(page.pieces, key=lambda piece: piece.rect[3])[-2:]
        outer = [piece for piece in last if _PAGE_NUMBER.fullmatch(piece.text)]
        self.ahead.update({key[0] for piece in outer for key in _number_keys(piece, page)})
        marks = [*page.drawings.pictures, *_edge_rules(page)]
        self.pictures.update({_picture_key(rect) for rect in marks})

    @property
    def body_pt(self) -> float:
        return self.sizes.most_common(1)[0][0] if self.sizes else 10.0

    @property
    def is_bold(self) -> bool:
        return 2 * self.bold_letters > sum(self.sizes.values())

    def running(self, page: RawPage) -> list[Piece]:
        """Return the page's running heads and feet, and its number: what stands outermost."""
        rows = rows_of(page.pieces)
        heads: list[Piece] = []
        for inwards in (rows, rows[::-1]):
            for row in inwards[:4]:
                found = [piece for piece in row if self._is_running(piece, page)]
                is_edge = all(_is_at_edge(piece, page) for piece in row)
                if is_edge and any(_PAGE_NUMBER.fullmatch(piece.text) for piece in found):
                    found = list(row)
                heads += found
                if len(found) < len(row):
                    break
        return heads

    def _is_running(self, piece: Piece, page: RawPage) -> bool:
        is_number = _PAGE_NUMBER.fullmatch(piece.text) is not None
        if is_number and self._counts(piece, page):
            return True
        if not _is_at_edge(piece, page):
            return False
        often = max(2 if self.pages <= 4 else 3, round(0.1 * min(self.pages, 40)))
        if self.pages > 1 and self.edges[_edge_key(piece, page)] >= often:
            return True
        if is_number:
            return _is_outermost(piece, page)
        return any(self.numbers[key] >= max(3, often) for key in _number_keys(piece, page))

    def _counts(self, piece: Piece, page: RawPage) -> bool:
        """Whether a number at the page's end goes up with the pages, wherever it stands."""
        ahead = [self.ahead[key[0]] for key in _number_keys(piece, page)]
        return _is_outermost(piece, page) and max(ahead, default=0) >= max(3, 0.5 * self.pages)

    def is_ornament(self, rect: Rect) -> bool:
        """Whether a picture or rule stands at one place on many pages, as a logo does."""
        return self.pictures[_picture_key(rect)] >= max(3, round(0.25 * min(self.pages, 40)))


def _edge_rules(page: RawPage) -> list[Rect]:
    height = page.frame.height_pt
    return [
        rule
        for rule in page.drawings.horizontal
        if rule[2] - rule[0] > 100 and not 0.15 * height < rule[1] < 0.85 * height
    ]


def half_points(size_pt: float) -> float:
    return round(2 * size_pt) / 2


def _picture_key(rect: Rect) -> tuple[int, ...]:
    return tuple(round(value / 3) for value in rect)


def _is_at_edge(piece: Piece, page: RawPage) -> bool:
    height = page.frame.height_pt
    in_margin = piece.rect[3] < _MARGIN * height or piece.rect[1] > (1 - _MARGIN) * height
    return in_margin and len(piece.text) <= _MAX_LETTERS


def _place(piece: Piece, page: RawPage) -> int:
    return round(25 * piece.rect[1] / page.frame.height_pt)


def _edge_key(piece: Piece, page: RawPage) -> tuple[str, int]:
    return (re.sub(r"\d+", "#", piece.text.lower()), _place(piece, page))


def _number_keys(piece: Piece, page: RawPage) -> list[tuple[int, int]]:
    """Return how far numbers at the ends of a line are ahead of the page's own, and its place."""
    found = _EDGE_NUMBER.findall(piece.text)
    return [(int(one or other) - page.number, _place(piece, page)) for one, other in found]


def _is_outermost(piece: Piece, page: RawPage) -> bool:
    others = [other for other in page.pieces if other is not piece and len(other.text) > 3]
    above = sum(other.rect[3] < piece.rect[1] for other in others)
    below = sum(other.rect[1] > piece.rect[3] for other in others)
    return min(above, below) <= 1
