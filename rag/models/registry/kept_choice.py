"""Which models a person chose for a workspace, kept in a file of it. Knows names alone."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from rag.errors import WorkspaceError
from rag.models.registry.model_table import PARTS, Part

logger = logging.getLogger(__name__)

FILE_NAME: Final = "models.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """By part. `used`: the name of a fetched model, "" for the built-in way; lacking: not chosen.

    `coming`: the model that is to be used once its vectors are made.
    """

    used: Mapping[Part, str] = field(default_factory=dict)
    coming: Mapping[Part, str] = field(default_factory=dict)


class KeptChoice:
    """The file of one workspace. Any thread may call."""

    def __init__(self, workspace: Path) -> None:
        self._path = workspace / FILE_NAME
        self._lock = threading.Lock()

    def read(self) -> Chosen:
        """Return what is chosen; nothing where the file is missing or damaged."""
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            return Chosen(used=_by_part(found["used"]), coming=_by_part(found["coming"]))
        except FileNotFoundError:
            return Chosen()
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            logger.warning("the choice of models in %s can't be read: %s", self._path, error)
            return Chosen()

    def use(self, part: Part, name: str) -> None:
        """Keep that a model is used, and none to come for its part. Raises WorkspaceError."""
        with self._lock:
            now = self.read()
            self._write(used={**now.used, part: name}, coming=_without(now.coming, part))

    def await_(self, part: Part, name: str) -> None:
        """Keep that a model is to come. Raises WorkspaceError."""
        with self._lock:
            now = self.read()
            self._write(used=now.used, coming={**now.coming, part: name})

    def _write(self, *, used: Mapping[Part, str], coming: Mapping[Part, str]) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            fresh.write_text(json.dumps({"used": used, "coming": coming}), encoding="utf-8")
            fresh.replace(self._path)
        except OSError as error:
            raise WorkspaceError(
                f"The choice of models can't be kept in {self._path}: {error.strerror}.",
                hint="Free some space, or check that you may write there.",
            ) from error


def _by_part(found: Mapping[str, object]) -> dict[Part, str]:
    return {part: str(found[part]) for part in PARTS if part in found}


def _without(names: Mapping[Part, str], part: Part) -> dict[Part, str]:
    return {key: name for key, name in names.items() if key != part}
