"""Statements that a passage supports, and others that it does not, made by rule from reader rows.

True ones: question and answer put together as a sentence, the answer's sentence shortened, a cell
named by its row and column. False ones: the same with another number, name or answer of the same
passage, another year, denied, or held against a passage that does not hold the answer.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from rag.datamodel import CELL_SEPARATOR
from rag.text import sentence_spans, word_spans
from training.reader.rows import ReaderRow

_BE: Final = r"(?P<be>is|are|was|were|has been|will be|can|could|should|must|may)"
_DO: Final = r"(?P<do>do|does|did)"
_FRAMES: Final = (
    (re.compile(rf"^what (?:year|date) {_BE} (?P<s>.+)$", re.IGNORECASE), "{s} {be} in {a}"),
    (
        re.compile(
            rf"^(?:in |on )?(?:what|which) (?:year|date|month|day) {_DO} (?P<s>.+)$", re.IGNORECASE
        ),
        "{s} {do} so in {a}",
    ),
    (re.compile(rf"^when {_BE} (?P<s>.+)$", re.IGNORECASE), "{s} {be} {a}"),
    (re.compile(rf"^when {_DO} (?P<s>.+)$", re.IGNORECASE), "{s} in {a}"),
    (re.compile(rf"^where {_BE} (?P<s>.+)$", re.IGNORECASE), "{s} {be} in {a}"),
    (re.compile(rf"^where {_DO} (?P<s>.+)$", re.IGNORECASE), "{s} in {a}"),
    (
        re.compile(r"^(?:what|who) (?P<be>is|are|was|were) (?P<s>the .+)$", re.IGNORECASE),
        "{s} {be} {a}",
    ),
    (re.compile(r"^who (?P<v>(?!is|are|was|were|do|does|did)\w+ .+)$", re.IGNORECASE), "{a} {v}"),
    (re.compile(r"^who (?P<v>(?:is|are|was|were) .+)$", re.IGNORECASE), "{a} {v}"),
    (re.compile(rf"^who(?:m)? {_DO} (?P<s>.+)$", re.IGNORECASE), "{s} {a}"),
    (re.compile(r"^how (?:many|much) (?P<v>.+)$", re.IGNORECASE), "{a} {v}"),
    (re.compile(rf"^what {_DO} (?P<s>.+)$", re.IGNORECASE), "{s} {a}"),
    (
        re.compile(
            r"^(?:what|which) (?:\w+ ){1,3}?(?P<v>(?:is|are|was|were|has|had|won|can|will) .+)$",
            re.IGNORECASE,
        ),
        "{a} {v}",
    ),
)
_NUMBER: Final = re.compile(r"\d+(?:[.,]\d+)*")
_NAME: Final = re.compile(r"(?<=[a-z,;] )[A-Z][a-z]+(?: [A-Z][a-z]+)*")
_AUXILIARY: Final = re.compile(r"\b(is|are|was|were|has|have|had|can|could|will|would|should)\b")
_SWAPS: Final = (
    ("increased", "decreased"),
    ("rose", "fell"),
    ("more", "fewer"),
    ("before", "after"),
    ("first", "last"),
    ("largest", "smallest"),
    ("highest", "lowest"),
    ("higher", "lower"),
    ("always", "never"),
    ("north", "south"),
)
MOST_ANSWER_WORDS: Final = 10
MOST_WORDS: Final = 40
LEAST_WORDS: Final = 4
UNANSWERED_SHARE: Final = 0.3
DROPPED_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A sentence, the passage it is held against, whether that supports it, and how it was made."""

    text: str
    passage: str
    supported: bool
    kind: str
    group: str


def statements(rows: Sequence[ReaderRow], rng: random.Random) -> Iterator[Statement]:
    """Yield true and false statements about the contexts of the rows."""
    by_context: dict[str, list[ReaderRow]] = {}
    for row in rows:
        by_context.setdefault(row.context, []).append(row)
    for row in rows:
        if row.answers:
            yield from _of_answer(row, by_context[row.context], rng)
        else:
            yield from _of_another(row, rows, rng)


