"""Answers that a person reported as wrong, or marked as good, kept apart from their conversation.

Knows exchanges and what the person said of them; knows nothing of evaluations or pages.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import asdict

from rag.datamodel import Answer, Turn
from rag.errors import DamagedError
from rag.storage.conversations.exchange import (
    WITHHELD,
    Exchange,
    KeptAttachment,
    QuestionHead,
    UserRows,
    grounds_of,
    head_of,
)
from rag.storage.database.catalog import storable
from rag.storage.database.user_database import Transaction
from rag.storage.documents import codec
from rag.storage.documents.codec import opened, sealed

Cited = Callable[[Answer], list[dict[str, Any]]]
"""Returns the places that the marks of an answer stand for, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedAnswer:
    """An answer that is wrong, or `good`. `reported_s` is in seconds since 1970.

    `right` is what a person says is right, "" where they said nothing; `absent` that the
    documents do not hold it. `picture`, `region` and `scope` came with the question, as in
    `Exchange`; `cited` are the places of the wrong answer, as in the public JSON.
    """

    id: str
    reported_s: float
    conversation_id: str
    question: str
    answer: str
    answered: bool
    right: str = ""
    absent: bool = False
    history: tuple[Turn, ...] = ()
    picture: str = ""
    region: str = ""
    scope: tuple[str, ...] = ()
    cited: tuple[dict[str, Any], ...] = ()
    good: bool = False


class _ReportBody(Struct, kw_only=True):
    """What belongs to the answer; earlier versions noted no attachments and no grounds."""

    answer: str
    answered: bool
    history: tuple[tuple[str, str], ...]
    picture: str
    attachments: tuple[KeptAttachment, ...] = ()
    region: str
    scope: tuple[str, ...]
    cited: tuple[dict[str, Any], ...]
    grounds: tuple[tuple[str, str], ...] | None = None


class Reports(UserRows):
    """The reports of one person in one workspace."""

    def put(
        self,
        conversation_id: str,
        exchange_id: str,
        exchanges: Sequence[Exchange],
        *,
        cited: Cited,
        good: bool = False,
    ) -> str | None:
        """Report an answer of a conversation with these exchanges; return the report's id.

        `cited` gives the places of the answer as they are exported. Return None where there is no
        such answer. The same answer twice is reported once, by what was said last: wrong or `good`.
        """
        ids = [exchange.id for exchange in exchanges]
        if exchange_id not in ids:
            return None
        *earlier, last = exchanges[: ids.index(exchange_id) + 1]
        answer, report_id = last.answer, report_id_of(conversation_id, last)
        if answer is None:
            return None
        answers = [(each.question, each.answer) for each in earlier]
        body = _ReportBody(
            answer=answer.text,
            answered=answer.answered,
            history=tuple((asked, a.text if a and a.answered else "") for asked, a in answers),
            picture=last.picture,
            attachments=last.attachments,
            region=last.region,
            scope=last.scope,
            cited=tuple(cited(answer)),
            grounds=tuple(g for _, a in (*answers, ("", answer)) if a for g in grounds_of(a)),
        )
        question, data = storable(last.question), sealed(codec.dump(body))
        row = (report_id, self._now(), conversation_id, question, data, self._owner, good)
        self._database.change(
            "INSERT INTO reports (id, reported_s, conversation_id, question, body, owner, good)"
            " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE"
            " SET good = excluded.good WHERE reports.owner = excluded.owner",
            row,
        )
        return report_id

    def correct(self, report_id: str, *, right: str, absent: bool) -> bool:
        """Note what is right, or that the documents do not hold it; return if there is a report."""
        said = "" if absent else storable(" ".join(right.split()))
        query = "UPDATE reports SET right_answer = ?, absent = ? WHERE id = ? AND owner = ?"
        return self._database.change(query, (said, absent, report_id, self._owner)) > 0

    def withdraw(self, report_id: str) -> None:
        query = "DELETE FROM reports WHERE id = ? AND owner = ?"
        self._database.change(query, (report_id, self._owner))

    def all(self) -> list[ReportedAnswer]:
        """Return what all persons reported as wrong, oldest first."""
        return self._found("NOT good")

    def of(self, conversation_id: str) -> list[ReportedAnswer]:
        """Return the reports of a conversation, also of answers that were asked for anew since."""
        return self._found("conversation_id = ? AND owner = ?", conversation_id, self._owner)

    def _found(self, which: str, *values: str | bool) -> list[ReportedAnswer]:
        rows = self._database.query(f"{_SELECT} WHERE {which} ORDER BY reported_s, id", values)
        return [self._shown(row) for row in rows]

    def _shown(self, row: Sequence[Any]) -> ReportedAnswer:
        """Return a report; what it tells of documents only where all of them are known and seen."""
        report_id, reported_s, conversation_id, question, right, absent, good, data = row
        told = asdict(_read(data))
        grounds, history = told.pop("grounds"), told.pop("history")
        del told["attachments"]
        may_show = self._may_show
        is_seen = may_show is None or (grounds is not None and may_show(grounds))
        if not is_seen:
            told |= {"answer": WITHHELD, "answered": False, "cited": ()}
        return ReportedAnswer(
            id=report_id,
            reported_s=reported_s,
            conversation_id=conversation_id,
            question=question,
            right=right,
            absent=bool(absent),
            good=bool(good),
            history=tuple(Turn(question=q, answer=a if is_seen else "") for q, a in history),
            **told,
        )


def report_id_of(conversation_id: str, exchange: Exchange) -> str:
    """Return the id of a report of this answer: another answer to the question has another."""
    answer = exchange.answer.text if exchange.answer else ""
    parts = (conversation_id, exchange.id, exchange.question, answer)
    data = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()[:16]


def brought_with(db: Transaction) -> tuple[set[str], set[str]]:
    """Return the ids of pictures and of files that came with what is kept, pinned or reported."""
    asked = db.execute("SELECT body FROM exchanges UNION ALL SELECT body FROM pins").fetchall()
    reported = db.execute("SELECT body FROM reports").fetchall()
    heads: list[QuestionHead | _ReportBody] = [head_of(body) for (body,) in asked]
    heads += [_read(body) for (body,) in reported]
    files = {kept.doc_id for head in heads for kept in head.attachments}
    return {head.picture for head in heads} - {""}, files - {""}


_SELECT: Final = (
    "SELECT id, reported_s, conversation_id, question, right_answer, absent, good, body"
    " FROM reports"
)
_EMPTY: Final = _ReportBody(
    answer="", answered=False, history=(), picture="", region="", scope=(), cited=()
)


def is_readable_report(body: bytes) -> bool:
    return _read(body) is not _EMPTY


def _read(data: bytes) -> _ReportBody:
    """Return the body of a report; the empty one where it is damaged."""
    try:
        return opened(data, partial(codec.load, kind=_ReportBody), what="a report")
    except DamagedError:
        return _EMPTY
