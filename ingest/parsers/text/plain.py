"""Plain text: paragraphs, lists and simple headings. Knows no markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.elements import clean, document_of, heading, list_element, text_element
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

PARAGRAPH_LETTERS: Final = 4000
"""Longer paragraphs (a line of a megabyte) are divided between sentences or words."""

HEADING_LETTERS: Final = 80
LABEL_LEVEL: Final = 2
LABEL_WORDS: Final = 6
MIN_LINES: Final = 5
WRAPPED_SHARE: Final = 0.8
"""A line this full, of the width that a program wrapped the text to, goes on in the next one."""

WIDTHS: Final = range(45, 201)
"""Widths that text is wrapped to; longer lines are paragraphs of their own."""

LONG_LETTERS: Final = 200
"""A paragraph, not one of a run of short lines; below a short line it makes that a heading."""

_UNDERLINE: Final = re.compile(r"[=\-~*#_]{3,}")
_CHAPTER: Final = re.compile(
    r"(chapter|section|part|book|appendix|kapitel|teil|abschnitt|chapitre|partie|cap[ií]tulo)"
    r"\s+[\dIVXLC]+\b.{0,60}",
    re.IGNORECASE,
)
_NUMBERED: Final = re.compile(r"(\d{1,2}(\.\d{1,2}){1,4}\.?|\d{1,2}\.)\s+[^\W\d_].{0,70}[^.,;:!?]")
_ITEM: Final = re.compile(r"\s*([-*•‣▪◦–·]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s+\S")
_BREAK: Final = re.compile(r"\n[ \t]*\n|\f")


def parse_plain(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Text in any usual encoding."""
    text = decode_text(file.at.read_bytes())
    return document_of(file, plain_elements(text))


def plain_elements(text: str) -> list[Element]:
    """Return the elements of a text, in order."""
    elements: list[Element] = []
    width = _wrap_width(text)
    for block in _BREAK.split(text):
        lines = [line.rstrip() for line in block.split("\n") if line.strip()]
        if lines:
            elements += _block_elements(lines, width)
    return elements


def _wrap_width(text: str) -> int | None:
    """Return the width that the text was wrapped to; None where it was not."""
    lengths = sorted(len(line.strip()) for line in text.split("\n") if line.strip())
    if len(lengths) < MIN_LINES:
        return None
    width = lengths[int(0.9 * len(lengths))]
    return width if width in WIDTHS else None


def _block_elements(lines: Sequence[str], width: int | None) -> Iterator[Element]:
    """Yield the heading and what stands below it, of lines without a blank one between."""
    if len(lines) > 1 and _UNDERLINE.fullmatch(lines[1].strip()) and _is_short(lines[0]):
        yield from heading(lines[0], 1 if "=" in lines[1] else 2)
        lines = lines[2:]
    elif _is_heading(lines[0].strip()):
        yield from heading(lines[0], _level(lines[0]))
        lines = lines[1:]
    if not lines or _UNDERLINE.fullmatch("".join(lines).strip()):
        return
    if all(_ITEM.match(line) for line in lines):
        yield from list_element((_depth(line), line) for line in lines)
        return
    yield from _paragraphs(_unwrap(lines, width))


def _unwrap(lines: Sequence[str], width: int | None) -> list[str]:
    """Join the lines that go on in the next one."""
    joined: list[str] = []
    goes_on = False
    for line in lines:
        if goes_on and not _ITEM.match(line):
            joined[-1] += " " + line.strip()
        else:
            joined.append(line.strip())
        goes_on = width is not None and len(line.strip()) >= WRAPPED_SHARE * width
    return joined


def _paragraphs(lines: Sequence[str]) -> Iterator[Element]:
    """Yield long lines as paragraphs, runs of short ones together, and headings between them."""
    run: list[str] = []
    for number, line in enumerate(lines):
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if len(line) < LONG_LETTERS and not (len(below) >= LONG_LETTERS and _is_label(line)):
            run.append(line)
            continue
        yield from text_element("\n".join(run))
        run = []
        if len(line) < LONG_LETTERS:
            yield from heading(line, LABEL_LEVEL)
            continue
        for part in divide_text(clean(line), PARAGRAPH_LETTERS):
            yield from text_element(part)
    yield from text_element("\n".join(run))


def _is_label(line: str) -> bool:
    """Say whether a line reads as the heading of the paragraph below it."""
    is_label = _is_short(line) and len(line.split()) <= LABEL_WORDS
    return is_label and line[:1].isupper() and line[-1:].isalpha()


def divide_text(text: str, letters: int) -> Iterator[str]:
    """Divide a text into parts of at most `letters`: at a line or sentence end, else at a space."""
    start = 0
    while len(text) - start > letters:
        end = _cut(text, start, start + letters)
        yield text[start:end]
        start = end
    yield text[start:]


def _cut(text: str, start: int, end: int) -> int:
    for mark in ("\n", ". ", "。", " "):
        at = text.rfind(mark, start + (end - start) // 2, end)
        if at > start:
            return at + len(mark)
    return end


def _is_short(line: str) -> bool:
    return 0 < len(line.strip()) <= HEADING_LETTERS


def _is_heading(line: str) -> bool:
    if not _is_short(line) or _UNDERLINE.fullmatch(line):
        return False
    shouted = line.isupper() and sum(letter.isalpha() for letter in line) > 3  # noqa: PLR2004 - a word
    return shouted or bool(_CHAPTER.fullmatch(line) or _NUMBERED.fullmatch(line))


def _level(line: str) -> int:
    number = _NUMBERED.fullmatch(line.strip())
    return number.group(1).rstrip(".").count(".") + 1 if number else 1


def _depth(line: str) -> int:
    return (len(line) - len(line.lstrip())) // 2
