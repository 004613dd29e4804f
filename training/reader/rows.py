"""One row of the reader's files."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ReaderRow:
    """One question of one context. `answers` are (start, end) in code points; none: no answer.

    `relevant` tells that the context is about the question though no words of it are marked.
    """

    id: str
    set: str
    question: str
    context: str
    answers: tuple[tuple[int, int], ...]
    lead: str = ""
    relevant: bool = False

    @property
    def answerable(self) -> bool:
        return bool(self.answers) or self.relevant
