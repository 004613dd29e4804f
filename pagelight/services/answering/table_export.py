"""Tables as CSV and XLSX for other programs. No cell can become a formula there."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from rag.clock import clock
from rag.errors import PagelightError

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
    for n, title in enumerate(header):
        letter = chr(ord("A") + n) if n < 26 else None  # noqa: PLR2004 - A to Z
        if letter:
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
    """Return the source, then answer, page or time, quote and confidence of each cell.

    Without support a cell has nothing but its confidence.
    """
    values: list[str | float | None] = [harmless(row["source"])]
    for cell in row["cells"]:
        where = cell["page"] if cell["start_s"] is None else clock(cell["start_s"])
        place = (where, harmless(cell["quote"])) if cell["answered"] else (None, "")
        values += [harmless(cell["text"]), *place, cell["confidence"]]
    return values
