"""Values to JSON and back, without loss and checked. Knows the values; nothing of tables or files.

A list in a fixed order stands for the small values that come by the thousand (provenances,
pictures), an object for the rest. Lone surrogates (from damaged files) survive: the bytes are UTF-8
with `surrogatepass`, which `json.loads` reads and msgspec's own JSON does not. A seal, a checksum
in a line of its own, tells bytes that changed on the disk; earlier versions stored none.
"""

from __future__ import annotations

import functools
import json
import zlib
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import msgspec

from rag.datamodel import BBox, Chunk, Element
from rag.decoding import converted, decoded
from rag.errors import DamagedError
from rag.protocols import OcrLine

Value = TypeVar("Value")

KEPT_CHUNKS: Final = 2048
"""Chunks are found by several channels, and by one question after another."""

_DIGITS: Final = 8

COLUMNS: Final = ("id", "doc_id", "source", "ordinal", "language")
"""Of a chunk: they stand in columns of their own, or in its document's."""


def dump(value: object) -> bytes:
    """Return plain values, dataclasses and Structs as JSON."""
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def load(data: bytes, kind: type[Value]) -> Value:
    """Return the value; raise ValueError, which names the place, where it is none of that type."""
    return converted(json.loads(data), kind)


def packed(value: object, *, level: int = -1) -> bytes:
    """Return a value as JSON, compressed (zlib)."""
    return zlib.compress(dump(value), level)


def unpacked(data: bytes, kind: type[Value]) -> Value:
    """As `load`, of what `packed` made; raise zlib.error, too."""
    return load(zlib.decompress(data), kind)


def decode_elements(data: bytes) -> tuple[Element, ...]:
    return load(data, tuple[Element, ...])


def encode_chunk(chunk: Chunk) -> bytes:
    """Encode all of a chunk but its `COLUMNS`, which are stored by themselves."""
    whole: dict[str, Any] = msgspec.to_builtins(chunk)
    return dump({name: value for name, value in whole.items() if name not in COLUMNS})


@functools.lru_cache(maxsize=KEPT_CHUNKS)
def decode_chunk(data: bytes, *, columns: tuple[str, str, str, int, str | None]) -> Chunk:
    """Return the chunk with the values of its `COLUMNS`; raise ValueError for what is none."""
    known = dict(zip(COLUMNS, columns, strict=True))
    try:  # of two fields of a name the last one counts
        return decoded(data[:-1] + b"," + msgspec.json.encode(known)[1:], Chunk)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeError):  # lone surrogates: `json` alone reads them
        return converted({**json.loads(data), **known}, Chunk)


def encode_lines(lines: Sequence[OcrLine]) -> bytes:
    return dump([(line.text, line.bbox, line.confidence) for line in lines])


def decode_lines(data: bytes) -> list[OcrLine]:
    rows = load(data, list[tuple[str, BBox, float]])
    return [OcrLine(text=text, bbox=box, confidence=score) for text, box, score in rows]


def sealed(data: bytes) -> bytes:
    """Return JSON with its seal."""
    return data + b"\n" + _seal(data)


def opened(data: bytes, decode: Callable[[bytes], Value], *, what: str) -> Value:
    """Return what `decode` makes of bytes, without their seal; `what` says for a person of what.

    Raises DamagedError where they are not those that were stored.
    """
    try:
        return decode(_unsealed(data))
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error) as error:
        raise DamagedError(
            f"What is stored of {what} is damaged.", hint="Run: pagelight doctor --repair"
        ) from error


def _unsealed(data: bytes) -> bytes:
    inner, line_break, seal = data[: -_DIGITS - 1], data[-_DIGITS - 1 : -_DIGITS], data[-_DIGITS:]
    if line_break != b"\n":
        return data
    if seal != _seal(inner):
        raise ValueError("the checksum is another one")
    return inner


def _seal(data: bytes) -> bytes:
    return f"{zlib.crc32(data):0{_DIGITS}x}".encode()
