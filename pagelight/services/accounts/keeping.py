"""People and groups are added, changed and removed in the users file: by who administers.

One at least goes on administering. Knows the file; knows nothing of pages.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from filelock import FileLock

from pagelight.services.accounts.passwords import checked_password, hashed
from pagelight.services.accounts.person import (
    Collections,
    Identity,
    Person,
    Role,
    User,
    UsersBook,
    checked_name,
    checked_role,
    new_id,
    regrouped,
)
from pagelight.services.accounts.users import check_apart, read_book, seen_by, write_users
from rag.datamodel import composed
from rag.errors import SettingsError

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
    """The users file of a running server. Raises SettingsError.

    Safe for several threads and processes: each changes the file in turn.
    """

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
        """Return the rights of somebody; a role and limits that are not told stay as they were.

        Who administered and sees less from now on reads.
        """
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
        """Raise SettingsError where the file would be read with the documents of a folder."""
        check_apart(self._path, folder)

    def add(self, name: str, password: str, rights: Rights, *, or_change: bool = False) -> str:
        """Add somebody whose name nobody has; return the name as it is kept.

        With `or_change` who is there already has these rights and this password from now on.
        """
        name, stored = checked_name(name), hashed(checked_password(password))
        with self._changing(or_new=or_change) as book:
            former = book.users.get(name)
            if former and not or_change:
                raise SettingsError(
                    "There is a {name} already.", hint="Take another name.", name=name
                )
            person = former.person if former else Person(name=name, id=new_id(), collections=())
            identity = former.identity if former else None
            user = replace(_user(person, stored, rights, book), identity=identity)
            self._write(book, {name: user})
        return name

    def change(self, name: str, rights: Rights) -> None:
        with self._changing() as book:
            former = _known(book, name)
            changed = _user(former.person, former.password, rights, book)
            self._write(book, {name: replace(changed, identity=former.identity)})

    def set_password(self, name: str, password: str) -> None:
        """Give somebody another password; their sessions end by that."""
        stored = hashed(checked_password(password))
        with self._changing() as book:
            user = _known(book, name)
            self._write(book, {name: replace(user, password=stored)})

    def recognise(self, identity: Identity, name: str) -> User | None:
        """Return who this is; the first who comes by a `name`, letter by letter, is they for ever.

        None for a name that nobody has, or that is somebody else's.
        """
        known = _of_identity(self.lately(), identity)
        if known is not None:
            return known
        with self._changing() as book:
            known = _of_identity(book, identity)
            named = book.users.get(name)
            if known is not None or named is None or named.identity is not None:
                return known
            user = replace(named, identity=identity)
            write_users(self._path, {**book.users, name: user}, book.groups)
        return user

    def remove(self, name: str) -> None:
        with self._changing() as book:
            _known(book, name)
            left = {one: user for one, user in book.users.items() if one != name}
            self._store(left, book.groups)

    def put_group(self, name: str, seen: Collections) -> str:
        """Add a group, or let those of it see something else; return its name as it is kept."""
        name = checked_name(name)
        with self._changing() as book:
            groups = {**book.groups, name: seen}
            self._store(regrouped(book.users, groups), groups)
        return name

    def remove_group(self, name: str) -> None:
        """Remove a group; those of it see what is left to them."""
        with self._changing() as book:
            groups = {one: seen for one, seen in book.groups.items() if one != name}
            self._store(regrouped(book.users, groups), groups)

    def rename_collection(self, name: str, other: str | None) -> None:
        """Let who may see a collection see it by its other name; None: it is no more."""
        with self._changing() as book:
            groups = {one: _renamed(seen, name, other) for one, seen in book.groups.items()}
            users = {one: _following(user, name, other) for one, user in book.users.items()}
            if (users, groups) != (dict(book.users), dict(book.groups)):
                self._store(regrouped(users, groups), groups)

    @contextmanager
    def _changing(self, *, or_new: bool = False) -> Iterator[UsersBook]:
        """Lend what the file says, which nobody else changes meanwhile."""
        with users_turn(self._path):
            yield self.book(or_new=or_new)

    def _write(self, book: UsersBook, changed: Mapping[str, User]) -> None:
        self._store({**book.users, **changed}, book.groups)

    def _store(self, users: Mapping[str, User], groups: Mapping[str, Collections]) -> None:
        administered = any(user.person.administers for user in users.values())
        if self._needs_administrator and not administered:
            raise SettingsError(
                "Nobody would administer Pagelight any more.",
                hint="Let somebody else administer first.",
            )
        write_users(self._path, users, groups)


@contextmanager
def users_turn(path: Path) -> Iterator[None]:
    """Have the file to oneself, from before it is read until it is written.

    Raises SettingsError where that can not be had: in a folder that can't be written, and where
    another keeps it for `WAIT_S`.
    """
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


def _user(person: Person, password: str, rights: Rights, book: UsersBook) -> User:
    seen = seen_by(rights.own, rights.groups, book.groups)
    person = replace(
        person,
        collections=seen,
        role=checked_role(rights.role, seen),
        questions_an_hour=rights.questions_an_hour,
        uploads_mb_a_day=rights.uploads_mb_a_day,
    )
    return User(person=person, password=password, groups=rights.groups, own=rights.own)


def _following(user: User, name: str, other: str | None) -> User:
    own = _renamed(user.own_collections, name, other)
    if user.groups:
        return replace(user, own=own)
    return replace(user, own=own, person=replace(user.person, collections=own))


def _renamed(seen: Collections, name: str, other: str | None) -> Collections:
    if seen is None:
        return None
    name = composed(name)
    kept = {one for one in seen if one != name}
    if other and name in seen:
        kept.add(other)
    return tuple(sorted(kept))


def _of_identity(book: UsersBook, identity: Identity) -> User | None:
    return next((one for one in book.users.values() if one.identity == identity), None)


def _known(book: UsersBook, name: str) -> User:
    user = book.users.get(name)
    if user is None:
        raise SettingsError("There is no {name} any more.", hint="Load the page again.", name=name)
    return user
