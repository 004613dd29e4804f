"""Files are read by the machines of a Ray cluster, each job in a child there as it would be here.

A reader is an actor that holds one worker of `ingest.isolation.worker`, with the same limits. The
machines must see the folder and the workspace under the same paths (a network drive): documents
come back here, pictures and unpacked files are written where the workspace is. What is stored,
this process alone stores. Knows actors and machines; knows nothing of formats or the index.
"""

from __future__ import annotations

import logging
import os
import queue
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from ingest.isolation.jobs import (
    Bug,
    Done,
    Failed,
    Job,
    QueryImageJob,
    Reply,
    Setup,
    TellJob,
    UnderWay,
    Value,
)
from ingest.isolation.worker import StoppedError, Worker
from rag.errors import PagelightError, SettingsError, WorkspaceError
from rag.settings import without_secrets

READY_SECONDS: Final = 180.0
"""Readers that the cluster has no room for by then are done without."""

KNOCK_SECONDS: Final = 10.0
"""A cluster that does not take a connection by then is not there."""

RETRIES: Final = 3
"""A job whose machine is lost begins anew on another one, so often; what was told stays told."""

OBJECT_STORE_BYTES: Final = 200_000_000
"""Ray's own default is a third of the memory; what passes here are single documents."""

ADDRESS: Final = "RAY_ADDRESS"
"""Ray's own variable: the cluster to use. Without it a Ray is started on this machine."""

_STREAMED: Final = {"num_returns": "streaming", "_generator_backpressure_num_objects": 1}
"""Replies come one by one, and the reader waits until each is taken: so it rests in a pause."""

_SAME_PATHS: Final = (
    "Every machine of the cluster needs the folder and the workspace under the same paths."
)

KILLED: Final = "(SIGKILL)"
"""Of a child that was killed: by its file's want of memory, or with the machine that goes. A file
that is at fault is so again."""


class RayPool:
    """Readers on a cluster, each lent to one job at a time. Safe for several threads.

    Raises SettingsError where Ray is not installed, PagelightError where it can't be used.
    """

    def __init__(self, setup: Setup, *, cpus: int | None = None) -> None:
        self._ray = _started(cpus)
        self._closed = False
        self._actors = _readers(self._ray, _for_others(setup))
        self._idle: queue.LifoQueue[Any] = queue.LifoQueue()
        for actor in self._actors:
            self._idle.put(actor)

    @property
    def size(self) -> int:
        """How many jobs run at a time."""
        return len(self._actors)

    def do(self, job: Job, *, on_reply: Callable[[UnderWay], None]) -> Value:
        """As `ingest.isolation.worker.Worker.do`. A lost machine costs time, not the job."""
        with self._lent() as actor:
            try:
                reply = self._last_reply(actor, job, on_reply)
                if isinstance(reply, Failed) and KILLED in str(reply.error):
                    reply = self._last_reply(actor, job, on_reply)
                return _value(reply)
            except self._ray.exceptions.RayActorError as error:
                if self._closed:
                    raise StoppedError("the readers were closed") from error
                raise PagelightError(
                    "The Ray cluster lost the machine that read a file, again and again.",
                    hint="See what its log says (ray logs), or read with --engine local.",
                ) from error

    def close(self) -> None:
        """End all readers; jobs under way raise StoppedError. A Ray that we started ends."""
        if self._closed:  # Ray, asked again, would start again
            return
        self._closed = True
        for actor in self._actors:
            self._ray.kill(actor)
        self._ray.shutdown()

    def _last_reply(
        self,
        actor: Any,  # noqa: ANN401 - an actor of Ray
        job: Job,
        on_reply: Callable[[UnderWay], None],
    ) -> Reply:
        coming = actor.do.options(**_STREAMED).remote(job)
        for reference in coming:
            reply: Reply = self._ray.get(reference)
            if not isinstance(reply, UnderWay):
                return reply
            try:
                on_reply(reply)
            except BaseException:  # the taker breaks off: so does the reader
                actor.drop.remote()
                for _ in coming:
                    pass
                raise
        raise StoppedError("the reader ended without an answer")

    @contextmanager
    def _lent(self) -> Iterator[Any]:
        actor = self._idle.get()
        try:
            yield actor
        finally:
            self._idle.put(actor)


class RayReader:
    """On a machine of the cluster: does one job at a time; `drop` may come in the midst of it.

    `ours` is the version of Pagelight that asks.
    """

    def __init__(self, setup: Setup, ours: str) -> None:
        self._setup = setup
        self._ours = ours
        self._worker = Worker(setup)

    def drop(self) -> None:
        """End the job under way."""
        self._worker.close()
        self._worker = Worker(self._setup)

    def is_there(self) -> bool:
        return True

    def do(self, job: Job) -> Iterator[Reply]:
        """Yield what the job tells under way, then its end."""
        wrong = self._wrong(job)
        if wrong:
            yield Failed(error=WorkspaceError(wrong, hint=_SAME_PATHS))
            return
        replies: queue.Queue[Reply] = queue.Queue(maxsize=1)  # no page ahead of the one taken
        threading.Thread(target=self._work, args=(job, replies.put), daemon=True).start()
        reply: Reply = replies.get()
        while isinstance(reply, UnderWay):
            yield reply
            reply = replies.get()
        yield reply

    def _wrong(self, job: Job) -> str:
        """Say why this machine can't do the job at all; "" where it can."""
        name = f"The machine {socket.gethostname()} of the Ray cluster"
        if version("pagelight") != self._ours:
            return f"{name} has Pagelight {version('pagelight')}, not {self._ours}."
        needed = [self._setup.assets_root.parent]
        if not isinstance(job, QueryImageJob | TellJob):
            needed.append(Path(job.file.root))
        return next((f"{name} does not see {path}." for path in needed if not path.is_dir()), "")

    def _work(self, job: Job, tell: Callable[[Reply], None]) -> None:
        try:
            tell(Done(value=self._worker.do(job, on_reply=tell)))
        except PagelightError as error:
            tell(Failed(error=error))
        except Exception as error:  # noqa: BLE001 - told to the one who asked
            tell(Bug(summary=f"{type(error).__name__}: {error}", traceback=""))


def _value(reply: Reply) -> Value:
    match reply:
        case Done():
            return reply.value
        case Failed():
            raise reply.error
        case Bug():
            raise RuntimeError(reply.summary)
        case _:
            raise TypeError(f"a reader answered with a {type(reply).__name__}")


def _for_others(setup: Setup) -> Setup:
    return replace(setup, settings=without_secrets(setup.settings))


def _started(cpus: int | None) -> Any:  # noqa: ANN401 - the module
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


def _readers(ray: Any, setup: Setup) -> list[Any]:  # noqa: ANN401 - the module
    """Return an actor for each processor that the cluster has to spare, at least one."""
    lasting = {"max_restarts": -1, "max_task_retries": RETRIES, "max_concurrency": 2}
    kind = ray.remote(num_cpus=1, **lasting)(RayReader)
    wanted = max(1, int(ray.cluster_resources().get("CPU", 1)))
    ours = version("pagelight")
    actors = [
        kind.options(name=f"reader-{secrets.token_hex(8)}").remote(setup, ours)
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
