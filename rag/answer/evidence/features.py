"""What speaks for a short answer: plain features of question, short answer and its place.

All are about in -1..1, so that the weights of `ranking` can be read. Words of the question fall
into three kinds that tell different things: names ("Shell", "Costco") tell which document or
entity, numbers ("2008", "$30K") which column or row, and the others what is asked of it. Knows
words, tables and boxes; knows no model and no store.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from rag.answer.base.context import PageKey, page_key
from rag.answer.base.tables import column_names, column_of, named_column, table_header
from rag.answer.evidence.answer_candidates import Short, cells_between
from rag.answer.evidence.asked_kind import is_of_kind
from rag.answer.evidence.crossing import crossing
from rag.answer.evidence.evidence import Evidence
from rag.answer.question.answer_kind import AMOUNTS, Kind
from rag.answer.question.asked import Stems, alias, share
from rag.answer.question.question import Question
from rag.datamodel import CELL_SEPARATOR, Hit
from rag.number_forms import CURRENCY_CODE
from rag.protocols import Reading
from rag.text import YEAR, lines_between, word_spans, words

NEAR_WORDS: Final = 8
"""Words of the question count as near within so many words before or after."""

BESIDE_WORDS: Final = 2
"""What a number is of stands within so many words before or after."""

_PLAIN_NUMBER: Final = re.compile(r"[\d.,]+")
_YEAR: Final = re.compile(YEAR)
_CURRENCY: Final = re.compile(rf"[$€£¥]|\b(?:euros?|dollars?|francs?)\b|\b{CURRENCY_CODE}")
_BARE: Final = re.compile(r"\d{1,2}(?:[.,]\d+)?|100")
_EMPTY: Final[frozenset[str]] = frozenset()

Features = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedWords:
    """The question's stems by kind, each with its share of the kind's importance.

    `kind` is that of the answer that is looked for. Stems without any of those `mentioned`, its own
    and those of like meaning, hold nothing of it.
    """

    asked: Question
    kind: Kind
    importance: Mapping[str, float]
    kinds: Mapping[str, Mapping[str, float]]
    mentioned: Stems

    def covered(self, stems: Iterable[str], suffix: str) -> Features:
        """Return the share of each kind of stems that is among `stems`."""
        known = frozenset(stems)
        if known.isdisjoint(self.mentioned):
            return {}
        said = {stem: self.asked.standing(stem, known) for stem in self.importance}
        if not any(said.values()):
            return {}
        return {
            f"{kind}_{suffix}": math.fsum(weight * said[stem] for stem, weight in shares.items())
            for kind, shares in self.kinds.items()
        }

    def named(self, stems: Stems) -> float:
        """Return the share of `stems` that the question names."""
        return share(stems, self.asked.stems)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidencePlace:
    """A piece of evidence and what all its short answers share."""

    evidence: Evidence
    reading: Reading
    common: Mapping[str, float]
    header: tuple[str, ...]


def wanted(asked: Question, importance: Mapping[str, float], *, kind: Kind) -> WantedWords:
    """Return the stems of the question by kind; the shares of a kind sum to 1."""
    kinds: dict[str, dict[str, float]] = {"name": {}, "count": {}, "word": {}}
    for word, value in importance.items():
        stem = alias(word)
        if stem[0].isdigit():
            kinds["count"][stem] = value
        elif stem in asked.names:
            kinds["name"][stem] = value
        else:
            kinds["word"][stem] = value
    own = {alias(word): value for word, value in importance.items()}
    return WantedWords(
        asked=asked,
        kind=kind,
        importance=own,
        kinds={kind: _normalised(of) for kind, of in kinds.items()},
        mentioned=frozenset(own).union(*(asked.related_stems.get(stem, ()) for stem in own)),
    )


def shares_of(
    asked: Question, importance: Mapping[str, float], stems: Stems
) -> tuple[float, float]:
    """Return the shares of the question's plain words, and of its numbers, among `stems`."""
    found = wanted(asked, importance, kind=asked.kind).covered(stems, "in")
    return found.get("word_in", 0.0), found.get("count_in", 0.0)


