"""Who is asking: a name and a password to a person, or a refusal. Slow for those who guess.

Knows stored passwords, failures and a cache of successes; knows nothing of ASGI.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import ipaddress
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from weakref import WeakValueDictionary

from pagelight.services.accounts.person import (
    NAME_LETTERS,
    OWNER,
    User,
    hash_parts,
    is_hash,
    matches,
)
from pagelight.services.accounts.users import PeopleFile
from rag.errors import SettingsError
from rag.settings import Settings

logger = logging.getLogger(__name__)

MAX_KNOWN: Final = 1000
"""Successes that are remembered; a person has one for each password that they had."""

_IPV6_NETWORK: Final = 64
"""Who has one IPv6 address has a network of so many bits of them."""

Find = Callable[[str], tuple[User | None, User | None]]
"""A name to its user, and to one whose password is tried in vain where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInRefusal:
    """Why somebody stays outside: a wrong password, or too many of them for `wait_s` yet."""

    wait_s: float = 0.0


class Authenticator:
    """Lets people in. A success is remembered under a secret of this process: scrypt is slow."""

    def __init__(self, find: Find, attempts: Attempts, *, named: bool = True) -> None:
        """`named`: each has a name; else one password is everybody's."""
        self.named = named
        self._find = find
        self._attempts = attempts
        self._secret = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, None] = OrderedDict()
        self._turn = asyncio.Lock()  # one guess at a time: each takes memory, and counts
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def user(self, name: str) -> User | None:
        """Return who has this name by now. Raises SettingsError for an unreadable users file."""
        return self._find(name)[0]

    def remembers(self, name: str, password: str) -> bool:
        """Tell whether a name and a password were tried, and right, before."""
        user = self.user(name)
        return user is not None and self._remembered(user, password)

    async def admit(self, name: str, password: str, address: str) -> User | SignInRefusal:
        """Return whose name and password these are. Raises SettingsError as `user`.

        Who guesses slows down that name from that address alone: nobody locks others out, neither
        by their name nor from beside them. Addresses take turns: one that floods waits for itself.
        """
        user, decoy = await asyncio.to_thread(self._find, name)
        if user is not None and self._remembered(user, password):
            return user
        place = network(address)
        key = f"{place} {user.person.name if user else name[:NAME_LETTERS]}"
        async with self._turns.setdefault(place, asyncio.Lock()), self._turn:
            wait_s = self._attempts.wait_s(key)
            if wait_s > 0:
                return SignInRefusal(wait_s=wait_s)
            if await asyncio.to_thread(_is_right, user, decoy, password) and user:
                self._attempts.succeed(key)
                self._known[self._digest(user, password)] = None
                while len(self._known) > MAX_KNOWN:
                    self._known.popitem(last=False)
                return user
            self._attempts.fail(key)
        logger.warning("a wrong name or password from %s", address)
        return SignInRefusal()

    def _digest(self, user: User, password: str) -> bytes:
        text = f"{user.person.name}\0{user.password}\0{password}"
        return hmac.digest(self._secret, text.encode("utf-8", "surrogatepass"), hashlib.sha256)

    def _remembered(self, user: User, password: str) -> bool:
        return self._digest(user, password) in self._known


def _is_right(user: User | None, decoy: User | None, password: str) -> bool:
    """Tell whether the password is the user's; without a user it takes as long to say no."""
    tried = user or decoy
    return tried is not None and matches(password, tried.password) and user is not None


def authenticator_of(
    settings: Settings, *, attempts: Attempts | None = None
) -> Authenticator | None:
    """Return the door of the settings; None where everybody is let in. Raises SettingsError."""
    if settings.users and settings.password:
        raise SettingsError("RAG_USERS and RAG_PASSWORD do not go together.", hint="Set one.")
    attempts = Attempts() if attempts is None else attempts
    if settings.users:
        people = PeopleFile(Path(settings.users).expanduser())
        if not people.lately().users:
            raise SettingsError(
                f"The users file {settings.users} has no users: nobody could sign in.",
                hint="Add one with: pagelight user add NAME",
            )
        return Authenticator(people.find, attempts)
    if not settings.password:
        return None
    if is_hash(settings.password):
        hash_parts(settings.password)
    owner = User(person=OWNER, password=settings.password)
    return Authenticator(lambda _name: (owner, None), attempts, named=False)


def credentials(authorization: str, *, named: bool = True) -> tuple[str, str] | None:
    """Return name and password of a header; None where it has none.

    HTTP Basic (RFC 7617, UTF-8), or, of programs that know a key alone, `Bearer NAME:PASSWORD`;
    where nobody is `named`, `Bearer PASSWORD`.
    """
    scheme, _, given = authorization.partition(" ")
    try:
        if scheme.lower() == "basic":
            text = base64.b64decode(given, validate=True).decode()
        elif scheme.lower() == "bearer":
            text = ("" if named else ":") + given.strip().encode("latin-1").decode()
        else:
            return None
    except ValueError:
        return None
    name, colon, password = text.partition(":")
    return (name, password) if colon else None


def network(address: str) -> str:
    """Return what stands for all addresses that one machine may have."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return address
    mapped = parsed.ipv4_mapped
    return str(mapped or ipaddress.ip_network(f"{address}/{_IPV6_NETWORK}", strict=False))


FREE: Final = 5
"""So many slips cost no wait."""

MAX_WAIT_S: Final = 300.0
FORGOTTEN_S: Final = 3600.0
"""After so long without a failure all is as before."""

MAX_KEPT: Final = 10_000
"""Names and addresses that are remembered; those that failed longest ago go first."""

_MAX_DOUBLINGS: Final = 16


class Attempts:
    """Failures by key: a name from an address. `now` is a clock in seconds."""

    def __init__(self, *, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._failed: OrderedDict[str, tuple[int, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._failed)

    def wait_s(self, key: str) -> float:
        """Return the seconds until one may try again; 0 where one may."""
        doublings = self._count(key) - FREE
        if doublings < 0:
            return 0.0
        wait_s = min(MAX_WAIT_S, 2.0 ** min(doublings, _MAX_DOUBLINGS))
        return max(0.0, self._failed[key][1] + wait_s - self._now())

    def fail(self, key: str) -> None:
        self._failed[key] = (self._count(key) + 1, self._now())
        self._failed.move_to_end(key)
        while len(self._failed) > MAX_KEPT:
            self._failed.popitem(last=False)

    def succeed(self, key: str) -> None:
        """Forget the failures."""
        self._failed.pop(key, None)

    def _count(self, key: str) -> int:
        count, failed_s = self._failed.get(key, (0, 0.0))
        return count if self._now() - failed_s < FORGOTTEN_S else 0
