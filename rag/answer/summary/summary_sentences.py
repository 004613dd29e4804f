"""Which sentences and lines of a document could stand in its summary, and what each is worth.

Judged by form, place and cue words (Edmundson, New Methods in Automatic Extracting, Journal of
the ACM 16, 1969); what a document is *about* is judged elsewhere. Tables of contents, references,
notices and what each page repeats are worth nothing. Knows chunks and words; knows no model.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.answer.base.citations import CELL_DOT
from rag.answer.base.tables import column_names
from rag.answer.summary import statement_cues as cue
from rag.datamodel import CELL_SEPARATOR, Chunk
from rag.text import content_stems, sentence_spans, word_spans

LEAST_LETTERS, MOST_LETTERS = 35, 420
"""Of a whole sentence: shorter ones lose their subject, longer ones are read by nobody."""

LEAST_LINE_WORDS: Final = 3
MOST_LINE_LETTERS: Final = 240
REPEATED: Final = 3
"""A line that stands so often in one document, digits apart, belongs to its pages, not its text."""

OPENING_SHARE: Final = 0.08
"""So much of a document is its opening: what comes there is told to be read first."""

LINE_WORTH, LONE_LINE_WORTH = 0.3, 0.8
"""Of a line that is no whole sentence (of a slide, list, form), beside sentences and without."""

FEW_PICTURES: Final = 3
"""So few are shown, and say more than the labels on them."""

ENOUGH: Final = 12
"""Whole sentences of a document, beside which its lines count for less."""

OPENING, TITLE, FIGURE, FIRST = 1.5, 0.6, 1.15, 1.15
POINTING, HEDGED, ASKING = 0.35, 0.6, 0.4
MINOR, MAJOR, LEADING = 0.4, 1.4, 2.2
TOTAL: Final = 1.6
LETTERED: Final = 0.4
"""Of what OCR read on a picture, in a document that has text of its own."""

SPECIFIC: Final = 0.12
MOST_SPECIFIC: Final = 4
"""Names and numbers make a sentence this document's own: each adds so much, up to so many."""

GOOD_WORDS: Final = range(10, 41)
"""A sentence with fewer or more words than these says too little, or too much at a time."""

RUNNING: Final = 3
"""A heading that begins so often anew stands over pages, not over what they say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummarySentence:
    """A range of a chunk's text that can stand alone. `worth` is above 0; 1 is nothing special.

    `whole` tells a sentence from a mere line. `heading` is what it stands under, as shown.
    """

    chunk: Chunk
    start: int
    end: int
    worth: float = 1.0
    whole: bool = True
    heading: str = ""

    @property
    def text(self) -> str:
        said = self.chunk.text[self.start : self.end].replace(CELL_SEPARATOR, f" {CELL_DOT} ")
        return " ".join(said.split())


def statements_of(chunks: Sequence[Chunk], *, title: str = "") -> list[SummarySentence]:
    """Return what could stand in the summary of one document's `chunks`, in their order.

    The lettering of pictures counts where there is nothing else.
    """
    furniture, running = _furniture(chunks), _running(chunks)
    is_album = len(chunks) > FEW_PICTURES and all(chunk.role == "figure" for chunk in chunks)
    found = [
        replace(statement, heading="" if statement.heading in running else statement.heading)
        for chunk in chunks
        if not _is_barred(chunk) and (chunk.role != "figure" or is_album)
        for statement in _of_chunk(chunk, furniture)
    ]
    about = set(content_stems(f"{title} {' '.join(chunks[0].headings[:1]) if chunks else ''}"))
    return list(_once(_weighed(found, chunks, about)))


def _once(statements: Iterator[SummarySentence]) -> Iterator[SummarySentence]:
    seen = set()
    for statement in statements:
        words = tuple(content_stems(statement.text))
        if words and words not in seen:
            seen.add(words)
            yield statement


def _furniture(chunks: Sequence[Chunk]) -> frozenset[str]:
    """Return the lines that are repeated all over, digits as one."""
    counted = Counter(_shape(line) for chunk in chunks for line in set(chunk.text.split("\n")))
    return frozenset(line for line, count in counted.items() if count >= REPEATED)


def _line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : len(text) if end < 0 else end]


def _is_page_work(line: str, furniture: frozenset[str]) -> bool:
    """Tell whether a line is of a table of contents, or one that many pages have."""
    return _shape(line) in furniture or cue.DOTS.search(line) is not None


def _running(chunks: Sequence[Chunk]) -> frozenset[str]:
    """Return the headings that begin again and again."""
    begun = Counter(heading for heading, _ in itertools.groupby(map(_heading, chunks)))
    return frozenset(heading for heading, count in begun.items() if count >= RUNNING)


def _shape(line: str) -> str:
    return re.sub(r"\d+", "0", " ".join(line.lower().split()))


def _is_barred(chunk: Chunk) -> bool:
    headings = (cue.NUMBERING.sub("", heading).strip() for heading in chunk.headings)
    if chunk.role == "table" and column_names(chunk):
        return True
    return any(cue.BARRED.match(heading) or cue.NOTICE.search(heading) for heading in headings)


def _of_chunk(chunk: Chunk, furniture: frozenset[str]) -> Iterator[SummarySentence]:
    headings = {h for heading in chunk.headings for h in _spellings(heading)}
    for start, end in sentence_spans(chunk.text):
        opener = cue.OPENER.match(chunk.text, start, end)
        begin = opener.end() if opener else start
        text = " ".join(chunk.text[begin:end].replace(CELL_SEPARATOR, " ").split())
        if not text or text in headings or _is_page_work(_line(chunk.text, start), furniture):
            continue
        whole = _is_whole(text)
        if whole or _is_line(text):
            yield SummarySentence(
                chunk=chunk, start=begin, end=end, whole=whole, heading=_heading(chunk)
            )


def _spellings(heading: str) -> tuple[str, str]:
    """Return a heading as it stands, and without its number."""
    line = " ".join(heading.split())
    return line, cue.NUMBERING.sub("", line)


def _heading(chunk: Chunk) -> str:
    heading = " ".join(chunk.headings[-1].split()) if chunk.headings else ""
    return "" if cue.ABOUT.match(heading) else heading


def _is_whole(text: str) -> bool:
    """Tell whether this is a whole sentence that says something of the document's matter."""
    fits = LEAST_LETTERS <= len(text) <= MOST_LETTERS and cue.ENDING.search(text) is not None
    opens = (
        text[0].isupper() or text[0].isdigit() or text[0] in "“\"'‘$€£(" or not text[0].isascii()
    )
    return fits and opens and _is_prose(text, most_digits=0.2) and not text[:-1].endswith(":")


