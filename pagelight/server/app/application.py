"""One person's application: Gradio's page and endpoints, the routes over what they may see and do.

What is changed in the queue of Gradio, which has no public way to it, is changed here alone. A
route that forgets to ask who is there has nothing else to give away: all is limited already.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Final

import gradio as gr
from fastapi import FastAPI, Response
from fastapi.responses import PlainTextResponse
from starlette.routing import Mount, Route

from pagelight.server.app.api import PATH, McpOverHttp
from pagelight.server.app.own_routes import OwnParts, Shared
from pagelight.server.app.page_routes import head
from pagelight.server.events import TabWishes, wanted_routes
from pagelight.server.middleware.gradio_guard import GradioGuard, Uploads
from pagelight.server.middleware.headers import answer_errors
from pagelight.services.accounts.person import OWNER, Person
from pagelight.services.answering.answer_json import answer_json
from pagelight.services.answering.asking import (
    AnyEngine,
    Incoming,
    Request,
    query_of,
    turns,
    words_of,
)
from pagelight.services.session.session import SeamSession
from pagelight.ui.chat.page import build_chat
from rag.errors import BusyError, PagelightError
from rag.settings import Settings

MAX_THREADS: Final = 16
"""Of one person's chat; questions of programs take half of them at most."""

OF_A_PERSON: Final = 2
"""Questions of one person's programs that are answered at the same time: others have turns too."""

MAX_SESSIONS: Final = 200
SESSIONS_OF_A_PERSON: Final = 25
"""So many Gradio keeps of a chat, the owner's or that of one who signed in, 120 KB each. A call of
a program that is not read to its end is one of its own, so 10,000 of them, Gradio's own number,
were 1.2 GB; a page whose session is gone tells it again."""

UPLOAD_LIMIT: Final = "30mb"
FONT: Final = ("ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")
MONO: Final = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")
"""Plain names of the system's fonts: none is ever fetched."""


def application(shared: Shared, person: Person) -> OwnParts:
    """Return the application of one person. Takes half a second; not to be called in a loop.

    Gradio makes its locks in an event loop of its own, left open, where none runs: one runs here.
    """
    return asyncio.run(_made(shared, person))


async def _made(shared: Shared, person: Person) -> OwnParts:
    own = OwnParts(shared, person)
    tools = McpOverHttp(own.engine, own.incoming)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=tools.living)
    answer_errors(app)
    app.add_exception_handler(BusyError, _busy)
    for router in own.routers():
        app.include_router(router)
    app.routes.append(Route(PATH, tools, methods=["GET", "POST", "DELETE"]))
    own.asgi, own.chat = app, _mount_chat(app, own)
    return own


def _busy(_: object, error: Exception) -> Response:
    return PlainTextResponse(str(error), status_code=503, headers={"retry-after": "5"})


def _mount_chat(app: FastAPI, own: OwnParts) -> gr.Blocks:
    settings, is_owner = own.settings, own.person == OWNER
    uploads = _uploads(settings, own.person)
    wanted = TabWishes()
    app.include_router(wanted_routes(wanted))
    chat = build_chat(
        own.talks,
        wanted,
        person=own.person if settings.users or settings.password else None,
        add_endpoints=partial(
            add_endpoints,
            own.engine,
            own.incoming,
            is_upload=uploads.holds,
            at_once=MAX_THREADS // 2 if is_owner else OF_A_PERSON,
        ),
    )
    # Threads of its own: questions that wait here hold up nobody else's page.
    chat.max_threads = MAX_THREADS
    chat.state_session_capacity = MAX_SESSIONS if is_owner else SESSIONS_OF_A_PERSON
    gr.mount_gradio_app(
        app,
        chat,
        path="/",
        app_kwargs={"openapi_url": None},
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=UPLOAD_LIMIT,
        ssr_mode=False,
        enable_monitoring=False,
        theme=gr.themes.Base(
            primary_hue="indigo",
            neutral_hue="slate",
            radius_size="lg",
            font=list(FONT),
            font_mono=list(MONO),
        ),
    )
    # Less often than by itself.
    queue = chat._queue  # noqa: SLF001 - as the module says
    queue.sleep_when_free = LOOKS_FOR_WORK_S
    queue.progress_update_sleep_when_free = LOOKS_FOR_PROGRESS_S
    mount = next(route for route in reversed(app.routes) if isinstance(route, Mount))
    inner: Any = mount.app
    inner.uploaded_file_dir = str(uploads.folder)
    mount.app = GradioGuard(
        inner,
        uploads,
        head=head(),
        on_upload=own.incoming.begin,
        on_answered=partial(forget, chat),
        on_left=partial(forget_idle, chat),
        count=own.quotas.send,
    )
    return chat


