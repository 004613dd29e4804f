"""Tables that stand between level rules of one width, without upright rules. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from ingest.parsers.pdf.drawn.drawings import Drawings
from ingest.parsers.pdf.drawn.figures import is_prose
from ingest.parsers.pdf.letters.geometry import Rect, around, grown, share_inside, vertical_overlap
from ingest.parsers.pdf.letters.runs import Piece
from ingest.parsers.pdf.tables.cells import PdfTable, is_number, rows_of
from ingest.parsers.pdf.tables.columns import row_of
from ingest.parsers.pdf.tables.tables import table_of

_TITLE_LINES: Final = 2
"""Lines of prose over a table that may be its title: more are a paragraph."""

_MAX_TITLE_ROWS: Final = 4


def find_ruled(drawings: Drawings, pieces: Sequence[Piece], *, width_pt: float) -> list[PdfTable]:
    """Return the tables that stand between level rules of one width, without upright rules."""
    rules = sorted({_rounded(r) for r in drawings.horizontal if r[2] - r[0] > 0.2 * width_pt})
    groups: dict[tuple[float, float], list[float]] = defaultdict(list)
    for x0, x1, y in rules:
        key = next((k for k in groups if abs(k[0] - x0) < 4 and abs(k[1] - x1) < 4), (x0, x1))
        groups[key].append(y)
    tables, left = [], list(pieces)
    for (x0, x1), ys in groups.items():
        for rect in _stretches(x0, x1, sorted(ys), left):
            inside = [p for p in left if share_inside(p.rect, grown(rect, 2)) > 0.6]
            table = table_of(inside, drawings.horizontal) if len(inside) >= 4 else None
            if table and not has_labels_outside(table, left):
                tables.append(table)
                left = [p for p in left if p not in table.pieces]
    return tables


def _stretches(
    x0: float, x1: float, ys: Sequence[float], pieces: Sequence[Piece]
) -> Iterator[Rect]:
    """Yield what lies between the first and the last rule, then between each and the next.

    Prose or a caption between two rules ends a stretch: what stands there is yielded never.
    """
    runs: list[list[float]] = [[]]
    for n, y in enumerate(ys):
        if n and _ends_tables((x0, ys[n - 1], x1, y), pieces):
            runs.append([])
        runs[-1].append(y)
    for run in runs:
        if len(run) >= 2:
            yield (x0, run[0], x1, run[-1])
        if len(run) > 2:
            for top, bottom in pairwise(run):
                yield (x0, top, x1, bottom)


def _ends_tables(rect: Rect, pieces: Sequence[Piece]) -> bool:
    """Whether lines between two rules are the page's text: more than a table's title.

    A title is a few lines above the first row of cells, or one line between rows, and a caption
    only where it stands first. Notes below the last row are for the table to leave out.
    """
    inside = [p for p in pieces if p.angle == 0 and share_inside(p.rect, grown(rect, 2)) > 0.6]
    rows = [row_of(row) for row in rows_of(inside)]
    divided = [n for n, row in enumerate(rows) if len(row.cells) > 1]
    first, last = (divided[0], divided[-1]) if divided else (len(rows), len(rows))
    ends = [n for n, row in enumerate(rows[: last + 1]) if row.ends_table(rect[0], rect[2])]
    if any(n and rows[n].is_caption for n in ends):
        return True
    if any(n > first and n + 1 in ends for n in ends):
        return True
    plain = [n for n in range(first) if not all(piece.bold for piece in rows[n].pieces)]
    over = sum(n in plain for n in ends)
    return over > _TITLE_LINES or (over > 0 and len(plain) > _MAX_TITLE_ROWS)


def _rounded(rule: Rect) -> tuple[float, float, float]:
    return (round(rule[0]), round(rule[2]), round((rule[1] + rule[3]) / 2, 1))


def has_labels_outside(table: PdfTable, pieces: Sequence[Piece]) -> bool:
    """Whether labels stand left of rows of numbers: then the rules divide only a part of it."""
    if 2 * sum(is_number(row[0].text) for row in table.rows) < len(table.rows):
        return False
    labels = [
        piece.rect for piece in pieces if piece.rect[2] <= table.rect[0] + 2 and not is_prose(piece)
    ]
    rows = [around([cell.rect for cell in row if cell.lines]) for row in table.rows]
    return 2 * sum(any(vertical_overlap(x, row) > 0.5 for x in labels) for row in rows) > len(rows)
