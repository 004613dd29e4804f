"""`pagelight user`: people are added to the users file, listed and removed. Reads passwords."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from pagelight.cli.terminal_text import printable
from pagelight.server.middleware.audit_log import COMMAND_LINE
from pagelight.services.accounts.passwords import checked_password, hashed
from pagelight.services.accounts.person import (
    Person,
    User,
    UsersBook,
    checked_name,
    checked_role,
    new_id,
    regrouped,
    seen_together,
)
from pagelight.services.accounts.turn import users_turn
from pagelight.services.accounts.users import EVERYTHING, read_book, write_users
from rag.errors import SettingsError
from rag.storage.accounts.audit import Audit
from rag.storage.database.folder import LEDGER_NAME
from rag.storage.database.ledger import Ledger

OWNED: Final = "the owner"


def users_path(setting: str) -> Path:
    """Return where the users file is. Raises SettingsError where that is not set."""
    if not setting:
        raise SettingsError(
            "Where is the users file?",
            hint="Set RAG_USERS to its path; pagelight chat reads it there too.",
        )
    return Path(setting).expanduser()


def add_user(
    path: Path,
    name: str,
    *,
    collections: str,
    everything: bool,
    role: str = "",
    groups: str | None = None,
) -> User:
    """Ask for a password, and write the user, new or as they are from now on; return them.

    What is not told stays as it was for somebody who is there already. `groups` are names, divided
    by commas. Raises SettingsError.
    """
    changed = partial(
        _changed,
        name=checked_name(name),
        collections=collections,
        everything=everything,
        role=role,
        among=None if groups is None else _names(groups),
    )
    changed(_book(path))  # what is wrong is told before a password is asked for
    password = hashed(read_password())
    with users_turn(path):
        book = _book(path)  # others may have changed it meanwhile
        user = replace(changed(book), password=password)
        write_users(path, {**book.users, user.person.name: user}, book.groups)
    return user


def _book(path: Path) -> UsersBook:
    return read_book(path) if path.exists() else UsersBook(users={})


def _changed(
    book: UsersBook,
    *,
    name: str,
    collections: str,
    everything: bool,
    role: str,
    among: tuple[str, ...] | None,
) -> User:
    """Return somebody as they are from now on, without a password; `among` None: as they were."""
    former = book.users.get(name)
    among = (former.groups if former else ()) if among is None else among
    own = _seen(former, collections, everything=everything, grouped=bool(among))
    missing = sorted(set(among) - set(book.groups))
    if missing:
        raise SettingsError(
            f"There is no group {', '.join(missing)}.",
            hint="Make it with: pagelight user group NAME --collections A,B",
        )
    seen = seen_together(own, (book.groups[group] for group in among))
    kept = role or (former.person.role if former else None)
    if not role and kept == "administers" and seen is not None:
        kept = "reads"
    person = replace(
        former.person if former else Person(name=name, collections=seen, id=new_id()),
        collections=seen,
        role=checked_role(kept, seen),
    )
    identity = former.identity if former else None
    return User(person=person, password="", groups=among, own=own, identity=identity)


def add_group(path: Path, name: str, *, collections: str, everything: bool) -> str:
    """Write a group, new or as it is from now on; return it as a line. Raises SettingsError."""
    name, seen = checked_name(name), _seen(None, collections, everything=everything)
    read_book(path)  # it is there, and nothing is laid beside one that is not
    with users_turn(path):
        book = read_book(path)
        groups = {**book.groups, name: seen}
        write_users(path, regrouped(book.users, groups), groups)
    return f"{name}: {_seen_told(seen)}"


def remove_user(path: Path, name: str) -> None:
    """Raises SettingsError where nobody has this name."""
    name = checked_name(name)
    read_book(path)  # as above
    with users_turn(path):
        book = read_book(path)
        users = dict(book.users)
        if users.pop(name, None) is None:
            raise SettingsError(f"There is no user {name}.", hint="See: pagelight user list")
        write_users(path, users, book.groups)


def note_change(workspace: Path, what: str, about: str) -> None:
    """Write a line of a change, where the workspace has a ledger; else say that it has none.

    A chat may have the workspace open: the ledger takes lines of several processes.
    """
    ledger_path = workspace / LEDGER_NAME
    if not ledger_path.exists():
        sys.stderr.write(f"No workspace at {workspace} yet: this has no line in pagelight audit.\n")
        return
    with closing(Ledger(ledger_path)) as ledger:
        Audit(ledger).put(COMMAND_LINE, what, about=about, address=getpass.getuser())


def told(user: User) -> str:
    """Return a user, what they may do and what they see, as a line."""
    person = user.person
    among = f" (groups: {', '.join(user.groups)})" if user.groups else ""
    return f"{person.name} {person.role}: {_seen_told(person.collections)}{among}"


def _seen_told(seen: tuple[str, ...] | None) -> str:
    return EVERYTHING if seen is None else ", ".join(seen) or "nothing"


def print_audit(rows: Sequence[Mapping[str, Any]]) -> None:
    """Show each line: when, who, what, about what, from where."""
    for row in rows:
        about = f" {row['about']}" if row["about"] else ""
        at = f" from {row['address']}" if row["address"] else ""
        when = f"{datetime.fromisoformat(row['at']).astimezone():%Y-%m-%d %H:%M:%S}"
        line = f"{when}  {row['who'] or OWNED}: {row['what']}{about}{at}"
        sys.stdout.write(f"{printable(line)}\n")
    if not rows:
        sys.stdout.write("Nothing yet.\n")


def read_password() -> str:
    """Return a new password: typed twice at a terminal, else the first line that comes in."""
    if not sys.stdin.isatty():
        return checked_password(sys.stdin.readline().rstrip("\r\n"))
    password = checked_password(getpass.getpass("Password: "))
    if getpass.getpass("Once more: ") != password:
        raise SettingsError("The two passwords differ.", hint="Try again.")
    return password


def _names(text: str) -> tuple[str, ...]:
    return tuple(sorted({name.strip().strip("/") for name in text.split(",")} - {""}))


def _seen(
    former: User | None, collections: str, *, everything: bool, grouped: bool = False
) -> tuple[str, ...] | None:
    """Return the collections that are asked for; None: everything. Who is `grouped` needs none."""
    names = _names(collections)
    if names and everything:
        raise SettingsError("--collections and --everything do not go together.", hint="Give one.")
    if everything:
        return None
    if names:
        return names
    if former is None and grouped:
        return ()
    if former is None:
        raise SettingsError(
            "What may they see?",
            hint="Say --everything, or --collections with top-level folders, as reports,letters;"
            " . are the files beside these.",
        )
    return former.own if former.groups else former.person.collections
