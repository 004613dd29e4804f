"""What a program does not show of a sheet is read, and told as hidden. Knows no file format."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ingest.parsers.sheets.sheets import WIDEST


def sheet_title(name: str, *, is_hidden: bool) -> str:
    return f"{name} (hidden sheet)" if is_hidden else name


@dataclass(slots=True, kw_only=True)
class Hidden:
    """Rows with words and columns that are hidden, counted while a sheet is read."""

    rows: int = 0
    columns: int = 0

    def add_columns(self, first: int, last: int) -> None:
        """Count columns from 1; those up to the last of all are hidden because they are empty."""
        self.columns += last - first + 1 if last < WIDEST else 0

    def warnings(self, sheet: str) -> Iterator[str]:
        for count, kind in ((self.rows, "row"), (self.columns, "column")):
            if count:
                many = f"{count:,} hidden {kind}{'s' * (count > 1)}"
                yield f"the sheet {sheet} has {many}, which {'were' if count > 1 else 'was'} read"
