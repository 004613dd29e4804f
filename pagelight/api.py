"""Pagelight for programs: open a workspace, read a folder into it, search, ask, read pages.

What `pagelight` offers to programs; everything else may change without notice.
"""

from ingest.pipeline.progress import FileReport, Report
from ingest.pipeline.progress import IngestProgress as Progress
from pagelight.services.answering.asking import PageText
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
from rag.settings import Settings
from rag.storage.documents.records import DocumentRecord

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
