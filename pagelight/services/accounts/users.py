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
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec

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
from rag.decoding import converted
from rag.errors import SettingsError

EVERYTHING: Final = "everything"
GROUPS: Final = ":groups"
"""No name holds a colon."""

_NO_GROUPS: Final[Mapping[str, Collections]] = {}
_Seen = Literal["everything"] | list[Annotated[str, msgspec.Meta(min_length=1)]]
_Limit = Annotated[int, msgspec.Meta(ge=0)] | None


class _Entry(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What the file says of a person."""

    password: str
    collections: _Seen
    id: str = ""
    role: str | None = None
    groups: list[str] = msgspec.field(default_factory=list)
    oidc: Identity | None = None
    questions_an_hour: _Limit = None
    uploads_mb_a_day: _Limit = None


def read_book(path: Path) -> UsersBook:
    """Return all that the file says.

    Raises SettingsError for a file that is not there, that others may read, or that is no users
    file.
    """
    try:
        with path.open("rb") as file:
            if os.fstat(file.fileno()).st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise SettingsError(
                    f"The users file {path} may be read or written by others.",
                    hint=f"Say: chmod 600 {path}",
                )
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
    try:
        group_entries = converted(entries.pop(GROUPS, {}), dict[str, _Seen])
        groups = {checked_name(name): _collections(seen) for name, seen in group_entries.items()}
    except (msgspec.ValidationError, SettingsError) as error:
        raise _unreadable(path, f"{GROUPS} is no object of groups") from error
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
    entries: dict[str, Any] = {n: msgspec.to_builtins(_entry(user)) for n, user in users.items()}
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


def seen_by(
    own: Collections, groups: Iterable[str], known: Mapping[str, Collections]
) -> Collections:
    """Return what somebody of these groups sees; raises SettingsError for one that is not there."""
    missing = sorted(set(groups) - set(known))
    if missing:
        raise SettingsError(
            "There is no group {groups}.", hint="Make it first.", groups=", ".join(missing)
        )
    return seen_together(own, (known[group] for group in groups))


def _user(path: Path, name: str, entry: object, groups: Mapping[str, Collections]) -> User:
    try:
        said = converted(entry, _Entry)
        check_hash(said.password)
        own, among = _collections(said.collections), tuple(sorted(set(said.groups)))
        seen = seen_by(own, among, groups)
        person = Person(
            name=checked_name(name),
            id=said.id,
            collections=seen,
            role=checked_role(said.role, seen),
            questions_an_hour=said.questions_an_hour,
            uploads_mb_a_day=said.uploads_mb_a_day,
        )
    except (msgspec.ValidationError, SettingsError) as error:
        raise _unreadable(path, f"the entry of {name!r} is none ({error})") from error
    return User(person=person, password=said.password, groups=among, own=own, identity=said.oidc)


def _collections(seen: _Seen) -> Collections:
    return None if seen == EVERYTHING else tuple(sorted(set(map(composed, seen))))


def _entry(user: User) -> _Entry:
    person = user.person
    return _Entry(
        password=user.password,
        collections=_seen_json(user.own_collections),
        id=person.id,
        role=person.role,
        groups=list(user.groups),
        oidc=user.identity,
        questions_an_hour=person.questions_an_hour,
        uploads_mb_a_day=person.uploads_mb_a_day,
    )


def _seen_json(seen: Collections) -> _Seen:
    return EVERYTHING if seen is None else list(seen)


def _unreadable(path: Path, why: str) -> SettingsError:
    return SettingsError(
        f"The users file {path} can't be used: {why}.",
        hint="Mend it, or make it anew with: pagelight user add NAME",
    )
