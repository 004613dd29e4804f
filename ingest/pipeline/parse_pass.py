"""The first pass of an ingest: the text of every new file is read, divided and stored.

Reading and dividing happen on other threads (which wait for child processes), ahead of storing,
which happens here. Knows no format, no model and no storage.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from ingest.chunking.cutting import CutDocument
from ingest.discovery.discover import Disk, Lend, Tell
from ingest.discovery.stable_read import SteadyReading, UnsteadyError, read_steadily
from ingest.pipeline.companions import Companions
from ingest.pipeline.outcomes import Account
from ingest.pipeline.plan import Job
from ingest.pipeline.prefetch import FinishedJob, ahead
from ingest.pipeline.progress import Tracker
from ingest.pipeline.writer import Writer
from ingest.sandbox.stopping import until
from ingest.sandbox.worker import StoppedError
from rag.datamodel import Chunk, Document, SourceFile
from rag.settings import Settings

MANY_JOBS: Final = 8
"""From so many documents on the model loads while the first are read; few may need no vectors."""

Parse = Callable[[SourceFile], Document | CutDocument]
"""Reads a file, and may divide it. Raises SourceError for one that can't be read."""


class _Parsing:
    """Reads a file, maybe several times, and keeps how it was divided last."""

    def __init__(self, parse: Parse) -> None:
        self._parse = parse
        self.chunks: list[Chunk] | None = None

    def __call__(self, file: SourceFile) -> Document:
        read = self._parse(file)
        if not isinstance(read, CutDocument):
            return read
        self.chunks = read.chunks
        return read.document


@dataclass(frozen=True, slots=True, kw_only=True)
class _DividedReading:
    """What a job came to: the document as it was read, and divided."""

    reading: SteadyReading
    cut: CutDocument


class TextPass:
    """Reads files by `parse`, called from up to `parsers` threads at a time.

    What lies in `unpacked` is changed by nothing; `lend` lets files be there. `complete` may add
    to what was read before it is stored; it is called from the same threads.
    """

    def __init__(
        self,
        parse: Parse,
        writer: Writer,
        account: Account,
        tracker: Tracker,
        settings: Settings,
        *,
        unpacked: Path,
        complete: Callable[[SteadyReading], SteadyReading],
        parsers: int,
        stop: threading.Event,
        tell: Tell,
        disk: Disk,
        lend: Lend,
    ) -> None:
        self._tell = tell
        self._disk = disk
        self._lend = lend
        self._parse = until(stop, parse)
        self._writer = writer
        self._account = account
        self._tracker = tracker
        self._settings = settings
        self._unpacked = str(unpacked)
        self._complete = complete
        self._parsers = parsers
        self._stop = stop

    def run(self, jobs: Sequence[Job], companions: Companions) -> None:
        """Read and store; a file that can't be read is in the account. Raises as `Writer.flush`.

        With each document it is noted how its `companions` stand.
        """
        self._companions = companions
        if jobs:
            self._writer.open_store()
        if len(jobs) >= MANY_JOBS:
            self._writer.load_model()
        size = sum(job.file.size_bytes for job in jobs)
        self._tracker.begin("reading", files=sum(len(job.files) for job in jobs), work=size)
        running = ahead(jobs, self._read, workers=self._parsers, stop=self._stop)
        self._writer.follow(running, self._take)

    def _read(self, job: Job) -> _DividedReading:
        self._tracker.now(job.file.source)
        with self._lend(job.file.path):
            return self._read_lent(job)

    def _read_lent(self, job: Job) -> _DividedReading:
        parsing = _Parsing(self._parse)
        reading = self._noted(job, self._steady(job, parsing))
        whole = self._complete(reading)
        if whole is reading and parsing.chunks is not None:
            cut = CutDocument(document=reading.document, chunks=parsing.chunks)
        else:
            cut = self._writer.cut(whole.document)
        return _DividedReading(reading=whole, cut=cut)

    def _noted(self, job: Job, reading: SteadyReading) -> SteadyReading:
        sources = [file.source for file in job.files]
        return replace(reading, document=self._companions.noted(reading.document, sources))

    def _steady(self, job: Job, parse: Callable[[SourceFile], Document]) -> SteadyReading:
        if job.file.root == self._unpacked:
            document = parse(replace(job.file, copies=job.files[1:]))
            sources = tuple(file.source for file in job.files)
            return SteadyReading(document=replace(document, sources=sources), files=job.files)
        return read_steadily(
            job.files, parse, settings=self._settings, tell=self._tell, disk=self._disk
        )

    def _take(self, done: FinishedJob[Job, _DividedReading]) -> None:
        records = [self._account.record(file) for file in done.job.files]
        try:
            read = done.result()
            records = [self._account.record(file) for file in read.reading.files]
            self._writer.add_cut(read.cut, records, seconds=done.seconds)
            sources = read.reading.document.sources
            late = [file for file in done.job.files if file.source not in sources]
            self._account.unsteady(late)
        except StoppedError:
            self._stop.set()
        except UnsteadyError as error:
            self._account.unsteady(done.job.files, reason=str(error))
        except Exception as error:  # noqa: BLE001 - one bad file never stops the batch
            taken = [replace(record, seconds=done.seconds) for record in records]
            self._account.failed(taken, error)
