"""`pagelight doctor`: is the workspace whole, and mending it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from ingest.chunking.chunker import CHUNKER_VERSION
from rag.engine.build import build_engine
from rag.engine.engine import Engine
from rag.errors import WorkspaceError
from rag.progress import UNTOLD, Gauge
from rag.settings import Settings


def check_up(settings: Settings, *, repair: bool, gauge: Gauge = UNTOLD) -> dict[str, Any]:
    """Return {"healthy", "summary", "findings", "repaired", "models"}; with `repair`, of the rest.

    `gauge` is told how far repair and check are; what it raises ends them.

    Raises WorkspaceError where there is no workspace, or it can't be opened.
    """
    if not settings.workspace.is_dir():
        raise WorkspaceError(
            f"There is no workspace at {settings.workspace}.",
            hint="Make one with: pagelight ingest FOLDER",
        )
    with build_engine(settings, chunker_version=CHUNKER_VERSION) as engine:
        repaired = engine.repair(gauge) if repair else 0
        findings = engine.check(gauge)
        return {
            "healthy": not findings,
            "summary": _summary(engine, healthy=not findings),
            "findings": [asdict(finding) for finding in findings],
            "repaired": repaired,
            "models": engine.models,
        }


def _summary(engine: Engine, *, healthy: bool) -> str:
    records = engine.index.documents()
    ready = sum(record.state == "ready" for record in records)
    state = "All is well" if healthy else "Something is wrong; try: pagelight doctor --repair"
    counts = f"{ready} documents, {len(records) - ready} files that could not be read"
    outdated = len(engine.index.outdated())
    later = f" The next ingest reads {outdated} anew, for this version." if outdated else ""
    return f"{state}: {counts}.{later}"
