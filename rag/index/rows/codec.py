"""Values to JSON and back, without loss. Knows the values; knows nothing of tables or files.

A list in a fixed order stands for the small values that come by the thousand (provenances,
pictures), an object for the rest. Lone surrogates (from damaged files) survive: the bytes are
UTF-8 with `surrogatepass`, which `json.loads` reads by itself.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from typing import Any, Final

from rag.datamodel import BBox, Chunk, Element, ImageAsset, Provenance
from rag.protocols import OcrLine

KEPT_CHUNKS: Final = 2048
"""Chunks are found by several channels, and by one question after another: decoding them is most
of a search (measured: 0.1 ms each)."""

Json = Any
"""What `json` reads and writes."""


def dump(value: Json) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def load(data: bytes) -> Json:
    return json.loads(data)


def encode_elements(elements: Sequence[Element]) -> bytes:
    return dump([_element_out(element) for element in elements])


def decode_elements(data: bytes) -> tuple[Element, ...]:
    return tuple(_element_in(row) for row in load(data))


def encode_chunk(chunk: Chunk) -> bytes:
    """Encode all of a chunk but `id`, `doc_id`, `source` and `ordinal`, which are columns."""
    return dump(
        {
            "role": chunk.role,
            "text": chunk.text,
            "context": chunk.context,
            "headings": chunk.headings,
            "image": image_out(chunk.image),
            "provenances": [provenance_out(p) for p in chunk.provenances],
            "neighbours": chunk.neighbours,
            "confidence": chunk.confidence,
        }
    )


@functools.lru_cache(maxsize=KEPT_CHUNKS)
def decode_chunk(data: bytes, *, chunk_id: str, doc_id: str, source: str, ordinal: int) -> Chunk:
    row = load(data)
    return Chunk(
        id=chunk_id,
        doc_id=doc_id,
        source=source,
        ordinal=ordinal,
        role=row["role"],
        text=row["text"],
        context=row["context"],
        headings=tuple(row["headings"]),
        image=image_in(row["image"]),
        provenances=tuple(provenance_in(p) for p in row["provenances"]),
        neighbours=tuple(row["neighbours"]),
        confidence=row["confidence"],
    )


def encode_lines(lines: Sequence[OcrLine]) -> bytes:
    return dump([[line.text, _box_out(line.bbox), line.confidence] for line in lines])


def decode_lines(data: bytes) -> list[OcrLine]:
    return [
        OcrLine(text=text, bbox=BBox(x0=box[0], y0=box[1], x1=box[2], y1=box[3]), confidence=score)
        for text, box, score in load(data)
    ]


def _element_out(element: Element) -> Json:
    return {
        "role": element.role,
        "text": element.text,
        "image": image_out(element.image),
        "provenances": [provenance_out(p) for p in element.provenances],
        "level": element.level,
        "confidence": element.confidence,
        "pending": element.pending,
    }


def _element_in(row: Json) -> Element:
    return Element(
        role=row["role"],
        text=row["text"],
        image=image_in(row["image"]),
        provenances=tuple(provenance_in(p) for p in row["provenances"]),
        level=row["level"],
        confidence=row["confidence"],
        pending=row["pending"],
    )


def provenance_out(at: Provenance) -> Json:
    box = None if at.bbox is None else _box_out(at.bbox)
    return [at.page, box, at.span, at.start_s, at.end_s]


def provenance_in(row: Json) -> Provenance:
    page, box, span, start_s, end_s = row
    return Provenance(
        page=page,
        bbox=None if box is None else BBox(x0=box[0], y0=box[1], x1=box[2], y1=box[3]),
        span=None if span is None else (span[0], span[1]),
        start_s=start_s,
        end_s=end_s,
    )


def _box_out(box: BBox) -> Json:
    return [box.x0, box.y0, box.x1, box.y1]


def image_out(image: ImageAsset | None) -> Json:
    if image is None:
        return None
    return [
        image.id,
        image.path,
        image.media_type,
        image.width_px,
        image.height_px,
        image.phash,
    ]


def image_in(row: Json) -> ImageAsset | None:
    if row is None:
        return None
    asset_id, path, media_type, width_px, height_px, phash = row
    return ImageAsset(
        id=asset_id,
        path=path,
        media_type=media_type,
        width_px=width_px,
        height_px=height_px,
        phash=phash,
    )
