"""What runs on a machine of a Ray cluster: one job at a time, each file in a child as here.

A file is read by one worker of `ingest.sandbox.worker`, with the same limits; text is divided and
embedded by the process itself, whose model loads when first needed. Knows jobs; knows no cluster.
"""

from __future__ import annotations

import queue
import socket
import threading
from collections.abc import Callable, Iterator
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Final, TypedDict

from ingest.chunking.chunker import chunk_document
from ingest.chunking.cutting import cut_document
from ingest.sandbox.jobs import (
    Bug,
    ChunkJob,
    CropJob,
    CutJob,
    Done,
    DrawJob,
    EmbedJob,
    Failed,
    FarDone,
    FarJob,
    FarValue,
    Job,
    ParseJob,
    QueryImageJob,
    Reply,
    Setup,
    TellJob,
    TextJob,
    UnderWay,
    read_document,
)
from ingest.sandbox.worker import Worker
from rag.errors import PagelightError, WorkspaceError
from rag.protocols import Embedder

_SAME_PATHS: Final = (
    "Every machine of the cluster needs the folder and the workspace under the same paths."
)
_SAME_VERSION: Final = "Every machine of the cluster needs the same version of Pagelight."


class _Counting(TypedDict):
    count_tokens: Callable[[str], int]
    max_tokens: int


MakeEmbedder = Callable[[], Embedder]
"""Makes the index's embedder on another machine; a function that pickle knows by its name."""


class RayReader:
    """Does one job at a time; `drop` may come in the midst of it.

    `ours` is the version of Pagelight that asks.
    """

    def __init__(self, setup: Setup, ours: str, make_embedder: MakeEmbedder) -> None:
        self._setup = setup
        self._ours = ours
        self._make_embedder = make_embedder
        self._worker = Worker(setup)

    def drop(self) -> None:
        """End the job under way. One that comes meanwhile has a reader of its own."""
        dropped, self._worker = self._worker, Worker(self._setup)
        dropped.close()

    def is_there(self) -> bool:
        return True

    def do(self, job: Job | FarJob) -> Iterator[Reply | FarDone]:
        """Yield what the job tells under way, then its end."""
        wrong = self._wrong(job)
        if wrong is not None:
            yield Failed(error=wrong)
            return
        replies: queue.Queue[Reply | FarDone] = queue.Queue(
            maxsize=1
        )  # no page ahead of the one taken
        threading.Thread(target=self._work, args=(job, replies.put), daemon=True).start()
        reply = replies.get()
        while isinstance(reply, UnderWay):
            yield reply
            reply = replies.get()
        yield reply

    def _wrong(self, job: Job | FarJob) -> WorkspaceError | None:
        """Say why this machine can't do the job at all; None where it can."""
        name = f"The machine {socket.gethostname()} of the Ray cluster"
        if version("pagelight") != self._ours:
            told = f"{name} has Pagelight {version('pagelight')}, not {self._ours}."
            return WorkspaceError(told, hint=_SAME_VERSION)
        away = next((path for path in self._needed(job) if not path.is_dir()), None)
        if away is None:
            return None
        return WorkspaceError(f"{name} does not see {away}.", hint=_SAME_PATHS)

    def _needed(self, job: Job | FarJob) -> list[Path]:
        if isinstance(job, TextJob):
            return []
        workspace = self._setup.assets_root.parent
        if isinstance(job, QueryImageJob | TellJob | DrawJob | CropJob):
            return [workspace]
        return [workspace, Path(job.file.root)]

    def _work(self, job: Job | FarJob, tell: Callable[[Reply | FarDone], None]) -> None:
        try:
            if isinstance(job, FarJob):
                tell(FarDone(value=self._done(job, tell)))
            else:
                tell(Done(value=self._worker.do(job, on_reply=tell)))
        except PagelightError as error:
            tell(Failed(error=error))
        except Exception as error:  # noqa: BLE001 - told to the one who asked
            tell(Bug(summary=f"{type(error).__name__}: {error}", traceback=""))

    def _done(self, job: FarJob, tell: Callable[[UnderWay], None]) -> FarValue:
        match job:
            case CutJob():
                read = self._worker.do(ParseJob(file=job.file), on_reply=tell)
                return cut_document(read_document(read), chunk_document, **self._counting())
            case ChunkJob():
                return chunk_document(job.document, **self._counting())
            case EmbedJob(are_questions=True):
                return self._embedder.embed_queries(job.texts)
            case EmbedJob():
                return self._embedder.embed_documents(job.texts)

    def _counting(self) -> _Counting:
        embedder = self._embedder
        return {"count_tokens": embedder.count_tokens, "max_tokens": embedder.max_tokens}

    @cached_property
    def _embedder(self) -> Embedder:
        return self._make_embedder()
