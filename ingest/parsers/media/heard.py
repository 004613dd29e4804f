"""A recording's words by their time, those that a model heard too. Opens no recording."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Final

from ingest.parsers.media.cues import Cue, in_order
from ingest.parsers.media.turns import paragraphs
from rag.clock import seconds_of
from rag.datamodel import Document, Element

LENGTH: Final = "Length: "
NOTHING_HEARD: Final = (
    "what is said was not read: there are no subtitles, in it or beside it, and no model heard it "
    "(RAG_TRANSCRIBER)"
)


def with_words(document: Document, cues: Sequence[Cue]) -> Document:
    """Return a recording that was read without words with those that were heard in it."""
    changes = {
        place.start_s
        for each in document.elements
        if each.role in {"figure", "heading"}
        for place in each.provenances
        if place.start_s is not None
    }
    turns = paragraphs(in_order(cues), changes=sorted(changes))
    return replace(document, elements=tuple(by_time(document.elements, turns)))


def length_s(document: Document) -> float | None:
    """Return how long a recording plays, to the second, as it was read; None where it says not."""
    lines = (line for e in document.elements for line in e.text.split("\n"))
    told = next((line for line in lines if line.startswith(LENGTH)), None)
    return None if told is None else seconds_of(told.removeprefix(LENGTH))


def by_time(*kinds: Iterable[Element]) -> list[Element]:
    """Return timed elements by their start; of those that begin together, in the order given."""
    timed = [element for kind in kinds for element in kind]
    return sorted(timed, key=lambda element: element.start_s or 0.0)
