"""An evaluation at a terminal: how far it is, then its figures. Prints; decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pagelight.cli.display import worded
from rag.evaluation.measures.passages import BESIDE
from rag.evaluation.records.report import (
    Ablation,
    Difference,
    Estimate,
    EvaluationReport,
    Metrics,
    Quantiles,
    ReadingRooms,
)

_COLUMNS: Final = {
    "page_hit@1": "page @1",
    "page_hit@5": "@5",
    "page_hit@20": "@20",
    "answer_contains": "answered rightly",
    "cited_page": "right page cited",
    "right": "right, refusals too",
}
"""What stands in the table of kinds; the other metrics of all questions come below it."""

_COMPARED: Final = ("page_hit@1", "page_hit@5", "ndcg@10", "answer_contains", "right")
_OF_KINDS: Final = "page_hit@5"
_STAGES: Final = ("first_text", "total")
_LIKELY: Final = 0.05
_NOT_SHARES: Final = frozenset({"aurc", "ece", "ece_by_chance"})


def print_evaluation(report: EvaluationReport) -> None:
    """Show lines that could not be used, then every figure that the questions allow."""
    console = Console(soft_wrap=True)
    for error in report.errors:
        console.print(worded(f"line {error.line}: {error.reason}", "yellow"))
    if report.metrics:
        _print_questions(console, report)
    for name, metrics in report.sets.items():
        console.print(_set_table(name, metrics))
    if report.context is not None:
        _print_rooms(console, report.context)


def _print_rooms(console: Console, context: ReadingRooms) -> None:
    """Show how often the evidence is in a prompt, by its tokens and its pictures."""
    pictures = list(dict.fromkeys(room.pictures for room in context.rooms))
    shares = {(room.tokens, room.pictures): room.share for room in context.rooms}
    rows = [
        [f"{tokens:,}", *(_with_interval(shares[tokens, count]) for count in pictures)]
        for tokens in dict.fromkeys(room.tokens for room in context.rooms)
    ]
    asked = max((room.share.n for room in context.rooms), default=0)
    console.print(Text(f"{asked} questions: evidence in what a model reads, %, in one pass."))
    console.print(_table(["tokens", *(f"{count} pictures" for count in pictures)], rows))
    if context.lacking:
        console.print(Text(f"Lacking in the default room: {', '.join(context.lacking)}"))


def _print_questions(console: Console, report: EvaluationReport) -> None:
    whole = report.metrics["all"]
    title = f"{len(report.records)} questions of {report.questions}, profile {report.profile}"
    console.print(Text(f"{title}. In brackets: 95 % intervals."))
    console.print(_kinds_table(report, whole))
    for answer, passages in BESIDE.items():
        if answer in whole:
            console.print(_passages_table(report, (answer, *passages)))
    shown = {*_COLUMNS, *BESIDE, *(name for names in BESIDE.values() for name in names)}
    others = {name: value for name, value in whole.items() if name not in shown}
    if others:
        console.print(_table(["metric", "all questions", "n"], _other_rows(others)))
    if report.latency:
        console.print(_table(["seconds", "p50", "p95", "n"], _latency_rows(report.latency)))
    if report.ablations:
        console.print(_ablation_table(report.ablations))
        if report.by.get("modality"):
            console.print(_ablation_by_kind(report.ablations))
        console.print(Text("* The difference is real (paired bootstrap, p < 0.05)."))


def _kinds_table(report: EvaluationReport, whole: Metrics) -> Table:
    names = [name for name in _COLUMNS if name in whole]
    rows = [
        [kind, str(_count(metrics)), *(_with_interval(metrics.get(name)) for name in names)]
        for kind, metrics in _groups(report)
    ]
    return _table(["", "n", *(_COLUMNS[name] for name in names)], rows)


def _groups(report: EvaluationReport) -> Iterable[tuple[str, Metrics]]:
    """Yield all questions, then each kind; kinds of a label under the label's name."""
    yield "all", report.metrics["all"]
    for group, kinds in report.by.items():
        named = group in {"modality", "file_type"}
        for kind, metrics in kinds.items() if named or len(kinds) > 1 else ():
            yield (kind if named else f"{group.replace('_', ' ')}: {kind}"), metrics


def _passages_table(report: EvaluationReport, names: Sequence[str]) -> Table:
    """Show what answers hold beside what the passages under them hold by themselves."""
    rows = [
        [kind, str(metrics[names[0]].n), *(_with_interval(metrics.get(name)) for name in names)]
        for kind, metrics in _groups(report)
        if names[0] in metrics
    ]
    return _table([names[0], "n", "answer", "first passage", "first hits"], rows)


def _count(metrics: Metrics) -> int:
    return max((value.n for value in metrics.values()), default=0)


def _other_rows(metrics: Metrics) -> Iterable[list[str]]:
    for name, value in metrics.items():
        shown = _plain(value) if name in _NOT_SHARES else _with_interval(value)
        yield [name, shown, str(value.n)]


def _latency_rows(latency: Mapping[str, Quantiles]) -> Iterable[list[str]]:
    for stage in _STAGES:
        if stage in latency:
            times = latency[stage]
            yield [stage, f"{times.p50:.3f}", f"{times.p95:.3f}", str(times.n)]


def _ablation_table(ablations: Mapping[str, Ablation]) -> Table:
    first = next(iter(ablations.values()))
    names = [name for name in _COMPARED if name in first.difference]
    rows = [
        [part, *(_changed(ablation.difference.get(name)) for name in names)]
        for part, ablation in ablations.items()
    ]
    return _table(["difference in %", *names], rows)


def _ablation_by_kind(ablations: Mapping[str, Ablation]) -> Table:
    """Show what each part brings to each kind of question."""
    parts = {part: ablation.by.get("modality", {}) for part, ablation in ablations.items()}
    kinds = sorted({kind for by in parts.values() for kind in by})
    rows = [
        [part, *(_changed(by.get(kind, {}).get(_OF_KINDS)) for kind in kinds)]
        for part, by in parts.items()
    ]
    return _table([f"{_OF_KINDS} by kind", *kinds], rows)


def _set_table(name: str, metrics: Mapping[str, Mapping[str, Estimate]]) -> Table:
    channels = list(dict.fromkeys(channel for by in metrics.values() for channel in by))
    rows = [
        [metric, *(_plain(by[channel]) if channel in by else "" for channel in channels)]
        for metric, by in metrics.items()
    ]
    n = next(iter(next(iter(metrics.values())).values())).n
    return _table([f"{name} ({n} queries)", *channels], rows)


def _table(headers: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    table = Table(box=None, header_style="dim", pad_edge=False)
    for place, header in enumerate(headers):
        table.add_column(Text(header), justify="right" if place else "left")
    for row in rows:
        table.add_row(*(worded(cell) for cell in row))
    return table


def _with_interval(value: Estimate | None) -> str:
    if value is None:
        return ""
    return f"{100 * value.value:.1f} [{100 * value.low:.0f}-{100 * value.high:.0f}]"


def _plain(value: Estimate) -> str:
    return f"{value.value:.3f} [{value.low:.3f}-{value.high:.3f}]"


def _changed(difference: Difference | None) -> str:
    if difference is None:
        return ""
    return f"{100 * difference.value:+.1f}{'*' if difference.p < _LIKELY else ' '}"
