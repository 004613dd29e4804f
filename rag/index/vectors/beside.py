"""Rows of vectors that another process writes, read where they lie.

The writer leaves a mark each time it has written; who reads takes the rows in anew once the mark is
another one. Knows files and arrays; knows no ids and no Chroma.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.index.vectors.rooms import FolderRoom

MARK_NAME: Final = "written"


class WrittenMark:
    """A short text in a folder of vectors that is another one after each change of them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / MARK_NAME

    def read(self) -> str:
        """Return it; "" where there is none, as while the folder is exchanged for another."""
        try:
            return self._path.read_text(encoding="ascii")
        except (OSError, ValueError):
            return ""

    def renew(self) -> None:
        fresh = self._path.with_name(f"{MARK_NAME}.new")
        fresh.write_text(secrets.token_hex(8), encoding="ascii")
        fresh.replace(self._path)


class WrittenRoom(FolderRoom):
    """Arrays that another process keeps in a folder, as they are there; a change stays in memory.

    What is not there, or is too short, is in memory alone.
    """

    def begin(self, keys: Sequence[str]) -> None: ...
    def end(self) -> None: ...
    def unfinished(self) -> list[str]:
        return []

    def clear(self) -> None:
        self._arrays.clear()

    def _mapped(self, name: str, *, rows: int, width: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        file = self._folder / f"{name}.bin"
        there = file.stat().st_size // (width * dtype.itemsize) if file.exists() else 0
        if there < max(rows, 1):
            return np.zeros((rows, width), dtype=dtype)
        return np.memmap(file, dtype=dtype, mode="c", shape=(there, width))
