"""Actors on a Ray cluster, each lent to one job at a time; a lost one is done without.

Knows actors and how they are lost; knows nothing of what the jobs do.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Final

from ingest.sandbox.jobs import (
    Bug,
    Done,
    Failed,
    FarDone,
    FarJob,
    FarValue,
    Job,
    Reply,
    UnderWay,
    Value,
)
from ingest.sandbox.stopping import Patience
from ingest.sandbox.worker import StoppedError
from rag.errors import PagelightError

READY_SECONDS: Final = 180.0
"""Actors that the cluster has no room for by then are done without."""

RETRIES: Final = 3
"""A job whose machine is lost begins anew on another one, so often; what was told stays told."""

LOOK_SECONDS: Final = 0.2
"""Between two looks whether a job is still wanted."""

KNOCK_AGAIN_SECONDS: Final = 1.0
"""Between two looks whether a lost reader is there again, maybe on another machine."""

_STREAMED: Final = {"num_returns": "streaming", "_generator_backpressure_num_objects": 1}
"""Replies come one by one, and the reader waits until each is taken: so it rests in a pause."""

KILLED: Final = "(SIGKILL)"
"""Of a child that was killed: by its file's want of memory, or with the machine that goes. A file
that is at fault is so again."""


class LentActors:
    """Actors of one kind. Safe for several threads.

    One whose machine is lost is done without until Ray has started it again; its job goes to
    another one.
    """

    def __init__(
        self,
        ray: Any,  # noqa: ANN401 - the module
        actors: Sequence[Any],
        *,
        patience_s: float = READY_SECONDS,
    ) -> None:
        """Where all are lost for so long, jobs raise LostError."""
        self._ray = ray
        errors = ray.exceptions
        self._lost = (errors.RayActorError, errors.ObjectLostError, errors.NodeDiedError)
        self._closing = threading.Event()
        self._actors = actors
        self._patience_s = patience_s
        self._returning: dict[Any, threading.Thread] = {}
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()
        for actor in actors:
            self._idle.put(actor)

    @property
    def size(self) -> int:
        """How many jobs run at a time."""
        return len(self._actors)

    def close(self) -> None:
        """End all; jobs under way raise StoppedError."""
        self._closing.set()
        for actor in self._actors:
            self._ray.kill(actor)
        for thread in tuple(self._returning.values()):
            thread.join()

    def done(self, job: Job | FarJob, on_reply: Callable[[UnderWay], None]) -> Any:  # noqa: ANN401 - the job's value
        """Have a job done, as `ingest.sandbox.worker.Worker.do`; given up soon after a stop."""
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
        raise LostError from lost

    def _reply(self, actor: Any, job: Job | FarJob, tell: _Told) -> Reply | FarDone:  # noqa: ANN401 - an actor of Ray
        reply = self._last_reply(actor, job, tell)
        if isinstance(reply, Failed) and KILLED in str(reply.error):
            return self._last_reply(actor, job, tell)
        return reply

    def _last_reply(self, actor: Any, job: Job | FarJob, tell: _Told) -> Reply | FarDone:  # noqa: ANN401 - as above
        tell.anew()
        coming = actor.do.options(**_STREAMED).remote(job)
        try:
            for reference in self._references(coming):
                reply: Reply | FarDone = self._ray.get(reference)
                if not isinstance(reply, UnderWay):
                    return reply
                tell(reply)
        except self._lost:
            raise
        except BaseException:  # nobody waits for it, or the taker breaks off: so does the reader
            actor.drop.remote()
            for _ in coming:
                pass
            raise
        raise StoppedError("the reader ended without an answer")

    def _references(self, coming: Iterator[Any]) -> Iterator[Any]:
        """Yield a job's replies, each as a reference. Raises StoppedError once it is given up."""
        patience = Patience()
        while not patience.is_over:
            if self._ray.wait([coming], timeout=LOOK_SECONDS)[0]:
                try:
                    yield next(coming)
                except StopIteration:
                    return
        raise StoppedError("the job was given up")

    def _next_idle(self) -> Any:  # noqa: ANN401 - an actor of Ray
        patience, end_s = Patience(), time.monotonic() + self._patience_s
        while not patience.is_over:
            self._refuse_closed()
            with suppress(queue.Empty):
                return self._idle.get(timeout=min(LOOK_SECONDS, self._patience_s))
            if time.monotonic() >= end_s and len(self._returning) == len(self._actors):
                raise LostError
        raise StoppedError("the job was given up")

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


class LostError(PagelightError):
    """Raised where a job's machine is lost again and again, or all of them for long."""

    def __init__(self) -> None:
        super().__init__(
            "The Ray cluster lost the machine that read a file, again and again.",
            hint="See what its log says (ray logs), or read with --engine local.",
        )


def _value(reply: Reply | FarDone) -> Value | FarValue:
    match reply:
        case Done() | FarDone():
            return reply.value
        case Failed():
            raise reply.error
        case Bug():
            raise RuntimeError(reply.summary)
        case _:
            raise TypeError(f"a reader answered with a {type(reply).__name__}")
