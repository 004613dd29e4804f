"""Pinned answers as one page: questions, notes, paragraphs, pictures, numbered footnotes.

What every form of the page is written from. Knows pinned answers and places; knows no file format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from pagelight.services.answering.places import places_of
from pagelight.ui.answers.answer_figures import ReadFigure
from pagelight.ui.answers.answer_forms import KEPT_MARK, with_kept_marks
from pagelight.ui.html.escape import printable
from pagelight.ui.html.language import key, known
from rag.datamodel import CELL_SEPARATOR, Answer
from rag.storage.conversations.pins import PinnedAnswer

TITLE: Final = key("Pinned answers")
A_PICTURE: Final = key("A picture")
_STRONG: Final = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\w*])")
_BULLET: Final = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+")

Kind = Literal["text", "item", "row"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRun:
    """Words of one look; with a `note` it is the mark of that footnote (from 1), without words."""

    text: str = ""
    strong: bool = False
    note: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedBlock:
    """A paragraph, an item of a list, or a row of a table; a row has a list of runs a cell."""

    kind: Kind
    cells: tuple[tuple[TextRun, ...], ...]

    @property
    def runs(self) -> tuple[TextRun, ...]:
        return tuple(run for cell in self.cells for run in cell)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownPicture:
    """A picture of an answer; `suffix` is that of its file."""

    data: bytes
    suffix: str
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PinnedEntry:
    """A pinned answer on the page; `numbers` has for each of its sources its footnote."""

    question: str
    note: str
    answer: Answer | None
    blocks: tuple[PinnedBlock, ...]
    pictures: tuple[ShownPicture, ...]
    numbers: dict[int, int]


@dataclass(slots=True, kw_only=True)
class PinnedPage:
    """The page; `footnotes` are counted from 1 over the whole of it."""

    entries: list[PinnedEntry] = field(default_factory=list)
    footnotes: list[str] = field(default_factory=list)


def pinned_page(pins: Sequence[PinnedAnswer], read: ReadFigure) -> PinnedPage:
    page = PinnedPage()
    for pin in pins:
        page.entries.append(_entry(pin, read, page.footnotes))
    return page


def _entry(pin: PinnedAnswer, read: ReadFigure, footnotes: list[str]) -> PinnedEntry:
    answer = pin.exchange.answer
    numbers = _numbered(answer, footnotes) if answer else {}
    return PinnedEntry(
        question=printable(pin.exchange.question.strip()) or known(A_PICTURE),
        note=printable(pin.note),
        answer=answer,
        blocks=tuple(_blocks(answer, numbers)) if answer else (),
        pictures=tuple(_pictures(answer, read)) if answer else (),
        numbers=numbers,
    )


def _numbered(answer: Answer, footnotes: list[str]) -> dict[int, int]:
    """Add a footnote for each source, as the words come to it; return its number by the mark's."""
    if answer.state == "nothing":
        return {}
    labels: dict[int, str] = {}
    quotes: dict[int, list[str]] = {}
    places = zip(answer.citations, places_of(answer), strict=True)
    for _, place in sorted(places, key=lambda pair: pair[0].span):
        where = f", {place.where}" if place.where else ""
        labels.setdefault(place.number, f"{place.chunk.source}{where}")
        quotes.setdefault(place.number, []).append(" ".join(place.quote.split()))
    numbers = {}
    for number, label in labels.items():
        told = "".join(f" “{quote}”" for quote in dict.fromkeys(quotes[number]) if quote)
        footnotes.append(printable(label + told))
        numbers[number] = len(footnotes)
    return numbers


def _blocks(answer: Answer, numbers: dict[int, int]) -> Iterator[PinnedBlock]:
    for line in printable(with_kept_marks(answer)).split("\n"):
        bullet = _BULLET.match(line)
        if not line.strip():
            continue
        if bullet:
            yield PinnedBlock(kind="item", cells=(tuple(_runs(line[bullet.end() :], numbers)),))
        elif CELL_SEPARATOR in line:
            cells = (tuple(_runs(cell, numbers)) for cell in line.split(CELL_SEPARATOR))
            yield PinnedBlock(kind="row", cells=tuple(cells))
        else:
            yield PinnedBlock(kind="text", cells=(tuple(_runs(line.strip(), numbers)),))


def _runs(words: str, numbers: dict[int, int]) -> Iterator[TextRun]:
    at = 0
    for mark in KEPT_MARK.finditer(words):
        yield from _worded(words[at : mark.start()].rstrip(" "))
        for number in mark[1].split(","):
            if int(number) in numbers:
                yield TextRun(note=numbers[int(number)])
        at = mark.end()
    yield from _worded(words[at:])


def _worded(words: str) -> Iterator[TextRun]:
    at = 0
    for strong in _STRONG.finditer(words):
        yield TextRun(text=words[at : strong.start()])
        yield TextRun(text=strong[1], strong=True)
        at = strong.end()
    yield TextRun(text=words[at:])


def _pictures(answer: Answer, read: ReadFigure) -> Iterator[ShownPicture]:
    for figure in answer.figures:
        found = read(answer, figure)
        if found is not None:
            told = figure.caption or figure.alt
            yield ShownPicture(data=found[0], suffix=found[1], told=printable(told))
