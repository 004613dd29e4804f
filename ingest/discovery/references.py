"""What a file may refer to: names of other files, and the collections that they stay within.

Knows sources alone. What people may see is told by collection, so none reads out of another.
"""

from __future__ import annotations

import posixpath

from ingest.discovery.discover import is_left_out
from rag.datamodel import ROOT_COLLECTION


def referred(source: str, name: str, *, within_collection: bool = False) -> str | None:
    """Return the source that `source` means by `name`, relative to its folder.

    None for what lies beyond the root (or the collection), and for what `scan` leaves out.
    """
    if name.startswith("/") or "\0" in name:
        return None
    path = posixpath.normpath(posixpath.join(posixpath.dirname(source), name))
    if any(part == ".." or is_left_out(part) for part in path.split("/")):
        return None
    is_within = not within_collection or collection_of(path) == collection_of(source)
    return path if is_within else None


def collection_of(source: str) -> str:
    """Return the collection of a file of the folder: its top-level folder, or `.` beside these."""
    top, slash, _ = source.partition("/")
    return top if slash else ROOT_COLLECTION


def area_of(source: str, *, is_extra: bool, kept_apart: bool) -> str:
    """Name the files that this one may refer to: those of the same area.

    A folder that is watched beside the own one is one. Where people see different collections
    (`kept_apart`), so is each of these; else the own folder is one.
    """
    return collection_of(source) if is_extra or kept_apart else ""
