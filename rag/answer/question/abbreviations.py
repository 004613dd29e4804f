"""What a short form stands for, where the documents define it: `low-level representation (LIR)`.

After Schwartz and Hearst, A Simple Algorithm for Identifying Abbreviation Definitions in Biomedical
Text (PSB 2003): the long form holds the letters of the short one in their order, its first letter
first, and is no longer than that allows. Of several beginnings the one is taken with most of the
letters at beginnings of words. Knows words; knows no model.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from rag.datamodel import Hit

_I: Final = re.IGNORECASE
_SHORT: Final = r"[\"'“‘]?(?P<short>[A-Za-z][\w&/.-]{0,11})[\"'”’]?"
_KIND: Final = r"(?:the )?(?:abbreviation|acronym|initialism|short form|letters?)"
_LONG: Final = r"(?:full form|long form|expansion|meaning)"
_ASKED: Final = tuple(
    re.compile(pattern, _I)
    for pattern in (
        rf"^what (?:does|do) (?:{_KIND} )?{_SHORT} (?:stand for|abbreviate)\b",
        rf"^what (?:does|do) {_KIND} {_SHORT} mean\b",
        rf"^what (?:is|are) {_SHORT} (?:short|an? (?:abbreviation|acronym)) (?:for|of)\b",
        rf"^what (?:is|are) the {_LONG} of (?:{_KIND} )?{_SHORT}\W*$",
        rf"^(?:spell out|expand) {_SHORT}\W*$",
    )
)
_BRACKETED: Final = re.compile(r"\(([^()\n|]{2,80})\)")
_STATED: Final = (
    r"(?:(?:^|\|)\W*{short}\s*(?:\||[:=–—])|\b{short}\s+(?:stands for|means|is short for))"
    r"\s*(?P<long>[^|\n.;()]{{3,80}})"
)
_WORD: Final = re.compile(r"[^\W_]+")
_EDGES: Final = " \t,;:–—-\"'“”‘’"
LEAST_SHORT: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """The long form: a half-open range of the text of the hit's chunk."""

    hit: Hit
    start: int
    end: int

    @property
    def text(self) -> str:
        return " ".join(self.hit.chunk.text[self.start : self.end].split())


def short_form(question: str) -> str:
    """Return the short form whose long one is asked for; "" where none is."""
    found = next((m for pattern in _ASKED if (m := pattern.match(question.strip()))), None)
    short = found["short"].rstrip(".") if found else ""
    return short if sum(c.isupper() for c in short) >= LEAST_SHORT else ""


def definition(short: str, hits: Sequence[Hit]) -> Definition | None:
    """Return the first definition in the hits of a short form; None of ""."""
    found = (
        Definition(hit=hit, start=start, end=end)
        for hit in (hits if short else ())
        for start, end in _long_forms(short, hit.chunk.text)
    )
    return next(found, None)


def _long_forms(short: str, text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of `long` in `long (short)`, `short (long)`, `short | long`."""
    for match in _BRACKETED.finditer(text):
        before = text[: match.start()].rstrip()
        if match[1].strip(_EDGES) == short:
            start = _long_before(short, before)
            if start is not None:
                yield start, len(before)
        elif before.endswith(short) and _matches(short, match[1]):
            yield match.span(1)
    for match in re.finditer(_STATED.format(short=re.escape(short)), text, re.MULTILINE):
        if _matches(short, match["long"]):
            yield match.span("long")


def _long_before(short: str, text: str) -> int | None:
    """Return where the long form begins that ends the text; None where the letters do not fit."""
    line = text.rfind("\n") + 1
    most = min(len(short) + 5, 2 * len(short))
    starts = [m.start() for m in _WORD.finditer(text, line)][-most:]
    fitting = [start for start in starts if _matches(short, text[start:])]
    return max(
        fitting, key=lambda start: (_at_beginnings(short, text[start:]), start), default=None
    )


def _matches(short: str, long: str) -> bool:
    """Tell whether a text may be the long form: its letters, the first at its beginning."""
    letters, rest = _letters(short), long.strip(_EDGES).lower()
    if not rest.startswith(letters[0]) or len(rest) <= len(short) or " " not in rest.strip():
        return False
    if len(rest.split()) > min(len(letters) + 5, 2 * len(letters)):
        return False
    remaining = iter(rest)
    return all(letter in remaining for letter in letters)


def _at_beginnings(short: str, long: str) -> int:
    """Return how many letters, in their order, words begin with (a longest common subsequence)."""
    initials = [word.group()[0].lower() for word in _WORD.finditer(long)]
    best = [0] * (len(initials) + 1)
    for letter in _letters(short):
        row = [0]
        for n, initial in enumerate(initials):
            row.append(best[n] + 1 if letter == initial else max(best[n + 1], row[n]))
        best = row
    return best[-1]


def _letters(short: str) -> str:
    return "".join(c for c in short.lower() if c.isalnum())
