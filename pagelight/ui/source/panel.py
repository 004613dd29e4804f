"""The source panel: one place of a document, shown where it stands, its words or region lit.

Chooses the view by what is known of the document: a drawn page, a picture, a slide, or the
reading view. A slide is drawn from its elements, each set into its own box: a presentation file is
never drawn by its own program. Knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup
from msgspec import structs

from ingest.transcription.hearing import is_by_machine
from pagelight.services.answering.places import Place
from pagelight.services.rendering.originals import PAGED
from pagelight.services.rendering.page_pictures import Pages, is_slides, whole_picture
from pagelight.services.rendering.slides import font_cqw, slide_shape, table_font_cqw
from pagelight.ui.language import key, known, say
from pagelight.ui.source.crops import choices_of
from pagelight.ui.source.reading import LongTables, element_html, find_quote, reading_html
from pagelight.ui.source.recording import is_recording, player_of, transcript_html
from pagelight.ui.templating import render
from rag.datamodel import TABULAR, BBox, Document, Element

CAPTION_SHARE: Final = 0.14
"""So much of a table's box is its caption's, at the top."""


def slide_html(doc: Document, page: int, place: Place | None) -> Markup:
    """Return the slide and, below it, what stands nowhere on it (the notes)."""
    elements = [element for element in doc.elements if element.page == page]
    spans = find_quote(elements, place) if place else {}
    shape = slide_shape(doc.elements)
    placed, notes = [], []
    for i, (element, box) in enumerate(zip(elements, _boxes(elements), strict=True)):
        if not element.text and not element.image:
            continue
        html = element_html(element, spans.get(i, ()))
        if box is None:
            notes.append(html)
        else:
            fitted = table_font_cqw if element.role in TABULAR else font_cqw
            placed.append((element, box, fitted(element.text, box, shape=shape), html))
    # Pictures lie under text, large ones under small ones.
    placed.sort(key=lambda each: (each[0].image is None, -each[1].area))
    values = {"placed": placed, "notes": notes, "boxes": place.boxes if place else ()}
    choices = choices_of(doc, page)
    return render("source/slide.html", doc=doc, page=page, shape=shape, choices=choices, **values)


def _boxes(elements: Sequence[Element]) -> list[BBox | None]:
    """Return where each element is drawn.

    A caption that has the box of what it names stands above a table, which gets the rest, and is
    not drawn over a picture: it is told below the slide.
    """
    boxes = [element.bbox for element in elements]
    for i, (named, caption) in enumerate(itertools.pairwise(elements)):
        box = caption.bbox
        if caption.role != "caption" or box is None or box != named.bbox:
            continue
        line = box.y0 + CAPTION_SHARE * (box.y1 - box.y0)
        is_table = named.role in TABULAR
        boxes[i + 1] = structs.replace(box, y1=line) if is_table else None
        boxes[i] = structs.replace(box, y0=line) if is_table else box
    return boxes


GONE: Final = key(
    "The original file is no longer there, or was changed since it was read. "
    "This is its text as it was read."
)
FORGOTTEN: Final = key("This source is no longer known. Ask the question again.")
NOT_FOUND: Final = key("These words do not stand in the document.")
REMOVED: Final = key("This document is no longer in the folder.")


def panel_html(
    doc: Document,
    page: int | None,
    pages: Pages,
    *,
    place: Place | None = None,
    of: tuple[int, int] | None = None,
    notice: str = "",
    adds: bool = False,
    at_s: float | None = None,
    tables: LongTables | None = None,
) -> Markup:
    """Return the panel for a page of a document (None: it has none), the words of `place` lit.

    The place is the first of `of`, from 0, of so many; `notice` stands above; `adds` offers to add
    the document to the folder; a recording stands at the second `at_s`; `tables` are those of the
    document that are shown by pages.
    """
    number = page if doc.page_count else None
    view, is_picture = _view(doc, number, place, pages, tables)
    return render(
        "source/panel.html",
        doc=doc,
        page=number,
        place=place,
        of=of,
        notice=known(notice),
        adds=adds,
        view=view,
        is_picture=is_picture,
        is_slides=is_slides(doc.media_type),
        remarks=_remarks(doc, number, place),
        player=player_of(doc, place, at_s) if is_recording(doc) else None,
    )


def card_html(place: Place) -> Markup:
    """Return what stands beside a mark under the pointer: where it is, and its quote."""
    return render("source/card.html", place=place)


def message_html(text: str) -> Markup:
    return render("remark.html", text=known(text))


def _remarks(doc: Document, page: int | None, place: Place | None) -> list[str]:
    """Return what is remarked on the figures of a page; of those alone that a place is of."""

    def is_of(figure: BBox | None) -> bool:
        if place is None or figure is None:
            return True
        return any(2 * box.intersection_area(figure) >= box.area for box in place.boxes)

    on_page = [e for e in doc.elements if page is not None and e.page == page and e.remark]
    return [element.remark for element in on_page if is_of(element.bbox)]


def _view(
    doc: Document, page: int | None, place: Place | None, pages: Pages, tables: LongTables | None
) -> tuple[Markup, bool]:
    if is_recording(doc):
        return transcript_html(doc.elements, place, by_machine=is_by_machine(doc)), False
    if page is None:
        return reading_html(doc.elements, place, tables=tables), False
    if is_slides(doc.media_type):
        return slide_html(doc, page, place), True
    drawn, image = pages.picture(doc, page), whole_picture(doc, page)
    if drawn is None and image is None:
        elements = [element for element in doc.elements if element.page == page]
        return message_html(GONE) + reading_html(elements, place), False
    html = render(
        "source/sheet.html",
        doc=doc,
        page=page,
        picture=drawn or image,
        url=f"/page/{doc.id}/{page}.png" if drawn or not image else f"/asset/{image.id}",
        alt=f"{say('Page')} {page}" if drawn else say("The picture"),
        lines=[
            (element.text[p.span[0] : p.span[1]], p.bbox)
            for element in doc.elements
            for p in element.provenances
            if p.page == page and p.bbox is not None and p.span is not None
        ],
        boxes=place.boxes if place else (),
        choices=choices_of(doc, page),
    )
    return html, True


MAX_PAGES: Final = 1000
MAX_HEADINGS: Final = 500


def outline_html(doc: Document, *, page: int) -> Markup:
    """Return headings and pages of a document; `page` is the one that is shown."""
    headings = [e for e in doc.elements if e.role in {"title", "heading"} and e.text.strip()]
    return render(
        "source/outline.html",
        doc=doc,
        headings=headings[:MAX_HEADINGS],
        pages=range(1, min(doc.page_count, MAX_PAGES) + 1) if doc.page_count > 1 else (),
        shown=page,
        is_paged=doc.media_type in PAGED,
    )
