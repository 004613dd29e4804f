"""A table of documents and questions: rows with the place of each cell; as CSV and XLSX.

Knows the asker and the index; knows nothing of terminals or browsers. No cell can become a formula.
"""

from __future__ import annotations

import csv
import glob
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import ascii_uppercase
from typing import Any, Final

from pagelight.services.answering.answer_json import box_json
from pagelight.services.answering.asking import AnyEngine, checked_day
from pagelight.services.answering.places import Place, place_at
from rag.clock import clock
from rag.datamodel import BBox, Chunk, Filters, composed
from rag.errors import PagelightError
from rag.question_length import check_length
from rag.storage.documents.records import DocumentRecord
from rag.summarization.collection import DocumentAnswer, ListedDocument
from rag.understanding.question.question import understand

MAX_QUESTIONS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TableCell:
    """A cell and the place that it stands on; None where there is nothing to show."""

    cell: DocumentAnswer
    place: Place | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the public shape. An answer that is too unlikely is told as `likeliest` alone."""
        cell, place = self.cell, self.place
        return {
            "question": cell.question,
            "answered": cell.supported,
            "text": cell.text if cell.supported else "",
            "likeliest": cell.text,
            "confidence": round(cell.confidence, 3),
            "page": place.page if place else None,
            "bbox": box_json(BBox.around(place.boxes)) if place else None,
            "start_s": place.start_s if place else None,
            "quote": " ".join(place.quote.split()) if place else "",
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    row: ListedDocument
    cells: tuple[TableCell, ...]

    def as_json(self) -> dict[str, Any]:
        return {
            "document": self.row.doc_id,
            "source": self.row.source,
            "cells": [cell.as_json() for cell in self.cells],
        }


def checked_questions(questions: Sequence[str]) -> tuple[str, ...]:
    """Return the questions, trimmed, each once. Raises PagelightError, also for none."""
    asked = tuple(dict.fromkeys(filter(None, (" ".join(q.split()) for q in questions))))
    if not asked:
        raise PagelightError("There is no question.", hint="Give one or more.")
    if len(asked) > MAX_QUESTIONS:
        raise PagelightError(
            f"{len(asked)} questions are too many for a table.",
            hint=f"Ask at most {MAX_QUESTIONS} at a time.",
        )
    for question in asked:
        check_length(question)
    return asked


def rows_in_scope(
    records: Sequence[DocumentRecord], scope: str, *, since: str = "", until: str = ""
) -> list[ListedDocument]:
    """Return the readable documents that `scope` (a glob, a folder or a part of a name) admits.

    Each stands under its first admitted source; sorted by it. An empty scope admits all, `since`
    and `until` are days as in a `Request`. Raises PagelightError where there is none.
    """
    ready = [record for record in records if record.state == "ready"]
    pattern = pattern_of(scope, [source for record in ready for source in record.sources])
    only = Filters(source_glob=pattern, since=checked_day(since), until=checked_day(until))
    rows = [
        ListedDocument(doc_id=record.id, source=admitted[0])
        for record in ready
        if (
            admitted := [
                source
                for source in record.sources
                if only.admit(source=source, media_type=record.media_type, day=record.day)
            ]
        )
    ]
    if not rows:
        limits = (scope.strip(), since and f"since {since}", until and f"until {until}")
        limited = " ".join(filter(None, limits))
        raise PagelightError(
            f"No document fits “{limited}”." if limited else "There is no document yet.",
            hint='Give a part of a name or a pattern, like "reports/*.pdf".',
        )
    return sorted(rows, key=lambda row: row.source)


def pattern_of(scope: str, sources: Iterable[str]) -> str:
    """Return a scope as a glob: a name, or a part of one, stands for itself; "" stays.

    A name may hold the signs of globs; only what is no part of any source is read as one.
    """
    scope = composed(scope.strip())
    sources = set(map(composed, sources))
    if scope in sources:
        return glob.escape(scope)
    is_glob = any(sign in scope for sign in "*?[")
    if not scope or (is_glob and not any(scope in source for source in sources)):
        return scope
    return f"*{glob.escape(scope)}*"


def table_rows(
    engine: AnyEngine, questions: Sequence[str], rows: Sequence[ListedDocument]
) -> Iterator[TableRow]:
    """Yield each row once all of its cells are there. Models must be warm."""
    cells = engine.table().cells([understand(question) for question in questions], rows)
    for row in rows:
        of_row = [cell for _, cell in zip(questions, cells, strict=False)]
        chunks = {c.id: c for c in engine.index.chunks([cell.chunk_id for cell in of_row])}
        yield TableRow(
            row=row, cells=tuple(_placed(cell, chunks.get(cell.chunk_id)) for cell in of_row)
        )


def _placed(cell: DocumentAnswer, chunk: Chunk | None) -> TableCell:
    if chunk is None:
        return TableCell(cell=cell)
    found = cell.citation(chunk)
    place = place_at(
        chunk,
        found.provenances,
        found.page,
        number=1,
        quote=found.quote,
        question=cell.question,
    )
    return TableCell(cell=cell, place=place)


_FORMULA: Final = tuple("=+-@\t\r\n＝＋－＠")
"""With these a spreadsheet begins to compute (OWASP, CSV Injection; full-width forms too)."""

_LATER: Final = re.compile(
    r"(?<![;\s])([^\S\t\r\n]*+[;\t\r\n][;\s]*+)(?=[=@＝＠]|[+\-＋－][^;\t\r\n]*[(|!])"
)
"""Before these a formula would begin where a line is divided at other marks than commas."""

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML 1.0 has no letters for."""

