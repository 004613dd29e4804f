"""Marks in an answer to pages and boxes, and texts put together of marked words of documents."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Final

from rag.datamodel import Answer, BBox, Chunk, Citation, Context, Hit, Provenance
from rag.table_text import table_header
from rag.text import MARK, content_stems, sentence_spans

_SHORT: Final = re.compile(r"\*\*([^*\n]+)\*\*")
CELL_DOT: Final = "·"
"""Shown between the cells of a row whose columns have no names."""

_NUMBER: Final = re.compile(r"\d+")
_JOINER: Final = "\u2060"
"""WORD JOINER: has no width and is in no document's way."""


def without_marks(quote: str) -> str:
    """Return document words in which no `[3]` can be taken for a mark of ours."""
    return MARK.sub(lambda mark: f"[{_JOINER}{mark.group()[1:]}", quote)


def plain(text: str) -> str:
    """Return document words on one line, with nothing in them that could be taken for markup."""
    return without_marks(" ".join(text.split())).replace("*", " ")


def cited(answer: Answer, text: str, context: Context) -> Answer:
    """Return the answer with `text` and its marks resolved."""
    citations, unresolved = resolved(text, context)
    return replace(answer, text=text, context=context, citations=citations, unresolved=unresolved)


def resolved(text: str, context: Context) -> tuple[tuple[Citation, ...], tuple[int, ...]]:
    """Return the citations of a text, one a number, and the numbers that stand for no source."""
    citations: list[Citation] = []
    unresolved: dict[int, None] = {}
    for mark in MARK.finditer(text):
        claim = _claim(text, mark.start())
        for number in map(int, _NUMBER.findall(mark.group())):
            hit = context.source(number)
            if hit is None:
                unresolved[number] = None
            else:
                start, end = _cited_span(hit.chunk, claim)
                lit = _lit(hit.chunk, start, end, claim)
                citations.append(
                    citation_of(hit.chunk, start, end, number=number, span=mark.span(), lit=lit)
                )
    return tuple(citations), tuple(unresolved)


def _cited_span(chunk: Chunk, claim: str) -> tuple[int, int]:
    """Return the range that bears out a claim; all of it where only the file is named."""
    if claim.strip() == file_name(chunk):
        return 0, len(chunk.text)
    header = table_header(chunk)
    return supporting_span(
        chunk.text, claim, header=header, headings=chunk.headings, language=chunk.language
    )


def file_name(chunk: Chunk) -> str:
    return plain(PurePosixPath(chunk.source).name)


def _claim(text: str, end: int) -> str:
    """Return the sentence, or whole quotation, that a mark at `end` closes, without marks."""
    start, before = end + 1, ""
    while start > 0 and not before:  # the last line that is not empty but for marks
        start = text.rfind("\n", 0, start - 1) + 1
        before = MARK.sub(lambda mark: " " * len(mark.group()), text[start:end]).rstrip()
    claim = ""
    for start, _ in reversed(sentence_spans(before)):
        claim = before[start:]
        if claim.count("”") <= claim.count("“"):
            break
    return claim


def citation_of(
    chunk: Chunk,
    start: int,
    end: int,
    *,
    number: int = 1,
    span: tuple[int, int] = (0, 0),
    lit: tuple[int, int] | None = None,
) -> Citation:
    """Return the citation of a range of a chunk, of which a part may be `lit` alone."""
    return Citation(
        number=number,
        chunk=chunk,
        span=span,
        provenances=one_page(chunk.locate(*(lit or (start, end)))),
        quote=chunk.text[start:end],
    )


def _lit(chunk: Chunk, start: int, end: int, claim: str) -> tuple[int, int]:
    """Return the range to be lit: of a picture's lettering the block with the short answer."""
    short = _SHORT.search(claim) if chunk.role == "figure" else None
    if short is None:
        return start, end
    pattern = r"\s+".join(map(_letters, short[1].split()))
    found = re.compile(pattern).search(chunk.text, start, end)
    return (block_of(chunk, *found.span()) if found else None) or (start, end)


HEADING: Final = 0.5
"""What a heading shares with a claim counts so much: what stands below it bears it out."""


