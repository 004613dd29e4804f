"""The folder of fetched models: which are there, whole, and where unfinished ones wait.

A model is there once its folder stands under its name, with a list of its files; a download grows
in a folder of its own and is renamed when every file is verified. Knows no network and no model.
"""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rag.decoding import decoded
from rag.errors import ModelError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

MANIFEST: Final = "pagelight-model.json"
UNFINISHED: Final = ".unfinished"
SPARE_BYTES: Final = 1_000_000_000
"""What stays free on the disk beside a model, for everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of a model, relative to its folder."""

    name: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a finished download was made of. `revision` is the commit that was fetched."""

    repository: str
    revision: str
    files: tuple[StoredFile, ...]

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


class ModelStore:
    """Models by name in one folder, which is made when first written to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.expanduser()

    def path(self, name: str) -> Path:
        return self.folder / name

    def unfinished(self, name: str) -> Path:
        """Return the folder where a download of this model grows."""
        return self.folder / UNFINISHED / name

    def find(self, name: str) -> Manifest | None:
        """Return what is there of a model; None where it is absent or a file of it is lacking."""
        folder = self.path(name)
        try:
            manifest = decoded((folder / MANIFEST).read_bytes(), Manifest)
            sizes = [(folder / file.name).stat().st_size for file in manifest.files]
        except (OSError, ValueError):
            return None
        return manifest if sizes == [file.size_bytes for file in manifest.files] else None

    def begun_bytes(self, name: str) -> int:
        """Return how much of an unfinished download is there."""
        return bytes_in(self.unfinished(name))

    def check_space(self, name: str, needed_bytes: int) -> None:
        """Raise ModelError where the disk has no room for so many bytes more, and some to spare."""
        free = free_bytes(self.folder)
        if needed_bytes + SPARE_BYTES > free:
            raise ModelError(
                f"{name}: needs {needed_bytes / 1e9:.1f} GB on the disk of {self.folder}, and some"
                f" to spare; {free / 1e9:.1f} GB are free.",
                hint="Free some space, or set RAG_MODELS to a folder on another disk.",
            )


def bytes_in(folder: Path) -> int:
    """Return what all files of a folder take; 0 where there is none."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def free_bytes(folder: Path) -> int:
    """Return what is free on the disk that holds (or will hold) a folder."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(there).free


def finish(unfinished: Path, folder: Path, manifest: DataclassInstance) -> None:
    """Give what is whole its name, in one step, with a list of it: it is there, or not at all."""
    path = unfinished / MANIFEST
    with path.open("w", encoding="utf-8") as out:
        json.dump(asdict(manifest), out, indent=2)
        out.flush()
        os.fsync(out.fileno())
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.replace(folder)
