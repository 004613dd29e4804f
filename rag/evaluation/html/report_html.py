"""An evaluation's report as one HTML file: figures, plots, and each wrong answer with its pages.

The file stands alone: style, script, plots and pictures are in it, and it is readable without
the script, which only filters. Knows reports; whoever draws page regions is passed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from rag.errors import PagelightError
from rag.evaluation.html.album import PICTURE_BYTES, Album, Painter, no_pictures
from rag.evaluation.html.beside import beside_passages, has_passages
from rag.evaluation.html.parts import (
    Column,
    difference_cells,
    figure,
    interval,
    page,
    section,
    table,
    text,
)
from rag.evaluation.html.plots import bars, latencies, reliability, risk_coverage
from rag.evaluation.html.records import all_questions, malformed_lines, wrong_answers
from rag.evaluation.html.words import stage_name, words_of
from rag.evaluation.records.report import Ablation, EvaluationReport, Metrics

HEADLINE: Final = ("right", "nugget_recall", "page_hit@5", "cited_page", "unanswerable_refused")
PLOTTED: Final = ("right", "nugget_recall", "page_hit@5", "cited_page")
"""Metrics that are drawn for each kind of question."""

KINDS: Final = {
    "modality": "Kind of question",
    "file_type": "Kind of file",
    "kind": "What is asked for",
    "format": "Form of the answer",
    "kinds": "What the answer stands in",
    "kind_of_document": "Kind of document",
    "corpus": "Corpus",
}
_NOTABLE: Final = ("page_hit@1", "page_hit@5", "right", "answer_contains", "cited_page", "ndcg@10")
"""Metrics that a part of the program is judged by."""


def write_html(report: EvaluationReport, path: Path, *, paint: Painter = no_pictures) -> None:
    """Write the report as HTML. Raises PagelightError if the file can't be written."""
    write_page(report_html(report, paint=paint), path)


def write_page(html: str, path: Path) -> None:
    """Write a whole page. Raises PagelightError if the file can't be written."""
    try:
        path.write_text(html, encoding="utf-8")
    except OSError as error:
        raise PagelightError(f"The report {path} can't be written: {error.strerror}.") from error


def report_html(
    report: EvaluationReport, *, paint: Painter = no_pictures, picture_bytes: int = PICTURE_BYTES
) -> str:
    """Return the whole file; at most `picture_bytes` of it are pictures."""
    album = Album(paint, most_bytes=picture_bytes)
    body = "".join(
        (
            _head(report),
            _tiles(report),
            malformed_lines(report),
            _metrics(report),
            beside_passages(report, KINDS),
            _by_kind(report),
            _curves(report),
            _latency(report),
            _ablations(report),
            _sets(report),
            wrong_answers(report.records, album),
            all_questions(report.records),
            _made_with(report),
        )
    )
    return page(f"Evaluation of {report.questions}", body)


def _head(report: EvaluationReport) -> str:
    count = len(report.records)
    asked = f"{count:,} question{'' if count == 1 else 's'}" if count else "Ranked retrieval"
    when = report.created.replace("T", " ")[:16]
    links = "".join(f'<a href="#{a}">{t}</a>' for a, t in _contents(report))
    return (
        f'<header class="top"><h1>Evaluation of {text(report.questions)}</h1>'
        f"<p>{asked} · profile {text(report.profile)} · {text(when)}</p>"
        f'<nav aria-label="Contents">{links}</nav></header>'
    )


def _contents(report: EvaluationReport) -> list[tuple[str, str]]:
    wrong = sum(record.right is False for record in report.records)
    sections = (
        ("metrics", "Figures", bool(report.metrics)),
        ("passages", "Beside the passages", has_passages(report)),
        ("kinds", "By kind", any(report.by.values())),
        ("trust", "Trust", bool(report.curves.risk_coverage)),
        ("latency", "Time", bool(report.latency)),
        ("ablations", "What each part brings", bool(report.ablations)),
        ("sets", "Collections", bool(report.sets)),
        ("wrong", f"{wrong} wrong", wrong > 0),
        ("questions", "All questions", bool(report.records)),
        ("made", "Settings", True),
    )
    return [(anchor, title) for anchor, title, there in sections if there]


def _tiles(report: EvaluationReport) -> str:
    metrics = report.metrics.get("all", {})
    tiles = [_tile(name, metrics) for name in HEADLINE if name in metrics]
    total = report.latency.get("total")
    if total is not None:
        tiles.append(
            f'<div class="tile"><b>{total.p50:.2f} s</b><span>Half the answers within</span>'
            f"<small>95 % within {total.p95:.2f} s</small></div>"
        )
    return f'<div class="tiles">{"".join(tiles)}</div>' if tiles else ""


def _tile(name: str, metrics: Metrics) -> str:
    value, words = metrics[name], words_of(name)
    span = interval(value.low, value.high, words.unit)
    return (
        f'<div class="tile"><b>{figure(value.value, words.unit)}</b>'
        f"<span>{text(words.label)}</span><small>{span} of {value.n}</small></div>"
    )


def _metrics(report: EvaluationReport) -> str:
    rows = [
        (
            f"{text(words_of(name).label)}<small>{text(words_of(name).meaning)}</small>",
            figure(value.value, words_of(name).unit),
            interval(value.low, value.high, words_of(name).unit),
            f"{value.n:,}",
        )
        for name, value in report.metrics.get("all", {}).items()
    ]
    columns = [
        Column(title="Metric"),
        Column(title="Value", number=True),
        Column(title="95 % interval", number=True),
        Column(title="Questions", number=True),
    ]
    return section(
        "Figures",
        table(columns, rows, kind="metrics") if rows else "",
        anchor="metrics",
        lead="The interval says where the figure would likely lie with other questions of the "
        "same kind: few questions, wide interval.",
    )


