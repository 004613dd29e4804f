"""What is said in a recording, line by line with its seconds: as HTML, and as captions (WebVTT).

Knows elements and times; knows nothing of players, files or servers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from markupsafe import Markup

from pagelight.services.answering.places import Place
from pagelight.ui.source.marking import Span, find_quote, parts_of
from pagelight.ui.source.reading import element_html
from pagelight.ui.templating import escaped, render
from rag.datamodel import Element

MAX_TURNS: Final = 1500
"""Shown before, and after, the cited one; six hours of speech have some 700."""

SHORTEST_S: Final = 0.5
"""A caption stays at least so long: some have no length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenLine:
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
        SpokenLine(start=p.span[0], end=p.span[1], start_s=p.start_s, end_s=p.end_s)
        for p in element.provenances
        if p.span and p.start_s is not None and p.end_s is not None
    ]


def transcript_html(
    elements: Sequence[Element], place: Place | None, *, by_machine: bool = False
) -> Markup:
    """Return chapters and turns; the words of `place` marked. Slides are left to the player.

    `by_machine`: a model heard them, and may have misheard. A line has `data-at`, the second at
    which it begins.
    """
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
    """Return what is said as captions (W3C WebVTT): one for each line, by its start.

    Where there are subtitles, what a model heard beside them is none.
    """
    timed = [element for element in elements if lines_of(element)]
    written = [element for element in timed if element.confidence is None]
    return "\n\n".join(["WEBVTT", *_captions(written or timed)]) + "\n"


def _captions(elements: Iterable[Element]) -> Iterator[str]:
    said = [(line, element.text) for element in elements for line in lines_of(element)]
    for line, text in sorted(said, key=lambda each: each[0].start_s):
        words = escaped(" ".join(text[line.start : line.end].split()))
        end_s = max(line.end_s, line.start_s + SHORTEST_S)
        yield f"{_stamp(line.start_s)} --> {_stamp(end_s)}\n{words}"


def _stamp(seconds: float) -> str:
    """Return a time as WebVTT has it: hours (two digits or more), minutes, seconds."""
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, rest = divmod(whole, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{rest:02d}.{thousandths:03d}"
