"""An evaluation's report as HTML, its page regions drawn from the workspace that it was made of."""

from __future__ import annotations

from pathlib import Path

from ingest.isolation.drawing import DrawingProcess
from rag.evaluate.html.report_html import write_html
from rag.evaluate.records.report import EvaluationReport
from rag.index.workspace.store import WorkspaceIndex
from rag.settings import Settings
from service.session.assemble import assemble
from ui.evaluation.pages import RegionPainter


def write_illustrated_html(settings: Settings, report: EvaluationReport, path: Path) -> None:
    """Write the report with a picture of each page region that it shows; loads no model.

    Raises PagelightError if the file can't be written or the workspace can't be opened.
    """
    if all(record.right is not False for record in report.records):
        write_html(report, path)  # nothing to illustrate
        return
    parts = assemble(settings)
    try:
        write_html(report, path, paint=_painter(parts.engine.index, parts.drawing))
    finally:
        parts.close()


def _painter(index: WorkspaceIndex, drawing: DrawingProcess) -> RegionPainter:
    return RegionPainter(
        index,
        pixels_of=index.assets.pixels,
        renderer=drawing,
        renders=index.workspace / "renders",
    )
