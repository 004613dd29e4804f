"""The rows of a table that a question names: by a name, a month, a date, a word of their label.

"Compare January and July" names two rows of twelve; each is shown, and the others are not. What
most rows share names none of them. Knows tables and words; knows no model.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Collection, Sequence
from typing import Final

from rag.answer.base.tables import Key
from rag.answer.computed.table_rows import LEAST_ROWS, FoundRow, JoinedTable
from rag.answer.question.asked import MONTHS, Stems, share, stems_of
from rag.answer.question.question import Question
from rag.glossary.gloss import as_english
from rag.months import months_in
from rag.text import SHORT_MONTHS

MOST_SHARE: Final = 1 / 3
"""A word that stands in more of the rows than this tells no row from another."""

MOST_LABEL_WORDS: Final = 12
"""A cell of more words is a text: what it mentions is not its name."""

_DAY: Final = re.compile(r"\d{1,2}")
_ISO: Final = re.compile(r"\b(?P<year>\d{4})-(?P<month>\d\d)(?:-(?P<day>\d\d))?\b")


def named_rows(asked: Question, table: JoinedTable) -> list[FoundRow]:
    """Return the rows that the question names, in the table's order; [] where it names none.

    A row whose words of the question are all another's too, which has more, is not named: "lowest
    temperature" names no row of other temperatures. Nor does what all are by their column's name:
    a "visit" is no more a "Sunrise visit" than any other row below "Visit".
    """
    if len(table.rows) < LEAST_ROWS:
        return []
    labels = [_called(row, asked) for row in table.rows]
    common = Counter(stem for stems in labels for stem in stems)
    of_all = asked.stems_in(table.names[0]) if table.names else frozenset()
    telling = {
        stem
        for stem in _asked_stems(asked) - of_all
        if 0 < common[stem] <= max(1, MOST_SHARE * len(table.rows)) or stem in MONTHS
    }
    named = [stems & telling for stems in labels]
    return [
        row
        for row, own in zip(table.rows, named, strict=True)
        if own and not any(own < other for other in named)
    ]


def _asked_stems(asked: Question) -> Stems:
    """Return the stems of the question, with the month that it is about in whatever language."""
    return asked.stems | _of_months({asked.month} if asked.month else set())


def _called(row: FoundRow, asked: Question) -> Stems:
    """Return what a row is called by; the day of a date is no name where no month is asked for."""
    stems = label_stems(row, asked.language)
    if asked.month is not None:
        languages = (*asked.spoken_languages, row.hit.chunk.language or "en")
        return stems | _of_months(months_in(next(filter(None, row.cells), ""), languages))
    if stems & MONTHS and not asked.stems & MONTHS:
        return frozenset(stem for stem in stems if not _DAY.fullmatch(stem))
    return stems


def _of_months(months: Collection[int]) -> Stems:
    return frozenset(SHORT_MONTHS[month - 1] for month in months)


def label_stems(row: FoundRow, language: str | None = None) -> Stems:
    """Return the stems of what a row is called: its first cell that says something."""
    label = next((cell for cell in row.cells if cell), "")
    return _label_stems(label, language) if len(label.split()) <= MOST_LABEL_WORDS else frozenset()


@functools.lru_cache(maxsize=16384)
def _label_stems(label: str, language: str | None) -> Stems:
    told = _ISO.sub(_written_out, label)
    return stems_of(as_english(told) if language in {None, "en"} else told, language)


def _written_out(date: re.Match[str]) -> str:
    """Return `2025-02-09` as 9 feb 2025."""
    month = int(date["month"])
    if not 1 <= month <= len(SHORT_MONTHS):
        return date.group()
    day = str(int(date["day"])) if date["day"] else ""
    return f"{day} {SHORT_MONTHS[month - 1]} {date['year']}"


def beside_named(asked: Question, tables: Sequence[JoinedTable]) -> dict[Key, dict[Key, float]]:
    """Return the rows that stand beside named ones, each with the named ones of its table.

    With these goes how much of what they are called the question says: "8 May" is half of May.
    """
    found: dict[Key, dict[Key, float]] = {}
    known = _asked_stems(asked)
    for table in tables:
        named = {row.key: share(_called(row, asked), known) for row in named_rows(asked, table)}
        if named:
            found.update({row.key: named for row in table.rows if row.key not in named})
    return found


def rows_of_both(asked: Question, tables: Sequence[JoinedTable]) -> tuple[Key, ...]:
    """Return a row for each side of a comparison, of the table that names both; () without one.

    Of several it is the one whose rows are called so and no more ("Apr" before "12 Apr"), and then
    the one that tells most of them.
    """
    wanted = [stems_of(side) for side in asked.sides]
    found: dict[tuple[Key, ...], tuple[float, int]] = {}
    for table in tables if wanted else ():
        rows = {row.key: label_stems(row) for row in named_rows(asked, table)}
        pair = tuple(max(rows, key=lambda key: share(rows[key], side)) for side in wanted if rows)
        shares = [share(rows[key], side) for key, side in zip(pair, wanted, strict=False)]
        if pair and all(shares):
            found.setdefault(pair, (sum(shares), len(table.names)))
    return max(found, key=found.__getitem__, default=())
