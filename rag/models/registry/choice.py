"""Which models run: what the settings name, else the best that is on disk and fits the machine.

Fills in the settings that the person left empty, so that all else knows only settings. What a
person chose for a workspace, and the writers that they added, lie in files of it. Looks at the
machine only where models are on disk; loads none.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, Final, Generic, TypeVar

import msgspec

from rag.decoding import decoded
from rag.errors import ModelError, SettingsError, WorkspaceError
from rag.models.base.weights import FILE_SCHEME
from rag.models.registry.downloads import ModelStore
from rag.models.registry.model_table import (
    CLASSES,
    MODELS,
    PARTS,
    Device,
    HubModel,
    Machine,
    Part,
    models_of,
    this_machine,
)
from rag.settings import Settings

logger = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """By part. `used`: the name of a fetched model, "" for the built-in way; lacking: not chosen.

    `coming`: the model that is to be used once its vectors are made.
    """

    used: dict[Part, str] = field(default_factory=dict)
    coming: dict[Part, str] = field(default_factory=dict)


class WorkspaceFile(Generic[T]):
    """A small file of one workspace. Any thread may call. `what` it holds begins a sentence."""

    def __init__(self, path: Path, kind: type[T], *, what: str) -> None:
        self._path = path
        self._kind = kind
        self._what = what
        self._lock = threading.Lock()

    def read(self) -> T:
        """Return what is kept; an empty one where the file is missing or damaged."""
        try:
            return decoded(self._path.read_bytes(), self._kind)
        except (OSError, ValueError) as error:
            if not isinstance(error, FileNotFoundError):
                logger.warning("%s in %s can't be read: %s", self._what, self._path, error)
            return self._kind()

    def _change(self, change: Callable[[T], object]) -> None:
        """Write what `change` makes of it, whole. Raises WorkspaceError."""
        with self._lock:
            kept = self.read()
            change(kept)
            fresh = self._path.with_suffix(".new")
            try:
                fresh.write_text(json.dumps(msgspec.to_builtins(kept)), encoding="utf-8")
                fresh.replace(self._path)
            except OSError as error:
                raise WorkspaceError(
                    f"{self._what} can't be kept in {self._path}: {error.strerror}.",
                    hint="Free some space, or check that you may write there.",
                ) from error


class ModelChoices(WorkspaceFile[Choices]):
    """What is chosen for one workspace."""

    def __init__(self, workspace: Path) -> None:
        super().__init__(workspace / "models.json", Choices, what="The choice of models")

    def use(self, part: Part, name: str) -> None:
        """Keep that a model is used, and none to come for its part. Raises WorkspaceError."""

        def change(chosen: Choices) -> None:
            chosen.used[part] = name
            chosen.coming.pop(part, None)

        self._change(change)

    def expect(self, part: Part, name: str) -> None:
        """Keep that a model is to come. Raises WorkspaceError."""
        self._change(lambda chosen: chosen.coming.update({part: name}))


class AddedWriters(WorkspaceFile[dict[str, str]]):
    """The sources that a person added, by name."""

    def __init__(self, workspace: Path) -> None:
        super().__init__(workspace / "writers.json", dict[str, str], what="The writer")

    def set(self, name: str, source: str) -> None:
        """Keep a source under a name; "" takes it out. Raises WorkspaceError."""
        self._change(lambda kept: kept.update({name: source}) if source else kept.pop(name, None))


PROFILES: Final = ("auto", "embedded", "local", "gpu", "endpoint")

SETTING: Final[dict[Part, str]] = {
    "text": "text_model",
    "images": "image_model",
    "reranker": "reranker",
    "generator": "generator",
}
FREE: Final[frozenset[str]] = frozenset({"auto", "endpoint"})
"""The profiles under which a person's choice for the workspace counts; the others say all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The settings with all models named, the models of the table among them, what to tell."""

    settings: Settings
    models: tuple[HubModel, ...] = ()
    notes: tuple[str, ...] = ()


def choose(settings: Settings, look: Callable[[], Machine] = this_machine) -> Choice:
    """Name a model for each part that the profile takes one for and the settings leave empty.

    What a person chose for the workspace comes before what the profile would take.

    Raises SettingsError for an unknown profile or one that contradicts the other settings, and
    ModelError where the profile asks for what is not on disk.
    """
    profile = settings.profile
    if profile not in PROFILES:
        raise SettingsError(
            f"There is no profile {profile!r}.", hint=f"Say {', '.join(PROFILES[:-1])} or endpoint."
        )
    if profile == "endpoint" and (not settings.generator or is_here(settings.generator)):
        raise SettingsError(
            "The profile endpoint needs the address of a server.",
            hint="Set RAG_GENERATOR to one such as http://127.0.0.1:8000/v1.",
        )
    taken = () if profile == "embedded" else _taken(settings, look)
    if profile in ("local", "gpu") and not (
        is_here(settings.generator) or any(model.part == "generator" for model in taken)
    ):
        raise ModelError(
            f"The profile {profile} needs a model that writes answers, and none that fits is here.",
            hint=f"Run: pagelight models fetch {profile}",
        )
    named: dict[str, Any] = {SETTING[model.part]: source_of(model, settings) for model in taken}
    store = ModelStore(settings.models)
    gone = (n for n in chosen_by_hand(settings).values() if n and store.find(n) is None)
    notes = tuple(f"{name} was chosen for this workspace and is not here." for name in gone)
    return Choice(settings=replace(settings, **named), models=taken, notes=notes)


