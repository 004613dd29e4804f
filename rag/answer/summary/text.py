"""A summary as text with marks: lines of statements, tables and pictures, each with its place.

Nothing is written anew but the lead-ins: file names, headings, the columns of tables. Every mark
is resolved here, to the very words. Knows chunks; knows no model and no store.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Final

from rag.answer.base.citations import CELL_DOT, citation_of, plain, without_marks
from rag.answer.base.tables import table_header
from rag.answer.summary.choice import Grid
from rag.answer.summary.outline import OutlinePart
from rag.answer.summary.summary_sentences import SummarySentence
from rag.answer.wishes.picture_wish import label_of
from rag.datamodel import Answer, Chunk, Citation, Context, Hit

MOST_HEADING_LETTERS: Final = 60
MOST_COLUMNS: Final = 8
LEAST_CAPTION_WORDS: Final = 4
LEAST_WORD_LETTERS: Final = 3


@dataclass(slots=True)
class Draft:
    """A summary as it is put together."""

    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)

    def head(self, words: str) -> None:
        """Begin a part that has a name of its own."""
        self.block(f"**{plain(words)}**")

    def statement(self, statement: SummarySentence, *, lead: str = "") -> None:
        said = f"{_lead(lead)}{without_marks(statement.text)}"
        self.line(said, statement.chunk, statement.start, statement.end)

    def table(self, grid: Grid, *, lead: str = "") -> None:
        """Add a table by its columns and the number of its rows."""
        named = f" {CELL_DOT} ".join(filter(None, grid.columns[:MOST_COLUMNS]))
        more = " …" if len(grid.columns) > MOST_COLUMNS else ""
        rows = f"{grid.row_count:,} row{'' if grid.row_count == 1 else 's'}"
        said = f"{_lead(lead)}a table of {rows}: {plain(named)}{more}"
        header = table_header(grid.chunk)
        start = max(0, grid.chunk.text.find(header))
        self.line(said, grid.chunk, start, start + len(header))

    def outline(self, parts: Sequence[OutlinePart]) -> None:
        """Add the names of a document's parts as one entry of a list, each with its mark."""
        for number, part in enumerate(parts):
            if number:
                self.text += f" {CELL_DOT} {plain(part.heading)}"
                self._mark(part.chunk, *part.span)
            else:
                self.line(plain(part.heading), part.chunk, *part.span)

    def picture(self, chunk: Chunk, caption: str, *, lead: str = "") -> None:
        """Add a picture by its caption, in a block of its own: it stands before its words."""
        if lead:
            self.line(f"{_lead(lead)}{plain(caption)}", chunk, 0, len(chunk.text))
            return
        page = "" if chunk.page is None else f" — page {chunk.page}"
        self.paragraph(f"**{plain(caption)}**{page}", chunk, 0, len(chunk.text))

    def answer(self, begun: Answer) -> Answer:
        """Return the answer as far as it has come."""
        hits = tuple(
            Hit(chunk=chunk, score=1.0, rank=rank, channel="fused")
            for rank, chunk in enumerate(self.chunks, start=1)
        )
        return replace(
            begun,
            text=self.text,
            citations=tuple(self.citations),
            context=Context(hits=hits),
            hits=hits,
        )

    def line(self, said: str, chunk: Chunk, start: int, end: int) -> None:
        """Add an entry of a list, which cites the range of the chunk's text."""
        last = self.text.rpartition("\n")[2]
        gap = "" if not self.text else "\n" if last.startswith("- ") else "\n\n"
        self.text += f"{gap}- {said}"
        self._mark(chunk, start, end)

    def paragraph(self, said: str, chunk: Chunk, start: int, end: int) -> None:
        """Add a paragraph that cites the range of the chunk's text."""
        self.block(said)
        self._mark(chunk, start, end)

    def block(self, words: str) -> None:
        """Add a paragraph."""
        self.text += f"\n\n{words}" if self.text else words

    def _mark(self, chunk: Chunk, start: int, end: int) -> None:
        if chunk.id not in {known.id for known in self.chunks}:
            self.chunks.append(chunk)
        number = next(n for n, known in enumerate(self.chunks, start=1) if known.id == chunk.id)
        mark = f"[{number}]"
        self.text += f" {mark}"
        span = (len(self.text) - len(mark), len(self.text))
        self.citations.append(citation_of(chunk, start, end, number=number, span=span))


def file_name(source: str) -> str:
    return PurePosixPath(source).name


def is_caption(words: str, chunk: Chunk) -> bool:
    """Tell whether what a picture is called says something: no logo's name, no file's."""
    said = [word for word in words.split() if len(word) >= LEAST_WORD_LETTERS]
    return bool(label_of(chunk.text)) or len(said) >= LEAST_CAPTION_WORDS


def headings_of(statements: Sequence[SummarySentence]) -> list[str]:
    """Return the lead of each statement: its heading, where that is short and a new one."""
    leads, before = [], ""
    for statement in statements:
        heading = statement.heading if len(statement.heading) <= MOST_HEADING_LETTERS else ""
        leads.append(heading if heading != before else "")
        before = heading
    return leads


def _lead(words: str) -> str:
    return f"**{plain(words)}** — " if words else ""
