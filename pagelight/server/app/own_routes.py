"""What one person's application is made of: what they see and ask, and the routes over it.

Everything that a route can reach is limited here to what this person may see and do. Imports
Gradio.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from ingest.remote.address import shown
from pagelight.server.app.looks import installing_routes, looks_routes
from pagelight.server.app.page_routes import action_routes, page_routes, reading_routes
from pagelight.server.app.server import Parts
from pagelight.server.auth.collections_routes import CollectionDesk, collections_routes
from pagelight.server.auth.people_routes import Office, people_routes
from pagelight.server.middleware.headers import FRESH
from pagelight.server.openai_api.completions import completion_routes
from pagelight.server.sse.events import Changes, events_routes
from pagelight.services.accounts.keeping import PeopleFile
from pagelight.services.accounts.person import OWNER, Person
from pagelight.services.answering.attachments import UserAttachments, UserIncoming, UserLibrary
from pagelight.services.answering.places import Place
from pagelight.services.answering.protocols import AnyEngine, Library
from pagelight.services.answering.question_queue import QuestionQueue, QueuedEngine
from pagelight.services.jobs.collections import Collections, watchable
from pagelight.services.jobs.job_queue import WaitingLine
from pagelight.services.jobs.jobs import Jobs, JobState, Watched
from pagelight.services.jobs.quotas import Quotas
from pagelight.services.jobs.table_jobs import Tables, table_line
from pagelight.services.models.models_job import Fetches
from pagelight.services.models.models_switch import ModelChange, Switches
from pagelight.services.rendering.page_pictures import Pages
from pagelight.services.session.connections import connections
from pagelight.ui.chat.answer_streamer import AnswerStreamer
from pagelight.ui.chat.chat_sessions import ChatSessions
from pagelight.ui.chat.conversation_routes import conversation_routes
from pagelight.ui.chat.conversation_saver import ConversationSaver, place_finder
from pagelight.ui.chat.dictation_routes import dictation_routes
from pagelight.ui.library.library_files import is_writable
from pagelight.ui.library.library_routes import (
    adding_routes,
    given_routes,
    library_routes,
    shelving_routes,
)
from pagelight.ui.library.status import status_view, status_words
from pagelight.ui.models.models_routes import models_routes, profile_line
from pagelight.ui.pins.pin_routes import pin_routes
from pagelight.ui.preferences.preferences_routes import Facts, preferences_routes
from pagelight.ui.reports.routes import report_routes
from pagelight.ui.scope.routes import scope_routes
from pagelight.ui.sharing.share_routes import share_routes
from pagelight.ui.source.figures import figure_reader
from pagelight.ui.source.overviews import Overviews, overview_routes
from pagelight.ui.source.region import Regions
from pagelight.ui.start.start_routes import demo_routes, start_routes, suggestion_routes
from pagelight.ui.tables.table_routes import cell_places, table_routes
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


class OwnParts:
    """What the routes of one person have in common."""

    def __init__(self, shared: Shared, person: Person) -> None:
        parts, whole = shared.parts, shared.parts.engine
        seen: Library = whole.index
        if person != OWNER:
            seen = whole.index.seen_by(owner=person.key, collections=person.collections)
        attachments = UserAttachments(seen.conversations)
        self.person = person
        self.settings = shared.settings
        self._shared, self._parts = shared, parts
        self._library = UserLibrary(seen, whole.attached, attachments)
        self.incoming = UserIncoming(parts.incoming, attachments)
        self.quotas = Quotas(whole.index.usage, person, shared.settings)
        self.engine = QueuedEngine(
            whole,
            shared.turns,
            self._library,
            collections=person.collections,
            allow=self.quotas.ask,
        )
        self._jobs = parts.jobs if person.administers else Watched(parts.jobs, adds=person.may_add)
        self._pages = shared.pages.of_one_person()
        self._regions = Regions(self._library, self._pages, self.incoming.read_image)
        self.tables = Tables(self.engine, line=shared.table_line, allow=self.quotas.ask)
        streamer = AnswerStreamer(
            self.engine,
            incoming=self.incoming,
            saver=ConversationSaver(self._library, regions=self._regions),
            is_reading=lambda: parts.jobs.state.running,
        )
        self.talks = ChatSessions(streamer)
        self._state = self._page_state()
        self.changes = Changes(self._library, self._state.version, written=self.talks.written)

    def _page_state(self) -> PageState:
        """Return how everything stands; models are told of to who may change them."""
        engine, parts, shared = self.engine, self._parts, self._shared
        if not self.person.administers:
            return PageState(engine, self._jobs, None, profile_line=lambda: "")
        line = profile_line(shared.fetches, parts.switches, writer=parts.writer)
        return PageState(engine, self._jobs, parts.switches, profile_line=line)

    def routers(self) -> Iterator[APIRouter]:
        """Yield the routes that everybody has, and what the person's role adds."""
        yield from self._for_everybody()
        yield completion_routes(self.engine, self.incoming, send=self.quotas.send)
        if self.person.may_add:
            yield from self._adding()
        if self.person.administers:
            yield from self._managing()

    def _for_everybody(self) -> Iterator[APIRouter]:
        library, parts = self._library, self._parts
        read = figure_reader(library, self._pages)
        yield share_routes(library.shares, library.conversations, read)
        # Below: of a conversation's forms one is a page.
        yield conversation_routes(library.conversations, read, delete=self.talks.delete)
        yield report_routes(library)
        yield library_routes(
            library, self._jobs, limit_mb=self.settings.file_mb, person=self.person
        )
        yield scope_routes(library)
        yield preferences_routes(self.engine, self._facts)
        yield overview_routes(
            library, Overviews(self.engine, parts.engine.index.workspace / "overviews")
        )
        yield start_routes(self._jobs, parts.demo)
        yield suggestion_routes(library, parts.examples if self.person.sees_everything else ())
        yield page_routes(
            self.engine,
            places=self._places,
            pages=self._pages,
            regions=self._regions,
            may_add=self._may_add,
            kept=parts.engine.index,
        )
        yield table_routes(self.tables)
        yield pin_routes(library, read)
        yield state_routes(self._state)
        yield installing_routes()
        yield looks_routes()
        yield events_routes(self.changes)
        if parts.dictation:
            yield dictation_routes(parts.dictation, send=self.quotas.send)

    def _places(self, key: str) -> tuple[Place, ...]:
        library = self._library
        of_answers = place_finder(library.conversations, library, self.talks.growing)
        return of_answers(key) or cell_places(self.tables, key)

    def _facts(self) -> Facts | None:
        if not self.person.administers:
            return None
        folder, workspace = self._jobs.state.folder, self.settings.workspace.resolve()
        size = sum(path.lstat().st_size for path in workspace.rglob("*") if path.is_file())
        return Facts(
            folder=shown(folder) if folder else "",
            workspace=workspace,
            megabytes=round(size / 1e6),
            connections=connections(),
        )

    def _may_add(self, doc_id: str) -> bool:
        is_open = is_writable(self._parts.jobs.state.folder)
        return self.person.may_add and is_open and self._library.is_new(doc_id)

    def _adding(self) -> Iterator[APIRouter]:
        jobs, library, among = self._parts.jobs, self._library, self.person.collections
        yield reading_routes(jobs)
        yield adding_routes(
            jobs,
            limit_mb=self.settings.file_mb,
            among=among,
            send=self.quotas.send,
            extra=lambda: library.roots.extra,
        )
        yield given_routes(library, jobs, among=among)
        if self.person.sees_everything:
            yield demo_routes(jobs, self._parts.demo)

    def _managing(self) -> Iterator[APIRouter]:
        jobs, whole, settings = self._parts.jobs, self._parts.engine.index, self.settings
        yield models_routes(settings, self.engine, self._shared.fetches, self._parts.switches)
        yield action_routes(jobs)
        yield shelving_routes(self._library, jobs)
        file = PeopleFile(Path(settings.users).expanduser()) if settings.users else None
        collections = Collections(whole, jobs, people=file, may_watch=watchable(settings))
        yield people_routes(
            Office(file=file, sessions=whole.sessions, audit=whole.audit, folders=collections.names)
        )
        yield collections_routes(
            CollectionDesk(
                collections=collections,
                reading=lambda: jobs.state.running,
                book=lambda: file.book() if file else None,
            )
        )


