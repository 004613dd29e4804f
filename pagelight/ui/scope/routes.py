"""What the page fetches to choose what is searched: folders, types and documents to be ticked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, Final

from fastapi import APIRouter, Body
from fastapi.responses import Response

from pagelight.server.middleware.headers import fresh, there
from pagelight.services.answering.asking import Library
from pagelight.ui.html.language import say
from pagelight.ui.scope.scope import IN, TYPE, entries_of, words_of
from pagelight.ui.templating import render
from rag.storage.documents.records import DocumentRecord

MAX_DOCUMENTS: Final = 50

Choice = tuple[str, str, int]
"""An entry that can be ticked, its words, and how many documents it has (0: it is one)."""


def scope_routes(library: Library) -> APIRouter:
    router = APIRouter(prefix="/scope")

    @router.post("")
    def choices(
        words: Annotated[str, Body()] = "", chosen: Annotated[str, Body()] = ""
    ) -> Response:
        return fresh(_choices_html(library.documents(), words=words, chosen=entries_of(chosen)))

    @router.put("/of/{conversation_id}", status_code=204)
    def keep(conversation_id: str, entries: Annotated[list[str], Body()]) -> None:
        kept = library.conversations.set_scope(conversation_id, entries_of("\n".join(entries)))
        there(kept or None)

    return router


def _choices_html(records: Sequence[DocumentRecord], *, words: str, chosen: Collection[str]) -> str:
    """Return top-level folders, types and documents that have all `words`, to be ticked."""
    ready = [record for record in records if record.state == "ready"]
    sources = sorted(source for record in ready for source in record.sources)
    folders = Counter(folder for r in ready for folder in {_top(s) for s in r.sources} if folder)
    types = Counter(record.media_type for record in ready)
    documents = _fitting(((IN + source, 0) for source in sources), words)
    groups = [
        (say("Collections"), _fitting(((IN + f, n) for f, n in sorted(folders.items())), words)),
        (say("Types"), _fitting(((TYPE + t, n) for t, n in sorted(types.items())), words)),
        (say("Documents"), documents[:MAX_DOCUMENTS]),
    ]
    more = len(documents) - MAX_DOCUMENTS
    return render("scope.html", groups=groups, chosen=chosen, more=more)


def _top(source: str) -> str:
    first, slash, _ = source.partition("/")
    return first + slash if slash else ""


def _fitting(entries: Iterable[tuple[str, int]], words: str) -> list[Choice]:
    wanted = words.casefold().split()
    choices = ((entry, words_of(entry), count) for entry, count in entries)
    return [one for one in choices if all(word in one[1].casefold() for word in wanted)]
