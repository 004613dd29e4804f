"""What `LentActors` asks of Ray, by threads of this process; readers and children are real."""

import queue
import threading
from importlib.metadata import version
from types import SimpleNamespace

from fakes import FakeEmbedder

from ingest.distributed.ray_lending import LentActors
from ingest.distributed.ray_reader import RayReader

END = object()


class Coming:
    """The replies of a job, as Ray's generator of references: each waits until it is taken."""

    def __init__(self, replies):
        self._replies = queue.Queue(maxsize=1)
        self._next = []
        threading.Thread(target=self._put, args=(replies,), daemon=True).start()

    def _put(self, replies):
        for reply in replies:
            self._replies.put(reply)
        self._replies.put(END)

    def is_ready(self, timeout):
        if not self._next:
            try:
                self._next.append(self._replies.get(timeout=timeout))
            except queue.Empty:
                return False
        return True

    def __iter__(self):
        return self

    def __next__(self):
        reply = self._next.pop() if self._next else self._replies.get()
        if reply is END:
            self._next.append(END)
            raise StopIteration
        return reply


class RayHere:
    """One actor."""

    exceptions = SimpleNamespace(
        RayActorError=ConnectionError,
        ObjectLostError=ConnectionError,
        NodeDiedError=ConnectionError,
    )

    def __init__(self, setup):
        self._reader = RayReader(setup, version("pagelight"), FakeEmbedder)
        actor = SimpleNamespace(do=self, drop=SimpleNamespace(remote=self._reader.drop))
        self._lent = LentActors(self, [actor])
        self.size = self._lent.size
        self.do = self._lent.done

    def options(self, **_):
        return self

    def remote(self, job):
        return Coming(self._reader.do(job))

    def wait(self, waited, *, timeout):
        (coming,) = waited
        return ([coming], []) if coming.is_ready(timeout) else ([], [coming])

    def get(self, reply):
        return reply

    def kill(self, actor):
        actor.drop.remote()

    def close(self):
        self._lent.close()
