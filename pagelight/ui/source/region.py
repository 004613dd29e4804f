"""A part of a page as a question: the box that a person drew, its words, and how it looks.

The browser sends a name (`DOCUMENT/PAGE/X0-Y0-X1-Y1`, in ten-thousandths of the page); everything
else is looked up here. Knows pages and elements; knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from markupsafe import Markup

from pagelight.services.answering.asking import Library, ReadImage
from pagelight.services.rendering.page_pictures import Pages, encoded, is_drawn, is_id
from pagelight.ui.html.language import key
from pagelight.ui.source.figures import box_name, box_named, crop_url
from pagelight.ui.templating import render
from rag.datamodel import TABULAR, BBox, Chunk, Document
from rag.errors import PagelightError, SourceError
from rag.generation.region import region_chunk, wants_reading
from rag.protocols import Pixels

GONE: Final = key("This part of the page is no longer there: its document was changed or removed.")
EMPTY: Final = key("There is nothing to read in this part of the page.")
LARGER: Final = key("Draw a larger box, or one around some words.")
MAX_CHOICES: Final = 150
SNIPPET_LETTERS: Final = 90
LABEL_LETTERS: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """A box on a page of a document that the index holds."""

    doc: Document
    page: int
    bbox: BBox

    @property
    def picture_url(self) -> str:
        """Where the part is served as it looks; "" where its page can't be drawn."""
        drawn = is_drawn(self.doc.media_type)
        return crop_url(self.doc.id, self.page, self.bbox) if drawn else ""


class Regions:
    """Turns names of regions into what can be asked about."""

    def __init__(self, library: Library, pages: Pages, read_image: ReadImage) -> None:
        self._library = library
        self._pages = pages
        self._read_image = read_image

    def find(self, name: str) -> Region | None:
        """Return the region of a name that the browser sent; None for any that is not there."""
        doc_id, _, place = name.partition("/")
        page, _, box = place.partition("/")
        bbox = box_named(box)
        doc = self._library.document(doc_id) if is_id(doc_id) else None
        if doc is None or bbox is None or not (page.isascii() and page.isdecimal()):
            return None
        number = int(page)
        return Region(doc=doc, page=number, bbox=bbox) if 1 <= number <= doc.page_count else None

    def chunk(self, name: str) -> Chunk:
        """Return the words of a region and its picture. Raises PagelightError for an empty one.

        Where the document has no words there, they are read from the picture.
        """
        region = self.find(name)
        if region is None:
            raise PagelightError(GONE, hint="Open the page again.")
        doc, page, bbox = region.doc, region.page, region.bbox
        found = region_chunk(doc, page=page, bbox=bbox)
        pixels = self._pages.crop(doc, page, bbox)
        if pixels is not None:
            read = self._ocr_text(pixels) if wants_reading(found, bbox) else ""
            image = self._library.assets.put(pixels)
            found = region_chunk(doc, page=page, bbox=bbox, image=image, read=read)
        if found is None:
            raise PagelightError(EMPTY, hint=LARGER)
        return found

    def _ocr_text(self, pixels: Pixels) -> str:
        with tempfile.NamedTemporaryFile(suffix=".png") as file:
            file.write(encoded(pixels))
            file.flush()
            try:
                return self._read_image(Path(file.name)).lettering
            except SourceError:
                return ""


def chip_html(region: Region) -> Markup:
    """Return what stands by the message box while a region is asked about."""
    found = region_chunk(region.doc, page=region.page, bbox=region.bbox)
    words = shortened(found.text if found else "", SNIPPET_LETTERS)
    return render("source/region.html", words=words, url=region.picture_url)


def choices_of(doc: Document, page: int) -> list[tuple[BBox, str, str]]:
    """Return the parts of a page that can be chosen by keys: box, its name, and its words."""
    found = islice(_elements_and_rows(doc, page), MAX_CHOICES)
    return [(box, box_name(box), shortened(words, LABEL_LETTERS)) for box, words in found]


def _elements_and_rows(doc: Document, page: int) -> Iterator[tuple[BBox, str]]:
    for element in doc.elements:
        is_table = element.role in TABULAR
        rows: dict[int, BBox] = {}
        for p in element.provenances:
            if p.page == page and p.bbox is not None:
                row = element.text.count("\n", 0, p.span[0]) if is_table and p.span else 0
                rows[row] = rows[row].union(p.bbox) if row in rows else p.bbox
        lines = element.text.split("\n")
        for row, box in rows.items():
            words = lines[row] if is_table and row < len(lines) else element.text
            yield box, words.replace("|", " ")


def shortened(words: str, letters: int) -> str:
    """Return words on one line, of at most about so many letters."""
    flat = " ".join(words.split())
    return flat if len(flat) <= letters else f"{flat[:letters].rstrip()} …"
