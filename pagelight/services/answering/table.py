"""A table of documents and questions as rows for people and programs, each cell with its place.

Knows the asker and the index; knows nothing of terminals, browsers or files of tables.
"""

from __future__ import annotations

import glob
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from pagelight.services.answering.answer_json import box_json
from pagelight.services.answering.asking import NO_DAYS, Days
from pagelight.services.answering.places import Place
from pagelight.services.answering.protocols import AnyEngine
from rag.datamodel import BBox, Chunk, Filters, composed
from rag.errors import PagelightError
from rag.question_length import check_length
from rag.storage.documents.records import DocumentRecord
from rag.summarization.collection import DocumentAnswer, ListedDocument
from rag.understanding.question.question import understand

MAX_QUESTIONS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    """A cell and the place that it stands on; None where there is nothing to show."""

    cell: DocumentAnswer
    place: Place | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the public shape. An answer that is too unlikely is told as `likeliest` alone."""
        cell, place = self.cell, self.place
        return {
            "question": cell.question,
            "answered": cell.supported,
            "text": cell.text if cell.supported else "",
            "likeliest": cell.text,
            "confidence": round(cell.confidence, 3),
            "page": place.page if place else None,
            "bbox": box_json(BBox.around(place.boxes)) if place else None,
            "start_s": place.start_s if place else None,
            "quote": " ".join(place.quote.split()) if place else "",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    row: ListedDocument
    cells: tuple[TableCell, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "document": self.row.doc_id,
            "source": self.row.source,
            "cells": [cell.as_json() for cell in self.cells],
        }


def checked_questions(questions: Sequence[str]) -> tuple[str, ...]:
    """Return the questions, trimmed, each once.

    Raises PagelightError for none, too many, and one that is too long.
    """
    asked = tuple(dict.fromkeys(filter(None, (" ".join(q.split()) for q in questions))))
    if not asked:
        raise PagelightError("There is no question.", hint="Give one or more.")
    if len(asked) > MAX_QUESTIONS:
        raise PagelightError(
            f"{len(asked)} questions are too many for a table.",
            hint=f"Ask at most {MAX_QUESTIONS} at a time.",
        )
    for question in asked:
        check_length(question)
    return asked


def rows_in_scope(
    records: Sequence[DocumentRecord], scope: str, *, days: Days = NO_DAYS
) -> list[ListedDocument]:
    """Return the readable documents that `scope` (a glob, a folder or a part of a name) admits.

    Each stands under its first admitted source; sorted by it. An empty scope admits all. Raises
    PagelightError where there is none.
    """
    ready = [record for record in records if record.state == "ready"]
    pattern = pattern_of(scope, [source for record in ready for source in record.sources])
    only = Filters(source_glob=pattern, since=days.since, until=days.until)
    rows = [
        ListedDocument(doc_id=record.id, source=source)
        for record in ready
        for source in [_admitted(record, only)]
        if source is not None
    ]
    if not rows:
        limited = scope.strip() or days != NO_DAYS
        days_text = [f"{word} {day}" for word, day in asdict(days).items() if day]
        raise PagelightError(
            f"No document fits “{' '.join([scope.strip(), *days_text]).strip()}”."
            if limited
            else "There is no document yet.",
            hint='Give a part of a name or a pattern, like "reports/*.pdf".',
        )
    return sorted(rows, key=lambda row: row.source)


def _admitted(record: DocumentRecord, only: Filters) -> str | None:
    kind, day = record.media_type, record.day
    admitted = (s for s in record.sources if only.admit(source=s, media_type=kind, day=day))
    return next(admitted, None)


def pattern_of(scope: str, sources: Iterable[str]) -> str:
    """Return a scope as a glob: a name, or a part of one, stands for itself; "" stays.

    A name may hold the signs of globs; only what is no part of any source is read as one.
    """
    scope = composed(scope.strip())
    sources = set(map(composed, sources))
    if scope in sources:
        return glob.escape(scope)
    is_glob = any(sign in scope for sign in "*?[")
    if not scope or (is_glob and not any(scope in source for source in sources)):
        return scope
    return f"*{glob.escape(scope)}*"


def table_rows(
    engine: AnyEngine, questions: Sequence[str], rows: Sequence[ListedDocument]
) -> Iterator[TableRow]:
    """Yield each row once all of its cells are there. Models must be warm."""
    cells = engine.table().cells([understand(question) for question in questions], rows)
    for row in rows:
        of_row = [cell for _, cell in zip(questions, cells, strict=False)]
        chunks = {c.id: c for c in engine.index.chunks([cell.chunk_id for cell in of_row])}
        yield TableRow(
            row=row, cells=tuple(_placed(cell, chunks.get(cell.chunk_id)) for cell in of_row)
        )


def _placed(cell: DocumentAnswer, chunk: Chunk | None) -> TableCell:
    if chunk is None:
        return TableCell(cell=cell)
    citation = cell.citation(chunk)
    on_page = [p for p in citation.provenances if p.page == citation.page]
    place = Place(
        number=1,
        chunk=chunk,
        page=citation.page,
        boxes=tuple(dict.fromkeys(p.bbox for p in on_page if p.bbox is not None)),
        quote=citation.quote,
        question=cell.question,
        start_s=on_page[0].start_s if on_page else None,
    )
    return TableCell(cell=cell, place=place)
