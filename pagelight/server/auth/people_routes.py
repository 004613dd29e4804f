"""The page where people are looked after: for those who administer. Knows forms and their words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from pagelight.server.auth.browser_sessions import browser_name, moment
from pagelight.server.auth.forms import Form, one_of, submitted
from pagelight.server.middleware.asgi import PEOPLE
from pagelight.server.middleware.headers import FRESH
from pagelight.services.accounts.keeping import PeopleFile, Rights
from pagelight.services.accounts.person import ROLES, Collections, Role, UsersBook
from pagelight.ui.html.language import key, known
from pagelight.ui.templating import render
from rag.datamodel import ROOT_COLLECTION, composed
from rag.errors import SettingsError
from rag.storage.accounts.audit import Audit
from rag.storage.accounts.sessions import Sessions, SignedIn

MAX_LINES: Final = 200
ROLE_WORDS: Final[dict[Role, str]] = {
    "reads": key("Reads: asks, and sees documents"),
    "adds": key("Adds: brings documents in, too"),
    "administers": key("Administers: documents, models and people; sees everything"),
}
ROLE_NAMES: Final[dict[Role, str]] = {
    "reads": key("reads"),
    "adds": key("adds"),
    "administers": key("administers"),
}
DONE: Final = {
    "add": (key("{name} was added."), key("added the person")),
    "change": (key("The rights of {name} were changed."), key("changed the rights of")),
    "password": (
        key("{name} has a new password, and is signed out everywhere."),
        key("set the password of"),
    ),
    "out": (key("{name} is signed out everywhere."), key("signed out everywhere")),
    "end": (key("The session was ended."), key("ended a session of")),
    "remove": (key("{name} was removed."), key("removed the person")),
    "group": (key("The group {name} was saved."), key("saved the group")),
    "ungroup": (key("The group {name} was removed."), key("removed the group")),
}
"""What is told of what was done, and what is written down of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What is looked after. `file` None: nobody has a name here."""

    file: PeopleFile | None
    sessions: Sessions
    audit: Audit
    folders: Callable[[], list[str]]


def people_routes(office: Office) -> APIRouter:
    """Return the routes of `/people`: a page of forms that are sent to itself."""
    router = APIRouter()

    @router.get(PEOPLE)
    def shown(who: str = "", did: str = "", to: str = "") -> Response:
        done = known(DONE[did][0]).format(name=to) if did in DONE else ""
        return HTMLResponse(_page(office, who=who, notice=done), headers=FRESH)

    @router.post(PEOPLE)
    async def sent(request: Request) -> Response:
        return await submitted(request, partial(_do, office), partial(_page, office), DONE)

    return router


def _page(office: Office, *, who: str = "", notice: str = "", wrong: str = "") -> str:
    """Return the page; `who` is whose lines of what was done it shows: "" everybody's."""
    book = office.file.book() if office.file else None
    sessions = office.sessions.all()

    def sessions_of(name: str) -> list[SignedIn]:
        return [one for one in sessions if one.name == name]

    return render(
        "accounts/people.html",
        users=[user for _, user in sorted(book.users.items())] if book else None,
        groups=dict(sorted(book.groups.items())) if book else {},
        folders=_folders(office, book) if book else [],
        lines=office.audit.last(MAX_LINES, who=who),
        all_sessions=sessions,
        sessions_of=sessions_of,
        roles=ROLE_WORDS,
        role_names=ROLE_NAMES,
        root=ROOT_COLLECTION,
        browser=browser_name,
        moment=moment,
        back=True,
        who=who,
        notice=notice,
        wrong=wrong,
    )


def _folders(office: Office, book: UsersBook) -> list[str]:
    """Return what can be chosen: the folders that there are, and those that somebody may see."""
    seen = [*book.groups.values(), *(user.person.collections for user in book.users.values())]
    named = {folder for one in seen for folder in one or ()}
    return sorted({ROOT_COLLECTION, *map(composed, office.folders()), *named})


def _do(office: Office, what: str, form: Form) -> tuple[str, str]:
    """Do what a form says; return whom it is about, and what is written down of it."""
    if what == "end":
        return _ended(office, one_of(form, "session"))
    name = one_of(form, "name")
    if office.file is None or what not in DONE:
        raise SettingsError("There is nothing that this could do.", hint="Load the page again.")
    match what:
        case "add":
            rights = _rights(form)
            name = office.file.add(name, one_of(form, "password"), rights)
            return name, f"{name} ({_rights_text(rights)})"
        case "change":
            rights = _rights(form)
            office.file.change(name, rights)
            return name, f"{name} ({_rights_text(rights)})"
        case "password":
            office.file.set_password(name, one_of(form, "password"))
            office.sessions.end_all(name)
        case "out":
            office.sessions.end_all(name)
        case "remove":
            office.file.remove(name)
            office.sessions.end_all(name)
        case "group":
            seen = _seen(form)
            name = office.file.put_group(name, seen)
            return name, f"{name} ({_seen_text(seen)})"
        case _:
            office.file.remove_group(name)
    return name, name


def _ended(office: Office, session: str) -> tuple[str, str]:
    found = next((one for one in office.sessions.all() if str(one.id) == session), None)
    if found is None:
        raise SettingsError("This session is over already.")
    office.sessions.end(found.id)
    return found.name, f"{found.name}, at {found.address}".strip(", ")


def _rights(form: Form) -> Rights:
    role = next((one for one in ROLES if one == one_of(form, "role")), None)
    if role is None:
        raise SettingsError("Nothing says what they may do.", hint="Choose a role.")
    return Rights(
        role=role,
        own=None if role == "administers" else _seen(form),
        groups=tuple(sorted(set(form.get("group", [])))),
        questions_an_hour=_number(one_of(form, "questions")),
        uploads_mb_a_day=_number(one_of(form, "uploads")),
    )


def _seen(form: Form) -> Collections:
    if "everything" in form:
        return None
    return tuple(sorted({folder for folder in form.get("folder", []) if folder}))


def _number(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdigit()):
        raise SettingsError(
            "{value} is no limit.", hint="Say a whole number; 0: no limit.", value=repr(text)
        )
    return int(text)


def _rights_text(rights: Rights) -> str:
    groups = f", groups {', '.join(rights.groups)}" if rights.groups else ""
    return f"{rights.role}, sees {_seen_text(rights.own)}{groups}"


def _seen_text(seen: Collections) -> str:
    return "everything" if seen is None else ", ".join(seen) or "nothing"
