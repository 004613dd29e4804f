"""Whether what a model wrote is right: by gold answers, by what a query gives. Knows lessons."""

from __future__ import annotations

import re
import sqlite3
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final

from training.writer.answers import NOT_FOUND
from training.writer.lesson import Lesson

UNFINISHED: Final = "…"
"""Ends what was cut off at its most tokens."""

_MIN_WORDS: Final = {"span": 4, "yesno": 5, "open": 10, "summary": 9}
_MAX_WORDS: Final = {"summary": 89}
_THOUSANDS: Final = re.compile(r"(?<=\d),(?=\d{3})")
_LONGEST_S: Final = 1.0
_MAX_ROWS: Final = 200


def words_of(text: str) -> list[str]:
    """Return the words of a text as they are compared: without marks, bold and commas."""
    bare = _THOUSANDS.sub("", re.sub(r"\[\d+\]|\*\*", " ", text.lower()))
    return re.sub(r"[^a-z0-9.% ]+", " ", bare).split()


def f1(text: str, gold: str) -> float:
    """Return the F1 of words, as SQuAD has it."""
    own, other = Counter(words_of(text)), Counter(words_of(gold))
    return 2 * (own & other).total() / max(1, own.total() + other.total())


def marks(text: str) -> list[int]:
    return [int(mark) for mark in re.findall(r"\[(\d+)\]", text)]


def holds(text: str, answers: Sequence[str]) -> bool:
    """Tell whether a text holds one of the answers, in whole words."""
    own = f" {' '.join(words_of(text))} "
    return any(words_of(answer) and f" {' '.join(words_of(answer))} " in own for answer in answers)


def is_fine(lesson: Lesson, text: str) -> bool:
    """Tell whether a model's own answer may stand as the lesson's."""
    if text.endswith(UNFINISHED) or NOT_FOUND in text:
        return False
    if lesson.check == "query":
        return _gives_answer(lesson, text)
    least, most = _MIN_WORDS[lesson.check], _MAX_WORDS.get(lesson.check, 50)
    if not (least <= len(text.split()) <= most and _numbers(text) <= _numbers(lesson.user)):
        return False
    if lesson.check == "yesno" and words_of(text)[:1] != lesson.gold:
        return False
    if lesson.check == "span" and not holds(text, lesson.gold):
        return False
    return lesson.check == "summary" or _is_cited(lesson, text)


def _is_cited(lesson: Lesson, text: str) -> bool:
    """Tell whether up to three sentences, all marked, keep to the words of the right source."""
    parts = re.split(r"(?<=[.!?])\s+(?=[A-Z*\"])", text)
    words = re.findall(r"[a-z]{4,}", text.lower())
    known = sum(word[:5] in lesson.user.lower() for word in words)
    is_right = marks(text)[:1] == [lesson.mark] and all(map(marks, parts))
    return is_right and len(parts) <= 3 and known >= 0.8 * len(words)


def _numbers(text: str) -> set[str]:
    bare = _THOUSANDS.sub("", re.sub(r"\[\d+\]", " ", text))
    return set(re.findall(r"\d+(?:\.\d+)?", bare))


def _gives_answer(lesson: Lesson, query: str) -> bool:
    """Tell whether a query gives the gold answer, run over the lesson's table in memory."""
    columns = ", ".join(f'"{name}" {type_} COLLATE NOCASE' for name, type_ in lesson.columns)
    values = ", ".join("?" * (len(lesson.columns) + 1))
    end = time.monotonic() + _LONGEST_S
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute(f"CREATE TABLE t (id INTEGER PRIMARY KEY, {columns})")
        database.executemany(f"INSERT INTO t VALUES ({values})", lesson.rows)  # noqa: S608 - marks
        database.execute("PRAGMA query_only = ON")
        database.set_progress_handler(lambda: time.monotonic() > end, 1_000)
        try:
            return is_same(database.execute(query).fetchmany(_MAX_ROWS), lesson.gold)
        except sqlite3.Error:
            return False


def is_same(rows: Sequence[Sequence[Any]], answers: Sequence[str]) -> bool:
    """Tell whether the cells of a result are the answers, each counted once."""
    found = {_value(cell) for row in rows for cell in row if cell is not None}
    return bool(found) and found == {_value(answer) for answer in answers}


def _value(cell: object) -> str:
    try:
        return str(round(float(str(cell).replace(",", "")), 2))
    except ValueError:
        return re.sub(r"[^a-z0-9]+", "", str(cell).lower())
