"""A complete answer to bytes and back: what is needed to show it again, its sources lit.

What was found beyond the context and the nearest places (`Answer.hits`, `Context.dropped`) is left
out, and what is of the moment: rights, wishes, what was looked for besides.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from dataclasses import replace

from rag.datamodel import Answer, Chunk, Context, Filters, Query
from rag.storage.documents import codec

Grounds = Iterable[tuple[str, str]]
"""Id of each document that an answer stands on, and its source as it was then."""


def grounds_of(answer: Answer) -> tuple[tuple[str, str], ...]:
    """Return the documents that were asked about, read, cited or shown as near, each once.

    Not what the person attached: it was theirs to begin with.
    """
    own = {(attachment.doc_id, attachment.name) for attachment in answer.query.attachments}
    grounds = dict.fromkeys((chunk.doc_id, chunk.source) for chunk in _chunks(answer))
    return tuple(ground for ground in grounds if ground not in own)


def encode_answer(answer: Answer) -> bytes:
    query, only = answer.query, answer.query.filters
    kept = replace(
        answer,
        query=Query(
            text=query.text,
            image=query.image,
            attachments=query.attachments,
            filters=Filters(
                source_glob=only.source_glob, media_types=only.media_types, within=only.within
            ),
            region=query.region,
        ),
        context=Context(hits=answer.context.hits),
        hits=(),
        written=None,
        complete=True,
    )
    return zlib.compress(codec.dump(kept))


def decode_answer(data: bytes) -> Answer:
    """Raise ValueError or zlib.error for bytes that are none."""
    return codec.load(zlib.decompress(data), Answer)


def _chunks(answer: Answer) -> Iterable[Chunk]:
    if answer.query.region is not None:
        yield answer.query.region
    yield from (hit.chunk for hit in (*answer.nearest, *answer.context.hits))
    yield from (citation.chunk for citation in (*answer.cells, *answer.citations))
