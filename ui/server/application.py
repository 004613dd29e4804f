"""One person's application: the page and its routes, over what this person may see and do.

Everything that a route can reach is handed to it here, and already limited: a route that forgets
to ask who is there has nothing else to give away. Imports Gradio.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import gradio as gr
from fastapi import APIRouter, FastAPI
from gradio.routes import templates
from jinja2.ext import Extension
from starlette.routing import Mount

from rag.settings import Settings
from service.asking.brought import Brought, BroughtIncoming, BroughtLibrary
from service.asking.places import Place
from service.asking.seams import EngineSeam, Incoming
from service.asking.turns import TurnEngine, Turns
from service.models.models_job import Fetches
from service.people.users import OWNER, Person
from service.work.jobs import Watched
from service.work.line import WaitingLine
from service.work.seen_engine import SeenEngine
from service.work.suggestions import Suggestions
from service.work.table_jobs import Tables, table_line
from ui.answers.answer_routes import answer_routes
from ui.chat.conversation import Replier
from ui.chat.conversation_routes import conversation_routes
from ui.chat.conversations import Keeper, place_finder
from ui.chat.given_routes import given_routes
from ui.chat.page import build_chat
from ui.chat.suggestions_routes import suggestion_routes
from ui.chat.talks import Talks
from ui.events.changes import Changes
from ui.events.events_routes import events_routes
from ui.http.chat_door import ChatDoor
from ui.http.guard import NONCE
from ui.http.uploads import Uploads
from ui.library.library_files import is_writable
from ui.library.library_routes import library_routes, shelving_routes
from ui.models.models_html import profile_html
from ui.models.models_routes import models_routes, profile_line
from ui.programs.completions import completion_routes
from ui.programs.mcp_over_http import McpOverHttp
from ui.reports.routes import report_routes
from ui.scope.routes import scope_routes
from ui.server.endpoints import add_endpoints
from ui.server.page_routes import FindPlaces, action_routes, page_routes
from ui.server.page_state import PageState, state_routes
from ui.server.parts import Parts
from ui.server.theme import theme
from ui.sharing.share_routes import share_routes
from ui.source.pages import Pages
from ui.source.region import Regions
from ui.start.start_routes import demo_routes, start_routes
from ui.tables.table_routes import cell_places, table_routes

MOST_THREADS: Final = 8
"""Of one person's chat."""

UPLOAD_LIMIT: Final = "30mb"
_STYLES: Final = (
    "style source document pictures conversations given library scope table reports start "
    "keys".split()
)
_SCRIPTS: Final = (
    "shown events pieces behaviour quotes region conversations library adding start scope table "
    "reports suggest summary copying theme keys document sharing".split()
)
"""In this order: the first two tell the others."""

