"""The users file: who may sign in, with which password, and what each may see and do.

JSON: a name to `{"password": HASH, "collections": ["reports", "."]}`, or `"everything"`; with
`"id"`, `"role"`, `"groups"`, `"oidc"` (issuer and subject), `"questions_an_hour"` and
`"uploads_mb_a_day"` where they are told. Under `":groups"` stands what those of each group see
together. Changed by who administers; one at least goes on administering.
"""

from __future__ import annotations

import json
import os
import stat
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from uuid import uuid4

import msgspec
from filelock import FileLock

from pagelight.services.accounts.person import (
    Collections,
    Identity,
    Person,
    Role,
    User,
    UsersBook,
    checked_name,
    checked_password,
    checked_role,
    hash_parts,
    hashed,
)
from rag.datamodel import composed
from rag.decoding import converted
from rag.errors import SettingsError
from rag.storage.files.folder import temporary

EVERYTHING: Final = "everything"
GROUPS: Final = ":groups"
"""No name holds a colon."""

_Seen = Literal["everything"] | list[Annotated[str, msgspec.Meta(min_length=1)]]
_Limit = Annotated[int, msgspec.Meta(ge=0)] | None


class _Entry(msgspec.Struct, kw_only=True, omit_defaults=True):
    password: str
    collections: _Seen
    id: str = ""
    role: str | None = None
    groups: list[str] = msgspec.field(default_factory=list)
    oidc: Identity | None = None
    questions_an_hour: _Limit = None
    uploads_mb_a_day: _Limit = None


def read_book(path: Path) -> UsersBook:
    """Return all that the file says. Raises SettingsError, also where others may read the file."""
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


