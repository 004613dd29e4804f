"""The page that the likeliest evidence stands on leads what was found, where it is clear.

The reranking judges a page by its best passage; the evidence of all pages is weighed against each
other. And what stands on the pages that a question names. Knows weighed units and hits; knows no
model and no store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from rag.datamodel import Hit
from rag.generation.quotation.units import Unit
from rag.retrieval.context import PageKey, page_key
from rag.retrieval.evidence.asked_form import asks_for
from rag.retrieval.fusion import renumber
from rag.understanding.question.question import Question


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


CLEAR: Final = 0.7
"""A page leads whose evidence has so much of all chance. Between 0.6 and 0.8 of no matter, by
folds of documents; see benchmarks/LOG.md."""


def answering_page(units: Sequence[Unit]) -> PageKey | None:
    """Return the page that most of the chance falls on; None where none is clear."""
    shares: dict[PageKey, float] = defaultdict(float)
    for unit in units:
        shares[page_key(unit.evidence.hit.chunk)] += unit.chance
    best = max(shares, key=lambda page: shares[page], default=None)
    return best if best is not None and shares[best] >= CLEAR else None


def led_by(hits: Sequence[Hit], page: PageKey | None, *, asked: Question) -> list[Hit]:
    """Return the hits with the first one of a page before all others, as likely as the first was.

    Unchanged where no page is given, or none of the hits is of it, or the first hit is the figure
    or table that the question names, and that one is none.
    """
    place = next((n for n, hit in enumerate(hits) if page_key(hit.chunk) == page), 0)
    named = [asks_for(asked, hits[n].chunk) for n in (0, place)] if place else []
    if not named or named == [True, False]:
        return list(hits)
    leading = replace(hits[place], score=hits[0].score)
    return renumber([leading, *hits[:place], *hits[place + 1 :]])
