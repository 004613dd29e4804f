"""What of a document can stand in its summary: whole sentences; without any, lines and tables.

References, tables of contents, notices and what each page repeats can not. Knows chunks and words;
knows no model.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.datamodel import CELL_SEPARATOR, Chunk
from rag.generation.citations import CELL_DOT, plain
from rag.generation.quotation.units import is_listing
from rag.table_text import column_names, table_header
from rag.text import LEADER, SENTENCE_ENDS, sentence_spans, word_spans

MIN_LETTERS, MAX_LETTERS = 35, 420
"""Of a whole sentence: shorter ones lose their subject, longer ones are read by nobody."""

MIN_LINE_WORDS, MAX_LINE_LETTERS = 3, 240
FEW_SENTENCES: Final = 3
"""With fewer whole sentences lines count too."""

REPEATED: Final = 3
"""A line that stands so often in one document belongs to its pages, not its text."""

MAX_COLUMNS: Final = 8
POINTING_WORTH, LINE_WORTH, LEADING_WORTH = 0.5, 0.5, 1.5

_I: Final = re.IGNORECASE
_OPENER: Final = re.compile(r"[\s•◦▪■●○►✓*+·–—-]*(?:\(?(?:\d{1,2}|[a-z]|(?<![^\n])[A-Z])[.)]\s+)?")
_ENDING: Final = re.compile(rf"[{SENTENCE_ENDS}]['\"”’)\]]*$")
_LEADING: Final = re.compile(
    r"[\W\d]*(?:abstract|(?:executive |management )?summary|in brief|at a glance|highlights"
    r"|(?:key |main )?(?:findings|points|results|conclusions?)|zusammenfassung|kurzfassung|fazit"
    r"|ergebnisse|résumé|synthèse|en bref|conclusions?|resumen|conclusiones)\b",
    _I,
)
"""How parts begin to be called that sum up by themselves."""

_FOUND: Final = re.compile(r"(?:findings?|results?|conclusions?)\s?[:–—-]\s", _I)
"""What a structured abstract (as of ANSI/NISO Z39.14) calls what was found."""

_POINTING: Final = re.compile(
    r"(?:this|these|those|it|they|he|she|such|here|thus|hence|however|moreover|also|but|and|as a"
    r" result|for (?:example|instance)|in (?:section|figure|table)|figure|table|see|daher|jedoch"
    r"|cette|ces|ainsi)\b(?! (?:paper|report|study|document|guide)\b)",
    _I,
)
_NOTICE: Final = re.compile(
    r"all rights reserved|©|\bcopyright\b|permission of|forward[- ]looking|registrant|check mark"
    r"|https?://|www\.|\S@[^\s@]+\.\w|\bet al\.,? \(|\bpp?\. ?\d|\bISBN\b|\bdoi[:.]|\(c\) ?\d"
    r"|, no\. \d|: [^():]{3,60}, (?:19|20)\d\d\)|less otherwise (?:noted|indicated)|click here",
    _I,
)
_DOTS: Final = re.compile(rf"(?:\. ?){{4,}}|…{{2,}}|_{{4,}}|\s{LEADER}\s\W?\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A range of text that can stand alone; `worth` is about 1, `said` a wording of its own."""

    chunk: Chunk
    start: int
    end: int
    worth: float = 1.0
    said: str = ""

    @property
    def text(self) -> str:
        text = self.chunk.text[self.start : self.end].replace(CELL_SEPARATOR, f" {CELL_DOT} ")
        return self.said or " ".join(text.split())

    @property
    def is_whole(self) -> bool:
        fits = MIN_LETTERS <= len(self.text) <= MAX_LETTERS
        return fits and _ENDING.search(self.text) is not None and not self.text[0].islower()


def statements_of(chunks: Sequence[Chunk]) -> list[Statement]:
    """Return what could stand in the summary of one document's `chunks`, in their order.

    The lettering of pictures counts where there is nothing else.
    """
    telling = [chunk for chunk in chunks if not is_listing(chunk) and not column_names(chunk)]
    words = [chunk for chunk in telling if chunk.role != "figure"] or telling
    counted = Counter(_shape(line) for chunk in chunks for line in set(chunk.text.split("\n")))
    repeated = frozenset(line for line, count in counted.items() if count >= REPEATED)
    whole: list[Statement] = []
    lines: list[Statement] = []
    for chunk in words:
        for statement in _of_chunk(chunk, repeated):
            (whole if statement.is_whole else lines).append(statement)
    found = whole if len(whole) >= FEW_SENTENCES else [*whole, *lines]
    once: dict[str, Statement] = {}
    for one in sorted(found, key=lambda one: (one.chunk.ordinal, one.start)):
        once.setdefault(_shape(one.text), one)
    return list(once.values())


def tables_of(chunks: Sequence[Chunk]) -> list[Statement]:
    """Return the tables that name their columns, by these and the number of their rows."""
    grids: defaultdict[tuple[object, ...], list[Chunk]] = defaultdict(list)
    for chunk in chunks:
        if len(column_names(chunk)) > 1:
            grids[chunk.headings, table_header(chunk)].append(chunk)
    return [_table(parts) for parts in grids.values()]


def _table(parts: Sequence[Chunk]) -> Statement:
    chunk, columns = parts[0], column_names(parts[0])
    named = f" {CELL_DOT} ".join(filter(None, columns[:MAX_COLUMNS]))
    more = " …" if len(columns) > MAX_COLUMNS else ""
    count = sum(part.text.count("\n") for part in parts)
    rows = f"{count:,} row{'' if count == 1 else 's'}"
    header = table_header(chunk)
    start = max(0, chunk.text.find(header))
    said = f"a table of {rows}: {plain(named)}{more}"
    return Statement(chunk=chunk, start=start, end=start + len(header), said=said)


def _shape(line: str) -> str:
    """Return a line as it is compared: digits are as one."""
    return re.sub(r"\d+", "0", " ".join(line.lower().split()))


def _of_chunk(chunk: Chunk, repeated: frozenset[str]) -> Iterator[Statement]:
    headings = {" ".join(heading.split()) for heading in chunk.headings}
    leads = any(_LEADING.match(heading) for heading in chunk.headings)
    for start, end in sentence_spans(chunk.text):
        opener = _OPENER.match(chunk.text, start, end)
        begin = opener.end() if opener else start
        text = " ".join(chunk.text[begin:end].replace(CELL_SEPARATOR, " ").split())
        if _shape(text) in repeated or text in headings or not _is_prose(text):
            continue
        pointing = POINTING_WORTH if _POINTING.match(text) or text.endswith("?") else 1.0
        worth = pointing * (LEADING_WORTH if leads or _FOUND.match(text) else 1.0)
        one = Statement(chunk=chunk, start=begin, end=end, worth=worth)
        if one.is_whole:
            yield one
        elif len(word_spans(text)) >= MIN_LINE_WORDS and len(text) <= MAX_LINE_LETTERS:
            yield replace(one, worth=LINE_WORTH)


def _is_prose(text: str) -> bool:
    """Tell whether these are words to be read, no notice, reference or line of contents."""
    bare = "".join(text.split())
    letters = sum(c.isalpha() for c in bare)
    return (
        letters > len(bare) / 2
        and not text.isupper()
        and not text.endswith(":")
        and not _NOTICE.search(text)
        and not _DOTS.search(text)
    )
