"""Cues: what is said, by whom and in which seconds, as SubRip and WebVTT write it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ingest.parsers.base.elements import one_line

MAX_CUES: Final = 100_000
"""Of one file; a day of speech has some 30,000. What is beyond is left out, with a warning."""

_TIME: Final = r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[,.](\d{1,3})"
_TIMES: Final = re.compile(rf"{_TIME}[ \t]*-->[ \t]*{_TIME}")
_VOICE: Final = re.compile(r"<v(?:\.[^ <>]*+)?[ \t]++([^>]{1,80})>")
_TAG: Final = re.compile(r"</?[A-Za-z0-9][^<>]{0,200}>|\{\\[^{}]{0,80}\}")
_BLANK: Final = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """One subtitle: its words on one line, from and to which second. `speaker` may be ""."""

    text: str
    start_s: float
    end_s: float
    speaker: str = ""


def read_cues(text: str) -> Iterator[Cue]:
    """Yield the subtitles that say something; one that only goes on in the next is said once."""
    last: tuple[str, str] | None = None
    for block in _blocks(text):
        lines = block.strip("\n").split("\n")
        found = ((n, _TIMES.search(line)) for n, line in enumerate(lines[:3]))
        at, times = next(((n, times) for n, times in found if times), (0, None))
        if times is None:
            continue
        groups = times.groups()
        start_s, end_s = _seconds(groups[:4]), _seconds(groups[4:])
        for speaker, words in _voices("\n".join(lines[at + 1 :])):
            if words and (speaker, words) != last:
                yield Cue(text=words, start_s=start_s, end_s=max(start_s, end_s), speaker=speaker)
                last = (speaker, words)


def _blocks(text: str) -> Iterator[str]:
    """Yield what stands between blank lines, one after another: a file may hold millions."""
    start = 0
    for blank in _BLANK.finditer(text):
        yield text[start : blank.start()]
        start = blank.end()
    yield text[start:]


def plain(text: str) -> str:
    """Return the words of a subtitle on one line, without their markup."""
    return one_line(html.unescape(_TAG.sub("", text)))


def in_order(cues: Sequence[Cue]) -> list[Cue]:
    """Return the cues by their start; none begins before 0."""
    there = (cue for cue in cues if cue.end_s >= 0)
    kept = (cue if cue.start_s >= 0 else replace(cue, start_s=0.0) for cue in there)
    return sorted(kept, key=lambda cue: cue.start_s)


def _voices(text: str) -> list[tuple[str, str]]:
    """Return who says what in one subtitle; what stands before the first voice is nobody's."""
    before, *named = _VOICE.split(text)  # words, then name and words by turns
    said = [("", before), *zip(named[::2], named[1::2], strict=True)]
    return [(plain(speaker), plain(words)) for speaker, words in said if words.strip()]


def _seconds(parts: Sequence[str | None]) -> float:
    hours, minutes, seconds, fraction = (part or "0" for part in parts)
    return int(hours) * 3600 + int(minutes) * 60 + int(seconds) + float(f"0.{fraction}")
