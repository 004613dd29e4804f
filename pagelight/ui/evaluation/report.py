"""An evaluation's report as HTML, its page regions drawn from the workspace that it was made of."""

from __future__ import annotations

from pathlib import Path

from ingest.sandbox.drawing import DrawingProcess
from pagelight.services.session.assemble import assemble
from pagelight.ui.evaluation.pages import RegionPainter
from rag.evaluation.html.report_html import write_html
from rag.evaluation.records.report import EvaluationReport
from rag.settings import Settings
from rag.storage.workspace.store import WorkspaceIndex


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
