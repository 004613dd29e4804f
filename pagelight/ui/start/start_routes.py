"""What the empty screen fetches while there are no documents, and the demo at a click."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from fastapi import APIRouter
from fastapi.responses import Response

from pagelight.server.middleware.headers import fresh
from pagelight.services.answering.asking import Library, ready_documents
from pagelight.services.jobs.jobs import Jobs, Watched
from pagelight.ui.html.language import key, say
from pagelight.ui.library.library_files import is_writable
from pagelight.ui.library.library_routes import writable_folder
from pagelight.ui.start.demo import Demo
from pagelight.ui.templating import render
from rag.storage.documents.records import DocumentRecord
from rag.understanding.wishes.summary_wish import summary_request

QUESTIONS: Final = 3
SHOWN: Final = 4
ABOUT: Final = key("What are these documents about?")


def start_routes(jobs: Jobs | Watched, demo: Demo) -> APIRouter:
    """Return the route `/start`: what a person who sees no documents can do."""
    router = APIRouter()

    @router.get("/start")
    def start() -> Response:
        folder = jobs.state.folder
        html = render(
            "start.html",
            folder=folder,
            writable=is_writable(folder),
            has_demo=demo.exists,
            questions=demo.questions(QUESTIONS),
        )
        return fresh(html)

    return router


def demo_routes(jobs: Jobs, demo: Demo) -> APIRouter:
    """Return the routes that add and remove the demo. An error for a person is 422 `{"error"}`."""
    router = APIRouter()

    @router.post("/start/demo", status_code=204)
    def begin() -> None:
        change(demo.copy_into)

    @router.delete("/start/demo", status_code=204)
    def end() -> None:
        change(demo.remove_from)

    def change(do: Callable[[Path], None]) -> None:
        folder = writable_folder(jobs)
        do(folder)
        jobs.start(remove_all=not any(folder.iterdir()))  # where the demo was all that there was

    return router


def suggestion_routes(library: Library, examples: Sequence[str]) -> APIRouter:
    """Return the route `/suggestions`: the examples, or what documents are about, all and each."""
    router = APIRouter()

    @router.get("/suggestions")
    def suggested() -> Response:
        ready = ready_documents(library)
        titles = Counter(doc.title for doc in ready)
        longest = sorted(ready, key=lambda doc: -doc.chunk_count)[: SHOWN - 1]
        summaries = [
            (summary_request("short", named=doc.sources[0]), _summary_words(doc, titles))
            for doc in longest
        ]
        first = [(say(ABOUT), say(ABOUT))] if longest else []
        questions = [(text, text) for text in examples] or [*first, *summaries]
        return fresh(render("chat/suggestions.html", questions=questions))

    return router


def _summary_words(doc: DocumentRecord, titles: Counter[str]) -> str:
    """Return the wish by a document's title, or by its file where others have the same."""
    title = doc.title if titles[doc.title] == 1 else ""
    return say("Summarise {name} in short", name=title or doc.sources[0])
