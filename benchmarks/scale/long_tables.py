"""A sheet of many rows: read within bounded memory, kept, and asked.

`python -m benchmarks.scale.long_tables FOLDER ROWS csv|xlsx` makes the sheet in the
folder if it is not there, reads it as an ingest does, and runs plans over all of its rows. Seconds
are of the processor: what else runs counts little.
"""

from __future__ import annotations

import csv
import hashlib
import resource
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from openpyxl import Workbook

from ingest.discovery.media_type import media_type_of
from ingest.parsers.registry import parser_for
from rag.datamodel import SourceFile
from rag.settings import Settings
from rag.storage.images.assets import AssetStore
from rag.storage.tables.table_store import FOLDER, TableStore
from rag.tables.long.long_engine import LongEngine
from rag.tables.long.long_table import LongTable, sketch
from rag.tables.plan import Condition, Order, Rows, TablePlan

Made = TypeVar("Made")

NAMES: Final = ("Order", "Day", "Region", "Item", "Amount EUR")
REGIONS: Final = "North South East West Alps Coast Lakes Plains Islands Valley Forest Moor".split()
NORTH: Final = Rows((Condition(2, "is", "north"),))
PLANS: Final = {
    "sum": TablePlan("sum", (4,), Rows()),
    "sum of a region": TablePlan("sum", (4,), NORTH),
    "count above a bound": TablePlan("count", (), Rows((Condition(4, ">", number=900.0),))),
    "largest": TablePlan("select", (0,), Rows(order=Order(4, "number", largest=True))),
    "one row by its number": TablePlan("select", (4,), Rows((Condition(0, "is", "73451"),))),
    "how many different": TablePlan("distinct", (3,), Rows()),
}


def main(folder: Path, count: int, ending: str) -> None:
    path = folder / f"orders{count}.{ending}"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _make(path, count)
    doc_id = _read(path, folder)
    with TableStore(folder / FOLDER).headed(doc_id, " | ".join(NAMES)) as table:
        if table is None:
            sys.exit("The sheet is not longer than what is searched: nothing was kept.")
        _ask(table)


def _make(path: Path, count: int) -> None:
    if path.suffix == ".csv":
        with path.open("w", newline="", encoding="utf-8") as file:
            csv.writer(file).writerows(_rows(count))
        return
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Orders")
    for row in _rows(count):
        sheet.append(row)
    book.save(path)


def _rows(count: int) -> Iterator[tuple[object, ...]]:
    yield NAMES
    for n in range(count):
        day = f"2024-{n % 12 + 1:02d}-{n % 28 + 1:02d}"
        region, item = REGIONS[n * 7 % len(REGIONS)], f"Item {n * 31 % 997}"
        yield n + 1, day, region, item, n * 37 % 100003 / 100


def _read(path: Path, folder: Path) -> str:
    status = path.stat()
    file = SourceFile(
        path=str(path.absolute()),
        source=path.name,
        root=str(folder.absolute()),
        sha256=hashlib.sha256(path.read_bytes()).hexdigest(),
        media_type=media_type_of(path, name=path.name),
        size_bytes=status.st_size,
        mtime_ns=status.st_mtime_ns,
    )
    parser = parser_for(file.media_type, settings=Settings())
    if parser is None:
        sys.exit(f"{path} is of no type that is read.")
    assets = AssetStore(folder / "assets", megapixels=100)
    document = _timed(f"read {path.name}", lambda: parser.parse(file, assets))
    print("; ".join(document.warnings))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{peak_mb:.0f} MB at most")
    return document.id


def _ask(table: LongTable) -> None:
    engine = LongEngine(table.rows)
    for name, plan in PLANS.items():
        _timed(name, partial(engine.run, plan))
    _timed("rows for a question", lambda: sketch("amount of order 73451 in the North", table))
    _timed("a page of 100 rows", lambda: table.rows.page(table.rows.height - 200, 100))


def _timed(name: str, make: Callable[[], Made]) -> Made:
    start = time.process_time()
    made = make()
    print(f"{name}: {time.process_time() - start:.3f} s")
    return made


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
