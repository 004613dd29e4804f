"""Ingests of a workspace that several servers have open: its owner reads, the others ask it to.

What is told and asked goes through the ledger. Knows threads; knows nothing of parsers or HTML.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from filelock import FileLock, Timeout

from ingest.pipeline.progress import IngestProgress, Report
from pagelight.services.jobs.jobs import Ingesting, Jobs, JobState
from rag.errors import DatabaseError, PagelightError
from rag.storage.workspace.store import WorkspaceIndex

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
        self, make: Callable[[], Ingesting], index: WorkspaceIndex, *, folder: Path | None
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
        """Return whether it is done. A run under way may have passed what a start is for."""
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
            case _:
                return self._grant(wish)
        return True

    def _grant(self, wish: str) -> bool:
        """Do what is asked about a document; not yet while documents are read."""
        kind, _, about = wish.partition(_ABOUT)
        if kind not in self.grants:
            logger.warning("a server of another version asked for %r", wish)
        elif super().state.running:
            return False
        else:
            self.grants[kind](about)
        return True

    def _check_here(self) -> None:
        if self._index.follows:
            raise PagelightError(
                "Another machine reads the documents in.", hint="Ask the server that runs there."
            )

    def _follow(self) -> None:
        if self._index.is_owned:
            self._tell()
            self._do_asked()

    def _do_asked(self) -> None:
        """Do what the others ask; what is done is told before it is asked no more."""
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
        published = _published_state(super().state)
        if published != self._published:
            self._index.reading.tell(published)
            self._published = published


def _published_state(state: JobState) -> dict[str, Any]:
    shown = state.progress if state.running else None
    return {
        "running": state.running,
        "paused": state.paused,
        "error": state.error,
        "emptied": state.emptied,
        "progress": asdict(shown) if shown else None,
    }


def _state_of(published: dict[str, Any], *, folder: Path | None) -> JobState:
    """Return the state that was told; that of nothing under way where it can't be read."""
    progress = published.pop("progress", None)
    try:
        return JobState(
            folder=folder, progress=IngestProgress(**progress) if progress else None, **published
        )
    except TypeError:  # of another version
        return JobState(folder=folder)


COPY_S: Final = 0.5
"""So often it is looked what is new."""

TAKE_OVER_S: Final = 1.0
"""So often it is tried: a file is opened each time, or a database is asked."""

AFTER_BUG_S: Final = 30.0
CLOSE_S: Final = 10.0


class Periodic:
    """Calls `look` on a thread every `every_s`, from `begin` to `close`.

    A PagelightError (a database that is away) is told once as long as it lasts, by `trouble`.
    """

    def __init__(
        self, name: str, look: Callable[[], object], *, every_s: float, trouble: str = "%s"
    ) -> None:
        self._name = name
        self._look = look
        self._every_s = every_s
        self._trouble = trouble
        self._reported = ""
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(CLOSE_S)

    @property
    def is_over(self) -> bool:
        return self._over.is_set()

    def look(self) -> None:
        """Look now; raises a bug alone."""
        try:
            self._look()
            self._reported = ""
        except PagelightError as error:
            if str(error) != self._reported:
                logger.warning(self._trouble, error)
            self._reported = str(error)

    def _run(self) -> None:
        wait_s = self._every_s
        while not self._over.wait(wait_s):
            wait_s = self._every_s
            try:
                self.look()
            except Exception:
                logger.exception("%s failed because of a bug", self._name)
                wait_s = AFTER_BUG_S


class Copying(Periodic):
    """Keeps a copy up. `on_change` is called once all that was new is here, or sent."""

    def __init__(self, copied: WorkspaceIndex, on_change: Callable[[], object]) -> None:
        trouble = "Documents are not shared with other machines: %s"
        super().__init__("copying", self._share, every_s=COPY_S, trouble=trouble)
        self._copied = copied
        self._on_change = on_change

    def _share(self) -> None:
        has_changed = False
        while not self.is_over and self._copied.share():
            has_changed = True
        if has_changed:
            self._on_change()


class Succession(Periodic):
    """Waits beside the owner of a workspace, to own it once the other is gone.

    `on_owned` is called each time that it comes to be owned, at `begin` where it is already, else
    on a thread; `on_lost` when it is lost.
    """

    def __init__(
        self,
        owned: WorkspaceIndex,
        on_owned: Callable[[], None],
        on_lost: Callable[[], None],
        *,
        every_s: float = TAKE_OVER_S,
    ) -> None:
        super().__init__("succession", self._try, every_s=every_s)
        self._owned = owned
        self._on_owned = on_owned
        self._on_lost = on_lost
        self._is_owned = False

    def begin(self) -> None:
        self.look()
        super().begin()

    def _try(self) -> None:
        owns = self._owned.take_over()
        if owns == self._is_owned:
            return
        self._is_owned = owns
        if owns:
            logger.info("the workspace is this server's from now on")
            self._on_owned()
        else:
            logger.warning("Another machine reads the documents from now on.")
            self._on_lost()
