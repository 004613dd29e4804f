"""The pictures of one index at an address, each under its name, which is the hash of its bytes.

What lies there is listed once and remembered, for whoever writes there is one process at a time.
A note at the address says whose pictures they are, so that no other index deletes them.
"""

from __future__ import annotations

import hashlib
import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from math import inf
from typing import Final

from rag.storage.images.assets import StoredPicture
from rag.storage.images.server import KEYS, FileServer, RemoteError, checked_address

AT_ONCE: Final = 16
"""Pictures that are sent at the same time: each waits for the server's answer."""

LISTED_S: Final = 3600.0
"""What was listed so long ago is listed again when it is next needed."""

AWAY_S: Final = 30.0
"""So long after a server was not reached no picture is asked of it: each takes 10 s to fail."""

MAX_BYTES: Final = 1_000_000_000
"""Of one picture that is fetched."""

OWNER: Final = "index.txt"
"""The note: the id of the index whose pictures lie beside it."""

_OWNER_BYTES: Final = 200
_SECOND_NS: Final = 1e9
_NAME: Final = re.compile(r"([0-9a-f]{2})/([0-9a-f]{62})\.(?:png|jpg)(\.[0-9a-f]+\.part)?")
"""Of a picture, or of one that was begun beside its place: whatever else lies there is not ours."""


class PictureBucket:
    """Of one index. Any thread may call. What concerns all of the address raises RemoteError."""

    def __init__(self, address: str, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises SettingsError for what is no address."""
        self.address = checked_address(address)
        self._server = FileServer(self.address)
        self._clock = clock
        self._lock = threading.RLock()
        self._listed: dict[str, StoredPicture] | None = None
        self._listed_s = 0.0
        self._away: tuple[float, RemoteError] | None = None
        self._is_claimed = False

    def claim(self, ids: Callable[[], Sequence[str]]) -> None:
        """Note the first of an index's ids as the owner. Raises RemoteError: it is another's."""
        with self._lock:
            if self._is_claimed:
                return
            owner, known = "", ids()
            with self._told(), suppress(FileNotFoundError):
                owner = self._server.read(OWNER, max_bytes=_OWNER_BYTES).decode("utf-8", "replace")
            if owner and owner not in known:
                raise RemoteError(
                    f"The pictures at {self.address} are those of another workspace.",
                    hint="Name another folder there with RAG_ASSETS_URL; if that workspace is gone,"
                    " delete what lies there.",
                )
            if owner != known[0]:
                with self._told():
                    self._server.write(OWNER, known[0].encode())
            self._is_claimed = True

    def listed(self) -> Mapping[str, StoredPicture]:
        """Return what lies there by name, as it is known: listed at most an hour ago."""
        with self._lock:
            return dict(self._known())

    def has(self, name: str) -> bool:
        """Tell whether a picture lies there, as far as is known."""
        found = self.listed().get(name)
        return found is not None and found.size_bytes > 0

    def forget(self) -> None:
        """Forget what is known: another process may have written since."""
        with self._lock:
            self._listed = None
            self._is_claimed = False

    def send(self, names: Collection[str], read: Callable[[str], bytes]) -> None:
        """Let these pictures lie there; `read` returns the bytes of one that lacks, or none."""
        with self._lock, ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sending") as threads:
            try:
                known = self._known()
                lacking = sorted({n for n in names if n not in known or not known[n].size_bytes})
                sizes = list(threads.map(lambda name: self._send(name, read(name)), lacking))
            except RemoteError:
                self.forget()
                raise
            for name, size_bytes in zip(lacking, sizes, strict=True):
                if size_bytes:
                    known[name] = _stored(name, size_bytes, time.time())

    def fetch(self, name: str) -> bytes:
        """Return a picture. Raises OSError where it is not there, or damaged."""
        if self._away is not None and self._clock() - self._away[0] < AWAY_S:
            raise RemoteError(self._away[1].message, hint=self._away[1].hint)
        try:
            data = self._server.read(name, max_bytes=MAX_BYTES)
        except RemoteError as error:
            self._away = (self._clock(), error)
            raise
        if not _is_whole(name, data):
            raise OSError(f"the picture {name} at {self.address} is damaged")
        return data

    def delete(self, names: Collection[str]) -> None:
        """Delete pictures."""
        with self._lock:
            with self._told():
                self._server.delete(names)
            for name in names:
                (self._listed or {}).pop(name, None)

    def _known(self) -> dict[str, StoredPicture]:
        if self._listed is None or self._clock() - self._listed_s > LISTED_S:
            listed = {}
            for name, entry in self._server.below().items():
                if _NAME.fullmatch(name):  # of the time of its change a server may tell nothing
                    changed_s = entry.mtime_ns / _SECOND_NS if entry.mtime_ns >= _SECOND_NS else inf
                    listed[name] = _stored(name, entry.size_bytes, changed_s)
            self._listed, self._listed_s = listed, self._clock()
        return self._listed

    def _send(self, name: str, data: bytes) -> int:
        """Send a picture; return its bytes, 0 of one that is not there whole."""
        if not _is_whole(name, data):
            return 0
        with self._told():
            self._server.write(name, data)
        return len(data)

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise RemoteError(
                f"{self.address} may not be written: {error.strerror or error}.",
                hint=f"Check that it is there, and the keys ({KEYS}).",
            ) from error


def _stored(name: str, size_bytes: int, changed_s: float) -> StoredPicture:
    return StoredPicture(id=_id(name), path=name, size_bytes=size_bytes, changed_s=changed_s)


def _is_whole(name: str, data: bytes) -> bool:
    return hashlib.sha256(data).hexdigest() == _id(name)


def _id(name: str) -> str:
    """Return the id of the picture of this name; "" for a beginning of one."""
    match = _NAME.fullmatch(name)
    return match[1] + match[2] if match and not match[3] else ""
