"""Source code: each function or class under its own line as a heading. Nothing is run or followed.

Symbols are told by how lines begin, in the languages of `discovery.media_type`: a heading missed
or taken too many costs a search little, and a real grammar for each language would cost much.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from ingest.discovery.encoding import decode_text
from ingest.parsers.base.elements import document_of, heading, text_element
from rag.datamodel import Document, Element, SourceFile
from rag.errors import SourceError
from rag.protocols import Assets
from rag.settings import Settings

MINIFIED_LETTERS: Final = 5_000
"""Lines longer than this on the average were written by a program for a program."""

LINE_LETTERS: Final = 20_000
HEADING_LETTERS: Final = 120
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
    return document_of(file, _elements(lines))


def _elements(lines: list[str]) -> Iterator[Element]:
    """Yield the code between symbols, and each symbol's line as a heading above its code."""
    part: list[str] = []
    for line in lines:
        level = _level(line[:LINE_LETTERS])
        if level:
            above = _decorators(part)
            yield from text_element("\n".join(part[: len(part) - len(above)]), "code")
            yield from heading(line.strip().rstrip("{:( \t").rstrip()[:HEADING_LETTERS], level)
            part = above
        part.append(line[:LINE_LETTERS].rstrip())
    yield from text_element("\n".join(part), "code")


def _decorators(lines: list[str]) -> list[str]:
    """Return the last lines where they are decorators or annotations of what follows."""
    count = 0
    while count < len(lines) and lines[-1 - count].lstrip().startswith(("@", "#[")):
        count += 1
    return lines[len(lines) - count :]


def _level(line: str) -> int:
    """Return the level of the symbol that a line begins; 0 where it begins none."""
    found = _SYMBOL.match(line)
    if found:
        return 2 if found.group(1) else 1
    if _SQL.match(line) or _ARROW.match(line):
        return 1
    return int(bool(_C_FUNCTION.match(line)) and not _C_WORDS.match(line) and "=" not in line)
