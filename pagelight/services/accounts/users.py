"""The users file: who may sign in, with which password, and what each may see and do.

JSON: a name to `{"password": HASH, "collections": ["reports", "."]}`, or `"everything"`; with
`"id"`, `"role"`, `"groups"`, `"oidc"` (issuer and subject), `"questions_an_hour"` and
`"uploads_mb_a_day"` where they are told. Under
`":groups"` stands what those of each group see together. Knows the file; nothing of servers.
"""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from pagelight.services.accounts.passwords import check_hash
from pagelight.services.accounts.person import (
    Collections,
    Identity,
    Person,
    User,
    UsersBook,
    checked_name,
    checked_role,
    seen_together,
)
from rag.datamodel import composed
from rag.errors import SettingsError

EVERYTHING: Final = "everything"
GROUPS: Final = ":groups"
"""No name holds a colon."""

_LIMITS: Final = ("questions_an_hour", "uploads_mb_a_day")
_NO_GROUPS: Final[Mapping[str, Collections]] = {}
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


def read_users(path: Path) -> dict[str, User]:
    """Return the users by name. Raises SettingsError as `read_book`."""
    return dict(read_book(path).users)


def read_book(path: Path) -> UsersBook:
    """Return all that the file says.

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
    groups = _groups(path, entries.pop(GROUPS, {}))
    users = [_user(path, name, entry, groups) for name, entry in entries.items()]
    if len({user.person.key for user in users}) < len(users):
        raise _unreadable(path, "two people have the same id")
    return UsersBook(users={user.person.name: user for user in users}, groups=groups)


def check_apart(path: Path, folder: Path) -> None:
    """Raise SettingsError where the file would be read with the documents, and be found."""
    if path.resolve().is_relative_to(folder.resolve()):
        raise SettingsError(
            f"The users file {path} lies in {folder}, which is read and searched.",
            hint="Move it elsewhere, and set RAG_USERS to where it is.",
        )


def write_users(
    path: Path, users: Mapping[str, User], groups: Mapping[str, Collections] = _NO_GROUPS
) -> None:
    """Write the file anew, readable by its owner alone: all of it or nothing."""
    entries: dict[str, Any] = {name: _entry(user) for name, user in users.items()}
    if groups:
        entries[GROUPS] = {name: _seen_json(seen) for name, seen in groups.items()}
    text = json.dumps(entries, indent=1)
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


def _check_private(path: Path, mode: int) -> None:
    if mode & _OTHERS:
        raise SettingsError(
            f"The users file {path} may be read or written by others.",
            hint=f"Say: chmod 600 {path}",
        )


def _groups(path: Path, entries: Any) -> dict[str, Collections]:  # noqa: ANN401 - JSON
    try:
        return {checked_name(name): _collections(seen) for name, seen in entries.items()}
    except (AttributeError, TypeError, SettingsError) as error:
        raise _unreadable(path, f"{GROUPS} is no object of groups") from error


def _user(
    path: Path,
    name: str,
    entry: Any,  # noqa: ANN401 - JSON
    groups: Mapping[str, Collections],
) -> User:
    try:
        checked = checked_name(name)
        check_hash(entry["password"])
        own, among = _collections(entry["collections"]), _among(entry.get("groups", []), groups)
        seen = seen_together(own, (groups[group] for group in among))
        identity = _identity(entry.get("oidc"))
        person = Person(
            name=checked,
            id=_text(entry.get("id", "")),
            collections=seen,
            role=checked_role(entry.get("role"), seen),
            **{limit: _limit(entry.get(limit)) for limit in _LIMITS},
        )
    except (KeyError, TypeError) as error:
        raise _unreadable(path, f"the entry of {name!r} lacks its password or collections") from (
            error
        )
    except SettingsError as error:
        raise _unreadable(path, f"the entry of {name!r} is none ({error})") from error
    return User(person=person, password=entry["password"], groups=among, own=own, identity=identity)


def _collections(value: Any) -> Collections:  # noqa: ANN401 - JSON
    if value == EVERYTHING:
        return None
    if not isinstance(value, list) or not all(isinstance(one, str) and one for one in value):
        raise TypeError(value)
    return tuple(sorted(set(map(composed, value))))


def _text(value: Any) -> str:  # noqa: ANN401 - JSON
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _identity(value: Any) -> Identity | None:  # noqa: ANN401 - JSON
    if value is None:
        return None
    return Identity(issuer=_text(value["issuer"]), subject=_text(value["subject"]))


def _among(value: Any, groups: Mapping[str, Collections]) -> tuple[str, ...]:  # noqa: ANN401 - JSON
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise TypeError(value)
    unknown = sorted(set(value) - set(groups))
    if unknown:
        raise SettingsError(
            "There is no group {groups}.", hint="Make it first.", groups=", ".join(unknown)
        )
    return tuple(sorted(set(value)))


def _limit(value: Any) -> int | None:  # noqa: ANN401 - JSON
    if value is not None and (not isinstance(value, int) or isinstance(value, bool) or value < 0):
        raise SettingsError(
            "{value} is no limit.", hint="Say a whole number; 0: no limit.", value=repr(value)
        )
    return value


def _entry(user: User) -> dict[str, Any]:
    person = user.person
    entry: dict[str, Any] = {
        "password": user.password,
        "collections": _seen_json(user.own_collections),
        "role": person.role,
    }
    if person.id:
        entry["id"] = person.id
    if user.groups:
        entry["groups"] = list(user.groups)
    if user.identity is not None:
        entry["oidc"] = asdict(user.identity)
    limits = {limit: getattr(person, limit) for limit in _LIMITS}
    return entry | {limit: value for limit, value in limits.items() if value is not None}


def _seen_json(seen: Collections) -> str | list[str]:
    return EVERYTHING if seen is None else list(seen)


def _unreadable(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"The users file {path} can't be used: {why}.",
        hint="Mend it, or make it anew with: pagelight user add NAME",
    )
