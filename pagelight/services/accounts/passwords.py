"""Passwords as hashes: scrypt (RFC 7914), its parameters and the salt in one line of text.

The form is that of the PHC string format: `$scrypt$ln=15,r=8,p=3$SALT$HASH`, in base64 without
padding. Knows no names and no files.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Final

from rag.errors import SettingsError

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


def check_hash(text: str) -> None:
    """Raise SettingsError for a text that is no hash of ours."""
    _parts(text)


def matches(password: str, stored: str) -> bool:
    """Tell whether it is the stored password, a hash or plain; takes as long whichever it is.

    Raises SettingsError for a hash that can't be read.
    """
    if not is_hash(stored):
        return secrets.compare_digest(password.encode(), stored.encode())
    cost, salt, key = _parts(stored)
    return secrets.compare_digest(_key(password, salt, cost), key)


def _parts(text: str) -> tuple[Cost, bytes, bytes]:
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
