"""How well the row and the column of a cell fit a question, beside the others of its table.

A look-up asks for the crossing of a row and a column. What a column shares with the question tells
little while another column shares more: an "EEPROM size" stands under "EEPROM", not under "Flash
size". Knows rows as text and the importance of words; knows no chunk and no model.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from rag.answer.base.tables import cells_of
from rag.answer.question.asked import Stems, stems_of
from rag.datamodel import CELL_SEPARATOR

Importance = Mapping[str, float]
"""Of the question's stems, months by their short names; they sum to 1."""

Fits = Callable[[Stems, Importance], float]


def crossing(
    text: str,
    row: str,
    column: int,
    names: Sequence[str],
    importance: Importance,
    *,
    stems: Callable[[str], Stems] = stems_of,
) -> dict[str, float]:
    """Return how well row and column of a cell fit beside the others, all in -1..1.

    A gap is 0 where no other fits better, below 0 by how much one does; `both_best` is 1 where all
    other rows and all other columns fit less. `text` holds the rows of the table, `row` is the
    cell's own, `names` are those of the columns. `stems` cuts words as those of `importance` are.
    """
    rest = functools.partial(_without, column=column)
    name = names[column] if column < len(names) else ""
    others = map(stems, map(rest, table_rows(text)))
    by_column = _Fit.of(stems(name), map(stems, names), _named, importance)
    by_row = _Fit.of(stems(rest(row)), others, _covered, importance)
    return {
        "column_gap": by_column.gap,
        "row_gap": by_row.gap,
        "both_best": float(by_column.is_best and by_row.is_best),
    }


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well one of several texts fits: its own fit, the best of all, how many fit that well."""

    own: float
    best: float
    bests: int

    @classmethod
    def of(cls, own: Stems, texts: Iterable[Stems], fit: Fits, importance: Importance) -> Self:
        fits = [fit(text, importance) for text in texts]
        best = max(fits, default=0.0)
        return cls(fit(own, importance), best, sum(math.isclose(f, best) for f in fits))

    @property
    def gap(self) -> float:
        return min(0.0, self.own / self.best - 1) if self.best > 0 else 0.0

    @property
    def is_best(self) -> bool:
        return self.best > 0 and self.bests == 1 and math.isclose(self.own, self.best)


@functools.lru_cache(maxsize=512)
def table_rows(text: str) -> tuple[str, ...]:
    """Return the rows below the first, which names the columns."""
    return tuple(line for line in text.split("\n") if CELL_SEPARATOR in line)[1:]


@functools.lru_cache(maxsize=16384)
def _without(row: str, column: int) -> str:
    """Return the row's cells but that of a column: there the answer stands, and its rivals."""
    cells = cells_of(row)
    return CELL_SEPARATOR.join(cells[:column] + cells[column + 1 :])


def _covered(stems: Stems, importance: Importance) -> float:
    """Return the importance of the question's stems that are among `stems`."""
    return math.fsum(share for stem, share in importance.items() if stem in stems)


def _named(stems: Stems, importance: Importance) -> float:
    """Return the same, times the share of `stems` that the question names."""
    return _covered(stems, importance) * len(stems & importance.keys()) / max(1, len(stems))
