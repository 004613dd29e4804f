"""What is said in a recording and does not stand in its subtitles: a second source beside them.

Subtitles leave out what is said beside the matter, or are in another language than the speech.
Knows words and times; knows no model.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from ingest.parsers.media.subtitles import Cue
from rag.datamodel import Document
from rag.text import content_stems

NEAR_S: Final = 4.0
"""Subtitles are shown so much before and after their words, at most."""

WRITTEN: Final = 0.5
"""What was heard stands in the subtitles where such a share of its words does: models mishear."""

MIN_WORDS: Final = 3
"""Fewer words that say something are a filler, or made up."""


def unwritten(cues: Sequence[Cue], document: Document) -> Iterator[Cue]:
    """Yield what was heard and is not written at its time in a recording with subtitles."""
    written = [
        (place.start_s, place.end_s, frozenset(content_stems(element.text[slice(*place.span)])))
        for element in document.elements
        for place in element.provenances
        if place.span and place.start_s is not None and place.end_s is not None
    ]
    for cue in cues:
        heard = set(content_stems(cue.text))
        near = (
            stems
            for start_s, end_s, stems in written
            if start_s < cue.end_s + NEAR_S and end_s > cue.start_s - NEAR_S
        )
        shared = len(heard & frozenset().union(*near))
        if len(heard) >= MIN_WORDS and shared < WRITTEN * len(heard):
            yield cue
