"""Rows of the reader's files: reading, holding back, sampling by set, windows with labels.

Knows the files' format and the mix; knows nothing of torch.
"""

from __future__ import annotations

import gzip
import json
import random
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rag.datamodel import CELL_SEPARATOR
from rag.models.reader.reader import Window, header_length, make_window, place_ranges, room
from rag.stop_words import FUNCTION_WORDS


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


if TYPE_CHECKING:
    from tokenizers import Tokenizer

MIX: Final = {
    "squad2": 0.08,
    "squad2_silver": 0.06,
    "shift_newwiki": 0.15,
    "nq": 0.06,
    "wtq": 0.08,
    "tatqa": 0.03,
    "hybridqa": 0.05,
    "cuad": 0.07,
    "policyqa": 0.07,
    "shift_amazon": 0.11,
    "fairytale": 0.06,
    "qamr": 0.10,
    "selqa": 0.02,
    "fetaqa": 0.01,
    "pubmedqa": 0.01,
    "molweni": 0.02,
    "table_synth": 0.06,
    "claims": 0.04,
    "titles": 0.05,
    "open_nq_complex": 0.10,
    "open_fairytaleqa": 0.06,
    "open_qtsumm": 0.06,
    "open_fetaqa": 0.03,
    "open_qmsum": 0.06,
    "open_clapnq": 0.01,
    "open_quotesum": 0.005,
}
"""Share of each set in what is seen: what people ask of their documents weighs most."""

CLOZE_MIX: Final = {
    "open_fetaqa": 0.2,
    "open_clapnq": 0.02,
    "wtq": 0.15,
    "tatqa": 0.09,
    "hybridqa": 0.12,
    "table_synth": 0.1,
    "squad2": 0.1,
    "nq": 0.1,
    "qamr": 0.08,
    "fairytale": 0.03,
    "policyqa": 0.01,
    "cuad": 0.01,
    "selqa": 0.005,
}
"""The same for gaps: rows, and sentences that people wrote in other words than the passage's."""

MIXES: Final = {"questions": MIX, "cloze": CLOZE_MIX}

HELD_BACK_OF: Final = 40
"""One context in so many is kept from training, to fit the calibration on."""

FOREIGN_SHARE: Final = 0.07
"""Share of questions that are asked of another row's context of the same set: plain negatives."""

UNANSWERABLE_KEPT: Final = 0.8
"""Share of the unanswerable rows that is used, for about a third of no-answers in all."""

UNMARKED: Final = -100
"""The label that the loss of spans passes over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowExample:
    """One window with its label: token positions of the answer, (0, 0) where there is none.

    UNMARKED stands for both where the window is relevant and no words of it are marked.
    """

    window: Window
    start: int
    end: int

    @property
    def answerable(self) -> bool:
        return self.start != 0


def read_rows(path: Path) -> Iterator[ReaderRow]:
    """Read one `.jsonl.gz` of the reader's format."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            raw = json.loads(line)
            spans = tuple((a["start"], a["start"] + len(a["text"])) for a in raw["answers"])
            yield ReaderRow(
                id=raw["id"],
                set=raw["set"],
                question=raw["question"],
                context=raw["context"],
                answers=spans,
                lead=raw.get("lead", ""),
                relevant=raw.get("relevant", False),
            )


def is_held_back(row: ReaderRow) -> bool:
    """Tell whether the row's context is kept from training (all questions of it are)."""
    return zlib.crc32(row.context.encode()) % HELD_BACK_OF == 0


def by_set(rows: Iterable[ReaderRow]) -> dict[str, list[ReaderRow]]:
    groups: dict[str, list[ReaderRow]] = defaultdict(list)
    for row in rows:
        groups[row.set].append(row)
    return dict(groups)


