"""What is said in a recording, line by line with its seconds: as HTML, and as captions (WebVTT).

Knows elements and times; knows nothing of players, files or servers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pagelight.services.answering.places import Place
from pagelight.services.answering.quoted import Span, find_quote
from pagelight.ui.html.escape import escaped
from pagelight.ui.html.language import key, known, say
from pagelight.ui.html.marking import marked
from pagelight.ui.source.reading import element_html
from rag.clock import clock
from rag.datamodel import Element

MOST_TURNS: Final = 1500
"""Shown before, and after, the cited one; six hours of speech have some 700."""

SHORTEST_S: Final = 0.5
"""A caption stays at least so long: some have no length."""

BEFORE: Final = key("Earlier parts are not shown.")
AFTER: Final = key("Later parts are not shown.")
UNHEARD: Final = key("What is said in this recording was not read.")


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


def transcript_html(elements: Sequence[Element], place: Place | None) -> str:
    """Return chapters and turns; the words of `place` in `<mark>`. Slides are left to the player.

    A line has `data-at`, the second at which it begins.
    """
    spans = find_quote(elements, place) if place else {}
    focus = min(spans, default=_turn_at(elements, place.start_s if place else None))
    first, last = max(0, focus - MOST_TURNS), min(len(elements), focus + MOST_TURNS + 1)
    body = "".join(_part(elements[i], spans.get(i, ())) for i in range(first, last))
    before = _remark(BEFORE) if first > 0 else ""
    after = _remark(AFTER) if last < len(elements) else ""
    unheard = "" if any(map(lines_of, elements)) else _remark(UNHEARD)
    return f'<div class="reading transcript">{before}{body}{after}{unheard}</div>'


def _turn_at(elements: Sequence[Element], at_s: float | None) -> int:
    """Return the position of the last element that begins by then; 0 where none does."""
    begun = (i for i, e in enumerate(elements) if (e.start_s or 0.0) <= (at_s or 0.0))
    return max(begun, default=0)


def _remark(words: str) -> str:
    return f'<p class="remark">{escaped(known(words))}</p>'


def _part(element: Element, spans: Sequence[Span]) -> str:
    if element.role == "figure" and element.start_s is not None:
        return ""
    if element.role == "heading" and element.start_s is not None:
        words = marked(element.text, spans)
        return f'<h3 class="chapter">{_clock(element.start_s)}<span>{words}</span></h3>'
    lines = lines_of(element)
    return _turn(element.text, lines, spans) if lines else element_html(element, spans)


def _turn(text: str, lines: Sequence[SpokenLine], spans: Sequence[Span]) -> str:
    """Return a turn of speech as one paragraph: its time, then its lines, each to be clicked."""
    parts, at = [], 0
    for line in lines:
        words = marked(text[line.start : line.end], spans, start=line.start)
        between = escaped(text[at : line.start])
        parts.append(
            f'{between}<span class="line" data-at="{seconds_told(line.start_s)}">{words}</span>'
        )
        at = line.end
    said = "".join(parts) + escaped(text[at:])
    return f'<div class="turn">{_clock(lines[0].start_s)}<p>{said}</p></div>'


def _clock(at_s: float) -> str:
    told = clock(at_s)
    label = say("Play from {time}", time=told)
    return (
        f'<button type="button" class="clock" data-at="{seconds_told(at_s)}" '
        f'aria-label="{label}">{told}</button>'
    )


def seconds_told(seconds: float) -> str:
    """Return seconds for the page's script."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".")


def webvtt(elements: Iterable[Element]) -> str:
    """Return what is said as captions (W3C WebVTT): one for each line, by its start."""
    return "\n\n".join(["WEBVTT", *_captions(elements)]) + "\n"


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
