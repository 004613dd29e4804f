"""`pagelight user`: people are added to the users file, listed and removed. Reads passwords."""

from __future__ import annotations

import getpass
import sys
from pathlib import Path
from typing import Final

from rag.errors import SettingsError
from service.people.passwords import hashed
from service.people.users import EVERYTHING, Person, User, checked_name, read_users, write_users

LEAST_LETTERS: Final = 8


def users_path(setting: str) -> Path:
    """Return where the users file is. Raises SettingsError where that is not set."""
    if not setting:
        raise SettingsError(
            "Where is the users file?",
            hint="Set RAG_USERS to its path; pagelight chat reads it there too.",
        )
    return Path(setting).expanduser()


def add_user(path: Path, name: str, *, collections: str, everything: bool) -> User:
    """Ask for a password, and write the user, new or as they are from now on; return them.

    Without collections somebody who is there already keeps theirs. Raises SettingsError.
    """
    users = read_users(path) if path.exists() else {}
    name = checked_name(name)
    former = users.get(name)
    seen = _seen(former, collections, everything=everything)
    user = User(person=Person(name=name, collections=seen), password=hashed(read_password()))
    write_users(path, {**users, name: user})
    return user


def remove_user(path: Path, name: str) -> None:
    """Raises SettingsError where nobody has this name."""
    users = read_users(path)
    if users.pop(checked_name(name), None) is None:
        raise SettingsError(f"There is no user {name}.", hint="See: pagelight user list")
    write_users(path, users)


def told(user: User) -> str:
    """Return a user and what they see, as a line."""
    seen = user.person.collections
    what = EVERYTHING if seen is None else ", ".join(seen) or "nothing"
    return f"{user.person.name}: {what}"


def read_password() -> str:
    """Return a new password: typed twice at a terminal, else the first line that comes in."""
    if not sys.stdin.isatty():
        return _long_enough(sys.stdin.readline().rstrip("\r\n"))
    password = _long_enough(getpass.getpass("Password: "))
    if getpass.getpass("Once more: ") != password:
        raise SettingsError("The two passwords differ.", hint="Try again.")
    return password


def _long_enough(password: str) -> str:
    if len(password) < LEAST_LETTERS:
        raise SettingsError(
            "The password is too short.", hint=f"Use at least {LEAST_LETTERS} letters."
        )
    return password


def _seen(former: User | None, collections: str, *, everything: bool) -> tuple[str, ...] | None:
    """Return the collections that are asked for; None: everything."""
    names = sorted({name.strip().strip("/") for name in collections.split(",")} - {""})
    if names and everything:
        raise SettingsError("--collections and --everything do not go together.", hint="Give one.")
    if everything:
        return None
    if names:
        return tuple(names)
    if former is None:
        raise SettingsError(
            "What may they see?",
            hint="Say --everything, or --collections with top-level folders, as reports,letters;"
            " . are the files beside these.",
        )
    return former.person.collections
