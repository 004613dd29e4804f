"""Facts of a written sentence that its place has of something else: asked back, or looked up.

A small model takes the number of the row above, last year's column or another's name. So the
sentence with a gap (a cloze, Taylor 1953) is read with the place, by a reader that was taught gaps,
as in QAGS (Wang et al., ACL 2020); numbers of tables are looked up by row and column.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rag.datamodel import CELL_SEPARATOR, Hit
from rag.generation.verification.facts import (
    numbers_in,
    spelled_sizes,
    unfound_numbers,
    unheld_names,
    without_codes,
)
from rag.generation.verification.support import stems_of
from rag.glossary.gloss import as_english
from rag.languages import language_of
from rag.months import month_pattern
from rag.protocols import Reading, Span
from rag.retrieval.evidence.evidence import candidates
from rag.table_text import cells_of, column_names
from rag.text import YEAR, sentence_spans, words

MIN_SHARE: Final = 0.05
"""A fact is misplaced below this share of the likeliest other's score; see benchmarks/LOG.md."""

MIN_SHARE_APART: Final = 1.5
"""The same where the line of the other shares more words with what is said and asked."""

MIN_RIVAL: Final = 0.3
"""What fills a gap less surely speaks against nothing: the reader finds nothing there."""

MIN_COPIED: Final = 4
"""Fewer words of a place tell no fact by themselves."""

SPANS: Final = 8
"""So many candidates of a place are compared."""

NUMBER_GAP: Final = "what number"
NAME_GAP: Final = "who or what"

MAX_WORDS: Final = 40
"""Of a sentence around its gap."""

_LABEL: Final = re.compile(
    r"(?<=[A-Za-z])\d++|(?<!\d)(?:(?-i:\d++(?=[A-Z]{2,}\b|K\b))|\d++[-/.]\d++[-/.]\d{2,})|\(\d\)"
    r"|\b(?:figures?|tables?|pages?|sections?|chapters?)\s++\d++",
    re.IGNORECASE,
)
"""Digits that tell no number: of a code, a date, a footnote, a figure."""

_YEAR: Final = re.compile(YEAR)
_MONTH: Final = re.compile(rf"\b{month_pattern('en')}\b")

_WORD: Final = re.compile(r"[^\s|]+")

