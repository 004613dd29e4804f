"""What a table answers: a plan where it is sure, else a likely query of a model, or a plan."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlglot import exp

import prompts
from rag.models.llm.language_model import LanguageModel, TextCompletion
from rag.table_qa.planner.engine import Place
from rag.table_qa.planner.planner import Planned
from rag.table_qa.queries import (
    TABLE,
    QueryError,
    cells_read,
    groups_counted,
    headings,
    narrowed,
    opened,
    others_alone,
    parsed,
    relaxed,
    row_texts,
    written,
)
from rag.table_qa.query_repair import mended
from rag.table_qa.query_table import Cell, QueryTable
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


def warm_queries(model: LanguageModel) -> None:
    """Read the instructions now: the first question then waits for them no longer."""
    _completed(model, "Question: ready?", max_tokens=1)


def _completed(model: LanguageModel, asked: str, *, max_tokens: int) -> TextCompletion:
    instructions = prompts.load("table_query").substitute().strip()
    return model.complete(instructions, asked, max_tokens=max_tokens)


def shown_table(question: str, table: QueryTable) -> str:
    """Return the columns of a table, the rows that a question may mean, and the question."""
    columns = ", ".join(f"{column.name} {column.type}" for column in table.columns)
    names = " | ".join(("id", *(column.name for column in table.columns)))
    rows = [
        " | ".join((str(n + 1), *(_shown(column.cells[n]) for column in table.columns)))
        for n in _rows(question, table)
    ]
    title = f"{table.title}: " if table.title else ""
    about = "\n".join(
        (f"{title}{table.height} rows, among them:", names, *rows, *_listed(table))
    ).replace("*/", "* /")
    return f"CREATE TABLE {TABLE} (id INTEGER, {columns})\n/* {about}\n*/\nQuestion: {question}\n"


def _shown(cell: Cell) -> str:
    text = "NULL" if cell is None else str(cell)
    return text if len(text) <= MAX_CELL else f"{text[:MAX_CELL]}…"


def _listed(table: QueryTable) -> Sequence[str]:
    lines = []
    for column in table.columns:
        counts = Counter(cell for cell in column.cells if cell is not None)
        values = ", ".join(f"'{value}'" for value, _ in counts.most_common(MAX_LISTED))
        is_few = 1 < len(counts) <= MAX_LISTED < table.height
        if column.type == "TEXT" and is_few and len(values) <= MAX_LISTED_LETTERS:
            lines.append(f"{column.name}: {values}")
    return lines


def _rows(question: str, table: QueryTable) -> list[int]:
    room = max(2, MAX_SHOWN // len(table.columns))
    found = [*_alike(question, table)[:LIKE_ROWS], *range(FIRST_ROWS), table.height - 1]
    kept = [row for row in dict.fromkeys(found) if 0 <= row < table.height]
    return sorted(kept[:room])


def _alike(question: str, table: QueryTable) -> list[int]:
    asked = {stem(word) for word in words_of_cells(question) if word not in STOP_WORDS}
    texts = [column for column in table.columns if not column.name.endswith("_number")]
    cells = ([table.text(row, column) for column in texts] for row in range(table.height))
    shared = [asked & {stem(w) for text in own for w in words_of_cells(text)} for own in cells]
    counts = Counter(one for own in shared for one in own)
    worth = [sum(1 / counts[one] for one in own) for own in shared]
    return sorted((row for row, own in enumerate(worth) if own), key=lambda row: -worth[row])


TRIES: Final = 2

AGREED: Final = 0.82
"""How likely a query is right that gives what the likeliest plan gives; see training/LOG.md."""

ALONE: Final = 0.5
PER_LOGPROB: Final = 7.0
"""Of a query that gives something else: the logit, and what the mean log-probability adds to it."""

MIN_LOGPROB: Final = -0.1
"""A query of less likely words gives way to a plan, which is right nearly twice as often there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableAnswer:
    """What a table gives.

    `columns` and `rows` are the result as the table's own cells say it. `cells` are those that it
    was read off, by row and column from 0, row -1 the heading. `sql` is the query, which a model
    wrote with a `mean_logprob`, "" where `plan` gave it. `sureness` is how likely it is right,
    0 to 1.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[Place, ...]
    sureness: float
    sql: str = ""
    mean_logprob: float = 0.0
    plan: Planned | None = None

    @property
    def answers(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(text for row in self.rows for text in row if text))


def query_answer(model: LanguageModel, question: str, table: QueryTable) -> TableAnswer | None:
    """Return what a query of the model gives; None where neither of two does. Raises ModelError."""
    failed = ""
    for _ in range(TRIES):
        asked = shown_table(question, table) + failed
        query = _completed(model, asked, max_tokens=MAX_TOKENS)
        try:
            return run(query.text, table, question=question, mean_logprob=query.mean_logprob)
        except QueryError as error:
            failed = f"{query.text}\nThis is wrong: {error}. Another query:\n"
    return None


def run(
    text: str, table: QueryTable, *, question: str = "", mean_logprob: float = 0.0
) -> TableAnswer:
    """Return what a text's query gives, mended, then relaxed. Raises QueryError."""
    query = mended(groups_counted(narrowed(parsed(text))), table)
    for one in (others_alone(query), query, relaxed(query, question)):
        for apart in (False, True) if table.apart else (False,):
            with opened(table, apart=apart) as database:
                result = database.run(written(one)) if one is not None else None
                if one is None or result is None or result.is_empty:
                    continue
                if _adds_words(one, table):
                    raise QueryError("it adds up what holds words, too")
                cells = cells_read(one, table, database)
                if one.find(exp.Sum, exp.Avg) and len({row for row, _ in cells}) == 1:
                    raise QueryError("it adds up a single row")
                logit = ALONE + PER_LOGPROB * mean_logprob
                return TableAnswer(
                    columns=headings(result, one, table),
                    rows=row_texts(result, one, table),
                    cells=cells,
                    sureness=1 / (1 + math.exp(-logit)),
                    sql=written(one),
                    mean_logprob=mean_logprob,
                )
    raise QueryError("it finds nothing")


