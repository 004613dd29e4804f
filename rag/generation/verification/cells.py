"""Whether the numbers of a written sentence stand in the rows and columns that it names.

Of "a full house on four credits" a small model tells the cell below "1 credit", or that of a flush.
In a table of bare numbers a reader of words finds neither, so they are looked up by their names.
Knows tables; knows no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rag.datamodel import CELL_SEPARATOR, Hit
from rag.generation.verification.cloze import Misplaced, facts_of
from rag.generation.verification.facts import numbers_in, spelled_sizes, unfound_numbers
from rag.generation.verification.support import stems_of
from rag.retrieval.evidence.evidence import candidates
from rag.table_text import cells_of, column_names

Cells = list[tuple[str, str]]
"""The cells of a row, each behind its column's name; a sentence is one cell of no column."""


def in_other_cells(sentence: str, question: str, hits: Sequence[Hit]) -> list[Misplaced]:
    """Return the numbers of a sentence, where each stands in cells of others than it names.

    That is, a column of the row that holds a number is named better, or the label of another row.
    What a sentence of the hits tells, too, stands.
    """
    named = stems_of(f"{sentence} {question}") | {f"{n:g}" for n in spelled_sizes(question)}
    lines = [line for hit in hits for line in _lines(hit)]
    labelled = max(lines, key=lambda line: _labelled(line, named), default=[])
    found: list[Misplaced] = []
    for number in filter(numbers_in, facts_of(sentence, question)):
        if any(_holds(line[0][1], number) for line in lines if len(line) > 1):
            continue  # it names a row
        own = [line for line in lines if any(_holds(cell, number) for _, cell in line)]
        rivals = [
            _better_named(line, number, named) or _better_labelled(line, labelled, named)
            for line in own
        ]
        if not all(rivals):
            return []
        found += [Misplaced(fact=number, rival=rival) for rival in rivals[:1]]
    return found


def _lines(hit: Hit) -> Iterator[Cells]:
    names = column_names(hit.chunk)
    for evidence in candidates(hit):
        is_row = bool(names) and CELL_SEPARATOR in evidence.text
        cells = zip(names, cells_of(evidence.text), strict=False)
        yield list(cells) if is_row else [("", evidence.text)]


def _better_named(row: Cells, number: str, named: set[str]) -> str:
    """Return the cell of the row whose column is named better than all that hold a number."""
    counts = [(len(stems_of(name) & named), cell) for name, cell in row]
    own = max(count for count, cell in counts if _holds(cell, number))
    others = [one for one in counts if numbers_in(one[1]) and not _holds(one[1], number)]
    count, cell = max(others, default=(0, ""), key=lambda one: one[0])
    return cell if count > own else ""


def _better_labelled(row: Cells, other: Cells, named: set[str]) -> str:
    """Return the label of the other row where it is named better."""
    is_row = len(row) > 1
    return other[0][1] if is_row and _labelled(other, named) > _labelled(row, named) else ""


def _labelled(row: Cells, named: set[str]) -> int:
    return len(stems_of(row[0][1]) & named) if len(row) > 1 else 0


def _holds(cell: str, number: str) -> bool:
    return not unfound_numbers(number, cell)