def _is_line(text: str) -> bool:
    count = len(word_spans(text))
    return (
        count >= LEAST_LINE_WORDS
        and len(text) <= MOST_LINE_LETTERS
        and not text[0].islower()
        and not text.endswith((":", ","))
        and _is_prose(text, most_digits=0.4)
    )


def _is_prose(text: str, *, most_digits: float) -> bool:
    """Tell whether these are words to be read, no notice, reference, contents or formula."""
    bare = "".join(text.split())
    letters = sum(c.isalpha() for c in bare)
    digits = sum(c.isdigit() for c in bare)
    return (
        letters >= 0.55 * len(bare)
        and digits <= most_digits * len(bare)
        and not text.isupper()
        and not cue.FORMULA.search(text)
        and not (
            cue.NOTICE.search(text) or cue.REFERENCE.search(text) or cue.PAGE_NUMBER.search(text)
        )
    )


def _weighed(
    found: Sequence[SummarySentence], chunks: Sequence[Chunk], about: set[str]
) -> Iterator[SummarySentence]:
    places = {chunk.id: n / max(1, len(chunks)) for n, chunk in enumerate(chunks)}
    end = _end_of_matter(chunks)
    has_text = any(chunk.role == "text" and chunk.confidence is None for chunk in chunks)
    lines = LINE_WORTH if sum(s.whole for s in found) >= ENOUGH else LONE_LINE_WORTH
    before = ""
    for statement in found:
        worth = (
            (1.0 if statement.whole else lines) * _form(statement.text) * _content(statement.text)
        )
        worth *= MINOR if statement.chunk.ordinal > end else 1.0
        worth *= LETTERED if has_text and statement.chunk.confidence is not None else 1.0
        worth *= _place(
            statement, places[statement.chunk.id], is_first=statement.chunk.id != before
        )
        shared = about.intersection(content_stems(statement.text))
        worth *= 1 + TITLE * len(shared) / max(3, len(about))
        before = statement.chunk.id
        yield replace(statement, worth=worth)


def _end_of_matter(chunks: Sequence[Chunk]) -> int:
    """Return the ordinal of the last chunk before the references: what follows are appendices."""
    if not chunks:
        return 0
    later = chunks[len(chunks) // 3 :]
    at = next((c.ordinal for c in later if c.headings and _is_list_of_works(c.headings[-1])), None)
    return chunks[-1].ordinal if at is None else at


def _is_list_of_works(heading: str) -> bool:
    return cue.WORKS.match(cue.NUMBERING.sub("", heading).strip()) is not None


def _content(text: str) -> float:
    """Return what names, numbers and a readable length are worth."""
    count = len(word_spans(text))
    specifics = len(cue.SPECIFIC.findall(text, 1))
    fit = min(1.0, count / GOOD_WORDS[0], GOOD_WORDS[-1] / max(1, count))
    return fit * (1 + SPECIFIC * min(MOST_SPECIFIC, specifics))


def _place(statement: SummarySentence, at: float, *, is_first: bool) -> float:
    """Return what the place is worth: `at` is the share of the document that lies before."""
    worth = OPENING if at < OPENING_SHARE else 1.0
    worth *= FIRST if is_first else 1.0
    heading = (
        cue.NUMBERING.sub("", statement.chunk.headings[-1]) if statement.chunk.headings else ""
    )
    if any(map(cue.MINOR.search, statement.chunk.headings)) or cue.ABOUT.match(
        statement.chunk.text
    ):
        return worth * MINOR
    if cue.LEADING.match(heading):
        return worth * LEADING
    return worth * (MAJOR if cue.MAJOR.search(heading) else 1.0)


def _form(text: str) -> float:
    """Return what the form of a sentence is worth: one that points elsewhere can't stand alone."""
    worth = POINTING if cue.POINTING.match(text) or cue.OF_PARTS.search(text) else 1.0
    worth *= HEDGED if cue.HEDGED.search(text) else 1.0
    worth *= ASKING if text.endswith("?") else 1.0
    worth *= TOTAL if cue.TOTAL.match(text) else 1.0
    worth *= FIGURE if cue.QUANTITY.search(text) else 1.0
    worth *= LEADING if cue.FOUND.match(text) else 1.0
    return worth * (FIRST if cue.CUE.search(text) else 1.0)
