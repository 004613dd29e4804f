"""What our PDF reader makes of pages, beside what docling published for the same ones.

    python -m benchmarks.parsing.docling_output FOLDER [--tell NAME]

FOLDER has `sources/*.pdf` and `groundtruth/*.json`, as tests/data/pdf of docling's repository.
Docling's output is another reader's opinion, not the truth: where they differ, look at the page
(`--tell` prints what of a file differs). For each file:

- words: of docling's words, how many we have; and of ours, how many docling has;
- neighbours: of docling's pairs of neighbouring words, how many stand side by side in ours;
- order: of docling's neighbouring blocks, how many come in that order in ours;
- headings, captions: how many of docling's are ours too, and how many we have;
- tables: how many of docling's we have at the same place (IoU 0.5), and how many of their cells.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from ingest.parsers.registry import parser_for
from rag.datamodel import Element, SourceFile
from rag.settings import Settings
from rag.storage.images.assets import AssetStore

SAME_PLACE: Final = 0.5
FIRST_WORDS: Final = 5
"""So many words at its beginning say which block of ours a block is."""

Box = tuple[float, float, float, float]
"""Fractions of the page from its top left: left, top, right, bottom."""


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph, heading, caption or table. `cells` are the words of a table's filled cells."""

    role: str
    words: tuple[str, ...]
    page: int = 0
    box: Box = (0, 0, 0, 0)
    cells: tuple[tuple[str, ...], ...] = ()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tell", metavar="NAME")
    options = parser.parse_args()
    for path in sorted((options.folder / "sources").glob("*.pdf")):
        published = options.folder / "groundtruth" / f"{path.stem}.json"
        if published.exists() and options.tell in {None, path.stem}:
            theirs = list(_docling(json.loads(published.read_text("utf-8"))))
            ours = [_part(element) for element in _elements(path)]
            print(f"{path.stem:32} {_line(theirs, ours)}", flush=True)
            if options.tell:
                print("\n".join(_differences(theirs, ours)))


def _elements(path: Path) -> tuple[Element, ...]:
    settings = Settings()
    parser = parser_for("application/pdf", settings=settings)
    if parser is None:
        raise LookupError("there is no parser for PDF")
    file = SourceFile(
        path=str(path),
        source=path.name,
        root=str(path.parent),
        sha256=path.name,
        media_type="application/pdf",
        size_bytes=path.stat().st_size,
        mtime_ns=0,
    )
    assets = AssetStore(Path(mkdtemp()), megapixels=settings.image_megapixels)
    return parser.parse(file, assets).elements


def _part(element: Element) -> Part:
    boxes = [p.bbox for p in element.provenances if p.bbox and p.page == element.page]
    rows = re.split(r" \| |\n", element.text) if element.role == "table" else []
    return Part(
        role={"title": "heading"}.get(element.role, element.role),
        words=_words(element.text),
        page=element.page or 0,
        box=(
            min((box.x0 for box in boxes), default=0),
            min((box.y0 for box in boxes), default=0),
            max((box.x1 for box in boxes), default=0),
            max((box.y1 for box in boxes), default=0),
        ),
        cells=tuple(filter(None, map(_words, rows))),
    )


def _docling(document: dict[str, Any]) -> Iterator[Part]:
    """Yield the parts of a published document in its reading order, less heads and feet."""
    waiting = [{"$ref": "#/body"}]
    seen = set()
    while waiting:
        reference = waiting.pop(0)["$ref"]
        item = _item(document, reference)
        if reference in seen or item.get("content_layer") == "furniture":
            continue
        seen.add(reference)
        yield from _told(item, document)
        waiting[:0] = [*item.get("captions", ()), *item.get("children", ())]


def _item(document: dict[str, Any], reference: str) -> Any:  # noqa: ANN401 - JSON
    found: Any = document
    for key in reference.split("/")[1:]:
        found = found[int(key)] if isinstance(found, list) else found[key]
    return found


