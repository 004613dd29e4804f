"""Pictures of parts of pages: figures of an answer, and the box that a person asks about.

Of an answer each stands below the words that cite it; a table is shown as it stands on its page,
and where its document has no pages as its header and the cited rows. The browser names a box that
was drawn (`DOCUMENT/PAGE/X0-Y0-X1-Y1`, in ten-thousandths of the page); everything else is looked
up here. Knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from markupsafe import Markup

from pagelight.services.answering.asking import Library, ReadImage
from pagelight.services.answering.places import Place
from pagelight.services.rendering.page_pictures import Pages, encoded, is_drawn
from pagelight.ui.language import key
from pagelight.ui.source.reading import MarkedRow, row_of
from pagelight.ui.templating import render
from rag.datamodel import CELL_SEPARATOR, FULL_PAGE, TABULAR, Answer, BBox, Chunk, Document, Figure
from rag.errors import PagelightError, SourceError
from rag.generation.region import region_chunk, wants_reading
from rag.protocols import Pixels
from rag.table_text import cells_of, table_header

MAX_ROWS: Final = 4
MAX_COLUMNS: Final = 8
MARGIN: Final = 0.008
PAGE_SHAPE: Final = 210 / 297
"""Width to height of most pages; where one has another, its picture mends the height."""

GRAIN: Final = 10_000
"""Boxes in addresses are in so many parts of the page."""

_BOX: Final = re.compile("-".join([r"([0-9]{1,5})"] * 4))
_REGION: Final = re.compile(r"([0-9a-f]{64})/([0-9]{1,6})/(.*)")


def figure_html(
    figure: Figure, place: Place, *, chip: Markup, key: str = "", url: str | None = None
) -> Markup:
    """Return a picture, or a table, that opens its page by its `key` ("": nothing opens).

    `chip` is the mark that cites it; without one the words beside it are its caption. `url` is
    where its picture is ("": it has none); None: on our server.
    """
    header, rows = _cited_rows(place)
    return render(
        "source/figure.html",
        figure=figure,
        place=place,
        url=figure_url(figure, place.chunk) if url is None else url,
        size=_size(figure),
        key=key,
        chip=chip,
        header=_narrowed(header),
        rows=list(map(_narrowed, rows)),
    )


def _size(figure: Figure) -> tuple[int, int]:
    """Return width and height: they keep the room of a picture until it comes."""
    if figure.image is not None:
        return figure.image.width_px, figure.image.height_px
    box = widened(figure.bbox or FULL_PAGE)
    return round((box.x1 - box.x0) * GRAIN), round((box.y1 - box.y0) * GRAIN / PAGE_SHAPE)


def _narrowed(row: str) -> MarkedRow:
    return row_of(CELL_SEPARATOR.join(cells_of(row)[:MAX_COLUMNS]))


def repeats(figure: Figure, place: Place, text: str) -> bool:
    """Tell whether a figure would be a small table of rows whose every cell `text` tells."""
    if figure_url(figure, place.chunk):
        return False
    return all(cell in text for row in _cited_rows(place)[1] for cell in cells_of(row))


def _cited_rows(place: Place) -> tuple[str, list[str]]:
    header, quote = table_header(place.chunk), place.quote
    lines = place.chunk.text.split("\n")
    rows = [line for line in lines if CELL_SEPARATOR in line and line != header]
    cited = [row for row in rows if row in quote or quote.strip() in row] or rows
    return header, cited[:MAX_ROWS]


def figure_url(figure: Figure, chunk: Chunk) -> str:
    """Return where the picture is served; "" for a table of a document without drawn pages."""
    if figure.image is not None:
        return f"/asset/{figure.image.id}"
    if figure.page is None or figure.bbox is None or not is_drawn(figure.media_type):
        return ""
    return crop_url(chunk.doc_id, figure.page, widened(figure.bbox))


def widened(bbox: BBox) -> BBox:
    """Return the box with a margin: letters reach over their boxes."""
    m = MARGIN
    return BBox.clamped(bbox.x0 - m, bbox.y0 - m, bbox.x1 + m, bbox.y1 + m) or bbox


def crop_url(doc_id: str, page: int, bbox: BBox) -> str:
    return f"/crop/{doc_id}/{page}/{box_name(bbox)}.png"


def box_name(bbox: BBox) -> str:
    """Return a box as whole numbers, as addresses hold it: `x0-y0-x1-y1`."""
    return "-".join(str(round(edge * GRAIN)) for edge in (bbox.x0, bbox.y0, bbox.x1, bbox.y1))


def box_named(name: str) -> BBox | None:
    """Return the box of a name; None for a name of no box."""
    found = _BOX.fullmatch(name)
    x0, y0, x1, y1 = (int(edge) / GRAIN for edge in found.groups()) if found else (0, 0, 0, 0)
    return BBox.clamped(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


ReadFigure = Callable[[Answer, Figure], tuple[bytes, str] | None]
"""Returns the bytes of a figure's picture, and "png" or "jpeg"; None where it has none."""


def figure_reader(library: Library, pages: Pages) -> ReadFigure:
    """Return what reads a figure as it is shown: the stored picture, or the part of its page."""

    def read(answer: Answer, figure: Figure) -> tuple[bytes, str] | None:
        if figure.image is not None:
            found = library.assets.find(figure.image.id)
            return (found[0].read_bytes(), found[1].partition("/")[2]) if found else None
        doc = library.document(answer.citations[figure.citation].chunk.doc_id)
        if doc is None or figure.page is None or figure.bbox is None:
            return None
        pixels = pages.crop(doc, figure.page, widened(figure.bbox))
        return None if pixels is None else (encoded(pixels), "png")

    return read


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
        named = _REGION.fullmatch(name)
        doc_id, page, box = named.groups() if named else ("", "0", "")
        doc, bbox = self._library.document(doc_id) if doc_id else None, box_named(box)
        if doc is None or bbox is None or not 1 <= int(page) <= doc.page_count:
            return None
        return Region(doc=doc, page=int(page), bbox=bbox)

    def chunk(self, name: str) -> Chunk:
        """Return its words, read from its picture where need be. Raises PagelightError for none."""
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
        with tempfile.NamedTemporaryFile(suffix=".png") as file, suppress(SourceError):
            file.write(encoded(pixels))
            file.flush()
            return self._read_image(Path(file.name)).lettering
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
        lines = element.text.split("\n") if is_table else [element.text]
        for row, box in rows.items():
            yield box, lines[row].replace("|", " ")


def shortened(words: str, letters: int) -> str:
    """Return words on one line, of at most about so many letters."""
    flat = " ".join(words.split())
    return flat if len(flat) <= letters else f"{flat[:letters].rstrip()} …"
