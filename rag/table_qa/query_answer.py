"""A query of a language model over one table: written, mended, run, and tried once more.

Knows the seam of the model and a database of one table; knows no plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlglot import exp

from rag.models.llm.protocol import LanguageModel
from rag.table_qa.execution import QueryDatabase, QueryError, QueryResult, opened
from rag.table_qa.planner.engine import Place
from rag.table_qa.query_cells import cells_read, headings, row_texts
from rag.table_qa.query_repair import mended
from rag.table_qa.query_shape import (
    groups_counted,
    narrowed,
    others_alone,
    parsed,
    relaxed,
    written,
)
from rag.table_qa.query_table import QueryTable
from rag.table_qa.text_to_sql import write_query

TRIES: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryAnswer:
    """A query that ran: its result as the table's cells say it, and the places of these.

    `mean_logprob` is the model's, of its words.
    """

    sql: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    cells: tuple[Place, ...]
    mean_logprob: float

    @property
    def answers(self) -> tuple[str, ...]:
        """The different texts of the result."""
        return tuple(dict.fromkeys(text for row in self.rows for text in row if text))


def query_answer(model: LanguageModel, question: str, table: QueryTable) -> QueryAnswer | None:
    """Return what a query of the model gives; None where none of two runs and finds something.

    Raises ModelError.
    """
    failed = ""
    for _ in range(TRIES):
        completion = write_query(model, question, table, failed=failed)
        try:
            return run(
                completion.text, table, question=question, mean_logprob=completion.mean_logprob
            )
        except QueryError as error:
            failed = f"{completion.text}\nThis is wrong: {error}. Another query:\n"
    return None


def run(
    text: str, table: QueryTable, *, question: str = "", mean_logprob: float = 0.0
) -> QueryAnswer:
    """Return what the query in a text gives, mended.

    Where it gives nothing, rows that are no data are asked too, then the row that others are the
    same as, then conditions are left out that the question does not name. Raises QueryError.
    """
    query = mended(groups_counted(narrowed(parsed(text))), table)
    for one in (others_alone(query), query, relaxed(query, question)):
        for apart in (False, True) if table.apart else (False,):
            with opened(table, apart=apart) as database:
                result = database.run(written(one)) if one is not None else None
                if one is None or result is None or result.is_empty:
                    continue
                if _adds_words(one, table):
                    raise QueryError("it adds up what holds words, too")
                answer = _answer(one, result, table, database, mean_logprob)
                if one.find(exp.Sum, exp.Avg) and len({row for row, _ in answer.cells}) == 1:
                    raise QueryError("it adds up a single row")
                return answer
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


def _answer(
    query: exp.Query,
    result: QueryResult,
    table: QueryTable,
    database: QueryDatabase,
    mean_logprob: float,
) -> QueryAnswer:
    return QueryAnswer(
        sql=written(query),
        columns=headings(result, query, table),
        rows=row_texts(result, query, table),
        cells=cells_read(query, table, database),
        mean_logprob=mean_logprob,
    )
