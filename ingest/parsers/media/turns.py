"""Cues to paragraphs: turns of half a minute to a minute that end where sentences end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ingest.parsers.media.cues import Cue
from rag.datamodel import Element, Provenance

USUAL_S: Final = 30.0
LONG_S: Final = 60.0
"""From the first on a turn ends at a pause or where another speaks, at the second at the latest."""

LONGEST_S: Final = 120.0
"""What has no end of a sentence for so long is divided all the same."""

LONG_LETTERS: Final = 700
"""About what one passage of the index holds; fast speech reaches it within a minute."""

LONGEST_LETTERS: Final = 1400
PAUSE_S: Final = 0.7
SILENCE_S: Final = 5.0
"""After such a silence another turn begins, however short the one before is."""

SETTLED_S: Final = 1.0
"""A turn that began so shortly before a change goes on over it: it speaks of what comes."""

WRITTEN_SHARE: Final = 8
"""Speech has full stops where one cue in so many ends with one; else no sentence is known."""

_END: Final = re.compile(r"[.!?…。！？][\"'”’»)\]]*$")


def paragraphs(cues: Sequence[Cue], *, changes: Sequence[float] = ()) -> list[Element]:
    """Return the turns, each one element. Cues are in order of time, as are `changes`.

    `changes` are the seconds at which another slide or chapter begins: a turn ends with the
    sentence in which that happens.
    """
    written = is_written(cues)
    return [_paragraph(run, written=written) for run in _runs(cues, changes, written=written)]


def is_written(cues: Sequence[Cue]) -> bool:
    """Say whether the words have full stops: those that a program heard often have none."""
    return WRITTEN_SHARE * sum(_ends_sentence(cue) for cue in cues) >= len(cues)


def _runs(
    cues: Sequence[Cue], changes: Sequence[float], *, written: bool
) -> Iterator[Sequence[Cue]]:
    first, letters, change = 0, 0, 0
    for n, cue in enumerate(cues):
        letters += len(cue.text) + 1
        if n == first:
            continue
        while change < len(changes) and changes[change] <= cues[first].start_s + SETTLED_S:
            change += 1
        changed = change < len(changes) and changes[change] <= cue.start_s
        ends = not written or _ends_sentence(cues[n - 1])
        if _breaks(cues[first:n], cue, letters, changed=changed, ends=ends):
            yield cues[first:n]
            first, letters = n, len(cue.text) + 1
    if cues:
        yield cues[first:]


def _breaks(run: Sequence[Cue], cue: Cue, letters: int, *, changed: bool, ends: bool) -> bool:
    """Say whether a turn ends before `cue`; `letters` are those of both."""
    length_s = cue.start_s - run[0].start_s
    if not ends:
        return length_s > LONGEST_S or letters > LONGEST_LETTERS
    pause_s = cue.start_s - max(each.end_s for each in run[-3:])
    if changed or pause_s > SILENCE_S:
        return True
    if length_s >= USUAL_S and (pause_s >= PAUSE_S or cue.speaker != run[-1].speaker):
        return True
    return cue.end_s - run[0].start_s > LONG_S or letters > LONG_LETTERS


def _ends_sentence(cue: Cue) -> bool:
    return _END.search(cue.text[-6:]) is not None


def _paragraph(run: Sequence[Cue], *, written: bool) -> Element:
    """Return one element; each cue has its own time.

    A line ends where a sentence does or another speaks, and is named where who speaks is known.
    """
    text = ""
    places: list[Provenance] = []
    for n, cue in enumerate(run):
        turns = n > 0 and cue.speaker != run[n - 1].speaker
        ends = n > 0 and (turns or not written or _ends_sentence(run[n - 1]))
        text += "" if n == 0 else "\n" if ends else " "
        start = len(text)
        named = cue.speaker and (n == 0 or turns)
        text += f"{cue.speaker}: {cue.text}" if named else cue.text
        places.append(Provenance(span=(start, len(text)), start_s=cue.start_s, end_s=cue.end_s))
    return Element(role="paragraph", text=text, provenances=tuple(places))
