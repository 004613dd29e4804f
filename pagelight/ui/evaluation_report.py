"""An evaluation's report as one HTML file that stands alone."""

from __future__ import annotations

from typing import Final

from pagelight.ui.templating import render
from rag.evaluation.metrics import METRICS
from rag.evaluation.report import EvaluationReport, place_of

BY_KIND: Final = ("right", "page_hit@5", "nugget_recall", "answer_contains", "cited_page")
"""Metrics that are shown for each kind of question."""


def report_html(report: EvaluationReport) -> str:
    """Return the whole file; whatever comes from documents and questions is escaped."""
    by_kind = [name for name in BY_KIND if name in report.metrics.get("all", {})]
    return render(
        "evaluation/report.html",
        report=report,
        metrics=METRICS,
        by_kind=by_kind,
        labels=[METRICS[name].label for name in by_kind],
        wrong=[record for record in report.records if record.right is False],
        place_of=place_of,
    )
