"""How far long work has come, told to who looks. Knows neither the work nor who looks."""

from __future__ import annotations

from typing import Final, Protocol


class Progress(Protocol):
    """Shows how far work is. What its methods raise ends the work; what is done by then stays."""

    def begin(self, what: str, total: int, /) -> None:
        """Begin a part of the work: `what` for a person, of `total` steps."""
        ...

    def advance(self, count: int = 1, /) -> None:
        """So many more steps are done."""
        ...


class _NoProgress:
    def begin(self, what: str, total: int, /) -> None:
        """Nobody looks."""

    def advance(self, count: int = 1, /) -> None:
        """Nobody looks."""


NO_PROGRESS: Final[Progress] = _NoProgress()
