"""Which models a person chose for a workspace, kept in a file of it. Knows names alone."""

from __future__ import annotations

import json
import logging
import threading
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from rag.decoding import decoded
from rag.errors import WorkspaceError
from rag.models.registry.model_table import Part

logger = logging.getLogger(__name__)

FILE_NAME: Final = "models.json"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """By part. `used`: the name of a fetched model, "" for the built-in way; lacking: not chosen.

    `coming`: the model that is to be used once its vectors are made.
    """

    used: dict[Part, str] = field(default_factory=dict)
    coming: dict[Part, str] = field(default_factory=dict)


class ModelChoices:
    """The file of one workspace. Any thread may call."""

    def __init__(self, workspace: Path) -> None:
        self._path = workspace / FILE_NAME
        self._lock = threading.Lock()

    def read(self) -> Choices:
        """Return what is chosen; nothing where the file is missing or damaged."""
        return read_json(self._path, Choices, what="the choice of models")

    def use(self, part: Part, name: str) -> None:
        """Keep that a model is used, and none to come for its part. Raises WorkspaceError."""
        with self._lock:
            now = self.read()
            coming = {key: other for key, other in now.coming.items() if key != part}
            self._write(Choices(used={**now.used, part: name}, coming=coming))

    def expect(self, part: Part, name: str) -> None:
        """Keep that a model is to come. Raises WorkspaceError."""
        with self._lock:
            now = self.read()
            self._write(Choices(used=now.used, coming={**now.coming, part: name}))

    def _write(self, chosen: Choices) -> None:
        write_json(self._path, asdict(chosen), what="The choice of models")


def read_json(path: Path, kind: type[T], *, what: str) -> T:
    """Read a file of a workspace; an empty `kind` where it is missing or damaged."""
    try:
        return decoded(path.read_bytes(), kind)
    except FileNotFoundError:
        return kind()
    except (OSError, ValueError) as error:
        logger.warning("%s in %s can't be read: %s", what, path, error)
        return kind()


def write_json(path: Path, value: object, *, what: str) -> None:
    """Write a file of a workspace whole. Raises WorkspaceError, which says `what` isn't kept."""
    fresh = path.with_suffix(".new")
    try:
        fresh.write_text(json.dumps(value), encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        raise WorkspaceError(
            f"{what} can't be kept in {path}: {error.strerror}.",
            hint="Free some space, or check that you may write there.",
        ) from error
