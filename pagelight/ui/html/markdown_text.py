"""Text into Markdown: every word of a document, a file name or a model goes through here.

Nothing of it becomes a picture, a link or HTML where the file is read: a document's words fetch
nothing. What the chat shows of an answer's form stays: short answers in bold, lists and tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from typing import Final

from rag.datamodel import CELL_SEPARATOR

_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ufffe\uffff\ud800-\udfff]")
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
    return _begun(_letters(_one_line(text)))


def answer_markdown(text: str) -> str:
    """Return an answer's text as Markdown: its lines, lists, tables and bold words stay such."""
    return "\n\n".join(map(block_markdown, blocks_of(text)))


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


def block_markdown(lines: list[str]) -> str:
    """Return lines of a kind as Markdown; a single row is no table."""
    if _kind(lines[0]) != "table" or len(lines) == 1:
        return "  \n".join(map(_line, lines))
    rows = [[_worded(_one_line(cell)) for cell in line.split(CELL_SEPARATOR)] for line in lines]
    columns = max(map(len, rows))
    ruled = [rows[0] + [""] * (columns - len(rows[0])), ["---"] * columns, *rows[1:]]
    return "\n".join(f"| {' | '.join(row)} |" for row in ruled)


def _line(line: str) -> str:
    words = _one_line(line)
    bullet = BULLET.match(words)
    if bullet is None:
        return _begun(_worded(words))
    return f"{bullet[1] or '-'} {_begun(_worded(words[bullet.end() :]))}"


def _worded(text: str) -> str:
    """Return text as Markdown: all of it escaped, `**short answers**` strong."""
    parts = STRONG.split(text)  # every other one is strong
    return "".join(f"**{_letters(p)}**" if n % 2 else _letters(p) for n, p in enumerate(parts))


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub("\ufffd", text).split())


def _letters(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def _begun(text: str) -> str:
    return _BEGINS.sub(r"\1\\", text)