def _normalised(values: Mapping[str, float]) -> dict[str, float]:
    whole = math.fsum(values.values()) or 1.0
    return {stem: value / whole for stem, value in values.items()}


def page_stems(asked: Question, hits: Sequence[Hit]) -> dict[PageKey, Stems]:
    """Return the stems of all that the hits hold of each page, contexts included."""
    found: dict[PageKey, Stems] = {}
    for hit in hits:
        key = page_key(hit.chunk)
        found[key] = found.get(key, _EMPTY) | asked.stems_in(hit.chunk.embedding_text)
    return found


def place_of(evidence: Evidence, reading: Reading, want: WantedWords, page: Stems) -> EvidencePlace:
    """Return the evidence with the features that its short answers share."""
    chunk, asked = evidence.hit.chunk, want.asked
    own = asked.stems_in(evidence.text)
    header = table_header(chunk)
    return EvidencePlace(
        evidence=evidence,
        reading=reading,
        header=column_names(chunk),
        common={
            "similarity": evidence.similarity,
            "evidence": evidence.score,
            "rank": 1 / math.sqrt(evidence.hit.rank),
            "relevance": reading.relevance,
            "noun_unit": len(asked.noun & own) / max(1, len(asked.noun)),
            "table": float(chunk.role == "table"),
            "figure": float(chunk.role == "figure"),
            **want.covered(own, "unit"),
            **want.covered(page, "page"),
            **want.covered(asked.stems_in(chunk.context), "context"),
            **want.covered(asked.stems_in(header), "header"),
        },
    )


def describe(short: Short, place: EvidencePlace, want: WantedWords) -> Features:
    """Return the features of one short answer by name; those that are 0 may be absent."""
    asked, kind, text = want.asked, want.kind, short.text
    own = asked.stems_in(text)
    numeric = any(c.isdigit() for c in text)
    asks_number = kind in AMOUNTS
    held = kind != "any" and is_of_kind(text, short.evidence.hit.chunk, asked, kind=kind)
    group = "number" if asks_number else kind
    return {
        **place.common,
        **_near(short, want),
        **_cell(short, place, want),
        "read": _read(short, place.reading),
        "kind": float(held),
        "no_kind": float(kind != "any" and not held),
        "unasked_number": float(kind in ("any", "person", "place") and numeric),
        "echo": want.named(own),
        "of_title": share(own, asked.stems_in(short.evidence.hit.chunk.context)),
        "bare_percent": float(kind == "percent" and not held and _BARE.fullmatch(text) is not None),
        "currency": float(kind == "money" and _CURRENCY.search(text) is not None),
        "all_echo": float(set(words(text)) <= asked.named),
        "length": math.log1p(len(word_spans(text))),
        "year": float(asks_number and _YEAR.fullmatch(text) is not None),
        "sole": float(text == place.evidence.text.strip()),
        f"form_{short.form}": 1.0,
        f"{group}_{short.form}": 1.0,
    }


def is_unnamed_number(short: Short, place: EvidencePlace, want: WantedWords) -> bool:
    """Tell whether a bare number is of something else than the thing that `which` asks for.

    Its column, or the words beside it, would name that: "path 14", "the 80186 processor".
    """
    if not want.asked.asks_which or _PLAIN_NUMBER.fullmatch(short.text) is None:
        return False
    return want.asked.noun.isdisjoint(want.asked.stems_in(_name_of(short, place)))


def _name_of(short: Short, place: EvidencePlace) -> str:
    """Return what says of what a number is: its column's name, or the words beside it."""
    text = short.evidence.hit.chunk.text
    first, last = line_around(short)
    if CELL_SEPARATOR in text[first:last]:
        return column_name(short, place.header)
    before, after = text[first : short.start].split(), text[short.end : last].split()
    return " ".join([*before[-BESIDE_WORDS:], *after[:BESIDE_WORDS]])


def column_name(short: Short, names: Sequence[str]) -> str:
    """Return the one of a table's `names` that a short answer of its row stands under."""
    text = short.evidence.hit.chunk.text
    first, last = line_around(short)
    return named_column(names, text[first:last], column_of(text, first, short.start))


