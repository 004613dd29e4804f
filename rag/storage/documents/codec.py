"""Values to JSON and back, without loss and checked. Knows the values; nothing of tables or files.

A list in a fixed order stands for the small values that come by the thousand (provenances,
pictures), an object for the rest. Lone surrogates (from damaged files), at which msgspec's own JSON
stops, survive: the bytes are UTF-8 with `surrogatepass`, which `json.loads` reads by itself.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from rag.datamodel import BBox, Chunk, Element
from rag.decoding import converted, decoded
from rag.protocols import OcrLine

KEPT_CHUNKS: Final = 2048
"""Chunks are found by several channels, and by one question after another."""

COLUMNS: Final = ("id", "doc_id", "source", "ordinal")
"""Of a chunk: they stand beside its body."""

OF_DOCUMENT: Final = ("language",)
"""Of a chunk, but its document's: they stand in the document's own row."""

Json = Any
"""What `json` reads and writes."""


def dump(value: object) -> bytes:
    """Return plain values, dataclasses and Structs as JSON."""
    text = json.dumps(msgspec.to_builtins(value), ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def load(data: bytes, kind: Any = Any) -> Any:  # noqa: ANN401 - any type, and a value of it
    """Return the value; raise ValueError, which names the place, where it is none of that type."""
    return converted(json.loads(data), kind)


def encode_elements(elements: Sequence[Element]) -> bytes:
    return dump(elements)


def decode_elements(data: bytes) -> tuple[Element, ...]:
    elements: tuple[Element, ...] = load(data, tuple[Element, ...])
    return elements


def encode_chunk(chunk: Chunk) -> bytes:
    """Encode all of a chunk but its `COLUMNS` and what is its document's."""
    return dump(chunk_body(chunk))


def chunk_body(chunk: Chunk) -> dict[str, Json]:
    whole: dict[str, Json] = msgspec.to_builtins(chunk)
    apart = (*COLUMNS, *OF_DOCUMENT)
    return {name: value for name, value in whole.items() if name not in apart}


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
    columns = (chunk_id, doc_id, source, ordinal)
    beside = {**dict(zip(COLUMNS, columns, strict=True)), "language": language}
    try:
        return decoded(_joined(data, beside), Chunk)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeError):  # lone surrogates: `json` alone reads them
        return whole_chunk({**load(data), "language": language}, *columns)


def _joined(data: bytes, columns: dict[str, Json]) -> bytes:
    """Return a JSON object with further fields, which replace its own."""
    return data[:-1] + b"," + msgspec.json.encode(columns)[1:]


def whole_chunk(body: Json, *columns: str | int) -> Chunk:
    """Return the chunk of a body and its `COLUMNS`; raise ValueError for what is none."""
    return converted({**body, **dict(zip(COLUMNS, columns, strict=True))}, Chunk)


def encode_lines(lines: Sequence[OcrLine]) -> bytes:
    return dump([(line.text, line.bbox, line.confidence) for line in lines])


def decode_lines(data: bytes) -> list[OcrLine]:
    rows = load(data, list[tuple[str, BBox, float]])
    return [OcrLine(text=text, bbox=box, confidence=score) for text, box, score in rows]
