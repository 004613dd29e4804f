"""What a person attaches to a question, read as a file of the folder is, and stored for it.

Each file is read once, whoever attaches it: it is known by its hash. Of a long document the first
pages are ready at once and the rest is read behind, as is what is said in a long recording. Knows
files, readers and the index of attachments; knows no question.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from ingest.archives.containers import ARCHIVES, blocks_of
from ingest.chunking.chunker import chunk_document
from ingest.discovery.discover import FoundFile, identify
from ingest.parsers.media.subtitles import length_s
from ingest.pipeline.pictures import LineOf, with_seen
from ingest.sandbox.parser_process import ParserProcess
from ingest.transcription.hearing import Hearing, is_wordless, words_heard
from rag.attachments.answering import source_of
from rag.closing import Closing
from rag.datamodel import Attachment, Document, QueryImage, SourceFile, version_fields
from rag.errors import PagelightError, SourceError
from rag.pipeline.engine.attached import AttachedFiles
from rag.settings import Settings
from rag.storage.documents.records import FileRecord
from rag.storage.vectors.chunk_vectors import ChunkEmbedder

logger = logging.getLogger(__name__)

FIRST_PAGES: Final = 20
"""So many pages of a long document are read before it can be asked about."""

FIRST_PICTURES: Final = 2
"""Pictures of a document whose lettering is read before it can be asked about."""

FIRST_HEARD_S: Final = 120.0
"""A recording that plays longer can be asked about before it is heard."""

LOCKS: Final = 64

READING: Final = "The rest of {name} is still being read: ask again in a while."


class Attacher(Closing):
    """Reads attachments, each once. Any thread may call; `hearing` returns who hears, if any."""

    def __init__(
        self,
        files: AttachedFiles,
        make_reader: Callable[[], ParserProcess],
        settings: Settings,
        *,
        hearing: Callable[[ParserProcess], Hearing | None] = lambda _: None,
        see: LineOf = lambda _: "",
    ) -> None:
        """`see` tells in a line what a stored picture shows; "" where it is not known."""
        self._files = files
        self._make_reader = make_reader
        self._hearing = hearing
        self._settings = settings
        self._see = see
        self._lock = threading.Lock()
        self._reader: ParserProcess | None = None
        self._partly: set[str] = set()
        """Documents whose rest is being read; guarded by `_lock`, as the reader is."""
        self._reading = [threading.Lock() for _ in range(LOCKS)]
        """One for each share of all files: the same file at once is read once."""
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="attach")
        self._behind = ThreadPoolExecutor(1, thread_name_prefix="attach-rest")

    def attach(self, path: Path, *, name: str = "", whole: bool = True) -> Attachment:
        """Read a file, or find it read; `name` is what it is called, else that of the path.

        With `whole` unset a long document is returned after its first pages, with a note. Raises
        SourceError or LimitError where it can't be read, with the reason.
        """
        file = self._identified(path, name or path.name)
        with self._reading[hash(file.sha256) % len(self._reading)]:
            doc = self._known(file)
            if doc is None:
                self._read(file, whole=whole)
                doc = self._known(file)
        if doc is None:
            raise SourceError(
                f"{file.source} was forgotten while it was read.", hint="Attach it again."
            )
        return self._attachment(doc, file)

    def begin(self, path: Path) -> None:
        """Begin to read a file, while the question is still being written. Raises nothing."""

        def attach() -> None:
            try:
                self.attach(path, whole=False)
            except PagelightError:
                pass  # told when the question is asked
            except Exception:
                logger.exception("an attachment failed by a bug")

        self._threads.submit(attach)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._behind.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            if self._reader is not None:
                self._reader.close()

    def _identified(self, path: Path, name: str) -> SourceFile:
        try:
            version = version_fields(path.stat())
        except OSError as error:
            raise SourceError(
                f"{name} can't be opened ({error.strerror or error}).", hint="Attach it again."
            ) from error
        path = path.resolve()
        found = FoundFile(path=str(path), source=name, root=str(path.parent), **version)
        with _named(name):
            return identify(found, settings=self._settings, tell=self._media_type)

    def _media_type(self, path: Path, *, name: str) -> str:
        """Return the media type: as it was told before, else as a child process tells it."""
        with path.open("rb") as stream:
            known = self._files.index.document(hashlib.file_digest(stream, "sha256").hexdigest())
        return known.media_type if known else self.reader().tell(path, name=name)

    def _known(self, file: SourceFile) -> Document | None:
        """Return the document if it was read, by this version; note the name it comes by."""
        index = self._files.index
        doc = index.document(file.sha256)
        if doc is None or doc.id in index.outdated():
            return None
        is_part = doc.pending or _is_cut(doc) or self._can_be_heard(doc)
        if is_part and not self._is_read_behind(doc.id):  # cut off by the end of a program
            return None
        source = source_of(file.sha256, file.source)
        if source not in doc.sources:
            index.add_sources([_record(file).ready(doc.id)])
        return doc

    def _read(self, file: SourceFile, *, whole: bool) -> None:
        if file.media_type in ARCHIVES:
            raise SourceError(
                f"{file.source} holds files of its own.", hint="Attach the one that you ask about."
            )
        with _named(file.source):
            first = self.reader().parse(file, pages=None if whole else FIRST_PAGES)
            pending = sum(element.pending for element in first.elements)
            takes_long = (length_s(first) or 0.0) > FIRST_HEARD_S and self._can_be_heard(first)
            is_long = _is_cut(first) or pending > FIRST_PICTURES or takes_long
            rest = is_long and not whole
            if not rest:
                first = self._completed(first, file)
        self._files.make_room(file.size_bytes)
        with Path(file.path).open("rb") as stream:
            self._files.index.members.put(blocks_of(stream))
        self._store(first, file)
        if rest:
            with self._lock:
                self._partly.add(file.sha256)
            kept = self._files.index.members.path(file.sha256)  # an upload may be gone by then
            self._behind.submit(self._read_rest, replace(file, path=str(kept)))

    def _read_rest(self, file: SourceFile) -> None:
        try:
            self._store(self._completed(self.reader().parse(file), file), file)
        except PagelightError as error:
            logger.warning("the rest of %s was not read: %s", file.source, error)
        except Exception:
            logger.exception("the rest of an attachment failed by a bug")
        finally:
            with self._lock:
                self._partly.discard(file.sha256)

    def _is_read_behind(self, doc_id: str) -> bool:
        with self._lock:
            return doc_id in self._partly

    def _can_be_heard(self, doc: Document) -> bool:
        return is_wordless(doc) and self._hearing(self.reader()) is not None

    def _completed(self, doc: Document, file: SourceFile) -> Document:
        """Return a document with what is written in its pictures, or said in it."""
        if doc.pending:
            doc = self.reader().letter(
                doc, file, on_page=lambda _: None, cache=self._files.index.ocr_cache, unreadable={}
            )
        hearing = self._hearing(self.reader()) if is_wordless(doc) else None
        return hearing.document(doc, file) if hearing else doc

    def _store(self, doc: Document, file: SourceFile) -> None:
        index, embedder = self._files.index, self._files.embedder
        source = source_of(file.sha256, file.source)
        doc = replace(with_seen(doc, self._see), sources=(source,))
        chunks = chunk_document(
            doc, count_tokens=embedder.count_tokens, max_tokens=embedder.max_tokens
        )
        missing = index.missing(chunks)
        vectors = {}
        if missing:
            rows = ChunkEmbedder(embedder.embed_documents).embed(missing)
            vectors = {chunk.id: row for chunk, row in zip(missing, rows, strict=True)}
        index.put(doc, chunks, vectors, files=[_record(file)])

    def reader(self) -> ParserProcess:
        """Return what opens the files; for others, too, while a person waits."""
        with self._lock:
            if self._reader is None:
                self._reader = self._make_reader()
            return self._reader

    def _attachment(self, doc: Document, file: SourceFile) -> Attachment:
        asset = next((e.image for e in doc.elements if e.image), None)
        image = None
        if file.media_type.startswith("image/") and asset is not None:
            path = str(self._files.index.members.path(file.sha256))
            ocr_text = "\n".join(e.text for e in doc.elements if e.text)
            image = QueryImage(path=path, phash=asset.phash, lettering=ocr_text)
        note = READING.format(name=file.source) if self._is_read_behind(doc.id) else ""
        return Attachment(
            doc_id=doc.id,
            name=file.source,
            media_type=file.media_type,
            image=image,
            note=note,
            said=words_heard(doc),
        )


@contextmanager
def _named(name: str) -> Iterator[None]:
    """Put a file's name before an error that does not name it itself."""
    try:
        yield
    except SourceError as error:
        message = str(error)
        raise type(error)(message if name in message else f"{name}: {message}") from error


def _is_cut(doc: Document) -> bool:
    return any(text.lower().startswith("only the first") for text in doc.warnings)


def _record(file: SourceFile) -> FileRecord:
    return FileRecord(
        source=source_of(file.sha256, file.source),
        doc_id=file.sha256,
        size_bytes=file.size_bytes,
        mtime_ns=time.time_ns(),
        sha256=file.sha256,
        state="ready",
    )
