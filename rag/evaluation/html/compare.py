"""A comparison of two reports as one HTML file that stands alone. Knows comparisons."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rag.evaluation.html.parts import (
    Column,
    difference_cells,
    figure,
    name,
    page,
    section,
    table,
    text,
)
from rag.evaluation.html.plots import differences
from rag.evaluation.html.report_html import write_page
from rag.evaluation.html.words import words_of
from rag.evaluation.measures.compare import ChangedAnswer, Compared, Comparison, Side

_SHOWN_LETTERS = 400


def write_comparison_html(comparison: Comparison, path: Path) -> None:
    """Write the comparison as HTML. Raises PagelightError if the file can't be written."""
    write_page(comparison_html(comparison), path)


def comparison_html(comparison: Comparison) -> str:
    a, b = comparison.a.name, comparison.b.name
    title = f"{a} and {b} compared"
    body = "".join(
        (
            _head(comparison),
            _settings(comparison),
            _metrics(comparison),
            _changes("From wrong to right", comparison.fixed, (a, b), anchor="fixed"),
            _changes("From right to wrong", comparison.broken, (a, b), anchor="broken"),
        )
    )
    return page(title, body)


def _head(comparison: Comparison) -> str:
    sides = "".join(
        f"<p><b>{letter}</b> {_side(side)}</p>"
        for letter, side in (("A", comparison.a), ("B", comparison.b))
    )
    paired = comparison.paired
    noun = "question is" if paired == 1 else "questions are"
    return (
        f'<header class="top"><h1>Two evaluations compared</h1>{sides}'
        f"<p>{paired:,} {noun} common to both; only these are compared. "
        f"{len(comparison.fixed)} went from wrong to right, {len(comparison.broken)} from right to "
        f"wrong. Seed {comparison.seed}.</p></header>"
    )


def _side(side: Side) -> str:
    alone = f", {side.alone:,} of them not in the other" if side.alone else ""
    when = side.created.replace("T", " ")[:16]
    return (
        f"{name(side.name)} · {text(when)} · profile {text(side.profile)} · "
        f"{side.questions:,} questions{alone}"
    )


def _settings(comparison: Comparison) -> str:
    rows = [(text(fact), text(a), text(b)) for fact, (a, b) in comparison.settings.items()]
    columns = [Column(title="What differs"), Column(title="A"), Column(title="B")]
    told = (
        table(columns, rows) if rows else '<p class="remark">No setting and no model differs.</p>'
    )
    return section("What was changed", told, anchor="settings")


def _metrics(comparison: Comparison) -> str:
    columns = [
        Column(title="Metric"),
        Column(title="A", number=True),
        Column(title="B", number=True),
        Column(title="B − A", number=True),
        Column(title="95 % interval", number=True),
        Column(title="p", number=True),
        Column(title="B is"),
        Column(title="Questions", number=True),
    ]
    rows = [_metric_row(metric, found) for metric, found in comparison.metrics.items()]
    shares = {
        words_of(metric).label: found.difference
        for metric, found in comparison.metrics.items()
        if words_of(metric).unit == "percent"
    }
    plot = differences("B − A in percentage points", shares) if shares else ""
    return section(
        "Figures",
        f'<div class="plots one">{plot}</div>',
        table(columns, rows) if rows else "",
        anchor="metrics",
        lead="The interval is that of the paired bootstrap: the same questions, asked twice. Where "
        "it leaves zero out, the difference is called better or worse; otherwise it may be chance. "
        "Of twenty metrics, one can look real by chance alone.",
    )


def _metric_row(metric: str, found: Compared) -> tuple[str, ...]:
    words = words_of(metric)
    return (
        f"{text(words.label)}<small>{text(words.meaning)}</small>",
        figure(found.a.value, words.unit),
        figure(found.b.value, words.unit),
        *difference_cells(found.difference, words, n=found.a.n),
        f"{found.a.n:,}",
    )


def _changes(
    title: str, changes: Sequence[ChangedAnswer], names: tuple[str, str], *, anchor: str
) -> str:
    cards = "".join(_card(change, names) for change in changes)
    return section(f"{title}: {len(changes)}", cards, anchor=anchor)


def _card(change: ChangedAnswer, names: tuple[str, str]) -> str:
    expected = ", ".join(change.expected) or "no answer: the documents do not say"
    answers = "".join(
        f'<div><dt>{letter} {name(side)}</dt><dd class="got">{text(_short(answer))}</dd>'
        f'<dd class="why">{text(why)}</dd></div>'
        for letter, side, answer, why in (
            ("A", names[0], change.a_answer, change.a_why),
            ("B", names[1], change.b_answer, change.b_why),
        )
    )
    return (
        f'<article class="wrong"><header><span class="id">{text(change.id)}</span></header>'
        f'<h3>{text(change.question)}</h3><p class="searched">Expected: {text(expected)}</p>'
        f'<dl class="two">{answers}</dl></article>'
    )


def _short(answer: str) -> str:
    flat = " ".join(answer.split())
    return flat if len(flat) <= _SHOWN_LETTERS else flat[:_SHOWN_LETTERS].rstrip() + " …"
