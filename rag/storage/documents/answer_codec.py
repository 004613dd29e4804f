"""A complete answer to bytes and back: what is needed to show it again, its sources lit.

Each chunk is written once, however often it is cited. What was found beyond the context and the
nearest places (`Answer.hits`, `Context.dropped`) is left out.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import asdict

from rag.datamodel import (
    Answer,
    Attachment,
    Channel,
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
from rag.datamodel.table_queries import TableQuery
from rag.datamodel.writing import SearchStep
from rag.storage.documents import codec

Kept = TypeVar("Kept", bound=Struct)

Grounds = Iterable[tuple[str, str]]
"""Id of each document that an answer stands on, and its source as it was then."""


def grounds_of(answer: Answer) -> tuple[tuple[str, str], ...]:
    """Return the documents that were asked about, read, cited or told as near, each once.

    Not what the person attached: it was theirs to begin with.
    """
    own = {(attachment.doc_id, attachment.name) for attachment in answer.query.attachments}
    told = dict.fromkeys((chunk.doc_id, chunk.source) for chunk in _chunks(answer))
    return tuple(ground for ground in told if ground not in own)


class _Query(Struct, array_like=True):
    """Those of earlier versions have no attachments."""

    text: str
    image: QueryImage | None
    scope: tuple[str, tuple[str, ...], tuple[str, ...]]
    region: str | None
    attachments: tuple[Attachment, ...] = ()


class _Citation(Struct, array_like=True):
    number: int
    chunk: str
    span: tuple[int, int]
    provenances: tuple[Provenance, ...]
    quote: str


class _Hit(Struct, array_like=True):
    chunk: str
    score: float
    rank: int
    channel: Channel
    found_by: tuple[tuple[Channel, int], ...]
    relevance: float | None


class _Answer(Struct, kw_only=True):
    """`chunks`: document, source, ordinal and body by id. What else is short stands for it.

    Those of earlier versions have no cells, and no quotations told apart.
    """

    chunks: dict[str, tuple[str, str, int, dict[str, Any]]]
    query: _Query
    text: str
    answered: bool
    closest: bool = False
    confidence: float
    standalone_query: str
    citations: tuple[_Citation, ...]
    figures: tuple[Figure, ...]
    unresolved: tuple[int, ...]
    unsupported: tuple[tuple[int, int], ...]
    context: tuple[_Hit, ...]
    nearest: tuple[_Hit, ...]
    notes: tuple[str, ...]
    timings_s: tuple[tuple[str, float], ...]
    table_queries: tuple[TableQuery, ...] = ()
    cells: tuple[_Citation, ...] = ()
    steps: tuple[SearchStep, ...] = ()
    quoted_from: int | None = None


def encode_answer(answer: Answer) -> bytes:
    chunks = {
        chunk.id: (chunk.doc_id, chunk.source, chunk.ordinal, codec.chunk_body(chunk))
        for chunk in _chunks(answer)
    }
    kept = _kept(
        _Answer,
        answer,
        chunks=chunks,
        query=_query_out(answer.query),
        citations=_cited_out(answer.citations),
        cells=_cited_out(answer.cells),
        context=_hits_out(answer.context.hits),
        nearest=_hits_out(answer.nearest),
    )
    return zlib.compress(codec.dump(kept))


def decode_answer(data: bytes) -> Answer:
    """Raise ValueError or KeyError for bytes that another version wrote."""
    kept: _Answer = codec.load(zlib.decompress(data), _Answer)
    chunks = {
        chunk_id: codec.whole_chunk(body, chunk_id, doc_id, source, ordinal)
        for chunk_id, (doc_id, source, ordinal, body) in kept.chunks.items()
    }
    fields = asdict(kept) | {
        "query": _query_in(kept.query, chunks),
        "citations": tuple(Citation(**_cited(one, chunks)) for one in kept.citations),
        "cells": tuple(Citation(**_cited(one, chunks)) for one in kept.cells),
        "context": Context(hits=tuple(Hit(**_cited(one, chunks)) for one in kept.context)),
        "nearest": tuple(Hit(**_cited(one, chunks)) for one in kept.nearest),
    }
    del fields["chunks"]
    return Answer(**fields, complete=True)


def _kept(kind: type[Kept], value: object, **fields: object) -> Kept:
    """Return a value as it is kept: `fields`, and the rest as it is."""
    same = (name for name in kind.__struct_fields__ if name not in fields)
    return kind(**{name: getattr(value, name) for name in same}, **fields)


def _cited(kept: Struct, chunks: Mapping[str, Chunk]) -> dict[str, Any]:
    """Return the fields of a value with the chunk that its `chunk` names."""
    fields = asdict(kept)
    return fields | {"chunk": chunks[fields["chunk"]]}


def _cited_out(citations: Iterable[Citation]) -> tuple[_Citation, ...]:
    return tuple(_kept(_Citation, one, chunk=one.chunk.id) for one in citations)


def _hits_out(hits: Iterable[Hit]) -> tuple[_Hit, ...]:
    return tuple(_kept(_Hit, hit, chunk=hit.chunk.id) for hit in hits)


def _query_out(query: Query) -> _Query:
    only = query.filters
    scope = (only.source_glob, only.media_types, only.within)
    return _kept(_Query, query, scope=scope, region=query.region and query.region.id)


def _query_in(kept: _Query, chunks: Mapping[str, Chunk]) -> Query:
    glob, media_types, within = kept.scope
    return Query(
        text=kept.text,
        image=kept.image,
        attachments=kept.attachments,
        filters=Filters(source_glob=glob, media_types=media_types, within=within),
        region=chunks[kept.region] if kept.region else None,
    )


def _chunks(answer: Answer) -> Iterable[Chunk]:
    """Yield what is cited last: of two chunks of one id (a table, read whole or not) it is kept."""
    if answer.query.region is not None:
        yield answer.query.region
    yield from (hit.chunk for hit in (*answer.nearest, *answer.context.hits))
    yield from (citation.chunk for citation in (*answer.cells, *answer.citations))