ReadGaps = Callable[[Sequence[tuple[str, str]]], Sequence[Reading]]
"""Reads pairs of a cloze and a place; `SPANS` spans each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloze:
    """A sentence without one of its facts, and the question behind it."""

    fact: str
    text: str

    @property
    def is_number(self) -> bool:
        return bool(numbers_in(self.fact))


@dataclass(frozen=True, slots=True, kw_only=True)
class Misplaced:
    """A fact of a sentence, and the `rival` that its place has there."""

    fact: str
    rival: str


def facts_of(sentence: str, question: str) -> list[str]:
    """Return the numbers and names of a sentence that the question does not say, without codes."""
    numbers = [written for written, *_ in numbers_in(_unlabelled(sentence))]
    asked = [number for number in numbers if unfound_numbers(number, question)]
    names = unheld_names(sentence, "", known=question)
    called = [name for name in names if not sentence.partition(name)[2].lstrip().startswith("()")]
    months = [month for month in _MONTH.findall(sentence) if month not in question]
    return list(dict.fromkeys((*asked, *called, *months)))


def cloze_of(sentence: str, fact: str, question: str) -> Cloze:
    """Return a sentence with a gap in place of a fact, the question behind it."""
    whole = re.search(rf"(?<![\w.,]){re.escape(fact)}(?!\w)", sentence)
    start = whole.start() if whole else sentence.find(fact)
    before, after = sentence[:start], sentence[start + len(fact) :]
    gap = NUMBER_GAP if numbers_in(fact) else NAME_GAP
    left = MAX_WORDS - min(MAX_WORDS // 2, len(after.split()))
    shown = [*before.split()[-left:], gap, *after.rstrip(". ").split()]
    return Cloze(fact=fact, text=f"{' '.join(shown[:MAX_WORDS])}? {question}")


class FactReader:
    """Tells which facts of a sentence its place has otherwise."""

    def __init__(self, read: ReadGaps) -> None:
        self._read = lru_cache(maxsize=256)(read)  # a draft comes as it grows

    def misplaced(self, sentence: str, question: str, place: str) -> list[Misplaced]:
        """Return the facts that do not stand there; of copies, and without gloss, none."""
        said = as_english(sentence)
        if language_of(said) not in (None, "en") or _is_copied(sentence, place):
            return []
        facts = facts_of(said, question)
        gaps = [cloze_of(said, fact, question) for fact in facts if _stands_in(fact, place)]
        readings = self._read(tuple((gap.text, place) for gap in gaps)) if gaps else ()
        return [
            Misplaced(fact=gap.fact, rival=rival)
            for gap, reading in zip(gaps, readings, strict=True)
            if (rival := _rival(gap, [fact for fact in facts if fact != gap.fact], reading, place))
        ]


def _is_copied(sentence: str, place: str) -> bool:
    own = words(sentence)
    return len(own) >= MIN_COPIED and " ".join(own) in " ".join(words(place))


def _rival(gap: Cloze, others: Sequence[str], reading: Reading, place: str) -> str:
    """Return what fills a gap far better than its own fact, and stands nowhere in the sentence."""
    spans = [(span.score, _whole(span, place), _line_at(span, place)) for span in reading.spans]
    own = max(
        ((score, line) for score, text, line in spans if is_same_fact(gap.fact, text)),
        default=(0.0, ""),
    )
    rivals = [
        one
        for one in spans
        if one[0] >= MIN_RIVAL
        and _is_of_kind(gap, one[1])
        and not any(is_same_fact(fact, one[1]) for fact in (gap.fact, *others))
    ]
    score, rival, line = max(rivals, default=(0.0, "", ""))
    is_apart = _shared(line, gap) > _shared(own[1], gap)
    share = MIN_SHARE_APART if is_apart else MIN_SHARE
    return rival if own[0] < share * score else ""


def _line_at(span: Span, place: str) -> str:
    start = place.rfind("\n", 0, span.start) + 1
    line, _, _ = place[start:].partition("\n")
    parts = (line[a:b] for a, b in sentence_spans(line) if a <= span.start - start < b)
    return next(parts, line)


def _shared(line: str, gap: Cloze) -> int:
    return len(stems_of(line) & stems_of(gap.text))


def is_same_fact(fact: str, text: str) -> bool:
    """Tell whether one of two holds the other: "3.2 billion" and "3.2", a name and its surname."""
    if numbers_in(fact):
        numbers = bool(numbers_in(text))
        return numbers and not (unfound_numbers(fact, text) and unfound_numbers(text, fact))
    return bool(stems_of(fact) & stems_of(text))


def _whole(span: Span, place: str) -> str:
    """Return the words that a span touches: a reader may part "18.2" at its point."""
    found = _WORD.finditer(place)
    return " ".join(
        word[0] for word in found if word.start() < span.end and span.start < word.end()
    )


def _is_of_kind(gap: Cloze, text: str) -> bool:
    if not gap.is_number:
        return any(map(str.isalpha, text))
    is_year = _YEAR.fullmatch(gap.fact) is not None
    return any(
        (_YEAR.fullmatch(n) is not None) == is_year for n, *_ in numbers_in(_unlabelled(text))
    )


def _stands_in(fact: str, place: str) -> bool:
    if numbers_in(fact):
        return not unfound_numbers(fact, place)
    return stems_of(fact) <= stems_of(place)


def _unlabelled(text: str) -> str:
    return _LABEL.sub(" ", without_codes(text))


Cells = list[tuple[str, str]]
"""The cells of a row, each behind its column's name; a sentence is one cell of no column."""


def in_other_cells(sentence: str, question: str, hits: Sequence[Hit]) -> list[Misplaced]:
    """Return numbers whose column or row is named worse than another, told in no sentence."""
    named = stems_of(f"{sentence} {question}") | {f"{n:g}" for n in spelled_sizes(question)}
    lines = [line for hit in hits for line in _lines(hit)]
    labelled = max(lines, key=lambda line: _labelled(line, named), default=[])
    found: list[Misplaced] = []
    for number in filter(numbers_in, facts_of(sentence, question)):
        if any(_holds(line[0][1], number) for line in lines if len(line) > 1):
            continue  # it names a row
        own = [line for line in lines if any(_holds(cell, number) for _, cell in line)]
        rivals = [
            _better_named(line, number, named) or _better_labelled(line, labelled, named)
            for line in own
        ]
        if not all(rivals):
            return []
        found += [Misplaced(fact=number, rival=rival) for rival in rivals[:1]]
    return found


def _lines(hit: Hit) -> Iterator[Cells]:
    names = column_names(hit.chunk)
    for evidence in candidates(hit):
        is_row = bool(names) and CELL_SEPARATOR in evidence.text
        cells = zip(names, cells_of(evidence.text), strict=False)
        yield list(cells) if is_row else [("", evidence.text)]


def _better_named(row: Cells, number: str, named: set[str]) -> str:
    """Return the cell of the row whose column is named better than all that hold a number."""
    counts = [(len(stems_of(name) & named), cell) for name, cell in row]
    own = max(count for count, cell in counts if _holds(cell, number))
    others = [one for one in counts if numbers_in(one[1]) and not _holds(one[1], number)]
    count, cell = max(others, default=(0, ""), key=lambda one: one[0])
    return cell if count > own else ""


def _better_labelled(row: Cells, other: Cells, named: set[str]) -> str:
    """Return the label of the other row where it is named better."""
    is_row = len(row) > 1
    return other[0][1] if is_row and _labelled(other, named) > _labelled(row, named) else ""


def _labelled(row: Cells, named: set[str]) -> int:
    return len(stems_of(row[0][1]) & named) if len(row) > 1 else 0


def _holds(cell: str, number: str) -> bool:
    return not unfound_numbers(number, cell)
