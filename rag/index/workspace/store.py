"""`WorkspaceIndex`: one folder that holds what was read, found by words, vectors and pictures.

Puts ledger, vectors, stamp, lock and pictures together, and lends each call a transaction; how a
thing is searched, stored or mended, the modules beside it know. Knows no model and no parser.
A workspace mirrors one folder of documents. Every method may be called from any thread.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from rag.closing import Closing
from rag.datamodel import NO_FILTERS, Chunk, Document, Filters, Hit
from rag.errors import WorkspaceError
from rag.index.assets import AssetStore
from rag.index.conversations.conversations import Conversations
from rag.index.conversations.pins import Pins
from rag.index.conversations.preferences import Preferences
from rag.index.conversations.reports import Reports
from rag.index.conversations.shares import Shares
from rag.index.ledger import catalog, moves, pages
from rag.index.ledger.cells import CellStore
from rag.index.ledger.folder import make_folder, unwritable
from rag.index.ledger.languages import Languages
from rag.index.ledger.ledger import Ledger
from rag.index.ledger.left_out import LeftOut
from rag.index.ledger.lock import WorkspaceLock
from rag.index.ledger.members import FOLDER, MemberStore
from rag.index.ledger.schema import SCHEMA_VERSION
from rag.index.ledger.source_folders import Roots, SourceFolders
from rag.index.ledger.stamp import Stamp, require
from rag.index.people.audit import Audit
from rag.index.people.sessions import Sessions
from rag.index.people.usage import Usage
from rag.index.pictures.lettering_cache import LetteringCache
from rag.index.pictures.pictures import PictureIndex, note_missing
from rag.index.pictures.unlettered import Unlettered
from rag.index.rows import scope
from rag.index.rows.records import DocumentRecord, FileRecord, Finding
from rag.index.search import dense, lexical, per_document
from rag.index.search.admitted import Admissions
from rag.index.search.frequencies import Stemmer, WordCounts
from rag.index.search.hits import ranked
from rag.index.search.spelling import Speller
from rag.index.search.text_space import TextSpace
from rag.index.tables.table_store import FOLDER as TABLES
from rag.index.tables.table_store import TableStore
from rag.index.vectors.chroma_server import checked_url
from rag.index.vectors.chunk_vectors import Embed
from rag.index.vectors.vectors import VectorStore
from rag.index.workspace import health
from rag.index.workspace.commit import Committer, DocumentToStore
from rag.index.workspace.listings import Listings
from rag.index.workspace.seen import SeenIndex
from rag.index.workspace.tidy import Tidy
from rag.progress import UNTOLD, Gauge
from rag.protocols import Matrix
from rag.tables.long.long_table import LongTable

LEDGER_NAME: Final = "ledger.sqlite"


class WorkspaceIndex(Closing):
    """Implements `rag.protocols.Index`. Made by `open`; ended by `close` or a `with` block."""

    def __init__(
        self,
        workspace: Path,
        lock: WorkspaceLock,
        ledger: Ledger,
        vectors: VectorStore,
        assets: AssetStore,
        *,
        chunker_version: str,
        chroma_url: str = "",
    ) -> None:
        self.workspace = workspace
        self.assets = assets
        self.members = MemberStore(workspace / FOLDER)
        self.lettering_cache = LetteringCache(ledger)
        self.unlettered = Unlettered(ledger)
        self.conversations = Conversations(ledger)
        self.shares = Shares(ledger)
        self.sessions = Sessions(ledger)
        self.audit = Audit(ledger)
        self.usage = Usage(ledger)
        self.pins = Pins(ledger)
        self.preferences = Preferences(ledger)
        self.left_out = LeftOut(ledger)
        self.source_folders = SourceFolders(ledger)
        self.languages = Languages(ledger)
        self._listings = Listings()
        self.reports = Reports(ledger)
        self.pictures = PictureIndex(workspace, ledger, chroma_url=chroma_url)
        self.cells = CellStore(workspace)
        self.tables = TableStore(workspace / TABLES)
        self._chroma_url = chroma_url
        self._lock = lock
        self._ledger = ledger
        self._vectors = vectors
        self._chunker_version = chunker_version
        self._committer = Committer(ledger, vectors, chunker_version=chunker_version)
        self._stemmer = Stemmer()
        self._counts = WordCounts(self._stemmer)
        self._admissions = Admissions()
        self._speller = Speller(self._stemmer)
        self.tidy = Tidy(workspace, ledger, assets)

    @classmethod
    def open(
        cls,
        workspace: Path,
        *,
        model_id: str,
        dim: int,
        chunker_version: str,
        image_megapixels: int = 100,
        chroma_url: str = "",
    ) -> Self:
        """Open or make the workspace, and own it until closed.

        Vectors lie in it, or on the Chroma server at `chroma_url`, which is asked when first
        needed. Documents that another version of the chunker divided are `outdated`.

        Raises WorkspaceBusyError when another process owns it, IndexMismatchError when it was
        built with something else, WorkspaceError when the folder can't be used, SettingsError
        when `chroma_url` is no address.
        """
        if chroma_url:
            checked_url(chroma_url)
        make_folder(workspace)
        lock = WorkspaceLock(workspace)
        try:
            lock.acquire()
            require(workspace, Stamp(schema=SCHEMA_VERSION, model_id=model_id, dim=dim))
            ledger = Ledger(workspace / LEDGER_NAME)
            with ledger.write() as db:
                pages.put_missing(db)
                note_missing(db)
        except OSError as error:
            lock.release()
            raise unwritable(workspace, error) from error
        except BaseException:
            lock.release()
            raise
        vectors = VectorStore(workspace / "vectors", model_id=model_id, dim=dim, server=chroma_url)
        assets = AssetStore(workspace / "assets", megapixels=image_megapixels)
        return cls(
            workspace,
            lock,
            ledger,
            vectors,
            assets,
            chunker_version=chunker_version,
            chroma_url=chroma_url,
        )

    def close(self) -> None:
        self._vectors.close()
        self.pictures.close()
        self.cells.close()
        self._stemmer.close()
        self._ledger.close()
        self._lock.release()

    def announce(self, *, url: str, token: str) -> None:
        """Tell other processes where this one answers for the workspace."""
        self._lock.announce(url=url, token=token)

    def text_space(self, *, model_id: str, dim: int) -> TextSpace:
        """Return the space of another text model, beside the one that the stamp names."""
        return TextSpace(
            self.workspace,
            self._ledger,
            model_id=model_id,
            dim=dim,
            chroma_url=self._chroma_url,
        )

    # Searching

    def search_dense(self, vector: Matrix, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        with self._ledger.read() as db:
            admitted = self._admissions.of(db, filters)
        return dense.search_chunks(
            self._ledger, self._vectors, vector, k=k, filters=filters, admitted=admitted
        )

    def search_lexical(
        self,
        text: str,
        *,
        k: int,
        filters: Filters = NO_FILTERS,
        weights: tuple[float, float] = lexical.WORD_WEIGHTS,
    ) -> list[Hit]:
        with self._ledger.read() as db:
            admitted = self._admissions.of(db, filters)
            found = lexical.search_words(
                db, self._counts, text, k=k, admitted=admitted, weights=weights
            )
            return ranked(db, found, k=k, channel="lexical", filters=filters)

    def search_image(self, phash: str, *, k: int, filters: Filters = NO_FILTERS) -> list[Hit]:
        with self._ledger.read() as db:
            found = lexical.search_pictures(db, phash, k=k, doc_rows=self._doc_rows(db, filters))
            return ranked(db, found, k=k, channel="image", filters=filters)

    def alike(
        self,
        text: str,
        phash: str,
        *,
        media_types: Collection[str],
        k: int,
        collections: scope.Collections = None,
    ) -> list[Chunk]:
        """Return the passages of such documents that share words, then those that look alike.

        At most `k` of each; `phash` may be "".
        """
        seen = None if collections is None else tuple(collections)
        filters = Filters(media_types=tuple(media_types), collections=seen)
        told = self.search_lexical(text, k=k, filters=filters)
        like = self.search_image(phash, k=k, filters=filters) if phash else []
        return list({hit.chunk.id: hit.chunk for hit in (*told, *like)}.values())

    def best_of_each(
        self, asked: per_document.WeightedQuestion, *, doc_ids: Sequence[str], k: int
    ) -> dict[str, list[tuple[str, float]]]:
        """Return the `k` best (chunk id, score) of each document, the first of each page first."""
        with self._ledger.read() as db:
            return per_document.best_of_each(
                db, self._vectors, self._counts, asked, doc_ids=doc_ids, k=k
            )

    def chunks_by_document(self, doc_ids: Sequence[str]) -> dict[str, list[str]]:
        """Return the ids of each document's chunks in reading order."""
        with self._ledger.read() as db:
            return per_document.chunks_by_document(db, doc_ids)

    def vectors(self, ids: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        """Return the unit rows, shape (dim,), of those chunks that have one."""
        return self._vectors.rows(ids) if self._vectors.exists() else {}

    def chunks(self, ids: Sequence[str], *, collections: scope.Collections = None) -> list[Chunk]:
        """Return the chunks that exist in these collections (None: all), in the order asked."""
        seen = NO_FILTERS if collections is None else Filters(collections=tuple(collections))
        with self._ledger.read() as db:
            found = catalog.chunks(db, ids, filters=seen)
        return [found[chunk_id] for chunk_id in ids if chunk_id in found]

    def document_frequencies(self, terms: Sequence[str]) -> tuple[dict[str, int], int]:
        with self._ledger.read() as db:
            return lexical.document_frequencies(db, self._counts, terms)

    def nearest_words(
        self, words: Mapping[str, int], *, filters: Filters = NO_FILTERS
    ) -> dict[str, str]:
        with self._ledger.read() as db:
            return self._speller.nearest_words(db, words, doc_rows=self._doc_rows(db, filters))

    # What is there

    def documents(self, *, collections: scope.Collections = None) -> list[DocumentRecord]:
        """Return every document of these collections (None: all), then every file that failed."""
        with self._ledger.read() as db:
            return list(self._listings.records(db, collections))

    def version(self, *, collections: scope.Collections = None) -> str:
        """Return a text that is another one whenever the list of documents is."""
        with self._ledger.read() as db:
            return self._listings.version(db, collections)

    def document(self, doc_id: str, *, collections: scope.Collections = None) -> Document | None:
        with self._ledger.read() as db:
            return catalog.document(db, doc_id, collections)

    @contextmanager
    def open_table(self, doc_id: str, header: str) -> Iterator[LongTable | None]:
        """Lend a document's table with this header row; None where there is none."""
        self._keep_missing(doc_id)
        with self.tables.headed(doc_id, header) as table:
            yield table

    def kept_rows(
        self, doc_id: str, text: str, first: int, count: int
    ) -> tuple[int, list[tuple[str, ...]]]:
        """Return how many rows the table of an element with this text has, and some of them.

        Those are `count` from `first` (from 0) on. 0 and none where no such table is kept.
        """
        self._keep_missing(doc_id)
        number = self.tables.number_of(doc_id, text)
        with self.tables.opened(doc_id, number or 0) as table:
            if table is None:
                return 0, []
            return table.rows.height, list(table.rows.page(first, count).values())

    def row_of(self, doc_id: str, text: str, cells: Sequence[str]) -> int | None:
        """Return the number (from 0) of the first row of such a table with these very cells."""
        number = self.tables.number_of(doc_id, text)
        with self.tables.opened(doc_id, number or 0) as table:
            return None if table is None else table.rows.find(cells)

    def _keep_missing(self, doc_id: str) -> None:
        """Keep the tables of a document that was read before tables were kept."""
        document = None if self.tables.has(doc_id) else self.document(doc_id)
        if document is not None:
            self.tables.keep(document)

    def shows_picture(self, image_id: str, *, collections: scope.Collections) -> bool:
        """Tell whether a stored picture belongs to a document of these collections."""
        with self._ledger.read() as db:
            return scope.shows_picture(db, image_id, collections)

    def seen_by(self, *, owner: str, collections: tuple[str, ...] | None) -> SeenIndex:
        """Return the workspace as a person sees it: their collections and conversations."""
        return SeenIndex(self, self._ledger, owner=owner, collections=collections)

    def chunks_of(self, doc_id: str) -> list[Chunk]:
        """Return a document's chunks in reading order."""
        with self._ledger.read() as db:
            found = catalog.chunks(db, catalog.chunk_ids(db, doc_id))
        return sorted(found.values(), key=lambda chunk: chunk.ordinal)

    def page_of(self, ids: Sequence[str]) -> list[Chunk]:
        """Return all chunks of the pages that some chunks stand on, in reading order."""
        with self._ledger.read() as db:
            together = [key for keys in pages.members(db, ids).values() for key in keys]
            found = catalog.chunks(db, together)
        return sorted(found.values(), key=lambda chunk: (chunk.doc_id, chunk.ordinal))

    def media_types(self, doc_ids: Sequence[str]) -> dict[str, str]:
        """Return the media type of each document that exists, by its id."""
        with self._ledger.read() as db:
            return catalog.media_types(db, doc_ids)

    def files(self) -> dict[str, FileRecord]:
        """Return every file that was read or failed, by source."""
        with self._ledger.read() as db:
            return catalog.files(db)

    def file(self, source: str) -> FileRecord | None:
        with self._ledger.read() as db:
            return catalog.file(db, source)

    def outdated(self) -> frozenset[str]:
        """Return the ids of documents that another version divided: they are to be read again."""
        with self._ledger.read() as db:
            return catalog.outdated(db, chunker_version=self._chunker_version)

    @property
    def root(self) -> Path | None:
        """The folder that sources are relative to; None before the first ingest."""
        with self._ledger.read() as db:
            row = db.execute("SELECT value FROM facts WHERE name = 'root'").fetchone()
        return None if row is None else Path(row[0])

    @property
    def roots(self) -> Roots:
        """Where the files lie that sources stand for."""
        return Roots(own=self.root, beside=self.source_folders.all())

    def set_root(self, root: Path) -> None:
        with self._ledger.write() as db:
            db.execute("INSERT OR REPLACE INTO facts VALUES ('root', ?)", (str(root),))

    def fingerprint(self) -> str:
        """Return a hash that is another one whenever what is searched is."""
        with self._ledger.read() as db:
            return catalog.fingerprint(db)

    # Writing

    def missing(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        """Return those chunks that have no vector yet."""
        with self._ledger.read() as db:
            return catalog.unembedded(db, chunks)

    def put(
        self,
        document: Document,
        chunks: Sequence[Chunk],
        vectors: Mapping[str, NDArray[np.float32]],
        *,
        files: Sequence[FileRecord] = (),
    ) -> None:
        """Store a document in place of what its files stood for, all of it or nothing.

        What each must be, `DocumentToStore` says. Raises ValueError where a chunk has no vector.
        """
        entry = DocumentToStore(document=document, chunks=chunks, vectors=vectors, files=files)
        (error,) = self.put_all([entry])
        if error is not None:
            raise error

    def put_all(self, entries: Sequence[DocumentToStore]) -> list[Exception | None]:
        """As `put` for each of several documents, at the price of about one.

        Return for each the bug that kept it, alone, from being stored; None where it is stored.
        """
        for entry in entries:
            self.tables.keep(entry.document)
        return self._committer.put(entries)

    def fail(self, record: FileRecord) -> None:
        """Note that a file can't be read; what it stood for before is gone."""
        self._committer.point([record.failed()])

    def add_sources(self, records: Sequence[FileRecord]) -> None:
        """Note files with the bytes of stored documents: at once, they may exchange contents."""
        self._committer.point([record.ready(record.doc_id) for record in records])

    def put_contexts(self, doc_id: str, renamed: Callable[[str], str]) -> None:
        """Replace the contexts of a document's chunks where words look for them; vectors stay."""
        with self._ledger.write() as db:
            catalog.put_contexts(db, doc_id, renamed)

    def remove_source(self, source: str) -> None:
        """Forget a file, and its document when no other file has the same bytes."""
        self.remove_sources([source])

    def remove_sources(self, sources: Sequence[str]) -> None:
        self._committer.remove(sources)

    def move_files(
        self, moved: Mapping[str, str], *, folder: tuple[str, str] | None = None
    ) -> None:
        """Note that files lie elsewhere now: sources by the former ones.

        `folder` is one (`a/`) that has another name as a whole: scopes of conversations follow it.
        """
        with self._ledger.write() as db:
            moves.move_files(db, moved)
            if folder is not None:
                moves.rename_scopes(db, *folder)

    # Care

    def check(self, *, gauge: Gauge = UNTOLD) -> list[Finding]:
        """Say what is wrong with the workspace; an empty list means that all is well.

        What `gauge` raises ends it, also amid the ledger.
        """
        with suppress(WorkspaceError):  # vectors that can't be read are a finding below
            self._committer.settle()
        return [*health.check(self._ledger, self._vectors, gauge=gauge), *self.tidy.check()]

    def repair(self, embed: Embed, *, gauge: Gauge = UNTOLD) -> int:
        """Make vectors from the ledger where they are lost; return how many were made.

        What takes room for nothing is deleted. Ended early, by what `gauge` raises or a crash, it
        goes on from there the next time.
        """
        made = health.repair(self._ledger, self._vectors, embed, gauge=gauge)
        self.tidy.repair()
        self.compact()
        return made

    def compact(self) -> None:
        """Give the disk space of what was deleted back, where that is worth the writing."""
        self._committer.compact()

    @property
    def vectors_lost(self) -> bool:
        """Whether chunks are stored but no vectors, or a repair of vectors was cut off."""
        return health.vectors_lost(self._ledger, self._vectors)

    def _doc_rows(self, db: sqlite3.Connection, filters: Filters) -> Sequence[int] | None:
        admitted = self._admissions.of(db, filters)
        return None if admitted is None else admitted.documents
