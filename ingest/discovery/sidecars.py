"""Subtitles that lie beside a recording: `talk.srt` and `talk.en.vtt` beside `talk.mp4`.

Knows names alone.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import PurePath, PurePosixPath
from typing import Final

from ingest.discovery.formats import FAMILIES, SUBTITLES

_RECORDED: Final = frozenset(suffix for each in FAMILIES["recordings"] for suffix in each.suffixes)
_TOGETHER: Final = _RECORDED.union(SUBTITLES.suffixes)
_LANGUAGE: Final = re.compile(r"\.[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}")
"""As RFC 5646 has it: "en", "pt-BR"."""


def is_recording(name: str) -> bool:
    """Say whether a file is named as a recording."""
    return PurePath(name).suffix.lower() in _RECORDED


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


def companions(changed: Iterable[str], there: Iterable[str]) -> set[str]:
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
    ends = tuple(_TOGETHER)
    paths = (PurePosixPath(each) for each in sources if each.lower().endswith(ends))
    return [path for path in paths if path.suffix]


def _is_sidecar(path: PurePath, stem: str) -> bool:
    if path.suffix.lower() not in SUBTITLES.suffixes or not path.stem.startswith(stem):
        return False
    rest = path.stem.removeprefix(stem)
    return not rest or _LANGUAGE.fullmatch(rest) is not None