def source_of(model: HubModel, settings: Settings) -> str:
    """Return the setting that names a fetched model."""
    return f"{FILE_SCHEME}{ModelStore(settings.models).path(model.name)}"


def fixed_by(part: Part, settings: Settings) -> str:
    """Return the setting that says what does a part, and wins over a choice; "" where none does."""
    if getattr(settings, SETTING[part]):
        return f"RAG_{SETTING[part].upper()}"
    return "" if settings.profile in FREE else "RAG_PROFILE"


def chosen_by_hand(settings: Settings) -> dict[Part, str]:
    """Return by part what a person chose for the workspace, as far as the settings leave it."""
    used = ModelChoices(settings.workspace).read().used
    return {part: name for part, name in used.items() if not fixed_by(part, settings)}


def _taken(settings: Settings, look: Callable[[], Machine]) -> tuple[HubModel, ...]:
    """Return what a person chose, and beside it the best of the other parts that fits."""
    store, chosen = ModelStore(settings.models), chosen_by_hand(settings)
    free = [part for part, setting in SETTING.items() if not getattr(settings, setting)]
    here = [model for model in MODELS if model.part in free and store.find(model.name)]
    picked = [model for model in here if chosen.get(model.part) == model.name]
    settled = {model.part for model in picked} | {p for p, name in chosen.items() if not name}
    others = [model for model in here if model.part not in settled]
    if not (picked or others) and settings.profile != "gpu":
        return ()
    machine = look()
    if settings.profile == "gpu" and not machine.gpu_gb:
        raise SettingsError(
            "The profile gpu needs a GPU that PyTorch can use, and there is none.",
            hint="Set RAG_PROFILE to auto, or install the driver and a PyTorch for it.",
        )
    device = machine.device
    room_gb = machine.room_gb(device) - sum(one.memory_gb(device) for one in picked)
    return (*picked, *best(others, room_gb=room_gb, device=device))


def best(models: Sequence[HubModel], *, room_gb: float, device: Device) -> tuple[HubModel, ...]:
    """Return for each part the largest model that fits; the one that writes comes first."""
    taken: list[HubModel] = []
    for part in reversed(PARTS):
        own = (m for m in reversed(models) if m.part == part and m.memory_gb(device) <= room_gb)
        for model in islice(own, 1):
            room_gb -= model.memory_gb(device)
            taken.append(model)
    return tuple(taken)


def wanted(name: str, machine: Machine) -> tuple[HubModel, ...]:
    """Return the models of a profile or a class of machines. ModelError: none fits."""
    known = next((known for known in CLASSES if known.name == name), None)
    fitting = known or machine.fitting("gpu" if name == "gpu" else machine.device)
    if fitting is None:
        raise ModelError(
            f"No set of models of the profile {name} fits this machine ({machine.description}).",
            hint="A single model may: pagelight models",
        )
    return models_of(fitting)


def next_step(settings: Settings, machine: Machine) -> tuple[HubModel, ...]:
    """Return what could be added to what is on disk, what a person notices most first."""
    fitting, store = machine.fitting(machine.device), ModelStore(settings.models)
    added = reversed(models_of(fitting)) if fitting else ()
    return tuple(m for m in added if m.part in SETTING and store.find(m.name) is None)


def is_here(source: str) -> bool:
    """Tell whether a model of a folder is meant: it takes memory of this machine."""
    return source.strip().startswith(FILE_SCHEME)


_FORM: Final = "Say NAME=file:/FOLDER or NAME=http://127.0.0.1:8000/v1, divided by commas."


def named_writers(settings: Settings) -> dict[str, str]:
    """Return by its name what RAG_GENERATOR would say for each. Raises SettingsError."""
    store = ModelStore(settings.models)
    fetched = [model for model in MODELS if model.part == "generator" and store.find(model.name)]
    named = {model.name: source_of(model, settings) for model in fetched}
    return named | _set(settings.writers) | AddedWriters(settings.workspace).read()


def _set(setting: str) -> dict[str, str]:
    named = {}
    for entry in filter(None, map(str.strip, setting.split(","))):
        name, equals, source = (part.strip() for part in entry.partition("="))
        if not (name and equals and source):
            raise SettingsError(f"RAG_WRITERS={setting!r}: {entry!r} names nothing.", hint=_FORM)
        named[name] = source
    return named


def check_room(source: str, used: str, settings: Settings, machine: Machine) -> None:
    """Raise ModelError where a fetched model has no room beside the one of the source `used`."""
    device = machine.device
    known_gb = {source_of(model, settings): model.memory_gb(device) for model in MODELS}
    needed_gb = sum(known_gb.get(one, 0.0) for one in {source, used})
    room_gb = machine.room_gb(device)
    if source in known_gb and needed_gb > room_gb:
        raise ModelError(
            f"it needs about {needed_gb:.0f} GB with the model in use, and this machine has"
            f" {room_gb:.0f} GB for models."
        )
