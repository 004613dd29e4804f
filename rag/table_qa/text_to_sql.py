"""A question over a table as the language model is asked it, and the query that it writes.

Knows prompts and a query's table; runs nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import prompts
from rag.models.llm.protocol import LanguageModel, TextCompletion
from rag.table_qa.execution import TABLE
from rag.table_qa.query_table import Cell, QueryColumn, QueryTable
from rag.text import STOP_WORDS, stem, words_of_cells

MAX_TOKENS: Final = 96
"""Of a query: few that are longer are right."""

MAX_CELL: Final = 40
"""Letters of a cell that are shown."""

LIKE_ROWS: Final = 3
FIRST_ROWS: Final = 2
MAX_SHOWN: Final = 60
"""Cells that are shown; of a wide table fewer rows are."""

MAX_LISTED: Final = 6
MAX_LISTED_LETTERS: Final = 90
"""The values of a column are listed if they are so few and so short."""


def write_query(
    model: LanguageModel, question: str, table: QueryTable, *, failed: str = ""
) -> TextCompletion:
    """Return the query that a model writes; `failed` tells of the one before. Raises ModelError."""
    return model.complete(
        prompts.load("table_query").substitute().strip(),
        shown_table(question, table) + failed,
        max_tokens=MAX_TOKENS,
    )


def warm(model: LanguageModel) -> None:
    """Read the instructions now: the first question then waits for them no longer."""
    instructions = prompts.load("table_query").substitute().strip()
    model.complete(instructions, "Question: ready?", max_tokens=1)


def shown_table(question: str, table: QueryTable) -> str:
    """Return the columns of a table, the rows that a question may mean, and the question."""
    columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    names = " | ".join(("id", *(column.name for column in table.columns)))
    rows = (_row(table, number) for number in _rows(question, table))
    title = f"{table.title}: " if table.title else ""
    about = "\n".join(
        (f"{title}{table.height} rows, among them:", names, *rows, *_listed(table))
    ).replace("*/", "* /")
    return f"CREATE TABLE {TABLE} (id INTEGER, {columns})\n/* {about}\n*/\nQuestion: {question}\n"


def _row(table: QueryTable, number: int) -> str:
    cells = (_shown(column.cells[number]) for column in table.columns)
    return " | ".join((str(number + 1), *cells))


def _shown(cell: Cell) -> str:
    text = "NULL" if cell is None else str(cell)
    return text if len(text) <= MAX_CELL else f"{text[:MAX_CELL]}…"


def _listed(table: QueryTable) -> Sequence[str]:
    """Return the values of the text columns that have few, most frequent first."""
    lines = []
    for column in table.columns:
        counts = Counter(cell for cell in column.cells if cell is not None)
        values = ", ".join(f"'{value}'" for value, _ in counts.most_common(MAX_LISTED))
        is_few = 1 < len(counts) <= MAX_LISTED < table.height
        if column.type == "TEXT" and is_few and len(values) <= MAX_LISTED_LETTERS:
            lines.append(f"{column.name}: {values}")
    return lines


def _rows(question: str, table: QueryTable) -> list[int]:
    """Return the rows that share rare words with a question, the first and the last, in order."""
    room = max(2, MAX_SHOWN // len(table.columns))
    found = [*_alike(question, table)[:LIKE_ROWS], *range(FIRST_ROWS), table.height - 1]
    kept = [row for row in dict.fromkeys(found) if 0 <= row < table.height]
    return sorted(kept[:room])


def _alike(question: str, table: QueryTable) -> list[int]:
    asked = {stem(word) for word in words_of_cells(question) if word not in STOP_WORDS}
    texts = [column for column in table.columns if not column.name.endswith("_number")]
    shared = [_shared(asked, table, texts, row) for row in range(table.height)]
    counts = Counter(one for own in shared for one in own)
    worth = [sum(1 / counts[one] for one in own) for own in shared]
    return sorted((row for row, own in enumerate(worth) if own), key=lambda row: -worth[row])


def _shared(
    asked: set[str], table: QueryTable, columns: Sequence[QueryColumn], row: int
) -> set[str]:
    words = (word for column in columns for word in words_of_cells(table.text(row, column)))
    return asked & {stem(word) for word in words}