class PageState:
    """One person's; `switches` None: for who may change no models.

    `profile_line` is the HTML of how questions are answered.
    """

    def __init__(
        self,
        engine: AnyEngine,
        jobs: Jobs | Watched,
        switches: Switches | None,
        *,
        profile_line: Callable[[], str],
    ) -> None:
        self._engine = engine
        self._jobs = jobs
        self._switches = switches
        self._profile_line = profile_line
        self._begun = secrets.token_hex(8)  # tells a server that was started anew from the former

    def view(self) -> dict[str, Any]:
        """Return what is shown, and its `version`: both of the same moment."""
        job, running, line = self._jobs.state, self._running(), self._profile_line()
        view = asdict(status_view(self._engine, job, running))
        version = self._version_of(job, running, line)
        return {**view, "profile": line, "begun": self._begun, "version": version}

    def version(self) -> str:
        """Return a text that is another one whenever `view` is, the documents' own aside."""
        return self._version_of(self._jobs.state, self._running(), self._profile_line())

    def _version_of(self, job: JobState, running: tuple[ModelChange, ...], line: str) -> str:
        words = status_words(self._engine, job, running)
        whole = f"{words}\0{line}\0{self._begun}"
        return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]

    def _running(self) -> tuple[ModelChange, ...]:
        return self._switches.running if self._switches else ()


def state_routes(state: PageState) -> APIRouter:
    """Return the route of what the page shows of the program."""
    router = APIRouter()

    @router.get("/state")
    def view() -> Response:
        return JSONResponse(state.view(), headers=FRESH)

    return router
