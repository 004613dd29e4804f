"""A progress bar that is on the screen as long as a `with` block lasts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from rag.closing import Closing

if TYPE_CHECKING:
    from rich.progress import Progress


class Live(Closing):
    """Shows `_progress` from enter to exit."""

    _progress: Progress

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def close(self) -> None:
        self._progress.stop()
