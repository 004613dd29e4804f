"""What servers of one workspace tell each other: its owner reads, answers are written anywhere.

All goes through the ledger. Knows threads; knows nothing of parsers, HTML, or how answers come.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from filelock import FileLock, Timeout

from ingest.pipeline.progress import IngestProgress, Report
from pagelight.services.jobs.jobs import Jobs, JobState
from pagelight.services.jobs.watch import Periodic
from rag.errors import DatabaseError, PagelightError
from rag.storage.database.servers import GrowingAnswer, GrowingAnswers
from rag.storage.workspace.store import WorkspaceIndex

if TYPE_CHECKING:
    from pagelight.services.jobs.jobs import FollowedIngest

logger = logging.getLogger(__name__)

LOOK_S: Final = 0.5
"""So often the owner tells how far it has come, and looks what it is asked."""

START: Final = "start"
"""What is asked of the owner: to read the folder, once what it is reading is read."""

_ABOUT: Final = "\n"
"""Stands in a wish before what it is about."""

TURN_NAME: Final = "reading.lock"


class SharedTurn:
    """A lock that one thread of one process holds. Any thread may release it."""

    def __init__(self, path: Path) -> None:
        self._here = threading.Lock()
        self._lock = FileLock(path, mode=0o600, thread_local=False)

    def acquire(self, *, timeout: float = -1) -> bool:
        """Take it; False where somebody else has it for longer. Below 0 it is waited for."""
        if not self._here.acquire(timeout=timeout):
            return False
        try:
            self._lock.acquire(timeout=timeout)
        except Timeout:
            self._here.release()
            return False
        return True

    def release(self) -> None:
        self._lock.release()
        self._here.release()


class SharedJobs(Jobs):
    """As `Jobs`, for a server that may own the workspace or not. Begun by `follow`."""

    def __init__(
        self, make: Callable[[], FollowedIngest], index: WorkspaceIndex, *, folder: Path | None
    ) -> None:
        super().__init__(make, folder=folder, turn=SharedTurn(index.workspace / TURN_NAME))
        self._index = index
        self.grants: Mapping[str, Callable[[str], None]] = {}
        """What servers of other machines may ask for besides, each with what it is about."""
        self._published: dict[str, Any] = {}
        self._seen = super().state
        trouble = "the other servers could not be told: %s"
        self._following = Periodic("follow", self._follow, every_s=LOOK_S, trouble=trouble)

    def follow(self) -> None:
        """Begin to tell the others, and to do what they ask."""
        self._following.begin()

    @property
    def state(self) -> JobState:
        own = super().state
        if self._index.is_owned:
            return own
        with suppress(DatabaseError):  # that is away: then it stands as it was seen last
            reading = self._index.reading
            is_asked = START in reading.asked().values()  # before: what is done is told first
            state = _state_of(reading.last_state(), folder=own.folder)
            self._seen = replace(state, running=state.running or is_asked)
        return self._seen

    def start(self, *, remove_all: bool = False, passwords: Sequence[str] = ()) -> bool:
        if self._index.is_owned:
            return super().start(remove_all=remove_all, passwords=passwords)
        if self.state.folder is None or passwords:  # which go to no other machine
            return False
        self._index.reading.ask("start anew" if remove_all else START)
        return True

    def run(self, folder: Path, *, remove_all: bool = False) -> Report:
        self._check_here()
        return super().run(folder, remove_all=remove_all)

    @contextmanager
    def held_off(self) -> Iterator[None]:
        self._check_here()
        with super().held_off():
            yield

    def ask_elsewhere(self, wish: str, about: str) -> bool:
        if self._index.follows:
            self._index.reading.ask(f"{wish}{_ABOUT}{about}")
        return self._index.follows

    def stand_back(self) -> None:
        """End the run under way: another machine reads from now on."""
        super().cancel()

    def cancel(self) -> None:
        self._steer("cancel")

    def pause(self) -> None:
        self._steer("pause")

    def go_on(self) -> None:
        self._steer("go on")

    def close(self, *, timeout_s: float = 10.0) -> None:
        self._following.close()
        if self._index.is_owned:
            super().close(timeout_s=timeout_s)
            self._tell()

    def _steer(self, wish: str) -> None:
        if self._index.is_owned:
            self._do(wish)
        else:
            self._index.reading.ask(wish)

    def _do(self, wish: str) -> bool:
        """Return whether it is done; a start, or what is about a document, may have to wait."""
        kind, _, about = wish.partition(_ABOUT)
        match wish:
            case "start":
                return super().start() or super().state.folder is None
            case "start anew":
                super().start(remove_all=True)
            case "cancel":
                super().cancel()
            case "pause":
                super().pause()
            case "go on":
                super().go_on()
            case _ if kind not in self.grants:
                logger.warning("a server of another version asked for %r", wish)
            case _ if super().state.running:
                return False
            case _:
                self.grants[kind](about)
        return True

    def _check_here(self) -> None:
        if self._index.follows:
            raise PagelightError(
                "Another machine reads the documents in.", hint="Ask the server that runs there."
            )

    def _follow(self) -> None:
        """Tell how far it is, and do what the others ask: told before it is asked no more."""
        if not self._index.is_owned:
            return
        self._tell()
        asked, done = self._index.reading.asked(), set[int]()
        for number, wish in asked.items():
            if wish == "cancel":  # what was to be read after that, too
                done.update(earlier for earlier in asked if earlier < number)
            if self._do(wish):
                done.add(number)
        if done:
            self._tell()
            self._index.reading.done(done)

    def _tell(self) -> None:
        state = super().state
        shown = asdict(state.progress) if state.running and state.progress else None
        published = {name: getattr(state, name) for name in _PUBLISHED} | {"progress": shown}
        if published != self._published:
            self._index.reading.tell(published)
            self._published = published


_PUBLISHED: Final = ("running", "paused", "stopping", "error", "emptied")


def _state_of(published: dict[str, Any], *, folder: Path | None) -> JobState:
    """Return the state that was told; that of nothing under way where it can't be read."""
    progress = published.pop("progress", None)
    try:
        return JobState(
            folder=folder, progress=IngestProgress(**progress) if progress else None, **published
        )
    except TypeError:  # of another version
        return JobState(folder=folder)


