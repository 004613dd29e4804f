"""Files are read, and text is embedded, by the machines of a Ray cluster.

Each job is a task of Ray on one processor: a file is read there by a worker of
`ingest.sandbox.worker`, with the same limits; text is embedded by the process itself, whose model
loads when first needed. A job whose machine is lost begins anew on another one; what was told stays
told. The machines must see the folder and the workspace under the same paths (a network drive):
documents and vectors come back here, pictures and unpacked files are written where the workspace
is. What is stored, this process alone stores. Knows nothing of formats or the index.
"""

from __future__ import annotations

import functools
import logging
import os
import queue
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import numpy as np

from ingest.sandbox.jobs import Bug, Done, Failed, Job, Reply, Setup, UnderWay, Value, answer_as
from ingest.sandbox.parser_process import OnReply
from ingest.sandbox.stopping import Patience
from ingest.sandbox.worker import StoppedError, Worker
from rag.errors import PagelightError, SettingsError, WorkspaceError
from rag.protocols import Embedder, Matrix
from rag.settings import for_reading

KNOCK_SECONDS: Final = 10.0
"""A cluster that does not take a connection by then is not there."""

OBJECT_STORE_BYTES: Final = 200_000_000
"""Ray's own default is a third of the memory; what passes here are single documents."""

ADDRESS: Final = "RAY_ADDRESS"
"""Ray's own variable: the cluster to use. Without it a Ray is started on this machine."""

RETRIES: Final = 3
"""A job whose machine is lost begins anew on another one, so often."""

PATIENCE_SECONDS: Final = 180.0
"""A cluster that has had no processor for so long is given up."""

LOOK_SECONDS: Final = 0.2
"""Between two looks whether a job is still wanted."""

KILLED: Final = "(SIGKILL)"
"""Of a child that was killed: by its file's want of memory, or with the machine that goes. A file
that is at fault is so again."""


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


class LostError(PagelightError):
    """Raised where a job's machine is lost again and again, or all of them for long."""

    def __init__(self) -> None:
        super().__init__(
            "The Ray cluster lost the machine that read a file, again and again.",
            hint="See what its log says (ray logs), or read with --engine local.",
        )


def started(cpus: int | None) -> Any:  # noqa: ANN401 - the module
    """Return Ray, connected. Without a cluster's address it is started here, for us alone."""
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # before the import: it phones home
    address = os.environ.get(ADDRESS)
    if not address:  # its ports are open to the network: only who has the token may use them
        os.environ.setdefault("RAY_AUTH_MODE", "token")
        os.environ.setdefault("RAY_AUTH_TOKEN", secrets.token_hex(32))
    try:
        import ray  # noqa: PLC0415 - an extra that takes 2 s
    except ImportError as error:
        raise SettingsError(
            "--engine ray needs Ray, which is not installed.", hint="Run: pip install ray"
        ) from error
    here: dict[str, Any] = {
        "num_cpus": cpus,
        "include_dashboard": False,
        "object_store_memory": OBJECT_STORE_BYTES,
    }
    try:
        _knock(address or "")
        ray.init(
            address=address or "local",
            log_to_driver=False,
            logging_level=logging.ERROR,
            **({} if address else here),
        )
    except (OSError, RuntimeError, ValueError) as error:
        what = f"The Ray cluster at {address}" if address else "Ray"
        does = "does not answer" if address else "does not start"
        raise PagelightError(f"{what} {does} ({error}).", hint=f"Check {ADDRESS}.") from error
    return ray


def _knock(address: str) -> None:
    """Raise OSError where nobody answers: Ray itself tries for minutes, then ends the program."""
    parts = urlsplit(address if "://" in address else f"//{address}")
    if parts.hostname and parts.port:
        socket.create_connection((parts.hostname, parts.port), timeout=KNOCK_SECONDS).close()


