"""The users file: who may sign in, with which password, and what each may see.

JSON: a name to `{"password": HASH, "collections": ["reports", "."]}`, or `"everything"`. Knows the
file; knows nothing of servers.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from rag.errors import SettingsError
from service.people.passwords import check_hash

EVERYTHING: Final = "everything"
NAME_LETTERS: Final = 64
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks: the name, and the collections that they may see (None: everything).

    A collection is a top-level folder of what was read; `.` are the files beside these.
    """

    name: str
    collections: tuple[str, ...] | None

    @property
    def sees_everything(self) -> bool:
        return self.collections is None


OWNER: Final = Person(name="", collections=None)
"""Who uses a Pagelight without a users file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person, and the hash of their password."""

    person: Person
    password: str


def read_users(path: Path) -> dict[str, User]:
    """Return the users by name.

    Raises SettingsError for a file that is not there, that others may read, or that is no users
    file.
    """
    try:
        with path.open("rb") as file:
            _check_private(path, os.fstat(file.fileno()).st_mode)
            entries = json.load(file)
    except OSError as error:
        raise SettingsError(
            f"The users file {path} can't be read: {error.strerror or error}.",
            hint="Make it with: pagelight user add NAME",
        ) from error
    except ValueError as error:
        raise _unreadable(path, "it is no JSON") from error
    if not isinstance(entries, dict):
        raise _unreadable(path, "it is no JSON object of names")
    users = [_user(path, name, entry) for name, entry in entries.items()]
    return {user.person.name: user for user in users}


def check_apart(path: Path, folder: Path) -> None:
    """Raise SettingsError where the file would be read with the documents, and be found."""
    if path.resolve().is_relative_to(folder.resolve()):
        raise SettingsError(
            f"The users file {path} lies in {folder}, which is read and searched.",
            hint="Move it elsewhere, and set RAG_USERS to where it is.",
        )


def write_users(path: Path, users: Mapping[str, User]) -> None:
    """Write the file anew, readable by its owner alone: all of it or nothing."""
    text = json.dumps({name: _entry(user) for name, user in users.items()}, indent=1)
    try:
        handle, fresh = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                file.write(f"{text}\n")
                file.flush()
                os.fsync(file.fileno())
            Path(fresh).replace(path)
        finally:
            Path(fresh).unlink(missing_ok=True)
    except OSError as error:
        raise SettingsError(
            f"The users file {path} can't be written: {error.strerror or error}.",
            hint="Check its folder and the permissions.",
        ) from error


def checked_name(name: str) -> str:
    """Return a name in its one form. Raises SettingsError for one that can't be used."""
    name = unicodedata.normalize("NFC", name).strip()
    bad = ":" in name or any(unicodedata.category(letter).startswith("C") for letter in name)
    if not name or bad or len(name) > NAME_LETTERS:
        raise SettingsError(
            f"{name!r} can't be the name of a user.",
            hint=f"Use at most {NAME_LETTERS} letters, and no colon.",
        )
    return name


def _check_private(path: Path, mode: int) -> None:
    if mode & _OTHERS:
        raise SettingsError(
            f"The users file {path} may be read or written by others.",
            hint=f"Say: chmod 600 {path}",
        )


def _user(path: Path, name: str, entry: Any) -> User:  # noqa: ANN401 - JSON
    try:
        checked = checked_name(name)
        collections = _collections(entry["collections"])
        check_hash(entry["password"])
    except (KeyError, TypeError) as error:
        raise _unreadable(path, f"the entry of {name!r} lacks its password or collections") from (
            error
        )
    except SettingsError as error:
        raise _unreadable(path, f"the entry of {name!r} is none ({error})") from error
    person = Person(name=checked, collections=collections)
    return User(person=person, password=entry["password"])


def _collections(value: Any) -> tuple[str, ...] | None:  # noqa: ANN401 - JSON
    if value == EVERYTHING:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise TypeError(value)
    return tuple(sorted(set(value)))


def _entry(user: User) -> dict[str, Any]:
    seen = user.person.collections
    return {"password": user.password, "collections": EVERYTHING if seen is None else list(seen)}


def _unreadable(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"The users file {path} can't be used: {why}.",
        hint="Mend it, or make it anew with: pagelight user add NAME",
    )
