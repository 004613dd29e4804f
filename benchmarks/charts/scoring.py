"""How right the tables are that are read off drawn charts, and what values are lost by."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from ingest.charts.numbers import amount

TOLERANCE = 0.02
"""Values may be off by this part of the axis's span."""

RIGHT = "right"


@dataclass
class Score:
    """`right` of `total` values are read; `given` charts have a table, `wrong` mislead.

    `lost` counts the others of `total` by what they are lost by; of scatter plots it is not told.
    """

    charts: int = 0
    given: int = 0
    total: int = 0
    told: int = 0
    right: int = 0
    wrong: list = field(default_factory=list)
    lost: Counter = field(default_factory=Counter)

    def __add__(self, other):
        return Score(
            self.charts + other.charts,
            self.given + other.given,
            self.total + other.total,
            self.told + other.told,
            self.right + other.right,
            self.wrong + other.wrong,
            self.lost + other.lost,
        )

    def __str__(self):
        return (
            f"{self.given}/{self.charts} charts, values {100 * self.right / max(1, self.total):.1f} %"
            f" of all, {100 * self.right / max(1, self.told):.1f} % of those told,"
            f" misleading {len(self.wrong)}"
        )


def number(text: str) -> float | None:
    found = amount(text)
    return None if found is None else found.value


def scored(spec, elements) -> Score:
    """Compare what was read of one page with what was drawn."""
    tables = [
        (one.text, after.text)
        for one, after in pairwise(elements)
        if one.role == "chart" and "Read off" in after.text
    ]
    total = sum(len(values) for values in spec.series.values())
    if not tables:
        return Score(charts=1, total=total, lost=Counter({_refused(elements): total}))
    rows = [line.split(" | ") for line in tables[0][0].split("\n")]
    values = Counter() if spec.kind == "scatter" else Counter(_values(spec, rows))
    right = _points(spec, rows) if spec.kind == "scatter" else values.pop(RIGHT, 0)
    warned = "not found" in tables[0][1] or "was not read" in tables[0][1]
    told = (
        total if spec.kind == "scatter" else sum(len([c for c in row[1:] if c]) for row in rows[1:])
    )
    bad = not warned and right < 0.9 * max(total if spec.kind != "scatter" else 0, told)
    name = f"{spec.kind} {spec.seed}"
    return Score(1, 1, total, max(told, right), right, [name] if bad else [], values)


def _refused(elements) -> str:
    """Return what was said of a chart without a table."""
    said = next((one.remark for one in elements if one.remark), "")
    return f"refused: {said.partition(': ')[2]}" if said else "refused without a word"


def _values(spec, rows):
    """Yield for each drawn value that it is right, or what it is lost by."""
    header, *body = rows
    table = {row[0]: row for row in body}
    span = spec.top - spec.low if spec.kind != "pie" else 100.0
    for name, values in spec.series.items():
        column = header.index(name) if name in header else (1 if len(spec.series) == 1 else None)
        for key, value in zip(spec.names, values, strict=True):
            row = table.get(str(key))
            if column is None:
                yield "its series is not in the table"
            elif row is None:
                yield "its name is not in the table"
            elif len(row) <= column or (read := number(row[column])) is None:
                yield "no value"
            else:
                yield RIGHT if _is_near(spec, read, value, span) else "another value"


def _is_near(spec, read: float, value: float, span: float) -> bool:
    """Whether a value is right within a part of the axis: on a log axis, of its powers of ten."""
    if spec.kind != "log line":
        return abs(read - value) <= TOLERANCE * span + 1e-9
    every = [v for values in spec.series.values() for v in values]
    powers = math.log10(max(every) / min(every))
    return read > 0 and abs(math.log10(read / value)) <= TOLERANCE * powers + 1e-9


def _points(spec, rows) -> int:
    _, *body = rows
    span = spec.top - spec.low
    right = 0
    for name, pairs in spec.series.items():
        read = [
            (number(row[-2]), number(row[-1]))
            for row in body
            if len(spec.series) == 1 or row[0] == name
        ]
        for x, y in pairs:
            hit = next(
                (
                    p
                    for p in read
                    if None not in p and abs(p[0] - x) <= 1 and abs(p[1] - y) <= TOLERANCE * span
                ),
                None,
            )
            if hit:
                read.remove(hit)
                right += 1
    return right
