"""The cache of built models, outside of any workspace: where each lies, and how it stands.

A model is there once its folder stands under its key, with a list of its files; it grows beside
and is renamed at the end. Another process's work is seen by a small file that tells how far it is.
Starts nothing; knows no network and no form of weights.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from filelock import FileLock

from rag.decoding import decoded
from rag.models.base.weights import sha256_of
from rag.models.registry.downloads import (
    MANIFEST,
    Manifest,
    StoredFile,
    changed_sizes,
    finish,
    read_manifest,
)
from rag.models.registry.model_table import memory_gb
from rag.models.setup.bundled import BundledModel
from rag.models.setup.requantise import card_of

Stage = Literal["off", "too small", "ready", "damaged", "fetching", "building", "failed", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupState:
    """`share`: of a stage that goes on, 0 to 1. `problem`, `hint`: of one that needs a person."""

    stage: Stage
    share: float = 0.0
    problem: str = ""
    hint: str = ""


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of all built models: PAGELIGHT_MODELS, or one in the user's cache."""
    if moved := environ.get("PAGELIGHT_MODELS"):
        return Path(moved).expanduser().absolute()
    caches = environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(caches).expanduser() / "pagelight" / "models"


class ModelCache:
    """One model in the cache: `key` tells what it is made of and how. Makes nothing by itself."""

    def __init__(self, root: Path, key: str) -> None:
        self.root = root
        self.folder = root / key
        self.unfinished = root / ".unfinished" / key
        self._progress = root / f"{key}.progress.json"
        self._lock = root / f"{key}.lock"

    def lock(self) -> FileLock:
        """Return what the one process holds that fetches and builds. The folder is there."""
        return FileLock(self._lock)

    @property
    def is_locked(self) -> bool:
        """Whether a process fetches or builds just now; any number may ask at the same time."""
        try:
            with self._lock.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False

    def read(self) -> Manifest | None:
        return read_manifest(self.folder)

    def changed_sizes(self) -> tuple[str, ...]:
        """Return the files that are lacking, or are not as long as they were."""
        built = self.read()
        return changed_sizes(self.folder, built) if built else ()

    def verify(self) -> tuple[str, ...]:
        """Return the files whose hashes changed; with such a model counts as damaged."""
        built = self.read()
        lost = self.changed_sizes()
        changed = tuple(
            file.name
            for file in (built.files if built else ())
            if file.name in lost or sha256_of(self.folder / file.name) != file.sha256
        )
        if changed:
            (self.folder / MANIFEST).unlink()
        return changed

    def tell(self, progress: SetupState) -> None:
        """Write how far it is, for other processes."""
        part = self._progress.with_suffix(".new")
        part.write_text(json.dumps(asdict(progress)), "utf-8")
        part.replace(self._progress)

    def progress(self) -> SetupState | None:
        try:
            return decoded(self._progress.read_bytes(), SetupState)
        except (OSError, ValueError):
            return None

    def finish(self, made: Path, built: Manifest) -> None:
        """Give a folder its name, in one step. What was made of the model in another way goes."""
        finish(made, self.folder, built)
        for folder in self.root.iterdir():
            other = ModelCache(self.root, folder.name).read()
            if other and other.name == built.name and folder != self.folder:
                shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(self.unfinished, ignore_errors=True)
        self._progress.unlink(missing_ok=True)


def files_of(folder: Path) -> tuple[StoredFile, ...]:
    """Return what a folder holds, with hashes."""
    return tuple(
        StoredFile(name=path.name, size_bytes=path.stat().st_size, sha256=sha256_of(path))
        for path in sorted(folder.iterdir())
        if path.name != MANIFEST
    )


SWITCH: Final = "RAG_EMBEDDED_MODELS"
FORMS: Final = {"writer": "2", "seeing": "2"}
"""Counted up when models of a role are built in another way, so that they are built anew."""


def model_folder(model: BundledModel, environ: Mapping[str, str]) -> Path | None:
    """Return the folder of a model's files; None where it is not ready."""
    is_ready = state_of(model, environ).stage == "ready"
    return cache_of(model, environ).folder if is_ready else None


def state_of(model: BundledModel, environ: Mapping[str, str]) -> SetupState:
    """Return how a model stands; reads sizes, no weights."""
    if environ.get(SWITCH, "on") == "off":
        return SetupState(stage="off")
    available_gb = memory_gb()
    if available_gb < model.memory_gb:
        problem = f"{available_gb:.0f} GB of memory are too little for {model.name}."
        return SetupState(stage="too small", problem=problem)
    return _state_in(cache_of(model, environ), hint=f"Run: pagelight models fetch {model.role}")


def cache_of(model: BundledModel, environ: Mapping[str, str]) -> ModelCache:
    """Return where a model lies: by the hashes of its file and of what was taught beside it."""
    form = FORMS.get(model.role, "1")
    made_of = f"{form}\n{model.weights.sha256}\n{adapter_sha256(model.adapter)}"
    return ModelCache(cache_folder(environ), hashlib.sha256(made_of.encode()).hexdigest()[:16])


@cache
def adapter_sha256(file: Path | None) -> str:
    """Return a hash of what a model was taught and of its card; "" where it was taught nothing."""
    if file is None:
        return ""
    both = sha256_of(file) + sha256_of(card_of(file))
    return hashlib.sha256(both.encode()).hexdigest()


def _state_in(cache: ModelCache, *, hint: str) -> SetupState:
    changed = cache.changed_sizes()
    if cache.read() is not None and not changed:
        return SetupState(stage="ready")
    last = cache.progress()
    has_failed = last is not None and last.stage == "failed"
    if cache.is_locked:
        return last if last and not has_failed else SetupState(stage="fetching")
    if cache.folder.exists():
        what = f"{', '.join(changed)} changed" if changed else "its list of files is lacking"
        problem = f"The model in {cache.folder} is damaged: {what}."
        return SetupState(stage="damaged", problem=problem, hint=hint)
    return last if last and has_failed else SetupState(stage="absent")