def write_users(
    path: Path, users: Mapping[str, User], groups: Mapping[str, Collections] | None = None
) -> None:
    """Write the file anew, readable by its owner alone: all of it or nothing."""
    entries: dict[str, Any] = {n: msgspec.to_builtins(_entry(user)) for n, user in users.items()}
    if groups:
        entries[GROUPS] = {name: _seen_json(seen) for name, seen in groups.items()}
    text = json.dumps(entries, indent=1)
    try:
        with temporary(path.parent) as fresh:
            with fresh.open("w", encoding="utf-8") as file:
                file.write(f"{text}\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
    except OSError as error:
        raise SettingsError(
            f"The users file {path} can't be written: {error.strerror or error}.",
            hint="Check its folder and the permissions.",
        ) from error


def seen_by(
    own: Collections, groups: Iterable[str], known: Mapping[str, Collections]
) -> Collections:
    """Return what somebody sees who sees `own` and all that their groups see.

    Raises SettingsError for a group that is not there.
    """
    missing = sorted(set(groups) - set(known))
    if missing:
        raise SettingsError(
            "There is no group {groups}.", hint="Make it first.", groups=", ".join(missing)
        )
    seen = [own, *(known[group] for group in groups)]
    return None if None in seen else tuple(sorted({name for one in seen for name in one or ()}))


def _seeing(
    user: User,
    own: Collections,
    groups: tuple[str, ...],
    known: Mapping[str, Collections],
    *,
    role: str | None,
) -> User:
    """Return the user with another role and other folders. Raises as `seen_by`, `checked_role`."""
    seen = seen_by(own, groups, known)
    person = replace(user.person, collections=seen, role=checked_role(role, seen))
    return replace(user, person=person, groups=groups, own=own)


def _user(path: Path, name: str, entry: object, groups: Mapping[str, Collections]) -> User:
    try:
        said = converted(entry, _Entry)
        hash_parts(said.password)
        person = Person(
            name=checked_name(name),
            id=said.id,
            collections=(),
            questions_an_hour=said.questions_an_hour,
            uploads_mb_a_day=said.uploads_mb_a_day,
        )
        user = User(person=person, password=said.password, identity=said.oidc)
        own, among = _collections(said.collections), tuple(sorted(set(said.groups)))
        return _seeing(user, own, among, groups, role=said.role)
    except (msgspec.ValidationError, SettingsError) as error:
        raise _unreadable(path, f"the entry of {name!r} is none ({error})") from error


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


WAIT_S: Final = 10.0
"""A change is read and written within milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What somebody may see and do from now on; limits as `Person` has them."""

    role: Role
    own: Collections
    groups: tuple[str, ...] = ()
    questions_an_hour: int | None = None
    uploads_mb_a_day: int | None = None


class PeopleFile:
    """The users file. Raises SettingsError. Threads and processes change it in turn."""

    def __init__(self, path: Path, *, needs_administrator: bool = True) -> None:
        self._path = path
        self._needs_administrator = needs_administrator
        self._read: tuple[tuple[int, ...], UsersBook] | None = None

    def book(self, *, or_new: bool = False) -> UsersBook:
        """Return what the file says; with `or_new` nothing where there is none."""
        if or_new and not self._path.exists():
            return UsersBook(users={})
        return read_book(self._path)

    def lately(self) -> UsersBook:
        """Return what the file says, read again when it has changed."""
        try:
            stat = self._path.stat()
        except OSError:  # reading it tells why
            return self.book()
        seen = (stat.st_mtime_ns, stat.st_size, stat.st_ino, stat.st_mode)
        if self._read is None or self._read[0] != seen:
            self._read = (seen, self.book())
        return self._read[1]

    def find(self, name: str) -> tuple[User | None, User | None]:
        """Return who has a name, and somebody whose password is tried in vain if nobody has."""
        users = self.lately().users
        user = users.get(unicodedata.normalize("NFC", name).strip())
        return user, next(iter(users.values()), None)

    def rights(
        self, former: User | None, own: Collections, groups: tuple[str, ...], *, role: str
    ) -> Rights:
        """Return new rights; a role and limits that are not told stay, as far as one still may."""
        book = self.book(or_new=True)
        seen = seen_by(own, groups, book.groups)
        known = role or (former.person.role if former else None)
        if not role and known == "administers" and seen is not None:
            known = "reads"
        return Rights(
            role=checked_role(known, seen),
            own=own,
            groups=groups,
            questions_an_hour=former.person.questions_an_hour if former else None,
            uploads_mb_a_day=former.person.uploads_mb_a_day if former else None,
        )

    def check_apart(self, folder: Path) -> None:
        """Raise SettingsError where the file would be read with the documents, and be found."""
        if self._path.resolve().is_relative_to(folder.resolve()):
            raise SettingsError(
                f"The users file {self._path} lies in {folder}, which is read and searched.",
                hint="Move it elsewhere, and set RAG_USERS to where it is.",
            )

    def add(self, name: str, password: str, rights: Rights, *, or_change: bool = False) -> str:
        """Add somebody; with `or_change` also who is there. Return the name as it is kept."""
        name, stored = checked_name(name), hashed(checked_password(password))
        with self._changing(or_new=or_change) as (users, groups):
            if name in users and not or_change:
                raise SettingsError(
                    "There is a {name} already.", hint="Take another name.", name=name
                )
            nobody = User(person=Person(name=name, id=uuid4().hex, collections=()), password="")
            user = replace(users.get(name, nobody), password=stored)
            users[name] = _with_rights(user, rights, groups)
        return name

    def change(self, name: str, rights: Rights) -> None:
        with self._changing() as (users, groups):
            users[name] = _with_rights(_known(users, name), rights, groups)

    def set_password(self, name: str, password: str) -> None:
        """Give somebody another password; their sessions end by that."""
        stored = hashed(checked_password(password))
        with self._changing() as (users, _):
            users[name] = replace(_known(users, name), password=stored)

    def recognise(self, identity: Identity, name: str) -> User | None:
        """Return who this is; the first who comes by a `name`, to the letter, is they for ever."""
        known = _of_identity(self.lately().users, identity)
        if known is not None:
            return known
        with self._changing(administered=False) as (users, _):
            named = users.get(name)
            if named is not None and named.identity is None and not _of_identity(users, identity):
                users[name] = replace(named, identity=identity)
            return _of_identity(users, identity)

    def remove(self, name: str) -> None:
        with self._changing() as (users, _):
            _known(users, name)
            del users[name]

    def put_group(self, name: str, seen: Collections) -> str:
        """Add a group, or let those of it see something else; return its name as it is kept."""
        name = checked_name(name)
        with self._changing() as (_, groups):
            groups[name] = seen
        return name

    def remove_group(self, name: str) -> None:
        """Remove a group; those of it see what is left to them."""
        with self._changing() as (_, groups):
            groups.pop(name, None)

    def rename_collection(self, name: str, other: str | None) -> None:
        """Let who may see a collection see it by its other name; None: it is no more."""
        with self._changing() as (users, groups):
            for one, seen in groups.items():
                groups[one] = _renamed(seen, name, other)
            for one, user in users.items():
                own = _renamed(user.own_collections, name, other)
                users[one] = replace(user, own=own, person=replace(user.person, collections=own))

    @contextmanager
    def _changing(
        self, *, or_new: bool = False, administered: bool = True
    ) -> Iterator[tuple[dict[str, User], dict[str, Collections]]]:
        """Lend users and groups, which nobody else changes meanwhile; then write them."""
        with users_turn(self._path):
            book = self.book(or_new=or_new)
            users, groups = dict(book.users), dict(book.groups)
            yield users, groups
            users = {name: _regrouped(user, groups) for name, user in users.items()}
            if (users, groups) == (book.users, book.groups):
                return
            is_administered = any(user.person.administers for user in users.values())
            if self._needs_administrator and administered and not is_administered:
                raise SettingsError(
                    "Nobody would administer Pagelight any more.",
                    hint="Let somebody else administer first.",
                )
            write_users(self._path, users, groups)


@contextmanager
def users_turn(path: Path) -> Iterator[None]:
    """Have the file to oneself, to read and write it. Raises SettingsError."""
    lock = FileLock(path.with_name(f".{path.name}.lock"), timeout=WAIT_S, mode=0o600)
    try:
        lock.acquire()
    except OSError as error:
        raise SettingsError(
            f"The users file {path} can't be written: {error.strerror or error}.",
            hint="Check its folder and the permissions.",
        ) from error
    try:
        yield
    finally:
        lock.release()


def _with_rights(user: User, rights: Rights, groups: Mapping[str, Collections]) -> User:
    person = replace(
        user.person,
        questions_an_hour=rights.questions_an_hour,
        uploads_mb_a_day=rights.uploads_mb_a_day,
    )
    limited = replace(user, person=person)
    return _seeing(limited, rights.own, rights.groups, groups, role=rights.role)


def _regrouped(user: User, groups: Mapping[str, Collections]) -> User:
    among = tuple(group for group in user.groups if group in groups)
    return _seeing(user, user.own, among, groups, role=user.person.role) if user.groups else user


def _renamed(seen: Collections, name: str, other: str | None) -> Collections:
    if seen is None:
        return None
    name = composed(name)
    kept = {one for one in seen if one != name}
    if other and name in seen:
        kept.add(other)
    return tuple(sorted(kept))


def _of_identity(users: Mapping[str, User], identity: Identity) -> User | None:
    return next((one for one in users.values() if one.identity == identity), None)


def _known(users: Mapping[str, User], name: str) -> User:
    if name not in users:
        raise SettingsError("There is no {name} any more.", hint="Load the page again.", name=name)
    return users[name]
