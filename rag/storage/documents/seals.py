"""What is stored with a checksum, so that bytes that changed on the disk are told, not believed.

A seal stands behind the bytes, in a line of its own: JSON as `codec` writes it holds no line break.
What earlier versions stored has none. Knows bytes; knows nothing of what they mean.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Final, TypeVar

from rag.errors import DamagedError

Value = TypeVar("Value")

_BREAK: Final = b"\n"
_DIGITS: Final = 8


def sealed(data: bytes) -> bytes:
    """Return JSON with its seal."""
    return data + _BREAK + _seal(data)


def opened(data: bytes, decode: Callable[[bytes], Value], *, what: str) -> Value:
    """Return what `decode` makes of bytes, without their seal; `what` says for a person of what.

    Raises DamagedError where they are not those that were stored.
    """
    return whole(lambda: decode(_unsealed(data)), what=what)


def whole(decode: Callable[[], Value], *, what: str) -> Value:
    """As `opened`, of what has no seal."""
    try:
        return decode()
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error) as error:
        raise DamagedError(
            f"What is stored of {what} is damaged.", hint="Run: pagelight doctor --repair"
        ) from error


def _unsealed(data: bytes) -> bytes:
    inner, line_break, seal = data[: -_DIGITS - 1], data[-_DIGITS - 1 : -_DIGITS], data[-_DIGITS:]
    if line_break != _BREAK:
        return data
    if seal != _seal(inner):
        raise ValueError("the checksum is another one")
    return inner


def _seal(data: bytes) -> bytes:
    return f"{zlib.crc32(data):0{_DIGITS}x}".encode()
