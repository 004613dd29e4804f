"""Pagelight for programs: open a workspace, read a folder into it, search, ask, read pages.

All that a program needs is in `__all__`; everything else may change without notice.
"""

from ingest.run.progress import FileReport, Progress, Report
from pagelight.workspace import Workspace, open_workspace
from rag.datamodel import (
    Answer,
    BBox,
    Chunk,
    Citation,
    Element,
    Figure,
    Hit,
    Provenance,
    Turn,
)
from rag.errors import (
    EmptiedError,
    IndexMismatchError,
    ModelError,
    PagelightError,
    SettingsError,
    SourceError,
    WorkspaceBusyError,
    WorkspaceError,
)
from rag.index.rows.records import DocumentRecord
from rag.page_text import PageText
from rag.settings import Settings

__all__ = [
    "Answer",
    "BBox",
    "Chunk",
    "Citation",
    "DocumentRecord",
    "Element",
    "EmptiedError",
    "Figure",
    "FileReport",
    "Hit",
    "IndexMismatchError",
    "ModelError",
    "PageText",
    "PagelightError",
    "Progress",
    "Provenance",
    "Report",
    "Settings",
    "SettingsError",
    "SourceError",
    "Turn",
    "Workspace",
    "WorkspaceBusyError",
    "WorkspaceError",
    "open_workspace",
]
