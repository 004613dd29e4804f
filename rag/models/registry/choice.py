"""Which models run: what the settings name, else the best that is on disk and fits the machine.

Fills in the settings that the person left empty, so that all else knows only settings. Looks at
the machine only where models are on disk; loads none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from rag.errors import ModelError, SettingsError
from rag.models.base.weights import FILE_SCHEME
from rag.models.registry.model_choices import ModelChoices
from rag.models.registry.model_store import ModelStore
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
    return Choice(settings=replace(settings, **named), models=taken, notes=_gone(settings))


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


def _gone(settings: Settings) -> tuple[str, ...]:
    """Return a sentence for each model that was chosen and is not on disk any more."""
    store = ModelStore(settings.models)
    lacking = [n for n in chosen_by_hand(settings).values() if n and store.find(n) is None]
    return tuple(f"{name} was chosen for this workspace and is not here." for name in lacking)


def best(models: Sequence[HubModel], *, room_gb: float, device: Device) -> tuple[HubModel, ...]:
    """Return for each part the largest model that fits beside those before it.

    What writes answers is chosen first: it is what a person notices most.
    """
    taken: list[HubModel] = []
    for part in reversed(PARTS):
        for model in reversed([model for model in models if model.part == part]):
            needed_gb = model.memory_gb(device)
            if needed_gb <= room_gb:
                room_gb -= needed_gb
                taken.append(model)
                break
    return tuple(taken)


def wanted(name: str, machine: Machine) -> tuple[HubModel, ...]:
    """Return the models that a profile or a class of machines would have: it takes all of them.

    Raises ModelError where the machine is too small for any class of the profile.
    """
    for known in CLASSES:
        if known.name == name:
            return models_of(known)
    device: Device = "gpu" if name == "gpu" else machine.device
    fitting = machine.fitting(device)
    if fitting is None:
        raise ModelError(
            f"No set of models of the profile {name} fits this machine ({machine.description}).",
            hint="A single model may: pagelight models",
        )
    return models_of(fitting)


def next_step(settings: Settings, machine: Machine) -> tuple[HubModel, ...]:
    """Return what could be added to what is on disk, what a person notices most first."""
    fitting = machine.fitting(machine.device)
    store = ModelStore(settings.models)
    if fitting is None:
        return ()
    lacking = [model for model in models_of(fitting) if store.find(model.name) is None]
    return tuple(model for model in reversed(lacking) if model.part in SETTING)


def is_here(source: str) -> bool:
    """Tell whether a model of a folder is meant: it takes memory of this machine."""
    return source.strip().startswith(FILE_SCHEME)
