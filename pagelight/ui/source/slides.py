"""A slide drawn from its elements: each one set into its own box on a slide-shaped canvas. Pure.

A presentation file is never drawn by its own program, so this shows what was read, where it stood;
fonts and backgrounds are ours. Sizes are in `cqw`, hundredths of the canvas's width.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup
from msgspec import structs

from pagelight.services.answering.places import Place
from pagelight.services.rendering.slides import font_cqw, slide_shape, table_font_cqw
from pagelight.ui.source.marking import find_quote
from pagelight.ui.source.reading import element_html
from pagelight.ui.source.region import choices_of
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
    return render(
        "source/slide.html",
        doc=doc,
        page=page,
        shape=shape,
        placed=placed,
        notes=notes,
        boxes=place.boxes if place else (),
        choices=choices_of(doc, page),
    )


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
