"""`pagelight ingest --watch`: reads a folder, and again after each change, until Ctrl+C.

The workspace is held only while something is read: between two runs a chat, `ask` or `doctor` may
have it. Where a chat has it open, the chat does the reading.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from ingest.pipeline.progress import OnProgress
from ingest.pipeline.watch import FolderWatch
from ingest.remote.address import folder_at
from ingest.remote.remote_disk import RemoteDisk
from pagelight.services.session.session import open_session
from rag.errors import PagelightError
from rag.settings import Settings

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
    on_report(_run(settings, folder, on_progress, remove_all=remove_all))
    tell(f"Watching {folder} ({watched.file_count} files). Ctrl+C ends it.")
    for _ in watched.changes():
        on_report(_run_at_last(settings, folder, on_progress, tell))


def _run(
    settings: Settings, folder: str | Path, on_progress: OnProgress, *, remove_all: bool = False
) -> Mapping[str, Any]:
    with open_session(settings) as session:
        return session.ingest(folder, on_progress=on_progress, remove_all=remove_all)


def _run_at_last(
    settings: Settings, folder: str | Path, on_progress: OnProgress, tell: Tell
) -> Mapping[str, Any]:
    """Run, again and again until it can be done; each new reason against it is told once."""
    last = ""
    tries = 0
    while True:
        try:
            return _run(settings, folder, on_progress)
        except PagelightError as error:
            if str(error) != last:
                tell(f"{error} Trying again.")
            last = str(error)
            time.sleep(RETRIES_S[min(tries, len(RETRIES_S) - 1)])
            tries += 1


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
