"""The first pass of an ingest: the text of every new file is read, divided and stored.

Reading and dividing happen on other threads (which wait for child processes), ahead of storing,
which happens here. Knows no format, no model and no storage.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ingest.chunking.cutting import CutDocument
from ingest.discovery.stable_read import SteadyReading, UnsteadyError, read_steadily
from ingest.pipeline.outcomes import Account
from ingest.pipeline.planning.companions import Companions
from ingest.pipeline.planning.plan import Job
from ingest.pipeline.prefetch import FinishedJob, ahead
from ingest.pipeline.progress import Tracker
from ingest.pipeline.writer import Writer
from ingest.sandbox.stopping import until
from ingest.sandbox.worker import StoppedError

if TYPE_CHECKING:
    from ingest.pipeline.pipeline import Ingest

MANY_JOBS: Final = 8
"""From so many documents on the model loads while the first are read; few may need no vectors."""

DividedReading = tuple[SteadyReading, CutDocument]


@dataclass(frozen=True, slots=True)
class ParsePass:
    """Reads files on as many threads as the reader parses at a time.

    `complete` may add to what was read before it is stored; it is called from the same threads.
    With each document it is noted how its `companions` stand.
    """

    tools: Ingest
    writer: Writer
    account: Account
    tracker: Tracker
    companions: Companions
    complete: Callable[[SteadyReading], SteadyReading]
    stop: threading.Event

    def run(self, jobs: Sequence[Job]) -> None:
        """Read and store; a file that can't be read is in the account. Raises as `Writer.flush`."""
        if jobs:
            self.writer.open_store()
        if len(jobs) >= MANY_JOBS:
            self.writer.load_model()
        size = sum(job.file.size_bytes for job in jobs)
        self.tracker.begin("reading", files=sum(len(job.files) for job in jobs), work=size)
        running = ahead(jobs, self._read, workers=self.tools.reader.parsers, stop=self.stop)
        self.writer.follow(running, self._take)

    def _read(self, job: Job) -> DividedReading:
        self.tracker.now(job.file.source)
        with self.tools.disk.open_for_reading(job.file.path):
            steady = self._steady(job)
            sources = [file.source for file in job.files]
            noted = self.companions.noted(steady.document, sources)
            reading = self.complete(replace(steady, document=noted))
        return reading, self.writer.cut(reading.document)

    def _steady(self, job: Job) -> SteadyReading:
        parse = until(self.stop, self.tools.reader.parse)
        if job.file.root == str(self.tools.index.members.root):
            document = parse(replace(job.file, copies=job.files[1:]))
            sources = tuple(file.source for file in job.files)
            return SteadyReading(document=replace(document, sources=sources), files=job.files)
        tools = self.tools
        return read_steadily(
            job.files, parse, settings=tools.settings, tell=tools.reader.tell, disk=tools.disk
        )

    def _take(self, done: FinishedJob[Job, DividedReading]) -> None:
        records = [self.account.record(file) for file in done.job.files]
        try:
            reading, cut = done.result()
            records = [self.account.record(file) for file in reading.files]
            self.writer.add_cut(cut, records, seconds=done.seconds)
            sources = reading.document.sources
            late = [file for file in done.job.files if file.source not in sources]
            self.account.unsteady(late)
        except StoppedError:
            self.stop.set()
        except UnsteadyError as error:
            self.account.unsteady(done.job.files, reason=str(error))
        except Exception as error:  # noqa: BLE001 - one bad file never stops the batch
            taken = [replace(record, seconds=done.seconds) for record in records]
            self.account.failed(taken, error)
