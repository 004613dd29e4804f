"""Models that write, by the names that a conversation may choose them by.

Those that were fetched, that RAG_WRITERS names, and that a person added to the workspace. Looks at
folders; loads nothing.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from rag.errors import ModelError, SettingsError
from rag.models.registry.choice import source_of
from rag.models.registry.model_choices import read_json, write_json
from rag.models.registry.model_store import ModelStore
from rag.models.registry.model_table import MODELS, Machine
from rag.settings import Settings

FILE_NAME: Final = "writers.json"
_FORM: Final = "Say NAME=file:/FOLDER or NAME=http://127.0.0.1:8000/v1, divided by commas."


def named_writers(settings: Settings) -> dict[str, str]:
    """Return by its name what RAG_GENERATOR would say for each. Raises SettingsError."""
    store = ModelStore(settings.models)
    fetched = [model for model in MODELS if model.part == "generator" and store.find(model.name)]
    named = {model.name: source_of(model, settings) for model in fetched}
    return named | _set(settings.writers) | AddedWriters(settings.workspace).read()


class AddedWriters:
    """What a person added, by name, in a file of the workspace."""

    def __init__(self, workspace: Path) -> None:
        self._path = workspace / FILE_NAME

    def read(self) -> dict[str, str]:
        """Return the sources by name; nothing where the file is missing or damaged."""
        return read_json(self._path, dict[str, str], what="the writers")

    def set(self, name: str, source: str) -> None:
        """Keep a source under a name; "" takes it out. Raises WorkspaceError."""
        named = {key: kept for key, kept in self.read().items() if key != name}
        added = named | ({name: source} if source else {})
        write_json(self._path, added, what="The writer")


def _set(setting: str) -> dict[str, str]:
    entries = [entry.strip() for entry in setting.split(",") if entry.strip()]
    named = {}
    for entry in entries:
        name, equals, source = (part.strip() for part in entry.partition("="))
        if not (name and equals and source):
            raise SettingsError(f"RAG_WRITERS={setting!r}: {entry!r} names nothing.", hint=_FORM)
        named[name] = source
    return named


def check_room(source: str, used: str, settings: Settings, machine: Machine) -> None:
    """Raise ModelError where a fetched model has no room beside the one of the source `used`."""
    known = [m for m in MODELS if source_of(m, settings) in {source, used}]
    device = machine.device
    needed_gb = sum(model.memory_gb(device) for model in known)
    if any(source_of(m, settings) == source for m in known) and needed_gb > machine.room_gb(device):
        raise ModelError(
            f"it needs about {needed_gb:.0f} GB with the model in use, and this machine has"
            f" {machine.room_gb(device):.0f} GB for models."
        )
