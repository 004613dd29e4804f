"""The list of documents, read from the database again only when it has changed.

The database counts the changes of documents, files and what is left out. Knows no persons.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from typing import Final

from rag.storage.database import catalog
from rag.storage.documents import scope
from rag.storage.documents.records import DocumentRecord, Tally, version_of

MAX_LISTS: Final = 16
"""Lists that are kept, each of other collections."""

_Key = tuple[str, ...] | None


class Listings:
    """The lists of one workspace, by whose collections they are. Safe for several threads."""

    def __init__(self) -> None:
        self._lists: dict[_Key, tuple[int, Sequence[DocumentRecord], str]] = {}

    def records(
        self, db: sqlite3.Connection, collections: scope.Collections
    ) -> Sequence[DocumentRecord]:
        """Return the documents of these collections (None: all), then the files that failed."""
        return self._of(db, collections)[1]

    def version(self, db: sqlite3.Connection, collections: scope.Collections) -> str:
        """Return a text that is another one whenever the list is.

        Of what changes in other collections it says nothing.
        """
        if collections is None:
            return str(catalog.revision(db))
        return self._of(db, collections)[2]

    def _of(
        self, db: sqlite3.Connection, collections: scope.Collections
    ) -> tuple[int, Sequence[DocumentRecord], str]:
        key = None if collections is None else tuple(collections)
        revision, known = catalog.revision(db), self._lists.get(key)
        if known is None or known[0] != revision:
            records = tuple(catalog.records(db, collections))
            version = "" if collections is None else version_of(records, ())
            known = (revision, records, version)
            if len(self._lists) >= MAX_LISTS:
                self._lists.clear()
            self._lists[key] = known
        return known


def tally(db: sqlite3.Connection, collections: scope.Collections, *, most: int) -> Tally:
    """Return what `Listings.records` has, counted, with at most `most` files that failed.

    While documents are read the list is another one each second: of a million it takes 20 s to
    read, these numbers .4 s.
    """
    told = {"seen": scope.seen(collections), "most": most}
    counted = (
        "SELECT count(*) FROM documents"
        if collections is None
        else f"SELECT count(DISTINCT f.doc_id) FROM files f WHERE {scope.SEEN}"  # noqa: S608 - our own words
    )
    fails = f"FROM files f WHERE f.state = 'failed' AND {scope.SEEN}"
    first = db.execute(f"SELECT f.source, f.reason {fails} ORDER BY f.source LIMIT :most", told)
    return Tally(
        ready=_number(db, counted, told),
        failed=_number(db, f"SELECT count(*) {fails}", told),
        first_failed=[
            DocumentRecord(id="", sources=(source,), state="failed", reason=reason)
            for source, reason in first
        ],
    )


def _number(db: sqlite3.Connection, query: str, told: Mapping[str, object]) -> int:
    (number,) = db.execute(query, told).fetchone()
    return int(number)
