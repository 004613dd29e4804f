"""What a file is read with: others that it refers to, and the subtitles beside a recording.

`talk.srt` and `talk.en.vtt` lie beside `talk.mp4`. Knows sources alone. What people may see is told
by collection, so none reads out of another.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePath, PurePosixPath
from typing import Final

from ingest.discovery.discover import RECORDED, is_left_out, is_recording
from ingest.discovery.formats import SUBTITLES
from rag.datamodel import ROOT_COLLECTION

_LANGUAGE: Final = re.compile(r"\.[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
"""As RFC 5646 has it: "en", "pt-BR"."""


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


def sidecars(recording: str, names: Iterable[str]) -> list[str]:
    """Return those of `names` that hold its subtitles, one without a language first."""
    stem = PurePath(recording).stem
    kept = names if is_recording(recording) else ()
    found = [name for name in kept if _is_sidecar(PurePath(name), stem)]
    return sorted(found, key=lambda name: (PurePath(name).stem != stem, name))


def recordings(sidecar: str, names: Iterable[str]) -> list[str]:
    """Return those of `names` that are recordings whose subtitles these are, sorted."""
    return sorted(
        name
        for name in names
        if is_recording(name) and _is_sidecar(PurePath(sidecar), PurePath(name).stem)
    )


def read_together(changed: Iterable[str], there: Iterable[str]) -> set[str]:
    """Return the sources that are to be read again because of `changed` ones in their folder.

    A recording is told by the subtitles beside it, and subtitles are told by themselves where
    there is no recording; `there` are the sources of the folder now.
    """
    moved = _media_paths(changed)
    folders = {path.parent for path in moved}
    names: defaultdict[PurePosixPath, list[str]] = defaultdict(list)
    for path in _media_paths(there if folders else ()):
        if path.parent in folders:
            names[path.parent].append(path.name)
    return {
        str(path.parent / name)
        for path in moved
        for find in (sidecars, recordings)
        for name in find(path.name, names[path.parent])
    }


def _media_paths(sources: Iterable[str]) -> list[PurePosixPath]:
    """Return the recordings and subtitles: of a million notes no path is made."""
    media = (each for each in sources if each.lower().endswith((*RECORDED, *SUBTITLES.suffixes)))
    return [path for path in map(PurePosixPath, media) if path.suffix]


def _is_sidecar(path: PurePath, stem: str) -> bool:
    if path.suffix.lower() not in SUBTITLES.suffixes or not path.stem.startswith(stem):
        return False
    rest = path.stem.removeprefix(stem)
    return not rest or _LANGUAGE.fullmatch(rest) is not None
