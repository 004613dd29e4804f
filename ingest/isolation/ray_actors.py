"""Files are read, and text is divided and embedded, by the machines of a Ray cluster.

Each job is done by an actor (`ingest.isolation.ray_reader`), one for each processor, whatever the
job. The machines must see the folder and the workspace under the same paths (a network drive):
documents and vectors come back here, pictures and unpacked files are written where the workspace
is. What is stored, this process alone stores. Knows actors; knows nothing of formats or the index.
"""

from __future__ import annotations

import queue
import secrets
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib.metadata import version
from typing import Any, Final

from ingest.isolation.jobs import (
    Bug,
    ChunkJob,
    Done,
    EmbedJob,
    Failed,
    Job,
    Reply,
    Setup,
    TextDone,
    TextJob,
    TextValue,
    UnderWay,
    Value,
)
from ingest.isolation.ray_cluster import started
from ingest.isolation.ray_reader import MakeEmbedder, RayReader
from ingest.isolation.worker import StoppedError
from rag.datamodel import Chunk, Document
from rag.errors import PagelightError
from rag.protocols import Embedder, Matrix
from rag.settings import without_secrets

READY_SECONDS: Final = 180.0
"""Readers that the cluster has no room for by then are done without."""

RETRIES: Final = 3
"""A job whose machine is lost begins anew on another one, so often; what was told stays told."""

KNOCK_AGAIN_SECONDS: Final = 1.0
"""Between two looks whether a lost reader is there again, maybe on another machine."""

_STREAMED: Final = {"num_returns": "streaming", "_generator_backpressure_num_objects": 1}
"""Replies come one by one, and the reader waits until each is taken: so it rests in a pause."""

KILLED: Final = "(SIGKILL)"
"""Of a child that was killed: by its file's want of memory, or with the machine that goes. A file
that is at fault is so again."""


class RayPool:
    """Readers on a cluster, each lent to one job at a time. Safe for several threads.

    A reader whose machine is lost is done without until Ray has started it again; its job goes to
    another one. Raises SettingsError where Ray is not installed, PagelightError where it can't be
    used.
    """

    def __init__(
        self, setup: Setup, make_embedder: MakeEmbedder, *, cpus: int | None = None
    ) -> None:
        self._ray = started(cpus)
        errors = self._ray.exceptions
        self._lost = (errors.RayActorError, errors.ObjectLostError, errors.NodeDiedError)
        self._closing = threading.Event()
        self._actors = _readers(self._ray, _for_others(setup), make_embedder)
        self._returning: dict[Any, threading.Thread] = {}
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()
        for actor in self._actors:
            self._idle.put(actor)

    @property
    def size(self) -> int:
        """How many jobs run at a time."""
        return len(self._actors)

    def do(self, job: Job, *, on_reply: Callable[[UnderWay], None]) -> Value:
        """As `ingest.isolation.worker.Worker.do`. A lost machine costs time, not the job."""
        value: Value = self._done(job, on_reply)
        return value

    def chunk(
        self, document: Document, /, *, count_tokens: Callable[[str], int], max_tokens: int
    ) -> list[Chunk]:
        """As `ingest.chunking.chunker.chunk_document`; the tokens are counted there."""
        del count_tokens, max_tokens
        chunks: list[Chunk] = self._done(ChunkJob(document=document), _untold)
        return chunks

    def embed(self, texts: Sequence[str], *, are_questions: bool) -> Matrix:
        """Return unit rows in the order of `texts`."""
        job = EmbedJob(texts=tuple(texts), are_questions=are_questions)
        rows: Matrix = self._done(job, _untold)
        return rows.copy()  # what lies in Ray's store can't be written to

    def close(self) -> None:
        """End all readers; jobs under way raise StoppedError. A Ray that we started ends."""
        if self._closing.is_set():  # Ray, asked again, would start again
            return
        self._closing.set()
        for actor in self._actors:
            self._ray.kill(actor)
        for thread in tuple(self._returning.values()):
            thread.join()
        self._ray.shutdown()

    def _done(self, job: Job | TextJob, on_reply: Callable[[UnderWay], None]) -> Any:  # noqa: ANN401 - the job's value
        tell = _Told(on_reply)
        lost: Exception | None = None
        for _ in range(RETRIES + 1):
            actor = self._next_idle()
            try:
                value = _value(self._reply(actor, job, tell))
            except self._lost as error:
                lost = error
                self._await(actor)
                continue
            except BaseException:
                self._idle.put(actor)
                raise
            self._idle.put(actor)
            return value
        raise _lost_again() from lost

    def _reply(self, actor: Any, job: Job | TextJob, tell: _Told) -> Reply | TextDone:  # noqa: ANN401 - an actor of Ray
        reply = self._last_reply(actor, job, tell)
        if isinstance(reply, Failed) and KILLED in str(reply.error):
            return self._last_reply(actor, job, tell)
        return reply

    def _last_reply(self, actor: Any, job: Job | TextJob, tell: _Told) -> Reply | TextDone:  # noqa: ANN401 - as above
        tell.anew()
        coming = actor.do.options(**_STREAMED).remote(job)
        for reference in coming:
            reply: Reply | TextDone = self._ray.get(reference)
            if not isinstance(reply, UnderWay):
                return reply
            try:
                tell(reply)
            except BaseException:  # the taker breaks off: so does the reader
                actor.drop.remote()
                for _ in coming:
                    pass
                raise
        raise StoppedError("the reader ended without an answer")

    def _next_idle(self) -> Any:  # noqa: ANN401 - an actor of Ray
        while True:
            self._refuse_closed()
            try:
                return self._idle.get(timeout=READY_SECONDS)
            except queue.Empty:
                if len(self._returning) == len(self._actors):
                    raise _lost_again() from None

    def _refuse_closed(self) -> None:
        if self._closing.is_set():
            raise StoppedError("the readers were closed")

    def _await(self, actor: Any) -> None:  # noqa: ANN401 - an actor of Ray
        """Lend it again once it is there again; jobs meanwhile go to the others."""
        if self._closing.is_set():
            self._idle.put(actor)  # who waits for one is told so
            raise StoppedError("the readers were closed")
        thread = threading.Thread(target=self._lend_again, args=(actor,), daemon=True)
        self._returning[actor] = thread
        thread.start()

    def _lend_again(self, actor: Any) -> None:  # noqa: ANN401 - an actor of Ray
        while not self._closing.wait(KNOCK_AGAIN_SECONDS):
            with suppress(*self._lost):
                self._ray.get(actor.is_there.remote())
                del self._returning[actor]
                self._idle.put(actor)
                return
        self._idle.put(actor)


