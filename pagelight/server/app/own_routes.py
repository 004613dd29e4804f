"""The routes of one person: what is read and searched, one's own conversations, how all stands.

Each gets what this person may see, and no more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from fastapi import APIRouter, FastAPI

from pagelight.server.app.installing import installing_routes
from pagelight.server.app.looks import looks_routes
from pagelight.server.app.page_routes import FindPlaces, page_routes
from pagelight.server.app.page_state import PageState, state_routes
from pagelight.server.app.parts import Parts
from pagelight.server.app.rights import watched
from pagelight.server.sse.changes import Changes
from pagelight.server.sse.events_routes import events_routes
from pagelight.services.accounts.person import Person
from pagelight.services.answering.attachments import UserLibrary
from pagelight.services.answering.places import Place
from pagelight.services.answering.protocols import AnyEngine
from pagelight.services.answering.question_queue import QuestionQueue
from pagelight.services.jobs.job_queue import WaitingLine
from pagelight.services.jobs.table_jobs import Tables, table_line
from pagelight.services.models.models_job import Fetches
from pagelight.services.rendering.page_pictures import Pages
from pagelight.ui.chat.chat_sessions import ChatSessions
from pagelight.ui.chat.conversation_routes import conversation_routes
from pagelight.ui.chat.conversation_saver import place_finder
from pagelight.ui.library.library_files import is_writable
from pagelight.ui.library.library_routes import library_routes
from pagelight.ui.models.models_html import profile_html
from pagelight.ui.models.models_routes import profile_line
from pagelight.ui.preferences.preferences_routes import preferences_routes
from pagelight.ui.reports.routes import report_routes
from pagelight.ui.scope.routes import scope_routes
from pagelight.ui.sharing.share_routes import share_routes
from pagelight.ui.source.region import Regions
from pagelight.ui.start.start_routes import start_routes, suggestion_routes
from pagelight.ui.tables.table_routes import cell_places
from rag.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What the applications of all persons have in common. No route is given it whole."""

    parts: Parts
    settings: Settings
    pages: Pages
    fetches: Fetches
    turns: QuestionQueue
    table_line: WaitingLine = field(default_factory=table_line)


def shared_parts(parts: Parts, settings: Settings) -> Shared:
    pages = Pages(
        parts.engine.index,
        renderer=parts.renderer,
        roots=lambda: parts.engine.index.roots,
        renders=settings.workspace / "renders",
        attached=parts.engine.attached,
        fetch=parts.fetch,
    )
    switches = parts.switches
    # What came is used at once.
    fetches = Fetches(settings, lambda model: switches.start(model.part, model.name))
    turns = QuestionQueue(
        settings.questions_at_once, one_at_a_time=lambda: parts.engine.one_at_a_time
    )
    return Shared(parts=parts, settings=settings, pages=pages, fetches=fetches, turns=turns)


def places_finder(library: UserLibrary, talks: ChatSessions, tables: Tables) -> FindPlaces:
    """Return what finds the places of answers and of tables' cells, by their keys."""
    of_answers = place_finder(library.conversations, library, talks.growing)

    def find(key: str) -> tuple[Place, ...]:
        return of_answers(key) or cell_places(tables, key)

    return find


def own_page_routes(
    shared: Shared,
    person: Person,
    engine: AnyEngine,
    library: UserLibrary,
    *,
    places: FindPlaces,
    regions: Regions,
) -> APIRouter:
    """Return the routes that every browser uses, with what this person may steer and add."""
    jobs = shared.parts.jobs

    def may_add(doc_id: str) -> bool:
        return person.may_add and is_writable(jobs.state.folder) and library.is_new(doc_id)

    return page_routes(
        engine,
        places=places,
        pages=shared.pages,
        regions=regions,
        may_add=may_add,
        kept=shared.parts.engine.index,
    )


def add_reading(
    app: FastAPI, shared: Shared, person: Person, *, engine: AnyEngine, talks: ChatSessions
) -> None:
    """Add what everybody has: what is read and searched, and one's own conversations."""
    index, pages = engine.index, shared.pages
    jobs = watched(shared.parts.jobs, person)
    app.include_router(conversation_routes(index.conversations, index, pages, delete=talks.delete))
    app.include_router(share_routes(index.shares))
    app.include_router(report_routes(index))
    app.include_router(library_routes(index, jobs, limit_mb=shared.settings.file_mb, person=person))
    app.include_router(scope_routes(index))
    app.include_router(preferences_routes(engine))
    app.include_router(start_routes(jobs, shared.parts.demo))
    examples = shared.parts.examples if person.sees_everything else ()
    app.include_router(suggestion_routes(index, examples))


def add_state(
    app: FastAPI, shared: Shared, person: Person, *, engine: AnyEngine, talks: ChatSessions
) -> Changes:
    """Add how everything stands, and what tells it as it changes; return that."""
    steers = person.administers
    switches = shared.parts.switches
    line = profile_line(
        shared.settings, engine, shared.fetches, switches, writer=shared.parts.writer
    )
    state = PageState(
        engine,
        watched(shared.parts.jobs, person),
        switches if steers else None,
        profile_line=line if steers else lambda: profile_html(engine.profile, None),
    )
    changes = Changes(engine.index, state.version, written=talks.written)
    app.include_router(state_routes(state))
    app.include_router(installing_routes())
    app.include_router(looks_routes())
    app.include_router(events_routes(changes))
    return changes
