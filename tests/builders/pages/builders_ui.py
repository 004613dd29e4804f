"""Small values that the chat's tests show: chunks, answers, hits, documents; and a wait."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient

from pagelight.server.middleware.headers import answer_errors
from rag.datamodel import (
    Answer,
    BBox,
    Chunk,
    Citation,
    Document,
    Element,
    Hit,
    Provenance,
    Query,
)
from rag.datamodel.table_queries import TableQuery

BOX = BBox(x0=0.25, y0=0.5, x1=0.75, y1=0.6)
PDF = "application/pdf"
SLIDES = "application/vnd.openxmlformats-officedocument.presentationml.presentation"


def digest(data: bytes | str) -> str:
    return hashlib.sha256(data.encode() if isinstance(data, str) else data).hexdigest()


def a_chunk(text: str = "Snow fell.", *, source: str = "report.pdf", **changes: Any) -> Chunk:
    """Make a chunk on page 2, one line in `BOX`."""
    values: dict[str, Any] = {
        "id": digest(source + text)[:16],
        "doc_id": digest(source),
        "source": source,
        "ordinal": 0,
        "text": text,
        "provenances": (Provenance(page=2, bbox=BOX, span=(0, len(text))),),
    }
    return Chunk(**values | changes)


def an_answer(text: str, *chunks: Chunk, **changes: Any) -> Answer:
    """Make a complete answer; the mark `[n]` of the text, at its last place, cites chunk n."""
    citations = tuple(
        Citation(
            number=number,
            chunk=chunk,
            span=(text.rindex(f"[{number}]"), text.rindex(f"[{number}]") + len(f"[{number}]")),
            provenances=chunk.provenances,
            quote=chunk.text,
        )
        for number, chunk in enumerate(chunks, start=1)
    )
    values: dict[str, Any] = {
        "query": Query(text="How much snow?"),
        "text": text,
        "citations": citations,
        "complete": True,
    }
    return Answer(**values | changes)


def a_worked_out_answer(words: str = "Snow cm") -> Answer:
    """Make an answer that was worked out of two cells of one chunk."""
    chunk = a_chunk("Month | Snow cm\nJan | 214\nFeb | 268")
    return an_answer(
        "Snow cm: 214 (Jan) to 268 (Feb). [1]",
        chunk,
        cells=tuple(
            Citation(number=1, chunk=chunk, span=(0, 0), quote=quote)
            for quote in ("Jan | 214", "Feb | 268")
        ),
        table_queries=(TableQuery(plan=f"the sum of {words}", result="482", cells=(0, 1)),),
    )


def a_hit(chunk: Chunk, rank: int = 1) -> Hit:
    return Hit(chunk=chunk, score=0.1, rank=rank, channel="fused")


def a_document(
    *elements: Element, source: str = "report.pdf", media_type: str = PDF, **changes: Any
) -> Document:
    values: dict[str, Any] = {
        "id": digest(source),
        "sources": (source,),
        "media_type": media_type,
        "elements": elements,
    }
    return Document(**values | changes)


def wait(condition: Callable[[], object], *, timeout_s: float = 60) -> None:
    """Wait until `condition()`, a minute at most, or as long as is said."""
    until = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


def client_of(*routes: APIRouter) -> TestClient:
    app = FastAPI()
    answer_errors(app)
    for each in routes:
        app.include_router(each)
    return TestClient(app)