def _adds_words(query: exp.Query, table: QueryTable) -> bool:
    """Tell whether numbers in a column of text are added up of which some cells hold none."""
    sums = query.find_all(exp.Sum, exp.Avg)
    summed = {column.name for one in sums for column in one.find_all(exp.Column)}
    texts = {column.source: column for column in table.columns if column.type == "TEXT"}
    return any(
        text is not None and number is None
        for column in table.columns
        if column.name in summed and column.source in texts and column.type != "TEXT"
        for text, number in zip(texts[column.source].cells, column.cells, strict=True)
    )


MIN_SHARED: Final = 0.34
"""A table is asked if it has such a share of the words of a question that say something."""


def answer_table(
    model: LanguageModel | None, question: str, table: QueryTable, plans: Sequence[Planned] = ()
) -> TableAnswer | None:
    """Return what a table gives; None where no plan and no query says anything.

    `plans` were made over the table for the question, the likeliest first: that tells without a
    model. At most two queries are written. Raises ModelError.
    """
    likeliest = plans[0] if plans else None
    if likeliest is None or not likeliest.is_sure:
        query = query_answer(model, question, table) if model else None
        is_agreed = query and likeliest and _is_same(likeliest.outcome.texts, query.answers)
        is_likely = likeliest is None or is_agreed or (query and query.mean_logprob >= MIN_LOGPROB)
        if query is not None and is_likely:
            return replace(query, sureness=AGREED) if is_agreed else query
    return None if likeliest is None else _by_plan(table, likeliest)


def fits(question: str, table: QueryTable) -> bool:
    """Tell whether a table speaks of what is asked: by the words of its title, names and cells."""
    asked = _stems(question)
    said = _stems(" ".join((table.title, *(column.heading for column in table.columns))))
    for column in table.texts:
        if len(asked & said) >= MIN_SHARED * len(asked):
            return True
        said |= _stems(" ".join(column))
    return len(asked & said) >= MIN_SHARED * len(asked)


def _stems(text: str) -> frozenset[str]:
    said = (word for word in words_of_cells(text) if word not in STOP_WORDS)
    return frozenset(stem(word) for word in said if word not in {"one", "ones"})


def _by_plan(table: QueryTable, plan: Planned) -> TableAnswer:
    headings = {column.source: column.heading for column in table.columns}
    return TableAnswer(
        columns=(" ".join(headings.get(column, "") for column in plan.plan.columns).strip(),),
        rows=tuple((text,) for text in plan.outcome.texts),
        cells=plan.outcome.cells,
        sureness=plan.chance,
        plan=plan,
    )


def _is_same(texts: Sequence[str], others: Sequence[str]) -> bool:
    one, other = (frozenset(" ".join(words_of_cells(text)) for text in o) for o in (texts, others))
    return one == other
