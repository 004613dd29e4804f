"""Pieces: the smallest parts of an element that a chunk keeps together, with their places."""

from __future__ import annotations

import itertools
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from msgspec import structs

from rag.datamodel import CELL_SEPARATOR, Element, Provenance, places_within
from rag.text import sentence_spans, word_spans


@dataclass(frozen=True, slots=True, kw_only=True)
class TextPiece:
    """Some text of one element. Each provenance's `span` is a range of this text."""

    text: str
    provenances: tuple[Provenance, ...] = ()
    is_heading: bool = False
    is_row: bool = False

    @property
    def page(self) -> int | None:
        return self.provenances[0].page if self.provenances else None


def element_pieces(element: Element | None) -> list[TextPiece]:
    """Return a text element whole, or lettering line by line; nothing for an empty one, or none."""
    if element is None or not element.text.strip():
        return []
    heading = element.role in ("title", "heading")
    whole = TextPiece(text=element.text, provenances=element.provenances, is_heading=heading)
    if element.role in ("figure", "list", "code"):
        return _lines(whole)
    return [whole]


def table_rows(table: Element) -> list[TextPiece]:
    """Return the rows of a table, header first; at least one."""
    whole = TextPiece(text=table.text, provenances=table.provenances, is_row=True)
    return _lines(whole) or [whole]


def divided(piece: TextPiece, *, fits: Callable[[TextPiece], bool]) -> Iterator[TextPiece]:
    """Yield a piece, or its parts where it is too long: sentences or cells, else words.

    Every word of the piece is in exactly one part; a single word that does not fit is divided
    between letters.
    """
    if fits(piece) or len(piece.text) <= 1:
        yield piece
        return
    spans = (
        _spans_between(piece.text, CELL_SEPARATOR) if piece.is_row else sentence_spans(piece.text)
    )
    if len(spans) <= 1:
        spans = _word_runs(piece.text)
    if len(spans) <= 1:
        middle = len(piece.text) // 2
        spans = [(0, middle), (middle, len(piece.text))]
    for part in _merge(piece, spans, fits=fits):
        yield from divided(part, fits=fits)


def join_pieces(pieces: Sequence[TextPiece]) -> tuple[str, tuple[Provenance, ...]]:
    """Join pieces by line breaks; the spans move with their text."""
    provenances: list[Provenance] = []
    offset = 0
    for piece in pieces:
        for one in piece.provenances:
            moved = one.span and (one.span[0] + offset, one.span[1] + offset)
            provenances.append(structs.replace(one, span=moved))
        offset += len(piece.text) + 1
    return "\n".join(piece.text for piece in pieces), tuple(provenances)


def _merge(
    piece: TextPiece, spans: Sequence[tuple[int, int]], *, fits: Callable[[TextPiece], bool]
) -> Iterator[TextPiece]:
    """Yield the longest runs of consecutive spans that fit; a lone span may not."""
    first = 0
    while first < len(spans):

        def run_to(last: int, start: int = spans[first][0]) -> TextPiece:
            return cut(piece, start, spans[last][1])

        last = _furthest(first, len(spans) - 1, lambda end: fits(run_to(end)))
        yield run_to(last)
        first = last + 1


def _furthest(first: int, end: int, fits: Callable[[int], bool]) -> int:
    """Return the last index up to `end` that fits, at least `first`, in few and short trials.

    Steps double while they fit, so that no trial is much longer than what fits in the end.
    """
    step = 1
    while first + step <= end and fits(first + step):
        step *= 2
    low = first + step // 2
    untried = range(low + 1, min(end + 1, first + step))
    return low + bisect(untried, 0, key=lambda at: not fits(at))


def cut(piece: TextPiece, start: int, end: int) -> TextPiece:
    """Return the part of a piece from `start` to `end`, with the places of just that part."""
    kept = places_within(piece.provenances, start, end)
    return replace(piece, text=piece.text[start:end], provenances=kept)


def _lines(piece: TextPiece) -> list[TextPiece]:
    spans = _spans_between(piece.text, "\n")
    return [cut(piece, start, end) for start, end in spans if piece.text[start:end].strip()]


def _spans_between(text: str, separator: str) -> list[tuple[int, int]]:
    """Return the ranges of what separators part, but of nothing."""
    parts = text.split(separator)
    ends = itertools.accumulate(len(part) + len(separator) for part in parts)
    spans = (
        (end - len(separator) - len(part), len(part)) for end, part in zip(ends, parts, strict=True)
    )
    return [(start, start + length) for start, length in spans if length]


def _word_runs(text: str) -> list[tuple[int, int]]:
    """Return ranges that each start at a word and hold all up to the next."""
    starts = [start for start, _ in word_spans(text)]
    if not starts:
        return []
    starts[0] = 0
    return list(zip(starts, [*starts[1:], len(text)], strict=True))
