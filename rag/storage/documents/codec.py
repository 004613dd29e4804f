"""Values to JSON and back, without loss and checked. Knows the values; nothing of tables or files.

A list in a fixed order stands for the small values that come by the thousand (provenances,
pictures), an object for the rest. Lone surrogates (from damaged files), at which msgspec's own JSON
stops, survive: the bytes are UTF-8 with `surrogatepass`, which `json.loads` reads by itself.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import msgspec

from rag.datamodel import BBox, Chunk, Element
from rag.decoding import converted, decoded
from rag.protocols import OcrLine

Value = TypeVar("Value")

KEPT_CHUNKS: Final = 2048
"""Chunks are found by several channels, and by one question after another."""

_BESIDE: Final = ("id", "doc_id", "source", "ordinal", "language")
"""Of a chunk: they stand in columns of their own, or in its document's."""


def dump(value: object) -> bytes:
    """Return plain values, dataclasses and Structs as JSON."""
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def load(data: bytes, kind: type[Value]) -> Value:
    """Return the value; raise ValueError, which names the place, where it is none of that type."""
    return converted(json.loads(data), kind)


def decode_elements(data: bytes) -> tuple[Element, ...]:
    return load(data, tuple[Element, ...])


def encode_chunk(chunk: Chunk) -> bytes:
    """Encode all of a chunk but what stands `_BESIDE` it."""
    whole: dict[str, Any] = msgspec.to_builtins(chunk)
    return dump({name: value for name, value in whole.items() if name not in _BESIDE})


@functools.lru_cache(maxsize=KEPT_CHUNKS)
def decode_chunk(
    data: bytes,
    *,
    chunk_id: str,
    doc_id: str,
    source: str,
    ordinal: int,
    language: str | None = None,
) -> Chunk:
    """Return the chunk of a document in this language; raise ValueError for what is none."""
    beside = dict(zip(_BESIDE, (chunk_id, doc_id, source, ordinal, language), strict=True))
    try:  # of two fields of a name the last one counts
        return decoded(data[:-1] + b"," + msgspec.json.encode(beside)[1:], Chunk)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeError):  # lone surrogates: `json` alone reads them
        return converted({**json.loads(data), **beside}, Chunk)


def encode_lines(lines: Sequence[OcrLine]) -> bytes:
    return dump([(line.text, line.bbox, line.confidence) for line in lines])


def decode_lines(data: bytes) -> list[OcrLine]:
    rows = load(data, list[tuple[str, BBox, float]])
    return [OcrLine(text=text, bbox=box, confidence=score) for text, box, score in rows]
