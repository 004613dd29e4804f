"""An evaluation, or two compared, at a terminal, and as an HTML file. Decides nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pagelight.cli.terminal import out, worded
from pagelight.ui.templating import render
from rag.evaluation.report import METRICS, Estimate, EvaluationReport, Metrics, place_of
from rag.evaluation.summary import ChangedAnswer, Compared, Comparison

_COLUMNS: Final = {
    "page_hit@1": "page @1",
    "page_hit@5": "@5",
    "answer_contains": "answered rightly",
    "nugget_recall": "facts",
    "cited_page": "right page cited",
    "right": "right, refusals too",
}
"""What stands in the table of kinds; all metrics of all questions come below it."""

_STAGES: Final = ("first_text", "total")
_COLOURS: Final = {"better": "green", "worse": "red", "unclear": "dim"}
_TABLE_LETTERS: Final = 92
"""What the table of a comparison needs, also where the output is no terminal."""


def print_evaluation(report: EvaluationReport) -> None:
    """Show lines that could not be used, then every figure that the questions allow."""
    for error in report.errors:
        out(f"line {error.line}: {error.reason}", "yellow")
    if report.metrics:
        _print_questions(report)
    for name, measures in report.sets.items():
        channels = list(next(iter(measures.values())))
        rows = (
            [measure, *(_shown(measure, by[channel]) for channel in channels)]
            for measure, by in measures.items()
        )
        n = next(iter(measures.values()))[channels[0]].n
        out(_table([f"{name} ({n} queries)", *channels], rows))


def _print_questions(report: EvaluationReport) -> None:
    whole = report.metrics["all"]
    title = f"{len(report.records)} questions of {report.questions}, profile {report.profile}"
    out(f"{title}. Shares in %, in brackets: 95 % intervals.")
    names = [name for name in _COLUMNS if name in whole]
    kinds = (
        [
            kind,
            str(max((value.n for value in metrics.values()), default=0)),
            *(_shown(name, metrics[name]) if name in metrics else "" for name in names),
        ]
        for kind, metrics in _groups(report)
    )
    out(_table(["", "n", *(_COLUMNS[name] for name in names)], kinds))
    figures = ([name, _shown(name, value), str(value.n)] for name, value in whole.items())
    out(_table(["metric", "all questions", "n"], figures))
    times = (
        [stage, f"{found.p50:.3f}", f"{found.p95:.3f}", str(found.n)]
        for stage, found in report.latency.items()
        if stage in _STAGES
    )
    out(_table(["seconds", "p50", "p95", "n"], times))


def _groups(report: EvaluationReport) -> Iterable[tuple[str, Metrics]]:
    yield "all", report.metrics["all"]
    for group, kinds in report.by.items():
        named = group in {"modality", "file_type"}
        for kind, metrics in kinds.items() if named or len(kinds) > 1 else ():
            yield (kind if named else f"{group.replace('_', ' ')}: {kind}"), metrics


def _shown(name: str, value: Estimate) -> str:
    if METRICS[name].unit == "percent":
        return f"{100 * value.value:.1f} [{100 * value.low:.0f}-{100 * value.high:.0f}]"
    return f"{value.value:.3f} [{value.low:.3f}-{value.high:.3f}]"


def _table(
    headers: Iterable[str],
    rows: Iterable[Iterable[str | Text]],
    *,
    left: Collection[int] = (0,),
    no_wrap: bool = False,
) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for place, header in enumerate(headers):
        table.add_column(
            Text(header), justify="left" if place in left else "right", no_wrap=no_wrap
        )
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else worded(cell) for cell in row))
    return table


def print_comparison(comparison: Comparison) -> None:
    """Show what was changed, each metric of both, and the questions that changed sides."""
    out(f"A {comparison.a}   B {comparison.b}")
    alone = f"; {comparison.alone} in one alone are left out" if comparison.alone else ""
    summary = f"{comparison.paired} questions in both{alone}. In brackets: 95 % intervals."
    out(summary, "dim")
    for fact, (ours, theirs) in comparison.settings.items():
        out(f"{fact}: {ours} → {theirs}", "cyan")
    rows: list[Iterable[str | Text]] = [
        _compared(name, found) for name, found in comparison.metrics.items()
    ]
    for name, (a, b) in comparison.confidence.items():
        rows.append((name, METRICS[name].shown(a), METRICS[name].shown(b)))
    table = _table(("metric", "A", "B", "B - A", "p", "B is", "n"), rows, left=(0, 5), no_wrap=True)
    Console(soft_wrap=True, width=max(_TABLE_LETTERS, Console().width)).print(table)
    _print_changes("From wrong to right", comparison.fixed)
    _print_changes("From right to wrong", comparison.broken)


def _compared(name: str, found: Compared) -> tuple[str | Text, ...]:
    metric, difference = METRICS[name], found.difference
    verdict = found.verdict(lower_is_better=metric.lower_is_better)
    change = metric.shown(difference.value, sign=True)
    return (
        name,
        metric.shown(found.a),
        metric.shown(found.b),
        f"{change} [{metric.span(difference.low, difference.high)}]",
        f"{found.p:.3f}",
        Text(verdict, _COLOURS[verdict]),
        str(difference.n),
    )


def _print_changes(title: str, changes: Sequence[ChangedAnswer]) -> None:
    out(f"{title}: {len(changes)}", "bold")
    for change in changes:
        question = " ".join(change.question.split())
        out(f"  {change.id}  {question[:100]}")


BY_KIND: Final = ("right", "page_hit@5", "nugget_recall", "answer_contains", "cited_page")
"""Metrics that the file shows for each kind of question."""


def report_html(report: EvaluationReport) -> str:
    """Return a file that stands alone; what comes from documents and questions is escaped."""
    by_kind = [name for name in BY_KIND if name in report.metrics.get("all", {})]
    return render(
        "evaluation/report.html",
        report=report,
        metrics=METRICS,
        by_kind=by_kind,
        labels=[METRICS[name].label for name in by_kind],
        missed=[record for record in report.records if record.right is False],
        place_of=place_of,
    )
