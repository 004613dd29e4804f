"""Draw charts with known values, parse their PDF, and tell how many values are read right.

`python -m benchmarks.charts.chart_reading FOLDER --by matplotlib --each 10`: needs the extra `demo`.
"""

from __future__ import annotations

import argparse
import importlib
from collections import defaultdict
from pathlib import Path

import numpy as np

from benchmarks.charts.kept_ocr import KeptOcr, legible
from benchmarks.charts.scoring import Score, scored
from benchmarks.charts.specs import KINDS, spec_of
from ingest.files.formats import PDF
from ingest.lettering.charts import chart_elements
from ingest.parsers.pdf.pdf import PdfParser, PdfRenderer
from rag.datamodel import SourceFile

WIDTH_PX = 1654
"""200 dpi on A4, as scanned pages are read."""

MARGIN = 0.01
RENDERERS = ("matplotlib", "reportlab", "chromium", "libreoffice")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--by", choices=RENDERERS, default="matplotlib")
    parser.add_argument("--each", type=int, default=10)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--kinds", nargs="*", default=KINDS)
    parser.add_argument("--held-back", action="store_true")
    parser.add_argument("--pixels", action="store_true", help="read them as pictures")
    parser.add_argument("--keep", type=Path, help="where lettering is kept from run to run")
    told = parser.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    renderer = importlib.import_module(f"benchmarks.charts.with_{told.by}")
    everything = Score()
    for kind in [kind for kind in told.kinds if kind in getattr(renderer, "KINDS", KINDS)]:
        specs = [spec_of(kind, told.first + n) for n in range(told.each)]
        path = (
            told.folder
            / f"{told.by}-{'held-' if told.held_back else ''}{kind.replace(' ', '-')}.pdf"
        )
        renderer.draw(specs, path, held_back=told.held_back)
        by_page = pictured(path, KeptOcr(told.keep)) if told.pixels else parsed(path)
        scores = [scored(spec, by_page[n]) for n, spec in enumerate(specs, 1)]
        whole = sum(scores, Score())
        everything += whole
        missed = [n + told.first for n, one in enumerate(scores) if not one.given]
        print(f"{kind:14} {whole} {whole.wrong} unread {missed}", flush=True)
    print(f"{'all':14} {everything}")


def parsed(path: Path) -> dict:
    """Return the elements of a PDF by page."""
    file = SourceFile(path=str(path.resolve()), source=path.name, root=str(path.parent), sha256="0" * 64, media_type=PDF.media_type, size_bytes=1, mtime_ns=1)  # fmt: skip
    found = defaultdict(list)
    for element in PdfParser().parse(file, None).elements:
        found[element.page].append(element)
    return found


def pictured(path: Path, ocr: KeptOcr) -> dict:
    """Return what is read of a picture of each chart, as a scan of the page shows it."""
    renderer = PdfRenderer()
    found = defaultdict(list)
    for page, elements in parsed(path).items():
        figure = next((e for e in elements if e.role == "figure" and e.bbox), None)
        if figure is None:
            continue
        drawn = renderer.render(path, page, width_px=WIDTH_PX)
        pixels = cut(drawn, figure.bbox)
        found[page] = chart_elements(pixels, legible(ocr.read(pixels)), figure, ocr=ocr)
    return found


def cut(page, box):
    """Return a figure with a margin."""
    high, wide = page.shape[:2]
    x0, x1 = int((box.x0 - MARGIN) * wide), int((box.x1 + MARGIN) * wide)
    y0, y1 = int((box.y0 - MARGIN / 2) * high), int((box.y1 + MARGIN / 2) * high)
    return np.ascontiguousarray(page[max(0, y0) : y1, max(0, x0) : x1])


if __name__ == "__main__":
    main()
