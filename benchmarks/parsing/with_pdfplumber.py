"""pdfplumber: the text of each page, then its tables with a bar between cells."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pdfplumber
from every_pdf import read_all


def pages(path: Path) -> Iterator[str]:
    with pdfplumber.open(path) as document:
        for page in document.pages:
            yield "\n".join([page.extract_text() or "", *map(rows, page.extract_tables())])


def rows(table: Any) -> str:  # noqa: ANN401 - a list of rows of cells, some of them None
    return "\n".join(" | ".join(" ".join((c or "").split()) for c in row) for row in table)


read_all(lambda path: list(pages(path)))
