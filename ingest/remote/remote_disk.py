"""A disk that holds the folders of addresses, too: files are fetched when they are read.

With a file comes what is read together with it: subtitles beside a recording, pictures that a page
shows. They are cached as far as a limit allows.

While an ingest reads, what finds no more room is let go as soon as it is read: files come one after
another, and none would be there still when it is wanted again. Who looks at a page has theirs
fetched in place of what nobody looked at for longest. Knows sizes and times; knows no format.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from ingest.discovery.beside import recordings, sidecars
from ingest.discovery.discover import ClosedFileError, Disk
from ingest.discovery.stable_read import UNSTEADY, UnsteadyError
from ingest.remote.address import RemoteListing, RemotePlace
from rag.errors import PagelightError
from rag.storage.files.folder import concerns_disk, unwritable
from rag.storage.images.server import RemoteError

MAX_PICTURES: Final = 200
"""Of one page."""

MAX_BYTES: Final = 20_000_000
"""Of a page that is looked through for the names of pictures."""

_PAGES: Final = frozenset({".html", ".htm", ".xhtml", ".md", ".markdown", ".rst", ".tex"})
_BETWEEN: Final = re.compile(r"""[\s"'()<>{}\[\]]+""")
_PICTURES: Final = tuple(".png .jpg .jpeg .gif .webp .bmp .tif .tiff .svg .heic".split())


def neighbours(path: Path, *, names: Callable[[Path], list[str]]) -> Iterator[Path]:
    """Yield the files that a reader of `path`, which is there, opens beside it.

    `names` tells the files of a folder.
    """
    yield from map(path.with_name, sidecars(path.name, names(path.parent)))
    if path.suffix.lower() in _PAGES and path.stat().st_size <= MAX_BYTES:
        yield from islice(_pictures(path, names), MAX_PICTURES)


def _pictures(path: Path, names: Callable[[Path], list[str]]) -> Iterator[Path]:
    said = _BETWEEN.split(path.read_bytes().decode(errors="replace"))
    bare = (unquote(name.partition("?")[0].rstrip(".,;:")) for name in dict.fromkeys(said))
    for name in bare:
        picture = Path(os.path.normpath(path.parent / name))
        if name.lower().endswith(_PICTURES) and picture.name in names(picture.parent):
            yield picture


logger = logging.getLogger(__name__)

AWAY_S: Final = 30.0
"""So long after a server was not reached no other file is asked of it: each takes 10 s to fail."""

IN_USE_S: Final = 60.0
"""A file that was used so lately is not let go for another: who asked for it may be opening it."""

LOCKS: Final = 64
"""Files are fetched one at a time of each of so many shares of all paths."""

STALE_S: Final = 86_400.0
"""What began to be fetched so long ago, and is not whole, never will be: its process was killed."""


class UnfetchedError(UnsteadyError, ClosedFileError):
    """Raised where a file can't be fetched just now: no fault of the file."""


