"""What one person's application is made of: what they see and ask, and the routes over it.

Everything that a route can reach is limited here to what this person may see and do. Imports
Gradio.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import Response
from gradio import Blocks

from ingest.remote.address import shown
from pagelight.process import connections
from pagelight.server.app.page_routes import (
    action_routes,
    looks_routes,
    page_routes,
    reading_routes,
)
from pagelight.server.app.server import Parts
from pagelight.server.auth.collections_routes import collections_routes
from pagelight.server.auth.people_routes import Office, people_routes
from pagelight.server.events import Changes, events_routes
from pagelight.server.middleware.headers import fresh
from pagelight.server.openai_api.completions import completion_routes
from pagelight.services.accounts.person import OWNER, Person
from pagelight.services.accounts.users import PeopleFile
from pagelight.services.answering.asking import Library, UserIncoming, UserLibrary
from pagelight.services.answering.places import Place
from pagelight.services.answering.question_queue import QuestionQueue, QueuedEngine, Quotas
from pagelight.services.jobs.collections import Collections, watchable
from pagelight.services.jobs.jobs import JobState, Watched
from pagelight.services.jobs.table_jobs import Tables, table_line
from pagelight.services.models.models_job import Fetches, ModelChange
from pagelight.services.rendering.page_pictures import Pages
from pagelight.ui.chat.answer_streamer import AnswerStreamer
from pagelight.ui.chat.chat_sessions import ChatSessions
from pagelight.ui.chat.conversation import ConversationSaver, places_by
from pagelight.ui.chat.routes import (
    conversation_routes,
    dictation_routes,
    pin_routes,
    preferences_routes,
    report_routes,
)
from pagelight.ui.library.files import is_writable
from pagelight.ui.library.library import status_json, status_words
from pagelight.ui.library.routes import (
    adding_routes,
    demo_routes,
    library_routes,
    shelving_routes,
)
from pagelight.ui.models import models_routes, profile_html
from pagelight.ui.scope import scope_routes
from pagelight.ui.source.crops import Regions, figure_reader
from pagelight.ui.source.overviews import Overviews, overview_routes
from pagelight.ui.tables import cell_places, table_routes
from rag.settings import Settings


class Shared:
    """What the applications of all persons have in common. No route is given it whole."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        engine, switches = parts.engine, parts.switches
        self.parts = parts
        self.settings = settings
        self.pages = Pages(
            engine.index, renderer=parts.renderer, attached=engine.attached, fetch=parts.fetch
        )
        # What came is used at once.
        self.fetches = Fetches(settings, lambda model: switches.start(model.part, model.name))
        self.turns = QuestionQueue(
            settings.questions_at_once, one_at_a_time=lambda: engine.one_at_a_time
        )
        self.table_line = table_line()


class OwnParts:
    """What answers one person: what their routes have in common, and `asgi`, over a Gradio chat."""

    asgi: FastAPI
    chat: Blocks

    def __init__(self, shared: Shared, person: Person) -> None:
        parts, whole = shared.parts, shared.parts.engine
        seen: Library = whole.index
        if person != OWNER:
            seen = whole.index.seen_by(owner=person.key, collections=person.collections)
        self.person = person
        self.settings = shared.settings
        self._shared, self._parts = shared, parts
        self._library = UserLibrary(seen, whole.attached)
        self.incoming = UserIncoming(parts.incoming, self._library)
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
        self._begun = secrets.token_hex(8)  # tells a server that was started anew from the former
        self.changes = Changes(
            self._library, lambda: self._standing()[-1], written=self.talks.written
        )

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

    def _standing(self) -> tuple[JobState, tuple[ModelChange, ...], str, str]:
        """Return how the program stands, all of it of the same moment.

        What is read, and, for who may change models, the changes of these and the HTML of how
        questions are answered; then a text that is another one whenever any of it is.
        """
        job, changes, line = self._jobs.state, tuple[ModelChange, ...](), ""
        if self.person.administers:
            switches = self._parts.switches
            changes, fetches = switches.running, self._shared.fetches
            line = profile_html(switches.offered(), fetches.state, self._parts.writer())
        whole = f"{status_words(self.engine, job, changes)}\0{line}\0{self._begun}"
        return job, changes, line, hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:16]

    def _state_routes(self) -> APIRouter:
        router = APIRouter()

        @router.get("/state")
        def view() -> Response:
            job, changes, line, version = self._standing()
            shown = status_json(self.engine, job, changes)
            return fresh({**shown, "profile": line, "begun": self._begun, "version": version})

        return router

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
        yield conversation_routes(
            library.conversations,
            library.shares,
            read,
            delete=self.talks.delete,
            restore=self.talks.restore,
        )
        yield pin_routes(library, read)
        yield report_routes(library)
        yield library_routes(
            library,
            self._jobs,
            limit_mb=self.settings.file_mb,
            person=self.person,
            demo=parts.demo,
            examples=parts.examples if self.person.sees_everything else (),
        )
        yield scope_routes(library)
        yield preferences_routes(self.engine, self._facts)
        yield overview_routes(
            library, Overviews(self.engine, parts.engine.index.workspace / "overviews")
        )
        yield page_routes(
            self.engine,
            places=self._places,
            pages=self._pages,
            regions=self._regions,
            may_add=self._may_add,
            kept=parts.engine.index,
        )
        yield table_routes(self.tables)
        yield self._state_routes()
        yield looks_routes()
        yield events_routes(self.changes)
        if parts.dictation:
            yield dictation_routes(parts.dictation, send=self.quotas.send)

    def _places(self, key: str) -> tuple[Place, ...]:
        of_answer = places_by(key, self._library, self.talks.growing)
        return of_answer or cell_places(self.tables, key)

    def _facts(self) -> dict[str, object] | None:
        if not self.person.administers:
            return None
        folder, workspace = self._jobs.state.folder, self.settings.workspace.resolve()
        size = sum(path.lstat().st_size for path in workspace.rglob("*") if path.is_file())
        return {
            "folder": shown(folder) if folder else "",
            "workspace": workspace,
            "megabytes": round(size / 1e6),
            "connections": connections(),
        }

    def _may_add(self, doc_id: str) -> bool:
        is_open = is_writable(self._parts.jobs.state.folder)
        return self.person.may_add and is_open and self._library.is_new(doc_id)

    def _adding(self) -> Iterator[APIRouter]:
        jobs = self._parts.jobs
        yield reading_routes(jobs)
        yield adding_routes(
            self._library,
            jobs,
            limit_mb=self.settings.file_mb,
            among=self.person.collections,
            send=self.quotas.send,
        )
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
        yield collections_routes(collections)
