"""Pictures and tables of an answer: each below the words that cite it, with caption and mark.

A table is shown as it stands on its page; where its document has no pages, as its header and the
cited rows.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from typing import Final

from markupsafe import Markup

from pagelight.services.answering.asking import Library
from pagelight.services.answering.places import Place
from pagelight.services.rendering.page_pictures import Pages, encoded, is_drawn
from pagelight.ui.source.marking import row_of
from pagelight.ui.templating import render
from rag.datamodel import CELL_SEPARATOR, FULL_PAGE, Answer, BBox, Chunk, Figure
from rag.table_text import cells_of, table_header

MAX_ROWS: Final = 4
MAX_COLUMNS: Final = 8
MARGIN: Final = 0.008
PAGE_SHAPE: Final = 210 / 297
"""Width to height of most pages; where one has another, its picture mends the height."""

GRAIN: Final = 10_000
"""Boxes in addresses are in so many parts of the page."""


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
        header=row_of(_narrowed(header)),
        rows=[row_of(_narrowed(row)) for row in rows],
    )


def _size(figure: Figure) -> tuple[int, int]:
    """Return width and height: they keep the room of a picture until it comes."""
    if figure.image is not None:
        return figure.image.width_px, figure.image.height_px
    box = widened(figure.bbox or FULL_PAGE)
    width, height = (box.x1 - box.x0) * GRAIN, (box.y1 - box.y0) * GRAIN / PAGE_SHAPE
    return round(width), round(height)


def _narrowed(row: str) -> str:
    return CELL_SEPARATOR.join(cells_of(row)[:MAX_COLUMNS])


def repeats(figure: Figure, place: Place, text: str) -> bool:
    """Tell whether a figure would be a small table of rows whose every cell `text` tells."""
    if figure_url(figure, place.chunk):
        return False
    return all(cell in text for row in _cited_rows(place)[1] for cell in cells_of(row))


def _cited_rows(place: Place) -> tuple[str, list[str]]:
    """Return the header and the rows that are shown of a table without a drawn page."""
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
    left, top, right, bottom = (
        bbox.x0 - MARGIN,
        bbox.y0 - MARGIN,
        bbox.x1 + MARGIN,
        bbox.y1 + MARGIN,
    )
    return BBox.clamped(left, top, right, bottom) or bbox


def crop_url(doc_id: str, page: int, bbox: BBox) -> str:
    return f"/crop/{doc_id}/{page}/{box_name(bbox)}.png"


def box_name(bbox: BBox) -> str:
    """Return a box as whole numbers, as addresses hold it: `x0-y0-x1-y1`."""
    return "-".join(str(round(edge * GRAIN)) for edge in (bbox.x0, bbox.y0, bbox.x1, bbox.y1))


def box_named(name: str) -> BBox | None:
    """Return the box of a name; None for a name of no box."""
    edges = name.split("-")
    if len(edges) != 4 or not all(e.isascii() and e.isdecimal() and len(e) < 6 for e in edges):  # noqa: PLR2004 - two corners; GRAIN has five digits
        return None
    x0, y0, x1, y1 = (int(edge) / GRAIN for edge in edges)
    return BBox.clamped(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


_SUFFIX: Final = {"image/jpeg": "jpg", "image/png": "png"}


def data_url(picture: bytes, suffix: str) -> str:
    """Return an address that holds a picture, as `ReadFigure` returns it."""
    kind = "image/jpeg" if suffix == "jpg" else "image/png"
    return f"data:{kind};base64,{b64encode(picture).decode()}"


ReadFigure = Callable[[Answer, Figure], tuple[bytes, str] | None]
"""Returns the bytes of a figure's picture and its file's suffix; None where it has none."""


def figure_reader(library: Library, pages: Pages) -> ReadFigure:
    """Return what reads a figure as it is shown: the stored picture, or the part of its page."""

    def read(answer: Answer, figure: Figure) -> tuple[bytes, str] | None:
        if figure.image is not None:
            found = library.assets.find(figure.image.id)
            return (found[0].read_bytes(), _SUFFIX.get(found[1], "png")) if found else None
        doc = library.document(answer.citations[figure.citation].chunk.doc_id)
        if doc is None or figure.page is None or figure.bbox is None:
            return None
        pixels = pages.crop(doc, figure.page, widened(figure.bbox))
        return None if pixels is None else (encoded(pixels), "png")

    return read
