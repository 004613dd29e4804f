"""A table at a terminal: rows as they finish, a bar of how far it is. Prints; decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from rich.console import Console
from rich.text import Text

from pagelight.cli.live import StepDisplay
from pagelight.cli.terminal_text import printable, worded

NOTHING: Final = "—"
_INDENT: Final = "    "


class TableDisplay(StepDisplay):
    """A bar of documents on standard error; their rows on standard output."""

    def __init__(self) -> None:
        super().__init__("Asking every document")
        self._out = Console(soft_wrap=True)

    def show(self, row: Mapping[str, Any]) -> None:
        """Print a row: the document, then a line for each question."""
        self._out.print(worded(row["source"], "bold"))
        for cell in row["cells"]:
            self._out.print(_line(cell))

    def told(self, rows: Sequence[Mapping[str, Any]], questions: Sequence[str]) -> None:
        """Print how many documents answer each question."""
        for n, question in enumerate(questions):
            count = sum(row["cells"][n]["answered"] for row in rows)
            self._out.print(worded(f"{count} of {len(rows)} documents answer: {question}", "dim"))


def _line(cell: Mapping[str, Any]) -> Text:
    line = worded(f"{_INDENT}{cell['question']}  ", "dim")
    if not cell["answered"]:
        return line.append(f"{NOTHING} no answer found", "dim")
    page = f"page {cell['page']}, " if cell["page"] is not None else ""
    line.append(printable(cell["text"]), "default")
    return line.append(f"  ({page}{cell['confidence']:.0%} sure)", "cyan")
