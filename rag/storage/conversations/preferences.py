"""What a person prefers: how answers are to be, own instructions, prompts to ask again.

Kept in the database. Knows nothing of how answers are made.
"""

from __future__ import annotations

from typing import Final

from rag.datamodel import AnswerLength, AnswerWishes
from rag.storage.database.catalog import storable
from rag.storage.database.user_database import UserDatabase

MAX_INSTRUCTIONS_LETTERS: Final = 2000
MAX_PROMPT_LETTERS: Final = 2000
MAX_PROMPTS: Final = 100
NEXT: Final = ""
"""Stands for the id of the conversation that is not begun yet."""

_LENGTHS: Final[dict[str, AnswerLength]] = {"short": "short", "long": "long"}
_WISHED: Final = (
    "SELECT length, quoted, writer FROM answer_wishes WHERE owner = ? AND conversation_id = ?"
)


class Preferences:
    """Those of one person in one workspace. Safe for several threads."""

    def __init__(self, database: UserDatabase, *, owner: str = "") -> None:
        self._database = database
        self._owner = owner

    def wishes(self, conversation_id: str) -> AnswerWishes:
        """Return how the answers of a conversation are to be, with the person's instructions."""
        with self._database.read() as db:
            row = db.execute(_WISHED, (self._owner, conversation_id)).fetchone()
        length, quoted, writer = row or ("usual", False, "")
        return AnswerWishes(
            length=_LENGTHS.get(length, "usual"),
            quoted=bool(quoted),
            writer=writer,
            instructions=self.instructions(),
        )

    def set_wishes(
        self, conversation_id: str, *, length: AnswerLength, quoted: bool, writer: str = ""
    ) -> None:
        """Keep how the answers of a conversation, or of the `NEXT` one, are to be."""
        with self._database.write() as db:
            db.execute(
                "INSERT INTO answer_wishes (owner, conversation_id, length, quoted, writer)"
                " VALUES (?, ?, ?, ?, ?) ON CONFLICT (owner, conversation_id) DO UPDATE"
                " SET length = excluded.length, quoted = excluded.quoted, writer = excluded.writer",
                (self._owner, conversation_id, length, quoted, storable(writer)),
            )

    def begin(self, conversation_id: str) -> None:
        """Give a conversation that begins what was wished for the `NEXT` one."""
        with self._database.write() as db:
            db.execute(
                "UPDATE answer_wishes SET conversation_id = ?"
                " WHERE owner = ? AND conversation_id = ?",
                (conversation_id, self._owner, NEXT),
            )

    def instructions(self) -> str:
        with self._database.read() as db:
            row = db.execute(
                "SELECT text FROM instructions WHERE owner = ?", (self._owner,)
            ).fetchone()
        return str(row[0]) if row else ""

    def set_instructions(self, text: str) -> None:
        kept = storable(text.strip()[:MAX_INSTRUCTIONS_LETTERS])
        with self._database.write() as db:
            db.execute(
                "INSERT INTO instructions (owner, text) VALUES (?, ?)"
                " ON CONFLICT (owner) DO UPDATE SET text = excluded.text",
                (self._owner, kept),
            )

    def prompts(self) -> list[tuple[int, str]]:
        """Return what is saved to be asked again, each with its number, the latest first."""
        with self._database.read() as db:
            rows = db.execute(
                "SELECT row, text FROM prompts WHERE owner = ? ORDER BY row DESC", (self._owner,)
            ).fetchall()
        return [(int(row), str(text)) for row, text in rows]

    def save_prompt(self, text: str) -> bool:
        """Save a prompt; return whether there was room. The same twice is saved once."""
        kept = storable(text.strip()[:MAX_PROMPT_LETTERS])
        if not kept:
            return False
        with self._database.write() as db:
            done = db.execute(
                "INSERT INTO prompts (owner, text) SELECT ?, ? WHERE"
                " (SELECT count(*) FROM prompts WHERE owner = ?) < ? ON CONFLICT DO NOTHING",
                (self._owner, kept, self._owner, MAX_PROMPTS),
            )
            known = "SELECT 1 FROM prompts WHERE owner = ? AND text = ?"
            return done.rowcount > 0 or bool(db.execute(known, (self._owner, kept)).fetchone())

    def remove_prompt(self, number: int) -> None:
        with self._database.write() as db:
            db.execute("DELETE FROM prompts WHERE owner = ? AND row = ?", (self._owner, number))
