"""The page where people are looked after: a form for each person and each group. Knows words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pagelight.server.auth.people_lists import audit_html, sessions_html
from pagelight.server.auth.plain_page import plain_page
from pagelight.services.accounts.person import (
    ROLES,
    Collections,
    Role,
    User,
    UsersBook,
)
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say
from rag.datamodel import ROOT_COLLECTION, composed
from rag.storage.accounts.audit import AuditLine
from rag.storage.accounts.sessions import SignedIn

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
ALONE: Final = key(
    "Everybody who gets here is the owner. To let people in by name, each with what they may see"
    " and do, say so with {command} and set RAG_USERS."
)
_DO: Final = '<input type="hidden" name="do" value="{what}">'
_WHO: Final = '<input type="hidden" name="name" value="{name}">'
_KNOWN_AS: Final = '<input hidden autocomplete="username" value="{name}">'
"""So that a browser keeps a password for whom it is of."""

_NAMED: Final = (
    '<label for="{at}">{label}</label><input id="{at}" name="name" maxlength="64" '
    'autocomplete="off" autocapitalize="none" required>'
)
_CHOSEN: Final = (
    '<label for="{at}">{label}</label><input id="{at}" name="password" type="password" '
    'autocomplete="new-password" minlength="8" required>'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleView:
    """What the page shows. `book` None: nobody has a name here. `who`: whose lines are shown."""

    book: UsersBook | None
    folders: Sequence[str]
    sessions: Sequence[SignedIn]
    lines: Sequence[AuditLine]
    who: str = ""


def people_html(view: PeopleView, *, told: str = "", wrong: str = "") -> str:
    """Return the page; `told` is what was done, `wrong` why something was not."""
    kept = (
        _alone() + _sessions_of_all(view)
        if view.book is None
        else _people(view, view.book) + _groups(view, view.book)
    )
    note = f'<p class="wrong" role="alert">{escaped(wrong)}</p>' if wrong else ""
    note += f'<p class="told" role="status">{escaped(told)}</p>' if told and not wrong else ""
    back = f'<p><a href="/">{say("Back to the documents")}</a></p>'
    return plain_page(say("People"), back + note + kept + audit_html(view.lines, who=view.who))


def _alone() -> str:
    return f"<p>{known(ALONE).format(command='<code>pagelight user</code>')}</p>"


def _sessions_of_all(view: PeopleView) -> str:
    return f"<h2>{say('Signed in')}</h2>{sessions_html(view.sessions)}" if view.sessions else ""


def _people(view: PeopleView, book: UsersBook) -> str:
    folders = _folders(view, book)
    cards = "".join(
        _card(user, n, book, folders, [one for one in view.sessions if one.name == name])
        for n, (name, user) in enumerate(sorted(book.users.items()))
    )
    new = _form(
        "add",
        _NAMED.format(at="new-name", label=say("Name"))
        + _CHOSEN.format(at="new-password", label=say("First password (8 letters or more)"))
        + _rights("new", None, book, folders),
        say("Add"),
    )
    return f"{cards}<details><summary>{say('Add a person')}</summary>{new}</details>"


def _card(
    user: User,
    n: int,
    book: UsersBook,
    folders: Sequence[str],
    sessions: Sequence[SignedIn],
) -> str:
    person = user.person
    who = _WHO.format(name=escaped(person.name))
    at = f"p{n}"
    every = person.collections is None
    seen = say("everything") if every else ", ".join(person.collections or ())
    rights = _form("change", who + _rights(at, user, book, folders), say("Save"))
    password = _form(
        "password",
        who
        + _KNOWN_AS.format(name=escaped(person.name))
        + _CHOSEN.format(at=f"{at}-password", label=say("New password")),
        say("Set it"),
    )
    gone = _form("remove", who, say("Remove for good"))
    name = escaped(person.name)
    told = f"{known(ROLE_NAMES[person.role])} · {say('sees {what}', what=seen or say('nothing'))}"
    return (
        f'<section class="card"><h2><bdi>{name}</bdi></h2><p class="soft">'
        f"{escaped(told)}</p>{_closed(say('Rights of {name}', name=name), say('Rights'), rights)}"
        + _closed(
            say("Password of {name}", name=name),
            say("Password"),
            _soft(say("A new one signs them out everywhere.")) + password,
        )
        + _closed(
            say("Where {name} is signed in", name=name),
            say("Signed in: {n}", n=len(sessions)),
            sessions_html(sessions) + (_out(who) if sessions else ""),
        )
        + _closed(
            say("Remove {name}", name=name),
            say("Remove"),
            _soft(say("Their conversations stay, for who gets this name again.")) + gone,
        )
        + "</section>"
    )


def _closed(label: str, title: str, body: str) -> str:
    """Return a part that opens; `label` says of whom it is, for who does not see that."""
    return f'<details><summary aria-label="{label}">{title}</summary>{body}</details>'


def _soft(words: str) -> str:
    return f'<p class="soft">{words}</p>'


def _out(who: str) -> str:
    return _form("out", who, say("Sign out everywhere"))


def _rights(at: str, user: User | None, book: UsersBook, folders: Sequence[str]) -> str:
    person = user.person if user else None
    questions = person.questions_an_hour if person else None
    sent_mb = person.uploads_mb_a_day if person else None
    own = (user.own if user.groups else user.person.collections) if user else ()
    roles = "".join(
        f'<option value="{role}"{" selected" if person and person.role == role else ""}>'
        f"{known(ROLE_WORDS[role])}</option>"
        for role in ROLES
    )
    return (
        f'<label for="{at}-role">{say("May do")}</label><select id="{at}-role" name="role">{roles}'
        f"</select>{_seen_fields(own, folders)}{_group_boxes(user, book)}<div class='fields'>"
        + _limit(f"{at}-q", "questions", say("Questions an hour"), questions)
        + _limit(f"{at}-u", "uploads", say("Megabytes sent a day"), sent_mb)
        + "</div>"
    )


def _limit(at: str, name: str, label: str, value: int | None) -> str:
    told = "" if value is None else str(value)
    return (
        f'<div><label for="{at}">{label}</label><input id="{at}" name="{name}" type="number" '
        f'min="0" value="{told}" placeholder="{say("as for all; 0: no limit")}"></div>'
    )


def _seen_fields(own: Collections, folders: Sequence[str]) -> str:
    every = _box("everything", "yes", say("Everything"), is_on=own is None)
    boxes = "".join(
        _box("folder", folder, _folder_name(folder), is_on=folder in (own or ()))
        for folder in folders
    )
    return f"<fieldset><legend>{say('May see')}</legend>{every}{boxes}</fieldset>"


def _group_boxes(user: User | None, book: UsersBook) -> str:
    if not book.groups:
        return ""
    among = user.groups if user else ()
    boxes = "".join(_box("group", one, one, is_on=one in among) for one in sorted(book.groups))
    return f"<fieldset><legend>{say('Groups')}</legend>{boxes}</fieldset>"


def _box(name: str, value: str, label: str, *, is_on: bool) -> str:
    checked = " checked" if is_on else ""
    return (
        f'<label class="box"><input type="checkbox" name="{name}" value="{escaped(value)}"'
        f"{checked}><bdi>{escaped(label)}</bdi></label>"
    )


def _folder_name(folder: str) -> str:
    return say("Files beside the folders") if folder == ROOT_COLLECTION else folder


def _groups(view: PeopleView, book: UsersBook) -> str:
    folders = _folders(view, book)
    cards = "".join(_group(name, seen, folders) for name, seen in sorted(book.groups.items()))
    new = _form(
        "group",
        _NAMED.format(at="new-group", label=say("Name")) + _seen_fields((), folders),
        say("Add"),
    )
    told = _soft(say("Who is in a group sees what it may see, beside their own."))
    add = f"<details><summary>{say('Add a group')}</summary>{new}</details>"
    return f"<h2>{say('Groups')}</h2>{told}{cards}{add}"


def _group(name: str, seen: Collections, folders: Sequence[str]) -> str:
    who = _WHO.format(name=escaped(name))
    change = _form("group", who + _seen_fields(seen, folders), say("Save"))
    shown, gone = escaped(name), _form("ungroup", who, say("Remove for good"))
    return (
        f'<section class="card"><h3><bdi>{shown}</bdi></h3>'
        + _closed(say("What {name} may see", name=shown), say("May see"), change)
        + _closed(say("Remove {name}", name=shown), say("Remove"), gone)
        + "</section>"
    )


def _folders(view: PeopleView, book: UsersBook) -> list[str]:
    """Return what can be chosen: the folders that there are, and those that somebody may see."""
    seen: Iterable[Collections] = (
        *book.groups.values(),
        *(user.person.collections for user in book.users.values()),
    )
    named = {folder for one in seen for folder in one or ()}
    return sorted({ROOT_COLLECTION, *map(composed, view.folders), *named})


def _form(what: str, fields: str, button: str) -> str:
    return (
        f'<form method="post">{_DO.format(what=what)}{fields}'
        f'<button class="main">{button}</button></form>'
    )
