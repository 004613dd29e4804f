"""What OCR read, kept in the database. Knows keys and lines; knows no pictures and no reader."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from rag.errors import DamagedError
from rag.protocols import OcrLine
from rag.storage.database.database import Database
from rag.storage.documents import codec
from rag.storage.documents.seals import opened, sealed


class LetteringCache:
    """Lines by a key of the reader's choosing: a killed ingest loses at most a page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> list[OcrLine] | None:
        with self._database.read() as db:
            row = db.execute("SELECT lines FROM lettering WHERE key = ?", (key,)).fetchone()
        with suppress(DamagedError):  # it is read on the picture again
            return None if row is None else opened(row[0], codec.decode_lines, what=key)
        return None

    def put(self, key: str, lines: Sequence[OcrLine]) -> None:
        with self._database.write() as db:
            db.execute(
                "INSERT OR REPLACE INTO lettering VALUES (?, ?)",
                (key, sealed(codec.encode_lines(lines))),
            )
