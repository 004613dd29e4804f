"""Draw charts with known values, parse their PDF, and tell how many values are read right.

`python -m benchmarks.charts.chart_reading FOLDER --each 10`: needs the extra `demo`.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.charts.kept_ocr import KeptOcr, legible
from benchmarks.charts.scoring import Score, scored
from benchmarks.charts.specs import KINDS, spec_of
from benchmarks.charts.spoiling import Spoiling, add_options, spoiling_of
from benchmarks.charts.with_matplotlib import draw
from ingest.discovery.formats import PDF
from ingest.ocr.charts import charts_seen, elements_read
from ingest.parsers.pdf.opening import PdfRenderer
from ingest.parsers.pdf.pdf import parse_pdf
from rag.datamodel import BBox, Element, Provenance, SourceFile
from rag.settings import Settings

WIDTH_PX = 1654
"""200 dpi on A4, as scanned pages are read."""

MARGIN = 0.005
SIDE = 0.05
PROSE_LETTERS = 40
MIN_HIGH = 0.15
"""Parts of a page: left out beside a band, and how high one is; and how long prose is."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--kinds", nargs="*", default=KINDS)
    parser.add_argument("--held-back", action="store_true")
    parser.add_argument("--pixels", action="store_true", help="read them as pictures")
    parser.add_argument("--keep", type=Path, help="where lettering is kept from run to run")
    parser.add_argument("--tell", action="store_true", help="show what is read of each chart")
    add_options(parser)
    told = parser.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    everything = Score()
    for kind in told.kinds:
        specs = [spec_of(kind, told.first + n) for n in range(told.each)]
        path = told.folder / f"{'held-' if told.held_back else ''}{kind.replace(' ', '-')}.pdf"
        draw(specs, path, held_back=told.held_back)
        ocr = KeptOcr(told.keep)
        by_page = pictured(path, ocr, spoiling_of(told)) if told.pixels else parsed(path)
        scores = [scored(spec, by_page[n]) for n, spec in enumerate(specs, 1)]
        whole = sum(scores, Score())
        if told.tell:
            _tell(specs, by_page, scores)
        everything += whole
        missed = [n + told.first for n, one in enumerate(scores) if not one.given]
        print(f"{kind:14} {whole} {whole.wrong} unread {missed}", flush=True)
    print(f"{'all':14} {everything}")
    for cause, count in everything.lost.most_common():
        print(f"{count:5} values lost, {cause}")


def _tell(specs, by_page, scores) -> None:
    """Print the drawn and the read values of charts, and what is said of them."""
    for n, (spec, score) in enumerate(zip(specs, scores, strict=True), 1):
        print(f"\n{spec.kind} {spec.seed}: {score}\ndrawn {spec.names}")
        for name, values in spec.series.items():
            print(f"  {name}: {values}")
        for one in by_page[n]:
            if one.role == "chart" or "Read off" in one.text or one.remark:
                print(one.text if one.role == "chart" else one.remark or one.text)


def parsed(path: Path) -> dict:
    """Return the elements of a PDF by page."""
    file = SourceFile(path=str(path.resolve()), source=path.name, root=str(path.parent), sha256="0" * 64, media_type=PDF.media_type, size_bytes=1, mtime_ns=1)  # fmt: skip
    found = defaultdict(list)
    for element in parse_pdf(file, None, settings=Settings()).elements:
        found[element.page].append(element)
    return found


def pictured(path: Path, ocr: KeptOcr, spoiling: Spoiling) -> dict:
    """Return what is read of a picture of each chart, as a scan of the page shows it."""
    renderer = PdfRenderer()
    found = defaultdict(list)
    for page, elements in parsed(path).items():
        box = between_words(elements)
        if box is None:
            continue
        where = Provenance(page=page, bbox=box)
        figure = Element(role="figure", text="a chart", provenances=(where,))
        pixels = spoiling.of(cut(renderer.render(path, page, width_px=WIDTH_PX), box), seed=page)
        lines = legible(ocr.read(pixels))
        found[page] = elements_read(partial(charts_seen, pixels, lines, ocr), figure, box)
    return found


def between_words(elements) -> BBox | None:
    """Return the band of a page from the prose above a chart to its caption: all of the chart.

    What a parser takes for the figure may lack numbers along its edge.
    """
    words = [e for e in elements if e.bbox and e.role in {"paragraph", "caption", "heading"}]
    captions = [e.bbox.y0 for e in words if re.match(r"F\s?i\s?g\s?u\s?r\s?e", e.text)]
    if not captions:
        return None
    prose = [e.bbox.y1 for e in words if len(e.text) > PROSE_LETTERS and e.bbox.y1 < captions[0]]
    above = [y for y in prose if y < captions[0] - MIN_HIGH]
    return BBox(x0=SIDE, y0=min(max(above, default=0.0) + MARGIN, 1.0), x1=1 - SIDE, y1=captions[0])


def cut(page, box):
    """Return a part of a page."""
    high, wide = page.shape[:2]
    rows = slice(int(box.y0 * high), int(box.y1 * high))
    return np.ascontiguousarray(page[rows, int(box.x0 * wide) : int(box.x1 * wide)])


if __name__ == "__main__":
    main()
