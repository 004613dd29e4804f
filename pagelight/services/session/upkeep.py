"""What commands do for a workspace: read on as its folder changes; check, mend, copy, put back.

While a folder is watched (`pagelight ingest --watch`) the workspace is held only while something is
read: between two runs a chat, `ask` or `doctor` may have it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict
from itertools import chain, repeat
from pathlib import Path
from typing import Any, Final

from ingest.chunking.chunker import CHUNKER_VERSION
from ingest.pipeline.progress import OnProgress
from ingest.pipeline.watch import FolderWatch
from ingest.remote.address import folder_at
from ingest.remote.remote_disk import RemoteDisk
from ingest.sandbox.confinement import confinement
from pagelight.services.session.session import open_session
from rag.errors import PagelightError
from rag.pipeline.engine.build import build_engine
from rag.pipeline.engine.engine import Engine
from rag.progress import NO_PROGRESS, Progress
from rag.settings import Settings
from rag.storage.backups import backup
from rag.storage.backups.salvage import Salvaged, salvage
from rag.storage.files.folder import require_made

RETRIES_S: Final = (5.0, 10.0, 30.0)
"""Waits between tries where the workspace is in use or the disk is full; the last one repeats."""

Tell = Callable[[str], None]
"""Takes a line for the person."""


def watch(
    settings: Settings,
    folder: str | Path,
    *,
    tell: Tell,
    on_report: Callable[[Mapping[str, Any]], None],
    on_progress: OnProgress,
    remove_all: bool = False,
) -> None:
    """Read `folder` and stay. `on_report` is given what each run did. Ends by Ctrl+C only.

    Raises PagelightError if the first run can't be done; later ones are tried again. Only in the
    first one may every document leave the index (`remove_all`): later a drive may go away.
    """
    root = folder_at(folder, settings.workspace)
    watched = FolderWatch(
        root, on_gone=tell, disk=RemoteDisk(settings.workspace, max_mb=settings.fetched_mb)
    )

    def run(*, remove_all: bool = False) -> Mapping[str, Any]:
        with open_session(settings) as session:
            return session.ingest(folder, on_progress=on_progress, remove_all=remove_all)

    def run_at_last() -> Mapping[str, Any]:
        last = ""
        for wait_s in chain(RETRIES_S, repeat(RETRIES_S[-1])):
            try:
                return run()
            except PagelightError as error:
                if str(error) != last:
                    tell(f"{error} Trying again.")
                last = str(error)
            time.sleep(wait_s)
        raise AssertionError  # the last wait repeats

    on_report(run(remove_all=remove_all))
    tell(f"Watching {folder} ({watched.file_count} files). Ctrl+C ends it.")
    for _ in watched.changes():
        on_report(run_at_last())


class News:
    """What is new in each report, as lines; a file that failed before is told once."""

    def __init__(self) -> None:
        self._failed: set[tuple[str, str]] = set()

    def lines(self, report: Mapping[str, Any]) -> list[str]:
        """Return a line for each file that failed anew, then one about all."""
        failed = {(f["source"], f["reason"]) for f in report["files"] if f["state"] == "failed"}
        fresh, self._failed = sorted(failed - self._failed), failed
        totals = report["totals"]
        counts = {"read": totals["ready"], "removed": totals["removed"], "failed": len(fresh)}
        said = [f"{count} {name}" for name, count in counts.items() if count]
        return [
            *(f"failed  {source}: {reason}" for source, reason in fresh),
            *report["notes"],
            f"{', '.join(said) or 'Nothing new'} ({totals['seconds']:.1f} s)",
        ]


def check_up(
    settings: Settings, *, repair: bool, progress: Progress = NO_PROGRESS
) -> dict[str, Any]:
    """Return {"healthy", "summary", "findings", "repaired", "salvaged", "models", "reading"}.

    "salvaged" says what was kept of damaged files, "reading" how those who open files are shut in.
    Raises WorkspaceError for a workspace that can't be opened, and what `progress` raises.
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
    """Copy documents and what people wrote into a file. Raises PagelightError."""
    _refuse_shared(settings, "pg_dump --format=custom --schema=pagelight --file=FILE")
    backup.back_up(settings.workspace, file)


def restore(settings: Settings, file: Path, *, progress: Progress = NO_PROGRESS) -> dict[str, Any]:
    """Put back what a file holds, and make the rest again; return as `check_up`."""
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
