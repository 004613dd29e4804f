"""How many values of charts in real documents are read right: labelled by eye, read as an ingest does.

`python -m benchmarks.charts.real_charts ../shared/data [--keep FOLDER] [--only WORDS ...]`: each
line of `real_charts.jsonl` names a file, a page, maybe the place on it, the span of its axis, and
the values that can be read by eye (null: not readable). A value is right within 3 % of the axis,
under the names of its row and its series.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import tempfile
from collections import Counter
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from functools import cache
from itertools import pairwise
from pathlib import Path

from benchmarks.charts.kept_ocr import KeptOcr
from ingest.charts.numbers import amount
from ingest.discovery.media_type import media_type_of
from ingest.ocr.document_ocr import letter
from ingest.parsers.pdf.opening import PdfRenderer
from ingest.parsers.registry import parser_for
from rag.datamodel import BBox, Document, Element, SourceFile
from rag.protocols import OcrLine
from rag.settings import Settings
from rag.storage.images.assets import AssetStore

LABELS = Path(__file__).with_name("real_charts.jsonl")
TOLERANCE = 0.03
ALIKE = 0.75
"""Names are the same from so much on, of difflib's ratio: OCR and line breaks change letters."""

SHARE_OF_NAMES = 0.02
"""Names along an axis of numbers may be off by this part of what they span."""


@dataclass(frozen=True, kw_only=True)
class Tools:
    """What an ingest has: settings, a store of pictures, and lettering that is kept."""

    settings: Settings
    assets: AssetStore
    ocr: KeptOcr
    folder: Path


class Forgetful(dict[str, list[OcrLine]]):
    """A cache of lettering that lasts as long as a document is read."""

    def put(self, key: str, lines: list[OcrLine]) -> None:
        self[key] = lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path, default=LABELS, help="of other charts")
    parser.add_argument("--keep", type=Path, help="where lettering is kept from run to run")
    parser.add_argument("--only", nargs="*", default=[], help="words of files that are read")
    parser.add_argument("--tell", action="store_true", help="show the tables that were read")
    told = parser.parse_args()
    logging.getLogger("ingest").setLevel(logging.ERROR)
    sums: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as scratch:
        settings = Settings()
        assets = AssetStore(Path(scratch) / "assets", megapixels=settings.image_megapixels)
        tools = Tools(settings=settings, assets=assets, ocr=KeptOcr(told.keep), folder=told.folder)
        read_page = cache(lambda file, page: _page(tools, file, page))
        for one in map(json.loads, told.labels.read_text("utf-8").splitlines()):
            if told.only and not any(word in f"{one['file']}:{one['page']}" for word in told.only):
                continue
            elements = read_page(one["file"], one["page"])
            sums += _told(one, elements, is_shown=told.tell)
    print(_summary(sums))


def _page(tools: Tools, name: str, page: int) -> tuple[Element, ...]:
    """Return what an ingest stores of a page: parsed, its figures' lettering read."""
    document, file = _parsed(tools, name)
    own = tuple(one for one in document.elements if (one.page or 1) == page)
    lettered = letter(
        replace(document, elements=own, warnings=()),
        file,
        ocr=tools.ocr,
        renderer=PdfRenderer(),
        assets=tools.assets,
        cache=Forgetful(),
        settings=tools.settings,
        sight=lambda _: "",  # kinds are not scored
        on_page=lambda _: None,
        unreadable={},
    )
    return lettered.elements


_documents: dict[str, tuple[Document, SourceFile]] = {}


def _parsed(tools: Tools, name: str) -> tuple[Document, SourceFile]:
    if name not in _documents:
        path = (tools.folder / name).resolve()
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        file = SourceFile(path=str(path), source=path.name, root=str(path.parent), sha256=sha256, media_type=media_type_of(path), size_bytes=path.stat().st_size, mtime_ns=1)  # fmt: skip
        if parser := parser_for(file.media_type, settings=tools.settings):
            _documents[name] = parser.parse(file, tools.assets), file
    return _documents[name]


def _told(one: dict, elements: tuple[Element, ...], *, is_shown: bool) -> Counter[str]:
    """Score one chart by the best of the tables at its place, and print it."""
    tables = [
        (grid, after.text)
        for table, after in pairwise([*elements, Element(role="caption", text="-")])
        if table.role == "chart" and _is_at(table, one.get("box"))
        for grid in [[line.split(" | ") for line in table.text.split("\n")]]
    ]
    scores = [
        _paired(one, grid) if "pairs" in one else _scored(one, grid, note) for grid, note in tables
    ]
    best = max(range(len(scores)), key=lambda n: scores[n]["right"], default=None)
    total = len(one.get("pairs", ())) or sum(v is not None for row in one["rows"] for v in row[1:])
    found = Counter(charts=1, total=total)
    if best is not None:
        found += scores[best]
    print(f"{one['file']}:{one['page']} ({one['kind']}) {found['right']} of {total} right, "
          f"{found['told']} told{', misleading' if found['misleading'] else ''}")  # fmt: skip
    for n, (grid, note) in enumerate(tables if is_shown else ()):
        print("  *" if n == best else "   ", note)
        print("".join(f"      {row}\n" for row in grid[:14]), end="")
    return found


