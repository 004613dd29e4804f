"""What is said about an attachment, sentence by sentence, each with the lettering that it tells.

Pure: makes answers of lines; knows no chart, no receipt and no store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.answer.base.citations import without_marks
from rag.attachments.pieces import LetteringPiece
from rag.datamodel import Answer, Chunk, Citation, Context, Figure, Hit, Provenance
from rag.text import MARK


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLine:
    """A sentence or row of an answer, and the pieces of `chunk` that it is told from.

    A line of no pieces stands on nothing: a remark of ours.
    """

    text: str
    pieces: tuple[LetteringPiece, ...] = ()
    chunk: Chunk | None = None


def line(text: str, pieces: Iterable[LetteringPiece] = ()) -> ToldLine:
    """Return a line in which document words can't be taken for marks."""
    return ToldLine(text=without_marks(text), pieces=tuple(pieces))


def placed(lines: Iterable[ToldLine], chunks: Sequence[Chunk]) -> list[ToldLine]:
    """Return the lines, each with the chunk that holds most of its pieces."""
    return [replace(each, chunk=_holding(each, chunks)) if each.pieces else each for each in lines]


def _holding(told: ToldLine, chunks: Sequence[Chunk]) -> Chunk | None:
    wanted = {(piece.place.page, piece.bbox) for piece in told.pieces}
    return max(
        chunks,
        key=lambda chunk: sum((p.page, p.bbox) in wanted for p in chunk.provenances),
        default=None,
    )


def answer_of(answer: Answer, lines: Sequence[ToldLine]) -> Answer:
    """Return `answer` with the lines as its text, a mark after each that stands on something.

    Rows of one table share a mark, after the last of them.
    """
    chunks = list(dict.fromkeys(each.chunk for each in lines if each.chunk is not None))
    hits = tuple(
        Hit(chunk=chunk, score=1.0, rank=n, channel="reranked")
        for n, chunk in enumerate(chunks, start=1)
    )
    text, citations = "", []
    for each, gap in zip(lines, _gaps(lines), strict=True):
        text += gap + each.text
        if each.chunk is None:
            continue
        number = chunks.index(each.chunk) + 1
        mark = f" [{number}]"
        citations.append(_citation(each, number, len(text) + 1, len(text) + len(mark)))
        text += mark
    context = Context(hits=hits)
    return replace(
        answer, text=text, context=context, citations=tuple(citations), answered=True, closest=False
    )


def _gaps(lines: Sequence[ToldLine]) -> Iterator[str]:
    """Yield what stands before each line: rows follow each other, sentences stand apart."""
    for n, each in enumerate(lines):
        both = n and " | " in each.text and " | " in lines[n - 1].text
        yield "" if not n else "\n" if both else "\n\n"


def _citation(told: ToldLine, number: int, start: int, end: int) -> Citation:
    if told.chunk is None:
        raise ValueError("a line without a chunk cites nothing")
    return Citation(
        number=number,
        chunk=told.chunk,
        span=(start, end),
        provenances=_lit(told.pieces),
        quote=" ".join(piece.text for piece in told.pieces),
    )


def _lit(pieces: Sequence[LetteringPiece]) -> tuple[Provenance, ...]:
    page = pieces[0].place.page if pieces else None
    return tuple(
        Provenance(page=page, bbox=piece.bbox) for piece in pieces if piece.place.page == page
    )


def joined(first: Answer, second: Answer, *, between: str) -> Answer:
    """Return both as one answer: the second's marks are counted on, after the line `between`."""
    offset = len(first.context.hits)
    renumbered, shifts = _renumbered(second.text, offset)
    start = len(first.text) + len(between) + 4
    moved = tuple(
        replace(
            c,
            number=c.number + offset,
            span=(c.span[0] + start + shifts(c.span[0]), c.span[1] + start + shifts(c.span[1])),
        )
        for c in second.citations
    )
    figures = tuple(_moved(figure, len(first.citations)) for figure in second.figures)
    hits = tuple(replace(hit, rank=hit.rank + offset) for hit in second.context.hits)
    return replace(
        first,
        text=f"{first.text}\n\n{between}\n\n{renumbered}",
        citations=(*first.citations, *moved),
        figures=(*first.figures, *figures),
        context=replace(first.context, hits=(*first.context.hits, *hits)),
        hits=(*first.hits, *second.hits),
        notes=tuple(dict.fromkeys((*first.notes, *second.notes))),
        confidence=max(first.confidence, second.confidence),
    )


def _moved(figure: Figure, offset: int) -> Figure:
    return replace(figure, citation=figure.citation + offset)


class _Shifts:
    """How far each place of a text moves where its numbers grow longer."""

    def __init__(self) -> None:
        self.at: list[tuple[int, int]] = []

    def __call__(self, place: int) -> int:
        return sum(longer for end, longer in self.at if end <= place)


def _renumbered(text: str, offset: int) -> tuple[str, _Shifts]:
    shifts = _Shifts()

    def counted(mark: re.Match[str]) -> str:
        numbers = (int(number) + offset for number in mark[1].split(","))
        grown = f"[{', '.join(map(str, numbers))}]"
        shifts.at.append((mark.end(), len(grown) - len(mark.group())))
        return grown

    return MARK.sub(counted, text), shifts