MAX_LETTERS: Final = 32_000
"""Of one cell; XLSX holds 32,767."""

MAX_WIDTH: Final = 60


def harmless(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: such a one gets an apostrophe."""
    clean = _CONTROLS.sub("", text)[:MAX_LETTERS]
    return f"'{clean}" if clean.lstrip(" \u00a0").startswith(_FORMULA) else clean


def as_csv(questions: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the rows (of `TableRow.as_json`) as UTF-8 with a signature, which Excel asks for."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(map(_undivided, _header(questions)))
    writer.writerows(map(_undivided, _line(row)) for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")


def as_xlsx(questions: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the rows as a workbook with one sheet; all texts are texts, never formulas."""
    from openpyxl import Workbook  # noqa: PLC0415 - 0.3 s that only an export needs
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415 - as above
    from openpyxl.styles import Font  # noqa: PLC0415 - as above

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Table")
    header = _header(questions)
    for letter, title in zip(ascii_uppercase, header, strict=False):  # wide columns up to Z
        sheet.column_dimensions[letter].width = min(MAX_WIDTH, max(12, len(title) + 2))
    sheet.freeze_panes = "B2"
    titles = [_typed(WriteOnlyCell(sheet), title) for title in header]
    for cell in titles:
        cell.font = Font(bold=True)
    sheet.append(titles)
    for row in rows:
        sheet.append([_typed(WriteOnlyCell(sheet), value) for value in _line(row)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def written(path: Path, data: bytes) -> None:
    """Write a file. Raises PagelightError where that can't be done."""
    try:
        path.write_bytes(data)
    except OSError as error:
        raise PagelightError(
            f"{path} can't be written: {error.strerror or error}.", hint="Choose another file."
        ) from error


def _undivided(value: str | float | None) -> str | float | None:
    return _LATER.sub(r"\1'", value) if isinstance(value, str) else value


def _typed(cell: Any, value: str | float | None) -> Any:  # noqa: ANN401 - openpyxl's cell
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
    return cell


def _header(questions: Sequence[str]) -> list[str]:
    titles = ["Document"]
    for question in questions:
        titles += [question, f"Page: {question}", f"Quote: {question}", f"Confidence: {question}"]
    return [harmless(title) for title in titles]


def _line(row: Mapping[str, Any]) -> list[str | float | None]:
    """Return the source, then answer, page or time, quote and confidence of each cell."""
    values: list[str | float | None] = [harmless(row["source"])]
    for cell in row["cells"]:
        where = cell["page"] if cell["start_s"] is None else clock(cell["start_s"])
        place = (where, harmless(cell["quote"])) if cell["answered"] else (None, "")
        values += [harmless(cell["text"]), *place, cell["confidence"]]
    return values
