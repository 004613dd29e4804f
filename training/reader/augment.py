"""Makes a row look like what the program reads; spans stay on the same words.

A context line in front, tables with their header row first, letters that OCR confuses.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from rag.datamodel import CELL_SEPARATOR
from rag.stop_words import FUNCTION_WORDS
from training.reader.rows import ReaderRow

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
