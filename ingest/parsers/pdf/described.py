"""What a PDF says of its figures for people who don't see them, as captions of theirs. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ingest.parsers.pdf.letters.geometry import Rect
from ingest.parsers.pdf.pages import RawPage
from rag.datamodel import BBox, Element, Provenance


def described(elements: Sequence[Element], page: RawPage) -> list[Element]:
    """Return the elements, each figure's description in the caption that follows it."""
    if not page.tags.figures:
        return list(elements)
    made: list[Element] = []
    said: list[str] = []
    for n, element in enumerate(elements):
        is_captioned = n + 1 < len(elements) and elements[n + 1].role == "caption"
        if element.role == "figure" and element.bbox is not None:
            said = _said(element, elements[n + 1].text if is_captioned else "", page)
            made.append(element)
            if not is_captioned:
                made += [_caption(text, element.bbox, page) for text in said]
        elif element.role == "caption" and n and elements[n - 1].role == "figure":
            made.append(_with_more(element, said, elements[n - 1].bbox, page))
        else:
            made.append(element)
    return made


def spoken_for(page: RawPage) -> list[Element]:
    """Return what is said of the figures of a page that is to be read from its picture."""
    frame = page.frame
    boxes = [(figure.text, frame.fractions(figure.rect)) for figure in page.tags.figures]
    return [
        Element(role="paragraph", text=text, provenances=(_place(text, box, page),))
        for text, box in boxes
    ]


def _said(figure: Element, caption: str, page: RawPage) -> list[str]:
    """Return what is said of a figure as one text, if it is more than what stands there."""
    known = " ".join(f"{figure.text} {caption}".lower().split())
    told = page.tags.said_of(_rect(figure.bbox, page)) if figure.bbox is not None else []
    new = dict.fromkeys(text for text in told if text.lower() not in known)
    return [" ".join(new)] if new else []


def _rect(box: BBox, page: RawPage) -> Rect:
    width, height = page.frame.width_pt, page.frame.height_pt
    return (box.x0 * width, box.y0 * height, box.x1 * width, box.y1 * height)


def _caption(text: str, box: BBox | None, page: RawPage) -> Element:
    return Element(role="caption", text=text, provenances=(_place(text, box, page),))


def _with_more(caption: Element, said: Sequence[str], box: BBox | None, page: RawPage) -> Element:
    """Return a caption and, on a line of its own, what is said of its figure."""
    if not said:
        return caption
    text = "\n".join((caption.text, *said))
    place = Provenance(page=page.number, bbox=box, span=(len(caption.text) + 1, len(text)))
    return replace(caption, text=text, provenances=(*caption.provenances, place))


def _place(text: str, box: BBox | None, page: RawPage) -> Provenance:
    return Provenance(page=page.number, bbox=box, span=(0, len(text)))
