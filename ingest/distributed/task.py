"""What a machine of a Ray cluster does: one job at a time, each file in a child as here.

A file is read by a worker of `ingest.sandbox.worker`, with the same limits; text is embedded by the
process itself, whose model loads when first needed. Both are kept from one job to the next. Knows
jobs; knows no cluster.
"""

from __future__ import annotations

import functools
import queue
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Final

from ingest.sandbox.jobs import Bug, Done, Failed, Job, Reply, Setup, UnderWay
from ingest.sandbox.worker import Worker
from rag.errors import PagelightError, WorkspaceError
from rag.protocols import Embedder

LOOK_SECONDS: Final = 0.2
"""Between two looks whether a job is still wanted."""

_SAME_PATHS: Final = (
    "Every machine of the cluster needs the folder and the workspace under the same paths."
)
_SAME_VERSION: Final = "Every machine of the cluster needs the same version of Pagelight."


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedJob:
    """Embed texts, which harm nobody: no child is needed for them."""

    texts: tuple[str, ...]
    are_questions: bool


FarJob = Job | EmbedJob


MakeEmbedder = Callable[[], Embedder]
"""Makes the index's embedder; a function that pickle knows by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FarSetup:
    """How another machine works: `ours` is the version of Pagelight that asks."""

    setup: Setup
    ours: str
    make_embedder: MakeEmbedder


def run(far: FarSetup, job: FarJob) -> Iterator[Reply]:
    """Yield what the job tells under way, then its end."""
    wrong = _wrong(far, job)
    if wrong is not None:
        yield Failed(error=wrong)
        return
    replies: queue.Queue[Reply] = queue.Queue(maxsize=1)  # no page ahead of the one taken
    work = threading.Thread(target=_work, args=(far, job, replies.put), daemon=True)
    work.start()
    is_over = False
    try:
        while not is_over:
            reply = _next(replies)
            is_over = not isinstance(reply, UnderWay)
            yield reply
    finally:
        if not is_over:
            _give_up(far, work, replies)


def _next(replies: queue.Queue[Reply]) -> Reply:
    """Wait in short steps: what cancels the job comes between two."""
    while True:
        with suppress(queue.Empty):
            return replies.get(timeout=LOOK_SECONDS)


def _give_up(far: FarSetup, work: threading.Thread, replies: queue.Queue[Reply]) -> None:
    """End a job in its midst, and the child that does it."""
    end_child(far.setup)
    while work.is_alive():
        with suppress(queue.Empty):
            replies.get(timeout=LOOK_SECONDS)


def end_child(setup: Setup) -> None:
    """End the child that is kept for the next job; the one after has its own."""
    _worker(setup).close()
    _worker.cache_clear()


@functools.cache
def _worker(setup: Setup) -> Worker:
    return Worker(setup)


@functools.cache
def _embedder(make_embedder: MakeEmbedder) -> Embedder:
    return make_embedder()


def _wrong(far: FarSetup, job: FarJob) -> WorkspaceError | None:
    """Say why this machine can't do the job at all; None where it can."""
    name = f"The machine {socket.gethostname()} of the Ray cluster"
    if version("pagelight") != far.ours:
        message = f"{name} has Pagelight {version('pagelight')}, not {far.ours}."
        return WorkspaceError(message, hint=_SAME_VERSION)
    file = getattr(job, "file", None)
    needed = [far.setup.assets_root.parent, *([Path(file.root)] if file else [])]
    is_reading = not isinstance(job, EmbedJob)
    away = next((path for path in needed if is_reading and not path.is_dir()), None)
    if away is None:
        return None
    return WorkspaceError(f"{name} does not see {away}.", hint=_SAME_PATHS)


def _work(far: FarSetup, job: FarJob, tell: Callable[[Reply], None]) -> None:
    try:
        if isinstance(job, EmbedJob):
            embedder = _embedder(far.make_embedder)
            embed = embedder.embed_queries if job.are_questions else embedder.embed_documents
            tell(Done(value=embed(job.texts)))
        else:
            tell(Done(value=_worker(far.setup).do(job, on_reply=tell)))
    except PagelightError as error:
        tell(Failed(error=error))
    except Exception as error:  # noqa: BLE001 - told to the one who asked
        tell(Bug(summary=f"{type(error).__name__}: {error}", traceback=""))
