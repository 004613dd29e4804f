"""Lessons, and whether what a model wrote is right: by gold answers, by what a query gives."""

from __future__ import annotations

import json
import lzma
import random
import re
import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, Final, Literal

Check = Literal["", "span", "yesno", "open", "summary", "query"]


@dataclass(slots=True, kw_only=True)
class Lesson:
    """Pairs of user and assistant text after the system text `prompt`; `kind` is the set's name.

    A lesson with a check is put to the untaught model, too: where its own answer passes the check,
    by `gold` answers and the `mark` of the source that holds them, it is learned instead.
    """

    kind: str
    turns: list[tuple[str, str]]
    prompt: str = "answer"
    check: Check = ""
    gold: list[str] = field(default_factory=list)
    mark: int = 0
    columns: list[tuple[str, str]] = field(default_factory=list)
    """Names and SQL types of the table that a query is about, with its `rows`, `id` first."""
    rows: list[list[str | int | float | None]] = field(default_factory=list)

    @property
    def user(self) -> str:
        return self.turns[0][0]

    @property
    def answer(self) -> str:
        return self.turns[0][1]


def read_lessons(path: Path) -> list[Lesson]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        return [Lesson(**json.loads(line)) for line in file]


def write_lessons(path: Path, lessons: Iterable[Lesson]) -> None:
    with lzma.open(path, "wt", encoding="utf-8") as file:
        for lesson in lessons:
            fields = {name: value for name, value in asdict(lesson).items() if value}
            file.write(json.dumps(fields, ensure_ascii=False) + "\n")


_OPEN: Final = re.compile(
    r"(?:and |so |but )?(?:why|how come|explain|describe|what (?:happen|led|caused|made)"
    r"|for what reason|how (?!many|much|old|long|far|often|tall|big|large|high|deep|fast|wide))",
    re.IGNORECASE,
)

_CHANGES: Final = (
    (0.2, r"^[A-Z](?=[a-z ])", lambda match: match[0].lower()),
    (0.2, r"(?s)^.*$", lambda match: match[0].lower()),
    (0.35, r"[ ?]+$", ""),
    (0.12, r"(?i)^why (did|do|does|is|are|was|were)\b", r"how come \1"),
    (0.1, r"(?i)\b(w)hat is\b", r"\1hats"),
    (0.02, r"^", "please tell me: "),
    (0.02, r"^", "hi, "),
    (0.05, r"([a-z])([a-z])(?=[a-z]{1,2}\b)", r"\2\1"),
)
"""Shares of the questions that are changed so: what people leave out, put before it, swap."""


def asks_widely(question: str) -> bool:
    """Tell whether a question asks for a reason or a way rather than for a few words."""
    return bool(_OPEN.match(question))


def as_typed(question: str, rng: random.Random) -> str:
    for share, pattern, changed in _CHANGES:
        if rng.random() < share:
            question = re.sub(pattern, changed, question, count=1)
    return question


Span = tuple[int, int]

NOT_FOUND: Final = "[0]"
"""What the writer says where no source answers."""

MAX_BOLD_WORDS: Final = 12
MAX_WORDS: Final = 45
"""Of a sentence that is quoted whole."""

MAX_MORE_WORDS: Final = 28
"""Of the sentence after it, where a reason is asked for."""

_ABBREVIATIONS: Final = r"vs Mr Dr No St Ms Mrs Jr Inc U\.S [A-Z]".split()
_SENTENCE_END: Final = re.compile(
    "".join(rf"(?<!\b{one}\.)" for one in _ABBREVIATIONS)
    + r"(?:(?<=[.!?])[\"'”’»)\]]*\s+(?=[^\sa-z])|(?<=[。！？।؟]))"
)
_STOPS: Final = frozenset(".!?。！？।؟")
_CLOSING: Final = "\"'”’»"


def sentences(text: str) -> list[Span]:
    """Return the spans of the sentences, which cover the text."""
    ends = (match.end() for match in _SENTENCE_END.finditer(text))
    return list(pairwise(sorted({0, *ends, len(text)})))


def marked(sentence: str) -> str:
    """Return a sentence with the mark 0 before the stop that ends it."""
    sentence = " ".join(sentence.split())
    body = sentence.rstrip(_CLOSING + "".join(_STOPS))
    end = sentence[len(body) :]
    return f"{body.rstrip(' ,;:')} [0]{end if _STOPS & set(end) else end + '.'}"


def all_marked(parts: Iterable[str]) -> str:
    return " ".join(map(marked, parts))


def answer_from(text: str, span: Span, question: str = "") -> str:
    """Return the sentence of a span with it in bold; of a table, row and column before it.

    A question for a reason gets the sentence after it, too, where that is short.
    """
    answer = " ".join(text[span[0] : span[1]].split())
    sentence = sentence_around(text, span)
    if sentence and (quoted := _quoted(text, span, sentence)):
        rest = text[sentence[1] :] if asks_widely(question) else ""
        more = [rest[start:end] for start, end in sentences(rest)[:1]]
        more = [one for one in more if 4 < len(one.split()) <= MAX_MORE_WORDS]
        return all_marked([quoted, *more])
    bold = f"**{answer}**" if len(answer.split()) <= MAX_BOLD_WORDS else answer
    return marked(cell_label(text, span[0]) + bold)


def sentence_around(text: str, span: Span) -> Span | None:
    """Return the span of the sentence, or sentences, that hold a span; None across lines."""
    touched = [one for one in sentences(text) if one[0] < span[1] and one[1] > span[0]]
    if not touched:
        return None
    start, end = touched[0][0], touched[-1][1]
    words = text[start:end].strip()
    return None if "|" in words or "\n" in words else (start, end)


def _quoted(text: str, span: Span, sentence: Span) -> str:
    """Return a sentence with a span in bold, if that is a part of it; "" for a long one."""
    (start, end), (first, last) = span, sentence
    is_part = end - start < 0.7 * (last - first)
    bold = "**" if is_part and len(text[start:end].split()) <= MAX_BOLD_WORDS else ""
    quoted = f"{text[first:start]}{bold}{text[start:end]}{bold}{text[end:last]}"
    return quoted if len(quoted.split()) <= MAX_WORDS else ""


def cell_label(text: str, start: int) -> str:
    """Return the names of the row and the column of a cell, "Row, Column: "; "" if unknown.

    Rows are "header: value | header: value", or a header line and values below it.
    """
    lines = text.split("\n")
    number = text.count("\n", 0, start)
    row = lines[number].split(" | ")
    before = text[text.rfind("\n", 0, start) + 1 : start]
    column = before.count(" | ")
    name, is_keyed, _ = row[column].partition(": ")
    first = row[0].rpartition(": ")[2]
    if not is_keyed:
        heads = next((line for line in lines if line.count(" | ") == len(row) - 1), "")
        name = heads.split(" | ")[column] if heads not in {"", lines[number]} else ""
    if not (column and name and re.search(r"[A-Za-z]", first)):
        return ""
    if max(len(first.split()), len(name.split())) > 8:
        return ""
    return f"{first[0].upper()}{first[1:]}, {name.strip(' :*#')}: "


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
