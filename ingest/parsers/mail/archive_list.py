"""Archives and mailboxes as documents of their own: the list of what they hold.

What lies in them is read as files of their own (`ingest.pipeline.expand`); here it is only
named.
"""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Final

from ingest.archives.containers import entries, is_junk, shown_name
from ingest.discovery.formats import MBOX
from ingest.parsers.base.elements import document_of, heading, list_element
from rag.datamodel import Document, Element, SourceFile
from rag.protocols import Assets
from rag.settings import Settings

NAMES_LISTED: Final = 500
"""More names say nothing more; each file is found by its own."""


def parse_archive_list(file: SourceFile, assets: Assets, *, settings: Settings) -> Document:
    """Names the members; opens none."""
    max_bytes = settings.archive_mb * 1_000_000
    held = entries(file, spool=Path(tempfile.gettempdir()), max_bytes=max_bytes)
    shown = (shown_name(entry.name) for entry in held)
    names = islice((name for name in shown if name and not is_junk(name)), settings.archive_members)
    return document_of(file, _elements(file, list(names)))


def _elements(file: SourceFile, names: list[str]) -> list[Element]:
    kind = "mails" if file.media_type == MBOX.media_type else "files"
    title = f"{PurePosixPath(file.source).name} holds {len(names)} {kind}"
    listed = [(0, f"- {name}") for name in names[:NAMES_LISTED]]
    return [*heading(title, 1), *list_element(listed)]
