"""What was read or seen on pictures, kept in the database; which documents are yet to be read."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Final

from rag.datamodel import FULL_PAGE, ImageAsset
from rag.errors import DamagedError
from rag.protocols import OcrLine
from rag.storage.database.database import Database
from rag.storage.documents import codec
from rag.storage.documents.codec import opened, sealed

NOT_IN_DOCUMENT: Final = 0.0
IN_DOCUMENT: Final = 1.0
"""Kept as the confidence of the line: whether the documents say it yet."""


class OcrCache:
    """Lines by a key of the reader's choosing: a killed ingest loses at most a page."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, key: str) -> list[OcrLine] | None:
        rows = self._database.query("SELECT lines FROM lettering WHERE key = ?", (key,))
        with suppress(DamagedError):  # it is read on the picture again
            return opened(rows[0][0], codec.decode_lines, what=key) if rows else None
        return None

    def put(self, key: str, lines: Sequence[OcrLine]) -> None:
        with self._database.write() as db:
            db.execute(
                "INSERT OR REPLACE INTO lettering VALUES (?, ?)",
                (key, sealed(codec.encode_lines(lines))),
            )

    def of(self, prefix: str) -> Iterator[tuple[str, list[OcrLine]]]:
        """Yield what is kept under keys that begin so, in their order, by the rest of the key."""
        query = "SELECT key FROM lettering WHERE key >= ? AND key < ? ORDER BY key"
        for (key,) in self._database.query(query, (prefix, f"{prefix}\U0010ffff")):
            yield key.removeprefix(prefix), self.get(key) or []


class Unlettered:
    """Documents whose lettering is yet to be read, or was tried in vain since they were stored."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pending(self, *, tried_with: str) -> list[str]:
        """Return the documents to be read, oldest first, but those tried under these limits."""
        query = "SELECT id FROM documents WHERE pending AND lettering_tried_with <> ? ORDER BY row"
        return [doc_id for (doc_id,) in self._database.query(query, (tried_with,))]

    def note(self, doc_id: str, *, warning: str, tried_with: str) -> None:
        """Add a warning to a document, and under which limits its lettering could not be read."""
        with self._database.write() as db:
            row = db.execute("SELECT warnings FROM documents WHERE id = ?", (doc_id,)).fetchone()
            if row is None:
                return
            warnings = dict.fromkeys([*opened(row[0], json.loads, what=doc_id), warning])
            db.execute(
                "UPDATE documents SET warnings = ?, lettering_tried_with = ? WHERE id = ?",
                (codec.dump(list(warnings)), tried_with, doc_id),
            )


class SeenWords:
    """What a model saw on pictures: lines by picture, kept until all documents of it say so."""

    def __init__(self, cache: OcrCache, *, model_id: str) -> None:
        self._cache = cache
        self._prefix = f"seen:{model_id}:"

    def put(self, lines: Mapping[str, str]) -> None:
        """Keep what was seen; a picture on which nothing was is not noted."""
        for image_id, line in lines.items():
            if line:
                self._put(image_id, line, NOT_IN_DOCUMENT)

    def of(self, image: ImageAsset) -> str:
        """Return the line of a picture; "" where nothing was seen, or it was not looked at."""
        known = self._cache.get(f"{self._prefix}{image.id}")
        return known[0].text if known else ""

    def untold(self) -> list[str]:
        """Return the pictures whose line is not in their documents yet."""
        kept = self._cache.of(self._prefix)
        return [key for key, lines in kept if lines and lines[0].confidence == NOT_IN_DOCUMENT]

    def tell(self, image_ids: Collection[str]) -> None:
        """Note that the documents of these pictures say it."""
        for image_id in image_ids:
            for line in self._cache.get(f"{self._prefix}{image_id}") or ():
                self._put(image_id, line.text, IN_DOCUMENT)

    def _put(self, image_id: str, line: str, state: float) -> None:
        kept = OcrLine(text=line, bbox=FULL_PAGE, confidence=state)
        self._cache.put(f"{self._prefix}{image_id}", [kept])
