"""A folder looked at until it has changed and come to rest. Knows stats and clocks; reads nothing.

By looking, not by the system's notices: those are lost on network drives and in containers, and
are too few for large folders. A look costs what listing the folder costs, and is taken so rarely
that it uses a twentieth of one core at most.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import Final

from ingest.discovery.discover import LOCAL_DISK, Disk, lies_in, scan
from ingest.remote.address import room_of
from rag.datamodel import Version
from rag.errors import PagelightError

LOOK_EVERY_S: Final = 1.0
"""Between two looks at a folder that is listed quickly."""

LOOK_ELSEWHERE_EVERY_S: Final = 60.0
"""The same where a server is asked: each look costs it a request for each folder."""

REST_S: Final = 2.0
"""So long nothing may change before the folder is read: a copy under way is not read by halves."""

LONGEST_UNREST_S: Final = 60.0
"""A folder in which something changes all the time (a log) is read this often all the same."""

_IDLE_SHARE: Final = 20
"""The time between two looks through the time that a look takes."""

Snapshot = Mapping[str, Version]
"""How each file stands, by source."""


@dataclass
class FolderWatch:
    """Remembers how a folder stood, and tells when it stands otherwise.

    `wait` and `clock` are those of `time`. `on_gone` is called once whenever the folder can't be
    listed, with the reason; what is there no more is not told as a change until it can be again.
    What lies in a folder of it that can't be listed stands as it did. `disk` lists folders;
    `extra` returns the folders that are watched with it, by their names.
    """

    folder: Path
    _: KW_ONLY
    on_gone: Callable[[str], None]
    wait: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    disk: Disk = LOCAL_DISK
    extra: Callable[[], Mapping[str, Path]] = dict

    def __post_init__(self) -> None:
        here = room_of(self.folder) is None
        self._every_s = self._pause_s = LOOK_EVERY_S if here else LOOK_ELSEWHERE_EVERY_S
        self._seen = self._snapshot({})

    @property
    def file_count(self) -> int:
        return len(self._seen)

    def changes(self) -> Iterator[None]:
        """Yield after each change, once it has come to rest; never ends by itself.

        What changes while the taker is at work is told next. Raises PagelightError at the first
        look if the folder can't be listed.
        """
        while True:
            self.wait(self._pause_s)
            now = self._look()
            if now != self._seen:
                self._seen = self._at_rest(now)
                yield

    def _at_rest(self, now: Snapshot) -> Snapshot:
        began_at = still_since = self.clock()
        while self.clock() - still_since < REST_S:
            if self.clock() - began_at > LONGEST_UNREST_S:
                break
            self.wait(self._pause_s)
            after = self._look()
            if after != now:
                now, still_since = after, self.clock()
        return now

    def _look(self) -> Snapshot:
        is_reported = False
        while True:
            start = self.clock()
            try:
                found = self._snapshot(self._seen)
            except PagelightError as error:
                if not is_reported:
                    self.on_gone(str(error))
                is_reported = True
                self.wait(self._pause_s)
                continue
            self._pause_s = max(self._every_s, _IDLE_SHARE * (self.clock() - start))
            return found

    def _snapshot(self, before: Snapshot) -> Snapshot:
        found, skipped = scan(self.folder, extra=self.extra(), disk=self.disk)
        unseen = {each.source for each in skipped if each.unseen}
        kept = {source: stood for source, stood in before.items() if lies_in(source, unseen)}
        return kept | {file.source: file.version for file in found}
