"""Who uses Pagelight: a person, what they may see and do, and the groups that they are in.

Values; knows no file and no server.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, get_args
from uuid import uuid4

from rag.errors import SettingsError

Role = Literal["reads", "adds", "administers"]
"""Each may do what those before it may. Who administers sees everything."""

ROLES: Final[tuple[Role, ...]] = get_args(Role)
Collections = tuple[str, ...] | None
"""Top-level folders of what was read, `.` for the files beside these; None: everything."""

NAME_LETTERS: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who asks: the name, the collections that they may see, and what they may do.

    The limits are those of this person; None: as for all, 0: none. `id` is nobody else's, not even
    once they are gone; it is empty for people of before there were ids, whose names stand for it.
    """

    name: str
    id: str = ""
    collections: Collections
    role: Role = "reads"
    questions_an_hour: int | None = None
    uploads_mb_a_day: int | None = None

    @property
    def key(self) -> str:
        """What is theirs is kept under this."""
        return self.id or self.name

    @property
    def sees_everything(self) -> bool:
        return self.collections is None

    @property
    def may_add(self) -> bool:
        return self.role != "reads"

    @property
    def administers(self) -> bool:
        return self.role == "administers"


OWNER: Final = Person(name="", collections=None, role="administers")
"""Who uses a Pagelight without a users file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Somebody of an OpenID provider: `subject` is theirs for ever there, a name is not."""

    issuer: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person, the hash of their password, and the groups that they are in.

    `identity` is who they are for the OpenID provider, once they came in by it.
    `own` counts where they are in groups.
    """

    person: Person
    password: str
    groups: tuple[str, ...] = ()
    own: Collections = ()
    identity: Identity | None = None

    @property
    def own_collections(self) -> Collections:
        """What they see beside what their groups do."""
        return self.own if self.groups else self.person.collections


@dataclass(frozen=True, slots=True, kw_only=True)
class UsersBook:
    """All that the file says: users and groups by name."""

    users: Mapping[str, User]
    groups: Mapping[str, Collections] = field(default_factory=dict)


def new_id() -> str:
    """Return what is the id of nobody, and never was."""
    return uuid4().hex


def seen_together(own: Collections, groups: Iterable[Collections]) -> Collections:
    """Return what somebody sees who sees `own` and all that their groups see."""
    seen = [own, *groups]
    if any(one is None for one in seen):
        return None
    return tuple(sorted({name for one in seen for name in one or ()}))


def regrouped(users: Mapping[str, User], groups: Mapping[str, Collections]) -> dict[str, User]:
    """Return the users as they are with other groups: who was in one that is gone is so no more.

    Raises SettingsError where somebody who administers would no longer see everything.
    """
    return {name: _regrouped(user, groups) for name, user in users.items()}


def _regrouped(user: User, groups: Mapping[str, Collections]) -> User:
    if not user.groups:
        return user
    among = tuple(group for group in user.groups if group in groups)
    seen = seen_together(user.own, (groups[group] for group in among))
    checked_role(user.person.role, seen)
    return replace(user, groups=among, person=replace(user.person, collections=seen))


def checked_name(name: str) -> str:
    """Return a name in its one form. Raises SettingsError for one that can't be used."""
    name = unicodedata.normalize("NFC", name).strip()
    bad = ":" in name or any(unicodedata.category(letter).startswith("C") for letter in name)
    if not name or bad or len(name) > NAME_LETTERS:
        raise SettingsError(
            "{name} can't be the name of a user.",
            hint="Use at most {most} letters, and no colon.",
            name=repr(name),
            most=NAME_LETTERS,
        )
    return name


def checked_role(role: str | None, seen: Collections) -> Role:
    """Return a role; None: of the time when who saw everything administered.

    Raises SettingsError for one that is none, and where who administers does not see everything.
    """
    if role is None:
        return "administers" if seen is None else "reads"
    known = next((one for one in ROLES if one == role), None)
    if known is None:
        raise SettingsError(
            "{role} is no role.",
            hint="Say one of: {roles}.",
            role=repr(role),
            roles=", ".join(ROLES),
        )
    if known == "administers" and seen is not None:
        raise SettingsError("Who administers sees everything.", hint="Let them see everything.")
    return known
