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
from typing import Final

import gradio as gr
from fastapi import FastAPI
from gradio.routes import App
from starlette.routing import Mount

from rag.settings import Settings
from ui.chat import build_chat
from ui.conversation import Replier
from ui.conversation_routes import conversation_routes
from ui.conversations import Keeper
from ui.endpoints import add_endpoints
from ui.jobs import Watched
from ui.library_routes import library_routes, shelving_routes
from ui.models_job import Fetches
from ui.models_routes import models_routes
from ui.pages import Pages
from ui.places import Shelf
from ui.region import Regions
from ui.report_routes import report_routes
from ui.routes import action_routes, page_routes
from ui.scope_routes import scope_routes
from ui.seams import Engine
from ui.seen_engine import SeenEngine
from ui.server import Parts
from ui.suggestions import Suggestions
from ui.suggestions_routes import suggestion_routes
from ui.table_jobs import Tables
from ui.table_routes import table_routes
from ui.theme import theme
from ui.users import OWNER, Person

UPLOAD_LIMIT: Final = "30mb"
_STYLES: Final = "style source pictures conversations library scope table reports".split()
_SCRIPTS: Final = (
    "behaviour quotes region conversations library scope table reports suggest summary".split()
)
_HEAD: Final = "".join(
    [
        *(f'<link rel="stylesheet" href="/looks/{name}.css">' for name in _STYLES),
        *(f'<script src="/looks/{name}.js" defer></script>' for name in _SCRIPTS),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the applications of all persons have in common. No route is given it whole."""

    parts: Parts
    settings: Settings
    pages: Pages
    fetches: Fetches
    table_turn: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What answers one person; `close` ends what it does in the background."""

    asgi: FastAPI
    tables: Tables

    def close(self) -> None:
        self.tables.close()


def shared_parts(parts: Parts, settings: Settings) -> Shared:
    pages = Pages(
        parts.engine.index,
        renderer=parts.renderer,
        folder=lambda: parts.engine.index.root,
        renders=settings.workspace / "renders",
    )
    switches = parts.switches
    # What came is used at once.
    fetches = Fetches(settings, lambda model: switches.start(model.part, model.name))
    return Shared(parts=parts, settings=settings, pages=pages, fetches=fetches)


def application(shared: Shared, person: Person) -> Application:
    """Return the application of one person. Takes half a second; not to be called in a loop.

    Gradio makes its locks in an event loop of its own, left open, where none runs: one runs here.
    """
    return asyncio.run(_made(shared, person))


async def _made(shared: Shared, person: Person) -> Application:
    os.environ.setdefault("GRADIO_TEMP_DIR", str(shared.settings.workspace.resolve() / "uploads"))
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    whole = shared.parts.engine
    engine: Engine = whole if person == OWNER else SeenEngine(whole, person)
    shelf = Shelf()
    regions = Regions(engine.index, shared.pages, shared.parts.incoming.read_image)
    tables = Tables(engine, turn=shared.table_turn)
    _add_reading(app, shared, person, engine=engine, shelf=shelf, regions=regions)
    app.include_router(table_routes(tables, shelf))
    if person.sees_everything:
        _add_managing(app, shared, engine)
    _mount_chat(app, shared, person, engine=engine, shelf=shelf, regions=regions)
    return Application(asgi=app, tables=tables)


def _add_reading(
    app: FastAPI, shared: Shared, person: Person, *, engine: Engine, shelf: Shelf, regions: Regions
) -> None:
    """Add what everybody has: what is read and searched, and one's own conversations."""
    index, pages = engine.index, shared.pages
    jobs = shared.parts.jobs if person.sees_everything else Watched(shared.parts.jobs)
    switches = shared.parts.switches if person.sees_everything else None
    app.include_router(
        page_routes(engine, jobs, switches, shelf=shelf, pages=pages, regions=regions)
    )
    app.include_router(conversation_routes(index.conversations, index, pages))
    app.include_router(report_routes(index))
    app.include_router(library_routes(index, jobs, limit_mb=shared.settings.file_mb))
    app.include_router(scope_routes(index))
    suggestions = Suggestions(
        engine,
        jobs,
        store=shared.settings.workspace / f"suggestions{_mark(person)}.json",
        wanted=not shared.parts.examples or not person.sees_everything,
    )
    app.include_router(suggestion_routes(suggestions))


def _mark(person: Person) -> str:
    """Return what tells the suggestions for some collections from those for others."""
    if person.collections is None:
        return ""
    return "-" + hashlib.sha256("\0".join(person.collections).encode()).hexdigest()[:16]


def _add_managing(app: FastAPI, shared: Shared, engine: Engine) -> None:
    """Add what changes the index or the program: for those who see everything."""
    parts, settings = shared.parts, shared.settings
    app.include_router(action_routes(parts.jobs))
    app.include_router(shelving_routes(engine.index, parts.jobs, limit_mb=settings.file_mb))
    app.include_router(models_routes(settings, engine, shared.fetches, parts.switches))


def _mount_chat(
    app: FastAPI, shared: Shared, person: Person, *, engine: Engine, shelf: Shelf, regions: Regions
) -> None:
    index, incoming = engine.index, shared.parts.incoming
    replier = Replier(
        engine,
        shelf=shelf,
        incoming=incoming,
        regions=regions,
        keeper=Keeper(index.conversations, index, shelf=shelf, regions=regions),
        is_reading=lambda: shared.parts.jobs.state.running,
    )
    gr.mount_gradio_app(
        app,
        build_chat(
            replier,
            person=person,
            examples=shared.parts.examples if person.sees_everything else (),
            add_endpoints=partial(add_endpoints, engine, incoming),
        ),
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
    # They run when the server starts; asked for once more they would start a second queue.
    mounted = (route.app for route in app.routes if isinstance(route, Mount))
    next(chat for chat in mounted if isinstance(chat, App)).startup_events_triggered = True
