"""Two evaluations compared, at a terminal. Prints; decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rag.evaluation.html.parts import figure, signed
from rag.evaluation.html.words import words_of
from rag.evaluation.measures.compare import ChangedAnswer, Compared, Comparison, compare, verdict_of
from rag.evaluation.records.report import read_report

_COLOURS: Final = {"better": "green", "worse": "red", "unclear": "dim"}
_QUESTION_LETTERS: Final = 100
_TABLE_LETTERS: Final = 92
"""What the table needs, also where the output is no terminal."""


def compare_files(a: Path, b: Path, *, seed: int) -> Comparison:
    """Compare two reports on disk. Raises PagelightError if one is none, or nothing is common."""
    names = (a.name, b.name) if a.name != b.name else (str(a), str(b))
    return compare(read_report(a), read_report(b), names=names, seed=seed)


def print_comparison(comparison: Comparison) -> None:
    """Show what was changed, each metric of both, and the questions that changed sides."""
    console = Console(soft_wrap=True, width=max(_TABLE_LETTERS, Console().width))
    console.print(Text(f"A {comparison.a.name}   B {comparison.b.name}"))
    console.print(Text(_count(comparison), "dim"))
    for fact, (ours, theirs) in comparison.settings.items():
        console.print(Text(f"{fact}: {ours} → {theirs}", "cyan"))
    console.print(_metric_table(comparison))
    _print_changes(console, "From wrong to right", comparison.fixed)
    _print_changes(console, "From right to wrong", comparison.broken)


def _count(comparison: Comparison) -> str:
    alone = comparison.a.alone + comparison.b.alone
    left_out = f"; {alone} are in one of them alone and left out" if alone else ""
    return f"{comparison.paired} questions in both{left_out}. In brackets: 95 % intervals."


def _metric_table(comparison: Comparison) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for place, header in enumerate(("metric", "A", "B", "B − A", "p", "B is", "n")):
        table.add_column(header, justify="left" if place in {0, 5} else "right", no_wrap=True)
    for metric, found in comparison.metrics.items():
        table.add_row(*_metric_row(metric, found))
    return table


def _metric_row(metric: str, found: Compared) -> tuple[Text, ...]:
    words, difference = words_of(metric), found.difference
    said = verdict_of(difference, n=found.a.n, lower_is_better=words.lower_is_better)
    value, low, high = (
        signed(edge, words.unit) for edge in (difference.value, difference.low, difference.high)
    )
    return (
        Text(metric),
        Text(figure(found.a.value, words.unit)),
        Text(figure(found.b.value, words.unit)),
        Text(f"{value} [{low}, {high}]"),
        Text(f"{difference.p:.3f}"),
        Text(said, _COLOURS[said]),
        Text(str(found.a.n)),
    )


def _print_changes(console: Console, title: str, changes: Sequence[ChangedAnswer]) -> None:
    console.print(Text(f"{title}: {len(changes)}", "bold"))
    for change in changes:
        question = " ".join(change.question.split())
        shown = question[:_QUESTION_LETTERS] + "…" * (len(question) > _QUESTION_LETTERS)
        console.print(Text(f"  {change.id}  {shown}"))
