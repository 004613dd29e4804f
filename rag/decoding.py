"""Values out of JSON or MessagePack, checked: the way to msgspec's decoding, for any threads.

msgspec learns a class when it first decodes it, and notes it on the class before it knows all of
its fields. A thread that decodes the class meanwhile reads what is not there yet, and the process
ends (seen with 0.22: a segmentation fault in `convert`). So one thread alone learns a class.
"""

from __future__ import annotations

import threading
from typing import Any, Final, TypeVar

import msgspec

T = TypeVar("T")

_LEARNING: Final = threading.Lock()
"""One for all classes, as they share what they are made of."""

_LEARNED: Final[set[Any]] = set()


def converted(value: object, kind: type[T]) -> T:
    """Return plain values as a `kind`; raise msgspec.ValidationError, which names the place."""
    _learn(kind)
    return msgspec.convert(value, kind)


def decoded(data: bytes | str, kind: type[T]) -> T:
    """Return JSON as a `kind`; raise ValueError where it is none."""
    _learn(kind)
    return msgspec.json.decode(data, type=kind)


def unpacked(data: bytes | memoryview, kind: type[T]) -> T:
    """Return MessagePack as a `kind`; raise ValueError where it is none."""
    _learn(kind)
    return msgspec.msgpack.decode(data, type=kind)


def _learn(kind: Any) -> None:  # noqa: ANN401 - `tuple[Element, ...]` is none of `type`
    """Have msgspec know a class, and those of its fields, whole before it is used."""
    if kind not in _LEARNED:
        with _LEARNING:
            msgspec.json.Decoder(kind)
            _LEARNED.add(kind)
