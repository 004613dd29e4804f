"""`pagelight doctor`, `backup` and `restore`: is the workspace whole, mending it, copies of it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.sandbox.confinement import confinement
from rag.errors import PagelightError
from rag.pipeline.engine.build import build_engine
from rag.pipeline.engine.engine import Engine
from rag.progress import NO_PROGRESS, Progress
from rag.settings import Settings
from rag.storage.backups import backup
from rag.storage.backups.salvage import Salvaged, salvage
from rag.storage.files.folder import require_made


def check_up(
    settings: Settings, *, repair: bool, progress: Progress = NO_PROGRESS
) -> dict[str, Any]:
    """Return {"healthy", "summary", "findings", "repaired", "salvaged", "models", "reading"}.

    With `repair` of what is left then. "salvaged" says what was kept of damaged files, "" where
    it was whole, "reading" how those who open files are shut in. `progress` is told how far repair
    and check are; what it raises ends them.

    Raises WorkspaceError where there is no workspace, or it can't be opened.
    """
    require_made(settings.workspace)
    salvaged = salvage(settings.workspace) if repair else None
    with build_engine(settings, chunker_version=CHUNKER_VERSION) as engine:
        repaired = engine.repair(progress) if repair else 0
        findings = engine.check(progress)
        return {
            "healthy": not findings,
            "summary": _summary(engine, healthy=not findings),
            "findings": [asdict(finding) for finding in findings],
            "repaired": repaired,
            "salvaged": _salvage_text(salvaged) if salvaged else "",
            "models": engine.models,
            "reading": str(confinement()),
        }


def back_up(settings: Settings, file: Path) -> None:
    """Copy the documents and what people wrote into a file.

    Raises PagelightError where a database keeps what people wrote, and as `backup.back_up`.
    """
    _refuse_shared(settings, "pg_dump --format=custom --schema=pagelight --file=FILE")
    backup.back_up(settings.workspace, file)


def restore(settings: Settings, file: Path, *, progress: Progress = NO_PROGRESS) -> dict[str, Any]:
    """Put back what a file holds, and make the rest again; return as `check_up`.

    Raises as `back_up`.
    """
    _refuse_shared(settings, "pg_restore --clean --dbname=DATABASE FILE")
    backup.restore(file, settings.workspace)
    return check_up(settings, repair=True, progress=progress)


def _refuse_shared(settings: Settings, command: str) -> None:
    if settings.database_url:
        raise PagelightError(
            "RAG_DATABASE_URL names a PostgreSQL, which keeps what people wrote and what all"
            " machines share: its own tools copy it and put it back.",
            hint=f"Run: {command}",
        )


def _salvage_text(salvaged: Salvaged) -> str:
    index = "" if salvaged.index_whole else "The index was damaged: read the documents again. "
    users = "All that people wrote could be read."
    if salvaged.copy is not None:
        name = salvaged.copy.name
        users = f"Of what people wrote, what could not be read was taken from {name}."
    elif not salvaged.users_whole:
        users = "Of what people wrote there was no copy: only what could be read is kept."
    return f"{index}{users} What was damaged is kept beside it, as *.before.sqlite."


def _summary(engine: Engine, *, healthy: bool) -> str:
    records = engine.index.documents()
    ready = sum(record.state == "ready" for record in records)
    state = "All is well" if healthy else "Something is wrong; try: pagelight doctor --repair"
    counts = f"{ready} documents, {len(records) - ready} files that could not be read"
    outdated = len(engine.index.outdated())
    later = f" The next ingest reads {outdated} anew, for this version." if outdated else ""
    return f"{state}: {counts}.{later}"
