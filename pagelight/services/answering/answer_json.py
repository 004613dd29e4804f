"""Answers, hits and reported answers as the JSON of the command line and the local HTTP API.

These shapes are public: change them only with a line in the CHANGELOG.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from pagelight.services.answering.asking import Library, PageText, messages_of
from rag.datamodel import Answer, BBox, Citation, Figure, Hit, Provenance
from rag.datamodel.places import box_around
from rag.errors import PagelightError
from rag.generation.citations import one_page
from rag.generation.explain import asked_words, why
from rag.storage.conversations.reports import ReportedAnswer
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
        "table_queries": [
            {
                "plan": one.plan,
                "result": one.result,
                "cells": [_citation(answer.cells[cell], answer) for cell in one.cells],
            }
            for one in answer.table_queries
        ],
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
            **_located(hit.chunk.provenances),
            "rank": hit.rank,
            "score": round(hit.score, 6),
            "channel": hit.channel,
            "text": hit.chunk.text,
            "why": {
                "text": why(hit),
                "found_by": dict(hit.found_by),
                "relevance": None if hit.relevance is None else round(hit.relevance, 4),
                "words": [list(span) for span in asked_words(question, hit.chunk.text)],
            },
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
            {"role": part.role, "text": part.text, **_located(part.provenances)}
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


def _located(provenances: Sequence[Provenance]) -> dict[str, Any]:
    return {"bbox": box_json(box_around(one_page(provenances))), **_seconds(provenances)}


def _seconds(provenances: Sequence[Provenance]) -> dict[str, float | None]:
    starts = [round(p.start_s, 3) for p in provenances if p.start_s is not None]
    ends = [round(p.end_s, 3) for p in provenances if p.end_s is not None]
    return {"start_s": min(starts, default=None), "end_s": max(ends, default=None)}


def box_json(box: BBox | None) -> list[float] | None:
    if box is None:
        return None
    return [round(edge, 4) for edge in (box.x0, box.y0, box.x1, box.y1)]


Row = Mapping[str, Any]
"""One report, in the shape of `pagelight reports --json`."""


def reports_json(library: Library) -> list[dict[str, Any]]:
    """Return what all persons reported as wrong, oldest first."""
    return [_row(report, library) for report in library.reports.all()]


def _row(report: ReportedAnswer, library: Library) -> dict[str, Any]:
    picture = library.assets.find(report.picture) if report.picture else None
    return {
        "id": report.id,
        "reported": datetime.fromtimestamp(report.reported_s, UTC).isoformat(timespec="seconds"),
        "question": report.question,
        "answer": report.answer,
        "answered": report.answered,
        "right": report.right,
        "in_documents": False if report.absent else True if report.right else None,
        "history": messages_of(report.history),
        "searched_in": list(report.scope),
        "picture": str(picture[0].resolve()) if picture else None,
        "about_a_part": bool(report.region),
        "conversation": report.conversation_id,
        "citations": list(report.cited),
    }


def write_questions(rows: Sequence[Row], path: Path) -> tuple[int, int]:
    """Write the reports as questions for `pagelight eval`; return how many, and how many not.

    Pictures are copied into a folder beside the file. A question about a part of a page is left
    out: an evaluation can't ask it. Raises PagelightError where there is nothing to write, or
    the file can't be written.
    """
    asked = [row for row in rows if not row["about_a_part"]]
    if not asked:
        raise PagelightError(
            "No answer was reported that an evaluation can ask for.",
            hint="Report one in the chat: the button is below each answer.",
        )
    try:
        lines = [json.dumps(_question(row, path), ensure_ascii=False) for row in asked]
        path.write_text("\n".join([*lines, ""]), encoding="utf-8", errors="replace")
    except OSError as error:
        raise PagelightError(f"{path} can't be written: {error.strerror or error}.") from error
    return len(asked), len(rows) - len(asked)


def _question(row: Row, path: Path) -> dict[str, Any]:
    known = {} if row["in_documents"] is None else {"answerable": row["in_documents"]}
    return {
        "id": row["id"],
        "question": row["question"],
        "answers": [row["right"]] if row["right"] else [],
        "match": "any",
        **known,
        "history": row["history"],
        **({"image": _copied(row, path)} if row["picture"] else {}),
        "origin": f"reported {row['reported']}",
        "wrong": row["answer"],
        "searched_in": row["searched_in"],
    }


def _copied(row: Row, path: Path) -> str:
    picture = Path(row["picture"])
    folder = path.with_name(f"{path.stem}-pictures")
    folder.mkdir(exist_ok=True)
    shutil.copyfile(picture, folder / picture.name)
    return f"{folder.name}/{picture.name}"
