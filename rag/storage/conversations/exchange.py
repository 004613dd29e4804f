"""A question and its answer, as they are kept: to bytes and back; and whose they are.

Of an answer that is kept which is needed to show it again, its sources lit. What was found beyond
the context and the nearest places (`Answer.hits`, `Context.dropped`) is left out, and what is of
the moment: rights, wishes, what was looked for besides.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from msgspec import Struct
from msgspec.structs import asdict

from rag.datamodel import Answer, Context, Filters, Query
from rag.storage.database.user_database import UserDatabase, UserStore
from rag.storage.documents import codec
from rag.storage.documents.scope import Grounds

UNNAMED: Final = "A picture"
"""The name of a conversation that begins without words."""

WITHHELD: Final = "This was answered from documents that you may not see any more."

_UNREADABLE: Final = (zlib.error, ValueError, KeyError, TypeError)
"""What a damaged answer raises, or one that another version wrote."""


class KeptAttachment(Struct, frozen=True, kw_only=True, array_like=True):
    """A file that came with a question. Without a `doc_id` it could not be read."""

    doc_id: str
    name: str
    picture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question and its answer; None while none has come, and where it was stopped or failed.

    `id` is its own in its conversation: an answer to the same question asked anew has another.
    `failure` says why there is no answer. `attachments` came with it, or with one before it that
    it goes on from. `picture` is the id of a stored picture that came with a question of earlier
    versions, `region` the name of a part of a page, `scope` what was searched, as was chosen.
    """

    id: str
    question: str
    picture: str = ""
    region: str = ""
    scope: tuple[str, ...] = ()
    attachments: tuple[KeptAttachment, ...] = ()
    answer: Answer | None = None
    failure: str = ""


class QuestionHead(Struct, array_like=True):
    """What came with a question; in earlier versions no attachments."""

    picture: str
    region: str
    scope: tuple[str, ...]
    attachments: tuple[KeptAttachment, ...] = ()


def head_of(body: bytes) -> QuestionHead:
    """Return what came with a question; nothing where that is damaged."""
    try:
        return codec.load(body.partition(b"\n")[0], QuestionHead)
    except ValueError:
        return QuestionHead("", "", ())


def exchange_body(exchange: Exchange) -> bytes:
    """One line of what came with the question, then the answer, if there is one."""
    head = QuestionHead(exchange.picture, exchange.region, exchange.scope, exchange.attachments)
    return codec.dump(head) + b"\n" + (encode_answer(exchange.answer) if exchange.answer else b"")


def is_readable_exchange(body: bytes) -> bool:
    """Tell whether all that is stored of a question and its answer can be read."""
    head, _, answer = body.partition(b"\n")
    try:
        codec.load(head, QuestionHead)
        return not answer or codec.unpacked(answer, Answer) is not None
    except _UNREADABLE:
        return False


def exchange_of(exchange_id: str, question: str, failure: str, body: bytes) -> Exchange:
    """Return an exchange, without its answer where that can't be read."""
    came = Exchange(id=exchange_id, question=question, failure=failure, **asdict(head_of(body)))
    rest = body.partition(b"\n")[2]
    try:
        return replace(came, answer=codec.unpacked(rest, Answer) if rest else None)
    except _UNREADABLE:
        return came


def withheld(answer: Answer) -> Answer:
    """Return what stands in place of an answer that a person may not read."""
    query = replace(answer.query, text=answer.query.text or UNNAMED, region=None)
    return Answer(query=query, text=WITHHELD, answered=False, complete=True)


def grounds_of(answer: Answer) -> Grounds:
    """Return the documents that an answer stands on, each once; not what the person attached."""
    region = answer.query.region
    chunks = [hit.chunk for hit in (*answer.nearest, *answer.context.hits)]
    chunks += [citation.chunk for citation in (*answer.cells, *answer.citations)]
    chunks[:0] = [region] if region else []
    own = {(attachment.doc_id, attachment.name) for attachment in answer.query.attachments}
    grounds = dict.fromkeys((chunk.doc_id, chunk.source) for chunk in chunks)
    return tuple(ground for ground in grounds if ground not in own)


def encode_answer(answer: Answer) -> bytes:
    query, only = answer.query, answer.query.filters
    filters = Filters(
        source_glob=only.source_glob, media_types=only.media_types, within=only.within
    )
    kept = replace(
        answer,
        query=Query(
            text=query.text,
            image=query.image,
            attachments=query.attachments,
            filters=filters,
            region=query.region,
        ),
        context=Context(hits=answer.context.hits),
        hits=(),
        written=None,
        complete=True,
    )
    return codec.packed(kept)


MayShow = Callable[[Grounds], bool]
"""Tells whether a person may read what stands on these documents."""


class UserRows(UserStore):
    """Rows of `owner`; `may_show` tells whether they may still read an answer; None: all."""

    def __init__(
        self,
        database: UserDatabase,
        *,
        owner: str = "",
        may_show: MayShow | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(database, now=now)
        self._owner = owner
        self._may_show = may_show

    def _may_read(self, answer: Answer) -> bool:
        return self._may_show is None or self._may_show(grounds_of(answer))
