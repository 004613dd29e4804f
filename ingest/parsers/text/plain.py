"""Plain text: paragraphs, lists and simple headings; source code, each symbol under its own line.

Knows no markup. Nothing is run or followed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Final

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.elements import clean, document_of, heading, list_element, text_element
from rag.datamodel import Document, Element, SourceFile
from rag.errors import SourceError
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
    elif level := _heading_level(lines[0].strip()):
        yield from heading(lines[0], level)
        lines = lines[1:]
    if not lines or _UNDERLINE.fullmatch("".join(lines).strip()):
        return
    if all(_ITEM.match(line) for line in lines):
        yield from list_element(((len(x) - len(x.lstrip())) // 2, x) for x in lines)
        return
    yield from _paragraphs(_unwrap(lines, width))


def _unwrap(lines: Sequence[str], width: int | None) -> list[str]:
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


def _heading_level(line: str) -> int:
    """Return the level of a heading; 0 of what reads as none."""
    if not _is_short(line) or _UNDERLINE.fullmatch(line):
        return 0
    if number := _NUMBERED.fullmatch(line):
        return number[1].rstrip(".").count(".") + 1
    shouted = line.isupper() and sum(letter.isalpha() for letter in line) > 3  # noqa: PLR2004 - a word
    return int(shouted or bool(_CHAPTER.fullmatch(line)))


# Source code: symbols are told by how lines begin. A heading missed or taken too many costs a
# search little, and a real grammar for each language would cost much.

MINIFIED_LETTERS: Final = 5_000
"""Lines longer than this on the average were written by a program for a program."""

LINE_LETTERS: Final = 20_000
SYMBOL_LETTERS: Final = 120
INDENT: Final = 4
_WORDS: Final = (
    "class|interface|struct|enum|trait|impl|module|namespace|protocol|record|object|type|def|"
    "function|func|fn|fun|sub|proc|procedure|subroutine|contract|message|service"
)
_MODIFIERS: Final = (
    "export|default|public|private|protected|internal|static|final|abstract|async|override|open|"
    "sealed|data|pub(?:\\([a-z]+\\))?|unsafe|extern|inline|virtual|const|partial|local|declare"
)
_SYMBOL: Final = re.compile(
    rf"([ \t]{{0,{INDENT}}})(?:(?:{_MODIFIERS})[ \t]+){{0,6}}(?:{_WORDS})\b[ \t]*[\w(<*$&]"
)
_C_FUNCTION: Final = re.compile(
    r"[A-Za-z_][\w:<>,*&\[\] \t]{0,80}[ \t*&]\w[\w:~]{0,60}\([^;]{0,300}$"
)
_C_WORDS: Final = re.compile(r"(if|for|while|switch|return|else|do|case|using|typedef|throw|new)\b")
_DECORATOR: Final = re.compile(r"\s*(@|#\[)")
_SQL: Final = re.compile(
    r"CREATE\s+(OR\s+REPLACE\s+)?(TABLE|VIEW|FUNCTION|PROCEDURE|INDEX)\b", re.IGNORECASE
)
_ARROW: Final = re.compile(r"(?:export[ \t]+)?(?:const|let|var)[ \t]+\w+[ \t]*=[^;]{0,200}=>")


def parse_code(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Programs in the usual languages."""
    text = decode_text(file.at.read_bytes())
    lines = text.split("\n")
    if len(text) > MINIFIED_LETTERS * max(1, len(lines)):
        raise SourceError(
            "The file is a program made small for machines (minified).",
            hint="Add its source instead.",
        )
    return document_of(file, _code_elements(lines))


def _code_elements(lines: list[str]) -> Iterator[Element]:
    """Yield the code between symbols, and each symbol's line as a heading above its code."""
    part: list[str] = []
    for line in lines:
        level = _symbol_level(line[:LINE_LETTERS])
        if level:
            above = list(takewhile(_DECORATOR.match, reversed(part)))[::-1]
            yield from text_element("\n".join(part[: len(part) - len(above)]), "code")
            yield from heading(line.strip().rstrip("{:( \t").rstrip()[:SYMBOL_LETTERS], level)
            part = above
        part.append(line[:LINE_LETTERS].rstrip())
    yield from text_element("\n".join(part), "code")


def _symbol_level(line: str) -> int:
    found = _SYMBOL.match(line)
    if found:
        return 2 if found[1] else 1
    if _SQL.match(line) or _ARROW.match(line):
        return 1
    return int(bool(_C_FUNCTION.match(line)) and not _C_WORDS.match(line) and "=" not in line)
