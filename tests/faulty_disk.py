"""A disk that gives out where a test wants it: passed in where the program lists folders."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from ingest.discovery.discover import Disk


@dataclass
class FaultyDisk(Disk):
    """As `os`, but for what fails: the number of an error, by path.

    A folder that breaks off yields `entries_first` of its entries before its error comes.
    """

    faults: dict[str, int] = field(default_factory=dict)
    breaks: dict[str, int] = field(default_factory=dict)
    entries_first: int = 0
    stats: dict[str, os.stat_result] = field(default_factory=dict)

    def fail(self, path: Path, number: int) -> None:
        """Let the system tell nothing of a file or folder."""
        self.faults[os.fspath(path)] = number

    def break_off(self, folder: Path, number: int) -> None:
        """Let the listing of a folder end early, though the folder is there."""
        self.breaks[os.fspath(folder)] = number

    def mend(self) -> None:
        self.faults.clear()
        self.breaks.clear()
        self.stats.clear()

    @contextmanager
    def scandir(self, path: str) -> Iterator[Iterator[os.DirEntry[str]]]:
        with os.scandir(path) as entries:
            yield self._entries(path, entries)

    def stat(self, path: str) -> os.stat_result:
        _raise(self.faults, path)
        return self.stats.get(path) or Path(path).stat()

    def _entries(
        self, folder: str, entries: Iterator[os.DirEntry[str]]
    ) -> Iterator[os.DirEntry[str]]:
        for number, entry in enumerate(entries):
            if number >= self.entries_first:
                _raise(self.breaks, folder)
            yield entry
        _raise(self.breaks, folder)


def _raise(errors: dict[str, int], path: str) -> None:
    if path in errors:
        raise OSError(errors[path], os.strerror(errors[path]), path)
