"""A program that reads the lettering of long scans by three readers; tells each page it read."""

import sys
from dataclasses import replace
from pathlib import Path

from crash.crash_child import open_index
from fakes import FakeEmbedder, FakeReader

from ingest.ocr.pending import cache_key
from ingest.pipeline.pipeline import Ingest
from rag.datamodel import FULL_PAGE, BBox, Provenance
from rag.protocols import OcrLine
from rag.settings import Settings

READERS = 3


class ScanReader(FakeReader):
    """Each line `SCAN` is a page of its own. Keeps what it read, and reads nothing twice."""

    readers = READERS

    def __init__(self, told=lambda _: None):
        super().__init__()
        self._told = told

    def parse(self, file):
        document = super().parse(file)
        elements = [
            replace(element, provenances=(Provenance(page=page, bbox=FULL_PAGE),))
            for page, element in enumerate(document.elements, start=1)
        ]
        return replace(document, elements=tuple(elements))

    def letter(self, document, file, *, on_page, cache, **how):
        del file, how
        elements = []
        for element in document.elements:
            elements.append(self._read(document, element, cache) if element.pending else element)
            on_page(element.page)
        return replace(document, elements=tuple(elements))

    def _read(self, document, element, cache):
        key = cache_key(document, element)
        lines = cache.get(key)
        if lines is None:
            box = BBox(x0=0, y0=0, x1=1, y1=1)
            lines = [OcrLine(text=f"page {element.page}", bbox=box, confidence=1.0)]
            cache.put(key, lines)
            self._told(element.page)
        return replace(element, role="paragraph", text=lines[0].text, pending=False)


def ingest(folder: Path, workspace: Path, reader: ScanReader, *, settings=None, **how):
    """Read the folder by three readers; return the report and the text of the first document."""
    with open_index(workspace) as index:
        report = Ingest(
            index,
            FakeEmbedder(),
            reader,
            settings or Settings(),
        ).run(folder, on_progress=how.pop("on_progress", lambda _: None), **how)
        assert index.check() == []
        document = index.document(index.documents()[0].id)
    return report, [element.text for element in document.elements]


def tell(page: int) -> None:
    """Print a line at one go: three readers tell."""
    print(f"{page}\n", end="", flush=True)  # noqa: T201 - this is how it speaks to the test


if __name__ == "__main__":
    ingest(Path(sys.argv[1]), Path(sys.argv[2]), ScanReader(tell))
    print("done", flush=True)  # noqa: T201 - as above