_HEAD: Final = "".join(f'<link rel="stylesheet" href="/looks/{name}.css">' for name in _STYLES)
_BEHAVIOUR: Final = "".join(f'<script src="/looks/{name}.js" defer></script>' for name in _SCRIPTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the applications of all persons have in common. No route is given it whole."""

    parts: Parts
    settings: Settings
    pages: Pages
    fetches: Fetches
    turns: Turns
    table_line: WaitingLine = field(default_factory=table_line)
    suggestions_turn: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What answers one person; `close` ends what it does in the background."""

    asgi: FastAPI
    tables: Tables
    talks: Talks
    changes: Changes
    chat: gr.Blocks

    @property
    def at_work(self) -> bool:
        """Whether an answer or a table of this person's waits or is being written."""
        return self.tables.at_work or self.talks.at_work

    def close(self) -> None:
        """End streams, answers, tables, and Gradio's queue, which would look for work for ever."""
        self.changes.close()
        self.talks.close()
        self.tables.close()
        self.chat.close(verbose=False)


def shared_parts(parts: Parts, settings: Settings) -> Shared:
    pages = Pages(
        parts.engine.index,
        renderer=parts.renderer,
        folder=lambda: parts.engine.index.root,
        renders=settings.workspace / "renders",
        attached=parts.engine.attached,
    )
    switches = parts.switches
    # What came is used at once.
    fetches = Fetches(settings, lambda model: switches.start(model.part, model.name))
    turns = Turns(settings.questions_at_once, one_at_a_time=lambda: parts.engine.one_at_a_time)
    return Shared(parts=parts, settings=settings, pages=pages, fetches=fetches, turns=turns)


def application(shared: Shared, person: Person) -> Application:
    """Return the application of one person. Takes half a second; not to be called in a loop.

    Gradio makes its locks in an event loop of its own, left open, where none runs: one runs here.
    """
    return asyncio.run(_made(shared, person))


async def _made(shared: Shared, person: Person) -> Application:
    whole = shared.parts.engine
    seen: EngineSeam = whole if person == OWNER else SeenEngine(whole, person)
    brought = Brought(seen.index.conversations)
    library = BroughtLibrary(seen.index, whole.attached, brought)
    incoming = BroughtIncoming(shared.parts.incoming, brought)
    engine = TurnEngine(seen, shared.turns, library)
    tools = McpOverHttp(engine, incoming)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=tools.living)
    regions = Regions(library, shared.pages, incoming.read_image)
    tables = Tables(engine, line=shared.table_line)
    replier = Replier(
        engine,
        incoming=incoming,
        keeper=Keeper(library.conversations, library, regions=regions),
        regions=regions,
        is_reading=lambda: shared.parts.jobs.state.running,
    )
    talks = Talks(replier)
    places = _places(library, talks, tables)
    _add_reading(app, shared, person, engine=engine)
    app.include_router(
        _page_routes(shared, person, engine, library, places=places, regions=regions)
    )
    app.include_router(table_routes(tables))
    changes = _add_state(app, shared, person, engine=engine, talks=talks)
    app.include_router(completion_routes(engine, incoming))
    app.include_router(tools.routes())
    if person.sees_everything:
        _add_managing(app, shared, engine, library)
    chat = _mount_chat(app, shared, person, engine=engine, talks=talks, incoming=incoming)
    return Application(asgi=app, tables=tables, talks=talks, changes=changes, chat=chat)


def _places(library: BroughtLibrary, talks: Talks, tables: Tables) -> FindPlaces:
    """Return what finds the places of answers and of tables' cells, by their keys."""
    of_answers = place_finder(library.conversations, library, talks.growing)

    def find(key: str) -> tuple[Place, ...]:
        return of_answers(key) or cell_places(tables, key)

    return find


def _page_routes(
    shared: Shared,
    person: Person,
    engine: EngineSeam,
    library: BroughtLibrary,
    *,
    places: FindPlaces,
    regions: Regions,
) -> APIRouter:
    """Return the routes that every browser uses, with what this person may steer and add."""
    jobs, steers = shared.parts.jobs, person.sees_everything

    def may_add(doc_id: str) -> bool:
        return steers and is_writable(jobs.state.folder) and library.is_new(doc_id)

    return page_routes(
        engine,
        places=places,
        pages=shared.pages,
        regions=regions,
        may_add=may_add,
    )


def _add_reading(app: FastAPI, shared: Shared, person: Person, *, engine: EngineSeam) -> None:
    """Add what everybody has: what is read and searched, and one's own conversations."""
    index, pages = engine.index, shared.pages
    jobs = shared.parts.jobs if person.sees_everything else Watched(shared.parts.jobs)
    app.include_router(conversation_routes(index.conversations, index, pages))
    app.include_router(answer_routes(index.conversations))
    app.include_router(share_routes(index.shares))
    app.include_router(report_routes(index))
    app.include_router(library_routes(index, jobs, limit_mb=shared.settings.file_mb))
    app.include_router(scope_routes(index))
    app.include_router(start_routes(jobs, shared.parts.demo))
    suggestions = Suggestions(
        engine,
        jobs,
        store=shared.settings.workspace / f"suggestions{_mark(person)}.json",
        wanted=not shared.parts.examples or not person.sees_everything,
        turn=shared.suggestions_turn,
    )
    app.include_router(suggestion_routes(suggestions))


