"""Rows of a table of which a largest or smallest is asked: as likely as the plans that pick them.

A reader knows words, not sizes. Where no plan over a table is sure, those that pick rows by a
column still tell which rows may be meant. Knows plans over the hits' tables; knows no store.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from rag.answer.base.tables import Key
from rag.answer.computed.plan_told import PlannedAnswer
from rag.answer.computed.planned import may_be_planned, plans_over
from rag.answer.computed.table_rows import LEAST_ROWS, JoinedTable
from rag.answer.evidence.ranking import AnswerRanker
from rag.answer.question.question import Question

LEAST_CHANCE: Final = 0.1
"""A table is planned over if its rows together are so likely to tell what is asked."""


def by_plans(
    chances: Mapping[Key, float],
    asked: Question,
    tables: Sequence[JoinedTable],
    ranker: AnswerRanker,
) -> dict[Key, float]:
    """Return the chances, those of a table's rows divided anew as far as plans pick some of them.

    What all rows of a table have together stays the same.
    """
    shares = dict(chances)
    if not may_be_planned(asked, ranker):
        return shares
    for table in tables:
        own = {row.key: shares[row.key] for row in table.rows if row.key in shares}
        whole = math.fsum(own.values())
        if whole < LEAST_CHANCE or len(table.rows) < LEAST_ROWS:
            continue
        picked = _picked(plans_over(asked, table, ranker), own)
        left = 1 - math.fsum(picked.values())
        shares |= {key: left * share + whole * picked.get(key, 0.0) for key, share in own.items()}
    return shares


def _picked(found: PlannedAnswer | None, own: Mapping[Key, float]) -> dict[Key, float]:
    """Return how likely plans that order rows by what a column holds pick each row."""
    picked: dict[Key, float] = defaultdict(float)
    if found is None:
        return picked
    for one in found.plans:
        order = one.plan.rows.order
        if order is not None and order.reading != "place":
            rows = {found.source(cell).row.key for cell in one.outcome.cells} & own.keys()
            for key in rows:
                picked[key] += one.chance / len(rows)
    return picked