def supporting_span(
    text: str,
    claim: str,
    *,
    header: str = "",
    headings: Collection[str] = (),
    language: str | None = None,
) -> tuple[int, int]:
    """Return where the claim's words stand, else the sentence or row sharing most, else all."""
    quoted = quoted_span(text, claim)
    if quoted is not None:
        return quoted
    stems = functools.partial(content_stems, language=language)
    wanted = set(stems(claim)) - set(stems(header))
    rows = max(0, text.find(header)) + len(header)

    def shared(span: tuple[int, int]) -> float:
        said = text[slice(*span)]
        return len(wanted & set(stems(said))) * (HEADING if said in headings else 1)

    spans = (span for span in sentence_spans(text) if span[0] >= rows)
    best = max(spans, key=shared, default=(0, 0))
    return best if shared(best) else (0, len(text))


def quoted_span(text: str, claim: str) -> tuple[int, int] | None:
    """Return where the longest quotation of the claim stands word for word, by any white space."""
    parts = {part.strip() for quote in _quotes(claim) for part in quote.split("…")}
    for part in sorted(parts - {""}, key=lambda part: (-len(part), part)):
        found = re.search(r"\s+".join(map(_letters, part.split())), text)
        if found:
            return found.span()
    return None


def _letters(word: str) -> str:
    """Return the pattern of a quoted word; `·` stands for what parts two cells."""
    return r"\|" if word == CELL_DOT else re.escape(word)


def _quotes(claim: str) -> list[str]:
    """Return what a claim may quote: between its outer marks, each pair, or all of it."""
    claim = claim.replace(_JOINER, "")
    closed = claim.split("”")[:-1]
    whole = "”".join(closed).partition("“")[2]
    quotes = filter(None, (whole, *(part.partition("“")[2] for part in closed)))
    return [quote.strip() for quote in quotes] or [claim.strip(" •-–—:”")]


def one_page(provenances: Sequence[Provenance]) -> tuple[Provenance, ...]:
    if not provenances:
        return ()
    page = provenances[0].page
    return tuple(p for p in provenances if p.page == page)


@dataclass(slots=True)
class CitedText:
    """Sources are numbered in the order in which they come."""

    text: str = ""
    citations: list[Citation] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)

    def block(self, words: str) -> None:
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
    return tuple(
        Hit(chunk=chunk, score=1.0, rank=rank, channel="fused")
        for rank, chunk in enumerate(chunks, start=1)
    )


MIN_OVERLAP: Final = 0.5
MIN_WORDS_MORE: Final = 2
"""Words that a block says beside an answer: else it is a value of a chart or a name alone."""

MAX_TALLER: Final = 1.5
MAX_GAP: Final = 0.8
"""Lines of one block are of about one height, and their gap is less than that."""


def block_of(chunk: Chunk, start: int, end: int) -> tuple[int, int] | None:
    """Return the lines of lettering that touch this range; None where they say hardly more."""
    lines = [(p.span, p.page, p.bbox) for p in chunk.provenances if p.span and p.bbox]
    own = next((n for n, ((a, b), *_) in enumerate(lines) if a <= start and end <= b), None)
    if own is None:
        return None
    first = last = own
    while first and _touch(lines[first - 1][1:], lines[first][1:]):
        first -= 1
    while last + 1 < len(lines) and _touch(lines[last][1:], lines[last + 1][1:]):
        last += 1
    block = lines[first][0][0], lines[last][0][1]
    rest = f"{chunk.text[block[0] : start]} {chunk.text[end : block[1]]}"
    says_more = sum(any(map(str.isalpha, word)) for word in rest.split()) >= MIN_WORDS_MORE
    return block if says_more else None


def _touch(upper: tuple[int | None, BBox], lower: tuple[int | None, BBox]) -> bool:
    """Tell whether two lines are of one block: below each other, of one size, hardly a gap."""
    (page, one), (other_page, other) = upper, lower
    small, large = sorted(box.y1 - box.y0 for box in (one, other))
    common = min(one.x1, other.x1) - max(one.x0, other.x0)
    gap = max(one.y0 - other.y1, other.y0 - one.y1, 0.0)
    return (
        page == other_page
        and common >= MIN_OVERLAP * min(one.x1 - one.x0, other.x1 - other.x0)
        and large <= MAX_TALLER * small
        and gap <= MAX_GAP * small
    )