def _is_at(element: Element, box: list[float] | None) -> bool:
    """Whether the middle of one of two boxes lies within the other."""
    if box is None or element.bbox is None:
        return True
    mine, other = element.bbox, BBox(x0=box[0], y0=box[1], x1=box[2], y1=box[3])
    return mine.intersection_area(other) > 0.5 * min(mine.area, other.area)


def _scored(one: dict, grid: list[list[str]], note: str) -> Counter[str]:
    right = told = 0
    for row in grid[1:]:
        for column, cell in zip(grid[0][1:], row[1:], strict=False):
            true = _truth(one, row[0], column, lone=len(grid[0]) == 2)
            read = amount(cell)
            if not cell or true == "unknown":
                continue
            told += 1
            right += (
                isinstance(true, int | float)
                and read is not None
                and abs(read.value - true) <= TOLERANCE * one["axis"]
            )
    warned = any(word in note for word in ("not found", "not read", "drawn small"))
    misleading = told > 0 and right < 0.9 * told and not warned
    return Counter(given=1, told=told, right=right, misleading=misleading, warned=warned)


def _paired(one: dict, grid: list[list[str]]) -> Counter[str]:
    """Score the points of a scatter plot: each may be one of the rows, near it along x and y."""
    read = [tuple(found.value for cell in row[-2:] if (found := amount(cell))) for row in grid[1:]]
    off_x = TOLERANCE * max(x for x, _ in one["pairs"])
    told, right = len(read), 0
    for x, y in one["pairs"]:
        near = [p for p in read if len(p) == 2 and abs(p[0] - x) <= off_x]
        best = min(near, key=lambda p: abs(p[1] - y), default=None)
        if best is not None and abs(best[1] - y) <= TOLERANCE * one["axis"]:
            read.remove(best)
            right += 1
    return Counter(given=1, told=told, right=right, misleading=told > 0 and right < 0.9 * told)


def _truth(one: dict, row: str, column: str, *, lone: bool) -> float | str | None:
    """Return the true value of a cell; None where it has none, "unknown" where nobody can read it.

    Rows and columns may have changed places, and a lone column may name both in its rows.
    """
    names, columns = [own[0] for own in one["rows"]], one["columns"]
    n, k = _same(row, names), 0 if lone and len(columns) == 1 else _same(column, columns)
    if n is None and k is None:
        n, k = _same(column, names), _same(row, columns)
    if n is None and lone:
        places = [(n, k) for n in range(len(names)) for k in range(len(columns))]
        at = _same(row, [f"{columns[k]} {names[n]}" for n, k in places])
        n, k = (None, None) if at is None else places[at]
    if n is None:
        return "unknown" if _is_between(row, names) else None
    value = None if k is None else one["rows"][n][k + 1]
    return "unknown" if k is not None and value is None else value


def _same(name: str, names: list[str]) -> int | None:
    """Return which of some names is the same as another; numbers by their size."""
    numbers = [amount(one) for one in [name, *names]]
    if all(numbers) and len(names) > 1:
        at, *places = [one.value for one in numbers]
        n = min(range(len(places)), key=lambda n: abs(places[n] - at))
        is_near = abs(places[n] - at) <= SHARE_OF_NAMES * (max(places) - min(places))
        return n if is_near else None
    best = max(range(len(names)), key=lambda n: _alike(name, names[n]))
    return best if _alike(name, names[best]) >= ALIKE else None


def _is_between(row: str, names: list[str]) -> bool:
    """Whether a row stands amid those of an axis of numbers, where nothing was labelled."""
    numbers = [amount(one) for one in [row, *names]]
    if not all(numbers):
        return False
    at, *places = [one.value for one in numbers]
    return min(places) < at < max(places)


def _alike(one: str, other: str) -> float:
    return SequenceMatcher(None, _plain(one), _plain(other), autojunk=False).ratio()


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.lower()))


def _summary(sums: Counter[str]) -> str:
    return (
        f"{sums['given']} of {sums['charts']} charts have a table, {sums['right']} of "
        f"{sums['total']} values right ({sums['right'] / max(1, sums['total']):.1%}), of "
        f"{sums['told']} told {sums['right'] / max(1, sums['told']):.1%}, "
        f"misleading {sums['misleading']}, with a warning {sums['warned']}"
    )


if __name__ == "__main__":
    main()
