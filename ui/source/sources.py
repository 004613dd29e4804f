"""The source panel: one place of a document, shown where it stands, its words or region lit.

Chooses the view by what is known of the document: a drawn page, a picture, a slide, or the
reading view. Every word is escaped. Knows nothing of Gradio or HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rag.datamodel import BBox, Document, ImageAsset
from service.asking.places import Place
from ui.html.escape import escaped, name
from ui.source.outline import strip_html
from ui.source.pages import PagePicture, Pages, whole_picture
from ui.source.reading import reading_html
from ui.source.region import parts_html
from ui.source.slides import slide_html
from ui.source.text_layer import text_layer_html
from ui.source.why import quote_html, why_html

FEW_BOXES: Final = 12
"""Up to so many lit boxes are outlined; more of them would be a grid."""

REGION_AREA: Final = 0.03
"""A box over this share of the page is a figure, not a line: its colours stay as they are."""

GONE: Final = (
    "The original file is no longer there, or was changed since it was read. "
    "This is its text as it was read."
)
FORGOTTEN: Final = "This source is no longer known. Ask the question again."
NOT_FOUND: Final = "These words do not stand in the document."
REMOVED: Final = "This document is no longer in the folder."


def place_html(
    place: Place,
    doc: Document,
    pages: Pages,
    *,
    position: int,
    count: int,
    words: Sequence[tuple[int, int]] = (),
    adds: bool = False,
) -> str:
    """Return the panel for one cited place, the `position`-th (from 0) of `count`.

    `words` are the ranges of its chunk's text that made it relevant; `adds` offers to add the
    document to the folder.
    """
    steps = _steps("source", position, count)
    view, zooms = _view(doc, place.page, place, pages)
    told = quote_html(place, words) + why_html(place, words)
    return _panel(doc, place.page, steps=steps, quote=told, view=view, zooms=zooms, adds=adds)


def found_html(places: Sequence[Place], doc: Document, pages: Pages, *, position: int) -> str:
    """Return the panel for the place at `position` (from 0) of those that a search found."""
    place = places[position]
    view, zooms = _view(doc, place.page, place, pages)
    words = [place.found[1]] if place.found else []
    steps = _steps("place", position, len(places))
    quote = quote_html(place, words)
    strip = strip_html(places, doc, position=position)
    return _panel(doc, place.page, steps=steps, quote=quote, view=view, zooms=zooms, strip=strip)


def page_html(doc: Document, page: int, pages: Pages, *, told: str = "", adds: bool = False) -> str:
    """Return the panel for a page of a document that is opened by itself; `told` stands above."""
    number = page if doc.page_count else None
    view, zooms = _view(doc, number, None, pages)
    quote = message_html(told) if told else ""
    return _panel(doc, number, steps="", quote=quote, view=view, zooms=zooms, adds=adds)


def _steps(what: str, position: int, count: int) -> str:
    return (
        f'<span class="steps"><button type="button" data-step="-1" aria-label="Previous {what}"'
        f"{_disabled(position <= 0)}>‹</button><span>{position + 1} of {count}</span>"
        f'<button type="button" data-step="1" aria-label="Next {what}"'
        f"{_disabled(position >= count - 1)}>›</button></span>"
    )


def card_html(place: Place) -> str:
    """Return what stands beside a mark under the pointer: where it is, and its quote."""
    return f'<p class="where">{escaped(place.label)}</p>{quote_html(place, ())}'


def message_html(text: str) -> str:
    """Return the panel with a sentence only."""
    return f'<p class="remark">{escaped(text)}</p>'


def _disabled(is_disabled: bool) -> str:  # noqa: FBT001 - an HTML attribute
    return " disabled" if is_disabled else ""


def _panel(
    doc: Document,
    page: int | None,
    *,
    steps: str,
    quote: str,
    view: str,
    zooms: bool,
    adds: bool = False,
    strip: str = "",
) -> str:
    add = _ADD.format(doc=escaped(doc.id)) if adds else ""
    find = _FIND.format(doc=escaped(doc.id), page=page or 1)
    outline = _OUTLINE.format(doc=escaped(doc.id), page=page or 1)
    tools = steps + _page_steps(doc, page) + outline + find + (_PICK + _ZOOM if zooms else "")
    return (
        f'<header class="source-head"><div class="source-name">{_title(doc)}{add}</div>'
        f'<div class="source-tools">{tools}</div>{quote}</header>'
        f'<div class="source-body"><div class="source-view" tabindex="0" aria-label="Source">{view}'
        f"</div>{strip}</div>"
    )


_FIND = (
    '<span class="find" role="search" data-found="{doc}" data-on="{page}"><input type="search" '
    'placeholder="Find in document" aria-label="Find in document"></span>'
)
_OUTLINE = (
    '<span class="outliner"><button type="button" data-outline="{doc}" data-on="{page}" '
    'aria-expanded="false" title="Headings and pages">Contents</button></span>'
)
_ADD = '<span class="adds"><button type="button" data-add="{doc}">Add to the folder</button></span>'
_PICK = (
    '<span class="pick"><button type="button" data-pick="start" aria-pressed="false">'
    "Ask about a part</button></span>"
    '<span class="pick-hint" role="note">Draw a box on the page. By keys: arrows go from part to '
    "part, Enter takes one, Esc stops.</span>"
)
_ZOOM = (
    '<span class="zoom"><button type="button" data-zoom="out" aria-label="Zoom out">−</button>'
    '<button type="button" data-zoom="fit" aria-label="Fit to width">Fit</button>'
    '<button type="button" data-zoom="in" aria-label="Zoom in">+</button>'
    '<button type="button" data-turn="" aria-label="Turn" title="Turn">⟳</button></span>'
)


def _title(doc: Document) -> str:
    others = len(doc.sources) - 1
    copies = (
        f' <span class="copies">and {others} more with the same content</span>' if others else ""
    )
    title = f'<span class="doc-title">{escaped(doc.title)}</span>' if doc.title else ""
    return f'<span class="doc-file">{name(doc.sources[0])}</span>{copies}{title}'


def _page_steps(doc: Document, page: int | None) -> str:
    """The page of how many; with buttons to leaf where there are several."""
    if page is None:
        return ""
    word = "Slide" if _is_slides(doc) else "Page"
    if doc.page_count <= 1:
        return f'<span class="page-steps"><span>{word} {page}</span></span>'
    target = f'data-doc="{escaped(doc.id)}"'
    return (
        f'<span class="page-steps" data-page="{page}" data-pages="{doc.page_count}" '
        f'data-word="{word}"><button type="button" {target} data-page="{page - 1}" '
        f'aria-label="Previous page"{_disabled(page <= 1)}>‹</button>'
        f"<span>{word} {page} of {doc.page_count}</span>"
        f'<button type="button" {target} data-page="{page + 1}" '
        f'aria-label="Next page"{_disabled(page >= doc.page_count)}>›</button></span>'
    )


def _view(doc: Document, page: int | None, place: Place | None, pages: Pages) -> tuple[str, bool]:
    """Return the view, and whether it is a picture that can be zoomed."""
    boxes = place.boxes if place else ()
    if page is None:
        return reading_html(doc.elements, place), False
    if _is_slides(doc):
        return slide_html(doc, page, place, overlay=_lit(boxes) + parts_html(doc, page)), True
    overlay = _lit(boxes) + parts_html(doc, page)
    drawn = pages.picture(doc, page)
    if drawn is not None:
        url, overlay = f"/page/{doc.id}/{page}.png", _text(doc, page, drawn) + overlay
        return _sheet(url, drawn, overlay, alt=f"Page {page}"), True
    picture = whole_picture(doc, page)
    if picture is not None:
        overlay = _text(doc, page, picture) + overlay
        return _sheet(f"/asset/{picture.id}", picture, overlay, alt="The picture"), True
    elements = [element for element in doc.elements if element.page == page]
    return message_html(GONE) + reading_html(elements, place), False


def _is_slides(doc: Document) -> bool:
    return "presentation" in doc.media_type or "powerpoint" in doc.media_type


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
