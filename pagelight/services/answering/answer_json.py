"""Answers and hits as the JSON of the command line and the local HTTP API.

These shapes are public: change them only with a line in the CHANGELOG.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec.structs import asdict

from pagelight.services.answering.asking import PageText
from rag.datamodel import Answer, BBox, Citation, Figure, Hit, Provenance
from rag.datamodel.places import box_around
from rag.datamodel.table_queries import TableQuery
from rag.generation.citations import one_page
from rag.generation.explain import asked_words, why
from rag.storage.documents.records import DocumentRecord


def answer_json(answer: Answer, *, profile: str) -> dict[str, Any]:
    """Return text, citations, hits and timings of a complete answer."""
    written = answer.written
    return {
        "text": answer.text,
        "answered": answer.answered,
        "state": answer.state,
        "confidence": round(answer.confidence, 4),
        "profile": profile,
        "standalone_query": answer.standalone_query,
        "citations": cited_json(answer),
        "figures": [_figure(figure, answer) for figure in answer.figures],
        "table_queries": [_table_query(one, answer) for one in answer.table_queries],
        "hits": hits_json(answer.hits, question=answer.standalone_query),
        "unresolved": list(answer.unresolved),
        "unsupported": [list(span) for span in answer.unsupported],
        "notes": list(answer.notes),
        "steps": [asdict(step) for step in answer.steps],
        "timings_s": {stage: round(seconds, 4) for stage, seconds in answer.timings_s},
        "speed": {
            "first_s": round(written.first_s, 3),
            "tokens_per_s": round(written.tokens_per_s, 1),
        }
        if written
        else None,
    }


def cited_json(answer: Answer) -> list[dict[str, Any]]:
    return [_citation(citation, answer) for citation in answer.citations]


def hits_json(hits: Sequence[Hit], *, question: str) -> list[dict[str, Any]]:
    """Return hits with the place, the text, and why each is there, for a question in words."""
    return [
        {
            "source": hit.chunk.source,
            "page": hit.chunk.page,
            "bbox": box_json(box_around(one_page(hit.chunk.provenances))),
            **_seconds(hit.chunk.provenances),
            "rank": hit.rank,
            "score": round(hit.score, 6),
            "channel": hit.channel,
            "text": hit.chunk.text,
            "why": _why(hit, question),
        }
        for hit in hits
    ]


def page_json(page: PageText) -> dict[str, Any]:
    return {
        "source": page.source,
        "page": page.page,
        "page_count": page.page_count,
        "is_stretch": page.is_stretch,
        "pending": page.pending,
        "parts": [
            {
                "role": part.role,
                "text": part.text,
                "bbox": box_json(box_around(one_page(part.provenances))),
                **_seconds(part.provenances),
            }
            for part in page.parts
        ],
    }


def documents_json(records: Sequence[DocumentRecord]) -> list[dict[str, Any]]:
    """Return the documents: each with its first path, and the others that have its bytes."""
    return [
        {
            "source": record.sources[0],
            "copies": list(record.sources[1:]),
            "title": record.title,
            "language": record.language or None,
            "page_count": record.page_count,
            "passages": record.chunk_count,
            "pending": record.pending,
        }
        for record in records
    ]


def _why(hit: Hit, question: str) -> dict[str, Any]:
    """Return why a hit is there: as a sentence, as ranks, and the question's words in its text."""
    return {
        "text": why(hit),
        "found_by": dict(hit.found_by),
        "relevance": None if hit.relevance is None else round(hit.relevance, 4),
        "words": [list(span) for span in asked_words(question, hit.chunk.text)],
    }


def _citation(citation: Citation, answer: Answer) -> dict[str, Any]:
    hit = answer.context.source(citation.number)
    return {
        "number": citation.number,
        "source": citation.chunk.source,
        "page": citation.page,
        "bbox": box_json(citation.bbox),
        "boxes": [box_json(p.bbox) for p in citation.provenances if p.bbox is not None],
        **_seconds(citation.provenances or citation.chunk.provenances),
        "quote": citation.quote,
        "score": round(hit.score, 6) if hit else None,
    }


def _figure(figure: Figure, answer: Answer) -> dict[str, Any]:
    citation = answer.citations[figure.citation]
    return {
        "number": citation.number,
        "source": citation.chunk.source,
        "page": figure.page,
        "bbox": box_json(figure.bbox),
        "caption": figure.caption,
        "asset": figure.image.id if figure.image else None,
    }


def _table_query(one: TableQuery, answer: Answer) -> dict[str, Any]:
    return {
        "plan": one.plan,
        "result": one.result,
        "cells": [_citation(answer.cells[cell], answer) for cell in one.cells],
    }


def _seconds(provenances: Sequence[Provenance]) -> dict[str, float | None]:
    starts = [round(p.start_s, 3) for p in provenances if p.start_s is not None]
    ends = [round(p.end_s, 3) for p in provenances if p.end_s is not None]
    return {"start_s": min(starts, default=None), "end_s": max(ends, default=None)}


def box_json(box: BBox | None) -> list[float] | None:
    if box is None:
        return None
    return [round(edge, 4) for edge in (box.x0, box.y0, box.x1, box.y1)]
