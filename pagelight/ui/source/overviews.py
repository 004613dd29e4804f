"""What a file is about, as it is first opened: sentences of its own, and questions it answers.

The questions are made of headings, and asked silently: shown are those that the file answers. It is
done once for a file's content, and gives way to whoever asks.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any, Final

from fastapi import APIRouter
from fastapi.responses import Response

from pagelight.server.middleware.headers import fresh, there
from pagelight.services.answering.asking import Library
from pagelight.services.answering.places import places_of
from pagelight.services.answering.question_queue import QueuedEngine
from pagelight.ui.language import LANGUAGES, key, say, speaking, spoken
from pagelight.ui.templating import render
from rag.datamodel import Answer, Document, Query
from rag.errors import PagelightError
from rag.languages import language_of
from rag.storage.files.folder import write_whole
from rag.summarization.library import topics_of

_ABOUT: Final = key("What does “{name}” say about “{topic}”?")

MAX_QUESTIONS: Final = 5
MAX_FOLLOW_UPS: Final = 3
MAX_TRIED: Final = 12
"""Headings of which questions are tried, most."""

MIN_RELEVANCE: Final = 0.3
"""Of the first place that is found, as the reader has it."""


class Overviews:
    """Of the documents that one person sees; what is worked out lies in `folder`, by content."""

    def __init__(self, engine: QueuedEngine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder

    def sentences(self, doc: Document) -> list[tuple[str, int | None]]:
        """Return up to three sentences that stand for a document, with their pages."""

        def made() -> list[list[Any]]:
            answer = self._engine.overview(doc.sources[0])
            return [[place.quote, place.page] for place in places_of(answer)] if answer else []

        found = self._kept(doc, "sentences", made)
        return [(text, page) for text, page in found or ()]

    def questions(self, doc: Document) -> list[tuple[str, str]]:
        """Return questions that it answers, each with its topic; none where somebody asks."""
        made = lambda: self._answered(_asked(doc), MAX_QUESTIONS)  # noqa: E731 - called below
        asked = self._kept(doc, f"asked {spoken()}", made) or ()
        return [(question, topic) for question, topic in asked]

    def follow_ups(self, question: str, answer: Answer) -> list[tuple[str, str]]:
        """Return what could be asked next, of what stands near the places that an answer cites."""
        pages = {citation.chunk.doc_id: citation.page or 1 for citation in answer.citations}
        said = {h.casefold() for c in answer.citations for h in c.chunk.headings}
        language = language_of(question) or ""
        with speaking(language if language in LANGUAGES else spoken()):
            docs = [doc for key in pages if (doc := self._engine.index.document(key))]
            asked = [one for doc in docs for one in _asked(doc, but=said, near=pages[doc.id])]
            return self._answered(asked, MAX_FOLLOW_UPS) or []

    def _answered(
        self, asked: Sequence[tuple[str, str, str]], most: int
    ) -> list[tuple[str, str]] | None:
        """Return the questions that their documents answer; None where somebody came first."""
        found: list[tuple[str, str]] = []
        for doc_id, question, topic in asked[:MAX_TRIED]:
            if not self._engine.is_idle:
                return None
            (first, *_) = self._engine.ranked(Query(text=question), 1) or (None,)
            is_there = first is not None and first.chunk.doc_id == doc_id
            relevance = first.relevance if first else None
            if is_there and (relevance is None or relevance >= MIN_RELEVANCE):
                found.append((question, topic))
            if len(found) == most:
                break
        return found

    def _kept(self, doc: Document, name: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - JSON
        """Return what is stored of a document under a name; else made now, and stored."""
        path = self._folder / f"{doc.id}.json"
        stored: dict[str, Any] = {}
        with suppress(OSError, ValueError):
            stored = json.loads(path.read_text(encoding="utf-8"))
        if name not in stored and (made := make()) is not None:
            stored[name] = made
            with suppress(PagelightError):  # a workspace that can't be written costs no overview
                write_whole(path, json.dumps(stored, ensure_ascii=False).encode("utf-8", "replace"))
        return stored.get(name)


def _asked(
    doc: Document, *, but: Collection[str] = (), near: int = 1
) -> list[tuple[str, str, str]]:
    """Return ids, questions and topics, those near a page first; no topic `but` (small letters)."""
    topics = topics_of(doc.elements)
    name = doc.title or PurePosixPath(doc.sources[0]).name
    return [
        (doc.id, topic if topic.endswith("?") else say(_ABOUT, name=name, topic=topic), topic)
        for topic in sorted(topics, key=lambda topic: abs(topics[topic] - near))
        if topic.casefold() not in but
    ]


def overview_routes(library: Library, overviews: Overviews) -> APIRouter:
    router = APIRouter()

    def known(doc_id: str) -> Document:
        is_listed = any(record.id == doc_id for record in library.documents())
        return there(library.document(doc_id) if is_listed else None)

    @router.get("/overview/{doc_id}")
    def overview(doc_id: str) -> Response:
        doc = known(doc_id)
        html = render(
            "source/overview.html",
            doc=doc,
            sentences=overviews.sentences(doc),
            figures=sum(element.role == "figure" for element in doc.elements),
            tables=sum(element.role == "table" for element in doc.elements),
        )
        return fresh(html)

    @router.get("/overview/{doc_id}/questions")
    def questions(doc_id: str) -> Response:
        return _suggested(overviews.questions(known(doc_id)))

    @router.get("/follow-ups/{conversation_id}/{exchange_id}")
    def follow_ups(conversation_id: str, exchange_id: str) -> Response:
        exchange = there(library.conversations.exchange(conversation_id, exchange_id))
        answer = exchange.answer
        return _suggested(overviews.follow_ups(exchange.question, answer) if answer else ())

    return router


def _suggested(questions: Sequence[tuple[str, str]]) -> Response:
    return fresh(render("chat/suggestions.html", questions=questions))
