"""What names and paths say of collections: whose a source is, what a new one may be called.

Knows paths; knows no index and changes nothing.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from ingest.discovery.discover import is_left_out
from ingest.remote.address import room_of, shown
from rag.datamodel import ROOT_COLLECTION
from rag.errors import PagelightError
from rag.storage.files.folder import LEDGER_NAME

NAME_BYTES: Final = 200


def usable_name(name: str) -> str:
    """Return the name of a file or folder as it is stored. Raises PagelightError."""
    bare = unicodedata.normalize("NFC", name).strip()
    bad = any(letter in "/\\" or unicodedata.category(letter) in {"Cc", "Cs"} for letter in bare)
    if not bare.strip(".") or bad or len(bare.encode("utf-8", "replace")) > NAME_BYTES:
        raise PagelightError("This is no name for a file.", hint="Rename it.")
    if bare.startswith((".", "~$")):
        raise PagelightError("Hidden files are not read: {name}.", hint="Rename it.", name=bare)
    if bare.lower() == LEDGER_NAME:  # beside a stamp it would hide the folder that it lies in
        raise PagelightError("{name} would not be read.", hint="Take another name.", name=bare)
    return bare


def folders_at(own: Path) -> list[Path]:
    try:
        return [path for path in own.iterdir() if path.is_dir() and not is_left_out(path.name)]
    except OSError:
        return []


def collection_of(source: str, files: set[str]) -> str:
    """Return the collection of a source; what lies in one of the `files` at the top is beside."""
    top, slash, _ = source.partition("/")
    return top if slash and top not in files else ROOT_COLLECTION


def lies_in_one(source: str, files: set[str]) -> bool:
    """Tell whether a file lies in another one: an archive or a mail."""
    return any(source[:at] in files for at, letter in enumerate(source) if letter == "/")


def problem_of(place: Path) -> str:
    """Say why a folder can't be listed; "" where it can."""
    try:
        with os.scandir(place):
            return ""
    except OSError as error:
        return f"{place} can't be read: {error.strerror or error}."


def require_here(folder: Path) -> Path:
    """Return a folder that is to be changed. Raises PagelightError where a server has it."""
    if room_of(folder) is not None:
        raise PagelightError(
            "The documents lie at {address}.",
            hint="Change them there: what comes and goes there is read.",
            address=shown(folder),
        )
    return folder


def below(folder: str, sources: Iterable[str]) -> list[str]:
    return [source for source in sources if source.startswith(f"{folder}/")]
