"""A slide drawn from its elements: each one set into its own box on a slide-shaped canvas. Pure.

A presentation file is never drawn by its own program, so this shows what was read, where it stood;
fonts and backgrounds are ours. Sizes are in `cqw`, hundredths of the canvas's width.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Final

from msgspec import structs

from pagelight.services.answering.places import Place
from pagelight.services.answering.quoted import Spans, find_quote
from pagelight.services.rendering.slide_layout import font_cqw, slide_shape, table_font_cqw
from pagelight.ui.source.reading import element_html
from rag.datamodel import TABULAR, BBox, Document, Element

CAPTION_SHARE: Final = 0.14
"""So much of a table's box is its caption's, at the top."""


def slide_html(doc: Document, page: int, place: Place | None, *, overlay: str) -> str:
    """Return the slide and, below it, what stands nowhere on it (the notes)."""
    elements = [element for element in doc.elements if element.page == page]
    shape = slide_shape(doc.elements)
    spans = find_quote(elements, place) if place else {}
    boxes = _boxes(elements)
    placed = [(i, boxes[i]) for i, e in enumerate(elements) if e.text or e.image]
    on_slide = "".join(
        _placed(elements[i], box, spans=spans.get(i, ()), shape=shape)
        for i, box in sorted(placed, key=_pictures_first(elements))
        if box is not None
    )
    canvas = f'<div class="sheet slide" style="aspect-ratio:{shape:.4f}">{on_slide}{overlay}</div>'
    return canvas + _notes(elements, placed, spans)


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


def _pictures_first(
    elements: Sequence[Element],
) -> Callable[[tuple[int, BBox | None]], tuple[bool, float]]:
    """Order for painting: pictures lie under text, large ones under small ones."""

    def key(placed: tuple[int, BBox | None]) -> tuple[bool, float]:
        position, box = placed
        return elements[position].image is None, -(box.area if box else 0.0)

    return key


def _placed(element: Element, box: BBox, *, spans: Sequence[tuple[int, int]], shape: float) -> str:
    fitted = table_font_cqw if element.role in TABULAR else font_cqw
    size = fitted(element.text, box, shape=shape)
    style = (
        f"left:{box.x0:.3%};top:{box.y0:.3%};width:{box.x1 - box.x0:.3%};"
        f"height:{box.y1 - box.y0:.3%};font-size:{size:.2f}cqw"
    )
    role = f"on-slide {element.role}"
    return f'<div class="{role}" style="{style}">{element_html(element, spans)}</div>'


def _notes(
    elements: Sequence[Element], placed: Sequence[tuple[int, BBox | None]], spans: Spans
) -> str:
    rest = [element_html(elements[i], spans.get(i, ())) for i, box in placed if box is None]
    return f'<div class="reading notes">{"".join(rest)}</div>' if rest else ""
