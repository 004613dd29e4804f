"""Answers as a Word document (.docx), each with its note, pictures and sources."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Final

from docx import Document
from docx.document import Document as DocumentType
from docx.shared import Inches
from docx.text.paragraph import Paragraph

from pagelight.services.answering.places import places_of
from pagelight.ui.answers.answer_forms import KEPT_MARK, with_kept_marks
from pagelight.ui.html.language import say
from pagelight.ui.source.figures import ReadFigure
from pagelight.ui.templating import printable
from rag.datamodel import CELL_SEPARATOR, Answer
from rag.storage.conversations.conversations import Exchange

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAX_TITLE_LETTERS: Final = 255
"""Of a document's properties (ECMA-376, part 2)."""

PICTURE_WIDTH: Final = Inches(5.5)
_BULLET: Final = re.compile(r"\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_RUNS: Final = re.compile(rf"{KEPT_MARK.pattern}|(?<![\w*])\*\*(?=\S)([^*\n]+)(?<=\S)\*\*(?![\w*])")


def as_docx(title: str, parts: Iterable[tuple[Exchange, str]], read: ReadFigure) -> bytes:
    """Return exchanges, each with a note ("" none); `read` reads the pictures of the answers."""
    document = Document()
    document.core_properties.title = printable(title)[:MAX_TITLE_LETTERS]
    document.core_properties.author = "Pagelight"
    document.add_heading(printable(title), level=0)
    for exchange, note in parts:
        question = printable(exchange.question.strip()) or say("A picture")
        document.add_heading(question, level=1)
        if note:
            document.add_paragraph(printable(note), style="Intense Quote")
        if exchange.answer:
            _write(document, exchange.answer, read)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _write(document: DocumentType, answer: Answer, read: ReadFigure) -> None:
    lines = [line for line in printable(with_kept_marks(answer)).split("\n") if line.strip()]
    for is_table, rows in groupby(lines, key=_is_row):
        if is_table:
            _write_table(document, [row.split(CELL_SEPARATOR) for row in rows])
            continue
        for line in rows:
            bullet = _BULLET.match(line)
            paragraph = document.add_paragraph(style="List Bullet" if bullet else None)
            _write_runs(paragraph, line[bullet.end() :] if bullet else line.strip())
    for figure in answer.figures:
        picture = read(answer, figure)
        if picture is not None:
            document.add_picture(io.BytesIO(picture[0]), width=PICTURE_WIDTH)
            document.add_paragraph(printable(figure.caption or figure.alt), style="Caption")
    if answer.state != "not_found":
        _write_sources(document, answer)


def _is_row(line: str) -> bool:
    return CELL_SEPARATOR in line and not _BULLET.match(line)


def _write_table(document: DocumentType, rows: Sequence[Sequence[str]]) -> None:
    table = document.add_table(len(rows), max(map(len, rows)), style="Table Grid")
    for row, written in zip(rows, table.rows, strict=True):
        for words, cell in zip(row, written.cells, strict=False):
            _write_runs(cell.paragraphs[0], words)


def _write_runs(paragraph: Paragraph, words: str) -> None:
    """Write words; the marks of sources are raised, and what is strong is bold."""
    at = 0
    for found in _RUNS.finditer(words):
        numbers, strong = found.groups()
        before = words[at : found.start()]
        paragraph.add_run(before.rstrip(" ") if numbers else before)
        run = paragraph.add_run(f"[{numbers}]" if numbers else strong)
        run.font.superscript = bool(numbers) or None
        run.bold = bool(strong) or None
        at = found.end()
    paragraph.add_run(words[at:])


def _write_sources(document: DocumentType, answer: Answer) -> None:
    quotes: dict[tuple[int, str], dict[str, None]] = {}
    for place in places_of(answer):
        label = ", ".join(filter(None, (place.chunk.source, place.where)))
        quote = " ".join(place.quote.split())
        quotes.setdefault((place.number, label), {})[f" “{quote}”" if quote else ""] = None
    for (number, label), told in sorted(quotes.items()):
        document.add_paragraph(printable(f"[{number}] {label}{''.join(told)}"), style="List")
