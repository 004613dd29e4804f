"""An answer as the Markdown that other programs show: its marks are links, its places footnotes.

Knows answers and places; knows no HTTP. What documents say is never an address that is fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pagelight.services.answering.places import Place, places_of
from rag.datamodel import Answer
from rag.refusal import NOTHING_FOUND

FOOT: Final = "\n\n---\n**"
"""What stands before the footnotes, and tells them from an answer that is said again later."""

_MARKUP: Final = re.compile(r"([\\`*_{}\[\]<>#|!~()])")


def content_of(answer: Answer, *, base: str) -> str:
    """Return the whole text of a complete answer; `base` is the address of the chat."""
    said = answer.text.strip() or (NOTHING_FOUND if answer.state == "not_found" else "")
    return plain(said) + "".join(_footnotes(answer, base=base))


def plain(text: str) -> str:
    """Return text that shows no picture, which a program would fetch, and names no address.

    What `text` begins with begins the same way afterwards, so that it can be sent as it grows.
    """
    return text.replace("![", "!\\[").replace("]:", "]\\:")


def without_footnotes(text: str) -> str:
    """Return an answer of ours, as a program sends it back, without what stands below it."""
    said, foot, _ = text.rpartition(FOOT)
    return said if foot else text


def link(place: Place, *, base: str) -> str:
    """Return the address at which the chat shows the page of a place."""
    at = "" if place.start_s is None else f"?at={max(0.0, place.start_s):.1f}"
    return f"{base}#document/{place.chunk.doc_id}/{place.page or 1}{at}"


def _footnotes(answer: Answer, *, base: str) -> Iterator[str]:
    """Yield the places with their addresses, which Markdown gives to the marks in the text."""
    places = {place.number: place for place in reversed(places_of(answer))}
    title = "Nearest places" if answer.state == "not_found" else "Sources"
    unsupported = (" ".join(answer.text[a:b].split()) for a, b in answer.unsupported)
    unseen = (f"Not found in the sources it cites: “{sentence}”" for sentence in unsupported)
    remarks = [*answer.notes, *unseen]
    if not places and not remarks:
        return
    yield f"{FOOT}{title if places else 'Remarks'}**\n"
    for number, place in sorted(places.items()):
        yield f"\n- [{number}] {escaped_markdown(place.label)}"
    yield "".join(f"\n\n_{escaped_markdown(remark)}_" for remark in remarks)
    yield "\n" if places else ""
    for number, place in sorted(places.items()):
        yield f"\n[{number}]: {link(place, base=base)}"


def escaped_markdown(text: str) -> str:
    """Return text of one line that Markdown shows as it is."""
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))
