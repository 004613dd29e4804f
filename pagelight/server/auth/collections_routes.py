"""What the page of collections shows and does: for those who administer. Knows forms."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pagelight.server.auth.collections_page import CollectionsView, collections_html
from pagelight.server.auth.forms import Form, form_of, one_of
from pagelight.server.middleware.addresses import COLLECTIONS
from pagelight.server.middleware.audit_log import note
from pagelight.server.middleware.headers import FRESH
from pagelight.services.accounts.person import UsersBook
from pagelight.services.jobs.collections import Collections
from pagelight.ui.html.language import key, known
from pagelight.ui.html.sentences import explained
from rag.errors import PagelightError

REFUSED: Final = 422
DONE: Final = {
    "make": key("The collection {name} was made."),
    "watch": key("The folder is watched as {name}."),
    "rename": key("The collection is called {name} now."),
    "remove": key("The collection {name} was removed."),
    "move": key("The documents were moved to {name}."),
}
_WRITTEN: Final = {
    "make": key("made the collection"),
    "watch": key("had a folder watched as"),
    "rename": key("renamed the collection"),
    "remove": key("removed the collection"),
    "move": key("moved documents"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionDesk:
    """What the page is over. `book` tells who may see what; None: nobody has a name here."""

    collections: Collections
    reading: Callable[[], bool]
    book: Callable[[], UsersBook | None]


def collections_routes(desk: CollectionDesk) -> APIRouter:
    """Return the routes of `/collections`: a page of forms that are sent to itself."""
    router = APIRouter()

    @router.get(COLLECTIONS)
    def shown(of: str = "", words: str = "", did: str = "", to: str = "") -> Response:
        told = known(DONE[did]).format(name=to) if did in DONE else ""
        return HTMLResponse(collections_html(_view(desk, of, words), told=told), headers=FRESH)

    @router.post(COLLECTIONS)
    async def done(request: Request) -> Response:
        form = await form_of(request)
        what = one_of(form, "do")
        try:
            name, about = await asyncio.to_thread(_do, desk.collections, what, form)
        except PagelightError as error:
            view = await asyncio.to_thread(_view, desk)
            html = collections_html(view, wrong=explained(error))
            return HTMLResponse(html, status_code=REFUSED, headers=FRESH)
        note(request.scope, about, what=_WRITTEN[what])
        there = f"{COLLECTIONS}?did={what}&to={quote(name)}"
        return RedirectResponse(there, status_code=303, headers=FRESH)

    return router


def _view(desk: CollectionDesk, opened: str = "", words: str = "") -> CollectionsView:
    wanted = words.casefold().split()
    files = desk.collections.sources(opened) if opened else ()
    return CollectionsView(
        collections=desk.collections.all(),
        reading=desk.reading(),
        book=desk.book(),
        opened=opened,
        words=words,
        files=[s for s in files if all(word in s.casefold() for word in wanted)],
    )


def _do(collections: Collections, what: str, form: Form) -> tuple[str, str]:
    """Do what a form says; return the collection's name, and what is written down of it."""
    name = one_of(form, "name")
    match what:
        case "make":
            name = collections.make(name)
        case "watch":
            folder = one_of(form, "folder").strip()
            name = collections.watch(name, Path(folder))
            return name, f"{name} ({folder})"
        case "rename":
            other = collections.rename(name, one_of(form, "other"))
            return other, f"{name}, now {other}"
        case "remove":
            collections.remove(name)
        case "move":
            into, sources = one_of(form, "into"), form.get("source", [])
            if not sources:
                raise PagelightError("No document is ticked.", hint="Tick those that are to move.")
            collections.move(sources, into)
            return into, f"to {into}: {', '.join(sources)}"
        case _:
            raise PagelightError(
                "There is nothing that this could do.", hint="Load the page again."
            )
    return name, name
