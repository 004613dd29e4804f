"""Files are read, and text is embedded, by the machines of a Ray cluster.

Each job is a task of Ray (`ingest.distributed.task`) on one processor. A job whose machine is lost
begins anew on another one; what was told stays told. The machines must see the folder and the
workspace under the same paths (a network drive): documents and vectors come back here, pictures and
unpacked files are written where the workspace is. What is stored, this process alone stores. Knows
tasks; knows nothing of formats or the index.
"""

from __future__ import annotations

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from typing import Any, Final
from urllib.parse import urlsplit

import numpy as np

from ingest.distributed.task import LOOK_SECONDS, EmbedJob, FarJob, FarSetup, MakeEmbedder, run
from ingest.sandbox.jobs import Bug, Done, Failed, Reply, Setup, UnderWay, Value, answer_as
from ingest.sandbox.parser_process import OnReply
from ingest.sandbox.stopping import Patience
from ingest.sandbox.worker import StoppedError
from rag.errors import PagelightError, SettingsError
from rag.protocols import Embedder, Matrix
from rag.settings import for_reading

KNOCK_SECONDS: Final = 10.0
"""A cluster that does not take a connection by then is not there."""

OBJECT_STORE_BYTES: Final = 200_000_000
"""Ray's own default is a third of the memory; what passes here are single documents."""

ADDRESS: Final = "RAY_ADDRESS"
"""Ray's own variable: the cluster to use. Without it a Ray is started on this machine."""


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


A_CALL: Final = 256
"""Texts that a processor is given in one call: of 1,024 that are gathered, several share."""

RETRIES: Final = 3
"""A job whose machine is lost begins anew on another one, so often."""

PATIENCE_SECONDS: Final = 180.0
"""A cluster that has had no processor for so long is given up."""

KILLED: Final = "(SIGKILL)"
"""Of a child that was killed: by its file's want of memory, or with the machine that goes. A file
that is at fault is so again."""


class LostError(PagelightError):
    """Raised where a job's machine is lost again and again, or all of them for long."""

    def __init__(self) -> None:
        super().__init__(
            "The Ray cluster lost the machine that read a file, again and again.",
            hint="See what its log says (ray logs), or read with --engine local.",
        )


class RayPool:
    """The machines of a cluster. Safe for several threads.

    Raises SettingsError where Ray is not installed, PagelightError where it can't be used.
    """

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
        """As `ingest.sandbox.worker.Worker.do`; given up soon after a stop.

        A lost machine costs time, not the job.
        """
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
        """Return how a job ends; what it tells under way goes to `on_reply`."""
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
    """The embedder `here`, whose model the cluster runs. Tokens are counted here.

    Raises PagelightError where the cluster can't.
    """

    def __init__(self, here: Embedder, pool: RayPool) -> None:
        self.model_id = here.model_id
        self.dim = here.dim
        self.max_tokens = here.max_tokens
        self.count_tokens = here.count_tokens
        self._pool = pool

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return self._pool.embed(texts, are_questions=True)

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        return self._pool.embed(texts, are_questions=False)