def _told(item: dict[str, Any], document: dict[str, Any]) -> Iterator[Part]:
    label, place = item.get("label", ""), next(iter(item.get("prov", ())), None)
    cells = [_words(cell["text"]) for cell in item.get("data", {}).get("table_cells", ())]
    words = _words(item.get("text", "")) or tuple(word for cell in cells for word in cell)
    if not words or place is None:
        return
    size = document["pages"][str(place["page_no"])]["size"]
    box, width, height = place["bbox"], size["width"], size["height"]
    top, bottom = (1 - box["t"] / height, 1 - box["b"] / height)
    yield Part(
        role={"section_header": "heading", "title": "heading"}.get(label, label),
        words=words,
        page=place["page_no"],
        box=(box["l"] / width, top, box["r"] / width, bottom),
        cells=tuple(filter(None, cells)),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", text.lower()))


def _line(theirs: Sequence[Part], ours: Sequence[Part]) -> str:
    a, b = _all_words(theirs), _all_words(ours)
    in_order, pairs = _order(theirs, b)
    tables, cells, all_cells = _tables(theirs, ours)
    theirs_tables = len(_of(theirs, "table"))
    return (
        f"words {_shared(a, b) / len(a):.3f} {_shared(a, b) / max(len(b), 1):.3f}  "
        f"neighbours {_shared(list(pairwise(a)), list(pairwise(b))) / max(len(a) - 1, 1):.3f}  "
        f"order {in_order}/{pairs}  headings {_same(theirs, ours, 'heading')}  "
        f"captions {_same(theirs, ours, 'caption')}  "
        f"tables {tables}/{theirs_tables} ({len(_of(ours, 'table'))})  cells {cells}/{all_cells}"
    )


def _all_words(parts: Sequence[Part]) -> list[str]:
    return [word for part in parts for word in part.words]


def _of(parts: Sequence[Part], role: str) -> list[Part]:
    return [part for part in parts if part.role == role]


def _shared(some: Sequence[object], others: Sequence[object]) -> int:
    return (Counter(some) & Counter(others)).total()


def _same(theirs: Sequence[Part], ours: Sequence[Part], role: str) -> str:
    """Tell how many of docling's parts of a role are ours too, how many it has, and we have."""
    one, other = ([part.words for part in _of(parts, role)] for parts in (theirs, ours))
    return f"{_shared(one, other)}/{len(one)} ({len(other)})"


def _order(theirs: Sequence[Part], words: Sequence[str]) -> tuple[int, int]:
    places: dict[tuple[str, ...], int] = {}
    for at in range(len(words)):
        places.setdefault(tuple(words[at : at + FIRST_WORDS]), at)
    found = [
        places[part.words[:FIRST_WORDS]]
        for part in theirs
        if part.role != "table" and part.words[:FIRST_WORDS] in places
    ]
    return sum(one <= other for one, other in pairwise(found)), max(len(found) - 1, 0)


def _tables(theirs: Sequence[Part], ours: Sequence[Part]) -> tuple[int, int, int]:
    """Return how many tables stand at the same place, their cells that are the same, and all."""
    found = same = cells = 0
    for table in _of(theirs, "table"):
        there = [t for t in _of(ours, "table") if _overlap(table, t) >= SAME_PLACE]
        found += bool(there)
        same += _shared(table.cells, [cell for other in there for cell in other.cells])
        cells += len(table.cells)
    return found, same, cells


def _overlap(one: Part, other: Part) -> float:
    """Return the intersection over union of two boxes; 0 on different pages."""
    a, b = one.box, other.box
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if one.page != other.page or width <= 0 or height <= 0:
        return 0.0
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b))
    return width * height / (areas - width * height)


def _differences(theirs: Sequence[Part], ours: Sequence[Part]) -> Iterator[str]:
    for mark, some, others in (("-", theirs, ours), ("+", ours, theirs)):
        known = Counter((part.role, part.words) for part in others)
        for part in some:
            if not known[part.role, part.words]:
                yield f"{mark} p{part.page} {part.role}: {' '.join(part.words)[:200]}"


if __name__ == "__main__":
    main()
