"""A recording that is played: sound and pictures, its chapters and slides along the time.

Knows documents and seconds; knows nothing of files or servers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pagelight.services.answering.places import Place
from pagelight.ui.html.escape import escaped, name
from pagelight.ui.html.language import key, known, say
from pagelight.ui.source.transcript import lines_of, seconds_told
from rag.clock import clock
from rag.datamodel import Document, Element

MOST_STOPS: Final = 2000
LABEL_LETTERS: Final = 120

GONE: Final = key(
    "The recording is no longer there, or was changed since it was read. "
    "This is what was read of it."
)
UNPLAYABLE: Final = key("This browser can not play the recording.")
UNSEEN: Final = key("This browser plays the sound of the recording, but not its pictures.")


def is_recording(doc: Document) -> bool:
    """Tell whether a document can be played."""
    return doc.media_type.startswith(("video/", "audio/"))


def player_html(
    doc: Document, *, at_s: float | None, lit: str = "", lettered: Element | None = None
) -> str:
    """Return the player, standing at a second, and its time line; "" for what is not played.

    `lit` are the outlines of what is cited of a slide, drawn over it: `lettered`.
    """
    if not is_recording(doc):
        return ""
    stops = sorted(_stops(doc), key=lambda stop: stop[0])
    seen = ' data-seen=""' if any(each.image for _, each in stops) else ""
    at = seconds_told(at_s or 0.0)
    return (
        f'<section class="player" data-doc="{escaped(doc.id)}" data-from="{at}"{seen} '
        f'aria-label="{say("Recording")}">{_screen(doc, at, lit, lettered)}{_faults(doc)}'
        f"{_time_line(stops[:MOST_STOPS])}</section>"
    )


def slide_at(doc: Document, place: Place) -> Element | None:
    """Return the slide of a recording that a place is on; None where it is spoken, or elsewhere."""
    if not is_recording(doc) or place.start_s is None:
        return None
    slides = (e for e in doc.elements if e.role == "figure" and e.image and e.start_s is not None)
    return next((e for e in slides if _is_on(e, place)), None)


def _is_on(slide: Element, place: Place) -> bool:
    starts = {p.start_s for p in slide.provenances}
    boxes = {p.bbox for p in slide.provenances}
    return place.start_s in starts and bool(place.boxes) and boxes.issuperset(place.boxes)


def _stops(doc: Document) -> Iterator[tuple[float, Element]]:
    """Yield chapters, and slides as often as they are shown, each with its second."""
    for element in doc.elements:
        if element.role == "heading" or (element.role == "figure" and element.image):
            starts = {p.start_s for p in element.provenances if p.start_s is not None}
            yield from ((at_s, element) for at_s in starts)


def _screen(doc: Document, at: str, lit: str, slide: Element | None) -> str:
    """Return what plays, outlines over it: they are seen while it rests on the slide."""
    media = _media(doc, at)
    if slide is None or slide.image is None or not lit:
        return media
    times = [(p.start_s, p.end_s) for p in slide.provenances if p.start_s is not None]
    shown = " ".join(f"{seconds_told(a)}-{seconds_told(b or a)}" for a, b in dict.fromkeys(times))
    shape = f"{slide.image.width_px / slide.image.height_px:.4f}"
    return (
        f'<div class="screen" data-shown="{shown}" style="--shape:{shape}">{media}'
        f'<div class="outlines" aria-hidden="true">{lit}</div></div>'
    )


def _media(doc: Document, at: str) -> str:
    """Return what plays: it fetches lengths and times alone until it is played."""
    tag = "audio" if doc.media_type.startswith("audio/") else "video"
    source = f"/recording/{doc.id}"
    language = f' srclang="{escaped(doc.language)}"' if doc.language else ""
    track = f'<track kind="captions" src="{source}.vtt" label="{say("Captions")}"{language}>'
    captions = track if tag == "video" and any(map(lines_of, doc.elements)) else ""
    label = escaped(doc.title or doc.sources[0])
    return (
        f'<{tag} controls preload="metadata" playsinline src="{source}#t={at}" '
        f'aria-label="{label}">{captions}</{tag}>'
    )


def _faults(doc: Document) -> str:
    """Return what the page's script says where it can't be played; the file where it is there."""
    file = escaped(doc.sources[0].rpartition("/")[2])
    save = f' <a href="/recording/{doc.id}" download="{file}">{say("Save the file")}</a>'
    told = {
        "gone": known(GONE),
        "unplayable": known(UNPLAYABLE) + save,
        "unseen": known(UNSEEN) + save,
    }
    return "".join(
        f'<p class="remark" role="status" data-fault="{fault}" hidden>{words}</p>'
        for fault, words in told.items()
    )


def _time_line(stops: Sequence[tuple[float, Element]]) -> str:
    if not stops:
        return ""
    shown = "".join(_stop(at_s, element) for at_s, element in stops)
    label = say("Chapters and slides, by their time")
    return f'<div class="time-line" role="group" aria-label="{label}">{shown}</div>'


def _stop(at_s: float, element: Element) -> str:
    told = clock(at_s)
    words = " ".join(element.text.split())[:LABEL_LETTERS]
    if element.image is None:
        said = f'<span class="chapter-name">{name(words)}</span><span class="at">{told}</span>'
        return f'<button type="button" class="stop" data-at="{seconds_told(at_s)}">{said}</button>'
    label = f"{say('Slide at {time}', time=told)} {words}".strip()
    return (
        f'<button type="button" class="stop" data-at="{seconds_told(at_s)}" '
        f'aria-label="{escaped(label)}"><img src="/asset/{element.image.id}" alt="" loading="lazy">'
        f'<span class="at">{told}</span></button>'
    )