class RemoteDisk(RemoteListing, Disk):
    """The disk with what lies on servers, of one workspace; caches `max_mb` at most.

    Any thread may call, and several processes.
    """

    def __init__(self, workspace: Path, *, max_mb: int) -> None:
        super().__init__(workspace)
        self._max_bytes = max_mb * 1_000_000
        self._locks = [threading.Lock() for _ in range(LOCKS)]
        self._borrowers: Counter[str] = Counter()
        self._held_bytes: dict[Path, int] = {}
        self._counting = threading.Lock()
        self._away: dict[Path, tuple[float, str]] = {}

    @contextmanager
    def open_for_reading(self, path: str, /) -> Iterator[None]:
        """Let a file, and what is read with it, be at its path; any of this machine is already.

        Raises UnfetchedError where it can't be fetched, WorkspaceError where it can't be written.
        """
        place = self.place(path)
        if place is None:
            yield
            return
        with ExitStack() as stack:
            stack.enter_context(self._lent(path, place))
            for other in map(os.fspath, neighbours(Path(path), names=self.names)):
                if (beside := self.place(other)) is not None:
                    with suppress(UnfetchedError):  # without it the file is read all the same
                        stack.enter_context(self._lent(other, beside))
            for name in recordings(Path(path).name, self.names(Path(path).parent)):
                with suppress(FileExistsError):  # its name alone tells how subtitles are read
                    Path(path).with_name(name).open("xb").close()
            yield

    def keep(self, path: Path) -> None:
        """Let a file that is looked at be at its path, if it can be fetched. Raises nothing.

        What was not looked at for longest goes for it.
        """
        place = self.place(os.fspath(path))
        if place is None:
            return
        try:
            self._fetch(os.fspath(path), place)
            self._make_room(place)
        except (PagelightError, OSError) as error:
            logger.warning("%s can't be shown: %s", place.inside, error)

    def forget(self, paths: Iterable[Path], /) -> None:
        """Let go of files that their server has no more."""
        for path in paths:
            place = self.place(os.fspath(path))
            if place is not None:
                self._let_go(path, place)

    # One file

    @contextmanager
    def _lent(self, path: str, place: RemotePlace) -> Iterator[None]:
        with self._counting:
            self._borrowers[path] += 1
        try:
            self._fetch(path, place)
            yield
        finally:
            with self._lock(path):
                with self._counting:
                    self._borrowers[path] -= 1
                    is_last = not self._borrowers[path]
                    if is_last:
                        del self._borrowers[path]
                if is_last and self._held(place) > self._max_bytes:
                    self._let_go(Path(path), place)

    def _fetch(self, path: str, place: RemotePlace) -> None:
        """Bring a file unless it is there, in the version that was listed."""
        with self._lock(path):
            try:
                wanted = self.stat(path)
                if not _is_there(path, wanted):
                    self._bring(Path(path), place, wanted)
                os.utime(path, ns=(int(time.time() * 1e9), wanted.st_mtime_ns))
            except RemoteError as error:
                self._away[place.room.folder] = (time.time(), str(error))
                raise UnfetchedError(str(error)) from error
            except FileNotFoundError as error:
                raise UnfetchedError("It went away after it was listed.") from error
            except OSError as error:
                failed = f"It can't be fetched: {error.strerror or error}."
                raise UnfetchedError(failed, hint="The next ingest tries again.") from error

    def _bring(self, path: Path, place: RemotePlace, wanted: os.stat_result) -> None:
        """Fetch a file beside its place, and put it there whole. Raises OSError, RemoteError."""
        since_s, reason = self._away.get(place.room.folder, (float("-inf"), ""))
        if time.time() - since_s < AWAY_S:
            raise UnfetchedError(reason)
        coming = place.room.coming / secrets.token_hex(8)
        try:
            coming.parent.mkdir(exist_ok=True)
            place.server.fetch(place.inside, coming, max_bytes=wanted.st_size)
            now = place.server.file(place.inside)
            if (now.size_bytes, now.mtime_ns) != (wanted.st_size, wanted.st_mtime_ns):
                raise UnfetchedError(UNSTEADY)
            path.parent.mkdir(parents=True, exist_ok=True)
            os.utime(coming, ns=(wanted.st_mtime_ns, wanted.st_mtime_ns))
            self._count(place, wanted.st_size - _size_bytes(path))
            coming.replace(path)
        except OSError as error:
            if concerns_disk(error):
                raise unwritable(path, error) from error
            raise
        finally:
            coming.unlink(missing_ok=True)

    def _lock(self, path: str) -> threading.Lock:
        return self._locks[hash(path) % LOCKS]

    def _let_go(self, path: Path, place: RemotePlace) -> None:
        size_bytes = _size_bytes(path)
        path.unlink(missing_ok=True)
        self._count(place, -size_bytes)

    # All of an address

    def _held(self, place: RemotePlace) -> int:
        """Return how many bytes are kept of an address."""
        with self._counting:
            if place.room.folder not in self._held_bytes:
                for status, path in _files_below(place.room.coming):
                    if time.time() - status.st_mtime > STALE_S:
                        path.unlink(missing_ok=True)
                held = sum(status.st_size for status, _ in _files_below(place.room.root))
                self._held_bytes[place.room.folder] = held
            return self._held_bytes[place.room.folder]

    def _count(self, place: RemotePlace, size_bytes: int) -> None:
        self._held(place)
        with self._counting:
            self._held_bytes[place.room.folder] += size_bytes

    def _make_room(self, place: RemotePlace) -> None:
        """Let go of what was not used for longest, until what is kept is within the limit."""
        if self._held(place) <= self._max_bytes:
            return
        kept = sorted(_files_below(place.room.root), key=lambda each: each[0].st_atime)
        held = sum(status.st_size for status, _ in kept)
        for status, path in kept:
            if held <= self._max_bytes or time.time() - status.st_atime < IN_USE_S:
                break
            self._let_go(path, place)
            held -= status.st_size
        with self._counting:
            self._held_bytes[place.room.folder] = held


def _is_there(path: str, wanted: os.stat_result) -> bool:
    try:
        here = os.stat(path)  # noqa: PTH116 - as it came
    except FileNotFoundError:
        return False
    return (here.st_size, here.st_mtime_ns) == (wanted.st_size, wanted.st_mtime_ns)


def _size_bytes(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _files_below(folder: Path) -> Iterator[tuple[os.stat_result, Path]]:
    for path in folder.rglob("*"):
        try:
            if path.is_file():
                yield path.stat(), path
        except OSError:  # let go meanwhile
            continue
