"""What a person prefers: how answers are to be, own instructions, prompts to ask again.

Kept in the database. Knows nothing of how answers are made.
"""

from __future__ import annotations

from typing import Final

from rag.datamodel import AnswerLength, AnswerWishes
from rag.storage.conversations.user_rows import UserRows
from rag.storage.database.catalog import storable

MAX_INSTRUCTIONS_LETTERS: Final = 2000
MAX_PROMPT_LETTERS: Final = 2000
MAX_PROMPTS: Final = 100
NEXT: Final = ""
"""Stands for the id of the conversation that is not begun yet."""

_LENGTHS: Final[dict[str, AnswerLength]] = {"short": "short", "long": "long"}
_WISHED: Final = (
    "SELECT length, quoted, writer FROM answer_wishes WHERE owner = ? AND conversation_id = ?"
)


class Preferences(UserRows):
    """Those of one person in one workspace."""

    def wishes(self, conversation_id: str) -> AnswerWishes:
        """Return how the answers of a conversation are to be, with the person's instructions."""
        rows = self._database.query(_WISHED, (self._owner, conversation_id))
        length, quoted, writer = rows[0] if rows else ("usual", False, "")
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
        self._database.change(
            "INSERT INTO answer_wishes (owner, conversation_id, length, quoted, writer)"
            " VALUES (?, ?, ?, ?, ?) ON CONFLICT (owner, conversation_id) DO UPDATE"
            " SET length = excluded.length, quoted = excluded.quoted, writer = excluded.writer",
            (self._owner, conversation_id, length, quoted, storable(writer)),
        )

    def begin(self, conversation_id: str) -> None:
        """Give a conversation that begins what was wished for the `NEXT` one."""
        self._database.change(
            "UPDATE answer_wishes SET conversation_id = ? WHERE owner = ? AND conversation_id = ?",
            (conversation_id, self._owner, NEXT),
        )

    def instructions(self) -> str:
        query = "SELECT text FROM instructions WHERE owner = ?"
        return "".join(text for (text,) in self._database.query(query, (self._owner,)))

    def set_instructions(self, text: str) -> None:
        kept = storable(text.strip()[:MAX_INSTRUCTIONS_LETTERS])
        self._database.change(
            "INSERT INTO instructions (owner, text) VALUES (?, ?)"
            " ON CONFLICT (owner) DO UPDATE SET text = excluded.text",
            (self._owner, kept),
        )

    def prompts(self) -> list[tuple[int, str]]:
        """Return what is saved to be asked again, each with its number, the latest first."""
        query = "SELECT row, text FROM prompts WHERE owner = ? ORDER BY row DESC"
        return [(int(row), str(text)) for row, text in self._database.query(query, (self._owner,))]

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
        query = "DELETE FROM prompts WHERE owner = ? AND row = ?"
        self._database.change(query, (self._owner, number))