def sample(
    groups: dict[str, list[ReaderRow]], rng: random.Random, mix: Mapping[str, float] = MIX
) -> Iterator[ReaderRow]:
    """Yield rows for ever in the proportions of a mix, each set in shuffled passes."""
    names = [name for name in mix if groups.get(name)]
    weights = [mix[name] for name in names]
    decks: dict[str, list[ReaderRow]] = {name: [] for name in names}
    while True:
        name = rng.choices(names, weights)[0]
        if not decks[name]:
            decks[name] = rng.sample(groups[name], len(groups[name]))
        row = decks[name].pop()
        if not row.answerable and rng.random() > UNANSWERABLE_KEPT:
            continue
        if rng.random() < FOREIGN_SHARE:
            other = rng.choice(groups[name])
            row = replace(row, context=other.context, lead=other.lead, answers=(), relevant=False)
        yield augment(row, rng)


def make_example(
    row: ReaderRow, tokenizer: Tokenizer, rng: random.Random, *, max_tokens: int
) -> WindowExample | None:
    """Choose a window that holds one of the answers; None if no window of the size holds it."""
    question = tokenizer.encode(row.question, add_special_tokens=False).ids
    lead = tokenizer.encode(row.lead, add_special_tokens=False).ids
    passage = tokenizer.encode(row.context, add_special_tokens=False)
    size = room(question, lead, max_tokens=max_tokens)
    header = header_length(row.context, passage)
    ranges = place_ranges(len(passage.ids), header, size=size, overlap=size // 2)
    if not row.answers:
        window = make_window(question, lead, passage.ids, rng.choice(ranges))
        label = UNMARKED if row.relevant else 0
        return WindowExample(window=window, start=label, end=label)
    first, last = _answer_tokens(passage.offsets, rng.choice(row.answers))
    holding = [places for places in ranges if first in places and last in places]
    if first > last or not holding:
        return None
    window = make_window(question, lead, passage.ids, rng.choice(holding))
    return WindowExample(
        window=window, start=window.places.index(first), end=window.places.index(last)
    )


def _answer_tokens(offsets: Sequence[tuple[int, int]], span: tuple[int, int]) -> tuple[int, int]:
    """Return the first and last token that the span touches; (0, -1) where it touches none."""
    touched = [n for n, (a, b) in enumerate(offsets) if a < span[1] and span[0] < b]
    return (touched[0], touched[-1]) if touched else (0, -1)


def batches(
    examples: Iterator[WindowExample], rng: random.Random, *, pool: int, tokens: int, rows: int
) -> Iterator[list[WindowExample]]:
    """Group for ever by length: each batch holds at most `rows` and `tokens`, padding included.

    Each pool's batches come in random order.
    """
    while True:
        ready = sorted(
            (next(examples) for _ in range(pool)), key=lambda example: len(example.window.ids)
        )
        groups: list[list[WindowExample]] = [[]]
        for example in ready:
            width = len(example.window.ids)
            if groups[-1] and (len(groups[-1]) >= rows or (len(groups[-1]) + 1) * width > tokens):
                groups.append([])
            groups[-1].append(example)
        rng.shuffle(groups)
        yield from groups


TYPED_SHARE: Final = 0.2
"""Share of the questions in small letters, as people type them."""
KEY_WORDS_SHARE: Final = 0.1
"""Share of the questions of which the words that tell something are left alone."""
LEAD_SHARE: Final = 0.4
NOISE_SHARE: Final = 0.08
NOISE_RATE: Final = 0.03
REHEAD_SHARE: Final = 0.6
CONFUSIONS: Final = {
    "l": "I",
    "I": "l",
    "O": "0",
    "0": "O",
    "o": "0",
    "1": "l",
    "S": "5",
    "5": "S",
    "e": "c",
    "c": "e",
    "B": "8",
    "8": "B",
    "g": "9",
    ",": ".",
    ".": ",",
    " ": "\n",
}
HEADINGS: Final = (
    "Introduction",
    "Results",
    "Discussion",
    "Overview",
    "Background",
    "Methods",
    "Summary",
    "Notes",
    "Appendix A",
    "1 Scope",
    "2.1 Definitions",
    "3.2 Findings",
    "Financial statements",
    "Table 2",
    "History",
    "Terms and conditions",
    "Part II",
    "Conclusion",
)
SUFFIXES: Final = ("pdf", "docx", "pptx", "html", "md", "xlsx", "txt")
WORD: Final = re.compile(r"[A-Za-z]{4,}|\d{4}")


def augment(row: ReaderRow, rng: random.Random) -> ReaderRow:
    """Apply each change with its share of chance."""
    row = replace(row, question=as_typed(row.question, rng))
    if rng.random() < REHEAD_SHARE:
        row = with_header_row(row)
    if rng.random() < NOISE_SHARE:
        row = replace(row, context=with_noise(row.context, rng))
    if not row.lead and rng.random() < LEAD_SHARE:
        row = replace(row, lead=made_lead(row.context, rng))
    return row


def as_typed(question: str, rng: random.Random) -> str:
    """Write a question as people do who are in a hurry, in its share of cases."""
    chance = rng.random()
    if chance < KEY_WORDS_SHARE:
        words = [w for w in question.lower().strip(" ?.").split() if w not in FUNCTION_WORDS]
        return " ".join(words) or question
    return question.lower() if chance < KEY_WORDS_SHARE + TYPED_SHARE else question


def with_noise(text: str, rng: random.Random) -> str:
    """Confuse letters one for one, so that every span stays where it was."""
    return "".join(
        CONFUSIONS.get(letter, letter) if rng.random() < NOISE_RATE else letter for letter in text
    )


def made_lead(context: str, rng: random.Random) -> str:
    """Invent a context line, `file — title — heading`, from words of the passage."""
    words = WORD.findall(context) or ["report"]
    title = " ".join(rng.choice(words) for _ in range(rng.randint(1, 4)))
    stem = "_".join(rng.choice(words).lower() for _ in range(rng.randint(1, 3)))
    parts = [f"{stem}.{rng.choice(SUFFIXES)}", title, rng.choice(HEADINGS)]
    return " — ".join(parts[: rng.randint(1, 3)])


def with_header_row(row: ReaderRow) -> ReaderRow:
    """Rewrite runs of `key: value | key: value` lines with equal keys as a header and values."""
    pieces: list[tuple[str, int]] = []  # text and where it stood in the old context (-1: new)
    position = 0
    keys: tuple[str, ...] = ()
    for line in row.context.split("\n"):
        cells = _keyed_cells(line, position)
        if cells is None:
            keys = ()
            pieces.append((line, position))
        else:
            found = tuple(key for key, _, _ in cells)
            if found != keys:
                keys = found
                pieces += [(CELL_SEPARATOR.join(keys), -1), ("\n", -1)]
            for n, (_, value, start) in enumerate(cells):
                pieces += [(CELL_SEPARATOR, -1)] * (n > 0) + [(value, start)]
        pieces.append(("\n", -1))
        position += len(line) + 1
    return _rebuilt(row, pieces[:-1])


def _keyed_cells(line: str, position: int) -> list[tuple[str, str, int]] | None:
    """Return (key, value, start) of each cell; None unless every cell has a key."""
    if CELL_SEPARATOR not in line:
        return None
    found = []
    for cell in line.split(CELL_SEPARATOR):
        key, colon, value = cell.partition(": ")
        if not colon:
            return None
        found.append((key, value, position + len(key) + 2))
        position += len(cell) + len(CELL_SEPARATOR)
    return found


def _rebuilt(row: ReaderRow, pieces: Sequence[tuple[str, int]]) -> ReaderRow:
    """Join the pieces and move the answers; the old row where an answer would be lost."""
    moved: list[tuple[int, int]] = []
    length = 0
    for text, start in pieces:
        if start >= 0:
            moved += [
                (length + a - start, length + b - start)
                for a, b in row.answers
                if start <= a and b <= start + len(text)
            ]
        length += len(text)
    if len(moved) < len(row.answers):
        return row
    return replace(row, context="".join(text for text, _ in pieces), answers=tuple(moved))
