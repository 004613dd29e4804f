"""What is said in a recording: cues, as SubRip and WebVTT write them or a model heard them.

Cues become turns of half a minute to a minute that end where sentences end. Opens no recording.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from statistics import fmean
from typing import Final

from ingest.discovery.beside import recordings, sidecars
from ingest.discovery.encoding import decode_text
from ingest.parsers.base.elements import document_of, one_line
from ingest.parsers.base.pictures import LocalFiles
from rag.clock import seconds_of
from rag.datamodel import Document, Element, Provenance, SourceFile
from rag.errors import SourceError
from rag.protocols import Assets
from rag.settings import Settings
from rag.text import SENTENCE_ENDS

MAX_CUES: Final = 100_000
"""Of one file; a day of speech has some 30,000. What is beyond is left out, with a warning."""

_TIME: Final = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[,.](\d{1,3})"
_TIMES: Final = re.compile(rf"{_TIME}[ \t]*-->[ \t]*{_TIME}")
_VOICE: Final = re.compile(r"<v(?:\.[^ <>]*+)?[ \t]++([^>]{1,80})>")
_TAG: Final = re.compile(r"</?[A-Za-z0-9][^<>]{0,200}>|\{\\[^{}]{0,80}\}")
_BLANK: Final = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One subtitle: its words on one line, from and to which second. `speaker` may be "".

    `probability` is that of words that a model heard; None for what stands written.
    """

    text: str
    start_s: float
    end_s: float
    speaker: str = ""
    probability: float | None = None


def read_cues(text: str) -> Iterator[Cue]:
    """Yield the subtitles that say something; one that only goes on in the next is said once."""
    last: tuple[str, str] | None = None
    for block in _BLANK.split(text):
        lines = block.strip("\n").split("\n")
        found = ((n, _TIMES.search(line)) for n, line in enumerate(lines[:3]))
        at, times = next(((n, times) for n, times in found if times), (0, None))
        if times is None:
            continue
        groups = times.groups()
        start_s, end_s = _seconds(groups[:4]), _seconds(groups[4:])
        before, *named = _VOICE.split("\n".join(lines[at + 1 :]))  # then name and words by turns
        for name, said in (("", before), *zip(named[::2], named[1::2], strict=True)):
            speaker, words = plain(name), plain(said)
            if words and (speaker, words) != last:
                yield Cue(text=words, start_s=start_s, end_s=max(start_s, end_s), speaker=speaker)
                last = (speaker, words)


def plain(text: str) -> str:
    """Return the words of a subtitle on one line, without their markup."""
    return one_line(html.unescape(_TAG.sub("", text)))


def in_order(cues: Sequence[Cue]) -> list[Cue]:
    """Return the cues by their start; none begins before 0."""
    there = (replace(cue, start_s=max(0.0, cue.start_s)) for cue in cues if cue.end_s >= 0)
    return sorted(there, key=lambda cue: cue.start_s)


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")


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
"""Speech has full stops where one cue in so many ends with one; else no sentence is known: what a
program heard often has none."""

_END: Final = re.compile(rf"[{SENTENCE_ENDS}][\"'”’»)\]]*$")


def paragraphs(cues: Sequence[Cue], *, changes: Sequence[float] = ()) -> list[Element]:
    """Return the turns, each one element. Cues are in order of time, as are `changes`.

    `changes` are the seconds at which another slide or chapter begins: a turn ends with the
    sentence in which that happens.
    """
    written = WRITTEN_SHARE * sum(map(_ends_sentence, cues)) >= len(cues)
    return [_paragraph(run, written=written) for run in _runs(cues, changes, written=written)]


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
    """Return one element; each cue has its own time, each sentence or speaker a line."""
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
    sure = [cue.probability for cue in run if cue.probability is not None]
    return Element(
        role="paragraph",
        text=text,
        provenances=tuple(places),
        confidence=fmean(sure) if sure else None,
    )


LENGTH: Final = "Length: "
NOTHING_HEARD: Final = (
    "what is said was not read: there are no subtitles, in it or beside it, and no model heard it "
    "(RAG_TRANSCRIBER)"
)
SUBTITLED: Final = "its words are those of its subtitles"
"""Said of a recording with sound that no model heard beside its subtitles."""


def with_words(document: Document, cues: Sequence[Cue]) -> Document:
    """Return a recording with words that were heard in it, beside those that it has."""
    turns = paragraphs(in_order(cues), changes=changes_in(document.elements))
    return replace(document, elements=tuple(by_time(document.elements, turns)))


def changes_in(elements: Iterable[Element]) -> list[float]:
    """Return the seconds at which another slide or chapter begins."""
    shown = (place for e in elements if e.role in {"figure", "heading"} for place in e.provenances)
    return sorted({place.start_s for place in shown if place.start_s is not None})


def length_s(document: Document) -> float | None:
    """Return how long a recording plays, to the second, as it was read; None where it says not."""
    lines = (line for e in document.elements for line in e.text.split("\n"))
    line_of_length = next((line for line in lines if line.startswith(LENGTH)), None)
    return None if line_of_length is None else seconds_of(line_of_length.removeprefix(LENGTH))


def by_time(*kinds: Iterable[Element]) -> list[Element]:
    """Return timed elements by their start; of those that begin together, in the order given."""
    timed = [element for kind in kinds for element in kind]
    return sorted(timed, key=lambda element: element.start_s or 0.0)


def parse_subtitles(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """SRT and WebVTT (W3C). Beside their recording they hold no words of their own: it has them."""
    path = Path(file.path)
    if owners := recordings(path.name, _names(path.parent)):
        return document_of(file, (), warnings=[f"its lines are read with {owners[0]}"])
    cues = _first_cues(file.at.read_bytes())
    if not cues:
        raise SourceError("The file holds no subtitles: no line of times was found.")
    beyond = f"only the first {MAX_CUES:,} of its subtitles were read"
    warnings = [beyond] if len(cues) > MAX_CUES else []
    return document_of(file, paragraphs(in_order(cues[:MAX_CUES])), warnings=warnings)


def sidecar_cues(file: SourceFile, local: LocalFiles) -> list[Cue]:
    """Return the subtitles that lie beside a recording, of the first file that holds some."""
    path = Path(file.path)
    for name in sidecars(path.name, _names(path.parent)):
        if cues := _first_cues(local.read(name) or b""):
            return cues
    return []


def _first_cues(data: bytes) -> list[Cue]:
    return list(islice(read_cues(decode_text(data)), MAX_CUES + 1))


def _names(folder: Path) -> list[str]:
    try:
        return sorted(path.name for path in folder.iterdir())
    except OSError:
        return []