def declarative(question: str, answer: str) -> str | None:
    """Put question and answer together as a sentence, by rules of English; None where none fits."""
    asked = " ".join(question.strip().rstrip("?. ").split())
    for pattern, frame in _FRAMES:
        found = pattern.match(asked)
        if found:
            parts = {name: text for name, text in found.groupdict().items() if text}
            told = frame.format(a=answer, **parts)
            return told[:1].upper() + told[1:] + "."
    return None


def _of_answer(
    row: ReaderRow, mates: Sequence[ReaderRow], rng: random.Random
) -> Iterator[Statement]:
    start, end = row.answers[0]
    answer = row.context[start:end]
    if len(answer.split()) > MOST_ANSWER_WORDS:
        return
    trues = [(text, "told") for text in [declarative(row.question, answer)] if text]
    trues += [(text, "sentence") for text in _sentence(row, start, end, rng)]
    for text, kind in trues:
        true = Statement(
            text=text, passage=row.context, supported=True, kind=kind, group=row.context
        )
        yield true
        other = _falsified(text, answer, row, mates, rng)
        if other:
            yield replace(true, text=other[0], supported=False, kind=other[1])


def _of_another(
    row: ReaderRow, rows: Sequence[ReaderRow], rng: random.Random
) -> Iterator[Statement]:
    """Yield a statement whose question the passage does not answer, with words of the passage."""
    spans = word_spans(row.context)
    if not spans or rng.random() > UNANSWERED_SHARE:
        return
    names = _NAME.findall(row.context) + _NUMBER.findall(row.context)
    answer = rng.choice(names) if names else row.context[slice(*rng.choice(spans))]
    text = declarative(row.question, answer)
    if text:
        yield Statement(
            text=text, passage=row.context, supported=False, kind="unanswered", group=row.context
        )
    donor = rng.choice(rows)
    if donor.answers and donor.context != row.context:
        other = declarative(donor.question, donor.context[slice(*donor.answers[0])])
        if other:
            yield Statement(
                text=other,
                passage=row.context,
                supported=False,
                kind="elsewhere",
                group=row.context,
            )


def _sentence(row: ReaderRow, start: int, end: int, rng: random.Random) -> Iterator[str]:
    """Yield the answer's sentence as a writer may shorten it: remarks and a clause left out."""
    for first, last in sentence_spans(row.context):
        text = row.context[first:last]
        if not first <= start < end <= last or CELL_SEPARATOR in text:
            continue
        answer = row.context[start:end]
        shorter = re.sub(r"\s*\([^)]*\)", "", text)
        parts = re.split(r"(?<=[,;])\s+", shorter)
        while len(parts) > 1:
            at = rng.choice((0, -1))
            rest = parts[1:] if at == 0 else parts[:-1]
            if answer not in " ".join(rest) or len(" ".join(rest).split()) < 2 * LEAST_WORDS:
                break
            parts = rest
        said = _reworded(" ".join(parts).strip(",; "), answer, rng)
        if LEAST_WORDS <= len(said.split()) <= MOST_WORDS:
            yield said[:1].upper() + said[1:]


_REWORDINGS: Final = (
    (r"\bbegan\b", "started"),
    (r"\bwas founded\b", "was established"),
    (r"\blarge\b", "big"),
    (r"\bhowever,? ", ""),
    (r"\balso ", ""),
    (r"\bapproximately\b", "about"),
    (r"\bobtain(ed|s)?\b", r"get"),
    (r"\bbuilt\b", "constructed"),
    (r"\bpurchased\b", "bought"),
    (r"\bin order to\b", "to"),
    (r"\bpeople\b", "persons"),
    (r"\bneed to\b", "must"),
    (r"\bshow(s|ed)?\b", "indicates"),
    (r"\bsuch as\b", "like"),
)


def _reworded(text: str, answer: str, rng: random.Random) -> str:
    """Replace words by others that say the same, and drop adverbs; never in the answer."""
    for pattern, other in _REWORDINGS:
        if answer not in (changed := re.sub(pattern, other, text, flags=re.IGNORECASE)):
            continue
        text = changed
    dropped = re.sub(r"\b(?!only|early|family|reply|supply|apply|italy|july)\w{3,}ly\b ?", "", text)
    return dropped if answer in dropped and rng.random() < DROPPED_SHARE else text


