"""The page where folders are looked after: for those who administer. Knows forms."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pagelight.server.auth.browser import Form, one_of, submitted
from pagelight.server.middleware import paths
from pagelight.server.middleware.headers import fresh
from pagelight.services.accounts.person import UsersBook
from pagelight.services.jobs.collections import REMOVED, Collections
from pagelight.ui.language import key, known
from pagelight.ui.templating import render
from rag.datamodel import ROOT_COLLECTION, composed
from rag.errors import PagelightError

MAX_LISTED: Final = 200
DONE: Final = {
    "make": (key("The folder {name} was made."), key("made the folder")),
    "watch": (key("The folder is watched as {name}."), key("had a folder watched as")),
    "rename": (key("The folder is called {name} now."), key("renamed the folder")),
    "remove": (key("The folder {name} was removed."), key("removed the folder")),
    "move": (key("The documents were moved to {name}."), key("moved documents")),
}
"""What is told of what was done, and what is written down of it."""


def collections_routes(collections: Collections) -> APIRouter:
    """Return the routes of `/folders`: a page of forms that are sent to itself."""
    router, page = APIRouter(), partial(_page, collections)

    @router.get(paths.FOLDERS)
    def shown(of: str = "", words: str = "", did: str = "", to: str = "") -> Response:
        notice = known(DONE[did][0]).format(name=to) if did in DONE else ""
        return fresh(page(opened=of, words=words, notice=notice))

    @router.post(paths.FOLDERS)
    async def sent(request: Request) -> Response:
        return await submitted(request, partial(_do, collections), page, DONE)

    return router


def _page(
    collections: Collections,
    *,
    opened: str = "",
    words: str = "",
    notice: str = "",
    wrong: str = "",
) -> str:
    wanted = words.casefold().split()
    sources = collections.sources(opened) if opened else ()
    files = [s for s in sources if all(word in s.casefold() for word in wanted)]
    more = len(files) - MAX_LISTED
    book = collections.people.book() if collections.people else None
    return render(
        "accounts/folders.html",
        folders=collections.all(),
        reading=collections.jobs.state.running,
        seen_by=(lambda one: _seen_by(composed(one.name), book)) if book else None,
        files=files[:MAX_LISTED],
        more=f"{more:,}" if more > 0 else "",
        root=ROOT_COLLECTION,
        removed=REMOVED,
        back=True,
        opened=opened,
        words=words,
        notice=notice,
        wrong=wrong,
    )


def _seen_by(collection: str, book: UsersBook) -> list[str]:
    seen = [*sorted(book.groups.items())]
    seen += [(name, user.own_collections) for name, user in sorted(book.users.items())]
    return [name for name, among in seen if among is None or collection in among]


def _do(collections: Collections, what: str, form: Form) -> tuple[str, str]:
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
