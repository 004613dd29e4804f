"""Subtitles (SubRip .srt, WebVTT .vtt): what is said, each line with the seconds it is said in."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ingest.files.encoding import decode_text
from ingest.files.formats import SUBTITLES
from ingest.parsers.base.elements import document_of, one_line
from rag.datamodel import Document, Element, Provenance, SourceFile
from rag.errors import SourceError
from rag.protocols import Assets
from rag.settings import Settings

PARAGRAPH_LETTERS: Final = 600
PAUSE_S: Final = 5.0
"""After such a silence, or so many letters, a new paragraph begins."""

_TIME: Final = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[,.](\d{1,3})"
_TIMES: Final = re.compile(rf"{_TIME}[ \t]*-->[ \t]*{_TIME}")
_VOICE: Final = re.compile(r"<v(?:\.[^ <>]*+)?[ \t]++([^>]{1,80})>")
_TAG: Final = re.compile(r"</?[A-Za-z0-9][^<>]{0,200}>|\{\\[^{}]{0,80}\}")
_BLANK: Final = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One subtitle: its words on one line, from and to which second."""

    text: str
    start_s: float
    end_s: float


class SubtitlesParser:
    """SRT and WebVTT (W3C)."""

    def __init__(self, *, settings: Settings) -> None:
        self._settings = settings

    @property
    def media_types(self) -> frozenset[str]:
        return frozenset({SUBTITLES.media_type})

    def parse(self, file: SourceFile, assets: Assets) -> Document:
        del assets  # no pictures
        cues = list(read_cues(decode_text(Path(file.path).read_bytes())))
        if not cues:
            raise SourceError("The file holds no subtitles: no line of times was found.")
        return document_of(file, (_paragraph(run) for run in _runs(cues)))


def read_cues(text: str) -> Iterator[Cue]:
    """Yield the subtitles that say something; one that only goes on in the next is said once."""
    last = ""
    for block in _BLANK.split(text):
        lines = block.strip("\n").split("\n")
        at = next((n for n, line in enumerate(lines[:3]) if _TIMES.search(line)), None)
        if at is None:
            continue
        times = _TIMES.search(lines[at])
        words = _words("\n".join(lines[at + 1 :]))
        if times and words and words != last:
            groups = times.groups()
            start_s, end_s = _seconds(groups[:4]), _seconds(groups[4:])
            yield Cue(text=words, start_s=start_s, end_s=max(start_s, end_s))
            last = words


def _words(text: str) -> str:
    named = _VOICE.sub(lambda match: f"{match.group(1)}: ", text)
    return one_line(html.unescape(_TAG.sub("", named)))


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")


def _runs(cues: Sequence[Cue]) -> Iterator[list[Cue]]:
    """Divide the subtitles at silences, and where a paragraph is long enough."""
    run: list[Cue] = []
    letters = 0
    for cue in cues:
        if run and (cue.start_s - run[-1].end_s > PAUSE_S or letters > PARAGRAPH_LETTERS):
            yield run
            run, letters = [], 0
        run.append(cue)
        letters += len(cue.text)
    if run:
        yield run


def _paragraph(run: Sequence[Cue]) -> Element:
    """Return one element; each line has its own time."""
    places: list[Provenance] = []
    start = 0
    for cue in run:
        span = (start, start + len(cue.text))
        places.append(Provenance(span=span, start_s=cue.start_s, end_s=cue.end_s))
        start = span[1] + 1
    text = "\n".join(cue.text for cue in run)
    return Element(role="paragraph", text=text, provenances=tuple(places))
