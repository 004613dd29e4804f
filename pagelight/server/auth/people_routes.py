"""The pages where people are looked after: all, for those who administer, and everybody's own.

Pages of forms, without scripts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from pagelight.server.auth.browser import (
    REFUSED,
    BrowserSessions,
    Form,
    address_of,
    browser_name,
    form_of,
    keep,
    moment,
    one_of,
    see_other,
    submitted,
)
from pagelight.server.middleware import paths
from pagelight.server.middleware.authentication import Authenticator, SignInRefusal
from pagelight.server.middleware.guard import too_often
from pagelight.server.middleware.headers import fresh
from pagelight.services.accounts.person import ROLES, Collections, Role, User, UsersBook, seen_words
from pagelight.services.accounts.users import PeopleFile, Rights
from pagelight.ui.language import explained, key, known, say
from pagelight.ui.templating import render
from rag.datamodel import ROOT_COLLECTION, composed
from rag.errors import PagelightError, SettingsError
from rag.storage.accounts import LONGEST_S, Audit, Sessions, SignedIn

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

    @router.get(paths.PEOPLE)
    def shown(who: str = "", did: str = "", to: str = "") -> Response:
        done = known(DONE[did][0]).format(name=to) if did in DONE else ""
        return fresh(_page(office, who=who, notice=done))

    @router.post(paths.PEOPLE)
    async def sent(request: Request) -> Response:
        return await submitted(request, partial(_do, office), partial(_page, office), DONE)

    return router


def _page(office: Office, *, who: str = "", notice: str = "", wrong: str = "") -> str:
    book = office.file.book() if office.file else None
    sessions = office.sessions.all()

    return render(
        "accounts/people.html",
        users=[user for _, user in sorted(book.users.items())] if book else None,
        groups=dict(sorted(book.groups.items())) if book else {},
        folders=_folders(office, book) if book else [],
        lines=office.audit.last(MAX_LINES, who=who),
        all_sessions=sessions,
        sessions_of=lambda name: [one for one in sessions if one.name == name],
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
    seen = [*book.groups.values(), *(user.person.collections for user in book.users.values())]
    named = {folder for one in seen for folder in one or ()}
    return sorted({ROOT_COLLECTION, *map(composed, office.folders()), *named})


def _do(office: Office, what: str, form: Form) -> tuple[str, str]:
    if what == "end":
        ended = _ended(office.sessions, one_of(form, "session"))
        return ended.name, f"{ended.name}, at {ended.address}".strip(", ")
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
            return name, f"{name} ({seen_words(seen)})"
        case _:
            office.file.remove_group(name)
    return name, name


def _ended(sessions: Sessions, session_id: str, *, of: str = "") -> SignedIn:
    """End a session, of this name alone where it is given; return it. Raises SettingsError."""
    for one in sessions.all():
        if str(one.id) == session_id and one.name == (of or one.name):
            sessions.end(one.id)
            return one
    raise SettingsError("This session is over already.")


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
    return f"{rights.role}, sees {seen_words(rights.own)}{groups}"


OWN_DONE: Final = {
    "password": key("Your password is changed. You are signed out everywhere else."),
    "end": key("The session was ended."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnAccount:
    """The page of one's own. `people` holds the passwords."""

    people: PeopleFile
    authenticator: Authenticator
    sessions: Sessions
    lines: Audit

    async def __call__(self, request: Request, user: User) -> Response:
        if request.method != "POST":
            did = request.query_params.get("did", "")
            return await self._page(user, notice=known(OWN_DONE.get(did, "")))
        form, name = await form_of(request), user.person.name
        try:
            match one_of(form, "do"):
                case "end":
                    await asyncio.to_thread(_ended, self.sessions, one_of(form, "session"), of=name)
                    what, there = key("ended a session of their own"), f"{paths.ACCOUNT}?did=end"
                case "out":
                    await asyncio.to_thread(self.sessions.end_all, name)
                    what, there = key("signed out everywhere"), paths.SIGN_IN
                case _:
                    return await self._change(request, user, form)
        except PagelightError as error:
            return await self._page(user, wrong=explained(error))
        await self._tell(request, name, what)
        return see_other(there)

    async def _change(self, request: Request, user: User, form: Form) -> Response:
        """Set another password, and begin a session anew: the others end with the old one."""
        name, new = user.person.name, one_of(form, "new")
        if new != one_of(form, "again"):
            raise SettingsError("The two new passwords differ.", hint="Type them again.")
        admitted = await self.authenticator.admit(
            name, one_of(form, "old"), address_of(request.scope)
        )
        if isinstance(admitted, SignInRefusal):
            await self._tell(request, name, key("gave a wrong password"))
            wait_s = admitted.wait_s
            raise SettingsError(
                too_often(wait_s) if wait_s else say("The password until now is another one.")
            )
        token = await asyncio.to_thread(self._changed, request, admitted, new)
        await self._tell(request, name, key("changed their password"))
        answer = see_other(f"{paths.ACCOUNT}?did=password")
        keep(answer, request.scope, token, longest_s=LONGEST_S)
        return answer

    def _changed(self, request: Request, user: User, new: str) -> str:
        name = user.person.name
        self.people.set_password(name, new)
        self.sessions.end_all(name)
        sessions = BrowserSessions(self.authenticator, self.sessions)
        return sessions.begin(self.authenticator.user(name) or user, request)

    async def _page(self, user: User, *, notice: str = "", wrong: str = "") -> Response:
        sessions = await asyncio.to_thread(self.sessions.all)
        html = render(
            "accounts/account.html",
            name=user.person.name,
            listed=[one for one in sessions if one.name == user.person.name],
            browser=browser_name,
            moment=moment,
            back=True,
            notice=notice,
            wrong=wrong,
        )
        return fresh(html, status=REFUSED if wrong else 200)

    async def _tell(self, request: Request, who: str, what: str) -> None:
        await asyncio.to_thread(self.lines.put, who, what, address=address_of(request.scope))
