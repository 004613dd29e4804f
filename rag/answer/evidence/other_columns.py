"""Cells of another column than the one that is asked for: "installed", where "calibrated" is.

Knows rows of tables and the words of a question.
"""

from __future__ import annotations

from rag.answer.base.tables import cells_of, column_names, column_of, named_column
from rag.answer.evidence.answer_candidates import Short
from rag.answer.evidence.features import line_around
from rag.answer.question.answer_kind import AMOUNTS, holds_kind
from rag.answer.question.question import Question


def is_of_other_column(short: Short, asked: Question) -> bool:
    """Tell whether another cell of the row holds what is asked for, under a name that says more.

    It says all that this one's column says of the question, and something besides. Where things
    are counted a name tells which are meant, not what is asked for.
    """
    chunk = short.evidence.hit.chunk
    if asked.kind not in AMOUNTS | {"date"} or asked.counts or chunk.role != "table":
        return False
    first, last = line_around(short)
    row = chunk.text[first:last]
    names, cells = column_names(chunk), cells_of(row)
    column = column_of(chunk.text, first, short.start)
    said = [asked.stems & asked.stems_in(named_column(names, row, n)) for n in range(len(cells))]
    return any(
        said[column] < said[n] and holds_kind(asked.kind, cell, asked.named)
        for n, cell in enumerate(cells)
        if n
    )
