"""Who uses Pagelight: a person, what they may see and do, their password, or a token.

Hashes are scrypt's (RFC 7914), as PHC strings: `$scrypt$ln=15,r=8,p=3$SALT$HASH`, in base64 without
padding. The token of who has no account is a file of the workspace: who can read it owns that. It
lasts from start to start, so that bookmarks, cookies and scripts do.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, get_args

from rag.errors import SettingsError
from rag.storage.files.folder import unwritable, write_whole

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


def seen_words(seen: Collections) -> str:
    return "everything" if seen is None else ", ".join(seen) or "nothing"


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
    """Return a role; None: as before there were roles. Raises SettingsError for what can't be."""
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


PREFIX: Final = "$scrypt$"
SALT_BYTES: Final = 16
HASH_BYTES: Final = 32
MAX_LN: Final = 20
MAX_FACTOR: Final = 32
"""Parameters over these would take gigabytes or minutes: they are a slip, or an attack."""

_FORM: Final = re.compile(
    r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,})\$([A-Za-z0-9+/]{43})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Parameters of scrypt: 2**`ln` rounds, blocks of 128 * `r` bytes, `p` lanes.

    The default takes 32 MB, and is one of those that OWASP's Password Storage Cheat Sheet names.
    """

    ln: int = 15
    r: int = 8
    p: int = 3


USUAL_COST: Final = Cost()


MIN_LETTERS: Final = 8


def checked_password(password: str) -> str:
    """Return a new password. Raises SettingsError for one that is too short."""
    if len(password) < MIN_LETTERS:
        raise SettingsError(
            "The password is too short.", hint="Use at least {least} letters.", least=MIN_LETTERS
        )
    return password


def hashed(password: str, *, cost: Cost = USUAL_COST) -> str:
    """Return a hash of the password, with a new salt."""
    salt = secrets.token_bytes(SALT_BYTES)
    key = _key(password, salt, cost)
    return f"{PREFIX}ln={cost.ln},r={cost.r},p={cost.p}${_encoded(salt)}${_encoded(key)}"


def is_hash(text: str) -> bool:
    """Tell whether a stored password is a hash, or means to be one."""
    return text.startswith(PREFIX)


def matches(password: str, stored: str) -> bool:
    """Tell whether it is the stored password, a hash or plain. Raises SettingsError for no hash."""
    if not is_hash(stored):
        return secrets.compare_digest(password.encode(), stored.encode())
    cost, salt, key = hash_parts(stored)
    return secrets.compare_digest(_key(password, salt, cost), key)


def hash_parts(text: str) -> tuple[Cost, bytes, bytes]:
    """Return cost, salt and key of a hash. Raises SettingsError for what is none of ours."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise _unreadable()
    ln, r, p = (int(number) for number in found.groups()[:3])
    if not (1 <= ln <= MAX_LN and 1 <= r <= MAX_FACTOR and 1 <= p <= MAX_FACTOR):
        raise _unreadable()
    return Cost(ln=ln, r=r, p=p), _decoded(found[4]), _decoded(found[5])


def _unreadable() -> SettingsError:
    return SettingsError(
        "A stored password begins as a hash, but can't be read as one.",
        hint="Make it anew with: pagelight user add NAME",
    )


def _key(password: str, salt: bytes, cost: Cost) -> bytes:
    rounds = 1 << cost.ln
    return hashlib.scrypt(
        password.encode(),
        salt=salt,
        n=rounds,
        r=cost.r,
        p=cost.p,
        maxmem=256 * cost.r * (rounds + cost.p),
        dklen=HASH_BYTES,
    )


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _decoded(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


FILE_NAME: Final = "token"
TOKEN_BYTES: Final = 32
"""256 bits: nobody guesses it, however often they may try."""


def start_token(workspace: Path) -> str:
    """Return the token of a workspace, made where there is none. Raises WorkspaceError."""
    path = workspace / FILE_NAME
    try:
        token = path.read_text("ascii").strip() if path.exists() else ""
    except OSError as error:
        raise unwritable(path, error) from error
    if not token:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        write_whole(path, f"{token}\n".encode())
    return token
