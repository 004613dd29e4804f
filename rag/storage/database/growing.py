"""Answers that are being written, so that other servers of the workspace show them as they grow.

Knows rows; knows nothing of how an answer looks.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.storage.database.catalog import storable
from rag.storage.database.marks import ServerMarks
from rag.storage.database.user_database import UserDatabase


@dataclass(frozen=True, slots=True, kw_only=True)
class GrowingAnswer:
    """An answer as far as it has come: its conversation, its exchange, and what is shown of it."""

    conversation_id: str
    exchange_id: str
    html: str
    is_stopping: bool = False
    """Whether its server was asked to stop it, and has not done so yet."""


class GrowingAnswers:
    """Those to one person's questions. Safe for several threads.

    What a server that has ended left is not there.
    """

    def __init__(self, database: UserDatabase, servers: ServerMarks, *, owner: str = "") -> None:
        self._database = database
        self._servers = servers
        self._owner = owner

    def begin(self, answer: GrowingAnswer) -> None:
        """Note an answer that this server begins to write."""
        values = (answer.conversation_id, answer.exchange_id, self._owner, self._servers.own)
        with self._database.write() as db:
            db.execute(
                "INSERT INTO growing (conversation_id, exchange_id, owner, server, html)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (conversation_id) DO UPDATE SET"
                " exchange_id = excluded.exchange_id, owner = excluded.owner,"
                " server = excluded.server, html = excluded.html, stop = FALSE",
                (*values, storable(answer.html)),
            )

    def grow(self, answer: GrowingAnswer) -> bool:
        """Note how far it has come; tell whether it was asked elsewhere to be stopped."""
        with self._database.write() as db:
            row = db.execute(
                "UPDATE growing SET html = ? WHERE conversation_id = ? AND server = ?"
                " RETURNING stop",
                (storable(answer.html), answer.conversation_id, self._servers.own),
            ).fetchone()
        return row is not None and bool(row[0])

    def end(self, conversation_id: str, exchange_id: str) -> None:
        with self._database.write() as db:
            db.execute(
                "DELETE FROM growing WHERE conversation_id = ? AND exchange_id = ? AND server = ?",
                (conversation_id, exchange_id, self._servers.own),
            )

    def elsewhere(self) -> list[GrowingAnswer]:
        """Return what other servers write."""
        query = (
            "SELECT conversation_id, exchange_id, html, stop, server FROM growing"
            " WHERE owner = ? AND server <> ?"
        )
        with self._database.read() as db:
            rows = db.execute(query, (self._owner, self._servers.own)).fetchall()
        return [
            GrowingAnswer(
                conversation_id=talk, exchange_id=exchange, html=html, is_stopping=bool(stop)
            )
            for talk, exchange, html, stop, server in rows
            if self._servers.runs(server)
        ]

    def stop(self, conversation_id: str) -> None:
        """Ask the server that writes an answer in this conversation to stop it."""
        with self._database.write() as db:
            db.execute(
                "UPDATE growing SET stop = TRUE WHERE conversation_id = ? AND owner = ?",
                (conversation_id, self._owner),
            )
