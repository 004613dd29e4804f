"""The source panel: one place of a document, shown where it stands, its words or region lit.

Chooses the view by what is known of the document: a drawn page, a picture, a slide, or the
reading view. Knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from ingest.transcription.hearing import is_by_machine
from pagelight.services.answering.places import Place
from pagelight.services.rendering.originals import PAGED
from pagelight.services.rendering.page_pictures import Pages, is_slides, whole_picture
from pagelight.ui.html.language import key, known, say
from pagelight.ui.source.reading import reading_html
from pagelight.ui.source.recording import is_recording, player_of, transcript_html
from pagelight.ui.source.region import choices_of
from pagelight.ui.source.rows import LongTables
from pagelight.ui.source.slides import slide_html
from pagelight.ui.templating import render
from rag.datamodel import Document, Element

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
    """Return what is remarked on the figures of a page; of those alone that a place is of.

    A document without pages has its remarks in its reading view.
    """
    on_page = [element for element in doc.elements if page is not None and element.page == page]
    return [element.remark for element in on_page if element.remark and _is_of(place, element)]


def _is_of(place: Place | None, element: Element) -> bool:
    """Whether a place lies in a figure, or is one."""
    figure = element.bbox
    if place is None or figure is None:
        return True
    return any(2 * box.intersection_area(figure) >= box.area for box in place.boxes)


def _view(
    doc: Document, page: int | None, place: Place | None, pages: Pages, tables: LongTables | None
) -> tuple[Markup, bool]:
    """Return the view, and whether it is a picture, or drawn as one."""
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
        lines=_lines(doc, page),
        boxes=place.boxes if place else (),
        choices=choices_of(doc, page),
    )
    return html, True


def _lines(doc: Document, page: int) -> list[tuple[str, object]]:
    return [
        (element.text[p.span[0] : p.span[1]], p.bbox)
        for element in doc.elements
        for p in element.provenances
        if p.page == page and p.bbox is not None and p.span is not None
    ]


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
