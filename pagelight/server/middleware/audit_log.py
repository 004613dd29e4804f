"""What is written down of changes: who asked for which, and from where. Pure ASGI.

Each request that may change something is told here (a test holds it against all routes). Of one's
own conversations a line says that something was changed, and nothing of what is in them.
"""

from __future__ import annotations

import asyncio
import re
from http import HTTPStatus
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pagelight.server.middleware import paths
from pagelight.server.middleware.asgi import PERSON, SAFE
from pagelight.services.accounts.person import Person
from pagelight.ui.language import key
from rag.storage.accounts import Audit

_NOTE: Final = "pagelight.note"
"""Where the scope of a request tells what it is about, once its route knows."""

COMMAND_LINE: Final = key("the command line")

CHANGES: Final = tuple(
    (method, re.compile(pattern), what)
    for method, pattern, what in (
        ("POST", r"/action/refresh", key("had documents read")),
        ("POST", r"/action/remove-all", key("let all documents leave the index")),
        ("POST", r"/action/(?:pause|continue|cancel)", key("steered the reading")),
        ("POST", r"/api/ingest", key("had documents read")),
        ("POST", r"/start/demo", key("added the demo")),
        ("DELETE", r"/start/demo", key("removed the demo")),
        ("PUT", r"/library/files/.+", key("added a file")),
        ("POST", r"/attached/.+", key("added a file")),
        ("POST", r"/library/remove", key("removed a document")),
        ("POST", r"/library/again", key("had a document read again")),
        ("POST", r"/library/unlock", key("gave a password for locked files")),
        ("POST", r"/models/.+", key("changed the models")),
        ("POST", r"/shares/.+", key("shared a conversation")),
        ("DELETE", r"/shares/.+", key("stopped sharing a conversation")),
        ("POST", r"/conversations/[^/]+/name", key("renamed a conversation")),
        ("POST", r"/conversations/[^/]+/delete", key("deleted a conversation")),
        ("POST", r"/conversations/[^/]+/restore", key("brought a deleted conversation back")),
        ("PUT", r"/scope/of/.+", key("changed what a conversation searches")),
        ("PUT", r"/preferences/of/.+", key("changed how a conversation is answered")),
        ("PUT", r"/preferences/instructions", key("changed their instructions")),
        ("POST", r"/preferences/prompts", key("saved a prompt")),
        ("DELETE", r"/preferences/prompts/.+", key("removed a saved prompt")),
        ("POST", r"/pins/.+", key("pinned an answer")),
        ("PUT", r"/pins/.+", key("noted something to a pinned answer")),
        ("DELETE", r"/pins/.+", key("unpinned an answer")),
        ("POST", r"/reports/.+", key("told whether an answer is right")),
        ("PUT", r"/reports/.+", key("corrected an answer")),
        ("DELETE", r"/reports/.+", key("took back whether an answer is right")),
        ("POST", r"/gradio_api/upload", key("sent a file to ask about")),
        ("POST", r"/people", key("changed people")),
        ("POST", r"/folders", key("changed folders")),
    )
)
"""Method, path, and what the line says."""


def note(scope: Scope, about: str, *, what: str = "") -> None:
    """Say what a request was about; `what` is its own word for the change."""
    scope.get(_NOTE, {}).update({"about": about} | ({"what": what} if what else {}))


def change_of(method: str, path: str) -> str:
    """Return what the line of a request says; nothing for what is not written down."""
    return next((what for how, at, what in CHANGES if how == method and at.fullmatch(path)), "")


class AuditTrail:
    """Wraps an app: what it changed has a line before it is answered."""

    def __init__(self, app: ASGIApp, lines: Audit) -> None:
        self._app = app
        self._lines = lines

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_change = scope["type"] == "http" and scope["method"] not in SAFE
        what = change_of(scope["method"], scope["path"]) if is_change else ""
        if not what:
            await self._app(scope, receive, send)
            return
        noted: dict[str, str] = {"what": what}
        scope = {**scope, _NOTE: noted}

        async def telling(message: Message) -> None:
            is_done = message.get("status", HTTPStatus.BAD_REQUEST) < HTTPStatus.BAD_REQUEST
            if message["type"] == "http.response.start" and is_done:
                await asyncio.to_thread(self._put, scope, noted)
            await send(message)

        await self._app(scope, receive, telling)

    def _put(self, scope: Scope, noted: dict[str, str]) -> None:
        person: Person = scope[PERSON]
        who = COMMAND_LINE if scope["path"].startswith(paths.API) else person.name
        address = str(scope["client"][0]) if scope.get("client") else ""
        self._lines.put(who, noted["what"], about=noted.get("about", ""), address=address)