def column_over(short: Short) -> str:
    """Return the name of the column that a short answer stands under; "" outside of tables."""
    chunk = short.evidence.hit.chunk
    is_cell = chunk.role == "table" and CELL_SEPARATOR in chunk.text[slice(*line_around(short))]
    return column_name(short, column_names(chunk)) if is_cell else ""


def _read(short: Short, reading: Reading) -> float:
    """Return the reader's best span's chance, by how much it and the short answer overlap."""
    best = 0.0
    for span in reading.spans:
        common = min(short.end, span.end) - max(short.start, span.start)
        if common > 0:
            union = max(short.end, span.end) - min(short.start, span.start)
            best = max(best, span.score * common / union)
    return best


def _near(short: Short, want: WantedWords) -> Features:
    """Return the shares of the question's words in the line, and close by, short left out."""
    evidence = short.evidence
    text = evidence.hit.chunk.text
    first, last = line_around(short)
    before, after = text[first : short.start], text[short.end : last]
    stems = want.asked.stems_in
    line = stems(before) | stems(after)
    close = stems(" ".join(before.split()[-NEAR_WORDS:])) | stems(
        " ".join(after.split()[:NEAR_WORDS])
    )
    return {
        **want.covered(line, "line"),
        **want.covered(close, "near"),
        "noun_near": len(want.asked.noun & close) / max(1, len(want.asked.noun)),
    }


def line_around(short: Short) -> tuple[int, int]:
    """Return the line of the evidence that holds the short answer, or all of it if it breaks."""
    evidence = short.evidence
    for first, last in lines_between(evidence.hit.chunk.text, evidence.start, evidence.end):
        if first <= short.start and short.end <= last:
            return first, last
    return evidence.start, evidence.end


def _cell(short: Short, place: EvidencePlace, want: WantedWords) -> Features:
    """Return how well row label and column name of a cell fit the question."""
    text = short.evidence.hit.chunk.text
    first, last = line_around(short)
    line = text[first:last]
    asked = want.asked
    if CELL_SEPARATOR not in line or not asked.rules.on("cells"):
        return {}
    column = column_of(text, first, short.start)
    cells = cells_between(text, first, last)
    label = text[slice(*cells[0])] if cells else ""
    names = place.header
    name = named_column(names, line, column)
    years = {word for word in words(name) if _YEAR.fullmatch(word)}
    own = bool(cells) and short.start < cells[0][1]
    label_stems = _EMPTY if own else asked.stems_in(label)
    left = left_label(text, cells, short.start) if asked.rules.on("left-labels") else ""
    left_stems = asked.stems_in(left)
    name_stems = asked.stems_in(name)
    crossed = crossing(text, line, column, names, want.importance, stems=asked.stems_in)
    return {
        **(crossed if asked.rules.on("crossing") else {}),
        **want.covered(label_stems, "label"),
        **want.covered(left_stems, "left"),
        "left_named": want.named(left_stems),
        "left_exact": float(
            bool(left_stems) and left_stems <= asked.stems and asked.noun <= left_stems
        ),
        "left_crossing": want.named(left_stems) * want.named(name_stems),
        **want.covered(name_stems, "column"),
        "label_named": want.named(label_stems),
        "column_named": want.named(name_stems),
        "column_noun": len(want.asked.noun & name_stems) / max(1, len(want.asked.noun)),
        "crossing": want.named(label_stems) * want.named(name_stems),
        "column_year": float(bool(years & want.asked.years)),
        "other_year": float(bool(years and want.asked.years and not years & want.asked.years)),
        "label_cell": float(own),
        "first_value": float(len(cells) > 1 and cells[1][0] <= short.start < cells[1][1]),
    }


def left_label(text: str, cells: Sequence[tuple[int, int]], start: int) -> str:
    """Return the nearest cell of words before `start`: a row may hold several labels and values."""
    before = [text[a:b] for a, b in cells if b <= start]
    worded = (t for t in reversed(before) if any(c.isalpha() for c in t) and not t[:1].isdigit())
    return next(worded, "")
