"""A complete answer to bytes and back: what is needed to show it again, its sources lit.

Each chunk is written once, however often it is cited. What was found beyond the context and the
nearest places (`Answer.hits`, `Context.dropped`) is left out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Any

from rag.datamodel import (
    Answer,
    Attachment,
    BBox,
    Chunk,
    Citation,
    Context,
    Figure,
    Filters,
    Hit,
    Provenance,
    Query,
    QueryImage,
)
from rag.index.rows import codec

Json = Any
"""What `json` reads and writes."""

Grounds = Iterable[tuple[str, str]]
"""Id of each document that an answer stands on, and its source as it was then."""


def grounds_of(answer: Answer) -> tuple[tuple[str, str], ...]:
    """Return the documents that were asked about, read, cited or told as near, each once.

    Not what the person attached: it was theirs to begin with.
    """
    own = {(attachment.doc_id, attachment.name) for attachment in answer.query.attachments}
    told = dict.fromkeys((chunk.doc_id, chunk.source) for chunk in _chunks(answer))
    return tuple(ground for ground in told if ground not in own)


def encode_answer(answer: Answer) -> bytes:
    return zlib.compress(codec.dump(_answer_out(answer)))


def decode_answer(data: bytes) -> Answer:
    """Raise ValueError or KeyError for bytes that another version wrote."""
    row = codec.load(zlib.decompress(data))
    chunks = {chunk_id: _chunk_in(chunk_id, body) for chunk_id, body in row["chunks"].items()}
    return Answer(
        query=_query_in(row["query"], chunks),
        text=row["text"],
        answered=row["answered"],
        closest=row.get("closest", False),
        confidence=row["confidence"],
        standalone_query=row["standalone_query"],
        citations=tuple(_citation_in(one, chunks) for one in row["citations"]),
        figures=tuple(_figure_in(one) for one in row["figures"]),
        unresolved=tuple(row["unresolved"]),
        unsupported=tuple((start, end) for start, end in row["unsupported"]),
        context=Context(hits=tuple(_hit_in(one, chunks) for one in row["context"])),
        nearest=tuple(_hit_in(one, chunks) for one in row["nearest"]),
        notes=tuple(row["notes"]),
        timings_s=tuple((stage, seconds) for stage, seconds in row["timings_s"]),
        complete=True,
    )


def _answer_out(answer: Answer) -> Json:
    return {
        "chunks": {chunk.id: _chunk_out(chunk) for chunk in _chunks(answer)},
        "query": _query_out(answer.query),
        "text": answer.text,
        "answered": answer.answered,
        "closest": answer.closest,
        "confidence": answer.confidence,
        "standalone_query": answer.standalone_query,
        "citations": [_citation_out(citation) for citation in answer.citations],
        "figures": [_figure_out(figure) for figure in answer.figures],
        "unresolved": answer.unresolved,
        "unsupported": answer.unsupported,
        "context": [_hit_out(hit) for hit in answer.context.hits],
        "nearest": [_hit_out(hit) for hit in answer.nearest],
        "notes": answer.notes,
        "timings_s": answer.timings_s,
    }


def _chunks(answer: Answer) -> Iterable[Chunk]:
    """Yield what is cited last: of two chunks of one id (a table, read whole or not) it is kept."""
    if answer.query.region is not None:
        yield answer.query.region
    yield from (hit.chunk for hit in (*answer.nearest, *answer.context.hits))
    yield from (citation.chunk for citation in answer.citations)


def _chunk_out(chunk: Chunk) -> Json:
    body = codec.load(codec.encode_chunk(chunk))
    return [chunk.doc_id, chunk.source, chunk.ordinal, body]


def _chunk_in(chunk_id: str, row: Json) -> Chunk:
    doc_id, source, ordinal, body = row
    return codec.decode_chunk(
        codec.dump(body), chunk_id=chunk_id, doc_id=doc_id, source=source, ordinal=ordinal
    )


def _query_out(query: Query) -> Json:
    only = query.filters
    region = query.region and query.region.id
    scope = [only.source_glob, only.media_types, only.within]
    attachments = [_attachment_out(attachment) for attachment in query.attachments]
    return [query.text, _image_out(query.image), scope, region, attachments]


def _query_in(row: Json, chunks: dict[str, Chunk]) -> Query:
    """Read a query; those of earlier versions have no attachments."""
    text, image, (glob, media_types, within), region, *rest = row
    return Query(
        text=text,
        image=_image_in(image),
        attachments=tuple(_attachment_in(each) for attachments in rest for each in attachments),
        filters=Filters(source_glob=glob, media_types=tuple(media_types), within=tuple(within)),
        region=chunks[region] if region else None,
    )


def _image_out(image: QueryImage | None) -> Json:
    return image and [image.path, image.phash, image.lettering]


def _image_in(row: Json) -> QueryImage | None:
    return QueryImage(path=row[0], phash=row[1], lettering=row[2]) if row else None


def _attachment_out(given: Attachment) -> Json:
    return [given.doc_id, given.name, given.media_type, _image_out(given.image), given.note]


def _attachment_in(row: Json) -> Attachment:
    doc_id, name, media_type, image, note = row
    return Attachment(
        doc_id=doc_id, name=name, media_type=media_type, image=_image_in(image), note=note
    )


def _citation_out(citation: Citation) -> Json:
    lines = [codec.provenance_out(p) for p in citation.provenances]
    return [citation.number, citation.chunk.id, citation.span, lines, citation.quote]


def _citation_in(row: Json, chunks: dict[str, Chunk]) -> Citation:
    number, chunk_id, (start, end), lines, quote = row
    provenances: tuple[Provenance, ...] = tuple(codec.provenance_in(line) for line in lines)
    return Citation(
        number=number,
        chunk=chunks[chunk_id],
        span=(start, end),
        provenances=provenances,
        quote=quote,
    )


def _figure_out(figure: Figure) -> Json:
    box = figure.bbox
    return {
        "citation": figure.citation,
        "caption": figure.caption,
        "alt": figure.alt,
        "media_type": figure.media_type,
        "page": figure.page,
        "bbox": box and [box.x0, box.y0, box.x1, box.y1],
        "image": codec.image_out(figure.image),
    }


def _figure_in(row: Json) -> Figure:
    box = row.pop("bbox")
    bbox = None if box is None else BBox(x0=box[0], y0=box[1], x1=box[2], y1=box[3])
    return Figure(**row | {"bbox": bbox, "image": codec.image_in(row["image"])})


def _hit_out(hit: Hit) -> Json:
    return [hit.chunk.id, hit.score, hit.rank, hit.channel, hit.found_by, hit.relevance]


def _hit_in(row: Json, chunks: dict[str, Chunk]) -> Hit:
    chunk_id, score, rank, channel, found_by, relevance = row
    return Hit(
        chunk=chunks[chunk_id],
        score=score,
        rank=rank,
        channel=channel,
        found_by=tuple((name, place) for name, place in found_by),
        relevance=relevance,
    )
