"""The list of documents, read from the ledger again only when it has changed.

The ledger counts the changes of documents, files and what is left out. Knows no persons.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final

from rag.storage.database import catalog
from rag.storage.documents import scope
from rag.storage.documents.records import DocumentRecord, Tally, version_of

MOST_LISTS: Final = 16
"""Lists that are kept, each of other collections; the one that was not used longest goes."""


_Key = tuple[str, ...] | None


class Listings:
    """The lists of one workspace, by whose collections they are. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lists: OrderedDict[_Key, tuple[int, Sequence[DocumentRecord]]] = OrderedDict()
        self._versions: dict[_Key, tuple[int, str]] = {}

    def records(
        self, db: sqlite3.Connection, collections: scope.Collections
    ) -> Sequence[DocumentRecord]:
        """Return the documents of these collections (None: all), then the files that failed."""
        revision, seen = catalog.revision(db), _key(collections)
        with self._lock:
            kept = self._lists.get(seen)
        if kept is None or kept[0] != revision:
            kept = (revision, tuple(catalog.records(db, collections)))
        self._keep(seen, kept)
        return kept[1]

    def version(self, db: sqlite3.Connection, collections: scope.Collections) -> str:
        """Return a text that is another one whenever the list is, or what is left out of it.

        Of what changes in other collections it tells nothing.
        """
        revision, seen = catalog.revision(db), _key(collections)
        if seen is None:
            return str(revision)
        with self._lock:
            kept = self._versions.get(seen)
        if kept is None or kept[0] != revision:
            kept = (revision, version_of(self.records(db, collections), ()))
            with self._lock:
                self._versions[seen] = kept
        return kept[1]

    def _keep(self, seen: _Key, kept: tuple[int, Sequence[DocumentRecord]]) -> None:
        with self._lock:
            self._lists[seen] = kept
            self._lists.move_to_end(seen)
            while len(self._lists) > MOST_LISTS:
                gone, _ = self._lists.popitem(last=False)
                self._versions.pop(gone, None)


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


def _key(collections: scope.Collections) -> _Key:
    return None if collections is None else tuple(collections)
