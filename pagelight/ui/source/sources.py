"""The source panel: one place of a document, shown where it stands, its words or region lit.

Chooses the view by what is known of the document: a drawn page, a picture, a slide, or the
reading view. Every word is escaped. Knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pagelight.services.answering.places import Place
from pagelight.services.rendering.page_pictures import Pages, whole_picture
from pagelight.services.rendering.renders import PagePicture
from pagelight.ui.html.escape import escaped, name
from pagelight.ui.html.language import key, known, say
from pagelight.ui.html.words import label_of
from pagelight.ui.source.also import also_line
from pagelight.ui.source.outline import strip_html
from pagelight.ui.source.player import is_recording, player_html, slide_at
from pagelight.ui.source.reading import reading_html
from pagelight.ui.source.region import parts_html
from pagelight.ui.source.rows import LongTables
from pagelight.ui.source.slides import slide_html
from pagelight.ui.source.text_layer import text_layer_html
from pagelight.ui.source.tools import is_slides, steps_html, tools_html
from pagelight.ui.source.transcript import transcript_html
from pagelight.ui.source.why import quote_html, remarks_html, why_html
from rag.datamodel import FULL_PAGE, BBox, Document, ImageAsset

FEW_BOXES: Final = 12
"""Up to so many lit boxes are outlined; more of them would be a grid."""

REGION_AREA: Final = 0.03
"""A box over this share of the page is a figure, not a line: its colours stay as they are."""

GONE: Final = key(
    "The original file is no longer there, or was changed since it was read. "
    "This is its text as it was read."
)
FORGOTTEN: Final = key("This source is no longer known. Ask the question again.")
NOT_FOUND: Final = key("These words do not stand in the document.")
REMOVED: Final = key("This document is no longer in the folder.")


def place_html(
    place: Place,
    doc: Document,
    pages: Pages,
    *,
    position: int,
    count: int,
    words: Sequence[tuple[int, int]] = (),
    adds: bool = False,
    tables: LongTables | None = None,
) -> str:
    """Return the panel for one cited place, the `position`-th (from 0) of `count`.

    `words` are the ranges of its chunk's text that made it relevant; `adds` offers to add the
    document to the folder; `tables` are those of it that are shown by pages.
    """
    labels = (say("Previous source"), say("Next source"))
    steps = steps_html(position, count, labels)
    view, is_picture = _view(doc, place.page, place, pages, tables)
    told = quote_html(place, words) + remarks_html(doc, place.page, place) + why_html(place, words)
    return _panel(
        doc,
        place.page,
        steps=steps,
        quote=told,
        view=view,
        is_picture=is_picture,
        adds=adds,
        at_s=place.start_s,
        place=place,
    )


def found_html(
    places: Sequence[Place],
    doc: Document,
    pages: Pages,
    *,
    position: int,
    tables: LongTables | None = None,
) -> str:
    """Return the panel for the place at `position` (from 0) of those that a search found."""
    place = places[position]
    view, is_picture = _view(doc, place.page, place, pages, tables)
    words = [place.found[1]] if place.found else []
    steps = steps_html(position, len(places), (say("Previous place"), say("Next place")))
    quote = quote_html(place, words) + remarks_html(doc, place.page, place)
    strip = strip_html(places, doc, position=position)
    return _panel(
        doc,
        place.page,
        steps=steps,
        quote=quote,
        view=view,
        is_picture=is_picture,
        strip=strip,
        at_s=place.start_s,
        place=place,
    )


def page_html(
    doc: Document,
    page: int,
    pages: Pages,
    *,
    told: str = "",
    adds: bool = False,
    at_s: float | None = None,
    tables: LongTables | None = None,
) -> str:
    """Return the panel for a page of a document that is opened by itself; `told` stands above.

    A recording stands at the second `at_s`.
    """
    number = page if doc.page_count else None
    view, is_picture = _view(doc, number, None, pages, tables)
    quote = (message_html(told) if told else "") + remarks_html(doc, number, None)
    return _panel(
        doc, number, steps="", quote=quote, view=view, is_picture=is_picture, adds=adds, at_s=at_s
    )


def card_html(place: Place) -> str:
    """Return what stands beside a mark under the pointer: where it is, and its quote."""
    return f'<p class="where">{escaped(label_of(place))}</p>{quote_html(place, ())}'


def message_html(text: str) -> str:
    """Return the panel with a sentence only."""
    return f'<p class="remark">{escaped(known(text))}</p>'


def _panel(
    doc: Document,
    page: int | None,
    *,
    steps: str,
    quote: str,
    view: str,
    is_picture: bool,
    adds: bool = False,
    strip: str = "",
    at_s: float | None = None,
    place: Place | None = None,
) -> str:
    add = _add(doc) if adds else ""
    tools = tools_html(doc, page, steps=steps, is_picture=is_picture)
    return (
        f'<header class="source-head"><div class="source-name">{_title(doc)}{add}</div>'
        f'<div class="source-tools">{tools}</div>{also_line(doc)}{quote}</header>'
        f'<div class="source-body">{_player(doc, at_s, place)}'
        '<div class="source-view" tabindex="0" '
        f'aria-label="{say("Source")}">{view}</div>'
        f"{strip}</div>"
    )


def _player(doc: Document, at_s: float | None, place: Place | None) -> str:
    """Return the player; over a cited slide the words that are cited are outlined."""
    slide = slide_at(doc, place) if place else None
    boxes = [box for box in place.boxes if box != FULL_PAGE] if place and slide else []
    lit = _lit(boxes)
    return player_html(doc, at_s=at_s, lit=lit, lettered=slide)


def _add(doc: Document) -> str:
    told = say("Add to the folder")
    button = f'<button type="button" data-add="{escaped(doc.id)}">{told}</button>'
    return f'<span class="adds">{button}</span>'


def _title(doc: Document) -> str:
    others = len(doc.sources) - 1
    copies = f' <span class="copies">{_copies(others)}</span>' if others else ""
    title = f'<span class="doc-title">{escaped(doc.title)}</span>' if doc.title else ""
    return f'<span class="doc-file">{name(doc.sources[0])}</span>{copies}{title}'


def _copies(count: int) -> str:
    return say("and {n} more with the same content", n=count)


def _view(
    doc: Document,
    page: int | None,
    place: Place | None,
    pages: Pages,
    tables: LongTables | None,
) -> tuple[str, bool]:
    """Return the view, and whether it is a picture, or drawn as one."""
    boxes = place.boxes if place else ()
    if is_recording(doc):
        return transcript_html(doc.elements, place), False
    if page is None:
        return reading_html(doc.elements, place, tables=tables), False
    if is_slides(doc):
        return slide_html(doc, page, place, overlay=_lit(boxes) + parts_html(doc, page)), True
    overlay = _lit(boxes) + parts_html(doc, page)
    drawn = pages.picture(doc, page)
    if drawn is not None:
        url, overlay = f"/page/{doc.id}/{page}.png", _text(doc, page, drawn) + overlay
        return _sheet(url, drawn, overlay, alt=f"{say('Page')} {page}"), True
    picture = whole_picture(doc, page)
    if picture is not None:
        overlay = _text(doc, page, picture) + overlay
        return _sheet(f"/asset/{picture.id}", picture, overlay, alt=say("The picture")), True
    elements = [element for element in doc.elements if element.page == page]
    return message_html(GONE) + reading_html(elements, place), False


def _text(doc: Document, page: int, picture: PagePicture | ImageAsset) -> str:
    width_px, height_px = picture.width_px, picture.height_px
    return text_layer_html(doc.elements, page, width_px=width_px, height_px=height_px)


def _sheet(url: str, picture: PagePicture | ImageAsset, overlay: str, *, alt: str) -> str:
    return (
        f'<div class="sheet" style="aspect-ratio:{picture.width_px}/{picture.height_px}">'
        f'<img src="{escaped(url)}" width="{picture.width_px}" height="{picture.height_px}" '
        f'alt="{escaped(alt)}">{overlay}</div>'
    )


def _lit(boxes: Sequence[BBox]) -> str:
    """Return translucent boxes over the cited region, in fractions of the sheet."""
    many = " many" if len(boxes) > FEW_BOXES else ""
    return "".join(_lit_box(box, many + (" region" * (box.area > REGION_AREA))) for box in boxes)


def _lit_box(box: BBox, kind: str) -> str:
    return (
        f'<i class="lit{kind}" style="left:{box.x0:.4%};top:{box.y0:.4%};'
        f'width:{box.x1 - box.x0:.4%};height:{box.y1 - box.y0:.4%}"></i>'
    )