PUBLISH_S: Final = 0.3
"""So often an answer is told as far as it has come, and those of others are looked at."""


class Elsewhere:
    """One person's. Safe for several threads."""

    def __init__(self, store: GrowingAnswers) -> None:
        self._store = store
        self._published_s: dict[str, float] = {}
        self._found: dict[str, GrowingAnswer] = {}
        self._found_s = float("-inf")

    def begin(self, answer: GrowingAnswer) -> None:
        self._tried(partial(self._store.begin, answer))

    def grow(self, answer: GrowingAnswer) -> bool:
        """Tell how far it has come, now and then; return whether it is to be stopped."""
        talk, now = answer.conversation_id, time.monotonic()
        if now - self._published_s.get(talk, float("-inf")) < PUBLISH_S:
            return False
        self._published_s[talk] = now
        return bool(self._tried(partial(self._store.grow, answer)))

    def end(self, conversation_id: str, exchange_id: str) -> None:
        self._published_s.pop(conversation_id, None)
        self._tried(partial(self._store.end, conversation_id, exchange_id))

    def _tried(self, tell: Callable[[], bool | None]) -> bool | None:
        try:
            return tell()
        except PagelightError as error:
            logger.warning("other servers could not be told of an answer: %s", error)
            return None

    def stop(self, conversation_id: str) -> None:
        self._store.stop(conversation_id)

    def is_stopping(self, conversation_id: str) -> bool:
        """Tell whether an answer in a conversation was asked to be stopped, and is not yet."""
        found = self.all().get(conversation_id)
        return found is not None and found.is_stopping

    def lately(self) -> dict[str, GrowingAnswer]:
        """As `all`, but for the last `PUBLISH_S`."""
        return self._found if time.monotonic() - self._found_s < PUBLISH_S else self.all()

    def all(self) -> dict[str, GrowingAnswer]:
        self._found_s = time.monotonic()
        self._found = {each.conversation_id: each for each in self._store.elsewhere()}
        return self._found
