"""What stands on the pages that a question names, where it tells of which document.

Knows questions and hits; knows no model and no store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from rag.answer.question.question import Question
from rag.datamodel import Hit
from rag.retrieval.fusion import renumber


def on_named_pages(asked: Question, hits: Sequence[Hit]) -> tuple[Question, list[Hit]]:
    """Return the question without the pages that it names, and the hits that stand on them.

    Both as they are where none is named, none found there, or of no one knows which document.
    """
    named = asked.pages
    if not named.pages:
        return asked, list(hits)
    document = _document(asked, hits)
    there = [
        hit
        for hit in hits
        if hit.chunk.doc_id == document
        and any(p.page in named.pages for p in hit.chunk.provenances)
    ]
    if not there:
        return asked, list(hits)
    return replace(asked.reworded(named.rest or asked.standalone), on_pages=True), renumber(there)


def _document(asked: Question, hits: Sequence[Hit]) -> str:
    """Return the id of the only document, or of the one whose file's name says most of its words.

    "" where several say as much.
    """
    names = {hit.chunk.doc_id: PurePosixPath(hit.chunk.source).stem for hit in hits}
    if len(names) == 1:
        return next(iter(names))
    said = {
        doc_id: len(asked.content & asked.content_in(name.replace("_", " ")))
        for doc_id, name in names.items()
    }
    most = max(said.values(), default=0)
    best = [doc_id for doc_id, count in said.items() if count == most]
    return best[0] if most and len(best) == 1 else ""