class RayEmbedder:
    """The embedder `here`, whose model the cluster runs. Tokens are counted here.

    Raises PagelightError where the cluster can't.
    """

    def __init__(self, here: Embedder, pool: RayPool) -> None:
        self._here = here
        self._pool = pool

    @property
    def model_id(self) -> str:
        return self._here.model_id

    @property
    def dim(self) -> int:
        return self._here.dim

    @property
    def max_tokens(self) -> int:
        return self._here.max_tokens

    def count_tokens(self, text: str) -> int:
        return self._here.count_tokens(text)

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        return self._pool.embed(texts, are_questions=True)

    def embed_documents(self, texts: Sequence[str]) -> Matrix:
        return self._pool.embed(texts, are_questions=False)


class _Told:
    """Tells a job's replies on, each once, however often the job begins anew."""

    def __init__(self, on_reply: Callable[[UnderWay], None]) -> None:
        self._on_reply = on_reply
        self._told = self._at = 0

    def anew(self) -> None:
        self._at = 0

    def __call__(self, reply: UnderWay) -> None:
        self._at += 1
        if self._at > self._told:
            self._told = self._at
            self._on_reply(reply)


def _untold(reply: UnderWay) -> None:
    """Nothing is told of text under way."""


def _lost_again() -> PagelightError:
    return PagelightError(
        "The Ray cluster lost the machine that read a file, again and again.",
        hint="See what its log says (ray logs), or read with --engine local.",
    )


def _value(reply: Reply | TextDone) -> Value | TextValue:
    match reply:
        case Done() | TextDone():
            return reply.value
        case Failed():
            raise reply.error
        case Bug():
            raise RuntimeError(reply.summary)
        case _:
            raise TypeError(f"a reader answered with a {type(reply).__name__}")


def _for_others(setup: Setup) -> Setup:
    return replace(setup, settings=without_secrets(setup.settings))


def _readers(ray: Any, setup: Setup, make_embedder: MakeEmbedder) -> list[Any]:  # noqa: ANN401 - the module
    """Return an actor for each processor that the cluster has to spare, at least one."""
    kind = ray.remote(num_cpus=1, max_restarts=-1, max_concurrency=2)(RayReader)
    wanted = max(1, int(ray.cluster_resources().get("CPU", 1)))
    ours = version("pagelight")
    actors = [
        kind.options(name=f"reader-{secrets.token_hex(8)}").remote(setup, ours, make_embedder)
        for _ in range(wanted)
    ]
    asked = {actor.is_there.remote(): actor for actor in actors}
    there, waiting = ray.wait(list(asked), num_returns=wanted, timeout=READY_SECONDS)
    for reference in waiting:
        ray.kill(asked[reference])
    if not there:
        ray.shutdown()
        raise PagelightError(
            f"The Ray cluster had no processor free within {READY_SECONDS:.0f} seconds.",
            hint="Try again later, or read with --engine local.",
        )
    return [asked[reference] for reference in there]
