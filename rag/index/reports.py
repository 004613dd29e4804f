"""Answers that a person reported as wrong, kept in the ledger apart from their conversation.

Knows exchanges and what the person said of them; knows nothing of evaluations or pages.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from rag.answer.render_json import cited_json
from rag.datamodel import Turn
from rag.index import codec
from rag.index.catalog import storable
from rag.index.conversations import Exchange
from rag.index.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedAnswer:
    """An answer that is wrong. `reported_s` is in seconds since 1970.

    `right` is what a person says is right, "" where they said nothing; `absent` that the
    documents do not hold it. `picture`, `region` and `scope` came with the question, as in
    `Exchange`; `cited` are the places of the wrong answer, as in the public JSON.
    """

    id: str
    reported_s: float
    conversation_id: str
    position: int
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


class Reports:
    """The reports of one person in one workspace. Safe for several threads."""

    def __init__(
        self, ledger: Ledger, *, owner: str = "", now: Callable[[], float] = time.time
    ) -> None:
        self._ledger = ledger
        self._owner = owner
        self._now = now

    def put(self, conversation_id: str, position: int, exchanges: Sequence[Exchange]) -> str | None:
        """Report the answer at `position` (from 0) of a conversation; return the report's id.

        Return None where there is no such answer. The same answer twice is reported once.
        """
        if not 0 <= position < len(exchanges) or exchanges[position].answer is None:
            return None
        report_id = report_id_of(conversation_id, position, exchanges[position])
        row = (
            report_id,
            self._now(),
            conversation_id,
            position,
            storable(exchanges[position].question),
            _body(exchanges[: position + 1]),
            self._owner,
        )
        with self._ledger.write() as db:
            db.execute(
                "INSERT OR IGNORE INTO reports"
                " (id, reported_s, conversation_id, position, question, body, owner)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
        return report_id

    def correct(self, report_id: str, *, right: str, absent: bool) -> bool:
        """Note what is right, or that the documents do not hold it; return if there is a report."""
        said = "" if absent else storable(" ".join(right.split()))
        with self._ledger.write() as db:
            done = db.execute(
                "UPDATE reports SET right_answer = ?, absent = ? WHERE id = ? AND owner = ?",
                (said, absent, report_id, self._owner),
            )
        return done.rowcount > 0

    def withdraw(self, report_id: str) -> None:
        with self._ledger.write() as db:
            db.execute("DELETE FROM reports WHERE id = ? AND owner = ?", (report_id, self._owner))

    def all(self) -> list[ReportedAnswer]:
        """Return the reports of all persons, oldest first."""
        with self._ledger.read() as db:
            rows = db.execute(f"{_SELECT} ORDER BY reported_s, id").fetchall()
        return [_report(row) for row in rows]

    def own(self) -> list[ReportedAnswer]:
        """Return the reports of this person, oldest first."""
        with self._ledger.read() as db:
            rows = db.execute(
                f"{_SELECT} WHERE owner = ? ORDER BY reported_s, id", (self._owner,)
            ).fetchall()
        return [_report(row) for row in rows]

    def of(self, conversation_id: str) -> list[ReportedAnswer]:
        """Return the reports of a conversation, also of answers that were asked for anew since."""
        with self._ledger.read() as db:
            rows = db.execute(
                f"{_SELECT} WHERE conversation_id = ? AND owner = ?",
                (conversation_id, self._owner),
            ).fetchall()
        return [_report(row) for row in rows]


def report_id_of(conversation_id: str, position: int, exchange: Exchange) -> str:
    """Return the id of a report of this answer: another answer to the question has another."""
    answer = exchange.answer.text if exchange.answer else ""
    parts = (conversation_id, str(position), exchange.question, answer)
    data = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()[:16]


def pictures_reported_with(db: sqlite3.Connection) -> set[str]:
    """Return the ids of the stored pictures that came with questions of reports."""
    bodies = (codec.load(body) for (body,) in db.execute("SELECT body FROM reports"))
    return {body["picture"] for body in bodies if body["picture"]}


_SELECT: Final = (
    "SELECT id, reported_s, conversation_id, position, question, right_answer, absent, body"
    " FROM reports"
)


def _body(exchanges: Sequence[Exchange]) -> bytes:
    """Return what belongs to the last exchange, and what was said before it."""
    *earlier, last = exchanges
    answer = last.answer
    return codec.dump(
        {
            "answer": answer.text if answer else "",
            "answered": bool(answer and answer.answered),
            "history": [_said(exchange) for exchange in earlier],
            "picture": last.picture,
            "region": last.region,
            "scope": last.scope,
            "cited": cited_json(answer) if answer else [],
        }
    )


def _said(exchange: Exchange) -> tuple[str, str]:
    answer = exchange.answer
    return exchange.question, answer.text if answer and answer.answered else ""


def _report(row: Sequence[Any]) -> ReportedAnswer:
    report_id, reported_s, conversation_id, position, question, right, absent, data = row
    body = codec.load(data)
    return ReportedAnswer(
        id=report_id,
        reported_s=reported_s,
        conversation_id=conversation_id,
        position=position,
        question=question,
        answer=body["answer"],
        answered=body["answered"],
        right=right,
        absent=bool(absent),
        history=tuple(Turn(question=asked, answer=said) for asked, said in body["history"]),
        picture=body["picture"],
        region=body["region"],
        scope=tuple(body["scope"]),
        cited=tuple(body["cited"]),
    )
