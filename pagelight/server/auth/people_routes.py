"""What the page of people shows and does: for those who administer. Knows forms and their words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from pagelight.server.auth.forms import Form, form_of, one_of
from pagelight.server.auth.people_page import PeopleView, people_html
from pagelight.server.middleware.addresses import PEOPLE
from pagelight.server.middleware.audit_log import note
from pagelight.server.middleware.headers import FRESH
from pagelight.services.accounts.keeping import PeopleFile, Rights
from pagelight.services.accounts.person import ROLES, Collections
from pagelight.ui.html.language import key, known
from pagelight.ui.html.sentences import explained
from rag.errors import SettingsError
from rag.storage.accounts.audit import Audit
from rag.storage.accounts.sessions import Sessions

MOST_LINES: Final = 200
REFUSED: Final = 422
DONE: Final = {
    "add": key("{name} was added."),
    "change": key("The rights of {name} were changed."),
    "password": key("{name} has a new password, and is signed out everywhere."),
    "out": key("{name} is signed out everywhere."),
    "end": key("The session was ended."),
    "remove": key("{name} was removed."),
    "group": key("The group {name} was saved."),
    "ungroup": key("The group {name} was removed."),
}
_WRITTEN: Final = {
    "add": key("added the person"),
    "change": key("changed the rights of"),
    "password": key("set the password of"),
    "out": key("signed out everywhere"),
    "end": key("ended a session of"),
    "remove": key("removed the person"),
    "group": key("saved the group"),
    "ungroup": key("removed the group"),
}


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
        done = known(DONE[did]).format(name=to) if did in DONE else ""
        return HTMLResponse(people_html(_view(office, who), told=done), headers=FRESH)

    @router.post(PEOPLE)
    async def sent(request: Request) -> Response:
        form = await form_of(request)
        what = one_of(form, "do")
        try:
            name, about = await asyncio.to_thread(_do, office, what, form)
        except SettingsError as error:
            view = await asyncio.to_thread(_view, office)
            html = people_html(view, wrong=explained(error))
            return HTMLResponse(html, status_code=REFUSED, headers=FRESH)
        note(request.scope, about, what=_WRITTEN[what])
        there = f"{PEOPLE}?did={what}&to={quote(name)}"
        return RedirectResponse(there, status_code=303, headers=FRESH)

    return router


def _view(office: Office, who: str = "") -> PeopleView:
    return PeopleView(
        book=office.file.book() if office.file else None,
        folders=office.folders(),
        sessions=office.sessions.all(),
        lines=office.audit.last(MOST_LINES, who=who),
        who=who,
    )


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
            return name, f"{name} ({_told(rights)})"
        case "change":
            rights = _rights(form)
            office.file.change(name, rights)
            return name, f"{name} ({_told(rights)})"
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
            return name, f"{name} ({_seen_told(seen)})"
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


def _told(rights: Rights) -> str:
    groups = f", groups {', '.join(rights.groups)}" if rights.groups else ""
    return f"{rights.role}, sees {_seen_told(rights.own)}{groups}"


def _seen_told(seen: Collections) -> str:
    return "everything" if seen is None else ", ".join(seen) or "nothing"
