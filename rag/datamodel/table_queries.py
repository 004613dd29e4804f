"""How a table was asked for an answer; it points to cells by their positions in `Answer.cells`."""

from __future__ import annotations

from msgspec import Struct


class TableQuery(Struct, frozen=True, kw_only=True, array_like=True):
    """What was worked out of a table: `plan` says it in words, `result` is what came out.

    `cells` are the positions in `Answer.cells` of what it was worked out of.
    """

    plan: str
    result: str
    cells: tuple[int, ...]
