"""The folder of fetched models, and downloads into it: told as they go, stoppable.

A model is there once its folder stands under its name, with a list of its files; a download grows
in a folder of its own and is renamed when every file is verified. A child process (`hub_child`)
does the work: this process itself never asks a hub.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Final, cast

from filelock import FileLock, Timeout

from rag.decoding import decoded
from rag.errors import ModelError
from rag.models.registry.model_table import HubModel

logger = logging.getLogger(__name__)

MANIFEST: Final = "pagelight-model.json"
UNFINISHED: Final = ".unfinished"
SPARE_BYTES: Final = 1_000_000_000
"""What stays free on the disk beside a model, for everything else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file of a model, relative to its folder; its hash where it was worked out."""

    name: str
    size_bytes: int
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What a finished folder holds: a model of the set-up by `name`, or a commit of the hub's."""

    name: str = ""
    repository: str = ""
    revision: str = ""
    files: tuple[StoredFile, ...]

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


def read_manifest(folder: Path) -> Manifest | None:
    """Return what a finished folder says of itself; None where there is none, or it is cut."""
    try:
        return decoded((folder / MANIFEST).read_bytes(), Manifest)
    except (OSError, ValueError):
        return None


def changed_sizes(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    """Return the files that are lacking, or are not as long as they were."""
    paths = ((folder / file.name, file) for file in manifest.files)
    return tuple(f.name for p, f in paths if not p.is_file() or p.stat().st_size != f.size_bytes)


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
        manifest = read_manifest(folder)
        return manifest if manifest and not changed_sizes(folder, manifest) else None

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


def finish(unfinished: Path, folder: Path, manifest: Manifest) -> None:
    """Give what is whole its name, in one step, with a list of it: it is there, or not at all."""
    path = unfinished / MANIFEST
    with path.open("w", encoding="utf-8") as out:
        json.dump(asdict(manifest), out, indent=2)
        out.flush()
        os.fsync(out.fileno())
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.replace(folder)


CHILD: Final = "rag.models.registry.hub_child"
_STOP_S: Final = 10.0

_ONLINE: Final = {
    "HF_HUB_OFFLINE": "0",
    "TRANSFORMERS_OFFLINE": "0",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    # Its other protocol speaks to more hosts, and can't go on after an interruption.
    "HF_HUB_DISABLE_XET": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadProgress:
    """How much of a model is here, and how much there is of it."""

    done_bytes: int
    total_bytes: int


class Download:
    """One model on its way: iterate for its progress, or ModelError; `stop` keeps what came."""

    def __init__(self, model: HubModel, store: ModelStore) -> None:
        self._model = model
        self._store = store
        self.stopped = False
        self._process: subprocess.Popen[str] | None = None

    def stop(self) -> None:
        """End the download; may be called from any thread."""
        self.stopped = True
        if self._process is not None:
            self._process.terminate()

    def __iter__(self) -> Generator[DownloadProgress]:
        unfinished = self._store.unfinished(self._model.name)
        try:
            unfinished.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ModelError(
                f"The folder {unfinished} can't be made: {error.strerror}.",
                hint="Set RAG_MODELS to a folder that you may write to.",
            ) from error
        try:
            with FileLock(unfinished.with_suffix(".lock"), timeout=0):
                yield from self._run()
        except Timeout:
            raise ModelError(f"{self._model.name} is being downloaded already.") from None

    def _run(self) -> Iterator[DownloadProgress]:
        request = json.dumps(asdict(self._model)), str(self._store.folder.resolve())
        with (
            tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
            subprocess.Popen(  # noqa: S603 - our own program
                [sys.executable, "-m", CHILD, *request],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                encoding="utf-8",
                env={**os.environ, **_ONLINE},
            ) as child,
        ):
            self._process = child
            if self.stopped:
                child.terminate()
            try:
                yield from _told(cast("IO[str]", child.stdout))
            except BaseException:
                child.terminate()
                raise
            finally:
                self._process = None
                try:
                    child.wait(_STOP_S)
                except subprocess.TimeoutExpired:
                    child.kill()
            if child.wait() and not self.stopped:
                errors.seek(0)
                logger.error("the download ended by itself: %s", errors.read()[-2000:])
                raise ModelError(f"The download of {self._model.name} ended by itself.")


def _told(lines: Iterable[str]) -> Iterator[DownloadProgress]:
    for line in lines:
        event = json.loads(line)
        if "failed" in event:
            raise ModelError(event["failed"])
        yield DownloadProgress(**event)
