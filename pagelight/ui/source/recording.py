"""A recording that is played: its chapters and slides by time, and its words line by line.

As HTML, and as captions (WebVTT). Knows documents and seconds; knows nothing of files or servers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

from markupsafe import Markup

from pagelight.services.answering.places import Place
from pagelight.ui.source.reading import Span, element_html, find_quote, parts_of
from pagelight.ui.templating import escaped, render
from rag.datamodel import FULL_PAGE, Document, Element

MAX_TURNS: Final = 1500
"""Shown before, and after, the cited one; six hours of speech have some 700."""

SHORTEST_S: Final = 0.5
"""A caption stays at least so long: some have no length."""


class SpokenLine(NamedTuple):
    """What is said at once: a range of its element's text, and its seconds."""

    start: int
    end: int
    start_s: float
    end_s: float


def lines_of(element: Element) -> list[SpokenLine]:
    """Return the lines that are spoken; what a recording tells of itself has no end in time."""
    if element.role != "paragraph":
        return []
    return [
        SpokenLine(*p.span, p.start_s, p.end_s)
        for p in element.provenances
        if p.span and p.start_s is not None and p.end_s is not None
    ]


def transcript_html(
    elements: Sequence[Element], place: Place | None, *, by_machine: bool = False
) -> Markup:
    """Return chapters and turns, the words of `place` marked; a model heard them `by_machine`."""
    spans = find_quote(elements, place) if place else {}
    at_s = place.start_s if place and place.start_s else 0.0
    begun = (i for i, element in enumerate(elements) if (element.start_s or 0.0) <= at_s)
    focus = min(spans) if spans else max(begun, default=0)
    first, last = max(0, focus - MAX_TURNS), min(len(elements), focus + MAX_TURNS + 1)
    return render(
        "source/transcript.html",
        parts=[_part(elements[i], spans.get(i, ())) for i in range(first, last)],
        earlier=first > 0,
        later=last < len(elements),
        is_heard=any(map(lines_of, elements)),
        by_machine=by_machine,
    )


def _part(element: Element, spans: Sequence[Span]) -> dict[str, Any]:
    """Return a chapter, a turn of speech (its lines, each with what stands before it), or HTML."""
    lines, text, at = [], element.text, 0
    for line in lines_of(element):
        words = parts_of(text[line.start : line.end], spans, start=line.start)
        lines.append((text[at : line.start], line.start_s, words))
        at = line.end
    if lines:
        return {"lines": lines, "rest": text[at:], "is_heard": element.confidence is not None}
    if element.start_s is not None and element.role == "heading":
        return {"chapter": parts_of(text, spans), "start_s": element.start_s}
    is_slide = element.start_s is not None and element.role == "figure"
    return {"html": "" if is_slide else element_html(element, spans)}


def webvtt(elements: Iterable[Element]) -> str:
    """Return captions (W3C WebVTT), a line each; where there are subtitles, these alone."""
    timed = [element for element in elements if lines_of(element)]
    written = [element for element in timed if element.confidence is None] or timed
    said = [(line, element.text) for element in written for line in lines_of(element)]
    captions = ["WEBVTT"]
    for line, text in sorted(said, key=lambda each: each[0].start_s):
        words = escaped(" ".join(text[line.start : line.end].split()))
        end_s = max(line.end_s, line.start_s + SHORTEST_S)
        captions.append(f"{_stamp(line.start_s)} --> {_stamp(end_s)}\n{words}")
    return "\n\n".join(captions) + "\n"


def _stamp(seconds: float) -> str:
    """Return a time as WebVTT has it: hours (two digits or more), minutes, seconds."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}.{thousandths:03d}"


MAX_STOPS: Final = 2000


def is_recording(doc: Document) -> bool:
    return doc.media_type.startswith(("video/", "audio/"))


def player_of(doc: Document, place: Place | None, at_s: float | None) -> dict[str, Any]:
    """Return what the player shows: at `place`, its words outlined; or at a second."""
    shown = [e for e in doc.elements if e.role == "heading" or (e.role == "figure" and e.image)]
    starts = ((e, {p.start_s for p in e.provenances}) for e in shown)
    timed = [(at_s, e) for e, seconds in starts for at_s in seconds if at_s is not None]
    stops = sorted(timed, key=lambda stop: stop[0])[:MAX_STOPS]
    slide = _slide_at(doc, place) if place else None
    boxes = [box for box in place.boxes if box != FULL_PAGE] if place and slide else []
    times = [
        f"{p.start_s}-{p.end_s or p.start_s}"
        for p in (slide.provenances if slide else ())
        if p.start_s is not None
    ]
    return {
        "at_s": (place.start_s if place else at_s) or 0.0,
        "stops": stops,
        "is_seen": any(element.image for _, element in stops),
        "is_heard": any(map(lines_of, doc.elements)),
        "tag": "audio" if doc.media_type.startswith("audio/") else "video",
        "slide": slide.image if slide and boxes else None,
        "boxes": boxes,
        "shown": " ".join(dict.fromkeys(times)),
    }


def _slide_at(doc: Document, place: Place) -> Element | None:
    for slide in doc.elements:
        starts = {p.start_s for p in slide.provenances}
        boxes = {p.bbox for p in slide.provenances}
        is_slide = slide.role == "figure" and slide.image and slide.start_s is not None
        if is_slide and place.boxes and place.start_s in starts and boxes.issuperset(place.boxes):
            return slide
    return None
