"""What a role adds to one person's application: routes that others' applications do not have."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI

from pagelight.server.app.page_routes import action_routes, reading_routes
from pagelight.server.app.parts import Parts
from pagelight.server.auth.collections_routes import CollectionDesk, collections_routes
from pagelight.server.auth.people_routes import Office, people_routes
from pagelight.services.accounts.keeping import PeopleFile
from pagelight.services.accounts.person import Person
from pagelight.services.answering.attachments import UserLibrary
from pagelight.services.jobs.collections import Collections, watchable
from pagelight.services.jobs.jobs import Jobs, Watched
from pagelight.services.jobs.quotas import Quotas
from pagelight.ui.chat.attachment_routes import given_routes
from pagelight.ui.library.library_routes import adding_routes, shelving_routes
from pagelight.ui.start.start_routes import demo_routes
from rag.settings import Settings


def watched(jobs: Jobs, person: Person) -> Jobs | Watched:
    """Return how reading shows to a person."""
    return jobs if person.administers else Watched(jobs, adds=person.may_add)


def add_adding(
    app: FastAPI,
    parts: Parts,
    settings: Settings,
    person: Person,
    *,
    library: UserLibrary,
    quotas: Quotas,
) -> None:
    """Add what brings documents in, to the collections that this person sees."""
    jobs, among = parts.jobs, person.collections
    app.include_router(reading_routes(jobs))
    app.include_router(
        adding_routes(
            jobs,
            limit_mb=settings.file_mb,
            among=among,
            send=quotas.send,
            beside=lambda: library.roots.beside,
        )
    )
    app.include_router(given_routes(library, jobs, among=among))
    if person.sees_everything:
        app.include_router(demo_routes(jobs, parts.demo))


def add_managing(app: FastAPI, parts: Parts, settings: Settings, library: UserLibrary) -> None:
    """Add what changes the index, and who may do what: for those who administer."""
    app.include_router(action_routes(parts.jobs))
    app.include_router(shelving_routes(library, parts.jobs))
    whole = parts.engine.index
    file = PeopleFile(Path(settings.users).expanduser()) if settings.users else None
    collections = Collections(whole, parts.jobs, people=file, may_watch=watchable(settings))
    office = Office(
        file=file, sessions=whole.sessions, audit=whole.audit, folders=collections.names
    )
    desk = CollectionDesk(
        collections=collections,
        reading=lambda: parts.jobs.state.running,
        book=lambda: file.book() if file else None,
    )
    app.include_router(people_routes(office))
    app.include_router(collections_routes(desk))
