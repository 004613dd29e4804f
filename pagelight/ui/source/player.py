"""A recording that is played: sound and pictures, its chapters and slides along the time.

Knows documents and seconds; knows nothing of files or servers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pagelight.services.answering.places import Place
from pagelight.ui.source.transcript import lines_of
from rag.datamodel import FULL_PAGE, Document, Element

MAX_STOPS: Final = 2000


def is_recording(doc: Document) -> bool:
    return doc.media_type.startswith(("video/", "audio/"))


def player_of(doc: Document, place: Place | None, at_s: float | None) -> dict[str, Any]:
    """Return what the template of the player shows: it stands where `place` is, or at a second.

    Over a slide that the place cites words of, these are outlined.
    """
    stops = sorted(_stops(doc), key=lambda stop: stop[0])[:MAX_STOPS]
    slide = _slide_at(doc, place) if place else None
    boxes = [box for box in place.boxes if box != FULL_PAGE] if place and slide else []
    return {
        "at_s": (place.start_s if place else at_s) or 0.0,
        "stops": stops,
        "is_seen": any(element.image for _, element in stops),
        "is_heard": any(map(lines_of, doc.elements)),
        "tag": "audio" if doc.media_type.startswith("audio/") else "video",
        "slide": slide.image if slide and boxes else None,
        "boxes": boxes,
        "shown": _times(slide) if slide else "",
    }


def _slide_at(doc: Document, place: Place) -> Element | None:
    """Return the slide of a recording that a place is on; None where it is spoken, or elsewhere."""
    for slide in doc.elements:
        starts = {p.start_s for p in slide.provenances}
        boxes = {p.bbox for p in slide.provenances}
        is_slide = slide.role == "figure" and slide.image and slide.start_s is not None
        if is_slide and place.boxes and place.start_s in starts and boxes.issuperset(place.boxes):
            return slide
    return None


def _times(slide: Element) -> str:
    """Return the seconds from and to which a slide is shown, for the page's script."""
    times = [(p.start_s, p.end_s or p.start_s) for p in slide.provenances if p.start_s is not None]
    return " ".join(f"{start}-{end}" for start, end in dict.fromkeys(times))


def _stops(doc: Document) -> Iterator[tuple[float, Element]]:
    """Yield chapters, and slides as often as they are shown, each with its second."""
    for element in doc.elements:
        if element.role == "heading" or (element.role == "figure" and element.image):
            starts = {p.start_s for p in element.provenances if p.start_s is not None}
            yield from ((at_s, element) for at_s in starts)
