"""What leads around in a document: its pages as small pictures, its headings, and where hits are.

Knows documents and places; knows nothing of files or servers.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Final

from pagelight.services.answering.places import Place
from pagelight.services.rendering.originals import PAGED
from pagelight.ui.html.escape import escaped, name
from pagelight.ui.html.language import say
from pagelight.ui.source.transcript import seconds_told
from rag.clock import clock
from rag.datamodel import Document, Element

THUMBNAIL_PX: Final = 200
MOST_THUMBNAILS: Final = 1000
MOST_HEADINGS: Final = 500
HEADING_LETTERS: Final = 120
MOST_DEPTH: Final = 4
"""Headings below this depth are set in no further."""

MOST_TICKS: Final = 200
"""Hits of the strip; where there are more, they stand closer than a line."""


def outline_html(doc: Document, *, page: int) -> str:
    """Return headings and pages of a document; `page` is the one that is shown."""
    parts = [_headings(doc), _thumbnails(doc, page)]
    body = "".join(parts) or (
        '<p class="remark">' + say("It has neither headings nor pages.") + "</p>"
    )
    return f'<nav class="outline" aria-label="{say("Pages and headings")}">{body}</nav>'


def _headings(doc: Document) -> str:
    found = [element for element in doc.elements if _is_heading(element)]
    if not found:
        return ""
    rows = "".join(_heading(doc, element) for element in found[:MOST_HEADINGS])
    return f"<h3>{say('Headings')}</h3><ul>{rows}</ul>"


def _is_heading(element: Element) -> bool:
    return element.role in {"title", "heading"} and bool(element.text.strip())


def _heading(doc: Document, element: Element) -> str:
    words = " ".join(element.text.split())[:HEADING_LETTERS]
    depth = min(element.level or 1, MOST_DEPTH)
    page = element.page or 1
    told = f'<span class="page">{page}</span>' if doc.page_count > 1 else ""
    sought = "" if doc.page_count > 1 else f' data-heading="{escaped(words)}"'
    if element.start_s is not None:
        told = f'<span class="page">{clock(element.start_s)}</span>'
        sought += f' data-at="{seconds_told(element.start_s)}"'
    return (
        f'<li class="depth-{depth}"><button type="button" data-doc="{escaped(doc.id)}" '
        f'data-page="{page}"{sought}>{name(words)}{told}</button></li>'
    )


def _thumbnails(doc: Document, page: int) -> str:
    if doc.page_count <= 1:
        return ""
    is_paged = doc.media_type in PAGED
    shown = "".join(
        _thumbnail(doc, number, is_paged=is_paged, is_shown=number == page)
        for number in range(1, min(doc.page_count, MOST_THUMBNAILS) + 1)
    )
    title = say("Pages") if is_paged else say("Slides")
    return f"<h3>{title}</h3><div class='thumbnails'>{shown}</div>"


def _thumbnail(doc: Document, number: int, *, is_paged: bool, is_shown: bool) -> str:
    url = f"/page/{doc.id}/{number}.png?w={THUMBNAIL_PX}"
    picture = f'<img src="{url}" alt="" loading="lazy">' if is_paged else ""
    word = say("Page") if is_paged else say("Slide")
    current = ' aria-current="page"' if is_shown else ""
    return (
        f'<button type="button" data-doc="{escaped(doc.id)}" data-page="{number}" '
        f'aria-label="{word} {number}"{current}>{picture}<span>{number}</span></button>'
    )


def strip_html(places: Sequence[Place], doc: Document, *, position: int) -> str:
    """Return where the hits lie in the whole document, from top to bottom; each can be gone to."""
    if len(places) <= 1:
        return ""
    step = -(-len(places) // MOST_TICKS)
    shown = sorted({*range(0, len(places), step), position})
    before = _letters_before(doc)
    ticks = "".join(
        _tick(at, _height(places[at], doc, before), is_shown=at == position) for at in shown
    )
    return f'<div class="hit-strip" role="group" aria-label="{say("Places found")}">{ticks}</div>'


def _letters_before(doc: Document) -> dict[int, int]:
    """Return how many letters stand before each element, by its identity: some say the same."""
    ends = itertools.accumulate((len(element.text) for element in doc.elements), initial=0)
    return {id(element): end for element, end in zip(doc.elements, ends, strict=False)}


def _height(place: Place, doc: Document, before: Mapping[int, int]) -> float:
    """Return how far down in the document a place is, from 0 to 1: by its page, or its letters."""
    if place.page is not None and doc.page_count:
        top = place.boxes[0].y0 if place.boxes else 0.0
        return (place.page - 1 + top) / doc.page_count
    if place.found is None:
        return 0.0
    element, (start, _) = place.found
    letters = sum(len(e.text) for e in doc.elements)
    return (before.get(id(element), 0) + start) / max(1, letters)


def _tick(position: int, height: float, *, is_shown: bool) -> str:
    current = ' aria-current="true"' if is_shown else ""
    return (
        f'<button type="button" tabindex="-1" data-hit="{position}" style="top:{height:.2%}" '
        f'aria-label="{say("Place")} {position + 1}"{current}></button>'
    )
