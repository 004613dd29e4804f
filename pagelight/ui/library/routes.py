"""What the page fetches and changes of the library: the list, documents, files that come.

And the empty screen while there are none, with the demo at a click.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Body, Query, Request
from fastapi.responses import Response

from pagelight.server.middleware.audit_log import note
from pagelight.server.middleware.headers import fresh, there
from pagelight.services.accounts.person import Person
from pagelight.services.answering.asking import Library, UserLibrary, ready_documents
from pagelight.services.jobs.jobs import Jobs, Watched
from pagelight.services.rendering.page_pictures import is_id
from pagelight.ui.language import key, known, say
from pagelight.ui.library.files import (
    MEGABYTE,
    Demo,
    forget,
    is_writable,
    store,
    store_copy,
    target_of,
    usual_folder,
)
from pagelight.ui.library.library import arrived_json, library_html, nothing_html, rows_of
from pagelight.ui.scope import entries_of
from pagelight.ui.templating import render
from rag.errors import PagelightError
from rag.understanding.wishes.summary_wish import summary_request

MAX_ASKED = 20_000
"""Files that are asked for at once."""

NOT_NOW = key("The folder is being read just now, or another machine reads it.")
NOT_ADDING = key("You may read and ask. Who administers Pagelight here can let you add documents.")


QUESTIONS: Final = 3
SHOWN: Final = 4
ABOUT: Final = key("What are these documents about?")


def library_routes(
    library: Library,
    jobs: Jobs | Watched,
    *,
    limit_mb: int,
    person: Person,
    demo: Demo,
    examples: Sequence[str],
) -> APIRouter:
    """Return the routes that look at it; `examples` are questions that the empty screen offers."""
    router = APIRouter()

    @router.get("/library")
    def listed(
        words: str = "", state: str = "", shown: Annotated[int, Query(ge=0, le=1_000_000)] = 0
    ) -> Response:
        rows = rows_of(library.documents(), library.left_out.sources())
        if not rows and not jobs.state.running:
            return fresh(nothing_html(jobs.state))
        steered = jobs.state.steered
        return fresh(library_html(rows, words=words, state=state, shown=shown, steered=steered))

    @router.get("/library/room")
    def room() -> Response:
        seen = person.collections
        body = {
            "writable": person.may_add and is_writable(jobs.state.folder),
            "why": "" if person.may_add else known(NOT_ADDING),
            "limit_mb": limit_mb,
            "folders": None if seen is None else list(seen),
            "usual": usual_folder(seen, extra=library.roots.extra),
        }
        return fresh(body)

    @router.post("/library/arrived")
    def arrived(
        sources: Annotated[list[str], Body(max_length=MAX_ASKED)],
        chosen: Annotated[list[str], Body()],
    ) -> Response:
        """Return what became of files; `chosen` are the entries of what is searched."""
        entries = entries_of("\n".join(chosen))
        return fresh(arrived_json(library.documents(), sources, entries))

    @router.get("/start")
    def start() -> Response:
        folder, questions = jobs.state.folder, demo.questions(QUESTIONS)
        values = {"writable": is_writable(folder), "has_demo": demo.exists, "questions": questions}
        return fresh(render("start.html", folder=folder, **values))

    @router.get("/suggestions")
    def suggested() -> Response:
        ready = ready_documents(library)
        titles = Counter(doc.title for doc in ready)
        questions = [(text, text) for text in examples or ((say(ABOUT),) if ready else ())]
        for doc in sorted(ready, key=lambda doc: -doc.chunk_count)[: 0 if examples else SHOWN - 1]:
            source = doc.sources[0]
            name = doc.title if doc.title and titles[doc.title] == 1 else source
            wish = say("Summarise {name} in short", name=name)
            questions.append((summary_request("short", named=source), wish))
        return fresh(render("chat/suggestions.html", questions=questions))

    return router


def adding_routes(
    library: UserLibrary,
    jobs: Jobs | Watched,
    *,
    limit_mb: int,
    among: tuple[str, ...] | None,
    send: Callable[[int], object],
) -> APIRouter:
    """Return the routes that add files. An error for a person is 422 with `{"error"}`.

    They go into the collections `among` (None: everywhere), and into none that is watched beside
    the folder; `send` counts their bytes, and raises QuotaError.
    """
    router = APIRouter()

    def place(file_name: str, into: str | None) -> tuple[Path, Path]:
        """Return the folder of documents, and the file's place; None: in the usual folder."""
        folder, extra = writable_folder(jobs), library.roots.extra
        into = usual_folder(among, extra=extra) if into is None else into
        return folder, target_of(folder, file_name, into=into, among=among, extra=extra)

    @router.put("/library/files/{file_name:path}", status_code=201)
    async def put(file_name: str, request: Request, into: str = "") -> None:
        folder, target = await asyncio.to_thread(place, file_name, into)
        announced = int(request.headers.get("content-length") or 0)
        # What tells no size may be as large as any file.
        await asyncio.to_thread(send, announced or limit_mb * MEGABYTE)
        await store(target, request.stream(), limit_mb=limit_mb, announced_bytes=announced)
        note(request.scope, str(target.relative_to(folder)))

    @router.post("/attached/{doc_id}", status_code=201)
    def add(request: Request, doc_id: str) -> None:
        """Copy an attachment into the folder, under its name; the next ingest reads it."""
        doc = there(library.brought(doc_id) if is_id(doc_id) else None)
        kept = there(library.bytes_of(doc_id))
        folder, target = place(doc.sources[0], None)
        store_copy(kept, target)
        note(request.scope, str(target.relative_to(folder)))

    return router


def shelving_routes(library: Library, jobs: Jobs) -> APIRouter:
    """Return the routes that change the library. An error for a person is 422 with `{"error"}`."""
    router = APIRouter(prefix="/library")

    @router.post("/unlock", status_code=204)
    def unlock(password: Annotated[str, Body(embed=True, max_length=1024)]) -> None:
        """Read locked files with a password, which is kept nowhere."""
        if not jobs.start(passwords=[password]):
            raise PagelightError(NOT_NOW, hint="Wait until that is done.")

    @router.post("/{action}", status_code=204)
    def act(
        request: Request,
        action: Literal["again", "remove"],
        source: Annotated[str, Body(embed=True)],
    ) -> None:
        forget(library, jobs, action, source)
        note(request.scope, source)

    return router


def writable_folder(jobs: Jobs | Watched) -> Path:
    """Return the folder of documents. Raises PagelightError where it may not be written."""
    folder = jobs.state.folder
    if folder is None or not is_writable(folder):
        raise PagelightError("The folder of documents may not be written.")
    return folder


def demo_routes(jobs: Jobs, demo: Demo) -> APIRouter:
    """Return the routes that add and remove the demo. An error for a person is 422 `{"error"}`."""
    router = APIRouter(prefix="/start")

    def change(do: Callable[[Path], None]) -> None:
        folder = writable_folder(jobs)
        do(folder)
        jobs.start(remove_all=not any(folder.iterdir()))  # where the demo was all that there was

    @router.post("/demo", status_code=204)
    def begin() -> None:
        change(demo.copy_into)

    @router.delete("/demo", status_code=204)
    def end() -> None:
        change(demo.remove_from)

    return router