class RayPool:
    """The machines of a cluster. Safe for several threads. Raises SettingsError, PagelightError."""

    def __init__(
        self, setup: Setup, make_embedder: MakeEmbedder, *, cpus: int | None = None
    ) -> None:
        self._far = FarSetup(
            setup=replace(setup, settings=for_reading(setup.settings)),
            ours=version("pagelight"),
            make_embedder=make_embedder,
        )
        self._ray = started(cpus)
        self._task: Any = self._ray.remote(num_cpus=1)(run).options(
            max_retries=RETRIES,
            num_returns="streaming",
            _generator_backpressure_num_objects=1,  # it waits until each reply is taken
        )
        self._closing = threading.Event()
        self._changed = threading.Condition()
        self._under_way = 0

    @cached_property
    def size(self) -> int:
        """How many files are read at a time: of as many processors as there are at first."""
        return max(1, int(self._ray.cluster_resources().get("CPU", 1)))

    def do(self, job: FarJob, *, on_reply: OnReply = lambda _: None) -> Value:
        """As `Worker.do`, given up soon after a stop: a lost machine costs time, not the job."""
        with self._counted():
            end = self._end(job, on_reply)
            if isinstance(end, Failed) and KILLED in str(end.error):
                end = self._end(job, on_reply)
        match end:
            case Done():
                return end.value
            case Failed():
                raise end.error
            case Bug():
                raise RuntimeError(end.summary)
            case _:
                raise TypeError(f"a reader answered with a {type(end).__name__}")

    def embed(self, texts: Sequence[str], *, are_questions: bool) -> Matrix:
        """Return unit rows in the order of `texts`."""
        rows = self.do(EmbedJob(texts=tuple(texts), are_questions=are_questions))
        return answer_as(np.ndarray, rows).copy()  # what lies in Ray's store can't be written to

    def close(self) -> None:
        """End all tasks; jobs under way raise StoppedError. A Ray that we started ends."""
        if self._closing.is_set():  # Ray, asked again, would start again
            return
        self._closing.set()
        with self._changed:
            self._changed.wait_for(lambda: not self._under_way)
        self._ray.shutdown()

    @contextmanager
    def _counted(self) -> Iterator[None]:
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def _end(self, job: FarJob, on_reply: OnReply) -> Reply:
        errors = self._ray.exceptions
        coming = self._task.remote(self._far, job)
        end: Reply | None = None
        try:
            for reply in self._replies(coming):  # to its end: until then it holds its place
                if isinstance(reply, UnderWay):
                    on_reply(reply)
                else:
                    end = reply
        except (errors.WorkerCrashedError, errors.NodeDiedError, errors.ObjectLostError) as error:
            raise LostError from error
        except BaseException:  # nobody waits for it any more: so does the task not
            self._ray.cancel(coming)
            raise
        if end is None:
            raise StoppedError("the reader ended without an answer")
        return end

    def _replies(self, coming: Iterator[Any]) -> Iterator[Reply]:
        """Yield a job's replies. Raises StoppedError once it is given up, LostError."""
        patience, seen_s = Patience(), time.monotonic()
        while not (patience.is_over or self._closing.is_set()):
            if self._ray.wait([coming], timeout=LOOK_SECONDS)[0]:
                reference = next(coming, None)
                if reference is None:
                    return
                yield self._ray.get(reference)
                seen_s = time.monotonic()
            elif time.monotonic() - seen_s > PATIENCE_SECONDS:
                if self._ray.cluster_resources().get("CPU", 0) < 1:
                    raise LostError
                seen_s = time.monotonic()
        raise StoppedError("the job was given up")


class RayEmbedder:
    """The embedder `here`, whose model the cluster runs, but for counting."""

    def __init__(self, here: Embedder, pool: RayPool) -> None:
        self.model_id = here.model_id
        self.dim = here.dim
        self.max_tokens = here.max_tokens
        self.count_tokens = here.count_tokens
        self.embed_queries = functools.partial(pool.embed, are_questions=True)
        self.embed_documents = functools.partial(pool.embed, are_questions=False)


# What a machine of the cluster does


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
            with suppress(queue.Empty):  # in short steps: what cancels the job comes between two
                reply = replies.get(timeout=LOOK_SECONDS)
                is_over = not isinstance(reply, UnderWay)
                yield reply
    finally:
        if not is_over:  # given up in its midst, with the child that does it
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
        return WorkspaceError(
            f"{name} has Pagelight {version('pagelight')}, not {far.ours}.",
            hint="Every machine of the cluster needs the same version of Pagelight.",
        )
    file = getattr(job, "file", None)
    needed = [far.setup.assets_root.parent, *([Path(file.root)] if file else [])]
    is_reading = not isinstance(job, EmbedJob)
    away = next((path for path in needed if is_reading and not path.is_dir()), None)
    if away is None:
        return None
    return WorkspaceError(
        f"{name} does not see {away}.",
        hint="Every machine of it needs the folder and the workspace under the same paths.",
    )


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
