"""Text into Markdown: every word of a document, a file name or a model goes through here.

Nothing of it becomes a picture, a link or HTML where the file is read: a document's words fetch
nothing. What the chat shows of an answer's form stays: short answers in bold, and lists.
"""

from __future__ import annotations

import re
from typing import Final

_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1b\x7f\ufffe\uffff\ud800-\udfff]")
_MARKS: Final = re.compile(r"([\\`*_{}\[\]<>#|!&~$^]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
"""Of CommonMark, GitHub's tables, bare addresses and strikes, and formulas."""

_BEGINS: Final = re.compile(r"^(?:(\d+)(?=[.)](?:\s|$))|(?=[-+=]))")
"""Beginning so a line would be an item of a list, a rule, or make the line above it a heading."""

_STRONG: Final = re.compile(r"(?<![\w*])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\w*])")
_BULLET: Final = re.compile(r"(?:[-*•–]|(\d{1,2}[.)]))\s+")


def plain(text: str) -> str:
    """Return text on one line as Markdown that shows it letter by letter."""
    return _begun(_letters(_one_line(text)))


def answer_markdown(text: str) -> str:
    """Return an answer's text as Markdown: its lines, lists and bold words stay such."""
    blocks = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join("  \n".join(map(_line, block.split("\n"))) for block in blocks)


def _line(line: str) -> str:
    words = _one_line(line)
    bullet = _BULLET.match(words)
    if bullet is None:
        return _begun(_worded(words))
    return f"{bullet[1] or '-'} {_begun(_worded(words[bullet.end() :]))}"


def _worded(text: str) -> str:
    """Return text as Markdown: all of it escaped, `**short answers**` strong."""
    parts, at = [], 0
    for strong in _STRONG.finditer(text):
        parts += [_letters(text[at : strong.start()]), f"**{_letters(strong[1])}**"]
        at = strong.end()
    return "".join([*parts, _letters(text[at:])])


def _one_line(text: str) -> str:
    return " ".join(_CONTROL.sub("\ufffd", text).split())


def _letters(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def _begun(text: str) -> str:
    return _BEGINS.sub(r"\1\\", text)
