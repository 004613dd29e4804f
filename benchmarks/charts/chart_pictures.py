"""Read pictures of charts whose true tables are known, and tell how many values are right.

`python -m benchmarks.charts.chart_pictures PICTURES TABLES.jsonl.gz [--only NAME ...]`: each line of the
tables names its picture, its kind and its rows (`table`: columns, rows; the first column names).
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.charts.kept_ocr import KeptOcr, legible
from ingest.charts.numbers import amount
from ingest.charts.table import UnreadableChartError
from ingest.ocr.charts import charts_seen

TOLERANCE = 0.03
"""Values may be off by this part of what the true ones span."""

NO_VALUE = ("", "-", "--", "\u2013", "\u2014")
"""What truth says of a value that it lacks."""

UNREAD = ("scatter", "box")
"""Kinds whose tables are not compared: pairs of values have no names, boxes are not read."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("tables", type=Path)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--keep", type=Path, help="where lettering is kept from run to run")
    told = parser.parse_args()
    sums: defaultdict[str, Counter] = defaultdict(Counter)
    ocr = KeptOcr(told.keep)
    for one in _charts(told.tables, told.only):
        grid, words = _read(told.pictures / one["picture"], ocr)
        found = _score(one, grid)
        print(one["picture"], one["kind"], dict(found), words, flush=True)
        sums[one["kind"]] += found
    for kind in sorted(sums):
        print(kind, dict(sums[kind]))


def _charts(tables: Path, only: list[str]):
    with gzip.open(tables, "rt", encoding="utf-8") as lines:
        for one in map(json.loads, lines):
            is_asked = not only or any(name in (one["picture"] or "") for name in only)
            if one["picture"] and is_asked and not any(kind in one["kind"] for kind in UNREAD):
                yield one


def _read(path: Path, ocr: KeptOcr) -> tuple[list[list[str]], str]:
    """Return the cells of the first chart, and what is said of them, or why there are none."""
    pixels = np.asarray(Image.open(path).convert("RGB"))
    try:
        charts = charts_seen(pixels, legible(ocr.read(pixels)), ocr)
    except UnreadableChartError as error:
        return [], str(error)
    return (charts[0].grid, "; ".join(charts[0].warnings)) if charts else ([], "no chart")


def _score(one: dict, grid: list[list[str]]) -> Counter:
    rows = one["table"]["rows"]
    span = _span(rows, stacked="stacked" in one["kind"])
    found = Counter(pictures=1, given=bool(grid))
    for row in grid[1:]:
        truth = _truth(row[0], rows)
        for name, cell in zip(grid[0][1:], row[1:], strict=True):
            column = _column(name, one["table"]["columns"])
            if not cell or truth == "between":
                continue
            if truth and column and truth[column].strip() in NO_VALUE:
                continue
            right = _number(truth[column]) if truth and column else None
            if column and _are_days(rows) and re.fullmatch(r"\d{4}", row[0]):
                right = _on_new_year(int(row[0]), rows, column)
            read = _number(cell)
            found["told"] += 1
            found["right"] += None not in (read, right) and abs(read - right) <= TOLERANCE * span
    return found


def _span(rows: list[list[str]], *, stacked: bool) -> float:
    values = [[v for v in map(_number, row[1:]) if v is not None] for row in rows]
    if stacked:
        return max(map(sum, values))
    every = [0.0, *(v for own in values for v in own)]
    return max(every) - min(every)


def _truth(name: str, rows: list[list[str]]):
    """Return the row of a name; "between" for a year that the truth leaves out."""
    nearest = max(rows, key=lambda row: _alike(row[0], name))
    if all(re.fullmatch(r"\d{4}", row[0]) for row in rows) and _plain(nearest[0]) != _plain(name):
        return "between"
    return nearest if _alike(nearest[0], name) > 0.7 else None


def _are_days(rows: list[list[str]]) -> bool:
    return all(re.fullmatch(r"\d{1,2}/\d{1,2}/\d{4}", row[0]) for row in rows)


def _on_new_year(year: int, rows: list[list[str]], column: int) -> float | None:
    """Return what a line between the true days' values is at the tick of a year, its first day."""
    days = [
        (date(int(y), int(m), int(d)).toordinal(), _number(row[column]))
        for row in rows
        for m, d, y in [row[0].split("/")]
    ]
    known = sorted((day, value) for day, value in days if value is not None)
    at = date(year, 1, 1).toordinal()
    if not known or not known[0][0] <= at <= known[-1][0]:
        return None
    return float(np.interp(at, *zip(*known, strict=True)))


def _column(name: str, columns: list[str]) -> int | None:
    if len(columns) == 2:
        return 1
    best = max(range(1, len(columns)), key=lambda n: _alike(columns[n], name))
    return best if _alike(columns[best], name) > 0.6 else None


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, _plain(one), _plain(other)).ratio()


def _plain(text: str) -> str:
    return re.sub(r"\W", "", re.sub(r"\.0$", "", text.lower()))


def _number(text: str) -> float | None:
    found = amount(text.strip()) if text else None
    return found.value if found else None


if __name__ == "__main__":
    main()
