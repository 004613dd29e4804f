"""The page of collections: a card for each, with its state, who may see it, and what can be done.

Knows words; nothing of disks or HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from pagelight.server.auth.plain_page import plain_page
from pagelight.services.accounts.person import UsersBook
from pagelight.services.jobs.collections import REMOVED, CollectionView
from pagelight.ui.html.escape import escaped, name
from pagelight.ui.html.language import key, known, say, say_count
from rag.datamodel import ROOT_COLLECTION, composed

MOST_LISTED: Final = 200
BESIDE: Final = key("Files beside the collections")


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionsView:
    """What the page shows. `book`: who may see what, where people have names.

    `opened` is the collection whose files are listed, `files` those of it that have all `words`.
    """

    collections: Sequence[CollectionView]
    reading: bool = False
    book: UsersBook | None = None
    opened: str = ""
    words: str = ""
    files: Sequence[str] = field(default_factory=tuple)


def collections_html(view: CollectionsView, *, told: str = "", wrong: str = "") -> str:
    """Return the page; `told` is what was done, `wrong` why something was not."""
    note = f'<p class="wrong" role="alert">{escaped(wrong)}</p>' if wrong else ""
    note += f'<p class="told" role="status">{escaped(told)}</p>' if told and not wrong else ""
    back = f'<p><a href="/">{say("Back to the documents")}</a></p>'
    cards = "".join(_card(one, n, view) for n, one in enumerate(view.collections))
    return plain_page(say("Collections"), f"{back}{note}{cards}{_new()}")


def _card(one: CollectionView, n: int, view: CollectionsView) -> str:
    is_rest = one.name == ROOT_COLLECTION
    title = known(BESIDE) if is_rest else escaped(one.name)
    parts = [
        f'<section class="card"><h2><bdi>{title}</bdi></h2>',
        f'<p class="soft">{_state(one, view)}</p>',
    ]
    if one.problem:
        parts.append(f'<p class="wrong">{escaped(one.problem)}</p>')
    if one.name == view.opened:
        parts.append(_files(view))
    elif one.documents or one.failed:
        parts.append(_open_link(one.name))
    if not is_rest:
        parts += [_rename(one, n), _remove(one)]
    return "".join([*parts, "</section>"])


def _state(one: CollectionView, view: CollectionsView) -> str:
    told = [say_count(one.documents, "{n} document", "{n} documents")]
    if one.failed:
        told.append(
            say_count(one.failed, "{n} file could not be read", "{n} files could not be read")
        )
    if one.folder is not None:
        told.append(say("watched: {folder}", folder=name(str(one.folder))))
    if one.problem:
        told.append(say("can not be read just now"))
    else:
        told.append(say("being read") if view.reading else say("up to date"))
    if view.book is not None:
        told.append(_seen_by(one.name, view.book))
    return " · ".join(told)


def _seen_by(collection: str, book: UsersBook) -> str:
    groups = [one for one, seen in sorted(book.groups.items()) if _has(seen, collection)]
    people = [
        one
        for one, user in sorted(book.users.items())
        if _has(user.own if user.groups else user.person.collections, collection)
    ]
    told = ", ".join(f"<bdi>{escaped(one)}</bdi>" for one in (*groups, *people))
    return say("seen by {people}", people=told) if told else say("seen by nobody")


def _has(seen: tuple[str, ...] | None, collection: str) -> bool:
    return seen is None or composed(collection) in seen


def _open_link(collection: str) -> str:
    return (
        f'<form method="get"><input type="hidden" name="of" value="{escaped(collection)}">'
        f"<button>{say('List its documents')}</button></form>"
    )


def _files(view: CollectionsView) -> str:
    shown = view.files[:MOST_LISTED]
    rest = len(view.files) - len(shown)
    more = f'<p class="soft">{say("{n} more: type a part of the name", n=f"{rest:,}")}</p>'
    find = (
        f'<form method="get"><input type="hidden" name="of" value="{escaped(view.opened)}">'
        f'<label for="words">{say("Find")}</label><input id="words" name="words" type="search" '
        f'value="{escaped(view.words)}"><button>{say("Find")}</button></form>'
    )
    return find + (_moving(view, shown) if shown else "") + (more if rest else "")


def _moving(view: CollectionsView, shown: Sequence[str]) -> str:
    boxes = "".join(
        f'<label class="box"><input type="checkbox" name="source" value="{escaped(source)}">'
        f"<bdi>{escaped(source)}</bdi></label>"
        for source in shown
    )
    others = "".join(
        f'<option value="{escaped(one.name)}">'
        f"{known(BESIDE) if one.name == ROOT_COLLECTION else escaped(one.name)}</option>"
        for one in view.collections
        if one.name != view.opened
    )
    return (
        f'<form method="post"><input type="hidden" name="do" value="move">'
        f"<fieldset><legend>{say('Documents')}</legend>{boxes}</fieldset>"
        f'<label for="into">{say("Move them to")}</label><select id="into" name="into">{others}'
        f'</select><button class="main">{say("Move")}</button></form>'
    )


def _rename(one: CollectionView, n: int) -> str:
    label = say("Rename {name}", name=escaped(one.name))
    return (
        f'<details><summary aria-label="{label}">{say("Rename")}</summary><form method="post">'
        f'<input type="hidden" name="do" value="rename">{_named(one.name)}'
        f'<label for="c{n}-other">{say("New name")}</label><input id="c{n}-other" name="other" '
        f'maxlength="100" autocomplete="off" value="{escaped(one.name)}" required>'
        f'<button class="main">{say("Rename")}</button></form></details>'
    )


def _remove(one: CollectionView) -> str:
    kept = (
        say("Its documents leave the index; the folder stays as it is.")
        if one.folder is not None
        else say(
            "Its documents leave the index; its files are put aside, into {folder}.", folder=REMOVED
        )
    )
    label = say("Remove {name}", name=escaped(one.name))
    return (
        f'<details><summary aria-label="{label}">{say("Remove")}</summary><p class="soft">{kept}'
        f'</p><form method="post"><input type="hidden" name="do" value="remove">{_named(one.name)}'
        f'<button class="main">{say("Remove")}</button></form></details>'
    )


def _named(collection: str) -> str:
    return f'<input type="hidden" name="name" value="{escaped(collection)}">'


def _new() -> str:
    make = (
        f'<details><summary>{say("Make a collection")}</summary><form method="post">'
        f'<input type="hidden" name="do" value="make"><label for="new">{say("Name")}</label>'
        '<input id="new" name="name" maxlength="100" autocomplete="off" required>'
        f'<button class="main">{say("Make it")}</button></form></details>'
    )
    where = say("Folder on the machine that Pagelight runs on")
    watch = (
        f'<details><summary>{say("Watch another folder")}</summary><form method="post">'
        f'<input type="hidden" name="do" value="watch"><label for="watch">{say("Name")}</label>'
        '<input id="watch" name="name" maxlength="100" autocomplete="off" required>'
        f'<label for="folder">{where}</label><input id="folder" name="folder" maxlength="4000" '
        'autocomplete="off" spellcheck="false" autocapitalize="none" required>'
        f'<button class="main">{say("Watch it")}</button></form></details>'
    )
    return make + watch