def _falsified(
    text: str, answer: str, row: ReaderRow, mates: Sequence[ReaderRow], rng: random.Random
) -> tuple[str, str] | None:
    """Return the statement made false, and how; None where no way fits."""
    ways = [_other_answer, _other_number, _changed_number, _other_name, _denied, _opposed]
    for way in rng.sample(ways, len(ways)):
        made = way(text, answer, row, mates, rng)
        if made and made[0] != text:
            return made
    return None


def _other_answer(
    text: str, answer: str, row: ReaderRow, mates: Sequence[ReaderRow], rng: random.Random
) -> tuple[str, str] | None:
    """Put the answer of another question of the same passage, or another cell of the column."""
    own = {row.context[a:b] for a, b in row.answers}
    cells = _column_mates(row)
    others = [m.context[slice(*m.answers[0])] for m in mates if m.answers and m is not row]
    fitting = [
        o
        for o in (cells or others)
        if len(o.split()) <= MOST_ANSWER_WORDS
        and o[:1].isdigit() == answer[:1].isdigit()
        and not any(o.lower() in w.lower() or w.lower() in o.lower() for w in own)
    ]
    if not fitting or answer not in text:
        return None
    return text.replace(answer, rng.choice(fitting)), "other answer"


def _column_mates(row: ReaderRow) -> list[str]:
    start, end = row.answers[0]
    before = row.context.rfind("\n", 0, start) + 1
    if CELL_SEPARATOR not in row.context[before : row.context.find("\n", end) % (1 << 30)]:
        return []
    column = row.context.count("|", before, start)
    rows = [
        line.split(CELL_SEPARATOR) for line in row.context.split("\n") if CELL_SEPARATOR in line
    ]
    cells = [cells[column].rpartition(": ")[2].strip() for cells in rows[1:] if len(cells) > column]
    return [cell for cell in cells if cell]


def _other_number(
    text: str, answer: str, row: ReaderRow, mates: Sequence[ReaderRow], rng: random.Random
) -> tuple[str, str] | None:
    del answer, mates
    own = _NUMBER.findall(text)
    others = [n for n in _NUMBER.findall(row.context) if n not in own]
    if not own or not others:
        return None
    return text.replace(rng.choice(own), rng.choice(others), 1), "other number"


def _changed_number(
    text: str, answer: str, row: ReaderRow, mates: Sequence[ReaderRow], rng: random.Random
) -> tuple[str, str] | None:
    del answer, mates
    own = _NUMBER.findall(text)
    if not own:
        return None
    number = rng.choice(own)
    at = rng.randrange(len(number))
    if not number[at].isdigit():
        return None
    digit = str((int(number[at]) + rng.randint(1, 8)) % 10)
    changed = number[:at] + digit + number[at + 1 :]
    if changed in row.context:
        return None
    return text.replace(number, changed, 1), "changed number"


def _other_name(
    text: str, answer: str, row: ReaderRow, mates: Sequence[ReaderRow], rng: random.Random
) -> tuple[str, str] | None:
    del answer, mates
    own = _NAME.findall(text)
    others = [n for n in _NAME.findall(row.context) if n not in text and n not in " ".join(own)]
    if not own or not others:
        return None
    return text.replace(rng.choice(own), rng.choice(others), 1), "other name"


def _denied(
    text: str, answer: str, row: ReaderRow, mates: Sequence[ReaderRow], rng: random.Random
) -> tuple[str, str] | None:
    del answer, row, mates, rng
    if re.search(r"\b(?:not|no|never|n't)\b", text):
        return re.sub(r"\b(?:not|never) ", "", text, count=1), "denied"
    return (_AUXILIARY.sub(r"\1 not", text, count=1), "denied") if _AUXILIARY.search(text) else None


def _opposed(
    text: str, answer: str, row: ReaderRow, mates: Sequence[ReaderRow], rng: random.Random
) -> tuple[str, str] | None:
    del answer, row, mates, rng
    for one, other in _SWAPS:
        for a, b in ((one, other), (other, one)):
            if re.search(rf"\b{a}\b", text):
                return re.sub(rf"\b{a}\b", b, text, count=1), "opposed"
    return None
