"""What is found in a workspace, and what is there: each call in a transaction of its own.

Changes nothing, but tables that are lost are made again. How a thing is searched, the modules of
`rag.storage.search` know. Every method may be called from any thread.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from typing import Concatenate, Final, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from rag.datamodel import NO_FILTERS, Chunk, Filters, Hit
from rag.protocols import Matrix
from rag.storage.database import catalog
from rag.storage.database.database import Database
from rag.storage.documents import scope, words
from rag.storage.documents.codec import opened
from rag.storage.documents.records import DocumentRecord, FileRecord, Tally
from rag.storage.search import dense, lexical
from rag.storage.search.kept import Admissions, WordCounts, ranked
from rag.storage.search.spaces import search_pictures
from rag.storage.tables.long_rows import LongTable
from rag.storage.tables.table_store import TableStore
from rag.storage.vectors.vectors import VectorStore

MAX_LISTS: Final = 16
"""Lists of documents that are kept, each of other collections."""

_Listed = tuple[int, Sequence[DocumentRecord], str]
"""The revision of a list, the list, and its version."""

Asked = ParamSpec("Asked")
Told = TypeVar("Told")


def _read(
    function: Callable[Concatenate[sqlite3.Connection, Asked], Told],
) -> Callable[Concatenate[WorkspaceReading, Asked], Told]:
    def method(self: WorkspaceReading, /, *args: Asked.args, **named: Asked.kwargs) -> Told:
        with self._database.read() as db:
            return function(db, *args, **named)

    return method


class WorkspaceReading:
    """Searches the database and the vectors of one workspace, and tells what they hold."""

    def __init__(
        self, database: Database, vectors: VectorStore, tables: TableStore, *, chunker_version: str
    ) -> None:
        """Documents that another version of the chunker divided are `outdated`."""
        self._database = database
        self._vectors = vectors
        self.tables = tables
        self._chunker_version = chunker_version
        self._counts = WordCounts()
        self._admissions = Admissions()
        self._lists: dict[tuple[str, ...] | None, _Listed] = {}

    # Searching

    def search_dense(self, vector: Matrix, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        with self._database.read() as db:
            admitted = self._admissions.of(db, filters)
        near, cosines = (
            partial(self._vectors.search, vector),
            partial(self._vectors.cosines, vector),
        )
        return dense.search_chunks(
            self._database, near, cosines, k=k, filters=filters, admitted=admitted
        )

    def search_lexical(self, text: str, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        with self._database.read() as db:
            admitted = self._admissions.of(db, filters)
            found = lexical.search_words(db, self._counts, text, k=k, admitted=admitted)
            return ranked(db, found, k=k, channel="lexical", filters=filters)

    def search_image(self, phash: str, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        with self._database.read() as db:
            admitted = self._admissions.of(db, filters)
            rows = None if admitted is None else admitted.documents
            found = search_pictures(db, phash, k=k, doc_rows=rows)
            return ranked(db, found, k=k, channel="image", filters=filters)

    def best_of_each(
        self, asked: dense.WeightedQuestion, *, doc_ids: Sequence[str], k: int
    ) -> dict[str, list[tuple[str, float]]]:
        """Return the `k` best (chunk id, score) of each document, the first of each page first."""
        with self._database.read() as db:
            return dense.best_of_each(db, self._vectors, self._counts, asked, doc_ids=doc_ids, k=k)

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the unit rows, shape (dim,), of those chunks that have one."""
        return self._vectors.rows(ids)

    def chunks(self, ids: Sequence[str], *, collections: scope.Collections = None) -> list[Chunk]:
        """Return the chunks that exist in these collections (None: all), in the order asked."""
        seen = NO_FILTERS if collections is None else Filters(collections=tuple(collections))
        with self._database.read() as db:
            found = catalog.chunks(db, ids, filters=seen)
        return [found[chunk_id] for chunk_id in ids if chunk_id in found]

    def document_frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        with self._database.read() as db:
            return lexical.document_frequencies(db, self._counts, terms)

    # What is there

    document = _read(catalog.document)
    file = _read(catalog.file)
    chunks_of = _read(catalog.chunks_of)
    chunks_by_document = _read(dense.chunks_by_document)
    missing = _read(catalog.unembedded)
    sees_all = _read(scope.sees_all)
    shows_picture = _read(scope.shows_picture)
    documents_showing = _read(scope.documents_with)
    stemmed_languages = _read(words.stemmed_languages)

    def documents(self, *, collections: scope.Collections = None) -> list[DocumentRecord]:
        """Return every document of these collections (None: all), then every file that failed."""
        with self._database.read() as db:
            return list(self._listed(db, collections)[1])

    def version(self, *, collections: scope.Collections = None) -> str:
        """Return a text that is another one whenever the list of these documents is."""
        with self._database.read() as db:
            if collections is None:
                return str(catalog.counter(db, "documents"))
            return self._listed(db, collections)[2]

    def _listed(self, db: sqlite3.Connection, collections: scope.Collections) -> _Listed:
        """Return the list of documents, read from the database again only when it has changed."""
        key = None if collections is None else tuple(collections)
        revision, known = catalog.counter(db, "documents"), self._lists.get(key)
        if known is None or known[0] != revision:
            records = tuple(catalog.records(db, collections))
            shown = "" if collections is None else repr(records)
            known = (revision, records, f"{zlib.crc32(shown.encode('utf-8', 'surrogatepass')):08x}")
            if len(self._lists) >= MAX_LISTS:
                self._lists.clear()
            self._lists[key] = known
        return known

    def tally(self, *, most: int, collections: scope.Collections = None) -> Tally:
        """Return how long `documents` is, with at most `most` of the files that failed.

        While documents are read the list is another one each second: of a million it takes 20 s
        to read, these numbers .4 s.
        """
        values = {"seen": scope.seen(collections)}
        counted = (
            "SELECT count(*) FROM documents"
            if collections is None
            else f"SELECT count(DISTINCT f.doc_id) FROM files f WHERE {scope.SEEN}"
        )
        fails = f"SELECT count(*) FROM files f WHERE f.state = 'failed' AND {scope.SEEN}"
        with self._database.read() as db:
            ((ready,),) = db.execute(counted, values)
            ((failed,),) = db.execute(fails, values)
            first = catalog.failed(db, collections, most=most)
        return Tally(ready=ready, failed=failed, first_failed=first)

    def page_of(self, ids: Sequence[str]) -> list[Chunk]:
        """Return all chunks of the pages that some chunks stand on, in reading order."""
        with self._database.read() as db:
            together = [key for keys in dense.members(db, ids).values() for key in keys]
            found = catalog.chunks(db, together)
        return sorted(found.values(), key=lambda chunk: (chunk.doc_id, chunk.ordinal))

    def media_types(self, doc_ids: Sequence[str]) -> dict[str, str]:
        """Return the media type of each document that exists, by its id."""
        query = "SELECT d.id, d.media_type FROM json_each(?) j JOIN documents d ON d.id = j.value"
        return dict(self._database.query(query, (json.dumps(list(doc_ids)),)))

    def files(self) -> dict[str, FileRecord]:
        """Return every file that was read or failed, by source."""
        return {record.source: record for record in self.each_file()}

    def each_file(self) -> Iterator[FileRecord]:
        """Yield what `files` returns, one by one: of a million there is no list."""
        with self._database.read() as db:
            yield from catalog.each_file(db)

    def outdated(self) -> frozenset[str]:
        """Return the ids of documents that another version divided: they are to be read again."""
        query = "SELECT id FROM documents WHERE chunker <> ?"
        rows = self._database.query(query, (self._chunker_version,))
        return frozenset(doc_id for (doc_id,) in rows)

    def companions(self) -> dict[str, dict[str, str]]:
        """Return the hashes of what documents were read with, by document and by its name there."""
        rows = self._database.query("SELECT id, companions FROM documents WHERE companions <> ''")
        read = {key: opened(data, catalog.companions_of, what=key) for key, data in rows}
        return {key: {one.name: one.sha256 for one in found} for key, found in read.items()}

    def fingerprint(self) -> str:
        """Return a hash of every source and chunk: a chunk's id names what is searched of it."""
        digest = hashlib.sha256()
        with self._database.read() as db:
            for query in (
                "SELECT source, doc_id FROM files ORDER BY source",
                "SELECT id, ordinal FROM chunks ORDER BY id",
            ):
                for row in db.execute(query):
                    digest.update(repr(row).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    # Tables

    def open_table(self, doc_id: str, header: str) -> AbstractContextManager[LongTable | None]:
        """Lend a document's table with this header row; None where there is none."""
        self._keep_missing(doc_id)
        return self.tables.headed(doc_id, header)

    def kept_rows(
        self, doc_id: str, text: str, first: int, count: int
    ) -> tuple[int, list[tuple[str, ...]]]:
        """Return how many rows an element's table has, and `count` of them from `first`."""
        self._keep_missing(doc_id)
        with self.tables.opened(doc_id, text) as table:
            if table is None:
                return 0, []
            return table.rows.height, list(table.rows.page(first, count).values())

    def row_of(self, doc_id: str, text: str, cells: Sequence[str]) -> int | None:
        """Return the number (from 0) of the first row of such a table with these very cells."""
        with self.tables.opened(doc_id, text) as table:
            return None if table is None else table.rows.find(cells)

    def _keep_missing(self, doc_id: str) -> None:
        """Keep the tables of a document whose file of them is damaged or gone."""
        document = None if self.tables.has(doc_id) else self.document(doc_id)
        if document is not None:
            self.tables.keep(document)