def _uploads(settings: Settings, person: Person) -> Uploads:
    root = os.environ.setdefault("GRADIO_TEMP_DIR", str(settings.workspace.resolve() / "uploads"))
    folder = hashlib.sha256(person.key.encode()).hexdigest()[:32]
    uploads = Uploads(Path(root) / folder, quota_mb=settings.uploads_mb)
    uploads.tidy()
    return uploads


LOOKS_FOR_WORK_S: Final = 0.03
LOOKS_FOR_PROGRESS_S: Final = 5.0
"""So often Gradio's queue of a chat looks for an event, and for progress, of which we tell none by
it. By its own numbers, 1 and 10 ms, a chat that nobody uses took 6 to 8 % of a processor, and forty
of them 30 % (benchmarks/LOG.md)."""


def forget(chat: gr.Blocks, name: str) -> None:
    """Drop what Gradio keeps of a session: its state, its queue and its set of events.

    It keeps the last 10,000, 2,000 and all. A call of a program is a session of the call's name.
    To be called in Gradio's event loop.
    """
    queue, sessions = chat._queue, chat.state_holder  # noqa: SLF001 - as the module says
    queue.pending_messages_per_session.pop(name, None)
    queue.pending_event_ids_session.pop(name, None)
    with sessions.lock:
        sessions.session_data.pop(name, None)
        sessions.time_last_used.pop(name, None)


def forget_idle(chat: gr.Blocks, name: str) -> None:
    """Drop a session that waits for nothing; a tab that comes back tells again what it shows."""
    if not chat._queue.pending_event_ids_session.get(name):  # noqa: SLF001 - as the module says
        forget(chat, name)


MAX_HITS: Final = 1000


def add_endpoints(
    engine: AnyEngine,
    incoming: Incoming,
    *,
    is_upload: Callable[[object], bool],
    at_once: int,
) -> None:
    """Add the endpoints, `at_once` of them run; no path is read that is not `is_upload`."""

    def ask(  # noqa: PLR0917 - the public parameters
        question: str,
        within: str = "",
        history: list[dict[str, str]] | None = None,
        since: str = "",
        until: str = "",
        attachments: list[dict[str, Any]] | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Answer a question from the documents; yields the answer as it grows.

        within: a glob, only documents whose path fits it are searched. history: earlier messages,
        {"role": "user" or "assistant", "content"}, oldest first. since, until: the days of the
        documents that are searched, as 2024-06-30. attachments: uploaded files that the question
        is about, as Gradio's client makes them of paths: [handle_file("receipt.jpg")].
        """
        with _gradio_errors():
            request = Request(
                text=words_of(question),
                attachments=tuple(uploaded(attachments or [])),
                within=within,
                since=since,
                until=until,
            )
            query, earlier = query_of(request, incoming), turns(history or ())
            engine.warm()
            for answer in engine.ask(query, earlier):
                # Not what is read before the first words: what is found becomes less then, and
                # Gradio's client can't follow where lists within lists become shorter.
                if answer.text:
                    yield answer_json(answer, profile=engine.profile.name)

    def search(
        query: str, k: int = 10, within: str = "", since: str = "", until: str = ""
    ) -> list[dict[str, Any]]:
        """Return the k places that fit a query best, best first; `within`, days as `ask`."""
        with _gradio_errors():
            if not 1 <= k <= MAX_HITS:
                raise PagelightError(f"k is {k}; it must be 1 to {MAX_HITS}.")
            request = Request(text=words_of(query), within=within, since=since, until=until)
            return SeamSession(engine, incoming).search(request, k=k)

    def uploaded(attachments: list[dict[str, Any]]) -> Iterator[Path]:
        for one in attachments:
            if not is_upload(path := one.get("path")):
                raise PagelightError("This is none of your uploads.", hint="Upload the file first.")
            yield Path(str(path))

    for endpoint in (ask, search):
        gr.api(  # type: ignore[attr-defined] # public: its documentation names it so
            endpoint,
            api_name=endpoint.__name__,
            concurrency_limit=at_once,
            concurrency_id="ask",
        )


@contextmanager
def _gradio_errors() -> Iterator[None]:
    try:
        yield
    except PagelightError as error:
        raise gr.Error(str(error), print_exception=False) from error
