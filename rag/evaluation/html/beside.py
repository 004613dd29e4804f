"""The section of a report that sets answers beside the passages that were found for them.

Knows figures; knows no answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rag.evaluation.html.parts import Column, figure, interval, section, table, text
from rag.evaluation.html.words import words_of
from rag.evaluation.measures.passages import BESIDE
from rag.evaluation.records.report import EvaluationReport, Metrics


def has_passages(report: EvaluationReport) -> bool:
    """Tell whether passages were measured beside the answers."""
    return any(name in report.metrics.get("all", {}) for name in BESIDE)


def beside_passages(report: EvaluationReport, groups: Mapping[str, str]) -> str:
    """Return a table for each metric; `groups` are the kinds of question to tell, with titles."""
    whole = report.metrics.get("all", {})
    tables = [
        f"<h3>{text(words_of(name).label)}</h3>{_table((name, *others), report, groups)}"
        for name, others in BESIDE.items()
        if name in whole
    ]
    return section(
        "Beside the passages",
        *tables,
        anchor="passages",
        lead="What the answer holds, and what the passages that were found hold by themselves,"
        " cut at as many words: the text of the first hit alone, and the hits run together. An"
        " answer that holds less than its first passage would better be that passage.",
    )


def _table(names: Sequence[str], report: EvaluationReport, groups: Mapping[str, str]) -> str:
    columns = [Column(title=title, number=True) for title in ("Answer", "Passage", "Hits")]
    rows = [_row("All", report.metrics["all"], names)]
    for group, title in groups.items():
        for kind, metrics in report.by.get(group, {}).items():
            if names[0] in metrics:
                rows.append(_row(f"{title}: {kind}", metrics, names))
    return table([Column(title="Questions"), *columns, Column(title="Number", number=True)], rows)


def _row(kind: str, metrics: Metrics, names: Sequence[str]) -> tuple[str, ...]:
    cells = (_cell(name, metrics) for name in names)
    return (text(kind), *cells, f"{metrics[names[0]].n:,}")


def _cell(name: str, metrics: Metrics) -> str:
    if name not in metrics:
        return ""
    value, unit = metrics[name], words_of(name).unit
    return f"{figure(value.value, unit)}<small> {interval(value.low, value.high, unit)}</small>"