def _by_kind(report: EvaluationReport) -> str:
    parts = [_kind_plots(title, report.by.get(kind, {})) for kind, title in KINDS.items()]
    return section(
        "By kind",
        *parts,
        anchor="kinds",
        lead="Bars are values, whiskers 95 % intervals. Where whiskers of two kinds overlap widely,"
        " their difference may be chance; a handful of questions that all went the same way has no "
        "whisker, and proves little.",
    )


def _kind_plots(title: str, groups: Mapping[str, Metrics]) -> str:
    plots = []
    for name in PLOTTED:
        words = words_of(name)
        values = {group: metrics[name] for group, metrics in groups.items() if name in metrics}
        if values:
            plots.append(bars(words.label, values, words))
    if not plots:
        return ""
    drawn = f'<div class="plots">{"".join(plots)}</div>'
    return f"<h3>{text(title)}</h3>{drawn}{_kind_table(groups)}"


def _kind_table(groups: Mapping[str, Metrics]) -> str:
    """Return every metric of every kind, folded away."""
    names = dict.fromkeys(name for metrics in groups.values() for name in metrics)
    columns = [Column(title="Metric"), *(Column(title=group, number=True) for group in groups)]
    rows = [
        (text(words_of(name).label), *(_kind_cell(name, metrics) for metrics in groups.values()))
        for name in names
    ]
    return f"<details><summary>All figures</summary>{table(columns, rows)}</details>"


def _kind_cell(name: str, metrics: Metrics) -> str:
    if name not in metrics:
        return ""
    value, unit = metrics[name], words_of(name).unit
    span = interval(value.low, value.high, unit)
    return f"{figure(value.value, unit)}<small> {span} of {value.n}</small>"


def _curves(report: EvaluationReport) -> str:
    curves, plots = report.curves, []
    if curves.risk_coverage:
        plots.append(risk_coverage("Wrong answers as more is answered", curves.risk_coverage))
    if curves.reliability:
        plots.append(reliability("Is its confidence deserved?", curves.reliability))
    return section(
        "How far to trust it",
        f'<div class="plots">{"".join(plots)}</div>' if plots else "",
        anchor="trust",
        lead="First: with only the most confident questions answered, how many are wrong. Second: "
        "dots under the diagonal are answers that were too sure; large dots are many questions.",
    )


def _latency(report: EvaluationReport) -> str:
    if not report.latency:
        return ""
    rows = [
        (text(stage_name(stage)), f"{q.p50:.3f} s", f"{q.p95:.3f} s", f"{q.n:,}")
        for stage, q in report.latency.items()
    ]
    columns = [
        Column(title="Stage"),
        Column(title="Half within", number=True),
        Column(title="95 % within", number=True),
        Column(title="Questions", number=True),
    ]
    plot = latencies("Seconds: bar to the median, line to 95 %", report.latency)
    both = f'<div class="beside">{plot}{table(columns, rows)}</div>'
    return section("Time", both, anchor="latency")


def _ablations(report: EvaluationReport) -> str:
    rows = [
        row for part, ablation in report.ablations.items() for row in _ablation_rows(part, ablation)
    ]
    columns = [
        Column(title="Run"),
        Column(title="Metric"),
        Column(title="Value", number=True),
        Column(title="Difference", number=True),
        Column(title="95 % interval", number=True),
        Column(title="p", number=True),
        Column(title="Without it"),
    ]
    return section(
        "What each part brings",
        table(columns, rows, kind="ablations") if rows else "",
        anchor="ablations",
        lead="The same questions with one part off, against the whole. “worse” and “better” are"
        " real differences: zero lies outside the interval of the paired bootstrap. “unclear” may"
        " be chance.",
    )


def _ablation_rows(part: str, ablation: Ablation) -> Iterable[tuple[str, ...]]:
    for name in _NOTABLE:
        difference, value = ablation.difference.get(name), ablation.metrics.get(name)
        if difference is None or value is None:
            continue
        words = words_of(name)
        shown = figure(value.value, words.unit)
        yield (
            text(part),
            text(words.label),
            shown,
            *difference_cells(difference, words, n=value.n),
        )


def _sets(report: EvaluationReport) -> str:
    rows = [
        (text(f"{name}, {metric}"), text(channel), f"{value.value:.3f}", span, f"{value.n:,}")
        for name, metrics in report.sets.items()
        for metric, channels in metrics.items()
        for channel, value in channels.items()
        for span in (interval(value.low, value.high, "number"),)
    ]
    columns = [
        Column(title="Collection, metric"),
        Column(title="Search"),
        Column(title="Value", number=True),
        Column(title="95 % interval", number=True),
        Column(title="Queries", number=True),
    ]
    return section("Collections", table(columns, rows) if rows else "", anchor="sets")


def _made_with(report: EvaluationReport) -> str:
    facts: dict[str, object] = {
        "Questions": report.questions,
        "Made": report.created,
        "Profile": report.profile,
        "Seed": report.seed,
        **{f"Model: {part}": model for part, model in report.models.items()},
        **{f"Setting: {setting}": value for setting, value in report.settings.items()},
    }
    rows = [(text(fact), text(str(value))) for fact, value in facts.items()]
    columns = [Column(title="What"), Column(title="Value")]
    return section("Settings", table(columns, rows, kind="facts"), anchor="made")