def _add_state(
    app: FastAPI, shared: Shared, person: Person, *, engine: EngineSeam, talks: Talks
) -> Changes:
    """Add how everything stands, and what tells it as it changes; return that."""
    jobs, steers = shared.parts.jobs, person.sees_everything
    switches = shared.parts.switches
    line = profile_line(shared.settings, engine, shared.fetches, switches)
    state = PageState(
        engine,
        jobs if steers else Watched(jobs),
        switches if steers else None,
        profile_line=line if steers else lambda: profile_html(engine.profile, None),
    )
    changes = Changes(engine.index, state.version, written=talks.written)
    app.include_router(state_routes(state))
    app.include_router(events_routes(changes))
    return changes


def _mark(person: Person) -> str:
    """Return what tells the suggestions for some collections from those for others."""
    if person.collections is None:
        return ""
    return "-" + hashlib.sha256("\0".join(person.collections).encode()).hexdigest()[:16]


def _add_managing(
    app: FastAPI, shared: Shared, engine: EngineSeam, library: BroughtLibrary
) -> None:
    """Add what changes the index or the program: for those who see everything."""
    parts, settings = shared.parts, shared.settings
    app.include_router(action_routes(parts.jobs))
    app.include_router(demo_routes(parts.jobs, parts.demo))
    app.include_router(shelving_routes(library, parts.jobs, limit_mb=settings.file_mb))
    app.include_router(given_routes(library, parts.jobs))
    app.include_router(models_routes(settings, engine, shared.fetches, parts.switches))


def _mount_chat(
    app: FastAPI,
    shared: Shared,
    person: Person,
    *,
    engine: EngineSeam,
    talks: Talks,
    incoming: Incoming,
) -> gr.Blocks:
    templates.env.add_extension(Nonced)
    uploads = _uploads(shared.settings, person)
    chat = build_chat(
        talks,
        person=person,
        examples=shared.parts.examples if person.sees_everything else (),
        add_endpoints=partial(add_endpoints, engine, incoming, is_upload=uploads.holds),
    )
    # Threads of its own: questions that wait here hold up nobody else's page.
    chat.max_threads = MOST_THREADS
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
        theme=theme(),
        head=_HEAD,
    )
    _close_door(app, uploads, incoming)
    return chat


def _close_door(app: FastAPI, uploads: Uploads, incoming: Incoming) -> None:
    """Put the chat that was mounted last behind its door, with a folder of its own."""
    mount = next(route for route in reversed(app.routes) if isinstance(route, Mount))
    chat: Any = mount.app
    chat.uploaded_file_dir = str(uploads.folder)
    mount.app = ChatDoor(chat, uploads, on_upload=incoming.begin)


class Nonced(Extension):
    """Gives the nonce of an answer to the scripts of Gradio's own templates, and to no other.

    Our own scripts stand first in the page: they listen before there is anything to press. What
    `gr.mount_gradio_app` takes as its `head` Gradio adds by a script, some time after the page can
    be used. There is no public way to either: the template is Gradio's own.
    """

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        del name, filename
        nonce = f"{{{{ request.scope.get('{NONCE}', '') }}}}"
        whole = source.replace("<head>", f"<head>{_BEHAVIOUR}", 1)
        return whole.replace("<script", f'<script nonce="{nonce}"')


def _uploads(settings: Settings, person: Person) -> Uploads:
    """Return a person's folder. All lie in the one that Gradio takes no copies out of."""
    root = os.environ.setdefault("GRADIO_TEMP_DIR", str(settings.workspace.resolve() / "uploads"))
    folder = hashlib.sha256(person.name.encode()).hexdigest()[:32]
    uploads = Uploads(Path(root) / folder, quota_mb=settings.uploads_mb)
    uploads.tidy()
    return uploads
