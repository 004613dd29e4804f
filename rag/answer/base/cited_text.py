"""A text as it is put together of documents' own words: paragraphs and entries of lists, cited.

Every mark is resolved here, to the very words. Knows chunks; knows no model and no store.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from rag.answer.base.citations import citation_of
from rag.datamodel import Answer, Chunk, Citation, Context, Hit


@dataclass(slots=True)
class CitedText:
    """Sources are numbered in the order in which they come."""

    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)

    def block(self, words: str) -> None:
        """Add a paragraph."""
        self.text += f"\n\n{words}" if self.text else words

    def paragraph(self, said: str, chunk: Chunk, start: int, end: int) -> None:
        """Add a paragraph that cites the range of the chunk's text."""
        self.block(said)
        self._mark(chunk, start, end)

    def line(self, said: str, chunk: Chunk, start: int, end: int) -> None:
        """Add an entry of a list, which cites the range of the chunk's text."""
        last = self.text.rpartition("\n")[2]
        gap = "" if not self.text else "\n" if last.startswith("- ") else "\n\n"
        self.text += f"{gap}- {said}"
        self._mark(chunk, start, end)

    def answer(self, begun: Answer) -> Answer:
        """Return the answer that has this text."""
        hits = hits_of(self.chunks)
        return replace(
            begun,
            text=self.text,
            citations=tuple(self.citations),
            context=Context(hits=hits),
            hits=hits,
        )

    def _mark(self, chunk: Chunk, start: int, end: int) -> None:
        known = [one.id for one in self.chunks]
        if chunk.id not in known:
            self.chunks.append(chunk)
            known.append(chunk.id)
        number = known.index(chunk.id) + 1
        mark = f"[{number}]"
        self.text += f" {mark}"
        span = (len(self.text) - len(mark), len(self.text))
        self.citations.append(citation_of(chunk, start, end, number=number, span=span))


def hits_of(chunks: list[Chunk]) -> tuple[Hit, ...]:
    """Return chunks as hits in their order."""
    return tuple(
        Hit(chunk=chunk, score=1.0, rank=rank, channel="fused")
        for rank, chunk in enumerate(chunks, start=1)
    )
