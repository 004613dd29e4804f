"""Exchanges as the blocks of a document: what a Word document and a PDF are written of.

Knows answers and their places; knows no form of file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from pagelight.services.answering.places import places_of
from pagelight.ui.answers.answer_forms import KEPT_MARK, with_kept_marks
from pagelight.ui.html.language import say
from pagelight.ui.html.markdown_text import BULLET, STRONG
from pagelight.ui.html.sentences import translated
from pagelight.ui.scope.scope import scope_text
from pagelight.ui.source.figures import ReadFigure
from pagelight.ui.templating import printable, where_of
from rag.datamodel import CELL_SEPARATOR, Answer
from rag.storage.conversations.exchange import Exchange

_RUNS: Final = re.compile(f"{KEPT_MARK.pattern}|{STRONG.pattern}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Words of one look: the mark of a source, strong, or plain."""

    text: str
    look: Literal["plain", "strong", "mark"] = "plain"


Runs = tuple[Run, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A paragraph of a kind; a table's `rows` hold a cell each; a picture is a file's bytes."""

    kind: Literal["question", "note", "text", "bullet", "table", "picture", "source"]
    runs: Runs = ()
    rows: tuple[tuple[Runs, ...], ...] = ()
    picture: bytes = b""


def blocks_of(parts: Iterable[tuple[Exchange, str]], read: ReadFigure) -> Iterator[Block]:
    """Yield exchanges, each with a note ("" none); `read` reads the pictures of the answers."""
    for exchange, note in parts:
        question = printable(exchange.question.strip()) or say("A picture")
        yield Block(kind="question", runs=(Run(text=question),))
        if exchange.scope:
            yield _remark(say("Searched in: {names}", names=scope_text(exchange.scope)))
        if note:
            yield Block(kind="note", runs=(Run(text=printable(note)),))
        if exchange.answer:
            yield from _of_answer(exchange.answer, read)


def _of_answer(answer: Answer, read: ReadFigure) -> Iterator[Block]:
    lines = [line for line in printable(with_kept_marks(answer)).split("\n") if line.strip()]
    for is_table, rows in groupby(lines, key=_is_row):
        if is_table:
            cells = (row.split(CELL_SEPARATOR) for row in rows)
            yield Block(kind="table", rows=tuple(tuple(map(_runs, row)) for row in cells))
            continue
        for line in rows:
            bullet = BULLET.match(line)
            said = line[bullet.end() :] if bullet else line.strip()
            yield Block(kind="bullet" if bullet else "text", runs=_runs(said))
    for figure in answer.figures:
        picture = read(answer, figure)
        if picture is not None:
            caption = printable(figure.caption or figure.alt)
            yield Block(kind="picture", runs=(Run(text=caption),), picture=picture[0])
    yield from (_remark(translated(note)) for note in answer.notes)
    if answer.state != "not_found":
        yield from _sources(answer)


def _remark(words: str) -> Block:
    return Block(kind="source", runs=(Run(text=printable(words)),))


def _is_row(line: str) -> bool:
    return CELL_SEPARATOR in line and not BULLET.match(line)


def _runs(words: str) -> Runs:
    runs, at = [], 0
    for found in _RUNS.finditer(words):
        numbers, strong = found.groups()
        before = words[at : found.start()]
        runs.append(Run(text=before.rstrip(" ") if numbers else before))
        runs.append(
            Run(text=f"[{numbers}]", look="mark") if numbers else Run(text=strong, look="strong")
        )
        at = found.end()
    return tuple(run for run in (*runs, Run(text=words[at:])) if run.text)


def _sources(answer: Answer) -> Iterator[Block]:
    quotes: dict[tuple[int, str], dict[str, None]] = {}
    for place in places_of(answer):
        label = ", ".join(filter(None, (place.chunk.source, where_of(place))))
        quote = " ".join(place.words.split())
        quotes.setdefault((place.number, label), {})[f" “{quote}”" if quote else ""] = None
    for (number, label), texts in sorted(quotes.items()):
        yield _remark(f"[{number}] {label}{''.join(texts)}")
