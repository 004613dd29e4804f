"""Text into Markdown: every word of a document, a file name or a model goes through here.

Nothing of it becomes a picture, a link or HTML where the file is read: a document's words fetch
nothing. What the chat shows of an answer's form stays: short answers in bold, lists and tables.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Final

from pagelight.services.answering.places import Place, places_of
from pagelight.ui.templating import label_of, printable
from rag.datamodel import CELL_SEPARATOR, Answer

_MARKS: Final = re.compile(
    r"([\\`*_{}<>#|&~^]|\$(?!\d)|!(?=\[)|\](?=[(\[:])|:(?=//)|(?<=www)\.)", re.IGNORECASE
)
"""Of CommonMark, GitHub's tables, bare addresses and strikes, and formulas; brackets are text where
neither a link nor a picture follows."""

_BEGINS: Final = re.compile(r"^(?:(\d+)(?=[.)](?:\s|$))|(?=[-+=]))")
"""Beginning so a line would be an item of a list, a rule, or make the line above it a heading."""

STRONG: Final = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\w*])")
BULLET: Final = re.compile(r"\s*(?:[-*•–]|(\d{1,2}[.)]))\s+")


def plain(text: str) -> str:
    """Return text on one line as Markdown that shows it letter by letter."""
    return _begun(_letters(one_line(text)))


def answer_markdown(text: str) -> str:
    """Return an answer's text as Markdown: its lines, lists, tables and bold words stay such."""
    blocks = []
    for lines in blocks_of(text):
        written = "  \n".join(map(_line, lines))
        if is_table(lines):
            rows = [list(map(_worded, line.split(CELL_SEPARATOR))) for line in lines]
            columns = max(map(len, rows))
            header = rows[0] + [""] * (columns - len(rows[0]))
            ruled = [header, ["---"] * columns, *rows[1:]]
            written = "\n".join(f"| {' | '.join(row)} |" for row in ruled)
        blocks.append(written)
    return "\n\n".join(blocks)


def blocks_of(text: str) -> Iterator[list[str]]:
    """Divide a text at blank lines, and where lists and tables begin and end."""
    for kind, lines in groupby(text.split("\n"), key=_kind):
        if kind:
            yield list(lines)


def _kind(line: str) -> str:
    if not line.strip():
        return ""
    if BULLET.match(line):
        return "list"
    return "table" if CELL_SEPARATOR in line else "text"


def is_table(block: Sequence[str]) -> bool:
    """Tell whether a block is a table; a single row is none."""
    return len(block) > 1 and _kind(block[0]) == "table"


def _line(line: str) -> str:
    bullet = BULLET.match(line)
    words = _begun(_worded(line[bullet.end() :] if bullet else line))
    return f"{bullet[1] or '-'} {words}" if bullet else words


def _worded(text: str) -> str:
    parts = strong_parts(one_line(text))
    return "".join(f"**{_letters(p)}**" if strong else _letters(p) for p, strong in parts)


def strong_parts(text: str) -> list[tuple[str, bool]]:
    """Return words, and whether they are strong: every other part is."""
    return [(part, n % 2 == 1) for n, part in enumerate(STRONG.split(text))]


def one_line(text: str) -> str:
    return printable(" ".join(text.split()))


_letters = partial(_MARKS.sub, r"\\\1")
_begun = partial(_BEGINS.sub, r"\1\\")

OPEN, CLOSE = "⸨⸩"
KEPT_MARK: Final = re.compile(f"{OPEN}([0-9,]+){CLOSE}")
"""Stands for a mark while the rest is made Markdown or HTML. Brackets of scholars' editions: by
CommonMark bold words may end before punctuation, not before letters of no script."""


def copied(answer: Answer, *, of: str = "") -> str:
    """Return the answer as Markdown; its sources as footnotes, whose names begin with `of`."""
    text = KEPT_MARK.sub(
        lambda mark: "".join(f"[^{of}{n}]" for n in mark[1].split(",")),
        answer_markdown(with_kept_marks(answer)),
    )
    notes = []
    for number, places in sources_of(answer) if answer.state != "not_found" else ():
        words = dict.fromkeys(place.words for place in places if place.words.strip())
        quotes = (f" “{plain(each)}”" for each in words)
        notes.append(f"[^{of}{number}]: {plain(label_of(places[0]))}{''.join(quotes)}")
    return "\n\n".join(filter(None, (text, "\n".join(notes))))


def with_kept_marks(answer: Answer) -> str:
    """Return the text with a `KEPT_MARK` in place of each mark, its numbers divided by commas."""

    def write(positions: Sequence[int]) -> str:
        return f"{OPEN}{','.join(str(answer.citations[n].number) for n in positions)}{CLOSE}"

    return marked_text(answer, write)


def marked_text(
    answer: Answer, write: Callable[[Sequence[int]], str], more: Iterable[tuple[int, int, str]] = ()
) -> str:
    """Return the text with each mark as `write` writes it, of its citations' positions.

    `more` are other ranges, and what stands in their place.
    """
    marks: dict[tuple[int, int], list[int]] = {}
    for position, citation in enumerate(answer.citations):
        marks.setdefault(citation.span, []).append(position)
    written = [(start, end, write(positions)) for (start, end), positions in marks.items()]
    text = answer.text.replace(OPEN, "\ufffd").replace(CLOSE, "\ufffd")
    parts, at = [], 0
    for start, end, words in sorted([*written, *more]):
        before = text[at:start]
        parts += [before if words else before.rstrip(" "), words]
        at = end
    return "".join([*parts, text[at:]])


def sources_of(answer: Answer) -> list[tuple[int, list[Place]]]:
    """Return the places that the marks of each number stand for, by number."""
    places = sorted(places_of(answer), key=lambda place: place.number)
    return [(number, list(same)) for number, same in groupby(places, key=lambda one: one.number)]
