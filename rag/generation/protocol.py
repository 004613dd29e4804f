"""The seam of what writes answers: drafts, sentence by sentence, of what was found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from rag.generation.context import Reading, Source
from rag.generation.draft import Draft, Sentence
from rag.generation.inquiry import Inquiry
from rag.generation.quotation.units import Unit
from rag.understanding.question.question import Question
from rag.understanding.wishes.summary_wish import Length


class Writer(Protocol):
    """Writes drafts; the last of each stream is all. Closing a stream ends the work.

    What fails raises ModelError.
    """

    @property
    def decides(self) -> bool:
        """Whether it is believed on whether its sources hold an answer; a small model is not."""
        ...

    def read(self, found: Inquiry, units: Sequence[Unit]) -> Reading:
        """Return what is read of what was found; `units` are its weighed evidence."""
        ...

    def write(self, found: Inquiry, reading: Reading) -> Iterator[Draft]:
        """Yield what the sources say to the question, grown by whole sentences.

        Marks are ranks of `Draft.reading`, which a writer that searches on may replace.
        """
        ...

    def go_on(self, found: Inquiry, draft: Draft) -> Iterator[Draft]:
        """Yield a draft that stands with what is told behind it; nothing where that is all."""
        ...

    def write_sentence(self, asked: Question, source: Source) -> Sentence | None:
        """Return a sentence that answers of one source alone; None where it can't."""
        ...

    def say_alone(self, asked: Question) -> Iterator[str]:
        """Yield the pieces of a follow-up, said so that it needs no conversation."""
        ...

    def summarize(
        self, asked: Question, sources: Sequence[Source], length: Length
    ) -> Iterator[Draft]:
        """Yield a summary of the sources, grown as by `write`."""
        ...
