"""One person's folder of files to ask with: its quota, and which paths lie in it.

Gradio writes here: a whole file as `HASH/NAME`, one that is still coming straight into the folder.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from rag.errors import LimitError

MEGABYTE: Final = 1_000_000
KEPT_S: Final = 86_400.0
"""So long a file stays after its upload; a kept conversation has its own copy."""

MIN_BYTES: Final = 4096
"""What the smallest file counts for: a block of the disk."""


class Uploads:
    """`folder` is this person's alone. Safe for several threads, which wait for the disk."""

    def __init__(self, folder: Path, *, quota_mb: int) -> None:
        self.folder = folder.resolve()
        self._quota_bytes = quota_mb * MEGABYTE
        self._coming_bytes = 0
        self._counting = threading.Lock()

    def tidy(self, *, now_s: float | None = None) -> None:
        """Delete what an earlier run left: files that never came whole, and those of old."""
        before_s = (time.time() if now_s is None else now_s) - KEPT_S
        for path in [*self._parts(), *(old for old in self._whole() if _age_key(old) < before_s)]:
            path.unlink(missing_ok=True)

    def holds(self, path: object) -> bool:
        """Tell whether this names a place in the folder: no address, and nobody else's file."""
        if not isinstance(path, str):
            return False
        try:
            named = Path(path)
            return named.is_absolute() and named.resolve().is_relative_to(self.folder)
        except (OSError, ValueError):  # too long, or with a null byte
            return False

    @contextmanager
    def room(self, size_bytes: int) -> Iterator[None]:
        """Keep room for an upload while it comes; the oldest files go. Raises LimitError."""
        self._count(size_bytes)
        try:
            self._forget_oldest(self._quota_bytes - self._coming_bytes)
            yield
        finally:
            with self._counting:
                self._coming_bytes -= size_bytes
                for part in () if self._coming_bytes else self._parts():
                    part.unlink(missing_ok=True)

    def _count(self, size_bytes: int) -> None:
        with self._counting:
            if self._coming_bytes + size_bytes > self._quota_bytes:
                raise LimitError(
                    "More than {n} MB of files at once.",
                    hint="Send fewer, or raise RAG_UPLOADS_MB.",
                    n=self._quota_bytes // MEGABYTE,
                )
            self._coming_bytes += size_bytes

    def _forget_oldest(self, limit_bytes: int) -> None:
        """Delete whole files, the oldest first, until the rest takes `limit_bytes`."""
        files = sorted(self._whole(), key=_age_key)
        taken = sum(map(_taken, files))
        for path in files:
            if taken <= limit_bytes:
                return
            taken -= _taken(path)
            path.unlink(missing_ok=True)

    def _whole(self) -> list[Path]:
        return [path for path in self.folder.glob("*/*") if path.is_file()]

    def _parts(self) -> list[Path]:
        return [path for path in self.folder.glob("*") if path.is_file()]


def _age_key(path: Path) -> float:
    """Return when a file came, in seconds; what is gone meanwhile is the oldest."""
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _taken(path: Path) -> int:
    try:
        return max(MIN_BYTES, path.stat().st_size)
    except OSError:
        return 0
